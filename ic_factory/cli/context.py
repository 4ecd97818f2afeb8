"""What all commands share: where output goes, and how an error ends a command."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import typer

from ic_factory.cli.exits import ExitCode, failure_of
from ic_factory.errors import IcFactoryError


@dataclass(frozen=True, slots=True)
class CommandContext:
    """One run of the command line."""

    debug: bool = False

    def say(self, line: str) -> None:
        """Tells the user something that is no result, on stderr."""
        print(line, file=sys.stderr, flush=True)  # noqa: T201 # the command line speaks

    @contextmanager
    def reporting_failure_of(self, what: str) -> Iterator[None]:
        """Ends the command with three lines and an exit code when its work raises.

        Errors that the package does not raise on purpose pass through, with their trace.
        """
        try:
            yield
        except KeyboardInterrupt:
            self.say("interrupted")
            raise typer.Exit(ExitCode.INTERRUPTED) from None
        except BrokenPipeError:
            # Whoever read the output has gone; what is left of it must not fail once more.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(ExitCode.FAILED) from None
        except IcFactoryError as error:
            if self.debug:
                import traceback

                traceback.print_exception(error)
            failure = failure_of(f"{what} failed", error)
            for line in failure.lines:
                self.say(line)
            raise typer.Exit(failure.exit_code) from error


def context_of(context: typer.Context) -> CommandContext:
    """The shared part of typer's own context."""
    assert isinstance(context.obj, CommandContext)
    return context.obj
