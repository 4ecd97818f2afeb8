"""Which replica is meant where none is named: the one that runs in the default place."""

from __future__ import annotations

from ic_factory.networks.errors import SeveralReplicasRunning
from ic_factory.networks.provided_replica import is_answering
from ic_factory.networks.state_directory import StateDirectory, default_state_directories


def find_only_running() -> StateDirectory | None:
    """The state directory of this user's only replica in the default place; None for no replica.

    Raises:
        SeveralReplicasRunning: more than one runs.
        StateDirectoryError: a directory in the default place can't be read.
    """
    running = {
        port: directory
        for port, directory in default_state_directories().items()
        if _has_running(directory)
    }
    if len(running) > 1:
        listed = ", ".join(_shown(port, directory) for port, directory in running.items())
        raise SeveralReplicasRunning(f"{len(running)} replicas run: {listed}")
    return next(iter(running.values()), None)


def url_of(directory: StateDirectory) -> str | None:
    """Where the replica of a state directory is reached; None where it does not say so (yet).

    Raises:
        StateDirectoryError: the directory can't be read.
    """
    record = directory.read_record() or directory.read_provided()
    return None if record is None else record.url


def _has_running(directory: StateDirectory) -> bool:
    provided = directory.read_provided()
    return directory.is_locked() or (provided is not None and is_answering(provided.url))


def _shown(port: int, directory: StateDirectory) -> str:
    """The URL; and the port to name it by, which is 0 for one that was started with any port."""
    what = url_of(directory) or "one that is just starting"
    return f"{what} (--port {port})"
