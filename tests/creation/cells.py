"""The calls that the hub makes for a personal canister, one by one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ic_factory.protocol.principal import Principal
from ic_factory.replica import Replica
from ic_factory.replica.state.messages import Request
from tests import surgery
from tests.creation.world import Hub

MOST_PAUSES = 200


@dataclass(frozen=True)
class Cell:
    """A call that the hub has made and that nobody has worked on yet.

    Attributes:
        number: its place among the calls of the creation, from 0.
        stage: what the user is told meanwhile.
        target: the canister that it is about; None where it makes one.
        taken: cycles that a test takes out of canisters at this call.
    """

    hub: Hub
    number: int
    request: Request
    stage: str
    target: Principal | None
    taken: dict[Principal, int] = field(default_factory=dict)

    @property
    def method(self) -> str:
        return self.request.method_name

    @property
    def replica(self) -> Replica:
        return self.hub.replica


def cells(hub: Hub) -> Iterator[Cell]:
    """Goes through a creation that was asked for, and stops before each call is executed."""
    seen: set[int] = set()
    while not is_at_rest(hub):
        for request in surgery.calls_due(hub.replica, hub.canister_id):
            if surgery.callback_of(request) not in seen:
                seen.add(surgery.callback_of(request))
                yield Cell(hub, len(seen) - 1, request, hub.status(), target_of(hub, request))
        hub.replica.tick()


def undone(hub: Hub) -> Iterator[Cell]:
    """The same; whatever is done at a call is undone."""
    for cell in cells(hub):
        moment = hub.replica.snapshot()
        yield cell
        hub.replica.rewind(moment)
        hub.replica.snapshots.forget(moment)


def target_of(hub: Hub, request: Request) -> Principal | None:
    if request.receiver != Principal.management_canister():
        return request.receiver
    management = hub.replica._machine.management
    return management.effective_canister_id(request.method_name, request.argument)


def is_at_rest(hub: Hub) -> bool:
    """Whether no creation is under way or waits for its turn."""
    if hub.replica._machine.scheduler.has_work:
        return False
    stats = hub.query("get_personal_canister_creation_stats")
    return not stats["running"] and not stats["queued"]


def run_to_rest(hub: Hub) -> None:
    """Runs rounds, and lets timers come, until no creation is under way."""
    with surgery.in_whole_rounds():
        for _ in range(MOST_PAUSES):
            surgery.rest(hub.replica)
            if is_at_rest(hub):
                return
            surgery.let_time_pass(hub.replica)
    raise AssertionError(f"it comes to no rest: {hub.details()}")
