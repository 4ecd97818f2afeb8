"""What an invocation ends in. Guest failures are values; nothing is applied before the commit."""

from __future__ import annotations

from dataclasses import dataclass

from ic_factory.replica.rejects import ErrorCode, Payload
from ic_factory.replica.state.messages import TableEntry


@dataclass(frozen=True, slots=True)
class OutgoingCall:
    """A call that `call_perform` queued."""

    callee: bytes
    method_name: str
    argument: bytes
    cycles: int
    on_reply: TableEntry
    on_reject: TableEntry
    on_cleanup: TableEntry | None
    timeout_seconds: int | None


@dataclass(frozen=True, slots=True)
class Effects:
    """What the canister asked the system for."""

    response: Payload | None = None
    calls: tuple[OutgoingCall, ...] = ()
    cycles_accepted: int = 0
    cycles_burned: int = 0
    certified_data: bytes | None = None
    global_timer: int | None = None
    message_accepted: bool = False


@dataclass(frozen=True, slots=True)
class Completed:
    """The code returned; its memories hold changes that are yet to be committed or undone."""

    effects: Effects
    instructions: int
    logs: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Failed:
    """The code trapped or broke a rule; its memories are as they were before."""

    error_code: ErrorCode
    message: str
    instructions: int
    logs: tuple[bytes, ...]


Outcome = Completed | Failed
