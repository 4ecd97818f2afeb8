"""What is done to a replica while a canister is at work, message by message."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import pytest

from ic_factory.protocol.principal import Principal
from ic_factory.replica import Reject, Replica
from ic_factory.replica.scheduling import scheduler
from ic_factory.replica.scheduling.delivery import Delivery
from ic_factory.replica.scheduling.message_execution import Executor, MessageRun
from ic_factory.replica.state.canister import Canister, CanisterStatus
from ic_factory.replica.state.messages import CanisterOrigin, Request, Response

STRANGER = Principal.self_authenticating(b"the stranger's key")
SECOND = 10**9
MOST_ROUNDS = 2000
ROUND_MESSAGES = scheduler.ROUND_MESSAGES


@contextmanager
def message_by_message() -> Iterator[None]:
    """Rounds of one message each, so that a test can stop between any two."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scheduler, "ROUND_MESSAGES", 1)
        yield


@contextmanager
def in_whole_rounds() -> Iterator[None]:
    """Rounds as ever, within those of one message each."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scheduler, "ROUND_MESSAGES", ROUND_MESSAGES)
        yield


def next_call(replica: Replica) -> str | None:
    """The method of the management canister that the next round executes."""
    request = replica._machine.scheduler._next_management_request()
    return None if request is None else request.method_name


def canister(replica: Replica, canister_id: Principal) -> Canister:
    """A canister's state."""
    return replica._machine.subnet.canisters[canister_id]


def take_away(replica: Replica, canister_id: Principal) -> None:
    """Makes a stranger the only controller."""
    state = canister(replica, canister_id)
    state.settings = replace(state.settings, controllers=(STRANGER,))


def delete(replica: Replica, canister_id: Principal) -> None:
    """Removes a canister, and the cycles with it."""
    del replica._machine.subnet.canisters[canister_id]
    replica._machine.scheduler._note_change(canister_id)


def stop(replica: Replica, canister_id: Principal) -> None:
    """Stops a canister at once."""
    canister(replica, canister_id).status = CanisterStatus.STOPPED


def start(replica: Replica, canister_id: Principal) -> None:
    """Starts a canister at once."""
    canister(replica, canister_id).status = CanisterStatus.RUNNING


def drain(replica: Replica, canister_id: Principal) -> None:
    """Takes all cycles of a canister."""
    canister(replica, canister_id).cycles = 0


def rest(replica: Replica) -> None:
    """Runs rounds until there is nothing to do at this time."""
    for _ in range(MOST_ROUNDS):
        replica.tick()
        if not replica._machine.scheduler.has_work:
            return
    raise AssertionError("the rounds come to no rest")


def calls_due(replica: Replica, caller: Principal) -> list[Request]:
    """Calls of a canister to others that come next where they go."""
    subnet = replica._machine.subnet
    first = next(iter(subnet.management_queue), None)
    heads = [each.queue[0] for each in subnet.canisters.values() if each.queue]
    requests = [each for each in (first, *heads) if isinstance(each, Request)]
    return [each for each in requests if each.sender == caller != each.receiver]


def calls_of(replica: Replica, caller: Principal) -> list[Request]:
    """All calls of a canister to others that nobody has worked on yet."""
    subnet = replica._machine.subnet
    queues = [subnet.management_queue, *(each.queue for each in subnet.canisters.values())]
    requests = [each for queue in queues for each in queue if isinstance(each, Request)]
    return [each for each in requests if each.sender == caller != each.receiver]


def answer_due(replica: Replica, caller: Principal) -> Response | None:
    """The answer that a canister reads next."""
    queue = canister(replica, caller).queue
    return queue[0] if queue and isinstance(queue[0], Response) else None


def callback_of(request: Request) -> int:
    """What an answer to a canister's call is known by."""
    assert isinstance(request.origin, CanisterOrigin)
    return request.origin.callback_id


def reject(replica: Replica, request: Request, reject: Reject) -> None:
    """Answers a call that waits, instead of its receiver."""
    subnet = replica._machine.subnet
    queues = [subnet.management_queue, *(each.queue for each in subnet.canisters.values())]
    next(queue for queue in queues if request in queue).remove(request)
    replica._machine.scheduler.delivery.answer(request.origin, reject, request.cycles)


@contextmanager
def held_back(replica: Replica, requests: list[Request]) -> Iterator[None]:
    """Lets other messages go before calls that wait."""
    subnet = replica._machine.subnet
    queues = [subnet.management_queue, *(each.queue for each in subnet.canisters.values())]
    places = [(queue, each) for queue in queues for each in requests if each in queue]
    for queue, request in places:
        queue.remove(request)
    try:
        yield
    finally:
        for request in reversed([request for _, request in places]):
            replica._machine.scheduler.delivery.request(request)


@dataclass(frozen=True)
class TrappingExecutor(Executor):
    """Runs all as ever, but for one callback, which has too few instructions."""

    callback_id: int = 0

    def prepare_response(
        self, canister: Canister, response: Response, delivery: Delivery
    ) -> MessageRun | None:
        run = Executor.prepare_response(self, canister, response, delivery)
        if run is None or response.callback_id != self.callback_id:
            return run
        return replace(run, invocation=replace(run.invocation, instruction_limit=1))


def trap_at(replica: Replica, response: Response) -> None:
    """Runs until a canister reads this answer, which ends in a trap."""
    scheduler = replica._machine.scheduler
    whole, failures = scheduler.executor, replica._machine.activity.failures.total()
    scheduler.executor = TrappingExecutor(whole.facts, whole.limits, response.callback_id)
    caller = canister(replica, response.originator)
    while response.callback_id in caller.callbacks:
        replica.tick()
    scheduler.executor = whole
    assert replica._machine.activity.failures.total() == failures + 1


def let_time_pass(replica: Replica) -> None:
    """Goes to when the next timer is due, or on by a minute."""
    wake_up = replica._machine.scheduler.next_wake_up()
    soon = replica.now + 1
    replica.set_time(max(soon, replica.now + 60 * SECOND if wake_up is None else wake_up))
