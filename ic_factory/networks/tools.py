"""Runs programs of others that start and stop replicas."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from ic_factory.networks.errors import ToolFailed, ToolMissing, ToolTimedOut

SHOWN_BYTES = 4000
"""How much of what a program said goes into an error, from its end."""
GRACE_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Tool:
    """A program on this machine."""

    name: str
    """As it is found on the PATH, or where it is."""
    how_to_get: str

    def path(self) -> str:
        """Where the program is.

        Raises:
            ToolMissing: it is not there.
        """
        found = shutil.which(self.name)
        if found is None:
            raise ToolMissing(f"there is no program {self.name!r}; {self.how_to_get}")
        return found

    def run(self, arguments: Sequence[str], *, folder: Path, timeout_seconds: float) -> str:
        """Runs the program to its end, and returns what it wrote to stdout.

        It may leave processes in the background. Where it fails, they are ended with it.

        Raises:
            ToolMissing: it is not there.
            ToolFailed: it ended with an error, which is told.
            ToolTimedOut: it did not end in time, and was made to.
        """
        command = [self.path(), *arguments]
        shown = " ".join([Path(self.name).name, *arguments])
        # Files, not pipes: what stays in the background would keep a pipe open.
        with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
            process = _spawn(command, folder, output, errors)
            try:
                code = process.wait(timeout_seconds)
            except subprocess.TimeoutExpired as error:
                end_group(process)
                raise ToolTimedOut(
                    f"'{shown}' did not end in {timeout_seconds:g} seconds{_said(errors, output)}"
                ) from error
            except BaseException:
                end_group(process)
                raise
            if code != 0:
                end_group(process)
                raise ToolFailed(f"'{shown}' ended with code {code}{_said(errors, output)}")
            return _tail(output)


def spawn_server(
    command: Sequence[str], *, folder: Path, log: int, kept_open: int
) -> subprocess.Popen[bytes]:
    """Starts a program that goes on in the background, with no terminal and in a group of its own.

    Args:
        command: the program and its arguments.
        folder: where it starts.
        log: the descriptor of the file that takes what it says.
        kept_open: a descriptor that it inherits.

    Raises:
        ToolFailed: it can't be started.
    """
    try:
        return subprocess.Popen(  # noqa: S603 # the program that the user named
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=(kept_open,),
            start_new_session=True,
        )
    except OSError as error:
        raise ToolFailed(f"{command[0]} can't be started: {error}") from error


def end_group(process: subprocess.Popen[bytes]) -> None:
    """Ends a process that was started here, and those that it left in its group."""
    signal_group(process.pid, signal.SIGTERM)
    deadline = time.monotonic() + GRACE_SECONDS
    while _runs(process) and time.monotonic() < deadline:
        time.sleep(0.02)
    if sys.platform == "win32":
        process.kill()
    else:
        signal_group(process.pid, signal.SIGKILL)
    process.wait()


def signal_group(process_id: int, number: signal.Signals) -> None:
    """Sends a signal to a process that leads a group, and to all of the group."""
    try:
        if sys.platform == "win32":
            os.kill(process_id, number)
        else:
            os.killpg(process_id, number)
    except (ProcessLookupError, PermissionError):
        # It has gone, and what has its number now is not ours.
        return


def _runs(process: subprocess.Popen[bytes]) -> bool:
    """Whether the process, or another of its group, has not ended."""
    if process.poll() is None:
        return True
    if sys.platform == "win32":
        return False
    try:
        os.killpg(process.pid, 0)
    except OSError:
        return False
    return True


def _spawn(
    command: Sequence[str], folder: Path, output: IO[bytes], errors: IO[bytes]
) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(  # noqa: S603 # a program that the user asked for
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=errors,
            start_new_session=True,
        )
    except OSError as error:
        raise ToolFailed(f"{command[0]} can't be started: {error}") from error


def _said(errors: IO[bytes], output: IO[bytes]) -> str:
    text = _tail(errors) or _tail(output)
    return f": {text}" if text else ", and said nothing"


def _tail(file: IO[bytes]) -> str:
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - SHOWN_BYTES))
    return file.read().decode("utf-8", "replace").strip()
