"""Messages between users, canisters and the system, and what a canister keeps of open calls."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from ic_factory.protocol.principal import Principal
from ic_factory.replica.rejects import Payload


@dataclass(frozen=True, slots=True)
class IngressOrigin:
    """A user's call: the answer goes into the ingress history."""

    request_id: bytes
    ingress_expiry: int
    """Nanoseconds since 1970 after which the call must not begin to be processed."""


@dataclass(frozen=True, slots=True)
class CanisterOrigin:
    """Another canister's call: the answer goes to its callback."""

    canister_id: Principal
    callback_id: int


@dataclass(frozen=True, slots=True)
class SystemOrigin:
    """A heartbeat, timer or hook: nobody waits for an answer."""


Origin = IngressOrigin | CanisterOrigin | SystemOrigin


@dataclass(frozen=True, slots=True)
class CallerInfo:
    """What a canister vouches for of a user whose key is one of its own (`sender_info`)."""

    data: bytes
    signer: Principal


@dataclass(frozen=True, slots=True)
class Request:
    """A call on its way to a canister, or to the management canister."""

    sender: Principal
    receiver: Principal
    method_name: str
    argument: bytes
    cycles: int
    origin: Origin
    deadline: int = 0
    """Nanoseconds since 1970 at which a bounded-wait caller stops waiting; 0 for never."""
    caller_info: CallerInfo | None = None


@dataclass(frozen=True, slots=True)
class Response:
    """The end of a canister's call, on its way back to the caller."""

    originator: Principal
    callback_id: int
    payload: Payload
    refund: int


class SystemTask(Enum):
    """What the system itself asks of a canister: the value is the exported function."""

    ON_LOW_WASM_MEMORY = "canister_on_low_wasm_memory"
    GLOBAL_TIMER = "canister_global_timer"
    HEARTBEAT = "canister_heartbeat"


@dataclass(frozen=True, slots=True)
class TableEntry:
    """A function in the canister's table and the value that it is called with."""

    function: int
    environment: int


@dataclass(slots=True)
class CallContext:
    """A call that a canister has begun to work on (specification, "Call contexts")."""

    call_context_id: int
    origin: Origin
    caller: Principal
    cycles_available: int
    responded: bool
    deadline: int = 0
    outstanding_calls: int = 0
    instructions: int = 0
    deleted: bool = False
    caller_info: CallerInfo | None = None


@dataclass(frozen=True, slots=True)
class Callback:
    """What to run when a call that a canister made comes back."""

    call_context_id: int
    callee: Principal
    on_reply: TableEntry
    on_reject: TableEntry
    on_cleanup: TableEntry | None
    transmission_prepayment: int
    execution_prepayment: int
    deadline: int
