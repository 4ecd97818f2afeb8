"""Specification: "Inter-canister method calls": how calls are put together and enqueued."""

from __future__ import annotations

import pytest

from ic_factory.replica import Replica
from ic_factory.replica.rejects import ErrorCode
from tests.canisters.universal import Program
from tests.conformance.canister_interface.canisters import (
    NOT_A_CANISTER,
    Latch,
    Universal,
    manage,
    rejected,
    replied,
)

NOTHING = Program().reply().code
COUNT = Program().add_counter().drop()
QUEUE_CAPACITY = 500
"""How many calls to one canister may be open."""


BEGUN = Program().call_new(NOT_A_CANISTER.bytes, "update")


@pytest.mark.parametrize(
    "program",
    [
        Program().call_data_append(b""),
        Program().system_call("call_on_cleanup", 0, 0),
        Program().call_cycles_add(0),
        Program().call_cycles_add128(0),
        Program().call_with_best_effort_response(1),
        Program().call_perform().drop(),
    ],
    ids=["data", "cleanup", "cycles", "cycles128", "best effort", "perform"],
)
def test_attributes_need_a_call_under_construction(alice: Universal, program: Program) -> None:
    code = ErrorCode.CANISTER_CONTRACT_VIOLATION
    rejected(alice.update(program.reply()), code)
    rejected(alice.update(BEGUN.call_perform().drop().then(program).reply()), code)


@pytest.mark.parametrize(
    "program",
    [
        Program().system_call("call_on_cleanup", 0, 0),
        Program().call_with_best_effort_response(1),
    ],
    ids=["cleanup", "best effort"],
)
def test_some_attributes_are_set_at_most_once(alice: Universal, program: Program) -> None:
    replied(alice.update(BEGUN.then(program).reply()))
    twice = alice.update(BEGUN.then(program, program).reply())
    rejected(twice, ErrorCode.CANISTER_CONTRACT_VIOLATION)


def test_a_new_call_takes_the_place_of_the_one_under_construction(
    alice: Universal, bob: Universal, carol: Universal
) -> None:
    mark = Program().store_global(b"called").reply()
    program = Program().call_new(bob.bytes, "update").call_data_append(mark.code)
    program = program.call(carol.bytes, "update", mark.code)
    replied(alice.update(program))
    assert (bob.heap(), carol.heap()) == (b"", b"called")


def test_a_call_that_was_not_performed_is_not_made(alice: Universal, bob: Universal) -> None:
    mark = Program().store_global(b"called").reply()
    program = Program().call_new(bob.bytes, "update").call_data_append(mark.code).reply()
    replied(alice.update(program))
    alice.replica.tick()
    assert bob.heap() == b""


def test_the_argument_is_what_was_appended_in_order(alice: Universal, bob: Universal) -> None:
    code = Program().reply(Program().arg()).code
    program = Program().call_new(bob.bytes, "update")
    for byte in code:
        program = program.call_data_append(bytes([byte]))
    assert replied(alice.update(program.call_perform().drop())) == code


def test_method_names_are_bounded(alice: Universal, bob: Universal) -> None:
    def calling(size: int) -> Program:
        return Program().call(
            bob.bytes, Program().new_buffer(size), on_reject=Program().reply(b"rejected")
        )

    assert replied(alice.update(calling(20_000))) == b"rejected"
    too_long = alice.update(calling(20_001))
    rejected(too_long, ErrorCode.CANISTER_CONTRACT_VIOLATION, 20_001, 20_000)


def test_arguments_are_bounded(alice: Universal, bob: Universal) -> None:
    limit = 10 * 1024**2

    def calling(size: int) -> Program:
        return Program().call(
            bob.bytes, "no such method", Program().new_buffer(size), on_reject=Program().reply(b"!")
        )

    assert replied(alice.update(calling(limit))) == b"!"
    rejected(alice.update(calling(limit + 1)), ErrorCode.CANISTER_CONTRACT_VIOLATION, limit + 1)


def test_the_callee_must_be_a_principal(alice: Universal) -> None:
    payload = alice.update(Program().call_new(b"x" * 30, "update").reply())
    rejected(payload, ErrorCode.CANISTER_CONTRACT_VIOLATION)


def calling_back_to(callee: bytes, function: int) -> Program:
    """A call with a table entry of one's own choice for both callbacks."""
    program = Program().push(callee).push(b"query").address_of(1).length_of(2).address_of(2)
    program = program.length_of(3).push(function).push(0).push(function).push(0)
    program = program.system_call("call_new").drop().drop()
    return program.call_data_append(NOTHING).call_perform().drop()


def test_a_callback_that_is_no_function_fails_the_call(alice: Universal, bob: Universal) -> None:
    payload = alice.update(calling_back_to(bob.bytes, 10_000_000))
    rejected(payload, ErrorCode.CANISTER_FUNCTION_NOT_FOUND)


# Where a call can't be enqueued.


def performing(program: Program) -> Program:
    """Replies with the result of `call_perform`, and lets callbacks be noted on the heap."""
    return program.reply_int(Program().call_perform(), 1)


def begun(callee: bytes) -> Program:
    """A call to a query method that does nothing."""
    called_back = Program().store_global(b"called back")
    return (
        Program()
        .call_new(callee, "query", on_reply=called_back, on_reject=called_back)
        .call_data_append(NOTHING)
    )


def test_an_enqueued_call_performs_with_0(alice: Universal, bob: Universal) -> None:
    assert replied(alice.update(performing(begun(bob.bytes)))) == b"\0"
    alice.replica.tick()
    assert alice.heap() == b"called back"


def test_a_call_that_would_freeze_the_canister_performs_with_2(
    alice: Universal, bob: Universal
) -> None:
    burn = Program().burn_cycles(10**18).drop()
    before = alice.cycles
    assert replied(alice.update(burn.then(performing(begun(bob.bytes))))) == b"\x02"
    alice.replica.tick()
    assert alice.cycles < before
    manage(alice.replica, "provisional_top_up_canister", alice.canister_id, amount=10**13)
    assert alice.heap() == b""


def test_cycles_of_a_call_that_is_not_enqueued_come_back(alice: Universal, bob: Universal) -> None:
    balance = Program().reply_data_append(Program().balance())
    program = Program().burn_cycles(10**18).drop().then(balance)
    failing = begun(bob.bytes).call_perform().drop()
    told = replied(alice.update(program.then(failing, balance).msg_reply()))
    assert told[:16] == told[16:]


def test_the_queue_to_a_canister_is_bounded(alice: Universal, bob: Universal) -> None:
    # Each call sets cycles aside for its response, so many need a rich canister.
    manage(alice.replica, "provisional_top_up_canister", alice.canister_id, amount=10**15)
    one = begun(bob.bytes).run_if(Program().call_perform(), COUNT)
    program = Program().repeat(QUEUE_CAPACITY + 3, one)
    failed = replied(alice.update(program.reply_int(Program().add_counter(0), 2)))
    assert int.from_bytes(failed, "little") == 3


def test_each_canister_has_a_queue_of_its_own(
    replica: Replica, alice: Universal, bob: Universal, carol: Universal
) -> None:
    manage(replica, "provisional_top_up_canister", alice.canister_id, amount=10**17)
    program = Program()
    for callee in (bob, carol):
        one = begun(callee.bytes).run_if(Program().call_perform(), COUNT)
        program = program.repeat(QUEUE_CAPACITY, one)
    assert replied(alice.update(program.reply_int(Program().add_counter(0), 2))) == b"\0\0"


def test_callers_do_not_crowd_each_other_out(
    replica: Replica, alice: Universal, bob: Universal, carol: Universal
) -> None:
    callee = Program().add_counter().drop().reply()
    one = Program().call(bob.bytes, "update", callee.code, on_reply=Program(), on_reject=COUNT)
    for caller in (alice, carol):
        manage(replica, "provisional_top_up_canister", caller.canister_id, amount=10**17)
        caller.submit(Program().repeat(QUEUE_CAPACITY, one).reply())
    for _ in range(20):
        replica.tick()
    assert bob.ask_int(Program().add_counter(0)) == 2 * QUEUE_CAPACITY
    assert alice.ask_int(Program().add_counter(0)) == 0
    assert carol.ask_int(Program().add_counter(0)) == 0


def test_calls_that_are_open_take_their_place_in_the_queue(
    replica: Replica, alice: Universal, bob: Universal
) -> None:
    manage(replica, "provisional_top_up_canister", alice.canister_id, amount=10**17)
    latch = Latch(bob)
    alice.submit(latch.call())
    replica.tick()
    one = begun(bob.bytes).run_if(Program().call_perform(), COUNT)
    program = Program().repeat(QUEUE_CAPACITY, one).reply_int(Program().add_counter(0), 2)
    assert replied(alice.update(program)) == b"\x01\0"
