"""`ic-factory factory config …`: the factory's limits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ic_factory.cli.documents import duration_text, facts, plain
from ic_factory.cli.factory_session import asking_factory
from ic_factory.cli.groups import running
from ic_factory.cli.options import DEFAULT_NETWORK, FactoryId, Identity, Json, Network
from ic_factory.cli.quantities import parse_cycles, parse_duration, parse_size
from ic_factory.cli.render import bytes_text, cycles_text, show_facts, show_json

if TYPE_CHECKING:
    from ic_factory.drivers.generated.factory import ConfigInfo

commands = typer.Typer(
    help="Show or change the factory's limits; 'show' where nothing is said.",
    rich_markup_mode=None,
    invoke_without_command=True,
)
commands.callback()(running("show"))

FORMATS = {
    "max_chunk_size": bytes_text,
    "max_cycles_per_creation": cycles_text,
    "max_stored_bytes": bytes_text,
    "max_upload_size": bytes_text,
    "min_factory_cycles": cycles_text,
    "upload_ttl_seconds": duration_text,
}


@commands.command(epilog="Example:  ic-factory factory config show --json")
def show(
    context: typer.Context,
    network: Network = DEFAULT_NETWORK,
    identity: Identity = None,
    factory: FactoryId = None,
    as_json: Json = False,
) -> None:
    """Show the factory's limits; the lists of principals to admins only."""
    with asking_factory(context, "reading the limits", network, identity, factory) as target:
        _show(target.config(), as_json)


@commands.command(
    "set",
    epilog="Example:  ic-factory factory config set --max-upload-size 50MB --upload-ttl 24h",
)
def set_(
    context: typer.Context,
    max_upload_size: Annotated[
        int | None,
        typer.Option(
            metavar="SIZE", parser=parse_size, help="Of one upload, such as 50MB; at most 100MiB."
        ),
    ] = None,
    max_stored_bytes: Annotated[
        int | None,
        typer.Option(metavar="SIZE", parser=parse_size, help="Of all uploads together."),
    ] = None,
    upload_ttl: Annotated[
        int | None,
        typer.Option(
            metavar="TIME",
            parser=parse_duration,
            help="After which an upload that nobody touches or uses expires, such as 24h.",
        ),
    ] = None,
    min_factory_cycles: Annotated[
        int | None,
        typer.Option(
            metavar="CYCLES", parser=parse_cycles, help="That the factory keeps for itself."
        ),
    ] = None,
    max_cycles_per_creation: Annotated[
        int | None,
        typer.Option(
            metavar="CYCLES",
            parser=parse_cycles,
            help="That others than admins may have attached to a new canister, such as 1T.",
        ),
    ] = None,
    max_canisters_per_caller: Annotated[
        int | None, typer.Option(metavar="N", min=0, help="Canisters that a caller may hold.")
    ] = None,
    max_uploads_per_caller: Annotated[
        int | None, typer.Option(metavar="N", min=0, help="Uploads that a caller may have.")
    ] = None,
    max_open_uploads_per_caller: Annotated[
        int | None,
        typer.Option(metavar="N", min=0, help="Those of them that are not committed."),
    ] = None,
    max_operations: Annotated[
        int | None,
        typer.Option(metavar="N", min=0, help="That are under way at the same time, at most 100."),
    ] = None,
    network: Network = DEFAULT_NETWORK,
    identity: Identity = None,
    factory: FactoryId = None,
    as_json: Json = False,
) -> None:
    """Change limits, all that are given or none; for admins."""
    limits = {
        "max_upload_size": max_upload_size,
        "max_stored_bytes": max_stored_bytes,
        "upload_ttl_seconds": upload_ttl,
        "min_factory_cycles": min_factory_cycles,
        "max_cycles_per_creation": max_cycles_per_creation,
        "max_canisters_per_caller": max_canisters_per_caller,
        "max_uploads_per_caller": max_uploads_per_caller,
        "max_open_uploads_per_caller": max_open_uploads_per_caller,
        "max_operations": max_operations,
    }
    if all(each is None for each in limits.values()):
        raise typer.BadParameter("name a limit to change")
    with asking_factory(context, "changing the limits", network, identity, factory) as target:
        from ic_factory.drivers.generated.factory import ConfigUpdate

        _show(target.update_config(ConfigUpdate(**limits)), as_json)


def _show(config: ConfigInfo, as_json: bool) -> None:
    document = plain(config)
    if as_json:
        show_json(document)
    else:
        show_facts(facts(document, FORMATS))
