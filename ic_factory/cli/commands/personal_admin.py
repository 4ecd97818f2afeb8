"""`ic-factory personal setup|list|creations|…`: what a hub's admins do for personal canisters."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from ic_factory.cli.backend_session import asking_backend
from ic_factory.cli.documents import plain
from ic_factory.cli.options import (
    DEFAULT_NETWORK,
    BackendId,
    Identity,
    Json,
    Network,
    User,
    Yes,
)
from ic_factory.cli.personal_documents import (
    record_document,
    show_document,
    show_records,
    show_statuses,
)
from ic_factory.cli.progress import showing_bytes
from ic_factory.cli.quantities import parse_cycles
from ic_factory.cli.session import ask, ask_before_spending


class Stage(StrEnum):
    """How far a move is."""

    QUEUED = "queued"
    EXPORTING = "exporting"
    CREATING = "creating"
    INSTALLING = "installing"
    IMPORTING = "importing"
    VERIFYING = "verifying"
    HANDING_OFF = "handing-off"
    COMPLETED = "completed"
    FAILED = "failed"


class CanisterStatus(StrEnum):
    """What has become of a canister."""

    CREATING = "creating"
    COMPLETED = "completed"
    FAILED = "failed"
    TAKEN = "taken"
    DELETED = "deleted"


ReserveOption = Annotated[
    int | None,
    typer.Option(
        "--reserve",
        metavar="CYCLES",
        parser=parse_cycles,
        help="Cycles of the hub that are put aside in all, with those consumed, such as 100T.",
        show_default=False,
    ),
]
Threshold = Annotated[
    int | None,
    typer.Option(
        "--min-threshold",
        metavar="CYCLES",
        parser=parse_cycles,
        help="What has to stay available after each new canister.",
        show_default=False,
    ),
]
UserArgument = Annotated[str, typer.Argument(metavar="USER", help="Whose: a principal.")]


def add_to(commands: typer.Typer) -> None:
    """Adds the commands for admins to a group."""
    commands.command(epilog="Example:  ic-factory personal setup --reserve 100T")(setup)
    commands.command("list", epilog="Example:  ic-factory personal list --status completed")(list_)
    commands.command(epilog="Example:  ic-factory personal creations failed")(creations)
    commands.command(epilog="Example:  ic-factory personal clear USER --yes")(clear)
    commands.command(epilog="Example:  ic-factory personal stats")(stats)
    commands.command(epilog="Example:  ic-factory personal reserve --min-threshold 5T")(reserve)


def setup(
    context: typer.Context,
    module: Annotated[
        Path | None,
        typer.Argument(
            metavar="[MODULE]",
            help="What personal canisters run: a .wasm or .wasm.gz file. By default the one that "
            "comes with ic-factory.",
            show_default=False,
        ),
    ] = None,
    reserve: ReserveOption = None,
    min_threshold: Threshold = None,
    enabled: Annotated[
        bool | None,
        typer.Option("--enable/--disable", help="Take in new ones, or none.", show_default=False),
    ] = None,
    network: Network = DEFAULT_NETWORK,
    identity: Identity = None,
    backend: BackendId = None,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Prepare a hub for personal canisters: their module, the cycles for them; for admins.

    What is so already is not done again. Canisters that are being installed go on with the module
    that they began with.
    """
    what = "preparing personal canisters"
    with asking_backend(context, what, network, identity, backend) as (session, hub):
        from ic_factory.canisters import personal_wasm
        from ic_factory.operations.personal_setup import set_up_personal
        from ic_factory.operations.wasm_source import WasmSource

        ask_before_spending(session, "changes what personal canisters are made of", yes)
        if module is None:
            source = WasmSource.from_bytes(personal_wasm(), "personal.wasm.gz")
        else:
            source = WasmSource.from_file(module)
        with showing_bytes(f"uploading {source.name}") as progress:
            done = set_up_personal(
                hub,
                source,
                reserve=reserve,
                min_threshold=min_threshold,
                is_enabled=enabled,
                progress=progress,
            )
        document = plain(done)
        cycles = document.pop("reserve")
        show_document({**document, **cycles}, as_json)


def list_(
    context: typer.Context,
    user: User = None,
    status: Annotated[
        CanisterStatus | None,
        typer.Option("--status", help="Those that are so.", show_default=False),
    ] = None,
    network: Network = DEFAULT_NETWORK,
    identity: Identity = None,
    backend: BackendId = None,
    as_json: Json = False,
) -> None:
    """List the personal canisters that the hub has made, of all or of a user; for admins."""
    what = "listing personal canisters"
    with asking_backend(context, what, network, identity, backend) as (_, hub):
        from ic_factory.drivers.generated.backend import RecordStatus
        from ic_factory.protocol.principal import Principal

        whose = None if user is None else Principal.from_str(user)
        wanted = None if status is None else RecordStatus[status.name]
        show_records(list(hub.personal_canisters(created_by=whose, status=wanted)), as_json)


def creations(
    context: typer.Context,
    stage: Annotated[Stage, typer.Argument(metavar="STATUS", help="How far they are.")],
    network: Network = DEFAULT_NETWORK,
    identity: Identity = None,
    backend: BackendId = None,
    as_json: Json = False,
) -> None:
    """List the moves that are at a stage, by user, with what went wrong; for admins.

    The stages: queued, exporting, creating, installing, importing, verifying, handing-off,
    completed, failed.
    """
    what = "listing moves"
    with asking_backend(context, what, network, identity, backend) as (_, hub):
        from ic_factory.drivers.generated.backend import CreationStatus

        show_statuses(list(hub.creations(CreationStatus[stage.name])), as_json)


def clear(
    context: typer.Context,
    user: UserArgument,
    network: Network = DEFAULT_NETWORK,
    identity: Identity = None,
    backend: BackendId = None,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Delete a user's unfinished canister, get its cycles back, and forget the move; for admins.

    The capsule stays in the hub, and can be changed again. One that is completed is never cleared.
    """
    what = f"clearing the move of {user}"
    with asking_backend(context, what, network, identity, backend) as (_, hub):
        from ic_factory.protocol.principal import Principal

        ask(f"Delete the unfinished canister of {user}?", yes)
        show_document(record_document(hub.clear_creation(Principal.from_str(user))), as_json)


def stats(
    context: typer.Context,
    network: Network = DEFAULT_NETWORK,
    identity: Identity = None,
    backend: BackendId = None,
    as_json: Json = False,
) -> None:
    """Show what has become of all moves: counts, bytes, cycles, and errors by their kind."""
    what = "reading the statistics"
    with asking_backend(context, what, network, identity, backend) as (_, hub):
        document = record_document(hub.creation_stats())
        if not as_json:
            errors = document.pop("errors")
            for each in errors:
                share = each["per_thousand"] / 10
                document[f"error {each['kind']}"] = f"{each['count']} ({share:.1f} %)"
        show_document(document, as_json)


def reserve(
    context: typer.Context,
    reserve: ReserveOption = None,
    min_threshold: Threshold = None,
    network: Network = DEFAULT_NETWORK,
    identity: Identity = None,
    backend: BackendId = None,
    as_json: Json = False,
) -> None:
    """Show the cycles for personal canisters, or put some aside; that is for admins."""
    what = "looking at the cycles"
    with asking_backend(context, what, network, identity, backend) as (_, hub):
        from ic_factory.operations.personal_setup import set_reserve

        found = set_reserve(hub, reserve=reserve, min_threshold=min_threshold)
        show_document(record_document(found), as_json)
