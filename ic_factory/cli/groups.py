"""Groups of commands that do something when nothing more is said."""

from __future__ import annotations

from collections.abc import Callable

import typer


def running(default: str) -> Callable[[typer.Context], None]:
    """A group's callback that runs one of its commands where none is named, without options."""

    def callback(context: typer.Context) -> None:
        if context.invoked_subcommand is not None:
            return
        # By its parser, so that variables and settings count as they do when it is named.
        command = context.command.commands[default]  # type: ignore[attr-defined] # it is a group
        with command.make_context(default, [], parent=context) as below:
            command.invoke(below)

    return callback
