"""The log of inputs: what was written to it is acted upon, now or after a restart."""

from __future__ import annotations

from collections.abc import Iterator

from ic_factory.replica.storage.database import Database, checked, checksum
from ic_factory.replica.storage.errors import DamagedState
from ic_factory.replica.storage.inputs import Ingress, Input, decode_input, encode_input

DELETED_AT_ONCE = 500
"""So that nobody waits long for the database."""


class InputLog:
    """Inputs by their number, from 1 on, without gaps."""

    def __init__(self, database: Database, last: int) -> None:
        """Goes on behind the input with the number `last`."""
        self._database = database
        self.last = last

    def append(self, one: Input) -> int:
        """Writes an input, which the end of this process does not undo; its size in bytes.

        Where commits are synchronised with the disk, a user's call is with the next round, before
        which it has no answer.

        Raises:
            StorageUnavailable: it was not written.
        """
        body = encode_input(one)
        database = self._database
        begin = database.early_transaction if isinstance(one, Ingress) else database.transaction
        with begin() as connection:
            connection.execute(
                "INSERT INTO input VALUES (?, ?, ?)", (self.last + 1, checksum(body), body)
            )
        self.last += 1
        return len(body)

    def forget_until(self, sequence: int) -> None:
        """Deletes the inputs up to that number, which a checkpoint has replaced."""
        while True:
            with self._database.early_transaction() as connection:
                deleted = connection.execute(
                    "DELETE FROM input WHERE sequence IN "
                    "(SELECT sequence FROM input WHERE sequence <= ? LIMIT ?)",
                    (sequence, DELETED_AT_ONCE),
                ).rowcount
            if deleted < DELETED_AT_ONCE:
                return


def read_inputs(database: Database, after: int) -> Iterator[tuple[int, Input]]:
    """Number and content of each input behind the one with the number `after`.

    Raises:
        DamagedState: one is missing, or is not as it was written.
    """
    with database.reading() as connection:
        rows = connection.execute(
            "SELECT sequence, checksum, body FROM input WHERE sequence > ? ORDER BY sequence",
            (after,),
        )
        for expected, (sequence, kept, body) in enumerate(rows, after + 1):
            if sequence != expected:
                raise DamagedState(f"input {expected} of the log is missing")
            yield sequence, decode_input(checked(f"input {sequence} of the log", body, kept))
