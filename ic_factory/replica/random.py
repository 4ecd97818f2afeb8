"""The replica's randomness. The only module of the replica that reads the host's entropy."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass


def fresh_seed() -> bytes:
    """32 bytes from the host."""
    return os.urandom(32)


@dataclass(slots=True)
class SeededRandom:
    """Bytes that follow from a seed alone, so that a replay gives the same ones."""

    seed: bytes
    counter: int = 0

    def bytes32(self) -> bytes:
        """The next 32 bytes."""
        self.counter += 1
        return hashlib.sha256(self.seed + self.counter.to_bytes(8, "big")).digest()

    def copy(self) -> SeededRandom:
        """A generator that goes on as this one would."""
        return SeededRandom(self.seed, self.counter)


def derived_seed(seed: bytes, purpose: str) -> bytes:
    """A seed of its own for one purpose, from the replica's one seed."""
    return hashlib.sha256(purpose.encode() + b"\x00" + seed).digest()
