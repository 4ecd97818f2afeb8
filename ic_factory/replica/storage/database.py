"""The file that holds a replica's state: a SQLite database of this program's own format.

What was committed is there when this process has ended, however it ended. After a power cut the
database is as it was after some commit (`WAL`, `NORMAL`), and after the last one where commits are
synchronised with the disk (`FULL`).
"""

from __future__ import annotations

import os
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock

from ic_factory.replica.storage.errors import (
    DamagedState,
    ForeignState,
    NewerState,
    StateInUse,
    StorageUnavailable,
)

STATE_FILE = "state.db"
LOCK_FILE = "state.lock"
FORMAT = 1
"""Grows with each change that an earlier version could not read."""
APPLICATION_ID = 0x49434661
SQLITE_PAGE_BYTES = 16_384
"""Large arguments and memory pages pack well into such pages."""

_MAGIC = b"SQLite format 3\x00"
_HEADER_BYTES = 100
_FORMAT_AT, _APPLICATION_AT = 60, 68
_SCHEMA = """
    CREATE TABLE facts (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
    CREATE TABLE input (sequence INTEGER PRIMARY KEY, checksum INTEGER, body BLOB NOT NULL);
    CREATE TABLE moment (
        id INTEGER PRIMARY KEY, snapshot INTEGER UNIQUE, checksum INTEGER, body BLOB NOT NULL
    );
    CREATE TABLE canister (
        moment INTEGER, ordinal INTEGER, checksum INTEGER, body BLOB NOT NULL,
        PRIMARY KEY (moment, ordinal)
    ) WITHOUT ROWID;
    CREATE TABLE image (id INTEGER PRIMARY KEY, checksum INTEGER, body BLOB NOT NULL);
    CREATE TABLE page (id INTEGER PRIMARY KEY, checksum INTEGER, content BLOB NOT NULL);
    CREATE TABLE blob (hash BLOB PRIMARY KEY, content BLOB NOT NULL);
"""

# What SQLite says of a file that is not as it left it.
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_IN_USE = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def checksum(data: bytes) -> int:
    """What is kept beside a row to tell whether it is as it was written."""
    return zlib.crc32(data)


def checked(what: str, data: bytes, kept: int) -> bytes:
    """The bytes of a row.

    Raises:
        DamagedState: they are not those that were written.
    """
    if not isinstance(data, bytes) or checksum(data) != kept:
        raise DamagedState(f"{what} is not as it was written")
    return data


class Database:
    """One connection, used by one thread at a time; nobody else can open the file meanwhile."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        """Use `opened`, `opened_to_read` or `new`."""
        self.path = path
        self.is_synchronised = False
        """Whether a power cut leaves what `transaction` has committed."""
        self._connection = connection
        self._lock = RLock()

    @classmethod
    def opened(cls, path: Path) -> Database:
        """The database of a file that was checked by `opened_to_read`.

        Raises:
            StateInUse: another process has it.
            StorageUnavailable: it can't be written to.
        """
        database = cls(path, _connect(path, "rw"))
        with database.reading() as connection:
            _prepare(connection)
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("COMMIT")
        return database

    @classmethod
    def opened_to_read(cls, path: Path) -> Database:
        """The database of a file, which is not changed.

        Raises:
            ForeignState, NewerState, DamagedState: it is no state that this version can read.
            StateInUse: another process has it.
        """
        _check_header(path)
        return cls(path, _connect(path, "ro"))

    @classmethod
    def new(cls, path: Path) -> Database:
        """An empty database, in place of what is at `path`.

        Raises:
            StorageUnavailable: there is no room for it.
        """
        for leftover in (path, *map(path.with_name, _companions(path.name))):
            leftover.unlink(missing_ok=True)
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        except OSError as error:
            raise StorageUnavailable(f"{path} can't be made: {error.strerror}") from error
        database = cls(path, _connect(path, "rw"))
        with database.reading() as connection:
            connection.execute(f"PRAGMA page_size={SQLITE_PAGE_BYTES}")
            connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version={FORMAT}")
            connection.executescript(_SCHEMA)
            _prepare(connection)
        return database

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """The connection, for one thread.

        Raises:
            DamagedState, StateInUse, StorageUnavailable: as SQLite says.
        """
        with self._lock:
            try:
                yield self._connection
            except sqlite3.ProgrammingError:
                raise
            except sqlite3.Error as error:
                raise _translated(self.path, error) from error

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """The connection, for one thread; what it does happens as a whole or not at all.

        Where commits are synchronised, a power cut leaves it, and all that was written before.

        Raises:
            StorageUnavailable: nothing was written.
            DamagedState: the file is not as it was written.
        """
        with self._transaction("FULL" if self.is_synchronised else "NORMAL") as connection:
            yield connection

    @contextmanager
    def early_transaction(self) -> Iterator[sqlite3.Connection]:
        """A transaction that a power cut may undo until the next `transaction` has ended.

        Raises:
            StorageUnavailable: nothing was written.
            DamagedState: the file is not as it was written.
        """
        with self._transaction("NORMAL") as connection:
            yield connection

    @contextmanager
    def _transaction(self, synchronous: str) -> Iterator[sqlite3.Connection]:
        with self.reading() as connection:
            try:
                connection.execute(f"PRAGMA synchronous={synchronous}")
                connection.execute("BEGIN IMMEDIATE")
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def close(self) -> None:
        """Lets go of the file."""
        with self._lock:
            self._connection.close()


def state_files() -> tuple[str, ...]:
    """The names of all files that a state may consist of."""
    new = new_name(STATE_FILE)
    return (LOCK_FILE, STATE_FILE, *_companions(STATE_FILE), new, *_companions(new))


def new_name(name: str) -> str:
    """The name of a file until it is complete."""
    return f"{name}.new"


def _companions(name: str) -> tuple[str, ...]:
    """The files that SQLite keeps beside one of this name."""
    return tuple(f"{name}-{kind}" for kind in ("wal", "shm", "journal"))


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    try:
        return sqlite3.connect(
            f"{path.absolute().as_uri()}?mode={mode}",
            uri=True,
            isolation_level=None,
            check_same_thread=False,
            timeout=0.5,
        )
    except sqlite3.Error as error:
        raise _translated(path, error) from error


def _prepare(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA locking_mode=EXCLUSIVE")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA wal_autocheckpoint=512")
    connection.execute("PRAGMA cache_size=-4096")


def _check_header(path: Path) -> None:
    """Looks at the file before SQLite does, which would touch what is not its own."""
    try:
        with path.open("rb") as file:
            header = file.read(_HEADER_BYTES)
    except OSError as error:
        raise StorageUnavailable(f"{path} can't be read: {error.strerror}") from error
    application = int.from_bytes(header[_APPLICATION_AT : _APPLICATION_AT + 4], "big")
    if not header.startswith(_MAGIC) or len(header) < _HEADER_BYTES:
        raise ForeignState(f"{path} is no state of a replica: it is no SQLite database")
    if application != APPLICATION_ID:
        raise ForeignState(f"{path} is no state of a replica: another program's database")
    written = int.from_bytes(header[_FORMAT_AT : _FORMAT_AT + 4], "big")
    if written > FORMAT:
        raise NewerState(
            f"{path} has format {written}, this version reads up to {FORMAT}: "
            "use the version that wrote it"
        )
    if written < 1:
        raise DamagedState(f"{path} has format {written}, which there has never been")


def _translated(path: Path, error: sqlite3.Error) -> DamagedState | StateInUse | StorageUnavailable:
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    if code in _IN_USE:
        return StateInUse(f"another process has {path}")
    if code in _DAMAGED or code == sqlite3.SQLITE_ERROR:
        return DamagedState(f"{path} is damaged: {error}")
    return StorageUnavailable(f"{path} can't be written: {error}")
