"""Replicas that are kept on disk, and what tests do to them."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path

from ic_factory.protocol.principal import Principal
from ic_factory.replica import (
    FrozenClock,
    InstructionLimits,
    Replica,
    ReplicaConfig,
    Reply,
    Storage,
)
from ic_factory.replica.clock import NANOSECONDS_PER_SECOND
from ic_factory.replica.execution.engine import Engine
from ic_factory.replica.storage.storage import ReplayBounds
from tests.canisters.universal import Program, universal_wasm, universal_wasm_without

WASM = universal_wasm_without("canister_heartbeat", "canister_inspect_message")
BEATING_WASM = universal_wasm()
SECOND = NANOSECONDS_PER_SECOND
START = 1_700_000_000 * SECOND
COUNT = Program().add_counter(1).drop().reply_int(Program().add_counter(0)).code
LIMITS = InstructionLimits(update=2 * 10**9, slice=10**6)
CONFIG = ReplicaConfig(limits=LIMITS)
NEVER = ReplayBounds(inputs=10**9, input_bytes=2**60, instructions=2**60)
"""Bounds within which no checkpoint is made."""


@dataclass
class Disk:
    """A directory on which one replica after the other runs."""

    directory: Path
    engine: Engine
    bounds: ReplayBounds | None = None
    crashes: int = field(default=0, init=False)

    def replica(self, config: ReplicaConfig = CONFIG) -> Replica:
        """The replica that the directory has, or a new one whose clock stands still."""
        storage = Storage(self.directory, self.bounds)
        return Replica(config, FrozenClock(START), self.engine, storage)

    def crashed(self) -> Disk:
        """What is left of the replica, which still runs, if its process is killed now."""
        self.crashes += 1
        copy = self.directory.with_name(f"{self.directory.name}-crash-{self.crashes}")
        shutil.copytree(self.directory, copy)
        return Disk(copy, self.engine, self.bounds)


def installed(replica: Replica, wasm: bytes = WASM) -> Principal:
    """A new canister with the universal module."""
    canister_id = replica.create_canister()
    replica.install_code(canister_id, wasm)
    return canister_id


def count(replica: Replica, canister_id: Principal) -> int:
    """Adds one to the canister's counter on its heap, and returns it."""
    return number(replica.update(canister_id, "update", COUNT))


def number(answer: object) -> int:
    """The integer of eight bytes in a reply."""
    assert isinstance(answer, Reply), answer
    return int.from_bytes(answer.data, "little")


def root(replica: Replica) -> bytes:
    """The hash of the state tree."""
    return replica._machine.root
