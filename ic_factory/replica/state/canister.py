"""A canister: everything that the subnet holds of it."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace
from enum import Enum, IntEnum
from typing import Protocol

from ic_factory.protocol.principal import Principal
from ic_factory.replica.state.consumption import CyclesUse
from ic_factory.replica.state.history import CanisterChange, SnapshotSource
from ic_factory.replica.state.logs import CanisterLog
from ic_factory.replica.state.memory_image import FrozenMemories
from ic_factory.replica.state.messages import (
    Callback,
    CallContext,
    Origin,
    Request,
    Response,
)
from ic_factory.replica.state.settings import CanisterSettings


class CanisterStatus(IntEnum):
    """The numbers are those of `ic0.canister_status`."""

    RUNNING = 1
    STOPPING = 2
    STOPPED = 3


class HookStatus(Enum):
    """Where the hook for low Wasm memory is."""

    CONDITION_NOT_SATISFIED = "condition_not_satisfied"
    READY = "ready"
    EXECUTED = "executed"


@dataclass(frozen=True, slots=True)
class StopWaiter:
    """A `stop_canister` call that is answered when the last call context closes."""

    origin: Origin
    cycles: int
    """Cycles attached to the call, refunded with the answer."""
    deadline: int
    """Nanoseconds since 1970 after which the call is answered with a time-out."""


class InstalledCode(Protocol):
    """A module with its memories, as the execution layer keeps them (`execution/residence.py`)."""

    @property
    def module_bytes(self) -> bytes:
        """The module as it was installed, compressed or not; its SHA-256 is the module hash."""

    @property
    def module_hash(self) -> bytes: ...

    @property
    def custom_sections(self) -> dict[str, tuple[bool, bytes]]:
        """Name of each `icp:` section → (is public, content)."""

    @property
    def heap_bytes(self) -> int: ...

    @property
    def stable_bytes(self) -> int: ...

    @property
    def globals_bytes(self) -> int: ...

    @property
    def is_64_bit(self) -> bool:
        """Whether its memory is one of 64 bits, on which instructions cost more."""

    def freeze(self) -> FrozenMemories:
        """The committed memories as an immutable image."""

    def copy(self) -> InstalledCode:
        """The same code and memories, on its own from here on."""


@dataclass(frozen=True, slots=True)
class CanisterSnapshot:
    """What `take_canister_snapshot` keeps, or what is uploaded bit by bit."""

    snapshot_id: bytes
    canister_id: Principal
    taken_at: int
    canister_version: int
    code: InstalledCode
    certified_data: bytes
    chunks: dict[bytes, bytes]
    global_timer: int | None
    """0 for none; None where an upload leaves it open."""
    total_size: int
    source: SnapshotSource = SnapshotSource.TAKEN
    low_wasm_memory_hook: HookStatus | None = None
    """None where an upload leaves it open."""


@dataclass(slots=True)
class Canister:
    """One canister. Only the scheduler and the management canister write to it."""

    canister_id: Principal
    settings: CanisterSettings
    created_at: int
    cycles: int = 0
    reserved_cycles: int = 0
    consumed: dict[CyclesUse, int] = field(default_factory=dict)
    """Cycles by what they were consumed for, since the canister was created."""
    status: CanisterStatus = CanisterStatus.RUNNING
    stop_waiters: list[StopWaiter] = field(default_factory=list)
    canister_version: int = 0
    code: InstalledCode | None = None
    certified_data: bytes = b""
    global_timer: int = 0
    last_install_timestamp: int = 0
    low_wasm_memory_hook: HookStatus = HookStatus.CONDITION_NOT_SATISFIED
    heartbeat_due: bool = False
    queue: deque[Request | Response] = field(default_factory=deque)
    call_contexts: dict[int, CallContext] = field(default_factory=dict)
    callbacks: dict[int, Callback] = field(default_factory=dict)
    expired_callbacks: set[int] = field(default_factory=set)
    """Bounded-wait calls that were answered by their deadline: a later response is dropped."""
    next_call_id: int = 1
    """The next number for a call context or a callback."""
    chunk_store: dict[bytes, bytes] = field(default_factory=dict)
    """SHA-256 → chunk."""
    snapshots: dict[bytes, CanisterSnapshot] = field(default_factory=dict)
    snapshots_taken: int = 0
    """How many there have ever been; the next one's number."""
    history: deque[CanisterChange] = field(default_factory=deque)
    total_num_changes: int = 0
    log: CanisterLog = field(default_factory=CanisterLog)

    @property
    def controllers(self) -> tuple[Principal, ...]:
        return self.settings.controllers

    def next_id(self) -> int:
        """A number that no call context or callback of this canister has had."""
        number = self.next_call_id
        self.next_call_id += 1
        return number

    def copy(self) -> Canister:
        """The same canister, on its own from here on; immutable parts are shared."""
        return replace(
            self,
            consumed=dict(self.consumed),
            stop_waiters=list(self.stop_waiters),
            code=None if self.code is None else self.code.copy(),
            queue=deque(self.queue),
            call_contexts={key: replace(value) for key, value in self.call_contexts.items()},
            callbacks=dict(self.callbacks),
            expired_callbacks=set(self.expired_callbacks),
            chunk_store=dict(self.chunk_store),
            snapshots=dict(self.snapshots),
            history=deque(self.history),
            log=self.log.copy(),
        )
