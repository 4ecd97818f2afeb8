"""A canister's log: `debug_print`s and traps, the newest within a bound of bytes."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

MAX_LOG_BYTES = 4096
MAX_LOG_RECORDS = 1000
"""Bounds what empty lines can take."""


@dataclass(frozen=True, slots=True)
class LogRecord:
    """One line of a canister's log."""

    index: int
    timestamp: int
    content: bytes


@dataclass(slots=True)
class CanisterLog:
    """The newest records of a canister, up to a bound on their content in all."""

    records: deque[LogRecord] = field(default_factory=deque)
    next_index: int = 0
    content_bytes: int = 0
    capacity: int = MAX_LOG_BYTES
    """The bound, in bytes (`log_memory_limit` of the settings)."""

    def append(self, timestamp: int, contents: Iterable[bytes]) -> None:
        """Adds lines; the oldest go when the bound is passed, a line too long is cut."""
        for content in contents:
            kept = content[: self.capacity]
            self.records.append(LogRecord(self.next_index, timestamp, kept))
            self.next_index += 1
            self.content_bytes += len(kept)
        self.trim()

    def trim(self) -> None:
        """Drops the oldest records until the rest is within the bounds."""
        while self.content_bytes > self.capacity or len(self.records) > MAX_LOG_RECORDS:
            self.content_bytes -= len(self.records.popleft().content)

    def clear(self) -> None:
        """Drops all records; numbers go on."""
        self.records.clear()
        self.content_bytes = 0

    def copy(self) -> CanisterLog:
        """The same log, on its own from here on."""
        return replace(self, records=deque(self.records))
