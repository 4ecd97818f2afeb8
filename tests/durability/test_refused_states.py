"""State that can't be gone on from is refused by its own error, and left as it was."""

from __future__ import annotations

import sqlite3
import subprocess
import sys

import pytest

from ic_factory.replica.storage.errors import (
    DamagedState,
    ForeignState,
    NewerState,
    StateInUse,
    StateRefused,
    StorageUnavailable,
)
from ic_factory.replica.storage.storage import Storage
from tests.canisters.universal import Program
from tests.durability.worlds import count, installed


@pytest.fixture
def stopped(disk):
    """A directory with a state that has a canister, some memory and a snapshot."""
    with disk.replica() as replica:
        canister_id = installed(replica)
        replica.update(canister_id, "update", Program().stable_grow(2).drop().reply().code)
        replica.snapshots.take("one")
        count(replica, canister_id)
    return disk


def refused(disk, kind, match=None):
    before = {path.name: path.read_bytes() for path in disk.directory.iterdir()}
    with pytest.raises(kind, match=match):
        disk.replica()
    # What SQLite needs to read is its own affair.
    after = {
        path.name: path.read_bytes()
        for path in disk.directory.iterdir()
        if not path.name.endswith(("-shm", "-wal")) or path.name in before
    }
    assert after == before


def rewritten(disk, position, data):
    path = disk.directory / "state.db"
    content = bytearray(path.read_bytes())
    content[position : position + len(data)] = data
    path.write_bytes(content)


def test_a_file_of_another_kind(stopped):
    (stopped.directory / "state.db").write_bytes(b"nothing that a replica wrote" * 100)
    refused(stopped, ForeignState, "no SQLite database")


def test_an_empty_or_short_file(stopped):
    for content in (b"", b"SQLite format 3\x00"):
        (stopped.directory / "state.db").write_bytes(content)
        refused(stopped, ForeignState)


def test_another_program_s_database(stopped):
    path = stopped.directory / "state.db"
    path.unlink()
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE notes (text TEXT)")
    connection.close()
    refused(stopped, ForeignState, "another program's")


def test_a_later_format(stopped):
    rewritten(stopped, 60, (99).to_bytes(4, "big"))
    refused(stopped, NewerState, "format 99")


def test_a_format_that_never_was(stopped):
    rewritten(stopped, 60, bytes(4))
    refused(stopped, DamagedState)


def test_a_database_that_is_cut_off(stopped):
    path = stopped.directory / "state.db"
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    refused(stopped, StateRefused)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM facts",
        "UPDATE facts SET value = x'00'",
        "DELETE FROM moment WHERE snapshot IS NULL",
        "DELETE FROM canister",
        "DELETE FROM image",
        "DELETE FROM page",
        "DELETE FROM blob",
        "UPDATE page SET content = zeroblob(4096)",
        "UPDATE page SET content = 'text'",
        "UPDATE image SET body = substr(body, 1, 8)",
        "UPDATE moment SET body = x'a0'",
        "UPDATE canister SET body = substr(body, 2)",
        "UPDATE blob SET content = x'0061736d01000000'",
        "DROP TABLE input",
    ],
)
def test_contents_that_are_not_as_they_were_written(stopped, statement):
    connection = sqlite3.connect(stopped.directory / "state.db", isolation_level=None)
    connection.execute(statement)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    refused(stopped, DamagedState)


@pytest.mark.parametrize(
    "statement",
    ["DELETE FROM input WHERE sequence = {}", "UPDATE input SET body = x'00' WHERE sequence = {}"],
)
def test_a_log_with_a_gap_or_a_changed_input(disk, statement):
    with disk.replica() as replica:
        count(replica, installed(replica))
        left = disk.crashed()
    connection = sqlite3.connect(left.directory / "state.db", isolation_level=None)
    connection.execute(statement.format(3))
    connection.close()
    refused(left, DamagedState, "input 3")


@pytest.mark.slow
def test_no_damaged_byte_breaks_anything_but_the_start(stopped):
    """Each start is refused by an error of ours, or finds a state with the root that it had."""
    path = stopped.directory / "state.db"
    good = path.read_bytes()
    for position in range(0, len(good), 1_531):
        path.write_bytes(good[:position] + bytes([good[position] ^ 0xFF]) + good[position + 1 :])
        for companion in ("state.db-wal", "state.db-shm"):
            path.with_name(companion).unlink(missing_ok=True)
        try:
            replica = stopped.replica()
        except StateRefused:
            continue
        replica.close()


def test_two_processes_never_have_one_state(disk):
    with disk.replica() as replica:
        installed(replica)
        with pytest.raises(StateInUse):
            Storage(disk.directory)
        other = "from pathlib import Path; from ic_factory.replica import Storage; import sys\n"
        done = subprocess.run(
            [sys.executable, "-c", other + "Storage(Path(sys.argv[1]))", str(disk.directory)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert "StateInUse" in done.stderr


def test_a_directory_that_cannot_be_made(tmp_path, engine):
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageUnavailable):
        Storage(tmp_path / "file" / "state")


def test_a_state_that_was_never_completed_is_begun_anew(disk):
    disk.directory.mkdir()
    (disk.directory / "state.db.new").write_bytes(b"half of it")
    with disk.replica() as replica:
        assert count(replica, installed(replica)) == 1
    assert {path.name for path in disk.directory.iterdir()} == {"state.db", "state.lock"}
