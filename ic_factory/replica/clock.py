"""The replica's time. The only module of the replica that reads the host's clock."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Protocol

NANOSECONDS_PER_SECOND = 1_000_000_000


class Clock(Protocol):
    """Says what time it is, in nanoseconds since 1970-01-01."""

    def now(self) -> int:
        """What time it is."""

    def advanced(self, nanoseconds: int) -> Clock:
        """A clock that is ahead of this one."""


@dataclass(frozen=True, slots=True)
class HostClock:
    """The host's time, moved by `offset` nanoseconds."""

    offset: int = 0

    def now(self) -> int:
        """The host's time with the offset."""
        return time.time_ns() + self.offset

    def advanced(self, nanoseconds: int) -> Clock:
        """The host's time, moved further."""
        return HostClock(self.offset + nanoseconds)


@dataclass(frozen=True, slots=True)
class FrozenClock:
    """A time that stands still."""

    time: int

    def now(self) -> int:
        """The time at which it stands."""
        return self.time

    def advanced(self, nanoseconds: int) -> Clock:
        """A clock that stands later."""
        return FrozenClock(self.time + nanoseconds)


def stopwatch() -> float:
    """Seconds since some moment of the past; tells how long things take, whatever the clock."""
    return time.perf_counter()


def utc_text(moment: int) -> str:
    """A time in nanoseconds since 1970 as people write it, in UTC to the second.

    Times that no calendar here reaches are given in nanoseconds.
    """
    try:
        return time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(moment // NANOSECONDS_PER_SECOND))
    except (OverflowError, OSError, ValueError):
        return f"{moment} ns"


def wait_seconds_until(moment: int, now: int) -> float:
    """Seconds from `now` to `moment`, both in nanoseconds; 0 where it has passed."""
    return max(0.0, (moment - now) / NANOSECONDS_PER_SECOND)
