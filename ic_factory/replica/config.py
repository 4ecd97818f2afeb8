"""What can be chosen when a replica is made."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from ic_factory.replica.cycles import (
    MAX_INSTRUCTIONS_PER_INSPECT_MESSAGE,
    MAX_INSTRUCTIONS_PER_INSTALL,
    MAX_INSTRUCTIONS_PER_QUERY,
    MAX_INSTRUCTIONS_PER_UPDATE,
    FeeTable,
)


@dataclass(frozen=True, slots=True)
class InstructionLimits:
    """The most instructions for one message of each kind."""

    update: int = MAX_INSTRUCTIONS_PER_UPDATE
    query: int = MAX_INSTRUCTIONS_PER_QUERY
    install: int = MAX_INSTRUCTIONS_PER_INSTALL
    inspect_message: int = MAX_INSTRUCTIONS_PER_INSPECT_MESSAGE
    slice: int = 400_000_000
    """A message that needs more than this runs aside, so that other canisters go on."""


@dataclass(frozen=True, slots=True)
class ReplicaConfig:
    """All choices with their defaults."""

    seed: bytes | None = None
    """32 bytes that keys and randomness follow from; None for fresh ones."""
    fees: FeeTable = field(default_factory=FeeTable)
    limits: InstructionLimits = field(default_factory=InstructionLimits)
    subnet_memory_bytes: int = 450 * 1024**3
    compile_cache: Path | None = None
    """Where compiled modules are kept between runs; None for the user's cache directory."""

    def with_seed(self, seed: bytes) -> ReplicaConfig:
        """The same choices with this seed."""
        return replace(self, seed=seed)
