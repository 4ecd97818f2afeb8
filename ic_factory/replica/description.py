"""A replica in figures, for people and tools that look at it from outside."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from ic_factory.protocol.principal import Principal
from ic_factory.replica.canister_cycles import memory_usage
from ic_factory.replica.state.canister import Canister, CanisterStatus
from ic_factory.replica.state.subnet import CanisterRange, Subnet


@dataclass(frozen=True, slots=True)
class CanisterDescription:
    """One canister in figures."""

    canister_id: Principal
    status: CanisterStatus
    module_hash: bytes | None
    cycles: int
    memory_bytes: int
    controllers: tuple[Principal, ...]
    queued_messages: int
    """Requests and responses that it has yet to work on."""
    open_calls: int
    """Calls that it made and that are not answered yet."""


@dataclass(frozen=True, slots=True)
class ReplicaDescription:
    """A replica in figures; `time` in nanoseconds since 1970."""

    root_key: bytes
    subnet_id: Principal
    ranges: tuple[CanisterRange, ...]
    height: int
    time: int
    canisters: tuple[CanisterDescription, ...]

    @property
    def cycles(self) -> int:
        """Cycles of all canisters."""
        return sum(canister.cycles for canister in self.canisters)

    @property
    def memory_bytes(self) -> int:
        """Memory of all canisters, as it is charged."""
        return sum(canister.memory_bytes for canister in self.canisters)


def describe(subnet: Subnet, root_key: bytes) -> ReplicaDescription:
    """The subnet in figures, as it is now."""
    return ReplicaDescription(
        root_key=root_key,
        subnet_id=subnet.subnet_id,
        ranges=subnet.ranges,
        height=subnet.height,
        time=subnet.time,
        canisters=tuple(map(_describe_canister, subnet.canisters.values())),
    )


def describe_canisters(subnet: Subnet, first: int, count: int) -> tuple[CanisterDescription, ...]:
    """Some of the canisters, in the order in which they came to be, from place `first` on."""
    chosen = itertools.islice(subnet.canisters.values(), first, first + count)
    return tuple(map(_describe_canister, chosen))


def _describe_canister(canister: Canister) -> CanisterDescription:
    return CanisterDescription(
        canister_id=canister.canister_id,
        status=canister.status,
        module_hash=None if canister.code is None else canister.code.module_hash,
        cycles=canister.cycles,
        memory_bytes=memory_usage(canister),
        controllers=canister.controllers,
        queued_messages=len(canister.queue),
        open_calls=len(canister.callbacks),
    )
