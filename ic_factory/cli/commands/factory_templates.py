"""`ic-factory factory templates …`: uploads under names, from which users get canisters."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ic_factory.cli.arguments import ArgFile, ArgJson, ArgText, read_argument
from ic_factory.cli.documents import plain, text_of, time_text
from ic_factory.cli.factory_session import asking_factory
from ic_factory.cli.groups import running
from ic_factory.cli.options import DEFAULT_NETWORK, FactoryId, Identity, Json, Network, Yes
from ic_factory.cli.quantities import parse_cycles, parse_size
from ic_factory.cli.render import (
    Table,
    bytes_text,
    cycles_text,
    show_json,
    show_line,
    show_table,
)
from ic_factory.cli.session import ask

if TYPE_CHECKING:
    from ic_factory.drivers.generated.factory import TemplateInfo

commands = typer.Typer(
    help="Uploads under names, from which users get canisters; 'list' where nothing is said.",
    rich_markup_mode=None,
    invoke_without_command=True,
)
commands.callback()(running("list"))


@commands.command("list", epilog="Example:  ic-factory factory templates list")
def list_(
    context: typer.Context,
    network: Network = DEFAULT_NETWORK,
    identity: Identity = None,
    factory: FactoryId = None,
    as_json: Json = False,
) -> None:
    """List the templates, by name."""
    with asking_factory(context, "listing templates", network, identity, factory) as target:
        found = list(target.templates())
        if as_json:
            show_json({"templates": [_document(each) for each in found]})
        else:
            show_table(_table(found))


@commands.command(
    "set", epilog="Example:  ic-factory factory templates set user --upload 1 --cycles 1T"
)
def set_(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The template.")],
    upload_id: Annotated[
        int, typer.Option("--upload", metavar="N", help="A committed upload, by its id.")
    ],
    cycles: Annotated[
        int,
        typer.Option(
            "--cycles",
            metavar="CYCLES",
            parser=parse_cycles,
            help="What each new canister is made with, the fee for its creation included.",
        ),
    ],
    arg: ArgText = None,
    arg_json: ArgJson = None,
    arg_file: ArgFile = None,
    did: Annotated[
        Path | None,
        typer.Option(
            "--did",
            metavar="FILE",
            help="The interface, which tells the types of init.",
            show_default=False,
        ),
    ] = None,
    handoff: Annotated[
        bool | None,
        typer.Option(
            "--handoff/--no-handoff",
            help="Whether new canisters are handed over to their owners.",
            show_default=False,
        ),
    ] = None,
    memory_allocation: Annotated[
        int | None,
        typer.Option(metavar="SIZE", parser=parse_size, help="Memory that each sets aside."),
    ] = None,
    compute_allocation: Annotated[
        int | None,
        typer.Option(metavar="PERCENT", min=0, max=100, help="Of a core that each has."),
    ] = None,
    network: Network = DEFAULT_NETWORK,
    identity: Identity = None,
    factory: FactoryId = None,
    as_json: Json = False,
) -> None:
    """Register an upload under a name, or set a new version of a template; for admins.

    Without an argument, canisters are installed with (record { owner = <the user> }).
    """
    with asking_factory(context, f"setting template {name}", network, identity, factory) as target:
        from ic_factory.drivers.generated.factory import SetTemplate
        from ic_factory.operations.calling import interface_of_file

        types = None if did is None else interface_of_file(did).init_args or ()
        target.set_template(
            SetTemplate(
                name=name,
                upload_id=upload_id,
                cycles=cycles,
                init_arg=read_argument(arg, arg_json, arg_file, types),
                handoff=handoff,
                memory_allocation=memory_allocation,
                compute_allocation=compute_allocation,
            )
        )
        [made] = [each for each in target.templates() if each.name == name]
        if as_json:
            show_json(_document(made))
        else:
            show_line(f"template {name} is at version {made.version}, {made.module_hash.hex()}")


@commands.command(epilog="Example:  ic-factory factory templates remove user --yes")
def remove(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The template.")],
    network: Network = DEFAULT_NETWORK,
    identity: Identity = None,
    factory: FactoryId = None,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Remove a template; canisters that were made from it stay. For admins."""
    with asking_factory(context, f"removing template {name}", network, identity, factory) as target:
        ask(f"Remove template {name}?", yes)
        target.remove_template(name)
        if as_json:
            show_json({"name": name, "removed": True})
        else:
            show_line(f"removed template {name}")


def _document(template: TemplateInfo) -> dict[str, Any]:
    return {
        "name": template.name,
        "version": template.version,
        "upload_id": template.upload_id,
        "module_hash": template.module_hash.hex(),
        "module_size": template.module_size,
        "cycles": template.cycles,
        "handoff": template.handoff,
        "init_arg": plain(template.init_arg),
        "memory_allocation_bytes": template.settings.memory_allocation,
        "compute_allocation_percent": template.settings.compute_allocation,
        "set_at_ns": template.set_at_time_ns,
    }


def _table(found: list[TemplateInfo]) -> Table:
    columns = ("name", "version", "upload", "size", "cycles", "handoff", "set", "module hash")
    rows = (
        (
            each.name,
            str(each.version),
            str(each.upload_id),
            bytes_text(each.module_size),
            cycles_text(each.cycles),
            text_of(each.handoff),
            time_text(each.set_at_time_ns),
            each.module_hash.hex(),
        )
        for each in found
    )
    return Table("templates", columns, tuple(rows))
