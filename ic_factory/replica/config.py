"""What can be chosen when a replica is made."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import platformdirs

from ic_factory.replica.cycles import (
    FREE,
    MAX_INSTRUCTIONS_PER_INSPECT_MESSAGE,
    MAX_INSTRUCTIONS_PER_INSTALL,
    MAX_INSTRUCTIONS_PER_QUERY,
    MAX_INSTRUCTIONS_PER_UPDATE,
    FeeTable,
)


def user_compile_cache() -> Path:
    """Where all replicas of this user may share their compiled modules."""
    return platformdirs.user_cache_path("ic-factory") / "compiled-modules"


@dataclass(frozen=True, slots=True)
class InstructionLimits:
    """The most instructions for one message of each kind."""

    update: int = MAX_INSTRUCTIONS_PER_UPDATE
    query: int = MAX_INSTRUCTIONS_PER_QUERY
    install: int = MAX_INSTRUCTIONS_PER_INSTALL
    inspect_message: int = MAX_INSTRUCTIONS_PER_INSPECT_MESSAGE
    slice: int = 400_000_000
    """A message that needs more than this runs aside, so that other canisters go on."""
    threads_aside: int = 16
    """How many messages run aside at once; more wait for one to end."""


@dataclass(frozen=True, slots=True)
class ReplicaConfig:
    """All choices with their defaults."""

    seed: bytes | None = None
    """32 bytes that keys and randomness follow from; None for fresh ones."""
    fees: FeeTable = field(default_factory=FeeTable)
    limits: InstructionLimits = field(default_factory=InstructionLimits)
    no_cycles: bool = False
    """Everything is free, whatever `fees` says; balances and transfers stay."""
    subnet_memory_bytes: int = 450 * 1024**3
    storage_reservation_threshold: int = 450 * 1024**3
    """Bytes in use on the subnet from which on canisters pay ahead for more; here, never."""
    compile_cache: Path | None = None
    """Where compiled modules are kept between runs: a folder that is the user's alone (mode 0700),
    such as `user_compile_cache()`, as the command line and the pytest plugin use it. None keeps
    them in memory alone, and nothing is written."""

    @property
    def prices(self) -> FeeTable:
        """The fees in force."""
        return FREE if self.no_cycles else self.fees

    def with_seed(self, seed: bytes) -> ReplicaConfig:
        """The same choices with this seed."""
        return replace(self, seed=seed)
