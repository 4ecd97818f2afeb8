"""What others do to the replica while the factory is at work, message by message."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from ic_factory.protocol.principal import Principal
from ic_factory.replica import Replica
from ic_factory.replica.scheduling import scheduler
from ic_factory.replica.state.canister import Canister, CanisterStatus
from tests.factory.world import STRANGER, Factory

SECOND = 10**9
MOST_ROUNDS = 2000


@contextmanager
def message_by_message() -> Iterator[None]:
    """Rounds of one message each, so that a test can stop between any two."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scheduler, "ROUND_MESSAGES", 1)
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


def stop(replica: Replica, canister_id: Principal) -> None:
    """Stops a canister at once."""
    canister(replica, canister_id).status = CanisterStatus.STOPPED


def drain(replica: Replica, canister_id: Principal) -> None:
    """Takes all cycles of a canister."""
    canister(replica, canister_id).cycles = 0


def run_to_end(factory: Factory) -> None:
    """Runs rounds, and lets the factory's timers come, until no operation is open."""
    for _ in range(8):
        rest(factory.replica)
        if factory.query("get_factory_stats")["open_operations"] == 0:
            return
        factory.replica.advance_time(61 * SECOND)


def rest(replica: Replica) -> None:
    """Runs rounds until there is nothing to do at this time."""
    for _ in range(MOST_ROUNDS):
        replica.tick()
        if not replica._machine.scheduler.has_work:
            return
    raise AssertionError("the rounds come to no rest")
