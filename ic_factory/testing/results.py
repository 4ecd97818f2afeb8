"""What a run of scenarios has shown: plain values, for reports of any kind."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Outcome(enum.Enum):
    """How a scenario ended."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_RUN = "not_run"


@dataclass(frozen=True, slots=True)
class CallText:
    """A call as people read it.

    Attributes:
        method: The method, and whether it was an update or a query.
        canister: The canister's id.
        sender: Who called.
        argument: The arguments, in Candid text; cut where they are long.
        answer: The reply in Candid text, or the reject.
    """

    method: str
    canister: str
    sender: str
    argument: str
    answer: str

    @property
    def lines(self) -> tuple[str, ...]:
        """The call in lines."""
        return (
            f"call: {self.method} of {self.canister}, as {self.sender}",
            f"arguments: {self.argument}",
            f"answer: {self.answer}",
        )


@dataclass(frozen=True, slots=True)
class StepFailure:
    """Why a step failed.

    Attributes:
        kind: The class of the error.
        message: What it says.
        call: The last call of the step; None where it made none.
        trace: Where it was raised, for whoever mends the scenario.
    """

    kind: str
    message: str
    call: CallText | None
    trace: str

    @property
    def lines(self) -> tuple[str, ...]:
        """All of it but the trace, in lines."""
        told = () if self.call is None else self.call.lines
        # Rejects have lines of their own, which would hide where the next one begins.
        return tuple(" ".join(each.split()) for each in (f"{self.kind}: {self.message}", *told))


@dataclass(frozen=True, slots=True)
class StepResult:
    """A step that has ended.

    Attributes:
        name: What it shows.
        seconds: How long it took.
        calls: How many calls it made.
        failure: Why it failed; None where it passed.
    """

    name: str
    seconds: float
    calls: int
    failure: StepFailure | None


@dataclass(frozen=True, slots=True)
class ScenarioResult:
    """A scenario that has ended, or was not begun.

    Attributes:
        name: Its name.
        about: What it shows, in a line.
        outcome: How it ended.
        seconds: How long it took, with what it cleared away.
        steps: Those that were run: up to the one that failed.
    """

    name: str
    about: str
    outcome: Outcome
    seconds: float
    steps: tuple[StepResult, ...]

    @property
    def calls(self) -> int:
        """How many calls its steps made."""
        return sum(each.calls for each in self.steps)

    @property
    def failures(self) -> tuple[StepFailure, ...]:
        """Why its steps failed."""
        return tuple(each.failure for each in self.steps if each.failure is not None)


@dataclass(frozen=True, slots=True)
class RunResult:
    """A run of scenarios, in their order."""

    scenarios: tuple[ScenarioResult, ...]

    def count(self, outcome: Outcome) -> int:
        """How many scenarios ended so."""
        return sum(each.outcome is outcome for each in self.scenarios)

    @property
    def has_passed(self) -> bool:
        """Whether no scenario failed."""
        return self.count(Outcome.FAILED) == 0

    @property
    def seconds(self) -> float:
        """How long all scenarios took."""
        return sum(each.seconds for each in self.scenarios)
