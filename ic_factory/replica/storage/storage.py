"""A replica's state on disk: loaded once, then written ahead of whatever happens.

storage = Storage(directory)          # looks at what is there, and changes nothing
storage.begin(seed, checkpoint)       # where `storage.seed` is None: a new state
storage.load(engine, tree_of)         # else the last checkpoint,
storage.inputs_since(checkpoint)      # the inputs since then,
storage.open()                        # and from here on inputs are appended
"""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ic_factory.process_lock import LockHeld, ProcessLock
from ic_factory.replica.execution.engine import Engine
from ic_factory.replica.storage.checkpoints import CheckpointStore
from ic_factory.replica.storage.database import LOCK_FILE, STATE_FILE, Database, new_name
from ic_factory.replica.storage.errors import (
    DamagedState,
    StateInUse,
    StorageError,
    StorageUnavailable,
)
from ic_factory.replica.storage.input_log import InputLog, read_inputs
from ic_factory.replica.storage.inputs import Input
from ic_factory.replica.storage.moments import Checkpoint, TreeOf

logger = logging.getLogger(__name__)

SEED_BYTES = 32


@dataclass(frozen=True, slots=True)
class ReplayBounds:
    """After how much of it the log is replaced by a checkpoint, so that a start is short."""

    inputs: int = 5_000
    input_bytes: int = 64 * 1024**2
    instructions: int = 10_000_000_000


@dataclass(slots=True)
class _Growth:
    """What has come into the log since the last checkpoint."""

    inputs: int = 0
    input_bytes: int = 0
    instructions: int = 0

    def share_of(self, bounds: ReplayBounds) -> float:
        """How much of the bounds that is; 1 for all that is allowed."""
        return max(
            self.inputs / bounds.inputs,
            self.input_bytes / bounds.input_bytes,
            self.instructions / bounds.instructions,
        )


class Storage:
    """One replica's state. One thread appends inputs; another writes checkpoints."""

    def __init__(
        self,
        directory: Path,
        bounds: ReplayBounds | None = None,
        *,
        survives_power_cuts: bool = False,
    ) -> None:
        """Looks at the state in a directory, which is made with mode 0700 where it is not there.

        Args:
            directory: the state's alone, or a state directory of `ic-factory replica start`.
            bounds: when a checkpoint takes the log's place.
            survives_power_cuts: whether no answer is given before the disk has it. The end of the
                process, even by `kill -9`, undoes none in either case.

        Raises:
            ForeignState, NewerState, DamagedState: it is no state that can be gone on from.
            StateInUse: another process has it.
            StorageUnavailable: it can't be read, or the directory can't be made.
        """
        self.path = directory / STATE_FILE
        self.bounds = bounds or ReplayBounds()
        self._survives_power_cuts = survives_power_cuts
        self.seed: bytes | None = None
        """What keys and randomness follow from; None where there is no state yet."""
        self._database: Database | None = None
        self._log: InputLog | None = None
        self._checkpoints = CheckpointStore()
        self._growth = _Growth()
        self._writing: threading.Thread | None = None
        self._lock = _locked(directory)
        try:
            if self.path.exists():
                self._database = Database.opened_to_read(self.path)
                self.seed = _seed_in(self._database)
        except BaseException:
            self.close()
            raise

    def begin(self, seed: bytes, beginning: Checkpoint) -> None:
        """Makes a state that has only just begun, and opens it.

        Raises:
            StorageUnavailable: it can't be written.
        """
        incomplete = self.path.with_name(new_name(STATE_FILE))
        database = Database.new(incomplete)
        try:
            with database.transaction() as connection:
                connection.execute("INSERT INTO facts VALUES ('seed', ?)", (seed,))
            self._checkpoints.write(database, beginning)
        finally:
            database.close()
        incomplete.replace(self.path)
        _synchronise(self.path.parent)
        self.seed = seed
        self._open(beginning.sequence)

    def load(self, engine: Engine, tree_of: TreeOf) -> Checkpoint:
        """The last checkpoint, with the snapshots that were taken until then.

        Raises:
            DamagedState: something is missing, or is not as it was written.
        """
        assert self._database is not None
        return self._checkpoints.load(self._database, engine, tree_of)

    def inputs_since(self, checkpoint: Checkpoint) -> Iterator[tuple[int, Input]]:
        """Number and content of each input since a checkpoint.

        Raises:
            DamagedState: one is missing, or is not as it was written.
        """
        assert self._database is not None
        return read_inputs(self._database, checkpoint.sequence)

    def open(self, checkpoint: Checkpoint, last_input: int) -> None:
        """Goes on behind an input since the checkpoint: the state may be written from here on.

        Raises:
            StateInUse: another process has it.
            StorageUnavailable: it can't be written.
        """
        self._close_database()
        self._open(last_input)
        self._growth = _Growth(inputs=last_input - checkpoint.sequence)

    def _open(self, last_input: int) -> None:
        self._database = Database.opened(self.path)
        self._database.is_synchronised = self._survives_power_cuts
        self._log = InputLog(self._database, last_input)

    @property
    def last_input(self) -> int:
        """The number of the last input."""
        return 0 if self._log is None else self._log.last

    def append(self, one: Input) -> None:
        """Writes an input, which the end of this process does not undo.

        Raises:
            StorageUnavailable: it was not written.
        """
        assert self._log is not None
        self._growth.input_bytes += self._log.append(one)
        self._growth.inputs += 1

    def note_instructions(self, instructions: int) -> None:
        """Counts what a round has executed, as a replay would again."""
        self._growth.instructions += instructions

    @property
    def wants_checkpoint(self) -> bool:
        """Whether the log has grown enough, and no checkpoint is being written."""
        return self.log_share >= 1 and not self.is_writing

    @property
    def log_share(self) -> float:
        """How much of the bounds the log has used up since the last checkpoint was begun."""
        return self._growth.share_of(self.bounds)

    @property
    def is_writing(self) -> bool:
        """Whether a checkpoint is being written."""
        return self._writing is not None and self._writing.is_alive()

    def write_in_background(self, checkpoint: Checkpoint) -> None:
        """Writes a checkpoint of the last input in a thread of its own."""
        self._growth = _Growth()
        self._writing = threading.Thread(
            target=self._write_or_warn, args=(checkpoint,), name="replica checkpoint", daemon=True
        )
        self._writing.start()

    def write(self, checkpoint: Checkpoint) -> None:
        """Writes a checkpoint now.

        Raises:
            StorageUnavailable: the one before it is still there.
        """
        self._join()
        self._write(checkpoint)
        self._growth = _Growth()

    def close(self) -> None:
        """Lets go of the state when what is being written has been."""
        self._join()
        self._close_database()
        self._lock.release()

    def _close_database(self) -> None:
        database, self._database, self._log = self._database, None, None
        if database is not None:
            database.close()

    def _join(self) -> None:
        if self._writing is not None:
            self._writing.join()
            self._writing = None

    def _write_or_warn(self, checkpoint: Checkpoint) -> None:
        try:
            self._write(checkpoint)
        except StorageError as error:
            # The log has it all; the next checkpoint may find room.
            logger.warning("no checkpoint: %s", error)

    def _write(self, checkpoint: Checkpoint) -> None:
        assert self._database is not None
        assert self._log is not None
        self._checkpoints.write(self._database, checkpoint)
        self._log.forget_until(checkpoint.sequence)


def _locked(directory: Path) -> ProcessLock:
    """Keeps everyone else from a directory, this process too.

    SQLite's own lock does not do for that: POSIX has a process lose it as soon as it closes the
    file a second time.
    """
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        return ProcessLock(directory / LOCK_FILE)
    except LockHeld as error:
        raise StateInUse(f"another replica has the state in {directory}") from error
    except OSError as error:
        raise StorageUnavailable(f"{directory} can't be used: {error.strerror}") from error


def _seed_in(database: Database) -> bytes:
    with database.reading() as connection:
        row = connection.execute("SELECT value FROM facts WHERE name = 'seed'").fetchone()
    if row is None or not isinstance(row[0], bytes) or len(row[0]) != SEED_BYTES:
        raise DamagedState(f"{database.path} has no seed")
    seed: bytes = row[0]
    return seed


def _synchronise(directory: Path) -> None:
    """Makes a new name in a directory last; not to be had, and not needed, on Windows."""
    if sys.platform == "win32":
        return
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
