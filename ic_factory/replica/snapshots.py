"""Moments of a replica that can be returned to, by number or by name."""

from __future__ import annotations

from dataclasses import dataclass

from ic_factory.replica.errors import UnknownSnapshot
from ic_factory.replica.rounds import Rounds
from ic_factory.replica.storage.inputs import Rewound, SnapshotForgotten, SnapshotTaken


@dataclass(frozen=True, slots=True)
class SnapshotToken:
    """Names a moment that a replica can be rewound to."""

    number: int


@dataclass(frozen=True, slots=True)
class SnapshotDescription:
    """A snapshot in figures; `time` in nanoseconds since 1970."""

    token: SnapshotToken
    name: str
    height: int
    time: int


class Snapshots:
    """A replica's snapshots. With storage they outlive the process; safe to use from any thread."""

    def __init__(self, rounds: Rounds) -> None:
        """The snapshots of what these rounds are run on."""
        self._rounds = rounds

    def take(self, name: str = "") -> SnapshotToken:
        """Keeps this moment under a name, by default one with its number.

        An earlier snapshot of that name is forgotten.

        Messages that run aside, over many rounds, have not begun in it.

        Raises:
            StorageUnavailable: there is no room on disk.
        """
        rounds = self._rounds
        with rounds.lock:
            number = rounds.course.snapshots_taken
            name = name or f"snapshot-{number}"
            replaced = [each.token for each in self.all() if each.name == name]
            rounds.act_upon(SnapshotTaken(number, name))
            for token in replaced:
                self.forget(token)
            return SnapshotToken(number)

    def rewind(self, token: SnapshotToken) -> None:
        """Makes everything as it was when the snapshot was taken, which stays.

        Raises:
            UnknownSnapshot: there is no such snapshot.
            StorageUnavailable: there is no room on disk.
        """
        rounds = self._rounds
        with rounds.lock:
            rounds.course.snapshot(token.number)
            rounds.act_upon(Rewound(token.number))
        rounds.give_up_waiting()
        rounds.wake()

    def forget(self, token: SnapshotToken) -> None:
        """Keeps a moment no longer.

        Raises:
            UnknownSnapshot: there is no such snapshot.
            StorageUnavailable: there is no room on disk.
        """
        with self._rounds.lock:
            self._rounds.course.snapshot(token.number)
            self._rounds.act_upon(SnapshotForgotten(token.number))

    def all(self) -> tuple[SnapshotDescription, ...]:
        """All snapshots, oldest first."""
        with self._rounds.lock:
            return tuple(
                self.describe(SnapshotToken(number)) for number in self._rounds.course.snapshots
            )

    def describe(self, token: SnapshotToken) -> SnapshotDescription:
        """A snapshot in figures.

        Raises:
            UnknownSnapshot: there is no such snapshot.
        """
        with self._rounds.lock:
            kept = self._rounds.course.snapshot(token.number)
            subnet = kept.moment.subnet
            return SnapshotDescription(token, kept.name, subnet.height, subnet.time)

    def named(self, name: str) -> SnapshotToken:
        """The snapshot of that name.

        Raises:
            UnknownSnapshot: there is none.
        """
        for each in self.all():
            if each.name == name:
                return each.token
        raise UnknownSnapshot(f"there is no snapshot named {name!r}")

    def last(self) -> SnapshotToken:
        """The snapshot that was taken last.

        Raises:
            UnknownSnapshot: there is none.
        """
        taken = self.all()
        if not taken:
            raise UnknownSnapshot("there is no snapshot yet")
        return taken[-1].token
