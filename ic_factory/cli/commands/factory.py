"""`ic-factory factory …`: look at the factory and administrate it."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from ic_factory.cli.commands import (
    factory_access,
    factory_config,
    factory_events,
    factory_operations,
    factory_templates,
)
from ic_factory.cli.documents import facts, plain, time_text
from ic_factory.cli.exits import ExitCode
from ic_factory.cli.factory_session import asking_factory
from ic_factory.cli.options import DEFAULT_NETWORK, FactoryId, Identity, Json, Network, Yes
from ic_factory.cli.render import bytes_text, cycles_text, show_facts, show_json, show_line
from ic_factory.cli.session import ask

commands = typer.Typer(
    help="Look at the factory and administrate it.", no_args_is_help=True, rich_markup_mode=None
)

FORMATS = {
    "cycles_balance": cycles_text,
    "cycles_lost": cycles_text,
    "cycles_recovered": cycles_text,
    "cycles_spent": cycles_text,
    "factory_cycles_balance": cycles_text,
    "max_stored_bytes": bytes_text,
    "min_factory_cycles": cycles_text,
    "stored_bytes": bytes_text,
    "time_ns": time_text,
}


class Switch(StrEnum):
    """A thing that is on or off."""

    ON = "on"
    OFF = "off"


@commands.command(epilog="Example:  ic-factory factory stats")
def stats(
    context: typer.Context,
    network: Network = DEFAULT_NETWORK,
    identity: Identity = None,
    factory: FactoryId = None,
    as_json: Json = False,
) -> None:
    """Show what the factory has done so far, and its version."""
    with asking_factory(context, "reading statistics", network, identity, factory) as target:
        version = target.version()
        document = {
            "canister_id": str(target.canister_id),
            "build": version.build,
            "api_version": version.api_version,
            **plain(target.stats()),
        }
        if as_json:
            show_json(document)
        else:
            show_facts(facts(document, FORMATS))


@commands.command(epilog="Example:  ic-factory factory health --json")
def health(
    context: typer.Context,
    network: Network = DEFAULT_NETWORK,
    identity: Identity = None,
    factory: FactoryId = None,
    as_json: Json = False,
) -> None:
    """Show whether the factory can do its work; exits with 1 where something keeps it from it."""
    with asking_factory(context, "reading the health", network, identity, factory) as target:
        report = target.health()
        document = {"canister_id": str(target.canister_id), "healthy": not report.problems}
        document |= plain(report)
        if as_json:
            show_json(document)
        else:
            show_facts(facts(document, FORMATS))
        if report.problems:
            raise typer.Exit(ExitCode.FAILED)


@commands.command("emergency-stop", epilog="Example:  ic-factory factory emergency-stop off --yes")
def emergency_stop(
    context: typer.Context,
    state: Annotated[Switch, typer.Argument(metavar="on|off", help="What it shall be.")],
    network: Network = DEFAULT_NETWORK,
    identity: Identity = None,
    factory: FactoryId = None,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Refuse all requests but those of admins, or let them in again; for admins.

    What is under way goes on.
    """
    with asking_factory(context, "switching the stop", network, identity, factory) as target:
        what = "Refuse all but admins" if state is Switch.ON else "Let callers in again"
        ask(f"{what} in factory {target.canister_id}?", yes)
        target.set_emergency_stop(state is Switch.ON)
        if as_json:
            show_json({"emergency_stop": state is Switch.ON})
        else:
            show_line(f"emergency stop is {state}")


commands.add_typer(factory_config.commands, name="config")
commands.add_typer(factory_access.allowlist, name="allowlist")
commands.add_typer(factory_access.admins, name="admins")
commands.command(epilog="Example:  ic-factory factory events --after 10")(factory_events.events)
commands.add_typer(factory_templates.commands, name="templates")
commands.add_typer(factory_operations.commands, name="operations")
