"""`ic-factory personal config …`: the limits of moves to personal canisters."""

from __future__ import annotations

from typing import Annotated

import typer

from ic_factory.cli.backend_session import asking_backend
from ic_factory.cli.groups import running
from ic_factory.cli.options import DEFAULT_NETWORK, BackendId, Identity, Json, Network
from ic_factory.cli.personal_documents import record_document, show_document
from ic_factory.cli.quantities import parse_cycles

commands = typer.Typer(
    help="Show or change the limits of moves; 'show' where nothing is said.",
    rich_markup_mode=None,
    invoke_without_command=True,
)
commands.callback()(running("show"))


@commands.command(epilog="Example:  ic-factory personal config show")
def show(
    context: typer.Context,
    network: Network = DEFAULT_NETWORK,
    identity: Identity = None,
    backend: BackendId = None,
    as_json: Json = False,
) -> None:
    """Show the limits."""
    with asking_backend(context, "reading the limits", network, identity, backend) as (_, hub):
        show_document(record_document(hub.creation_config()), as_json)


@commands.command(
    "set", epilog="Example:  ic-factory personal config set --max-concurrent 10 --cycles 2T"
)
def set_(
    context: typer.Context,
    enabled: Annotated[
        bool | None,
        typer.Option(
            "--enable/--disable",
            help="Take in new moves, or none; what runs goes on.",
            show_default=False,
        ),
    ] = None,
    cycles: Annotated[
        int | None,
        typer.Option(
            "--cycles",
            metavar="CYCLES",
            parser=parse_cycles,
            help="What each canister is made with, the fee for its creation included.",
            show_default=False,
        ),
    ] = None,
    max_concurrent: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, help="Moves at the same time, at most 50."),
    ] = None,
    max_queued: Annotated[
        int | None, typer.Option(metavar="N", min=0, help="Moves that wait for their turn.")
    ] = None,
    max_attempts: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, help="How often in a row a call is made, at most 20."),
    ] = None,
    network: Network = DEFAULT_NETWORK,
    identity: Identity = None,
    backend: BackendId = None,
    as_json: Json = False,
) -> None:
    """Change limits, all that are given or none; for admins."""
    limits = {
        "enabled": enabled,
        "cycles_per_creation": cycles,
        "max_concurrent_creations": max_concurrent,
        "max_queued_creations": max_queued,
        "max_attempts": max_attempts,
    }
    if all(each is None for each in limits.values()):
        raise typer.BadParameter("name a limit to change")
    with asking_backend(context, "changing the limits", network, identity, backend) as (_, hub):
        from ic_factory.drivers.generated.backend import PersonalCanisterCreationConfigUpdate

        update = PersonalCanisterCreationConfigUpdate(**limits)  # type: ignore[arg-type] # as named
        show_document(record_document(hub.update_creation_config(update)), as_json)
