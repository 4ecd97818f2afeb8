"""`ic-factory test`: scenarios that show what the backend does, on any network."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ic_factory.cli.context import context_of
from ic_factory.cli.documents import plain
from ic_factory.cli.exits import ExitCode
from ic_factory.cli.options import BackendId, Identity, Json, Yes
from ic_factory.cli.render import Table, show_json, show_table
from ic_factory.cli.whole_file import replace_file

if TYPE_CHECKING:
    from ic_factory.testing.results import RunResult, ScenarioResult, StepFailure, StepResult
    from ic_factory.testing.running import Scenario
    from ic_factory.testing.stage import Place

Network = Annotated[
    str | None,
    typer.Option(
        "--network",
        "-n",
        metavar="NETWORK",
        envvar="IC_FACTORY_NETWORK",
        help="local, ic, a network of dfx.json or icp.yaml, or a URL. By default a replica that is"
        " started for this and thrown away.",
        show_default=False,
    ),
]


def run_scenarios(
    context: typer.Context,
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[SCENARIO]...", help="Which ones; all where none is named."),
    ] = None,
    listed: Annotated[
        bool, typer.Option("--list", help="Show what scenarios there are, and run none.")
    ] = False,
    network: Network = None,
    identity: Identity = None,
    backend: BackendId = None,
    fail_fast: Annotated[
        bool, typer.Option("--fail-fast", help="Begin no other scenario once one has failed.")
    ] = False,
    junit: Annotated[
        Path | None,
        typer.Option(
            "--junit",
            metavar="FILE.xml",
            help="Write the results as JUnit XML too.",
            show_default=False,
        ),
    ] = None,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Run scenarios on a backend: real calls by new users, who delete what they made.

    A step that fails shows the call, its arguments and the answer, and ends its scenario; the exit
    code is 1 then.
    """
    run_context = context_of(context)
    with run_context.reporting_failure_of("testing"):
        from ic_factory.cli.scenario_place import scenario_place
        from ic_factory.testing.running import run

        chosen = _chosen(names)
        if listed:
            _show_list(chosen, as_json)
            return
        with scenario_place(network, identity, backend, yes) as place:
            watcher = _Teller(run_context.say)
            result = run(chosen, place, watcher, fail_fast=fail_fast)
        if junit is not None:
            from ic_factory.testing.junit import junit_xml

            replace_file(junit, junit_xml(result))
        if as_json:
            show_json(_document(result, place))
        else:
            show_table(_table(result, place.network))
    if not result.has_passed:
        raise typer.Exit(ExitCode.FAILED)


@dataclass(frozen=True, slots=True)
class _Teller:
    """Tells a person what goes on."""

    say: Callable[[str], None]

    def scenario_begins(self, scenario: Scenario) -> None:
        """A line for a scenario."""
        self.say(scenario.name)

    def step_ended(self, step: StepResult) -> None:
        """A line for a step, and more where it failed."""
        word = "ok    " if step.failure is None else "FAILED"
        self.say(f"  {word} {step.name}  ({step.seconds * 1000:.0f} ms)")
        for line in () if step.failure is None else step.failure.lines:
            self.say(f"         {line}")


def _chosen(names: Sequence[str] | None) -> list[Scenario]:
    """The scenarios of these names, in that order; all without any."""
    from ic_factory.testing.scenarios import SCENARIOS

    known = {each.name: each for each in SCENARIOS}
    for name in names or ():
        if name not in known:
            near = difflib.get_close_matches(name, known) or list(known)
            raise typer.BadParameter(f"there is no scenario {name!r}: {', '.join(near)}")
    return [known[name] for name in dict.fromkeys(names or known)]


def _show_list(scenarios: Sequence[Scenario], as_json: bool) -> None:
    from ic_factory.testing.results import RunResult
    from ic_factory.testing.running import not_run

    if as_json:
        show_json(_document(RunResult(tuple(map(not_run, scenarios))), None))
        return
    rows = tuple((each.name, each.about) for each in scenarios)
    show_table(Table("scenarios", ("scenario", "shows"), rows))


def _table(result: RunResult, network: str) -> Table:
    columns = ("scenario", "result", "steps", "calls", "seconds")
    rows = tuple(
        (
            each.name,
            each.outcome.value.replace("_", " "),
            str(len(each.steps)),
            str(each.calls),
            f"{each.seconds:.2f}",
        )
        for each in result.scenarios
    )
    return Table(f"scenarios on {network}", columns, (*rows, _total(result)))


def _total(result: RunResult) -> tuple[str, ...]:
    every = result.scenarios
    return (
        "all",
        "passed" if result.has_passed else "failed",
        str(sum(len(each.steps) for each in every)),
        str(sum(each.calls for each in every)),
        f"{result.seconds:.2f}",
    )


def _document(result: RunResult, place: Place | None) -> dict[str, Any]:
    from ic_factory.testing.results import Outcome

    return {
        "network": place and place.network,
        "url": place and place.agent.url,
        "backend": place and str(place.backend),
        "passed": result.count(Outcome.PASSED),
        "failed": result.count(Outcome.FAILED),
        "not_run": result.count(Outcome.NOT_RUN),
        "seconds": round(result.seconds, 3),
        "scenarios": [_scenario_document(each) for each in result.scenarios],
    }


def _scenario_document(scenario: ScenarioResult) -> dict[str, Any]:
    return {
        "name": scenario.name,
        "about": scenario.about,
        "outcome": scenario.outcome.value,
        "seconds": round(scenario.seconds, 3),
        "steps": [
            {
                "name": each.name,
                "passed": each.failure is None,
                "seconds": round(each.seconds, 3),
                "calls": each.calls,
                "failure": _failure_document(each.failure),
            }
            for each in scenario.steps
        ],
    }


def _failure_document(failure: StepFailure | None) -> dict[str, Any] | None:
    if failure is None:
        return None
    return {"kind": failure.kind, "message": failure.message, "call": plain(failure.call)}
