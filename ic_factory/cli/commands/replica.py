"""`ic-factory replica …`: start, stop, look at a local replica."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ic_factory.cli.context import CommandContext, context_of
from ic_factory.cli.render import (
    Table,
    bytes_text,
    cycles_text,
    show_facts,
    show_json,
    show_line,
    show_table,
)

if TYPE_CHECKING:
    from ic_factory.networks.embedded import RunningReplica
    from ic_factory.networks.embedded_daemon import Settings
    from ic_factory.networks.provider import StartRequest
    from ic_factory.networks.replica_logs import CanisterLine, ReplicaLogs
    from ic_factory.networks.state_directory import StateDirectory

DEFAULT_PORT = 4943
FOLLOW_SECONDS = 0.5
"""How often `logs --follow` looks for more."""


class ProviderChoice(StrEnum):
    """Who runs the replica; `networks.provided_replica.ProviderName` has the same names."""

    EMBEDDED = "embedded"
    DFX = "dfx"
    POCKET_IC = "pocket-ic"
    ICP = "icp"


commands = typer.Typer(
    help="Start, stop and look at a local replica.", no_args_is_help=True, rich_markup_mode=None
)

Port = Annotated[
    int,
    typer.Option(
        "--port",
        min=0,
        max=65535,
        metavar="PORT",
        envvar="IC_FACTORY_PORT",
        help="Port of the replica; 0 for one that is free.",
    ),
]
StateDir = Annotated[
    Path | None,
    typer.Option(
        "--state-dir",
        metavar="DIR",
        envvar="IC_FACTORY_STATE_DIR",
        help="Directory of this replica's state, log and process id. "
        "By default one for each port, in the user's state directory.",
        show_default=False,
    ),
]
RunningPort = Annotated[
    int | None,
    typer.Option(
        "--port",
        min=0,
        max=65535,
        metavar="PORT",
        envvar="IC_FACTORY_PORT",
        help="Port that the replica was started with. "
        "By default the only replica that runs without a --state-dir of its own.",
        show_default=False,
    ),
]
RunningStateDir = Annotated[
    Path | None,
    typer.Option(
        "--state-dir",
        metavar="DIR",
        envvar="IC_FACTORY_STATE_DIR",
        help="Directory that the replica was started with.",
        show_default=False,
    ),
]
Json = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]


@commands.command(epilog="Example:  ic-factory replica start --background --port 8000")
def start(
    context: typer.Context,
    port: Port = DEFAULT_PORT,
    state_dir: StateDir = None,
    background: Annotated[
        bool, typer.Option("--background", help="Return when the replica is healthy.")
    ] = False,
    clean: Annotated[
        bool,
        typer.Option(
            "--clean", help="Remove what earlier replicas left in DIR first, canisters too."
        ),
    ] = False,
    ephemeral: Annotated[
        bool,
        typer.Option("--ephemeral", help="Keep canisters in memory alone; DIR's stay as they are."),
    ] = False,
    fsync: Annotated[
        bool,
        typer.Option("--fsync", help="Let no answer be lost in a power cut either; slower."),
    ] = False,
    no_cycles: Annotated[
        bool,
        typer.Option("--no-cycles", help="Everything is free; canisters still hold and send them."),
    ] = False,
    provider: Annotated[
        ProviderChoice,
        typer.Option(
            "--provider",
            envvar="IC_FACTORY_PROVIDER",
            help="Who runs it: ic-factory itself; dfx; the PocketIC server that POCKET_IC_BIN "
            "names; or icp-cli.",
        ),
    ] = ProviderChoice.EMBEDDED,
    as_json: Json = False,
) -> None:
    """Start a local replica, for clients on this machine alone.

    DIR keeps the canisters, their state and the replica's keys, with its log and process id: the
    next start goes on from there, even after 'kill -9'. Compiled modules are in the user's cache,
    for all replicas.

    In the foreground it runs until Ctrl-C or SIGTERM and then exits with 0; with --background
    it runs until 'ic-factory replica stop'.

    With another --provider that program starts the replica and keeps the canisters, dfx and
    icp-cli those of the project in this folder; their own choice of a port holds where --port is
    not given, --clean is theirs; --ephemeral, --fsync and --no-cycles are not for them.
    """
    run = context_of(context)
    with run.reporting_failure_of("starting the replica"):
        if provider is not ProviderChoice.EMBEDDED:
            _check_not_given({"--ephemeral": ephemeral, "--fsync": fsync, "--no-cycles": no_cycles})
            request = _start_request(context, state_dir, port, clean)
            _start_provided(run, provider, request, background, as_json)
            return
        directory = _directory(state_dir, port)
        if background:
            from ic_factory.networks.embedded import start_in_background

            running = start_in_background(
                directory,
                port=port,
                clean=clean,
                report=run.say,
                is_ephemeral=ephemeral,
                survives_power_cuts=fsync,
                no_cycles=no_cycles,
            )
            _show_started(running, as_json)
        else:
            from ic_factory.networks.embedded_daemon import Settings

            settings = Settings(directory, port, clean, ephemeral, fsync, no_cycles=no_cycles)
            _run_in_foreground(run, settings, as_json)


@commands.command(epilog="Example:  ic-factory replica stop --port 8000")
def stop(
    context: typer.Context,
    port: RunningPort = None,
    state_dir: RunningStateDir = None,
    as_json: Json = False,
) -> None:
    """Stop a replica and wait until its process has ended."""
    run = context_of(context)
    with run.reporting_failure_of("stopping the replica"):
        from ic_factory.networks.provider import stop_replica

        directory = running_directory(state_dir, port)
        record = directory.read_provided() or directory.read_record()
        url = stop_replica(directory, run.say)
        process_id = None if record is None else record.process_id
        if as_json:
            show_json({"url": url, "process_id": process_id, "stopped": True})
        else:
            show_line(f"stopped {url}")


@commands.command(epilog="Example:  ic-factory replica status --json | jq .height")
def status(
    context: typer.Context,
    port: RunningPort = None,
    state_dir: RunningStateDir = None,
    as_json: Json = False,
) -> None:
    """Show a replica's address, root key, height, canisters, cycles and memory."""
    run = context_of(context)
    with run.reporting_failure_of("reading the replica's status"):
        from ic_factory.networks.embedded import find_running

        directory = running_directory(state_dir, port)
        if directory.read_provided() is not None:
            _show_provided_status(directory, as_json)
            return
        running, figures = find_running(directory)
        if as_json:
            show_json({**_location(running), **figures})
        else:
            _show_status(running, figures)


@commands.command(
    epilog="Example:  ic-factory replica logs --follow --canister bnz7o-iuaaa-aaaaa-qaaaa-cai"
)
def logs(
    context: typer.Context,
    port: RunningPort = None,
    state_dir: RunningStateDir = None,
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Go on until Ctrl-C or the replica ends.")
    ] = False,
    canister: Annotated[
        str | None,
        typer.Option("--canister", metavar="ID", help="The log of this canister alone."),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="JSON on stdout: a document, or one a line to follow.")
    ] = False,
) -> None:
    """Show the replica's own log, then its canisters' logs.

    The replica's own log can be read when no replica runs, too; that of port 4943 where none is
    named.
    """
    run = context_of(context)
    _check_canister_id(canister)
    with run.reporting_failure_of("reading the logs"):
        from ic_factory.networks.replica_logs import ReplicaLogs

        reader = ReplicaLogs(running_directory(state_dir, port))
        if follow:
            _follow(reader, canister, as_json)
            return
        lines, records = _read_logs(reader, canister)
        if as_json:
            show_json({"replica": lines, "canisters": [asdict(record) for record in records]})
        else:
            _show_logs(lines, records, as_json)


def _check_not_given(options: Mapping[str, bool]) -> None:
    for option, is_given in options.items():
        if is_given:
            raise typer.BadParameter("is for ic-factory's own replica", param_hint=option)


def _directory(state_dir: Path | None, port: int) -> StateDirectory:
    from ic_factory.networks.state_directory import StateDirectory, default_state_directory

    return default_state_directory(port) if state_dir is None else StateDirectory(state_dir)


def running_directory(state_dir: Path | None, port: int | None) -> StateDirectory:
    """The directory of the replica that is named, or of the only one that runs."""
    from ic_factory.networks.running_replicas import find_only_running

    if state_dir is None and port is None:
        only = find_only_running()
        if only is not None:
            return only
    return _directory(state_dir, DEFAULT_PORT if port is None else port)


def _run_in_foreground(run: CommandContext, settings: Settings, as_json: bool) -> None:
    from ic_factory.networks.embedded import RunningReplica
    from ic_factory.networks.embedded_daemon import Started, run_replica

    def announce(started: Started) -> None:
        for notice in started.notices:
            run.say(notice)
        _show_started(RunningReplica(settings.directory, started.record), as_json)
        where = "in memory: it is gone then" if settings.is_ephemeral else "on disk: it stays"
        run.say(f"Ctrl-C stops it. State is {where}.")

    run_replica(settings, announce)
    run.say("stopped")


def _start_request(
    context: typer.Context, state_dir: Path | None, port: int, clean: bool
) -> StartRequest:
    from ic_factory.networks.provider import StartRequest
    from ic_factory.networks.state_directory import StateDirectory

    source = context.get_parameter_source("port")
    is_named = source is not None and source.name != "DEFAULT"
    return StartRequest(
        folder=Path.cwd(),
        directory=None if state_dir is None else StateDirectory(state_dir),
        port=port if is_named else None,
        clean=clean,
    )


def _start_provided(
    run: CommandContext,
    choice: ProviderChoice,
    request: StartRequest,
    background: bool,
    as_json: bool,
) -> None:
    from ic_factory.networks.provided_replica import ProviderName
    from ic_factory.networks.provider import provider_of
    from ic_factory.networks.stop_requests import (
        SIGNAL_CHECK_SECONDS,
        interrupted_by_termination,
        stop_requests,
    )

    provider = provider_of(ProviderName(choice))
    with interrupted_by_termination():
        directory = provider.start(request, run.say)
    if background:
        _show_provided(directory, as_json)
        return
    with stop_requests() as stop_asked:
        _show_provided(directory, as_json)
        run.say("Ctrl-C stops it.")
        while not stop_asked.wait(SIGNAL_CHECK_SECONDS):
            pass
        provider.stop(directory, run.say)
    run.say("stopped")


def _show_provided(directory: StateDirectory, as_json: bool) -> None:
    replica = directory.read_provided()
    assert replica is not None
    if as_json:
        show_json(
            {
                "url": replica.url,
                "state_directory": str(directory.path),
                "process_id": replica.process_id,
                "provider": replica.provider,
            }
        )
    else:
        show_line(f"replica of {replica.provider} serves {replica.url}")


def _show_provided_status(directory: StateDirectory, as_json: bool) -> None:
    from ic_factory.networks.replica_client import ReplicaClient

    replica = directory.read_provided()
    assert replica is not None
    client = ReplicaClient(replica.url)
    healthy, root_key = client.is_healthy(), client.root_key().hex()
    facts = {"url": replica.url, "state_directory": str(directory.path)}
    if as_json:
        facts |= {"provider": replica.provider, "root_key": root_key}
        show_json({**facts, "healthy": healthy, "process_id": replica.process_id})
        return
    show_facts(
        {
            "url": replica.url,
            "state directory": str(directory.path),
            "health": "healthy" if healthy else "unhealthy",
            "provider": replica.provider,
            "root key": root_key,
        }
    )


def _show_started(running: RunningReplica, as_json: bool) -> None:
    if as_json:
        show_json({**_location(running), "process_id": running.record.process_id})
    else:
        show_line(f"replica serves {running.record.url}")


def _location(running: RunningReplica) -> dict[str, str]:
    return {"url": running.record.url, "state_directory": str(running.directory.path)}


def _show_status(running: RunningReplica, figures: dict[str, Any]) -> None:
    canisters = figures["canisters"]
    show_facts(
        {
            "url": running.record.url,
            "state directory": str(running.directory.path),
            "health": "healthy" if figures["healthy"] else "unhealthy",
            "state": "on disk" if figures["durable"] else "in memory",
            "process id": str(figures["process_id"]),
            "version": figures["version"],
            "subnet": figures["subnet_id"],
            "root key": figures["root_key"],
            "height": str(figures["height"]),
            "canisters": str(len(canisters)),
            "cycles": cycles_text(figures["cycles"]),
            "memory": bytes_text(figures["memory_bytes"]),
        }
    )
    if not canisters:
        return
    rows = tuple(
        (
            canister["canister_id"],
            canister["status"],
            cycles_text(canister["cycles"]),
            bytes_text(canister["memory_bytes"]),
            canister["module_hash"] or "-",
        )
        for canister in canisters
    )
    columns = ("canister", "status", "cycles", "memory", "module hash")
    show_table(Table("Canisters", columns, rows))


def _check_canister_id(canister: str | None) -> None:
    from ic_factory.errors import PrincipalError
    from ic_factory.protocol.principal import Principal

    if canister is None:
        return
    try:
        Principal.from_str(canister)
    except PrincipalError as error:
        raise typer.BadParameter(str(error), param_hint="--canister") from error


def _read_logs(reader: ReplicaLogs, canister: str | None) -> tuple[list[str], list[CanisterLine]]:
    """What is new; of a named canister alone, or of the replica and all where one runs."""
    if canister is not None:
        return [], reader.new_canister_lines(canister)
    lines = reader.new_lines()
    if not lines or reader.is_running:
        return lines, reader.new_canister_lines(None)
    return lines, []


def _follow(reader: ReplicaLogs, canister: str | None, as_json: bool) -> None:
    from ic_factory.networks.errors import ReplicaNotRunning

    lines, records = _read_logs(reader, canister)
    _show_logs(lines, records, as_json)
    while True:
        time.sleep(FOLLOW_SECONDS)
        try:
            records = reader.new_canister_lines(canister)
        except ReplicaNotRunning:
            records = []
            has_ended = True
        else:
            has_ended = False
        _show_logs([] if canister else reader.new_lines(), records, as_json)
        if has_ended:
            return


def _show_logs(lines: Sequence[str], records: Sequence[CanisterLine], as_json: bool) -> None:
    for line in lines:
        show_line(json.dumps({"replica": line}) if as_json else line)
    for record in records:
        show_line(json.dumps({"canister": asdict(record)}) if as_json else str(record))
