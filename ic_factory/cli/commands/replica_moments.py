"""`ic-factory replica snapshot | rewind | fork …`: a running replica, at other moments."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ic_factory.cli.commands.replica import Json, RunningPort, RunningStateDir, running_directory
from ic_factory.cli.context import context_of
from ic_factory.cli.documents import time_text
from ic_factory.cli.render import Table, show_json, show_line, show_table

if TYPE_CHECKING:
    from ic_factory.networks.embedded import RunningReplica


def add_to(commands: typer.Typer) -> None:
    """Adds these commands to those of `ic-factory replica`."""
    commands.command(epilog="Example:  ic-factory replica snapshot before-upgrade")(snapshot)
    commands.command(epilog="Example:  ic-factory replica snapshots --json")(snapshots)
    commands.command(
        "forget-snapshot", epilog="Example:  ic-factory replica forget-snapshot before-upgrade"
    )(forget_snapshot)
    commands.command(epilog="Example:  ic-factory replica rewind before-upgrade")(rewind)
    commands.command(epilog="Example:  ic-factory replica fork --on-port 5000")(fork)


def snapshot(
    context: typer.Context,
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="[NAME]",
            help="What to call it; an earlier one of that name goes. By default, by its number.",
            show_default=False,
        ),
    ] = None,
    port: RunningPort = None,
    state_dir: RunningStateDir = None,
    as_json: Json = False,
) -> None:
    """Keep all of the replica as it is now, to rewind to it.

    Snapshots stay when the replica stops, like its state.
    """
    run = context_of(context)
    with run.reporting_failure_of("taking a snapshot"):
        replica = _running(state_dir, port)
        taken = replica.client.take_snapshot(replica.record.token, name)
        if as_json:
            show_json(taken)
        else:
            show_line(f"snapshot {taken['name']} of height {taken['height']}")


def snapshots(
    context: typer.Context,
    port: RunningPort = None,
    state_dir: RunningStateDir = None,
    as_json: Json = False,
) -> None:
    """List the replica's snapshots, oldest first."""
    run = context_of(context)
    with run.reporting_failure_of("listing the snapshots"):
        taken = _running(state_dir, port).client.snapshots()
        if as_json:
            show_json({"snapshots": taken})
            return
        rows = tuple(
            (each["name"], str(each["height"]), time_text(each["time_nanoseconds"]))
            for each in taken
        )
        if rows:
            show_table(Table("Snapshots", ("name", "height", "time"), rows))
        else:
            run.say("there is no snapshot")


def forget_snapshot(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The snapshot's name.")],
    port: RunningPort = None,
    state_dir: RunningStateDir = None,
    as_json: Json = False,
) -> None:
    """Keep a snapshot no longer."""
    run = context_of(context)
    with run.reporting_failure_of("forgetting a snapshot"):
        replica = _running(state_dir, port)
        replica.client.forget_snapshot(replica.record.token, name)
        if as_json:
            show_json({"name": name, "forgotten": True})
        else:
            show_line(f"forgot snapshot {name}")


def rewind(
    context: typer.Context,
    name: Annotated[
        str | None,
        typer.Argument(metavar="[NAME]", help="The snapshot's name.", show_default=False),
    ] = None,
    last: Annotated[
        bool, typer.Option("--last", help="To the snapshot that was taken last.")
    ] = False,
    port: RunningPort = None,
    state_dir: RunningStateDir = None,
    as_json: Json = False,
) -> None:
    """Make all of the replica what it was at a snapshot, which stays.

    Calls under way are undone. Name the snapshot, or give --last.
    """
    run = context_of(context)
    if (name is None) is not last:
        raise typer.BadParameter("name a snapshot, or give --last", param_hint="NAME")
    with run.reporting_failure_of("rewinding the replica"):
        replica = _running(state_dir, port)
        reached = replica.client.rewind(replica.record.token, name)
        if as_json:
            show_json(reached)
        else:
            show_line(f"rewound to snapshot {reached['name']} of height {reached['height']}")


def fork(
    context: typer.Context,
    on_port: Annotated[
        int,
        typer.Option(
            "--on-port",
            min=0,
            max=65535,
            metavar="PORT",
            help="Port of the new replica; 0 for one that is free.",
        ),
    ] = 0,
    port: RunningPort = None,
    state_dir: RunningStateDir = None,
    as_json: Json = False,
) -> None:
    """Start another replica that goes on from here, with the same canisters and keys.

    It is in memory alone, and served by the process of the first: it ends with it, or by
    'ic-factory replica stop --port PORT'.
    """
    run = context_of(context)
    with run.reporting_failure_of("forking the replica"):
        replica = _running(state_dir, port)
        begun = replica.client.fork(replica.record.token, on_port)
        if as_json:
            show_json(begun)
        else:
            show_line(f"fork serves {begun['url']}")


def _running(state_dir: Path | None, port: int | None) -> RunningReplica:
    from ic_factory.networks.embedded import find_running

    running, _ = find_running(running_directory(state_dir, port))
    return running
