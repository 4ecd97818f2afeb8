"""Brings requests and answers to where they go: canisters' queues and the ingress history."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from ic_factory.protocol.principal import Principal
from ic_factory.replica.clock import NANOSECONDS_PER_SECOND
from ic_factory.replica.rejects import ErrorCode, Payload, Reject
from ic_factory.replica.state.canister import Canister, CanisterStatus
from ic_factory.replica.state.consumption import CyclesUse, note_consumed
from ic_factory.replica.state.ingress_history import RequestPhase
from ic_factory.replica.state.messages import (
    CanisterOrigin,
    IngressOrigin,
    Origin,
    Request,
    Response,
)
from ic_factory.replica.state.subnet import Subnet

MANAGEMENT_CANISTER = Principal.management_canister()
INPUT_QUEUE_CAPACITY = 500
"""How many calls of one caller a canister keeps waiting."""
ANSWER_KEPT_SECONDS = 300
DEADLINE_EXPIRED = Reject.of(ErrorCode.DEADLINE_EXPIRED, "Call deadline has expired.")


def not_found(canister_id: Principal) -> Reject:
    """The reject for a canister that isn't there."""
    return Reject.of(ErrorCode.CANISTER_NOT_FOUND, f"Canister {canister_id} not found")


def refusal_by_status(canister: Canister) -> Reject | None:
    """Why a canister takes no new calls: it is stopping or stopped."""
    if canister.status is CanisterStatus.STOPPED:
        return Reject.of(ErrorCode.CANISTER_STOPPED, f"Canister {canister.canister_id} is stopped")
    if canister.status is CanisterStatus.STOPPING:
        return Reject.of(
            ErrorCode.CANISTER_STOPPING, f"Canister {canister.canister_id} is stopping"
        )
    return None


def refusal_by_time(request: Request, now: int) -> Reject | None:
    """Why a call that has waited too long is not begun any more (`now` in nanoseconds)."""
    if isinstance(request.origin, IngressOrigin) and request.origin.ingress_expiry < now:
        return Reject.of(
            ErrorCode.INGRESS_MESSAGE_TIMEOUT,
            f"Ingress message {request.origin.request_id.hex()} timed out waiting to start "
            "executing.",
        )
    if 0 < request.deadline < now:
        return DEADLINE_EXPIRED
    return None


@dataclass(slots=True)
class Delivery:
    """Routes messages within one subnet and keeps note of whom they reached."""

    subnet: Subnet
    touched_canisters: set[Principal] = field(default_factory=set)
    """Canisters whose part of the state tree may have changed."""
    touched_requests: set[bytes] = field(default_factory=set)
    """Requests whose status has changed."""
    ready: dict[Principal, None] = field(default_factory=dict)
    """Canisters with something in their queue, in the order in which it came."""

    def request(self, request: Request) -> None:
        """Takes a call to its receiver, or answers it where the receiver can't have it."""
        if request.receiver == MANAGEMENT_CANISTER:
            self.subnet.management_queue.append(request)
            return
        refusal = self._refusal(request)
        if refusal is not None:
            self.answer(request.origin, refusal, request.cycles)
            return
        self.subnet.canisters[request.receiver].queue.append(request)
        self.ready[request.receiver] = None

    def _refusal(self, request: Request) -> Reject | None:
        canister = self.subnet.canisters.get(request.receiver)
        if canister is None:
            return not_found(request.receiver)
        by_status = refusal_by_status(canister)
        if by_status is not None:
            return by_status
        if isinstance(request.origin, CanisterOrigin):
            minimum = canister.settings.minimum_incoming_canister_call_cycles
            if request.sender != request.receiver and request.cycles < minimum:
                return Reject.of(
                    ErrorCode.INSUFFICIENT_CYCLES_IN_CALL,
                    f"Canister {request.receiver} takes calls with at least {minimum} cycles "
                    f"attached, and {request.cycles} were",
                )
            waiting = sum(
                isinstance(message, Request) and message.sender == request.sender
                for message in canister.queue
            )
            if waiting >= INPUT_QUEUE_CAPACITY:
                return Reject.of(
                    ErrorCode.CANISTER_QUEUE_FULL,
                    f"Canister {request.receiver} input queue is full",
                )
        return None

    def fail(self, origin: Origin, failure: Reject, refund: int) -> None:
        """Ends a call whose execution failed: a calling canister reads the error code as well."""
        if isinstance(origin, CanisterOrigin):
            failure = replace(failure, message=f"{failure.error_code}: {failure.message}")
        self.answer(origin, failure, refund)

    def answer(self, origin: Origin, payload: Payload, refund: int) -> None:
        """Ends a call: its caller gets `payload` and `refund` cycles."""
        if isinstance(origin, IngressOrigin):
            self.set_status(origin.request_id, payload)
        elif isinstance(origin, CanisterOrigin):
            self.response(Response(origin.canister_id, origin.callback_id, payload, refund))

    def set_status(self, request_id: bytes, payload: Payload) -> None:
        """Writes a user's answer into the ingress history."""
        record = self.subnet.ingress_history[request_id]
        forget_at = self.subnet.time + ANSWER_KEPT_SECONDS * NANOSECONDS_PER_SECOND
        self.subnet.ingress_history[request_id] = replace(
            record, status=payload, forget_at=max(record.forget_at, forget_at)
        )
        self.touched_requests.add(request_id)

    def set_phase(self, request_id: bytes, phase: RequestPhase) -> None:
        """Writes into the ingress history where a request is."""
        record = self.subnet.ingress_history[request_id]
        self.subnet.ingress_history[request_id] = replace(record, status=phase)
        self.touched_requests.add(request_id)

    def response(self, response: Response) -> None:
        """Takes an answer back to the canister that made the call, if it still waits for it."""
        canister = self.subnet.canisters.get(response.originator)
        if (
            canister is None
            or response.callback_id not in canister.callbacks
            or response.callback_id in canister.expired_callbacks
        ):
            note_consumed(self.subnet.consumed, CyclesUse.DROPPED_MESSAGES, response.refund)
            return
        canister.queue.append(response)
        self.ready[response.originator] = None

    def expire_calls(self, canisters: Iterable[Canister]) -> None:
        """Answers bounded-wait calls of these canisters whose deadline has passed."""
        now = self.subnet.time
        for canister in canisters:
            answered = {
                message.callback_id for message in canister.queue if isinstance(message, Response)
            }
            for callback_id, callback in canister.callbacks.items():
                if not 0 < callback.deadline < now or callback_id in answered:
                    continue
                if callback_id not in canister.expired_callbacks:
                    expired = Response(canister.canister_id, callback_id, DEADLINE_EXPIRED, 0)
                    self.response(expired)
                    canister.expired_callbacks.add(callback_id)
