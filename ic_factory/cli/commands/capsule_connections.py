"""`ic-factory capsule connections …`: whom the owner of a capsule knows."""

from __future__ import annotations

from typing import Annotated

import typer

from ic_factory.cli.backend_session import asking_host
from ic_factory.cli.capsule_documents import document_of, show_one
from ic_factory.cli.options import (
    DEFAULT_NETWORK,
    BackendId,
    CapsuleId,
    Identity,
    Json,
    Network,
    Personal,
    Yes,
)
from ic_factory.cli.render import Table, show_json, show_line, show_table
from ic_factory.cli.session import ask

commands = typer.Typer(
    help="Note whom you know. It lets nobody see anything.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Peer = Annotated[str, typer.Argument(metavar="PRINCIPAL", help="Who it is.")]
Name = Annotated[
    str | None,
    typer.Option("--name", metavar="TEXT", help="What they are called.", show_default=False),
]
Relation = Annotated[
    str | None,
    typer.Option(
        "--relation", metavar="TEXT", help="What they are to you, as family.", show_default=False
    ),
]
Note = Annotated[
    str | None,
    typer.Option("--note", metavar="TEXT", help="Anything more.", show_default=False),
]


@commands.command(
    epilog="Example:  ic-factory capsule connections add PRINCIPAL --name Bob --relation friend"
)
def add(
    context: typer.Context,
    peer: Peer,
    name: Name = None,
    relation: Relation = None,
    note: Note = None,
    capsule: CapsuleId = None,
    network: Network = DEFAULT_NETWORK,
    identity: Identity = None,
    backend: BackendId = None,
    personal: Personal = False,
    as_json: Json = False,
) -> None:
    """Connect a capsule of yours with somebody."""
    with asking_host(context, f"connecting {peer}", network, identity, backend, personal) as target:
        from ic_factory.drivers.generated.backend import NewConnection
        from ic_factory.protocol.principal import Principal

        new = NewConnection(peer=Principal.from_str(peer), name=name, relation=relation, note=note)
        made = target.host.add_connection(target.capsule_id(capsule), new)
        show_one(document_of(made), as_json)


@commands.command("list", epilog="Example:  ic-factory capsule connections list")
def list_(
    context: typer.Context,
    capsule: CapsuleId = None,
    network: Network = DEFAULT_NETWORK,
    identity: Identity = None,
    backend: BackendId = None,
    personal: Personal = False,
    as_json: Json = False,
) -> None:
    """List the connections of a capsule."""
    with asking_host(
        context, "listing connections", network, identity, backend, personal
    ) as target:
        found = list(target.host.connections(target.capsule_id(capsule)))
        if as_json:
            show_json({"connections": [document_of(each) for each in found]})
            return
        rows = ((each.name, each.relation, each.note, str(each.peer)) for each in found)
        columns = ("name", "relation", "note", "principal")
        show_table(Table("connections", columns, tuple(rows)))


@commands.command(
    epilog="Example:  ic-factory capsule connections update PRINCIPAL --relation family"
)
def update(
    context: typer.Context,
    peer: Peer,
    name: Name = None,
    relation: Relation = None,
    note: Note = None,
    capsule: CapsuleId = None,
    network: Network = DEFAULT_NETWORK,
    identity: Identity = None,
    backend: BackendId = None,
    personal: Personal = False,
    as_json: Json = False,
) -> None:
    """Change what is said of a connection; what is left out stays."""
    if name is None and relation is None and note is None:
        raise typer.BadParameter("name something to change")
    with asking_host(context, f"changing {peer}", network, identity, backend, personal) as target:
        from ic_factory.drivers.generated.backend import UpdateConnection
        from ic_factory.protocol.principal import Principal

        changes = UpdateConnection(name=name, relation=relation, note=note)
        changed = target.host.update_connection(
            target.capsule_id(capsule), Principal.from_str(peer), changes
        )
        show_one(document_of(changed), as_json)


@commands.command(epilog="Example:  ic-factory capsule connections remove PRINCIPAL --yes")
def remove(
    context: typer.Context,
    peer: Peer,
    capsule: CapsuleId = None,
    network: Network = DEFAULT_NETWORK,
    identity: Identity = None,
    backend: BackendId = None,
    personal: Personal = False,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Remove a connection."""
    with asking_host(context, f"removing {peer}", network, identity, backend, personal) as target:
        from ic_factory.protocol.principal import Principal

        whom = Principal.from_str(peer)
        ask(f"Remove the connection with {peer}?", yes)
        target.host.remove_connection(target.capsule_id(capsule), whom)
        if as_json:
            show_json({"peer": peer, "removed": True})
        else:
            show_line(f"removed {peer}")
