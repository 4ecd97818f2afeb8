"""Starts, stops, empties and deletes canisters.

Specification: "IC method start_canister", "stop_canister", "uninstall_code", "delete_canister",
"Canister out of cycles".
"""

from __future__ import annotations

from dataclasses import replace

from ic_factory.replica.clock import NANOSECONDS_PER_SECOND
from ic_factory.replica.management.calls import Answer, Call, Done, Waiting
from ic_factory.replica.management.history import record_change
from ic_factory.replica.management.interface import SIGNATURES
from ic_factory.replica.management.refusal import Refused
from ic_factory.replica.rejects import ErrorCode, Reject, Reply
from ic_factory.replica.state.canister import Canister, CanisterStatus, HookStatus, StopWaiter
from ic_factory.replica.state.consumption import CyclesUse, note_consumed
from ic_factory.replica.state.history import ChangeOrigin, CodeUninstall
from ic_factory.replica.state.subnet import Subnet

STOP_TIMEOUT_SECONDS = 300


def start_canister(call: Call) -> Done:
    """The canister takes calls again; those who wait for it to stop are told that it won't."""
    canister = call.controlled_canister()
    waiters = canister.stop_waiters
    canister.stop_waiters = []
    canister.status = CanisterStatus.RUNNING
    canister.canister_version += 1
    cancelled = Reject.of(
        ErrorCode.CANISTER_STOPPING_CANCELLED,
        f"Canister {canister.canister_id}'s stop request was cancelled.",
    )
    return Done(
        also=tuple((waiter.origin, cancelled, waiter.cycles) for waiter in waiters),
        touched=(canister.canister_id,),
    )


def stop_canister(call: Call) -> Done | Waiting:
    """The canister takes no more calls; answered when no call context is open any more."""
    canister = call.controlled_canister()
    canister.canister_version += 1
    if canister.status is CanisterStatus.STOPPED:
        return Done(touched=(canister.canister_id,))
    canister.status = CanisterStatus.STOPPING
    if not canister.call_contexts:
        return Done(
            also=tuple(answer_stop_waiters_if_stopped(canister)), touched=(canister.canister_id,)
        )
    deadline = call.subnet.time + STOP_TIMEOUT_SECONDS * NANOSECONDS_PER_SECOND
    canister.stop_waiters.append(StopWaiter(call.origin, call.cycles, deadline))
    return Waiting(canister.canister_id)


def answer_stop_waiters_if_stopped(canister: Canister) -> list[Answer]:
    """Makes a stopping canister stopped when its last call context has closed.

    Returns who waited for it, each with the answer and the cycles that go back.
    """
    if canister.status is not CanisterStatus.STOPPING or canister.call_contexts:
        return []
    waiters = canister.stop_waiters
    canister.stop_waiters = []
    canister.status = CanisterStatus.STOPPED
    canister.canister_version += 1
    reply = Reply(SIGNATURES["stop_canister"].encoder.encode(()))
    return [(waiter.origin, reply, waiter.cycles) for waiter in waiters]


def time_out_stop_waiters(canister: Canister, now: int) -> list[Answer]:
    """Ends the waits whose deadline has passed at `now`; the canister goes on stopping.

    Returns who waited, each with the reject and the cycles that go back.
    """
    late = [waiter for waiter in canister.stop_waiters if waiter.deadline <= now]
    if not late:
        return []
    canister.stop_waiters = [waiter for waiter in canister.stop_waiters if waiter.deadline > now]
    reject = Reject.of(ErrorCode.STOP_CANISTER_REQUEST_TIMEOUT, "Stop canister request timed out")
    return [(waiter.origin, reject, waiter.cycles) for waiter in late]


def uninstall(call: Call) -> Done:
    """The canister loses its code and what the code kept."""
    canister = call.controlled_canister()
    rejects = uninstall_code(call.subnet, canister, call.change_origin)
    return Done(also=tuple(rejects), touched=(canister.canister_id,))


def uninstall_code(
    subnet: Subnet, canister: Canister, change_origin: ChangeOrigin | None
) -> list[Answer]:
    """Empties a canister: code, memories, chunks, certified data, timer and log are gone.

    `change_origin` is who asked for it; None where the canister ran out of cycles, in which case
    its snapshots, the entries of its history and its allocations go too.

    Returns the answers that its open calls get, and those who waited for these to end.
    """
    canister.code = None
    canister.last_install_timestamp = 0
    canister.certified_data = b""
    canister.chunk_store.clear()
    canister.global_timer = 0
    canister.heartbeat_due = False
    canister.low_wasm_memory_hook = HookStatus.CONDITION_NOT_SATISFIED
    canister.log.clear()
    canister.canister_version += 1
    if change_origin is None:
        canister.snapshots.clear()
        canister.history.clear()
        canister.settings = replace(canister.settings, compute_allocation=0, memory_allocation=0)
    else:
        record_change(canister, subnet.time, change_origin, CodeUninstall())
    return [*_reject_open_calls(canister), *answer_stop_waiters_if_stopped(canister)]


def _reject_open_calls(canister: Canister) -> list[Answer]:
    """Answers what is unanswered; contexts stay until the calls that they made come back."""
    reject = Reject.of(ErrorCode.CANISTER_REJECTED_MESSAGE, "Canister has been uninstalled.")
    answers: list[Answer] = []
    for context in list(canister.call_contexts.values()):
        if not context.responded:
            answers.append((context.origin, reject, context.cycles_available))
        context.responded = True
        context.cycles_available = 0
        context.deleted = True
        if not context.outstanding_calls:
            del canister.call_contexts[context.call_context_id]
    return answers


def delete_canister(call: Call) -> Done:
    """The canister is gone, with its cycles."""
    canister = call.canister()
    canister_id = canister.canister_id
    if call.caller == canister_id:
        raise Refused(
            ErrorCode.CANISTER_INVALID_CONTROLLER,
            f"Canister {canister_id} cannot delete itself.",
        )
    canister = call.controlled_canister()
    if canister.status is not CanisterStatus.STOPPED:
        raise Refused(
            ErrorCode.CANISTER_NOT_STOPPED,
            f"Canister {canister_id} must be stopped before it is deleted.",
        )
    if canister.queue or canister.callbacks:
        raise Refused(
            ErrorCode.CANISTER_QUEUE_NOT_EMPTY,
            f"Canister {canister_id} has messages in its queues and cannot be deleted now. "
            "Please retry after some time.",
        )
    del call.subnet.canisters[canister_id]
    rest = canister.cycles + canister.reserved_cycles
    note_consumed(call.subnet.consumed, CyclesUse.DELETED_CANISTERS, rest)
    return Done(touched=(canister_id,))
