"""What a round looks at, against a walk through all canisters."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from ic_factory.protocol.principal import Principal
from ic_factory.replica.random import SeededRandom
from ic_factory.replica.scheduling.watch_list import WatchList
from ic_factory.replica.state.canister import Canister, CanisterStatus, HookStatus, StopWaiter
from ic_factory.replica.state.messages import Callback, SystemOrigin, TableEntry
from ic_factory.replica.state.settings import CanisterSettings
from ic_factory.replica.state.subnet import Subnet, canister_id_of

NUMBERS = st.integers(0, 6)
TIMES = st.integers(0, 30)
ENTRY = TableEntry(0, 0)
CALLBACK = Callback(1, canister_id_of(0), ENTRY, ENTRY, None, 0, 0, deadline=0)


class Watching(RuleBasedStateMachine):
    """Canisters that come, change and go, each change noted; time that passes."""

    def __init__(self) -> None:
        super().__init__()
        self.subnet = Subnet(Principal.anonymous(), 0, SeededRandom(bytes(32)))
        self.watched = WatchList(self.subnet)

    @rule(number=NUMBERS)
    def create(self, number: int) -> None:
        canister_id = canister_id_of(number)
        if canister_id not in self.subnet.canisters:
            canister = Canister(canister_id, CanisterSettings(), 0)
            self.subnet.canisters[canister_id] = canister
            self.watched.note(canister)

    @precondition(lambda self: self.subnet.canisters)
    @rule(number=NUMBERS)
    def delete(self, number: int) -> None:
        if self.subnet.canisters.pop(canister_id_of(number), None) is not None:
            self.watched.forget(canister_id_of(number))

    @precondition(lambda self: self.subnet.canisters)
    @rule(
        data=st.data(),
        timer=TIMES,
        hook=st.sampled_from(HookStatus),
        beats=st.booleans(),
        status=st.sampled_from(CanisterStatus),
        deadlines=st.lists(TIMES, max_size=2),
        waits=st.booleans(),
    )
    def change(
        self,
        data: st.DataObject,
        timer: int,
        hook: HookStatus,
        beats: bool,
        status: CanisterStatus,
        deadlines: list[int],
        waits: bool,
    ) -> None:
        canister = data.draw(st.sampled_from(list(self.subnet.canisters.values())))
        canister.global_timer = timer
        canister.low_wasm_memory_hook = hook
        canister.heartbeat_due = beats
        canister.status = status
        canister.callbacks = {
            number: replace(CALLBACK, deadline=deadline)
            for number, deadline in enumerate(deadlines)
        }
        canister.stop_waiters = [StopWaiter(SystemOrigin(), 0, 5)] if waits else []
        self.watched.note(canister)

    @precondition(lambda self: self.subnet.canisters)
    @rule(data=st.data())
    def take_a_task_off(self, data: st.DataObject) -> None:
        """As the scheduler does before it runs one; nothing is noted until it has ended."""
        canister = data.draw(st.sampled_from(list(self.subnet.canisters.values())))
        canister.global_timer = 0
        canister.heartbeat_due = False
        self.watched.with_tasks(self.subnet.time)
        self.watched.note(canister)

    @rule(passed=st.integers(1, 10))
    def let_time_pass(self, passed: int) -> None:
        self.subnet.time += passed

    @rule()
    def go_on_from_the_state_alone(self) -> None:
        self.watched = WatchList(self.subnet)

    @invariant()
    def finds_what_a_walk_finds_in_the_same_order(self) -> None:
        now = self.subnet.time
        walk = list(self.subnet.canisters.values())
        assert self.watched.with_tasks(now) == [
            canister
            for canister in walk
            if canister.heartbeat_due
            or canister.low_wasm_memory_hook is HookStatus.READY
            or 0 < canister.global_timer <= now
        ]
        assert self.watched.open() == [
            canister
            for canister in walk
            if canister.status is CanisterStatus.STOPPING
            or canister.stop_waiters
            or any(callback.deadline for callback in canister.callbacks.values())
        ]

    @invariant()
    def knows_the_next_timer_whoever_is_busy(self) -> None:
        now = self.subnet.time
        for number in (None, 0, 1):
            busy = () if number is None else (canister_id_of(number),)
            timers = [
                canister.global_timer
                for canister in self.subnet.canisters.values()
                if canister.global_timer > now and canister.canister_id not in busy
            ]
            assert self.watched.next_timer(now, busy) == min(timers, default=None)


Watching.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
test_a_watch_list_finds_what_a_walk_finds = Watching.TestCase
