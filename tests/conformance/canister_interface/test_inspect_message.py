"""Specification: "Ingress message inspection"."""

from __future__ import annotations

import pytest

from ic_factory.replica import Replica
from ic_factory.replica.rejects import ErrorCode, Reject
from tests.canisters.universal import Hook, Program
from tests.conformance.canister_interface.canisters import (
    MANAGEMENT,
    STRANGER,
    Universal,
    change_settings,
    full_universal,
    make_universal,
    manage,
    rejected,
    replied,
)

REPLY = Program().reply()


@pytest.fixture
def canister(replica: Replica) -> Universal:
    """A canister with all entry points."""
    return make_universal(replica, full_universal())


def inspect_with(canister: Universal, program: Program) -> None:
    canister.set_hook(Hook.INSPECT_MESSAGE, program)


def test_a_message_that_is_accepted_is_executed(canister: Universal) -> None:
    inspect_with(canister, Program().accept_message())
    replied(canister.update(REPLY))


def test_a_message_that_is_not_accepted_is_refused(canister: Universal) -> None:
    inspect_with(canister, Program())
    payload = canister.replica.submit_direct(canister.canister_id, "update", REPLY.code)
    assert isinstance(payload, Reject)
    rejected(payload, ErrorCode.CANISTER_REJECTED_MESSAGE, canister.canister_id)


def test_a_trap_refuses_the_message(canister: Universal) -> None:
    inspect_with(canister, Program().accept_message().trap(b"no"))
    rejected(canister.update(REPLY), ErrorCode.CANISTER_CALLED_TRAP, canister.canister_id)


def test_accepting_twice_traps(canister: Universal) -> None:
    inspect_with(canister, Program().accept_message().accept_message())
    rejected(canister.update(REPLY), ErrorCode.CANISTER_CONTRACT_VIOLATION)


def test_too_many_instructions_refuse_the_message(canister: Universal) -> None:
    inspect_with(canister, Program().accept_message().loop_forever())
    rejected(canister.update(REPLY), ErrorCode.CANISTER_INSTRUCTION_LIMIT_EXCEEDED)


def accept_if(condition: Program) -> Program:
    return Program().run_if(condition, Program().accept_message())


@pytest.mark.parametrize("method", ["update", "query", "no such method"])
def test_it_sees_the_name_of_the_method(canister: Universal, method: str) -> None:
    inspect_with(canister, accept_if(Program().equal(Program().method_name(), method.encode())))
    let_in = canister.update(REPLY, method)
    if method == "no such method":
        rejected(let_in, ErrorCode.CANISTER_METHOD_NOT_FOUND)
    else:
        replied(let_in)
    rejected(canister.update(REPLY, "stored"), ErrorCode.CANISTER_REJECTED_MESSAGE)


def test_it_sees_argument_and_caller(canister: Universal) -> None:
    inspect_with(canister, accept_if(Program().equal(Program().arg(), REPLY.code)))
    replied(canister.update(REPLY))
    rejected(canister.update(Program().reply(b"!")), ErrorCode.CANISTER_REJECTED_MESSAGE)


def test_it_sees_the_caller(canister: Universal) -> None:
    inspect_with(canister, accept_if(Program().equal(Program().caller(), STRANGER.bytes)))
    replied(canister.update(REPLY, sender=STRANGER))
    rejected(canister.update(REPLY, sender=MANAGEMENT), ErrorCode.CANISTER_REJECTED_MESSAGE)


def test_it_sees_the_state_and_changes_nothing(canister: Universal) -> None:
    counted = Program().equal(Program().add_counter(), 1)
    inspect_with(canister, Program().stable_grow(1).drop().then(accept_if(counted)))
    for _ in range(3):
        replied(canister.update(REPLY))
    assert canister.ask_int(Program().stable_size()) == 0


def test_it_runs_in_non_replicated_mode(canister: Universal) -> None:
    mode = Program().in_replicated_execution()
    inspect_with(canister, accept_if(Program().equal(mode, 0)))
    replied(canister.update(REPLY))


def test_queries_are_not_inspected(canister: Universal) -> None:
    inspect_with(canister, Program())
    replied(canister.query(REPLY))
    replied(canister.composite_query(REPLY))


def test_calls_of_canisters_are_not_inspected(canister: Universal, alice: Universal) -> None:
    inspect_with(canister, Program())
    replied(alice.update(Program().call(canister.bytes, "update", REPLY.code)))


def test_calls_to_the_management_canister_are_not_inspected(canister: Universal) -> None:
    inspect_with(canister, Program())
    manage(canister.replica, "stop_canister", canister.canister_id)


def test_a_canister_without_it_takes_every_message(alice: Universal) -> None:
    replied(alice.update(REPLY))


@pytest.mark.parametrize("state", ["empty", "stopped", "frozen"])
def test_canisters_that_do_not_run_take_no_message(
    replica: Replica, alice: Universal, state: str
) -> None:
    if state == "empty":
        manage(replica, "uninstall_code", alice.canister_id)
        expected = ErrorCode.CANISTER_WASM_MODULE_NOT_FOUND
    elif state == "stopped":
        manage(replica, "stop_canister", alice.canister_id)
        expected = ErrorCode.CANISTER_STOPPED
    else:
        change_settings(replica, alice.canister_id, freezing_threshold=2**62)
        expected = ErrorCode.CANISTER_OUT_OF_CYCLES
    rejected(alice.update(REPLY), expected, alice.canister_id)
