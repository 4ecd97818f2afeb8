"""Specification: "Inter-canister method calls", "Callbacks", "Call expiry"."""

from __future__ import annotations

import pytest

from ic_factory.replica import Replica
from ic_factory.replica.management.interface import encode_arguments
from ic_factory.replica.rejects import ErrorCode, RejectCode
from tests.canisters.universal import Program
from tests.conformance.canister_interface.canisters import (
    MANAGEMENT,
    NOT_A_CANISTER,
    SECOND,
    Latch,
    Universal,
    answer_of,
    change_settings,
    manage,
    rejected,
    replied,
    stopping,
)

NOTHING = Program().reply().code
TELL_REJECTION = Program().reply(
    Program().concat(Program().encode_int(Program().reject_code(), 1), Program().reject_message())
)
COUNT = Program().add_counter().drop()
QUEUE_CAPACITY = 500
MAX_CALL_TIMEOUT = 300


def seen_rejection(alice: Universal, program: Program) -> tuple[int, str]:
    """Code and text that a program's reject callback replied."""
    told = replied(alice.update(program))
    return told[0], told[1:].decode()


def reject_of(alice: Universal, callee: Universal, program: Program, method: str = "update"):
    """What Alice sees of the rejection of a call."""
    calling = Program().call(callee.bytes, method, program.code, on_reject=TELL_REJECTION)
    return seen_rejection(alice, calling)


def test_a_reply_comes_to_the_reply_callback(alice: Universal, bob: Universal) -> None:
    program = Program().call(
        bob.bytes,
        "update",
        Program().reply(b"fine").code,
        on_reply=Program().reply(Program().concat(b"reply: ", Program().arg())),
        on_reject=Program().reply(b"reject"),
    )
    assert replied(alice.update(program)) == b"reply: fine"


def test_the_reject_code_in_a_reply_callback_is_zero(alice: Universal, bob: Universal) -> None:
    tell = Program().reply_int(Program().reject_code(), 1)
    program = Program().call(bob.bytes, "update", NOTHING, on_reply=tell)
    assert replied(alice.update(program)) == b"\0"


def test_a_rejection_by_the_callee(alice: Universal, bob: Universal) -> None:
    code, text = reject_of(alice, bob, Program().reject(b"no, thank you"))
    assert code == RejectCode.CANISTER_REJECT
    assert text == "no, thank you"


def test_a_trap_of_the_callee(alice: Universal, bob: Universal) -> None:
    code, text = reject_of(alice, bob, Program().trap(b"ouch"))
    assert code == RejectCode.CANISTER_ERROR
    assert text.startswith("IC0503: ")
    assert "ouch" in text
    assert str(bob.canister_id) in text


def test_a_callee_that_does_not_answer(alice: Universal, bob: Universal) -> None:
    code, text = reject_of(alice, bob, Program())
    assert code == RejectCode.CANISTER_ERROR
    assert text.startswith("IC0506: ")


def test_a_method_that_is_not_there(alice: Universal, bob: Universal) -> None:
    code, text = reject_of(alice, bob, Program(), "nothing of that name")
    assert code == RejectCode.CANISTER_ERROR
    assert text.startswith("IC0536: ")
    assert "nothing of that name" in text


def test_composite_queries_cannot_be_called_by_updates(alice: Universal, bob: Universal) -> None:
    code, text = reject_of(alice, bob, Program().reply(), "composite_query")
    assert code == RejectCode.CANISTER_ERROR
    assert text.startswith("IC0527: ")


def test_a_callee_that_is_not_there(alice: Universal) -> None:
    program = Program().call(NOT_A_CANISTER.bytes, "update", on_reject=TELL_REJECTION)
    code, text = seen_rejection(alice, program)
    assert code == RejectCode.DESTINATION_INVALID
    assert text == f"Canister {NOT_A_CANISTER} not found"


def test_a_deleted_callee(replica: Replica, alice: Universal, bob: Universal) -> None:
    manage(replica, "stop_canister", bob.canister_id)
    manage(replica, "delete_canister", bob.canister_id)
    code, _ = reject_of(alice, bob, Program().reply())
    assert code == RejectCode.DESTINATION_INVALID


def test_an_empty_callee(replica: Replica, alice: Universal, bob: Universal) -> None:
    manage(replica, "uninstall_code", bob.canister_id)
    code, text = reject_of(alice, bob, Program().reply())
    assert code == RejectCode.CANISTER_ERROR
    assert text.startswith("IC0537: ")


def test_a_stopped_callee(replica: Replica, alice: Universal, bob: Universal) -> None:
    manage(replica, "stop_canister", bob.canister_id)
    code, text = reject_of(alice, bob, Program().reply())
    assert code == RejectCode.CANISTER_ERROR
    assert text == f"Canister {bob.canister_id} is stopped"


def test_a_stopping_callee(replica: Replica, alice: Universal, bob: Universal) -> None:
    latch = Latch(bob)
    bob.submit(latch.waiting())
    replica.tick()
    code, text = reject_of(alice, bob, Program().reply())
    assert code == RejectCode.CANISTER_ERROR
    assert text == f"Canister {bob.canister_id} is stopping"


def test_a_stopping_caller_still_gets_its_callbacks(
    replica: Replica, alice: Universal, bob: Universal
) -> None:
    latch = Latch(bob)
    request_id = alice.submit(latch.call(on_reply=Program().reply(Program().arg())))
    replica.tick()
    stop = stopping(alice)
    replica.tick()
    assert manage(replica, "canister_status", alice.canister_id)["status"] == {"stopping": None}
    latch.release()
    assert replied(answer_of(replica, request_id)) == b"released"
    replied(answer_of(replica, stop))


def test_a_frozen_callee(replica: Replica, alice: Universal, bob: Universal) -> None:
    change_settings(replica, bob.canister_id, freezing_threshold=2**62)
    code, text = reject_of(alice, bob, Program().reply())
    assert code == RejectCode.SYS_TRANSIENT
    assert text.startswith("IC0207: ")
    assert str(bob.canister_id) in text


def test_a_call_to_oneself(alice: Universal) -> None:
    inner = Program().store_global(Program().caller()).reply(b"from within")
    program = Program().call(Program().self_id(), "update", inner.code)
    assert replied(alice.update(program)) == b"from within"
    assert alice.heap() == alice.bytes


def test_a_call_to_oneself_sees_the_changes_before_it(alice: Universal) -> None:
    inner = Program().reply(Program().load_global())
    program = Program().store_global(b"before").call(Program().self_id(), "update", inner.code)
    assert replied(alice.update(program.store_global(b"after"))) == b"after"


def test_a_chain_of_calls(alice: Universal, bob: Universal, carol: Universal) -> None:
    last = Program().reply(Program().concat(b"caller ", Program().caller()))
    middle = Program().call(carol.bytes, "update", last.code)
    first = Program().call(bob.bytes, "update", middle.code)
    assert replied(alice.update(first)) == b"caller " + bob.bytes


def test_calls_at_the_same_time(alice: Universal, bob: Universal, carol: Universal) -> None:
    both = Program().run_if(Program().equal(Program().add_counter(), 2), Program().reply(b"both"))
    program = (
        Program()
        .call(bob.bytes, "update", NOTHING, on_reply=both)
        .call(carol.bytes, "update", NOTHING, on_reply=both)
    )
    assert replied(alice.update(program)) == b"both"


def test_calls_from_one_canister_to_another_come_in_their_order(
    alice: Universal, bob: Universal
) -> None:
    program = Program()
    for number in range(20):
        keep = Program().append_global(bytes([number])).reply()
        program = program.call(bob.bytes, "update", keep.code, on_reply=Program())
    program = program.call(bob.bytes, "update", Program().reply(Program().load_global()).code)
    assert replied(alice.update(program)) == bytes(range(20))


def test_calls_to_a_query_method_change_nothing(alice: Universal, bob: Universal) -> None:
    changing = Program().store_global(b"changed").reply(b"done")
    assert replied(alice.update(Program().call(bob.bytes, "query", changing.code))) == b"done"
    assert bob.heap() == b""


def test_nothing_is_sent_before_the_message_has_ended_well(
    alice: Universal, bob: Universal
) -> None:
    program = Program().call(bob.bytes, "update", Program().store_global(b"called").reply().code)
    rejected(alice.update(program.trap(b"late")), ErrorCode.CANISTER_CALLED_TRAP, "late")
    alice.replica.tick()
    assert bob.heap() == b""


def test_the_environment_of_a_callback_is_its_own(alice: Universal, bob: Universal) -> None:
    program = Program()
    for text in (b"a", b"b", b"c"):
        kept = Program().append_global(text)
        program = program.call(bob.bytes, "query", NOTHING, on_reply=kept)
    last = Program().reply(Program().load_global())
    assert replied(alice.update(program.call(bob.bytes, "query", NOTHING, on_reply=last))) == b"abc"


# Cleanup.


def trap_in_callback(
    callee: bytes, *, rejection: bool = False, cleanup: Program | None = None
) -> Program:
    """A call whose callback changes the heap and traps."""
    failing = Program().store_global(b"callback", 1).trap(b"in the callback")
    argument = Program().reject(b"").code if rejection else NOTHING
    return Program().call(
        callee, "update", argument, on_reply=failing, on_reject=failing, on_cleanup=cleanup
    )


@pytest.mark.parametrize("rejection", [False, True])
def test_cleanup_runs_after_a_callback_that_trapped(
    alice: Universal, bob: Universal, rejection: bool
) -> None:
    cleanup = Program().store_global(b"cleaned up")
    payload = alice.update(trap_in_callback(bob.bytes, rejection=rejection, cleanup=cleanup))
    rejected(payload, ErrorCode.CANISTER_CALLED_TRAP, "in the callback")
    assert alice.heap(0) == b"cleaned up"
    assert alice.heap(1) == b""


@pytest.mark.parametrize("rejection", [False, True])
def test_cleanup_knows_the_reject_code(alice: Universal, bob: Universal, rejection: bool) -> None:
    cleanup = Program().store_global(Program().encode_int(Program().reject_code(), 1))
    alice.update(trap_in_callback(bob.bytes, rejection=rejection, cleanup=cleanup))
    assert alice.heap() == (b"\x04" if rejection else b"\0")


def test_no_cleanup_runs_after_a_callback_that_went_well(alice: Universal, bob: Universal) -> None:
    program = Program().call(
        bob.bytes, "update", NOTHING, on_cleanup=Program().store_global(b"cleaned up")
    )
    replied(alice.update(program))
    assert alice.heap() == b""


def test_no_cleanup_runs_when_only_the_callee_trapped(alice: Universal, bob: Universal) -> None:
    program = Program().call(
        bob.bytes,
        "update",
        Program().trap(b"callee").code,
        on_cleanup=Program().store_global(b"cleaned up"),
    )
    rejected(alice.update(program), ErrorCode.CANISTER_REJECTED_MESSAGE)
    assert alice.heap() == b""


def test_no_cleanup_runs_when_the_caller_trapped(alice: Universal, bob: Universal) -> None:
    program = Program().call(
        bob.bytes, "update", NOTHING, on_cleanup=Program().store_global(b"cleaned up")
    )
    rejected(alice.update(program.trap()), ErrorCode.CANISTER_CALLED_TRAP)
    alice.replica.tick()
    assert alice.heap() == b""


def test_a_cleanup_that_traps_changes_nothing(alice: Universal, bob: Universal) -> None:
    cleanup = Program().store_global(b"cleaned up").trap(b"in the cleanup")
    payload = alice.update(trap_in_callback(bob.bytes, cleanup=cleanup))
    rejected(payload, ErrorCode.CANISTER_CALLED_TRAP, "in the callback", "in the cleanup")
    assert (alice.heap(0), alice.heap(1)) == (b"", b"")


def test_callbacks_go_on_after_one_of_them_trapped(alice: Universal, bob: Universal) -> None:
    program = trap_in_callback(bob.bytes).call(
        bob.bytes, "update", NOTHING, on_reply=Program().reply(b"the second")
    )
    assert replied(alice.update(program)) == b"the second"


# Building calls.


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


def test_the_queue_to_a_canister_is_bounded(alice: Universal, bob: Universal) -> None:
    # Each call sets cycles aside for its response, so many need a rich canister.
    manage(alice.replica, "provisional_top_up_canister", alice.canister_id, amount=10**15)
    one = begun(bob.bytes).run_if(Program().call_perform(), COUNT)
    program = Program().repeat(QUEUE_CAPACITY + 3, one)
    failed = replied(alice.update(program.reply_int(Program().add_counter(0), 2)))
    assert int.from_bytes(failed, "little") == 3


# Calls that may time out.


def test_the_callee_knows_the_deadline(replica: Replica, alice: Universal, bob: Universal) -> None:
    tell = Program().reply_data_append(Program().encode_int(Program().deadline()))
    tell = tell.reply(Program().encode_int(Program().time()))
    program = Program().call(bob.bytes, "update", tell.code, timeout_seconds=10)
    told = replied(alice.update(program))
    deadline, time = (int.from_bytes(told[at : at + 8], "little") for at in (0, 8))
    assert abs(deadline - time - 10 * SECOND) < SECOND


def test_timeouts_are_silently_bounded(alice: Universal, bob: Universal) -> None:
    tell = Program().reply_int(Program().subtract(Program().deadline(), Program().time()))
    program = Program().call(bob.bytes, "update", tell.code, timeout_seconds=2**32 - 1)
    left = int.from_bytes(replied(alice.update(program)), "little")
    assert abs(left - MAX_CALL_TIMEOUT * SECOND) < SECOND


def test_calls_without_a_timeout_have_no_deadline(alice: Universal, bob: Universal) -> None:
    tell = Program().reply_int(Program().deadline())
    assert replied(alice.update(Program().call(bob.bytes, "update", tell.code))) == bytes(8)


def test_callbacks_know_the_deadline_of_their_call_context(
    alice: Universal, bob: Universal, carol: Universal
) -> None:
    tell = Program().reply_int(Program().subtract(Program().deadline(), Program().time()))
    middle = Program().call(carol.bytes, "update", NOTHING, on_reply=tell)
    program = Program().call(bob.bytes, "update", middle.code, timeout_seconds=20)
    left = int.from_bytes(replied(alice.update(program)), "little")
    assert abs(left - 20 * SECOND) < SECOND


def test_a_call_in_time_is_answered(alice: Universal, bob: Universal) -> None:
    program = Program().call(bob.bytes, "update", Program().reply(b"!").code, timeout_seconds=1)
    assert replied(alice.update(program)) == b"!"


def test_a_call_times_out_and_its_response_is_dropped(
    replica: Replica, alice: Universal, bob: Universal
) -> None:
    latch = Latch(bob)
    done_late = Program().store_global(b"done late")
    request_id = alice.submit(
        latch.call(done_late, timeout_seconds=10, on_reject=TELL_REJECTION, on_reply=COUNT)
    )
    assert answer_of(replica, request_id) is None
    replica.advance_time(9 * SECOND)
    assert answer_of(replica, request_id) is None
    replica.advance_time(2 * SECOND)
    told = replied(answer_of(replica, request_id))
    assert told[0] == RejectCode.SYS_UNKNOWN
    latch.release()
    replica.tick()
    assert bob.heap() == b"done late"
    assert alice.ask_int(Program().add_counter(0)) == 0


def test_only_the_call_that_is_late_times_out(
    replica: Replica, alice: Universal, bob: Universal, carol: Universal
) -> None:
    latch = Latch(bob)
    late = latch.call(timeout_seconds=10, on_reject=Program().append_global(b"late "))
    program = late.call(carol.bytes, "update", NOTHING, on_reply=Program().append_global(b"fine "))
    request_id = alice.submit(program.call(alice.bytes, "update", NOTHING, on_reply=Program()))
    assert answer_of(replica, request_id, 5) is None
    replica.advance_time(11 * SECOND)
    rejected(answer_of(replica, request_id), ErrorCode.CANISTER_DID_NOT_REPLY)
    assert alice.heap() == b"fine late "


# The management canister as callee.


def test_the_management_canister_is_called_like_any_other(
    replica: Replica, alice: Universal
) -> None:
    random = Program().call(MANAGEMENT.bytes, "raw_rand", b"DIDL\0\0")
    first, second = (replied(alice.update(random)) for _ in range(2))
    assert len(first) == len(second)
    assert first != second


def test_rejections_of_the_management_canister_come_to_the_callback(alice: Universal) -> None:
    unknown = Program().call(MANAGEMENT.bytes, "no_such_method", on_reject=TELL_REJECTION)
    code, text = seen_rejection(alice, unknown)
    assert code in {RejectCode.CANISTER_REJECT, RejectCode.CANISTER_ERROR}
    assert "no_such_method" in text


def test_what_is_not_theirs_canisters_do_not_control(alice: Universal, bob: Universal) -> None:
    argument = encode_arguments("stop_canister", {"canister_id": bob.canister_id})
    stop = Program().call(MANAGEMENT.bytes, "stop_canister", argument, on_reject=TELL_REJECTION)
    code, text = seen_rejection(alice, stop)
    assert code == RejectCode.CANISTER_ERROR
    assert "Only the controllers" in text
    assert bob.ask_int(Program().status()) == 1
