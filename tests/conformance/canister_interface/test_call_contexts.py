"""Specification: "Call contexts", "Call context starvation", "Call context removal"."""

from __future__ import annotations

from ic_factory.replica import Replica
from ic_factory.replica.rejects import ErrorCode
from tests.canisters.universal import Hook, Program
from tests.conformance.canister_interface.canisters import (
    SECOND,
    Latch,
    Universal,
    answer_of,
    call_management,
    full_universal,
    make_universal,
    manage,
    rejected,
    replied,
    stopping,
)

NOTHING = Program().reply().code


def calling(callee: Universal, on_reply: Program) -> Program:
    """A call that goes well."""
    return Program().call(callee.bytes, "query", NOTHING, on_reply=on_reply)


def test_a_call_starves_when_no_callback_answers(alice: Universal, bob: Universal) -> None:
    program = calling(bob, Program().store_global(b"called back"))
    rejected(alice.update(program), ErrorCode.CANISTER_DID_NOT_REPLY, alice.canister_id)
    assert alice.heap() == b"called back"


def test_a_call_waits_while_another_call_is_open(
    replica: Replica, alice: Universal, bob: Universal, carol: Universal
) -> None:
    latch = Latch(bob)
    program = calling(carol, Program()).then(latch.call(on_reply=Program()))
    request_id = alice.submit(program)
    assert answer_of(replica, request_id) is None
    latch.release()
    rejected(answer_of(replica, request_id), ErrorCode.CANISTER_DID_NOT_REPLY)


def test_a_trap_of_the_method_is_told_at_once(alice: Universal, bob: Universal) -> None:
    program = calling(bob, Program().reply(b"too late")).trap(b"at once")
    rejected(alice.update(program), ErrorCode.CANISTER_CALLED_TRAP, "at once")


def test_a_trap_in_a_callback_is_told_when_nothing_else_can_answer(
    alice: Universal, bob: Universal
) -> None:
    program = calling(bob, Program().trap(b"in the callback"))
    rejected(alice.update(program), ErrorCode.CANISTER_CALLED_TRAP, "in the callback")


def test_a_trap_in_a_callback_leaves_it_to_the_others_to_answer(
    replica: Replica, alice: Universal, bob: Universal, carol: Universal
) -> None:
    latch = Latch(bob)
    program = latch.call(on_reply=Program().reply(b"from the latch"))
    request_id = alice.submit(program.then(calling(carol, Program().trap(b"first"))))
    assert answer_of(replica, request_id) is None
    latch.release()
    assert replied(answer_of(replica, request_id)) == b"from the latch"


def test_an_answer_is_sent_before_all_callbacks_have_run(
    replica: Replica, alice: Universal, bob: Universal
) -> None:
    latch = Latch(bob)
    program = latch.call(on_reply=Program().store_global(b"afterwards")).reply(b"already")
    request_id = alice.submit(program)
    assert replied(answer_of(replica, request_id)) == b"already"
    assert alice.heap() == b""
    latch.release()
    replica.tick()
    assert alice.heap() == b"afterwards"


def test_a_second_answer_of_a_call_context_traps(alice: Universal, bob: Universal) -> None:
    first = calling(bob, Program().add_counter().drop().reply(b"first"))
    second = calling(bob, Program().add_counter().drop().reply(b"second"))
    assert replied(alice.update(first.then(second))) == b"first"
    alice.replica.tick()
    assert alice.ask_int(Program().add_counter(0)) == 1


def test_a_callback_after_the_answer_may_call_on(alice: Universal, bob: Universal) -> None:
    noting = Program().call(
        bob.bytes, "update", Program().store_global(b"told").reply().code, on_reply=Program()
    )
    assert replied(alice.update(calling(bob, noting).reply(b"done"))) == b"done"
    for _ in range(3):
        alice.replica.tick()
    assert bob.heap() == b"told"


def test_a_stop_waits_for_open_call_contexts(
    replica: Replica, alice: Universal, bob: Universal
) -> None:
    latch = Latch(bob)
    request_id = alice.submit(latch.call().reply(b"answered already"))
    assert replied(answer_of(replica, request_id)) == b"answered already"
    stop = stopping(alice)
    assert answer_of(replica, stop) is None
    assert alice.status()["status"] == {"stopping": None}
    latch.release()
    assert replied(answer_of(replica, stop)) == b"DIDL\0\0"
    assert alice.status()["status"] == {"stopped": None}


def test_a_stop_waits_for_the_calls_of_system_tasks(replica: Replica, bob: Universal) -> None:
    canister = make_universal(replica, full_universal())
    latch = Latch(bob)
    program = latch.call(on_reply=Program().store_global(b"done"))
    canister.set_hook(
        Hook.HEARTBEAT,
        Program().run_if(Program().equal(Program().add_counter(), 1), program),
    )
    replica.advance_time(2 * SECOND)
    replica.tick()
    stop = stopping(canister)
    assert answer_of(replica, stop) is None
    latch.release()
    replied(answer_of(replica, stop))


def test_deleting_needs_a_stopped_canister(alice: Universal) -> None:
    payload = call_management(alice.replica, "delete_canister", alice.canister_id)
    rejected(payload, ErrorCode.CANISTER_NOT_STOPPED, alice.canister_id)


def test_uninstalling_rejects_open_calls(
    replica: Replica, alice: Universal, bob: Universal, carol: Universal
) -> None:
    never = Program().reply(b"never")
    from_user = alice.submit(Latch(bob).call(on_reply=never))
    other_latch = Latch(make_universal(replica))
    from_canister = carol.submit(
        Program().call(
            alice.bytes,
            "update",
            other_latch.call(on_reply=never).code,
            on_reject=Program().reply(b"rejected"),
        )
    )
    assert answer_of(replica, from_user) is None
    assert answer_of(replica, from_canister) is None
    manage(replica, "uninstall_code", alice.canister_id)
    rejected(answer_of(replica, from_user), ErrorCode.CANISTER_REJECTED_MESSAGE)
    assert replied(answer_of(replica, from_canister)) == b"rejected"


def test_responses_to_uninstalled_code_are_dropped_and_their_cycles_kept(
    replica: Replica, alice: Universal, bob: Universal
) -> None:
    latch = Latch(bob)
    alice.submit(latch.call(cycles=10**13))
    replica.tick()
    manage(replica, "uninstall_code", alice.canister_id)
    before = alice.cycles
    latch.release()
    replica.tick()
    assert before + 10**13 <= alice.cycles <= before + 10**13 + 10**11


def test_reinstalled_code_is_not_called_back_for_the_old_one(
    replica: Replica, alice: Universal, bob: Universal
) -> None:
    latch = Latch(bob)
    alice.submit(latch.call(on_reply=Program().store_global(b"called back")))
    replica.tick()
    manage(replica, "uninstall_code", alice.canister_id)
    replied(alice.install(Program(), "install"))
    latch.release()
    replica.tick()
    assert alice.heap() == b""


def test_a_moment_in_the_middle_of_a_call_can_be_gone_back_to(
    replica: Replica, alice: Universal, bob: Universal
) -> None:
    latch = Latch(bob)
    request_id = alice.submit(latch.call(on_reply=Program().reply(Program().load_global())))
    replica.tick()
    middle = replica.snapshot()
    for kept in (b"first", b"second"):
        alice.store(kept)
        latch.release()
        assert replied(answer_of(replica, request_id)) == kept
        replica.rewind(middle)
    assert answer_of(replica, request_id) is None
    with replica.fork() as fork:
        latch_in_fork = Universal(fork, bob.canister_id)
        manage(fork, "start_canister", latch_in_fork.canister_id)
        assert replied(answer_of(fork, request_id)) == b""
    assert answer_of(replica, request_id) is None
