"""What a replica's own steps take: each message and call executed, by the host's clock.

It looks over the scheduler's shoulder, so it knows nothing that the replica tells nobody.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

from ic_factory.replica.management.router import ManagementCanister
from ic_factory.replica.scheduling.message_execution import Executor, MessageRun
from ic_factory.replica.scheduling.scheduler import Scheduler


@dataclass(slots=True)
class StepTimes:
    """Steps of a replica.

    Attributes:
        seconds: What all of them took together; those that were undone to run aside do not count.
        steps: How many.
        calls: When each method was called, in seconds of `time.perf_counter`.
        ends: When each step ended, in the same.
    """

    seconds: float = 0.0
    steps: int = 0
    calls: list[tuple[float, str]] = field(default_factory=list)
    ends: list[float] = field(default_factory=list)

    def first(self, *methods: str) -> float:
        """When one of some methods was called first."""
        return min(moment for moment, method in self.calls if method in methods)

    def answered(self, method: str) -> float:
        """When the caller had worked on the answer to the last call of a method."""
        called = max(moment for moment, name in self.calls if name == method)
        _, callback, *_ = (end for end in self.ends if end > called)
        return callback

    def note(self, begun: float) -> None:
        """Notes a step that has ended now."""
        ended = time.perf_counter()
        self.seconds += ended - begun
        self.steps += 1
        self.ends.append(ended)


@contextmanager
def timing_steps() -> Iterator[StepTimes]:
    """Times the steps of all replicas of this process."""
    times = StepTimes()
    with (
        patch.object(Scheduler, "_step", _timed_step(times, Scheduler._step)),  # noqa: SLF001 # there is no other place
        patch.object(MessageRun, "run", _timed_aside(times, MessageRun.run)),
        patch.object(Executor, "prepare_request", _noted(times, Executor.prepare_request, 1)),
        patch.object(ManagementCanister, "handle", _noted(times, ManagementCanister.handle, 1)),
    ):
        yield times


def _timed_step(times: StepTimes, step: Callable[..., bool]) -> Callable[..., bool]:
    def timed(self: Scheduler) -> bool:
        aside = set(self.aside)
        begun = time.perf_counter()
        has_run = step(self)
        if has_run and set(self.aside) <= aside:
            times.note(begun)
        return has_run

    return timed


def _timed_aside(times: StepTimes, run: Callable[..., Any]) -> Callable[..., Any]:
    """Counts what runs in a thread of its own; what runs in the round's is counted there."""

    def timed(self: MessageRun, limit: int) -> Any:
        begun = time.perf_counter()
        outcome = run(self, limit)
        if threading.current_thread().name.startswith("canister "):
            times.note(begun)
        return outcome

    return timed


def _noted(times: StepTimes, method: Callable[..., Any], place: int) -> Callable[..., Any]:
    def noted(self: Any, *values: Any) -> Any:
        times.calls.append((time.perf_counter(), values[place].method_name))
        return method(self, *values)

    return noted
