"""`ic-factory canister snapshot …`: snapshots of canisters that the caller controls."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ic_factory.cli.commands.canister_lifecycle import Canister
from ic_factory.cli.context import context_of
from ic_factory.cli.documents import time_text
from ic_factory.cli.options import DEFAULT_NETWORK, Identity, Json, Network, Yes
from ic_factory.cli.render import Table, bytes_text, show_json, show_line, show_table
from ic_factory.cli.session import ask, open_session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ic_factory.drivers.generated.management import Snapshot
    from ic_factory.drivers.management import Management
    from ic_factory.protocol.principal import Principal

commands = typer.Typer(
    help="Take, list, load and delete snapshots of a canister that you control.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


def parse_id(text: str) -> bytes:
    """Reads a snapshot's id, in hexadecimal digits.

    Raises:
        typer.BadParameter: It is none.
    """
    try:
        return bytes.fromhex(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is no snapshot's id: {error}") from error


SnapshotId = Annotated[
    str,
    typer.Argument(metavar="SNAPSHOT", help="Its id, as 'canister snapshot list' shows it."),
]


@commands.command(epilog="Example:  ic-factory canister snapshot take CANISTER")
def take(
    context: typer.Context,
    canister: Canister,
    network: Network = DEFAULT_NETWORK,
    identity: Identity = None,
    as_json: Json = False,
) -> None:
    """Take a snapshot of a canister: its code, memories and certified data."""
    what = f"taking a snapshot of {canister}"
    with _asking(context, what, canister, network, identity) as (management, target):
        taken = management.take_snapshot(target)
        if as_json:
            show_json(_document(taken))
        else:
            show_line(f"took {taken.id.hex()}, {bytes_text(taken.total_size)}")


@commands.command("list", epilog="Example:  ic-factory canister snapshot list CANISTER")
def list_(
    context: typer.Context,
    canister: Canister,
    network: Network = DEFAULT_NETWORK,
    identity: Identity = None,
    as_json: Json = False,
) -> None:
    """List a canister's snapshots."""
    what = f"listing the snapshots of {canister}"
    with _asking(context, what, canister, network, identity) as (management, target):
        found = management.snapshots(target)
        if as_json:
            show_json({"snapshots": [_document(each) for each in found]})
        else:
            show_table(_table(found))


@commands.command(epilog="Example:  ic-factory canister snapshot load CANISTER SNAPSHOT --yes")
def load(
    context: typer.Context,
    canister: Canister,
    snapshot: SnapshotId,
    network: Network = DEFAULT_NETWORK,
    identity: Identity = None,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Bring a stopped canister back to a snapshot; what it holds now is lost."""
    snapshot_id = parse_id(snapshot)
    what = f"loading a snapshot of {canister}"
    with _asking(context, what, canister, network, identity) as (management, target):
        ask(f"Replace all that canister {target} holds by snapshot {snapshot}?", yes)
        management.load_snapshot(target, snapshot_id)
        _show_done(f"loaded {snapshot_id.hex()} into {target}", target, snapshot_id, as_json)


@commands.command(epilog="Example:  ic-factory canister snapshot delete CANISTER SNAPSHOT --yes")
def delete(
    context: typer.Context,
    canister: Canister,
    snapshot: SnapshotId,
    network: Network = DEFAULT_NETWORK,
    identity: Identity = None,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Delete a snapshot."""
    snapshot_id = parse_id(snapshot)
    what = f"deleting a snapshot of {canister}"
    with _asking(context, what, canister, network, identity) as (management, target):
        ask(f"Delete snapshot {snapshot} of canister {target}?", yes)
        management.delete_snapshot(target, snapshot_id)
        _show_done(f"deleted {snapshot_id.hex()} of {target}", target, snapshot_id, as_json)


@contextmanager
def _asking(
    context: typer.Context, what: str, canister: str, network: str, identity: str | None
) -> Iterator[tuple[Management, Principal]]:
    """Whom to ask about a canister; what fails meanwhile ends the command with three lines."""
    run = context_of(context)
    with run.reporting_failure_of(what), open_session(network, identity) as session:
        yield session.management, session.canister_id(canister)


def _show_done(line: str, canister_id: Principal, snapshot_id: bytes, as_json: bool) -> None:
    if as_json:
        show_json({"canister_id": str(canister_id), "snapshot_id": snapshot_id.hex()})
    else:
        show_line(line)


def _document(snapshot: Snapshot) -> dict[str, Any]:
    return {
        "snapshot_id": snapshot.id.hex(),
        "taken_at_ns": snapshot.taken_at_timestamp,
        "size": snapshot.total_size,
    }


def _table(found: list[Snapshot]) -> Table:
    rows = (
        (time_text(each.taken_at_timestamp), bytes_text(each.total_size), each.id.hex())
        for each in found
    )
    return Table("snapshots", ("taken", "size", "id"), tuple(rows))
