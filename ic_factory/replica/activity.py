"""What a replica has done since it was made: counted beside the state, which never depends on it.

A rewind does not undo it, and a fork begins anew.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, deque
from dataclasses import dataclass, field
from threading import Lock

from ic_factory.protocol.principal import Principal
from ic_factory.replica.execution.outcome import Failed, Outcome
from ic_factory.replica.rejects import ErrorCode, Payload, Reject

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper bounds of the classes that durations are sorted into."""

KEPT_FAILURES = 50


@dataclass(slots=True)
class Histogram:
    """How many durations there were in each class of `SECONDS`, and one class for longer ones."""

    counts: list[int] = field(default_factory=lambda: [0] * (len(SECONDS) + 1))
    sum: float = 0.0
    """All durations together, in seconds."""

    def observe(self, seconds: float) -> None:
        """Adds a duration."""
        self.counts[bisect_left(SECONDS, seconds)] += 1
        self.sum += seconds


@dataclass(frozen=True, slots=True)
class FailureRecord:
    """A message that failed in a canister's code; `time` in nanoseconds since 1970."""

    time: int
    canister_id: Principal
    error_code: ErrorCode
    message: str


class Activity:
    """Counts of one replica."""

    def __init__(self) -> None:
        self.messages = 0
        """Messages, system tasks and installations whose code was run to its end."""
        self.instructions = 0
        self.failures: Counter[ErrorCode] = Counter()
        """Those of the messages that trapped or broke a rule."""
        self.last_failures: deque[FailureRecord] = deque(maxlen=KEPT_FAILURES)
        self.rounds = Histogram()
        self.queries = Histogram()
        self.failed_queries: Counter[ErrorCode] = Counter()
        self._lock = Lock()

    def note_outcome(self, canister_id: Principal, time: int, outcome: Outcome) -> None:
        """Notes what a message came to; by the round, in the replica's time."""
        self.messages += 1
        self.instructions += outcome.instructions
        if isinstance(outcome, Failed):
            code = outcome.error_code
            self.failures[code] += 1
            self.last_failures.append(FailureRecord(time, canister_id, code, outcome.message))

    def note_query(self, answer: Payload, seconds: float) -> None:
        """Notes a query that was answered; from any thread."""
        with self._lock:
            self.queries.observe(seconds)
            if isinstance(answer, Reject):
                self.failed_queries[answer.error_code] += 1
