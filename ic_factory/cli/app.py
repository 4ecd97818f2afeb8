"""The composition root of the command line: `ic-factory`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ic_factory import __version__
from ic_factory.cli.commands import (
    bindgen,
    canister,
    capsule,
    create,
    deploy,
    factory,
    gallery,
    identity,
    memory,
    personal,
    quickstart,
    replica,
    replica_moments,
    test,
    uploads,
)
from ic_factory.cli.context import CommandContext
from ic_factory.cli.render import show_line
from ic_factory.cli.settings import defaults_for, read_settings

app = typer.Typer(
    name="ic-factory",
    no_args_is_help=True,
    # Rich's help takes longer to load than all else together, and breaks lines in a pipe.
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
app.command(epilog="Example:  ic-factory quickstart")(quickstart.quickstart)
app.command(epilog="Example:  ic-factory deploy canister_factory")(deploy.deploy)
app.command(epilog="Example:  ic-factory upload personal.wasm.gz")(uploads.upload)
app.add_typer(uploads.commands, name="uploads")
app.command(epilog="Example:  ic-factory create 1 --cycles 2T --handoff")(create.create)
app.add_typer(canister.commands, name="canister")
app.add_typer(factory.commands, name="factory")
app.add_typer(capsule.commands, name="capsule")
app.add_typer(memory.commands, name="memory")
app.add_typer(gallery.commands, name="gallery")
app.add_typer(personal.commands, name="personal")
app.add_typer(identity.commands, name="identity")
app.command(epilog="Example:  ic-factory bindgen factory.did -o factory_types.py")(bindgen.bindgen)
replica_moments.add_to(replica.commands)
app.add_typer(replica.commands, name="replica")
app.command("test", epilog="Example:  ic-factory test capsule-creation")(test.run_scenarios)


def _show_version(is_asked: bool) -> None:
    if is_asked:
        show_line(f"ic-factory {__version__}")
        raise typer.Exit


@app.callback()
def root(
    context: typer.Context,
    debug: Annotated[
        bool,
        typer.Option("--debug", envvar="IC_FACTORY_DEBUG", help="Show the trace of an error too."),
    ] = False,
    _version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=_show_version,
            is_eager=True,
            help="Show the version and exit.",
        ),
    ] = False,
) -> None:
    """Local replica, canister factory and fleet tooling for the Internet Computer.

    Exit codes: 0 done, 1 the operation failed, 2 wrong usage, 3 the network could not be reached,
    4 refused by the canister, 130 interrupted. Settings come from options, then from variables
    IC_FACTORY_..., then from [tool.ic-factory] in pyproject.toml.
    """
    run = context.obj = CommandContext(debug=debug)
    with run.reporting_failure_of("reading the settings"):
        settings = read_settings(Path.cwd())
    context.default_map = defaults_for(context.command, settings)


def main() -> None:
    """Runs the command line on this process's arguments and exits."""
    app(prog_name="ic-factory")
