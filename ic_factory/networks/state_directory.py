"""The directory where a replica keeps what outlives its process, for its user alone.

state.db       the replica's state (`replica.storage`), with the files that SQLite keeps beside it
replica.json   who runs here (see `InstanceRecord`); gone when nobody does
provided.json  instead of it, for one that a program of others runs (see `ProvidedReplica`)
replica.lock   held by the replica that runs here
replica.log    what it logs
replica.port   where a PocketIC server tells its port
"""

from __future__ import annotations

import os
import re
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import platformdirs

from ic_factory.networks.errors import ReplicaAlreadyRunning, StateDirectoryError
from ic_factory.networks.instance_record import InstanceRecord
from ic_factory.networks.provided_replica import ProvidedReplica, is_answering
from ic_factory.process_lock import LockHeld, ProcessLock

LOCK_ATTEMPTS = 10
LOCK_PAUSE_SECONDS = 0.03
"""Others probe the lock for a moment; only one that stays held means a running replica."""

_RECORD, _LOCK, _LOG = "replica.json", "replica.lock", "replica.log"
_PROVIDED, _PORT = "provided.json", "replica.port"
STATE_FILES = frozenset(
    f"{name}{suffix}"
    for name in ("state.db", "state.db.new")
    for suffix in ("", "-wal", "-shm", "-journal")
) | {"state.lock"}
"""Of the storage's making; named here too, as nothing here loads the replica."""
_OWN = frozenset({_RECORD, _LOCK, _LOG, _PROVIDED, _PORT}) | STATE_FILES
_PREFIX = "replica-"
T = TypeVar("T")
_NAME = re.compile(rf"{_PREFIX}(0|[1-9][0-9]{{0,4}})")


def default_state_directory(port: int) -> StateDirectory:
    """Where a replica on this port keeps its state if nothing else is said."""
    return StateDirectory(_default_place() / f"{_PREFIX}{port}")


def default_state_directories() -> dict[int, StateDirectory]:
    """Those that are there, by the ports that replicas were started with."""
    ports = [
        int(path.name.removeprefix(_PREFIX))
        for path in _default_place().glob(f"{_PREFIX}*")
        if _NAME.fullmatch(path.name)
    ]
    return {port: default_state_directory(port) for port in sorted(ports)}


@dataclass(frozen=True, slots=True)
class StateDirectory:
    """A directory for one replica at a time."""

    path: Path

    @property
    def log_file(self) -> Path:
        return self.path / _LOG

    @property
    def port_file(self) -> Path:
        return self.path / _PORT

    def prepare(self) -> None:
        """Makes the directory if it isn't there, and shuts it to other users.

        Raises:
            StateDirectoryError: it can't be made or read, or holds files that no replica put
                there.
        """
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._check_own()
            self.path.chmod(0o700)
        except OSError as error:
            raise self._unusable(_reason(error)) from error

    def lock(self) -> ProcessLock:
        """Takes the directory for this process.

        Raises:
            ReplicaAlreadyRunning: another replica has it.
            StateDirectoryError: the lock file can't be opened.
        """
        for attempt in range(LOCK_ATTEMPTS):
            if attempt:
                time.sleep(LOCK_PAUSE_SECONDS)
            try:
                return ProcessLock(self.path / _LOCK)
            except LockHeld:
                continue
            except OSError as error:
                raise self._unusable(_reason(error)) from error
        record = self.read_record()
        who = "is just starting" if record is None else f"serves {record.url}"
        raise ReplicaAlreadyRunning(f"a replica that {who} runs on {self.path} already")

    def is_locked(self) -> bool:
        """Whether a replica has the directory now."""
        if not (self.path / _LOCK).exists():
            return False
        try:
            ProcessLock(self.path / _LOCK).release()
        except LockHeld:
            return True
        except OSError as error:
            raise self._unusable(_reason(error)) from error
        return False

    def read_record(self) -> InstanceRecord | None:
        """Who runs here, or ran and did not clear up; None where nobody says so."""
        return self._read(_RECORD, InstanceRecord.from_json)

    def write_record(self, record: InstanceRecord) -> None:
        """Says who runs here, at once in full, for the user alone to read."""
        self._write(_RECORD, record.to_json())

    def remove_record(self) -> None:
        """Says that nobody runs here."""
        (self.path / _RECORD).unlink(missing_ok=True)

    def read_provided(self) -> ProvidedReplica | None:
        """Which replica a program of others runs, or ran; None where none is noted."""
        return self._read(_PROVIDED, ProvidedReplica.from_json)

    def write_provided(self, replica: ProvidedReplica) -> None:
        """Notes a replica that a program of others runs, at once in full."""
        self._write(_PROVIDED, replica.to_json())

    def remove_provided(self) -> None:
        """Notes that no program of others runs a replica."""
        (self.path / _PROVIDED).unlink(missing_ok=True)

    def forget_provided(self) -> None:
        """Removes the note of a replica of another program, where that has gone.

        Raises:
            ReplicaAlreadyRunning: it has not.
        """
        provided = self.read_provided()
        if provided is None:
            return
        if is_answering(provided.url):
            who = f"a replica of {provided.provider} that serves {provided.url}"
            raise ReplicaAlreadyRunning(f"{who} runs on {self.path} already")
        self.remove_provided()

    def clean(self) -> None:
        """Removes what replicas have left here; for the holder of the lock."""
        for entry in self.path.iterdir():
            if entry.name == _LOCK or not _is_own(entry.name):
                continue
            if entry.name == _LOG:
                # Emptied, not removed: a replica that is starting has it open for its crashes.
                os.truncate(entry, 0)
            else:
                entry.unlink()

    def _read(self, name: str, from_json: Callable[[str], T]) -> T | None:
        try:
            return from_json((self.path / name).read_text("utf-8"))
        except FileNotFoundError:
            return None
        except ValueError as error:
            raise self._unusable(f"{name} is damaged: {error}") from error
        except OSError as error:
            raise self._unusable(_reason(error)) from error

    def _write(self, name: str, text: str) -> None:
        # mkstemp gives its files mode 0600.
        descriptor, temporary = tempfile.mkstemp(prefix=f"{_RECORD}.", dir=self.path)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        Path(temporary).replace(self.path / name)

    def _check_own(self) -> None:
        for entry in self.path.iterdir():
            if not _is_own(entry.name):
                raise self._unusable(f"it holds {entry.name!r}, no file of a replica's")

    def _unusable(self, reason: str) -> StateDirectoryError:
        return StateDirectoryError(f"state directory {self.path} can't be used: {reason}")


def _default_place() -> Path:
    return platformdirs.user_state_path("ic-factory")


def _is_own(name: str) -> bool:
    return name in _OWN or name.startswith(f"{_RECORD}.")


def _reason(error: OSError) -> str:
    return error.strerror or str(error)
