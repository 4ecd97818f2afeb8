"""One factory, one caller: what the commands that ask the factory begin with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from ic_factory.cli.context import context_of
from ic_factory.cli.session import open_session

if TYPE_CHECKING:
    from ic_factory.drivers.factory import Factory


@contextmanager
def asking_factory(
    context: typer.Context, what: str, network: str, identity: str | None, factory: str | None
) -> Iterator[Factory]:
    """A factory to ask; what fails meanwhile ends the command with three lines.

    Args:
        context: The command's.
        what: What is being done, for those lines.
        network: The network, by name or URL.
        identity: Who asks, by name; the default one where it is None.
        factory: The factory, by id or name; the project's where it is None.
    """
    run = context_of(context)
    with run.reporting_failure_of(what), open_session(network, identity) as session:
        yield session.factory(factory)
