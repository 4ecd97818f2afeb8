"""Checkpoints and snapshots in the database. Each is there as a whole, or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ic_factory.replica.execution.engine import Engine
from ic_factory.replica.storage.database import Database, checked, checksum
from ic_factory.replica.storage.errors import DamagedState
from ic_factory.replica.storage.images import ImageStore, Plan
from ic_factory.replica.storage.moments import (
    Checkpoint,
    KeptMoment,
    MomentReader,
    MomentWriter,
    TreeOf,
)

_CHECKPOINT = "SELECT id, checksum, body FROM moment WHERE snapshot IS NULL"
_SNAPSHOTS = "SELECT id, checksum, body FROM moment WHERE snapshot IS NOT NULL ORDER BY snapshot"


@dataclass(frozen=True, slots=True)
class _Stored:
    """A moment that is in the database, or will be."""

    row: int
    plan: Plan


@dataclass(frozen=True, slots=True)
class _Rows:
    """What is inserted for a moment."""

    stored: _Stored
    snapshot: int | None
    body: bytes
    canisters: list[bytes]


class CheckpointStore:
    """Writes checkpoints, of which the last one stays, and snapshots. One thread at a time."""

    def __init__(self) -> None:
        """A store for a database that has no checkpoint yet; `load` takes in one that has."""
        self._images = ImageStore()
        self._writer = MomentWriter(self._images)
        self._checkpoint: _Stored | None = None
        self._snapshots: dict[int, _Stored] = {}
        self._last_row = 0

    def load(self, database: Database, engine: Engine, tree_of: TreeOf) -> Checkpoint:
        """The last checkpoint, with the snapshots that were taken until then.

        Raises:
            DamagedState: something is missing, or is not as it was written.
        """
        content = self._images.load(database)
        reader = MomentReader(content, self._images, engine, tree_of)
        found = _moment_rows(database, _CHECKPOINT)
        if len(found) != 1:
            raise DamagedState(f"there are {len(found)} checkpoints, and must be one")
        row, body = found[0]
        record = reader.checkpoint(body)
        moment = reader.moment(record.moment, _canister_rows(database, row))
        self._checkpoint = _Stored(row, reader.plan)
        self._last_row = row
        snapshots = tuple(self._loaded_snapshots(database, reader))
        return Checkpoint(
            sequence=record.sequence,
            moment=moment,
            clock=record.moment.clock,
            config=record.config,
            snapshots=snapshots,
            snapshots_taken=record.snapshots_taken,
            direct_calls=record.direct_calls,
        )

    def _loaded_snapshots(self, database: Database, reader: MomentReader) -> Iterator[KeptMoment]:
        for row, body in _moment_rows(database, _SNAPSHOTS):
            reader.plan = Plan()
            record = reader.snapshot(body)
            moment = reader.moment(record.moment, _canister_rows(database, row))
            self._snapshots[record.number] = _Stored(row, reader.plan)
            self._last_row = max(self._last_row, row)
            yield KeptMoment(record.number, record.name, moment, record.moment.clock)

    def write(self, database: Database, checkpoint: Checkpoint) -> None:
        """Puts a checkpoint, and the snapshots that it names, in the place of the last one.

        Raises:
            StorageUnavailable: the last one is still there.
        """
        main = self._checkpoint_rows(checkpoint)
        kept = {snapshot.number for snapshot in checkpoint.snapshots}
        new = [
            self._snapshot_rows(snapshot)
            for snapshot in checkpoint.snapshots
            if snapshot.number not in self._snapshots
        ]
        for rows in (main, *new):
            self._images.write_content(database, rows.stored.plan)
        gone = [each for number, each in self._snapshots.items() if number not in kept]
        if self._checkpoint is not None:
            gone.append(self._checkpoint)
        with database.transaction() as connection:
            for stored in gone:
                connection.execute("DELETE FROM moment WHERE id = ?", (stored.row,))
                connection.execute("DELETE FROM canister WHERE moment = ?", (stored.row,))
            for rows in (main, *new):
                image_rows = self._images.new_image_rows(rows.stored.plan)
                # An image may be new for several of them.
                connection.executemany("INSERT OR IGNORE INTO image VALUES (?, ?, ?)", image_rows)
                connection.execute(
                    "INSERT INTO moment VALUES (?, ?, ?, ?)",
                    (rows.stored.row, rows.snapshot, checksum(rows.body), rows.body),
                )
                connection.executemany(
                    "INSERT INTO canister VALUES (?, ?, ?, ?)",
                    [
                        (rows.stored.row, ordinal, checksum(body), body)
                        for ordinal, body in enumerate(rows.canisters)
                    ],
                )
        self._checkpoint = main.stored
        self._snapshots = {
            number: each for number, each in self._snapshots.items() if number in kept
        } | {rows.snapshot: rows.stored for rows in new if rows.snapshot is not None}
        stored_plans = [each.plan for each in (main.stored, *self._snapshots.values())]
        self._images.keep_only(database, stored_plans)

    def _checkpoint_rows(self, checkpoint: Checkpoint) -> _Rows:
        plan = self._writer.plan = Plan()
        body = self._writer.checkpoint(checkpoint)
        canisters = self._writer.canisters(checkpoint.moment)
        return _Rows(_Stored(self._next_row(), plan), None, body, canisters)

    def _snapshot_rows(self, snapshot: KeptMoment) -> _Rows:
        plan = self._writer.plan = Plan()
        body = self._writer.snapshot(snapshot)
        canisters = self._writer.canisters(snapshot.moment)
        return _Rows(_Stored(self._next_row(), plan), snapshot.number, body, canisters)

    def _next_row(self) -> int:
        self._last_row += 1
        return self._last_row


def _moment_rows(database: Database, statement: str) -> list[tuple[int, bytes]]:
    with database.reading() as connection:
        return [
            (row, checked(f"moment {row}", body, kept))
            for row, kept, body in connection.execute(statement)
        ]


def _canister_rows(database: Database, moment: int) -> list[bytes]:
    with database.reading() as connection:
        rows = connection.execute(
            "SELECT checksum, body FROM canister WHERE moment = ? ORDER BY ordinal", (moment,)
        )
        return [checked(f"a canister of moment {moment}", body, kept) for kept, body in rows]
