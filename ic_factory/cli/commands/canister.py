"""`ic-factory canister …`: call, look at and look after canisters."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ic_factory.cli.commands import (
    canister_call,
    canister_lifecycle,
    canister_logs,
    canister_snapshots,
)
from ic_factory.cli.commands.canister_call import declared_interface
from ic_factory.cli.context import context_of
from ic_factory.cli.documents import duration_text, facts, plain, text_of, time_text
from ic_factory.cli.options import DEFAULT_NETWORK, FactoryId, Identity, Json, Network
from ic_factory.cli.render import (
    Table,
    bytes_text,
    cycles_text,
    show_facts,
    show_json,
    show_line,
    show_table,
)
from ic_factory.cli.session import Session, open_session

if TYPE_CHECKING:
    from ic_factory.drivers.generated.factory import CanisterInfo
    from ic_factory.drivers.generated.management import Status
    from ic_factory.protocol.candid import InterfaceDescription
    from ic_factory.protocol.principal import Principal

commands = typer.Typer(
    help="Call, look at and look after canisters.", no_args_is_help=True, rich_markup_mode=None
)


class CanisterStatus(StrEnum):
    """How a canister is, as the factory knows it."""

    CREATING = "creating"
    ACTIVE = "active"
    STOPPED = "stopped"
    UPGRADING = "upgrading"
    DELETED = "deleted"


commands.command(
    epilog="Example:  ic-factory canister call canister_factory get_upload_info '(1)'"
)(canister_call.call)


@commands.command(epilog="Example:  ic-factory canister info canister_factory")
def info(
    context: typer.Context,
    canister: canister_lifecycle.Canister,
    network: Network = DEFAULT_NETWORK,
    identity: Identity = None,
    factory: FactoryId = None,
    as_json: Json = False,
) -> None:
    """Show a canister's certified state, its methods, and what the factory knows of it.

    For a controller the status is shown too: cycles, memory, settings.
    """
    run = context_of(context)
    with run.reporting_failure_of(f"looking at {canister}"):
        from ic_factory.operations.calling import find_interface
        from ic_factory.operations.control import registered

        with open_session(network, identity) as session:
            target = session.canister_id(canister)
            known = registered(canister_lifecycle.known_factory(session, factory), target)
            document = _certified(session, target)
            is_ours = str(session.agent.sender) in document["controllers"]
            status = session.management.status(target) if is_ours else None
            interface = find_interface(
                session.agent, target, declared_interface(session, canister, target)
            )
        document |= {
            "status": None if status is None else _status_document(status),
            "registry": None if known is None else _registered_document(known),
            "methods": [] if interface is None else _methods(interface),
            "candid": None if interface is None else _candid(interface),
        }
        if as_json:
            show_json(document)
        else:
            _show_info(document)


@commands.command("list", epilog="Example:  ic-factory canister list --status active --type custom")
def list_(
    context: typer.Context,
    owner: Annotated[
        str | None,
        typer.Option("--owner", metavar="PRINCIPAL", help="Those of this owner."),
    ] = None,
    status: Annotated[
        CanisterStatus | None,
        typer.Option("--status", help="Those that are so; deleted ones are shown only by this."),
    ] = None,
    type_: Annotated[
        str | None,
        typer.Option(
            "--type", metavar="TYPE", help="Those of this template; custom for those of none."
        ),
    ] = None,
    upload: Annotated[
        int | None, typer.Option("--upload", metavar="N", help="Those of this upload.")
    ] = None,
    everybodys: Annotated[
        bool, typer.Option("--all", help="Everybody's; for the factory's admins.")
    ] = False,
    network: Network = DEFAULT_NETWORK,
    identity: Identity = None,
    factory: FactoryId = None,
    as_json: Json = False,
) -> None:
    """List canisters that the factory has made: your own where no owner is named."""
    run = context_of(context)
    if everybodys and owner is not None:
        raise typer.BadParameter("name either --owner or --all")
    with run.reporting_failure_of("listing canisters"):
        from ic_factory.drivers.generated.factory import CanisterFilter, Status
        from ic_factory.protocol.principal import Principal

        with open_session(network, identity) as session:
            whose = session.agent.sender if owner is None else Principal.from_str(owner)
            wanted = CanisterFilter(
                owner=None if everybodys else whose,
                status=None if status is None else Status[status.name],
                canister_type=type_,
                upload_id=upload,
            )
            found = list(session.factory(factory).canisters(wanted))
        if as_json:
            show_json({"canisters": [_registered_document(each) for each in found]})
        else:
            show_table(_table(found))


commands.command(epilog="Example:  ic-factory canister upgrade CANISTER --upload 2")(
    canister_lifecycle.upgrade
)
commands.command(epilog="Example:  ic-factory canister start CANISTER")(canister_lifecycle.start)
commands.command(epilog="Example:  ic-factory canister stop CANISTER")(canister_lifecycle.stop)
commands.command(epilog="Example:  ic-factory canister delete CANISTER --yes")(
    canister_lifecycle.delete
)
commands.command("top-up", epilog="Example:  ic-factory canister top-up CANISTER 1T --yes")(
    canister_lifecycle.top_up
)
commands.command(epilog="Example:  ic-factory canister logs CANISTER --follow")(canister_logs.logs)
commands.add_typer(canister_snapshots.commands, name="snapshot")


def _certified(session: Session, target: Principal) -> dict[str, Any]:
    from ic_factory.networks.network_urls import canister_url
    from ic_factory.operations.control import controllers_of

    controllers = controllers_of(session.agent, target)
    module_hash = session.agent.read_module_hash(target)
    return {
        "canister_id": str(target),
        "network": session.name,
        "url": canister_url(session.network.url, target),
        "module_hash": None if module_hash is None else module_hash.hex(),
        "controllers": [str(each) for each in controllers],
    }


def _registered_document(known: CanisterInfo) -> dict[str, Any]:
    return {
        "canister_id": str(known.canister_id),
        "status": plain(known.status),
        "type": known.canister_type,
        "upload_id": known.upload_id,
        "module_hash": plain(known.module_hash),
        "cycles": known.cycles_balance,
        "controllers": plain(known.controllers),
        "owner": str(known.owner),
        "created_by": str(known.created_by),
        "created_at_ns": known.created_at,
    }


def _status_document(status: Status) -> dict[str, Any]:
    settings = status.settings
    return {
        "state": status.status.name.lower(),
        "cycles": status.cycles,
        "idle_cycles_burned_per_day": status.idle_cycles_burned_per_day,
        "reserved_cycles": status.reserved_cycles,
        "memory_bytes": status.memory_size,
        "freezing_threshold_seconds": settings.freezing_threshold,
        "memory_allocation_bytes": settings.memory_allocation,
        "compute_allocation_percent": settings.compute_allocation,
        "wasm_memory_limit_bytes": settings.wasm_memory_limit,
    }


def _methods(interface: InterfaceDescription) -> list[dict[str, str]]:
    from ic_factory.protocol.candid.text_writer import format_function

    return [
        {"name": name, "signature": format_function(method.signature), "docs": method.docs}
        for name, method in interface.methods.items()
    ]


def _candid(interface: InterfaceDescription) -> str:
    # Loads a parser.
    from ic_factory.protocol.candid.text import format_interface

    return format_interface(interface)


STATUS_FORMATS = {
    "cycles": cycles_text,
    "idle_cycles_burned_per_day": cycles_text,
    "reserved_cycles": cycles_text,
    "memory_bytes": bytes_text,
    "freezing_threshold_seconds": duration_text,
    "memory_allocation_bytes": bytes_text,
    "wasm_memory_limit_bytes": bytes_text,
}


def _show_info(document: dict[str, Any]) -> None:
    status = facts(document["status"] or {}, STATUS_FORMATS)
    known = document["registry"] or {}
    registry = {
        f"factory: {name.replace('_', ' ')}": text_of(known[name])
        for name in ("owner", "created_by", "type", "upload_id")
        if name in known
    }
    if known:
        registry["factory: created"] = time_text(known["created_at_ns"])
    certified = {
        name: document[name] for name in ("canister_id", "url", "module_hash", "controllers")
    }
    show_facts(facts(certified, {}) | status | registry)
    for method in document["methods"]:
        # One line each, whatever the width, so that each can be found and copied.
        show_line(f"{method['name']}\t{' '.join(method['signature'].split())}")


def _table(found: list[CanisterInfo]) -> Table:
    columns = ("canister", "status", "type", "upload", "cycles", "created", "owner")
    rows = (
        (
            str(each.canister_id),
            each.status.name.lower(),
            each.canister_type,
            text_of(each.upload_id),
            cycles_text(each.cycles_balance),
            time_text(each.created_at),
            str(each.owner),
        )
        for each in found
    )
    return Table("canisters", columns, tuple(rows))
