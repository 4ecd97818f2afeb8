"""Starting, stopping, emptying and deleting canisters."""

from __future__ import annotations

from hypothesis import settings as hypothesis_settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from ic_factory.replica.management.interface import encode_arguments
from ic_factory.replica.management.lifecycle import (
    answer_stop_waiters_if_stopped,
    time_out_stop_waiters,
    uninstall_code,
)
from ic_factory.replica.management.router import Answered, Waiting
from ic_factory.replica.rejects import ErrorCode, Reject, RejectCode, Reply
from ic_factory.replica.state.canister import Canister, CanisterStatus
from ic_factory.replica.state.history import CodeUninstall, FromUser
from ic_factory.replica.state.messages import (
    Callback,
    CallContext,
    CanisterOrigin,
    IngressOrigin,
    Request,
    TableEntry,
)
from tests.unit.management.modules import KEEPER
from tests.unit.management.world import ADMIN, MANAGEMENT, STRANGER, WALLET, World

EMPTY_REPLY = Reply(b"DIDL\x00\x00")
FIVE_MINUTES = 300 * 10**9


def open_context(canister: Canister, *, cycles: int = 0, outstanding: int = 0) -> CallContext:
    context = CallContext(
        canister.next_id(),
        IngressOrigin(b"open call", 0),
        STRANGER,
        cycles,
        responded=False,
        outstanding_calls=outstanding,
    )
    canister.call_contexts[context.call_context_id] = context
    return context


def change(world: World, method: str, canister: Canister, cycles: int = 0) -> Answered | Waiting:
    argument = encode_arguments(method, {"canister_id": canister.canister_id})
    origin = CanisterOrigin(WALLET, 5)
    request = Request(ADMIN, MANAGEMENT, method, argument, cycles, origin)
    result = world.management.handle(world.subnet, request)
    assert isinstance(result, Answered | Waiting)
    return result


def test_an_idle_canister_stops_at_once() -> None:
    world = World()
    canister = world.create()
    answered = change(world, "stop_canister", canister, cycles=3)
    assert answered == Answered(EMPTY_REPLY, 3, touched=(canister.canister_id,))
    assert canister.status is CanisterStatus.STOPPED
    assert canister.canister_version == 2


def test_a_busy_canister_is_stopped_when_its_last_call_ends() -> None:
    world = World()
    canister = world.create()
    context = open_context(canister)
    assert change(world, "stop_canister", canister, cycles=3) == Waiting(canister.canister_id)
    assert canister.status is CanisterStatus.STOPPING
    assert answer_stop_waiters_if_stopped(canister) == []
    del canister.call_contexts[context.call_context_id]
    assert answer_stop_waiters_if_stopped(canister) == [(CanisterOrigin(WALLET, 5), EMPTY_REPLY, 3)]
    assert canister.status is CanisterStatus.STOPPED
    assert answer_stop_waiters_if_stopped(canister) == []


def test_start_cancels_the_stop_and_tells_who_waits() -> None:
    world = World()
    canister = world.create()
    open_context(canister)
    change(world, "stop_canister", canister, cycles=3)
    answered = change(world, "start_canister", canister)
    assert isinstance(answered, Answered)
    ((origin, payload, refund),) = answered.also
    assert (origin, refund) == (CanisterOrigin(WALLET, 5), 3)
    assert payload == Reject(
        RejectCode.CANISTER_ERROR,
        f"Canister {canister.canister_id}'s stop request was cancelled.",
        ErrorCode.CANISTER_STOPPING_CANCELLED,
    )
    assert canister.status is CanisterStatus.RUNNING
    assert canister.stop_waiters == []


def test_a_wait_ends_after_five_minutes_and_the_canister_goes_on_stopping() -> None:
    world = World()
    canister = world.create()
    open_context(canister)
    change(world, "stop_canister", canister, cycles=3)
    assert time_out_stop_waiters(canister, world.subnet.time + FIVE_MINUTES - 1) == []
    ((origin, payload, refund),) = time_out_stop_waiters(canister, world.subnet.time + FIVE_MINUTES)
    assert (origin, refund) == (CanisterOrigin(WALLET, 5), 3)
    assert isinstance(payload, Reject)
    assert payload.error_code is ErrorCode.STOP_CANISTER_REQUEST_TIMEOUT
    assert canister.status is CanisterStatus.STOPPING
    assert canister.stop_waiters == []


def test_uninstalling_empties_the_canister() -> None:
    world = World()
    canister = world.installed(KEEPER, b"argument")
    canister.chunk_store[b"hash"] = b"chunk"
    world.call("uninstall_code", {"canister_id": canister.canister_id})
    assert canister.code is None
    assert (canister.certified_data, canister.global_timer) == (b"", 0)
    assert (canister.chunk_store, list(canister.log.records)) == ({}, [])
    assert canister.last_install_timestamp == 0
    change_made = canister.history[-1]
    assert change_made.details == CodeUninstall()
    assert (change_made.canister_version, change_made.origin) == (2, FromUser(ADMIN))
    assert canister.controllers == (ADMIN,)


def test_uninstalling_rejects_open_calls_with_their_cycles() -> None:
    world = World()
    canister = world.installed(KEEPER)
    open_context(canister, cycles=11)
    waiting = open_context(canister, cycles=12, outstanding=1)
    answered = world.answer("uninstall_code", {"canister_id": canister.canister_id})
    expected = Reject.of(ErrorCode.CANISTER_REJECTED_MESSAGE, "Canister has been uninstalled.")
    assert answered.also == (
        (IngressOrigin(b"open call", 0), expected, 11),
        (IngressOrigin(b"open call", 0), expected, 12),
    )
    assert canister.call_contexts == {waiting.call_context_id: waiting}
    assert (waiting.deleted, waiting.responded, waiting.cycles_available) == (True, True, 0)


def test_uninstalling_ends_the_wait_for_open_calls() -> None:
    world = World()
    canister = world.create()
    open_context(canister)
    change(world, "stop_canister", canister, cycles=3)
    answered = world.answer("uninstall_code", {"canister_id": canister.canister_id})
    assert answered.also[-1] == (CanisterOrigin(WALLET, 5), EMPTY_REPLY, 3)
    assert canister.status is CanisterStatus.STOPPED


def test_a_canister_out_of_cycles_loses_more() -> None:
    world = World()
    canister = world.installed(KEEPER)
    world.call("take_canister_snapshot", {"canister_id": canister.canister_id})
    changes = canister.total_num_changes
    assert uninstall_code(world.subnet, canister, None) == []
    assert canister.code is None
    assert (canister.snapshots, list(canister.history)) == ({}, [])
    assert canister.total_num_changes == changes
    assert canister.settings.memory_allocation == 0


def test_only_a_stopped_canister_can_be_deleted_and_not_by_itself() -> None:
    world = World()
    canister = world.create()
    own = {"canister_id": canister.canister_id}
    assert world.refusal("delete_canister", own) == (
        f"IC0510: Canister {canister.canister_id} must be stopped before it is deleted."
    )
    assert world.refusal("delete_canister", own, canister.canister_id) == (
        f"IC0512: Canister {canister.canister_id} cannot delete itself."
    )
    world.call("stop_canister", own)
    cycles = canister.cycles
    world.call("delete_canister", own)
    assert world.subnet.canisters == {}
    assert world.subnet.consumed_cycles == cycles
    assert world.refusal("canister_status", own).startswith("IC0301: ")


def test_a_canister_that_still_waits_for_an_answer_cannot_be_deleted() -> None:
    world = World()
    canister = world.create()
    world.call("stop_canister", {"canister_id": canister.canister_id})
    entry = TableEntry(0, 0)
    canister.callbacks[1] = Callback(1, WALLET, entry, entry, None, 0, 0, 0)
    refusal = world.refusal("delete_canister", {"canister_id": canister.canister_id})
    assert refusal.startswith(f"IC0203: Canister {canister.canister_id} has messages in its queues")


class StoppingMachine(RuleBasedStateMachine):
    """Each call to stop a canister is answered once, whatever happens meanwhile."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.canister = self.world.create()
        self.asked = 0
        self.answered = 0

    @rule()
    def stop(self) -> None:
        self.asked += 1
        if isinstance(change(self.world, "stop_canister", self.canister), Answered):
            self.answered += 1

    @rule()
    def start(self) -> None:
        answered = change(self.world, "start_canister", self.canister)
        assert isinstance(answered, Answered)
        self.answered += len(answered.also)

    @precondition(lambda self: self.canister.status is CanisterStatus.RUNNING)
    @rule()
    def begin_call(self) -> None:
        open_context(self.canister)

    @precondition(lambda self: self.canister.call_contexts)
    @rule()
    def end_call(self) -> None:
        self.canister.call_contexts.popitem()
        self.answered += len(answer_stop_waiters_if_stopped(self.canister))

    @rule()
    def wait(self) -> None:
        self.world.subnet.time += 100 * 10**9
        self.answered += len(time_out_stop_waiters(self.canister, self.world.subnet.time))

    @rule()
    def uninstall(self) -> None:
        answered = self.world.answer("uninstall_code", {"canister_id": self.canister.canister_id})
        self.answered += sum(isinstance(each[0], CanisterOrigin) for each in answered.also)

    @invariant()
    def each_call_is_answered_once(self) -> None:
        assert self.asked == self.answered + len(self.canister.stop_waiters)

    @invariant()
    def only_a_stopping_canister_is_waited_for(self) -> None:
        if self.canister.status is CanisterStatus.STOPPED:
            assert not self.canister.call_contexts
        if self.canister.stop_waiters:
            assert self.canister.status is CanisterStatus.STOPPING
            assert self.canister.call_contexts


TestStopping = StoppingMachine.TestCase
TestStopping.settings = hypothesis_settings(max_examples=30, stateful_step_count=30, deadline=None)
