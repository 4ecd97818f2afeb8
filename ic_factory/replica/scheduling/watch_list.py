"""Which canisters a round has to look at, so that idle ones cost it nothing.

It follows from the state and is never stored. It may name a canister that needs nothing any more,
and never misses one that does, as long as each change of a canister is noted.
"""

from __future__ import annotations

import heapq
from collections.abc import Container, Iterable

from ic_factory.protocol.principal import Principal
from ic_factory.replica.execution.residence import ResidentCode
from ic_factory.replica.state.canister import Canister, CanisterStatus, HookStatus
from ic_factory.replica.state.messages import SystemTask
from ic_factory.replica.state.subnet import Subnet

MIN_HEAP = 64
"""Timers that were set anew leave the old ones in the heap; up to so many are left there."""


class WatchList:
    """The canisters of a subnet that a round may have something to do for."""

    def __init__(self, subnet: Subnet) -> None:
        """Watches the canisters of `subnet`."""
        self._canisters = subnet.canisters
        self._places: dict[Principal, int] = {}
        self._next_place = 0
        self._open: set[Principal] = set()
        self._tasks: set[Principal] = set()
        self._heartbeats: set[Principal] = set()
        self._timers: dict[Principal, int] = {}
        self._heap: list[tuple[int, Principal]] = []
        for canister in subnet.canisters.values():
            self.note(canister)

    def note(self, canister: Canister) -> None:
        """Takes in a canister that is new or has changed."""
        canister_id = canister.canister_id
        if canister_id not in self._places:
            self._places[canister_id] = self._next_place
            self._next_place += 1
        _keep(self._open, canister_id, _is_open(canister))
        _keep(self._heartbeats, canister_id, has_heartbeat(canister))
        if canister.heartbeat_due or canister.low_wasm_memory_hook is HookStatus.READY:
            self._tasks.add(canister_id)
        self._note_timer(canister_id, canister.global_timer)

    def forget(self, canister_id: Principal) -> None:
        """Lets go of a canister that was deleted; one of the same id comes after all others."""
        self._places.pop(canister_id, None)
        for watched in (self._open, self._tasks, self._heartbeats):
            watched.discard(canister_id)
        self._timers.pop(canister_id, None)

    def open(self) -> list[Canister]:
        """Those that are stopping, or have calls open that end at a deadline."""
        canisters = [each for each in self._in_order(self._open) if _is_open(each)]
        self._open = {canister.canister_id for canister in canisters}
        return canisters

    def with_heartbeat(self) -> list[Canister]:
        """Those whose code exports a heartbeat."""
        return self._in_order(self._heartbeats)

    @property
    def has_heartbeats(self) -> bool:
        """Whether there is one whose code exports a heartbeat."""
        return bool(self._heartbeats)

    def with_tasks(self, now: int) -> list[Canister]:
        """Those that have a task of the system's due at `now`, whether or not they can run it."""
        self._ring(now)
        canisters = self._in_order(self._tasks)
        due = [canister for canister in canisters if _has_task(canister, now)]
        self._tasks = {canister.canister_id for canister in due}
        return due

    def next_timer(self, now: int, besides: Container[Principal]) -> int | None:
        """The earliest timer after `now` of all canisters but those; None where there is none."""
        self._ring(now)
        passed = []
        while self._heap and (self._is_old(self._heap[0]) or self._heap[0][1] in besides):
            entry = heapq.heappop(self._heap)
            if not self._is_old(entry):
                passed.append(entry)
        earliest = self._heap[0][0] if self._heap else None
        for entry in passed:
            heapq.heappush(self._heap, entry)
        return earliest

    def _note_timer(self, canister_id: Principal, timer: int) -> None:
        if not timer:
            self._timers.pop(canister_id, None)
        elif self._timers.get(canister_id) != timer:
            self._timers[canister_id] = timer
            heapq.heappush(self._heap, (timer, canister_id))
            if len(self._heap) > MIN_HEAP + 2 * len(self._timers):
                self._heap = [(time, each) for each, time in self._timers.items()]
                heapq.heapify(self._heap)

    def _ring(self, now: int) -> None:
        """Moves timers that are due to the tasks."""
        while self._heap and self._heap[0][0] <= now:
            entry = heapq.heappop(self._heap)
            if not self._is_old(entry):
                del self._timers[entry[1]]
                self._tasks.add(entry[1])

    def _is_old(self, entry: tuple[int, Principal]) -> bool:
        time, canister_id = entry
        return self._timers.get(canister_id) != time

    def _in_order(self, canister_ids: Iterable[Principal]) -> list[Canister]:
        """Canisters as a walk through all of them would come to them."""
        ordered = sorted(canister_ids, key=self._places.__getitem__)
        return [self._canisters[canister_id] for canister_id in ordered]


def has_heartbeat(canister: Canister) -> bool:
    """Whether the canister's code exports a heartbeat."""
    code = canister.code
    return isinstance(code, ResidentCode) and code.has_export(SystemTask.HEARTBEAT.value)


def _keep(watched: set[Principal], canister_id: Principal, is_kept: bool) -> None:
    if is_kept:
        watched.add(canister_id)
    else:
        watched.discard(canister_id)


def _is_open(canister: Canister) -> bool:
    return (
        canister.status is CanisterStatus.STOPPING
        or bool(canister.stop_waiters)
        or any(callback.deadline for callback in canister.callbacks.values())
    )


def _has_task(canister: Canister, now: int) -> bool:
    return (
        canister.low_wasm_memory_hook is HookStatus.READY
        or 0 < canister.global_timer <= now
        or canister.heartbeat_due
    )
