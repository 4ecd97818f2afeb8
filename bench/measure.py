"""Timing: medians over several runs, and budgets to hold them against."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Result:
    """One measured thing beside what it may cost at most (or must reach at least)."""

    what: str
    value: float
    unit: str
    budget: float
    at_least: bool = False
    note: str = ""

    @property
    def is_within(self) -> bool:
        """Whether the budget holds."""
        return self.value >= self.budget if self.at_least else self.value <= self.budget

    def row(self) -> str:
        """The result as a row of a Markdown table."""
        bound = "at least" if self.at_least else "at most"
        held = "yes" if self.is_within else "**no**"
        return (
            f"| {self.what} | {self.value:,.2f} {self.unit} | "
            f"{bound} {self.budget:,.4g} {self.unit} | {held} | {self.note} |"
        )


def median_ms(action: Callable[[], object], *, runs: int, warm_up: int = 3) -> float:
    """The median time of `action` in milliseconds."""
    for _ in range(warm_up):
        action()
    return statistics.median(once_ms(action) for _ in range(runs))


def once_ms(action: Callable[[], object]) -> float:
    """The time that `action` takes once, in milliseconds."""
    begun = time.perf_counter()
    action()
    return (time.perf_counter() - begun) * 1000


def resident_mb(process: int | str) -> float:
    """Resident memory of a process in megabytes (Linux)."""
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
