"""Specification: "Inter-canister method calls", "Callbacks"."""

from __future__ import annotations

import pytest

from ic_factory.replica import Replica
from ic_factory.replica.management.interface import encode_arguments
from ic_factory.replica.rejects import ErrorCode, RejectCode
from tests.canisters.universal import Program
from tests.conformance.canister_interface.canisters import (
    MANAGEMENT,
    NOT_A_CANISTER,
    TELL_REJECTION,
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
