"""`ic-factory factory allowlist|admins …`: who may call the factory, and who administrates it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from ic_factory.cli.factory_session import asking_factory
from ic_factory.cli.groups import running
from ic_factory.cli.options import DEFAULT_NETWORK, FactoryId, Identity, Json, Network, Yes
from ic_factory.cli.render import show_json, show_line
from ic_factory.cli.session import ask

if TYPE_CHECKING:
    from ic_factory.drivers.factory import Factory
    from ic_factory.protocol.principal import Principal

allowlist = typer.Typer(
    help="Who may call the factory, besides admins; 'show' where nothing is said.",
    rich_markup_mode=None,
    invoke_without_command=True,
)
allowlist.callback()(running("show"))

admins = typer.Typer(
    help="Who administrates the factory; 'list' where nothing is said.",
    rich_markup_mode=None,
    invoke_without_command=True,
)
admins.callback()(running("list"))

Principals = Annotated[
    list[str], typer.Argument(metavar="PRINCIPAL...", help="Principals, one or more.")
]


@allowlist.command("show", epilog="Example:  ic-factory factory allowlist show")
def show_allowlist(
    context: typer.Context,
    network: Network = DEFAULT_NETWORK,
    identity: Identity = None,
    factory: FactoryId = None,
    as_json: Json = False,
) -> None:
    """Show who may call the factory; the list itself to admins only."""
    with asking_factory(context, "reading the allowlist", network, identity, factory) as target:
        _show_allowlist(target, as_json)


@allowlist.command("set", epilog="Example:  ic-factory factory allowlist set PRINCIPAL")
def set_allowlist(
    context: typer.Context,
    principals: Principals,
    network: Network = DEFAULT_NETWORK,
    identity: Identity = None,
    factory: FactoryId = None,
    as_json: Json = False,
) -> None:
    """Let these in and nobody else but admins; for admins."""
    with asking_factory(context, "setting the allowlist", network, identity, factory) as target:
        target.set_allowlist(_read(principals))
        _show_allowlist(target, as_json)


@allowlist.command("add", epilog="Example:  ic-factory factory allowlist add PRINCIPAL")
def add_to_allowlist(
    context: typer.Context,
    principals: Principals,
    network: Network = DEFAULT_NETWORK,
    identity: Identity = None,
    factory: FactoryId = None,
    as_json: Json = False,
) -> None:
    """Let these in as well; for admins. Where everybody was, only they and admins are then."""
    with asking_factory(context, "adding to the allowlist", network, identity, factory) as target:
        listed = target.config().allowlist or []
        target.set_allowlist([*dict.fromkeys([*listed, *_read(principals)])])
        _show_allowlist(target, as_json)


@allowlist.command("remove", epilog="Example:  ic-factory factory allowlist remove PRINCIPAL")
def remove_from_allowlist(
    context: typer.Context,
    principals: Principals,
    network: Network = DEFAULT_NETWORK,
    identity: Identity = None,
    factory: FactoryId = None,
    as_json: Json = False,
) -> None:
    """Let these in no more; for admins."""
    with asking_factory(context, "removing callers", network, identity, factory) as target:
        removed = _read(principals)
        listed = target.config().allowlist
        # Without a list everybody is let in, and stays so.
        if listed is not None:
            target.set_allowlist([each for each in listed if each not in removed])
        _show_allowlist(target, as_json)


@allowlist.command("clear", epilog="Example:  ic-factory factory allowlist clear --yes")
def clear_allowlist(
    context: typer.Context,
    network: Network = DEFAULT_NETWORK,
    identity: Identity = None,
    factory: FactoryId = None,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Let everybody in; for admins."""
    with asking_factory(context, "clearing the allowlist", network, identity, factory) as target:
        ask(f"Let everybody call factory {target.canister_id}?", yes)
        target.set_allowlist(None)
        _show_allowlist(target, as_json)


@admins.command("list", epilog="Example:  ic-factory factory admins list")
def list_admins(
    context: typer.Context,
    network: Network = DEFAULT_NETWORK,
    identity: Identity = None,
    factory: FactoryId = None,
    as_json: Json = False,
) -> None:
    """List the admins; to admins only."""
    with asking_factory(context, "listing the admins", network, identity, factory) as target:
        _show_admins(target, as_json)


@admins.command("add", epilog="Example:  ic-factory factory admins add PRINCIPAL")
def add_admins(
    context: typer.Context,
    principals: Principals,
    network: Network = DEFAULT_NETWORK,
    identity: Identity = None,
    factory: FactoryId = None,
    as_json: Json = False,
) -> None:
    """Add admins; for admins."""
    with asking_factory(context, "adding admins", network, identity, factory) as target:
        for each in _read(principals):
            target.add_admin(each)
        _show_admins(target, as_json)


@admins.command("remove", epilog="Example:  ic-factory factory admins remove PRINCIPAL --yes")
def remove_admins(
    context: typer.Context,
    principals: Principals,
    network: Network = DEFAULT_NETWORK,
    identity: Identity = None,
    factory: FactoryId = None,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Remove admins, but never the last one; for admins."""
    with asking_factory(context, "removing admins", network, identity, factory) as target:
        removed = _read(principals)
        ask(f"Remove {', '.join(principals)} from the admins?", yes)
        for each in removed:
            target.remove_admin(each)
        _show_admins(target, as_json)


def _read(principals: Sequence[str]) -> list[Principal]:
    from ic_factory.protocol.principal import Principal

    return [Principal.from_str(each) for each in principals]


def _show_allowlist(factory: Factory, as_json: bool) -> None:
    config = factory.config()
    listed = None if config.allowlist is None else [str(each) for each in config.allowlist]
    if as_json:
        show_json({"has_allowlist": config.has_allowlist, "allowlist": listed})
    elif not config.has_allowlist:
        show_line("everybody is let in")
    elif listed is None:
        show_line("there is a list, which only admins are shown")
    else:
        for each in listed or ["nobody but admins is let in"]:
            show_line(each)


def _show_admins(factory: Factory, as_json: bool) -> None:
    found = factory.config().admins
    listed = None if found is None else [str(each) for each in found]
    if as_json:
        show_json({"admins": listed})
        return
    for each in ["only admins are shown the admins"] if listed is None else listed:
        show_line(each)
