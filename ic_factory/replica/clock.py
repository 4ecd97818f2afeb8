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


def wait_seconds_until(moment: int, now: int) -> float:
    """Seconds from `now` to `moment`, both in nanoseconds; 0 where it has passed."""
    return max(0.0, (moment - now) / NANOSECONDS_PER_SECOND)
