"""Writes docs/cli.md from the commands' own help: python -m tests.architecture.cli_reference."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import typer.main

from ic_factory.cli.app import app
from tests.architecture.checkout import ROOT

REFERENCE = ROOT / "docs" / "cli.md"
WIDTH = 100
HEADER = """# The command line

What `--help` says of each command, written by `python -m tests.architecture.cli_reference`.
"""


def reference() -> str:
    """The whole document."""
    command = typer.main.get_command(app)
    sections = [
        f"## {name}\n\n```text\n{text}\n```\n" for name, text in helps("ic-factory", command)
    ]
    return "\n".join([HEADER, *sections])


def helps(name: str, command: Any) -> Iterator[tuple[str, str]]:
    """Full name and help of a command and of all below it."""
    context = command.make_context(name, [], resilient_parsing=True)
    context.terminal_width = WIDTH
    yield name, command.get_help(context).strip()
    for subcommand in getattr(command, "commands", {}).values():
        yield from helps(f"{name} {subcommand.name}", subcommand)


if __name__ == "__main__":
    REFERENCE.write_text(reference(), encoding="utf-8")
