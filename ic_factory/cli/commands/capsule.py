"""`ic-factory capsule …`: what keeps a user's memories, and who may see it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ic_factory.cli.backend_session import asking_backend, asking_host
from ic_factory.cli.capsule_documents import Sight, document_of, show_one
from ic_factory.cli.commands import capsule_access, capsule_connections
from ic_factory.cli.options import (
    DEFAULT_NETWORK,
    BackendId,
    Identity,
    Json,
    Network,
    Personal,
    Yes,
)
from ic_factory.cli.render import Table, bytes_text, show_json, show_line, show_table
from ic_factory.cli.session import ask

if TYPE_CHECKING:
    from ic_factory.drivers.generated.backend import CapsuleInfo

commands = typer.Typer(
    help="Make and look after capsules, and say who may see what.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
commands.add_typer(capsule_access.commands, name="access")
commands.add_typer(capsule_connections.commands, name="connections")

Capsule = Annotated[str, typer.Argument(metavar="CAPSULE", help="The capsule's id.")]
Name = Annotated[
    str | None, typer.Option("--name", metavar="TEXT", help="Its name.", show_default=False)
]
Description = Annotated[
    str | None,
    typer.Option("--description", metavar="TEXT", help="What it is about.", show_default=False),
]


@commands.command(epilog="Example:  ic-factory capsule create --name Family")
def create(
    context: typer.Context,
    name: Name = None,
    description: Description = None,
    network: Network = DEFAULT_NETWORK,
    identity: Identity = None,
    backend: BackendId = None,
    as_json: Json = False,
) -> None:
    """Make a capsule of your own; you are registered where you are not."""
    with asking_backend(context, "making a capsule", network, identity, backend) as (_, hub):
        hub.register()
        made = hub.create_capsule(name=name, description=description)
        show_one(document_of(made), as_json)


@commands.command(epilog="Example:  ic-factory capsule show CAPSULE")
def show(
    context: typer.Context,
    capsule: Annotated[
        str | None,
        typer.Argument(metavar="[CAPSULE]", help="Its id; your first one where none is named."),
    ] = None,
    network: Network = DEFAULT_NETWORK,
    identity: Identity = None,
    backend: BackendId = None,
    personal: Personal = False,
    as_json: Json = False,
) -> None:
    """Show a capsule that you may see."""
    with asking_host(
        context, "looking at a capsule", network, identity, backend, personal
    ) as target:
        show_one(document_of(target.host.capsule(capsule)), as_json)


@commands.command("list", epilog="Example:  ic-factory capsule list")
def list_(
    context: typer.Context,
    network: Network = DEFAULT_NETWORK,
    identity: Identity = None,
    backend: BackendId = None,
    personal: Personal = False,
    as_json: Json = False,
) -> None:
    """List your capsules, oldest first."""
    with asking_host(context, "listing capsules", network, identity, backend, personal) as target:
        found = list(target.host.capsules())
        if as_json:
            show_json({"capsules": [document_of(each) for each in found]})
        else:
            show_table(_table(found))


@commands.command(epilog="Example:  ic-factory capsule update CAPSULE --name 'The whole family'")
def update(
    context: typer.Context,
    capsule: Capsule,
    name: Name = None,
    description: Description = None,
    network: Network = DEFAULT_NETWORK,
    identity: Identity = None,
    backend: BackendId = None,
    personal: Personal = False,
    as_json: Json = False,
) -> None:
    """Change what is said of a capsule; what is left out stays."""
    if name is None and description is None:
        raise typer.BadParameter("name something to change")
    with asking_host(
        context, f"changing {capsule}", network, identity, backend, personal
    ) as target:
        changed = target.host.update_capsule(capsule, name=name, description=description)
        show_one(document_of(changed), as_json)


@commands.command(epilog="Example:  ic-factory capsule delete CAPSULE --yes")
def delete(
    context: typer.Context,
    capsule: Capsule,
    network: Network = DEFAULT_NETWORK,
    identity: Identity = None,
    backend: BackendId = None,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Delete a capsule for good, with all that is in it."""
    what = f"deleting {capsule}"
    with asking_backend(context, what, network, identity, backend) as (_, hub):
        found = hub.capsule(capsule)
        ask(f"Delete capsule {capsule} {found.name!r} with {found.memories} memories?", yes)
        hub.delete_capsule(capsule)
        if as_json:
            show_json({"capsule_id": capsule, "deleted": True})
        else:
            show_line(f"deleted capsule {capsule}")


@commands.command(epilog="Example:  ic-factory capsule visibility CAPSULE public")
def visibility(
    context: typer.Context,
    item: capsule_access.Item,
    sight: Annotated[
        Sight, typer.Argument(metavar="private|public", help="Who may see it besides those named.")
    ],
    network: Network = DEFAULT_NETWORK,
    identity: Identity = None,
    backend: BackendId = None,
    personal: Personal = False,
    as_json: Json = False,
) -> None:
    """Show a capsule, memory or gallery to everybody, or only to those who were named.

    What is in a public capsule is public.
    """
    what = f"changing who may see {item}"
    with asking_host(context, what, network, identity, backend, personal) as target:
        from ic_factory.drivers.generated.backend import Visibility

        target.host.set_visibility(item, Visibility[sight.name])
        capsule_access.show_access(target, item, as_json)


@commands.command(epilog="Example:  ic-factory capsule shared")
def shared(
    context: typer.Context,
    network: Network = DEFAULT_NETWORK,
    identity: Identity = None,
    backend: BackendId = None,
    personal: Personal = False,
    as_json: Json = False,
) -> None:
    """List the ids of what others let you read or change."""
    with asking_host(
        context, "listing what is shared", network, identity, backend, personal
    ) as target:
        found = list(target.host.shared_with_me())
        if as_json:
            show_json({"ids": found})
        else:
            for each in found:
                show_line(each)


def _table(found: list[CapsuleInfo]) -> Table:
    columns = ("name", "memories", "galleries", "connections", "bytes", "visibility", "id")
    rows = (
        (
            each.name,
            str(each.memories),
            str(each.galleries),
            str(each.connections),
            bytes_text(each.bytes_),
            each.visibility.name.lower(),
            each.capsule_id,
        )
        for each in found
    )
    return Table("capsules", columns, tuple(rows))
