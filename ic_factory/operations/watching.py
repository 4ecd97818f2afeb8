"""Something that goes on by itself is looked at, ever more seldom, until it has ended."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

FIRST_LOOK_SECONDS = 0.05
LONGEST_PAUSE_SECONDS = 2.0
PAUSE_GROWTH = 1.5

Seen = TypeVar("Seen")


@dataclass(frozen=True, slots=True)
class Watched(Generic[Seen]):
    """How something was when it was last looked at.

    Attributes:
        last: What was seen.
        has_ended: Whether that is its end.
        seconds: For how long it was watched.
    """

    last: Seen
    has_ended: bool
    seconds: float


def watch_until(
    look: Callable[[], Seen],
    has_ended: Callable[[Seen], bool],
    *,
    patience: float,
    longest_pause: float = LONGEST_PAUSE_SECONDS,
    sleep: Callable[[float], None] = time.sleep,
) -> Watched[Seen]:
    """Looks at something until it has ended, or for as long as there is patience.

    Args:
        look: Tells how it is.
        has_ended: Whether that is its end.
        patience: How long to watch, in seconds.
        longest_pause: The most seconds between two looks.
        sleep: Waits between two looks.
    """
    pause = FIRST_LOOK_SECONDS
    waited = 0.0
    while True:
        seen = look()
        if has_ended(seen):
            return Watched(seen, True, waited)
        if waited + pause > patience:
            return Watched(seen, False, waited)
        sleep(pause)
        waited += pause
        pause = min(pause * PAUSE_GROWTH, longest_pause)
