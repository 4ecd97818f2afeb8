"""The composition root of the command line: `ic-factory`."""

from __future__ import annotations

from typing import Annotated

import typer

from ic_factory import __version__
from ic_factory.cli.commands import replica
from ic_factory.cli.context import CommandContext
from ic_factory.cli.render import show_line

app = typer.Typer(
    name="ic-factory",
    no_args_is_help=True,
    # Rich's help takes longer to load than all else together, and breaks lines in a pipe.
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
app.add_typer(replica.commands, name="replica")


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
    130 interrupted.
    """
    context.obj = CommandContext(debug=debug)


def main() -> None:
    """Runs the command line on this process's arguments and exits."""
    app(prog_name="ic-factory")
