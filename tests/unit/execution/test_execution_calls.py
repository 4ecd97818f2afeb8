"""Calls to other canisters: the call under construction, its payload, its cycles."""

from __future__ import annotations

import pytest

from ic_factory.replica.cycles import FREE
from ic_factory.replica.execution.invocation import Context
from ic_factory.replica.execution.outcome import OutgoingCall
from ic_factory.replica.rejects import ErrorCode, Reject, RejectCode
from ic_factory.replica.state.messages import TableEntry
from tests.unit.execution.stage import (
    SURROUNDINGS,
    completed,
    failed,
    installed,
    invocation,
    reply_of,
    surroundings,
)

IMPORTS = """
  (import "ic0" "call_new" (func $new (param i32 i32 i32 i32 i32 i32 i32 i32)))
  (import "ic0" "call_on_cleanup" (func $cleanup (param i32 i32)))
  (import "ic0" "call_data_append" (func $data (param i32 i32)))
  (import "ic0" "call_with_best_effort_response" (func $bounded (param i32)))
  (import "ic0" "call_cycles_add128" (func $cycles (param i64 i64)))
  (import "ic0" "call_cycles_add" (func $cycles64 (param i64)))
  (import "ic0" "call_perform" (func $perform (result i32)))
  (import "ic0" "canister_cycle_balance" (func $balance (result i64)))
  (import "ic0" "msg_cycles_accept" (func $accept (param i64) (result i64)))
  (import "ic0" "msg_cycles_available" (func $available (result i64)))
  (import "ic0" "msg_reply_data_append" (func $append (param i32 i32)))
  (import "ic0" "msg_reply" (func $reply))
  (import "ic0" "msg_reject" (func $reject (param i32 i32)))
  (import "ic0" "msg_arg_data_size" (func $argument_size (result i32)))
  (memory 200) (data (i32.const 0) "\\01\\02\\03method arguments") (data (i32.const 100) "\\ff")
  (func $begin
    (call $new (i32.const 0) (i32.const 3) (i32.const 3) (i32.const 6)
      (i32.const -1) (i32.const -2) (i32.const 4) (i32.const 5)))
"""
BEGIN = "(call $begin)"
PERFORM = "(drop (call $perform))"


def run(body: str, caller_invocation=None, around=SURROUNDINGS):
    code = installed(f'(module {IMPORTS} (func (export "canister_update go") {body}))')
    return code.run(caller_invocation or invocation(), around)


def test_a_call_goes_out_with_all_that_was_set():
    outcome = run(f"""{BEGIN}
      (call $cleanup (i32.const 8) (i32.const 9))
      (call $data (i32.const 10) (i32.const 3)) (call $data (i32.const 13) (i32.const 6))
      (call $bounded (i32.const 400))
      (call $cycles (i64.const 0) (i64.const 70)) (call $cycles64 (i64.const 7))
      (if (call $perform) (then unreachable))""")
    assert completed(outcome).effects.calls == (
        OutgoingCall(
            callee=b"\x01\x02\x03",
            method_name="method",
            argument=b"arguments",
            cycles=77,
            on_reply=TableEntry(2**32 - 1, 2**32 - 2),
            on_reject=TableEntry(4, 5),
            on_cleanup=TableEntry(8, 9),
            timeout_seconds=300,
        ),
    )


def test_a_call_that_is_not_performed_is_forgotten_and_its_cycles_are_back():
    outcome = run(f"""{BEGIN} (call $cycles64 (i64.const 10)) {BEGIN}
      (i64.store (i32.const 200) (call $balance)) (call $cycles64 (i64.const 3))
      (i64.store (i32.const 208) (call $balance))
      (call $append (i32.const 200) (i32.const 16)) (call $reply)""")
    balances = reply_of(outcome)
    assert int.from_bytes(balances[:8], "little") == 10**13
    assert int.from_bytes(balances[8:], "little") == 10**13 - 3
    assert completed(outcome).effects.calls == ()


def test_the_balance_falls_by_fees_and_rises_by_accepted_cycles():
    outcome = run(
        f"""(drop (call $accept (i64.const 500))) {BEGIN} (call $cycles64 (i64.const 20)) {PERFORM}
          (i64.store (i32.const 200) (call $balance))
          (i64.store (i32.const 208) (call $available))
          (call $append (i32.const 200) (i32.const 16)) (call $reply)
          (if (i64.ne (call $available) (i64.const 0)) (then unreachable))
          (if (i64.ne (call $accept (i64.const 1)) (i64.const 0)) (then unreachable))""",
        invocation(cycles_available=700),
    )
    numbers = reply_of(outcome)
    fee = SURROUNDINGS.fees.call_in_all(6, 0)
    assert int.from_bytes(numbers[:8], "little") == 10**13 + 500 - 20 - fee
    assert int.from_bytes(numbers[8:], "little") == 200
    assert completed(outcome).effects.cycles_accepted == 500


@pytest.mark.parametrize(
    ("around", "performed"),
    [
        (surroundings(), 0),
        (surroundings(call_queue_capacity=0), 2),
        (surroundings(spendable_cycles=SURROUNDINGS.fees.call_in_all(6, 0) + 20), 0),
        (surroundings(spendable_cycles=SURROUNDINGS.fees.call_in_all(6, 0) + 19), 2),
    ],
)
def test_a_call_that_cannot_be_performed_answers_2(around, performed):
    outcome = run(
        f"""{BEGIN} (call $cycles64 (i64.const 20)) (i32.store (i32.const 200) (call $perform))
          (i64.store (i32.const 204) (call $balance))
          (call $append (i32.const 200) (i32.const 12)) (call $reply)""",
        around=around,
    )
    answer = reply_of(outcome)
    assert answer[0] == performed
    balance = int.from_bytes(answer[4:], "little")
    assert (balance == 10**13) == (performed == 2)
    assert len(completed(outcome).effects.calls) == (performed == 0)


def test_composite_queries_pay_no_fee():
    code = installed(f"""(module {IMPORTS}
      (func (export "canister_update go") {BEGIN} (if (call $perform) (then unreachable))))""")
    outcome = code.run(
        invocation(context=Context.COMPOSITE_QUERY), surroundings(spendable_cycles=0, fees=FREE)
    )
    assert len(completed(outcome).effects.calls) == 1


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (PERFORM, "ic0.call_perform called when no call is under construction."),
        (f"{BEGIN} {PERFORM} {PERFORM}", "no call is under construction"),
        ("(call $data (i32.const 0) (i32.const 0))", "ic0.call_data_append called when no call"),
        ("(call $cleanup (i32.const 0) (i32.const 0))", "ic0.call_on_cleanup called when no call"),
        ("(call $bounded (i32.const 0))", "ic0.call_with_best_effort_response called when no"),
        ("(call $cycles64 (i64.const 0))", "ic0.call_cycles_add called when no call"),
        (
            (
                f"{BEGIN} (call $cleanup (i32.const 0) (i32.const 0)) "
                "(call $cleanup (i32.const 0) (i32.const 0))"
            ),
            "on_cleanup closure can be set at most once",
        ),
        (
            f"{BEGIN} (call $bounded (i32.const 1)) (call $bounded (i32.const 1))",
            "a timeout is already set",
        ),
        (f"{BEGIN} (call $cycles (i64.const 1) (i64.const 0))", "is out of cycles"),
        (f"{BEGIN} (call $cycles64 (i64.const 1000000000001))", "is out of cycles"),
        (
            f"{BEGIN} (call $data (i32.const 0) (i32.const 10485761))",
            "has a payload size of 10485761, which exceeds the allowed limit of 10485760.",
        ),
        (
            (
                "(call $new (i32.const 0) (i32.const 30) (i32.const 0) (i32.const 0) (i32.const 0) "
                "(i32.const 0) (i32.const 0) (i32.const 0))"
            ),
            "invalid principal id",
        ),
        (
            (
                "(call $new (i32.const 0) (i32.const 3) (i32.const 0) (i32.const 20001) "
                "(i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0))"
            ),
            "Size of method_name 20001 exceeds the allowed limit of 20000.",
        ),
        (
            (
                "(call $new (i32.const 0) (i32.const 3) (i32.const 100) (i32.const 1) "
                "(i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0))"
            ),
            "invalid UTF-8",
        ),
        (f"{BEGIN} (call $data (i32.const 13107200) (i32.const 1))", "exceeds the slice size"),
    ],
)
def test_misuse_breaks_the_contract(body, text):
    outcome = failed(run(body))
    assert outcome.error_code is ErrorCode.CANISTER_CONTRACT_VIOLATION
    assert text in outcome.message


def test_a_payload_of_10_mib_is_allowed():
    outcome = run(f"{BEGIN} (call $data (i32.const 0) (i32.const 10485760)) {PERFORM}")
    assert len(completed(outcome).effects.calls[0].argument) == 10 * 1024**2


def test_rejecting():
    outcome = completed(run("(call $reject (i32.const 3) (i32.const 6))"))
    assert outcome.effects.response == Reject(
        RejectCode.CANISTER_REJECT, "method", ErrorCode.CANISTER_REJECTED_MESSAGE
    )


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("(call $reply) (call $reply)", "ic0.msg_reply: the call is already replied"),
        (
            "(call $reply) (call $append (i32.const 0) (i32.const 0))",
            "ic0.msg_reply_data_append: the call is already replied",
        ),
        (
            "(call $reply) (call $reject (i32.const 0) (i32.const 0))",
            "ic0.msg_reject: the call is already replied",
        ),
        (
            "(call $reject (i32.const 0) (i32.const 0)) (call $reply)",
            "ic0.msg_reply: the call is already replied",
        ),
        ("(call $reject (i32.const 100) (i32.const 1))", "invalid UTF-8"),
        (
            "(call $reject (i32.const 0) (i32.const 2097153))",
            "application payload size (2097153) cannot be larger than 2097152.",
        ),
        (
            (
                "(call $append (i32.const 0) (i32.const 2097152)) "
                "(call $append (i32.const 0) (i32.const 1))"
            ),
            "application payload size (2097153) cannot be larger than 2097152.",
        ),
        ("(call $append (i32.const 13107199) (i32.const 2))", "exceeds the slice size=13107200"),
    ],
)
def test_answering_wrongly_breaks_the_contract(body, text):
    outcome = failed(run(body))
    assert outcome.error_code is ErrorCode.CANISTER_CONTRACT_VIOLATION
    assert text in outcome.message


def test_what_was_answered_before_cannot_be_answered_again():
    outcome = run("(call $reply)", invocation(context=Context.REPLY, responded=True))
    assert "the call is already replied" in failed(outcome).message


def test_a_reply_that_is_not_sent_is_discarded():
    outcome = run("(call $append (i32.const 0) (i32.const 10))")
    assert completed(outcome).effects.response is None


def test_a_query_may_reply_with_3_mib_and_an_update_with_2():
    body = """(call $append (i32.const 0) (call $argument_size)) (call $reply)"""
    code = installed(f'(module {IMPORTS} (func (export "canister_update go") {body}))')

    def size_of(context, size):
        outcome = code.run(invocation(context=context, argument=bytes(size)), SURROUNDINGS)
        code.roll_back()
        return len(reply_of(outcome))

    assert size_of(Context.UPDATE, 2 * 1024**2) == 2 * 1024**2
    assert size_of(Context.NON_REPLICATED_QUERY, 3 * 1024**2) == 3 * 1024**2
    too_large = code.run(invocation(argument=bytes(2 * 1024**2 + 1)), SURROUNDINGS)
    assert "cannot be larger than 2097152" in failed(too_large).message
