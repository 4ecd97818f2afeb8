"""Which canisters keep a live instance of their code, and which are put away."""

from __future__ import annotations

import itertools
from collections import OrderedDict
from collections.abc import Container

from ic_factory.protocol.principal import Principal
from ic_factory.replica.execution.residence import ResidentCode

CAPACITY = 64
"""Live instances at most; more than a busy development replica uses at a time."""


class LiveCodes:
    """The codes that were used of late; those that were not are put away, as images."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        """Keeps at most `capacity` live instances."""
        self._capacity = capacity
        self._codes: OrderedDict[Principal, ResidentCode] = OrderedDict()

    def __len__(self) -> int:
        """How many live instances there are."""
        return len(self._codes)

    def note_use(self, canister_id: Principal, code: ResidentCode) -> None:
        """Remembers that the canister's code has just been used."""
        self._codes[canister_id] = code
        self._codes.move_to_end(canister_id)

    def forget(self, canister_id: Principal) -> None:
        """Lets go of the code of a canister that has none any more."""
        self._codes.pop(canister_id, None)

    def put_idle_ones_away(self, busy: Container[Principal]) -> None:
        """Puts away those that were used longest ago, where there are too many; no busy ones."""
        surplus = len(self._codes) - self._capacity
        if surplus > 0:
            idle = (canister_id for canister_id in self._codes if canister_id not in busy)
            for canister_id in list(itertools.islice(idle, surplus)):
                self._codes.pop(canister_id).put_away()
