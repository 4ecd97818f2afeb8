"""A replica's work in figures, for whoever watches it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from ic_factory.replica.activity import Activity
from ic_factory.replica.machine import SubnetMachine
from ic_factory.replica.state.canister import CanisterStatus
from ic_factory.replica.state.ingress_history import RequestPhase
from ic_factory.replica.state.subnet import Subnet


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of one moment; `activity` goes on counting."""

    height: int
    time: int
    """Of the last round, in nanoseconds since 1970."""
    canisters: Counter[CanisterStatus]
    live_instances: int
    """Canisters whose code is not put away."""
    cycles: int
    consumed_cycles: int
    memory_bytes: int
    """What all canisters take of the subnet's memory, allocations included."""
    queued_messages: int
    """Requests and responses in the queues of canisters."""
    management_calls: int
    """Calls that wait for the management canister."""
    open_call_contexts: int
    open_calls: int
    """Calls of canisters that are not answered yet."""
    ingress_waiting: int
    """Users' calls that no round has taken in yet."""
    ingress_history: Counter[str]
    """Users' calls that are remembered, by their status."""
    long_messages: int
    """Messages that run aside, over many rounds."""
    activity: Activity


def figures_of(machine: SubnetMachine) -> Figures:
    """The machine's figures; whoever asks holds the lock of its rounds."""
    subnet, scheduler = machine.subnet, machine.scheduler
    canisters = subnet.canisters.values()
    return Figures(
        height=subnet.height,
        time=subnet.time,
        canisters=Counter(canister.status for canister in canisters),
        live_instances=machine.live_instances,
        cycles=sum(canister.cycles + canister.reserved_cycles for canister in canisters),
        consumed_cycles=subnet.consumed_cycles,
        memory_bytes=sum(subnet.held_bytes.values()),
        queued_messages=sum(len(canister.queue) for canister in canisters),
        management_calls=len(subnet.management_queue),
        open_call_contexts=sum(len(canister.call_contexts) for canister in canisters),
        open_calls=sum(len(canister.callbacks) for canister in canisters),
        ingress_waiting=len(scheduler.ingress),
        ingress_history=_history(subnet),
        long_messages=len(scheduler.aside),
        activity=machine.activity,
    )


def _history(subnet: Subnet) -> Counter[str]:
    return Counter(
        record.status.value if isinstance(record.status, RequestPhase) else "answered"
        for record in subnet.ingress_history.values()
    )
