"""What a system call sees: the message, the system around it, and the canister's heap."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from ic_factory.replica.execution.changes import Changes
from ic_factory.replica.execution.failures import GuestFailure, out_of_bounds, violated_contract
from ic_factory.replica.execution.invocation import Invocation, Surroundings
from ic_factory.replica.execution.layout import ResponseState

MAX_PRINCIPAL_BYTES = 29
CYCLES_BYTES = 16


class Guest(Protocol):
    """The running canister as system calls need it."""

    response_state: ResponseState

    @property
    def heap_size(self) -> int:
        """Bytes of the heap."""

    def read_heap(self, start: int, size: int) -> bytes:
        """Bytes of the heap; the range is within it."""

    def write_heap(self, start: int, data: bytes) -> None:
        """Writes into the heap; the range is within it."""

    def instructions_used(self) -> int:
        """Instructions since the message began."""

    def charge(self, instructions: int) -> None:
        """Counts instructions for work done outside the WASM code."""


@dataclass(slots=True)
class Execution:
    """One invocation while it runs."""

    invocation: Invocation
    surroundings: Surroundings
    guest: Guest
    changes: Changes
    logs: list[bytes] = field(default_factory=list)

    def read(self, function: str, start: int, size: int) -> bytes:
        """Bytes of the canister's heap.

        Raises:
            GuestFailure: they are not within the heap.
        """
        self._check(function, start, size)
        self.guest.charge(size)
        return self.guest.read_heap(start, size)

    def write(self, function: str, start: int, data: bytes) -> None:
        """Writes into the canister's heap.

        Raises:
            GuestFailure: the range is not within the heap.
        """
        self._check(function, start, len(data))
        self.guest.charge(len(data))
        self.guest.write_heap(start, data)

    def read_text(self, function: str, start: int, size: int) -> str:
        """UTF-8 text in the canister's heap.

        Raises:
            GuestFailure: it is not within the heap, or not UTF-8.
        """
        try:
            return self.read(function, start, size).decode()
        except UnicodeDecodeError:
            raise GuestFailure(
                violated_contract(f"ic0.{function}: invalid UTF-8 string provided")
            ) from None

    def write_cycles(self, function: str, start: int, amount: int) -> None:
        """Writes an amount as 16 bytes, the lowest first.

        Raises:
            GuestFailure: the range is not within the heap.
        """
        self.write(function, start, amount.to_bytes(CYCLES_BYTES, "little"))

    def _check(self, function: str, start: int, size: int) -> None:
        limit = self.guest.heap_size
        if start + size > limit:
            raise GuestFailure(out_of_bounds(f"ic0.{function} heap", start, size, limit))
