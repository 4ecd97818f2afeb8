"""What inputs act upon, live and when they are replayed: the machine, its clock, its snapshots.

Everything here follows from the inputs alone. Not thread-safe.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ic_factory.replica.clock import Clock
from ic_factory.replica.config import ReplicaConfig
from ic_factory.replica.errors import UnknownSnapshot
from ic_factory.replica.machine import SubnetMachine
from ic_factory.replica.storage.errors import DivergedState
from ic_factory.replica.storage.inputs import (
    ClockChange,
    Ingress,
    Input,
    Rewound,
    Round,
    SnapshotForgotten,
    SnapshotTaken,
)
from ic_factory.replica.storage.moments import Checkpoint, KeptMoment


@dataclass(slots=True)
class Course:
    """A machine on its way from one input to the next."""

    machine: SubnetMachine
    clock: Clock
    snapshots: dict[int, KeptMoment]
    """By their numbers, oldest first."""
    snapshots_taken: int = 0
    direct_calls: int = 0
    """How many calls with no envelope there have been."""

    def apply(self, one: Input) -> list[bytes]:
        """Acts upon one input.

        Returns:
            The requests that a round has ended: answered, forgotten, or too late to be taken in.
            The state after it is yet to be certified.
        """
        match one:
            case Ingress():
                self.direct_calls = max(self.direct_calls, one.direct_calls)
                self.machine.scheduler.ingress.append(one.message)
            case Round():
                return self.machine.round(one.time, one.ended_aside, runs_aside=one.runs_aside)
            case ClockChange():
                self.clock = one.clock
            case SnapshotTaken():
                self._take_snapshot(one)
            case SnapshotForgotten():
                del self.snapshots[one.number]
            case Rewound():
                kept = self.snapshot(one.number)
                self.clock = kept.clock
                self.machine.return_to(kept.moment)
        return []

    def replay(self, inputs: Iterable[tuple[int, Input]]) -> int:
        """Acts upon inputs that have been acted upon before; the number of the last one, or 0.

        Raises:
            DivergedState: they come to another state than then.
        """
        last = 0
        for last, one in inputs:
            if isinstance(one, Round) and self.machine.root != one.root:
                raise DivergedState(
                    f"at height {self.machine.subnet.height}, before input {last}, the log comes "
                    "to another state than the one that was certified; "
                    "the version that wrote it can go on from it"
                )
            self.apply(one)
        self.machine.certify()
        return last

    def snapshot(self, number: int) -> KeptMoment:
        """The snapshot with that number.

        Raises:
            UnknownSnapshot: there is none.
        """
        kept = self.snapshots.get(number)
        if kept is None:
            raise UnknownSnapshot(f"no snapshot {number}: this replica did not give it")
        return kept

    def checkpoint(self, sequence: int, config: ReplicaConfig) -> Checkpoint:
        """All that the inputs up to that number have come to, while nothing runs aside."""
        assert not self.machine.scheduler.aside
        return Checkpoint(
            sequence=sequence,
            moment=self.machine.moment(),
            clock=self.clock,
            config=config,
            snapshots=tuple(self.snapshots.values()),
            snapshots_taken=self.snapshots_taken,
            direct_calls=self.direct_calls,
        )

    def _take_snapshot(self, taken: SnapshotTaken) -> None:
        moment = self.machine.moment()
        self.snapshots[taken.number] = KeptMoment(taken.number, taken.name, moment, self.clock)
        self.snapshots_taken = taken.number + 1
