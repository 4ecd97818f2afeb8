"""Scenarios, one after another."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from ic_factory.testing.results import Outcome, RunResult, ScenarioResult, StepResult
from ic_factory.testing.stage import Place, Stage, StepFailed

Play: TypeAlias = Callable[[Stage], None]
"""The steps of a scenario."""

CLEARED_AWAY = "what the users have made is deleted"


@dataclass(frozen=True, slots=True)
class Scenario:
    """Steps that build on one another.

    Attributes:
        name: What it is called on the command line.
        about: What it shows, in a line.
        play: Its steps.
    """

    name: str
    about: str
    play: Play


class Watcher(Protocol):
    """Is told of a run while it goes on."""

    def scenario_begins(self, scenario: Scenario) -> None:
        """A scenario begins."""
        ...

    def step_ended(self, step: StepResult) -> None:
        """A step of it has ended."""
        ...


def run(
    scenarios: Sequence[Scenario], place: Place, watcher: Watcher, *, fail_fast: bool = False
) -> RunResult:
    """Plays scenarios in order; one that fails ends at that step, and the next one begins.

    Args:
        scenarios: Which ones.
        place: Where.
        watcher: Is told of each step.
        fail_fast: Whether nothing is begun any more once one has failed.
    """
    results: list[ScenarioResult] = []
    for scenario in scenarios:
        has_failed = any(each.outcome is Outcome.FAILED for each in results)
        if fail_fast and has_failed:
            results.append(not_run(scenario))
        else:
            watcher.scenario_begins(scenario)
            results.append(_played(scenario, place, watcher))
    return RunResult(tuple(results))


def not_run(scenario: Scenario) -> ScenarioResult:
    """The result of a scenario that was not begun."""
    return ScenarioResult(scenario.name, scenario.about, Outcome.NOT_RUN, 0.0, ())


def _played(scenario: Scenario, place: Place, watcher: Watcher) -> ScenarioResult:
    steps: list[StepResult] = []

    def step_ended(step: StepResult) -> None:
        steps.append(step)
        watcher.step_ended(step)

    begun = time.monotonic()
    stage = Stage(place, step_ended)
    with suppress(StepFailed):
        _play(scenario, stage)
    with suppress(StepFailed), stage.step(CLEARED_AWAY):
        stage.clear_away()
    has_failed = any(each.failure for each in steps)
    outcome = Outcome.FAILED if has_failed else Outcome.PASSED
    seconds = time.monotonic() - begun
    return ScenarioResult(scenario.name, scenario.about, outcome, seconds, tuple(steps))


def _play(scenario: Scenario, stage: Stage) -> None:
    try:
        scenario.play(stage)
    except StepFailed:
        raise
    except Exception as error:
        # What is done outside of all steps may fail as well.
        with stage.step("between two steps"):
            raise error
