"""Calls to other canisters (specification, "Inter-canister method calls")."""

from __future__ import annotations

from ic_factory.replica.execution.changes import CallUnderConstruction
from ic_factory.replica.execution.failures import (
    GuestFailure,
    invalid_principal,
    misused,
    out_of_cycles,
    violated_contract,
)
from ic_factory.replica.execution.system_api.execution import MAX_PRINCIPAL_BYTES, Execution
from ic_factory.replica.state.messages import TableEntry

MAX_CALL_PAYLOAD_BYTES = 10 * 1024**2
MAX_METHOD_NAME_BYTES = 20_000
MAX_CALL_TIMEOUT_SECONDS = 300
PERFORMED = 0
NOT_PERFORMED = 2


def call_new(
    execution: Execution,
    callee_src: int,
    callee_size: int,
    name_src: int,
    name_size: int,
    reply_fun: int,
    reply_env: int,
    reject_fun: int,
    reject_env: int,
) -> None:
    """Begins a call; one that was begun before is forgotten."""
    execution.changes.call = None
    if name_size > MAX_METHOD_NAME_BYTES:
        raise GuestFailure(
            misused(
                f"Size of method_name {name_size} exceeds the allowed limit of "
                f"{MAX_METHOD_NAME_BYTES}."
            )
        )
    callee = execution.read("call_new", callee_src, callee_size)
    if len(callee) > MAX_PRINCIPAL_BYTES:
        raise GuestFailure(invalid_principal())
    execution.changes.call = CallUnderConstruction(
        callee=callee,
        method_name=execution.read_text("call_new", name_src, name_size),
        on_reply=TableEntry(reply_fun, reply_env),
        on_reject=TableEntry(reject_fun, reject_env),
    )


def call_on_cleanup(execution: Execution, fun: int, env: int) -> None:
    """Sets what runs when a callback traps."""
    call = _under_construction(execution, "call_on_cleanup")
    if call.on_cleanup is not None:
        raise GuestFailure(violated_contract("The on_cleanup closure can be set at most once."))
    call.on_cleanup = TableEntry(fun, env)


def call_data_append(execution: Execution, src: int, size: int) -> None:
    """Adds to the call's argument."""
    call = _under_construction(execution, "call_data_append")
    total = len(call.argument) + size
    if total > MAX_CALL_PAYLOAD_BYTES:
        raise GuestFailure(
            misused(
                f"Request to {call.method_name} has a payload size of {total}, which exceeds the "
                f"allowed limit of {MAX_CALL_PAYLOAD_BYTES}.",
                "Try breaking up the request into smaller pieces.",
                "canister-made-a-call-with-too-large-a-payload",
            )
        )
    call.argument += execution.read("call_data_append", src, size)


def call_with_best_effort_response(execution: Execution, timeout_seconds: int) -> None:
    """Bounds the wait for the response."""
    call = _under_construction(execution, "call_with_best_effort_response")
    if call.timeout_seconds is not None:
        raise GuestFailure(
            violated_contract(
                "ic0_call_with_best_effort_response failed because a timeout is already set."
            )
        )
    call.timeout_seconds = min(timeout_seconds, MAX_CALL_TIMEOUT_SECONDS)


def call_cycles_add(execution: Execution, amount: int) -> None:
    """Moves cycles from the balance to the call."""
    _add_cycles(execution, "call_cycles_add", amount)


def call_cycles_add128(execution: Execution, high: int, low: int) -> None:
    """Moves cycles from the balance to the call."""
    _add_cycles(execution, "call_cycles_add128", (high << 64) | low)


def call_perform(execution: Execution) -> int:
    """Queues the call; 0 where it could be, 2 where not."""
    call = _under_construction(execution, "call_perform")
    return PERFORMED if execution.changes.perform(call) else NOT_PERFORMED


def _add_cycles(execution: Execution, function: str, amount: int) -> None:
    call = _under_construction(execution, function)
    if amount > execution.changes.spendable:
        raise GuestFailure(out_of_cycles(execution.surroundings.canister_id))
    call.cycles += amount


def _under_construction(execution: Execution, function: str) -> CallUnderConstruction:
    call = execution.changes.call
    if call is None:
        raise GuestFailure(
            violated_contract(f"ic0.{function} called when no call is under construction.")
        )
    return call
