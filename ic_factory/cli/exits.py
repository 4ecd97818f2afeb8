"""How a command ends: an error as three lines of text, and the exit code.

0 done   1 the operation failed   2 wrong usage   3 network unreachable   130 interrupted
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from ic_factory.errors import IcFactoryError
from ic_factory.networks.errors import (
    PortTaken,
    ReplicaAlreadyRunning,
    ReplicaNotRunning,
    SeveralReplicasRunning,
    StartFailed,
    StateDirectoryError,
    StopFailed,
    Unreachable,
)

START_OR_NAME = (
    "'ic-factory replica start --background', "
    "or name the replica that runs with --port or --state-dir"
)
LOOK_OR_STOP = "'ic-factory replica logs' to see what it does, 'ic-factory replica stop' to end it"


class ExitCode(IntEnum):
    """What the shell is told."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    UNREACHABLE = 3
    INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class Failure:
    """An error as a person is told of it."""

    what: str
    why: str
    advice: str
    exit_code: ExitCode

    @property
    def lines(self) -> tuple[str, str, str]:
        """What failed, why, and what to try."""
        return (f"error: {self.what}", f"  why: {self.why}", f"  try: {self.advice}")


def failure_of(what: str, error: IcFactoryError) -> Failure:
    """What failed, why, what to try, and the code to exit with."""
    advice, exit_code = _advice(error)
    return Failure(what, " ".join(str(error).split()), advice, exit_code)


def _advice(error: IcFactoryError) -> tuple[str, ExitCode]:
    match error:
        case ReplicaNotRunning():
            return START_OR_NAME, ExitCode.UNREACHABLE
        case Unreachable():
            return LOOK_OR_STOP, ExitCode.UNREACHABLE
        case ReplicaAlreadyRunning():
            return (
                "'ic-factory replica stop' first, or another --state-dir and --port",
                ExitCode.FAILED,
            )
        case SeveralReplicasRunning():
            return "the same with --port, to name the one that you mean", ExitCode.FAILED
        case PortTaken():
            return "another --port, or --port 0 for one that is free", ExitCode.FAILED
        case StateDirectoryError():
            return "another --state-dir", ExitCode.FAILED
        case StartFailed():
            return "'ic-factory replica logs' to see what the replica said", ExitCode.FAILED
        case StopFailed():
            return "ending the process by the means of your system", ExitCode.FAILED
        case _:
            return "the same with 'ic-factory --debug …' for the trace", ExitCode.FAILED
