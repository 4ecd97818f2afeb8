"""Call contexts and callbacks: opened by messages, answered, and closed when nothing is left.

Specification: "Call contexts", "Call context starvation", "Call context removal".
"""

from __future__ import annotations

from ic_factory.protocol.principal import Principal
from ic_factory.replica.canister_cycles import note_use
from ic_factory.replica.clock import NANOSECONDS_PER_SECOND
from ic_factory.replica.cycles import FeeTable
from ic_factory.replica.execution.outcome import Effects, OutgoingCall
from ic_factory.replica.rejects import ErrorCode, Payload, Reject, Reply
from ic_factory.replica.scheduling.delivery import Delivery
from ic_factory.replica.state.canister import Canister, HookStatus
from ic_factory.replica.state.consumption import CyclesUse
from ic_factory.replica.state.messages import (
    Callback,
    CallContext,
    CanisterOrigin,
    Origin,
    Request,
    SystemOrigin,
)

MAX_CALL_TIMEOUT_SECONDS = 300
"""`MAX_CALL_TIMEOUT` of the specification."""

REJECT_CODE_BYTES = 8

MAX_HEAP_BYTES = 4 * 1024**3
"""What a canister's heap may grow to where its settings set no limit."""


def open_call_context(canister: Canister, request: Request) -> CallContext:
    """The call context in which the canister works on a request."""
    context = _opened(
        canister, request.origin, request.sender, request.cycles, deadline=request.deadline
    )
    context.caller_info = request.caller_info
    return context


def open_system_context(canister: Canister) -> CallContext:
    """The call context of a system task: it needs no answer."""
    return _opened(canister, SystemOrigin(), Principal.management_canister(), 0, responded=True)


def _opened(
    canister: Canister,
    origin: Origin,
    caller: Principal,
    cycles: int,
    *,
    deadline: int = 0,
    responded: bool = False,
) -> CallContext:
    context = CallContext(canister.next_id(), origin, caller, cycles, responded, deadline)
    canister.call_contexts[context.call_context_id] = context
    return context


def respond(context: CallContext, payload: Payload, delivery: Delivery) -> None:
    """Answers the call; cycles that the canister did not accept go back with it."""
    delivery.answer(context.origin, payload, _closed_with_refund(context))


def _closed_with_refund(context: CallContext) -> int:
    context.responded = True
    refund, context.cycles_available = context.cycles_available, 0
    return refund


def close_if_done(
    canister: Canister, context: CallContext, failure: Reject | None, delivery: Delivery
) -> None:
    """Removes a context that no call is open for; unanswered, it is rejected first."""
    if context.outstanding_calls:
        return
    if not context.responded:
        reject = failure or _did_not_reply(canister)
        delivery.fail(context.origin, reject, _closed_with_refund(context))
    canister.call_contexts.pop(context.call_context_id, None)


def _did_not_reply(canister: Canister) -> Reject:
    return Reject.of(
        ErrorCode.CANISTER_DID_NOT_REPLY,
        f"Error from Canister {canister.canister_id}: Canister did not reply to the call",
    )


def apply_effects(
    canister: Canister,
    context: CallContext,
    effects: Effects,
    fees: FeeTable,
    delivery: Delivery,
) -> None:
    """Carries out what an invocation asked for."""
    canister.cycles += effects.cycles_accepted - effects.cycles_burned
    note_use(delivery.subnet, canister, CyclesUse.BURNED, effects.cycles_burned)
    context.cycles_available -= effects.cycles_accepted
    if effects.certified_data is not None:
        canister.certified_data = effects.certified_data
    if effects.global_timer is not None:
        canister.global_timer = effects.global_timer
    for call in effects.calls:
        _send(canister, context, call, fees, delivery)
    if effects.response is not None:
        respond(context, effects.response, delivery)


def response_bytes(payload: Payload) -> int:
    """What a response counts as for its transmission: a reject has its code besides the text."""
    if isinstance(payload, Reply):
        return len(payload.data)
    return REJECT_CODE_BYTES + len(payload.message.encode())


def transmission_fee(call: OutgoingCall, fees: FeeTable) -> int:
    """What sending a call costs, its response not counted."""
    return fees.call_transmission(len(call.method_name.encode()) + len(call.argument))


def _send(
    canister: Canister,
    context: CallContext,
    call: OutgoingCall,
    fees: FeeTable,
    delivery: Delivery,
) -> None:
    transmission = transmission_fee(call, fees)
    prepaid = fees.transmission_prepayment + fees.execution_prepayment
    canister.cycles -= call.cycles + transmission + prepaid
    note_use(delivery.subnet, canister, CyclesUse.TRANSMISSION, transmission)
    callback_id = canister.next_id()
    deadline = 0
    if call.timeout_seconds is not None:
        timeout = min(call.timeout_seconds, MAX_CALL_TIMEOUT_SECONDS)
        deadline = delivery.subnet.time + timeout * NANOSECONDS_PER_SECOND
    callee = Principal(call.callee)
    context.outstanding_calls += 1
    canister.callbacks[callback_id] = Callback(
        call_context_id=context.call_context_id,
        callee=callee,
        on_reply=call.on_reply,
        on_reject=call.on_reject,
        on_cleanup=call.on_cleanup,
        transmission_prepayment=fees.transmission_prepayment,
        execution_prepayment=fees.execution_prepayment,
        deadline=deadline,
    )
    delivery.request(
        Request(
            sender=canister.canister_id,
            receiver=callee,
            method_name=call.method_name,
            argument=call.argument,
            cycles=call.cycles,
            origin=CanisterOrigin(canister.canister_id, callback_id),
            deadline=deadline,
        )
    )


def note_low_wasm_memory(canister: Canister) -> None:
    """Makes the low-memory hook ready, once, while less is left than the threshold.

    Specification, "Scheduling on low wasm memory hook".
    """
    heap_bytes = 0 if canister.code is None else canister.code.heap_bytes
    limit = canister.settings.wasm_memory_limit or MAX_HEAP_BYTES
    if limit >= heap_bytes + canister.settings.wasm_memory_threshold:
        canister.low_wasm_memory_hook = HookStatus.CONDITION_NOT_SATISFIED
    elif canister.low_wasm_memory_hook is HookStatus.CONDITION_NOT_SATISFIED:
        canister.low_wasm_memory_hook = HookStatus.READY
