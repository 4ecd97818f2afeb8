"""`ic-factory capsule access …`: named principals who may read or change something."""

from __future__ import annotations

from typing import Annotated

import typer

from ic_factory.cli.backend_session import HostSession, asking_host
from ic_factory.cli.options import DEFAULT_NETWORK, BackendId, Identity, Json, Network, Personal
from ic_factory.cli.render import Table, show_json, show_line, show_table

commands = typer.Typer(
    help="Say who may read or change a capsule, memory or gallery.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Item = Annotated[
    str, typer.Argument(metavar="ITEM", help="The id of a capsule, memory or gallery.")
]
Grantee = Annotated[str, typer.Argument(metavar="PRINCIPAL", help="Whom it is about.")]


@commands.command("list", epilog="Example:  ic-factory capsule access list CAPSULE")
def list_(
    context: typer.Context,
    item: Item,
    network: Network = DEFAULT_NETWORK,
    identity: Identity = None,
    backend: BackendId = None,
    personal: Personal = False,
    as_json: Json = False,
) -> None:
    """List who may read or change something of yours."""
    what = f"listing who may see {item}"
    with asking_host(context, what, network, identity, backend, personal) as target:
        show_access(target, item, as_json)


@commands.command(epilog="Example:  ic-factory capsule access grant MEMORY PRINCIPAL --write")
def grant(
    context: typer.Context,
    item: Item,
    grantee: Grantee,
    write: Annotated[bool, typer.Option("--write", help="They may change it too.")] = False,
    network: Network = DEFAULT_NETWORK,
    identity: Identity = None,
    backend: BackendId = None,
    personal: Personal = False,
    as_json: Json = False,
) -> None:
    """Let somebody read something of yours, or change it as well."""
    what = f"letting {grantee} see {item}"
    with asking_host(context, what, network, identity, backend, personal) as target:
        from ic_factory.drivers.generated.backend import Permission
        from ic_factory.protocol.principal import Principal

        permission = Permission.WRITE if write else Permission.READ
        target.host.grant(item, Principal.from_str(grantee), permission)
        show_access(target, item, as_json)


@commands.command(epilog="Example:  ic-factory capsule access revoke MEMORY PRINCIPAL")
def revoke(
    context: typer.Context,
    item: Item,
    grantee: Grantee,
    network: Network = DEFAULT_NETWORK,
    identity: Identity = None,
    backend: BackendId = None,
    personal: Personal = False,
    as_json: Json = False,
) -> None:
    """Take back what was granted; where nothing was, nothing changes."""
    what = f"taking {item} from {grantee}"
    with asking_host(context, what, network, identity, backend, personal) as target:
        from ic_factory.protocol.principal import Principal

        target.host.revoke(item, Principal.from_str(grantee))
        show_access(target, item, as_json)


def show_access(target: HostSession, item: str, as_json: bool) -> None:
    """Writes who may read or change something of the caller's."""
    found = target.host.access(item)
    sight = found.visibility.name.lower()
    grants = [(str(each.grantee), each.permission.name.lower()) for each in found.grants]
    if as_json:
        named = [{"principal": who, "permission": what} for who, what in grants]
        show_json({"id": item, "visibility": sight, "grants": named})
        return
    show_line(f"{item} is {sight}")
    if grants:
        show_table(Table("grants", ("principal", "permission"), tuple(grants)))
