"""The subnet: all canisters and what became of users' calls."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from ic_factory.protocol.principal import Principal
from ic_factory.replica.random import SeededRandom
from ic_factory.replica.state.canister import Canister
from ic_factory.replica.state.consumption import CyclesUse
from ic_factory.replica.state.ingress_history import IngressRecord
from ic_factory.replica.state.messages import Request

FIRST_FRESH_NUMBER = 0x8000_0000_0010_0000
"""Where a local subnet's own ids begin: bnz7o-iuaaa-aaaaa-qaaaa-cai, as dfx gives them."""

LAST_FRESH_NUMBER = 0x8000_0000_001F_FFFF

LAST_MAINNET_NUMBER = 0x7FFF_FFFF_FFFF_FFFF
"""Up to here ids are the mainnet's; a local canister has one only where it was asked for."""


def canister_id_of(number: int) -> Principal:
    """The id of the canister with this number on its network: opaque, ending in 0x01 0x01."""
    return Principal(number.to_bytes(8, "big") + b"\x01\x01")


@dataclass(frozen=True, slots=True)
class CanisterRange:
    """Canister ids from `first` to `last`, both included."""

    first: Principal
    last: Principal

    def __contains__(self, canister_id: Principal) -> bool:
        return self.first.bytes <= canister_id.bytes <= self.last.bytes


LOCAL_RANGES = (
    CanisterRange(canister_id_of(0), canister_id_of(LAST_MAINNET_NUMBER)),
    CanisterRange(canister_id_of(FIRST_FRESH_NUMBER), canister_id_of(LAST_FRESH_NUMBER)),
)
"""The ids that a local subnet answers for: any of the mainnet's, and its own."""


@dataclass(slots=True)
class Subnet:
    """All that a round of the subnet reads and writes."""

    subnet_id: Principal
    time: int
    random: SeededRandom
    ranges: tuple[CanisterRange, ...] = LOCAL_RANGES
    canisters: dict[Principal, Canister] = field(default_factory=dict)
    ingress_history: dict[bytes, IngressRecord] = field(default_factory=dict)
    management_queue: deque[Request] = field(default_factory=deque)
    height: int = 0
    next_canister_number: int = FIRST_FRESH_NUMBER
    charged_until: int = 0
    """Up to when canisters have paid for storage and compute allocation."""
    consumed: dict[CyclesUse, int] = field(default_factory=dict)
    """Cycles by what they were consumed for."""
    update_transactions: int = 0
    held_bytes: dict[Principal, int] = field(default_factory=dict)
    """What each canister took of the memory when it last changed; written by `note_held` alone."""
    held_in_all: int = field(default=0, init=False)
    """The sum of `held_bytes`, in bytes."""

    def __post_init__(self) -> None:
        self.held_in_all = sum(self.held_bytes.values())

    @property
    def consumed_cycles(self) -> int:
        """Cycles that were consumed, for whatever use."""
        return sum(self.consumed.values())

    def note_held(self, canister_id: Principal, size: int) -> None:
        """Notes that a canister takes `size` bytes of the memory; 0 where it is gone."""
        self.held_in_all += size - self.held_bytes.get(canister_id, 0)
        if canister_id in self.canisters:
            self.held_bytes[canister_id] = size
        else:
            self.held_bytes.pop(canister_id, None)

    def hosts(self, canister_id: Principal) -> bool:
        """Whether the id lies in this subnet's ranges."""
        return any(canister_id in canister_range for canister_range in self.ranges)

    def fresh_canister_id(self) -> Principal | None:
        """An id that no canister of this subnet has had; None when the range is used up."""
        while True:
            canister_id = canister_id_of(self.next_canister_number)
            if not self.hosts(canister_id):
                return None
            self.next_canister_number += 1
            if canister_id not in self.canisters:
                return canister_id

    def copy(self) -> Subnet:
        """The same subnet, on its own from here on."""
        return Subnet(
            subnet_id=self.subnet_id,
            time=self.time,
            random=self.random.copy(),
            ranges=self.ranges,
            canisters={key: canister.copy() for key, canister in self.canisters.items()},
            ingress_history=dict(self.ingress_history),
            management_queue=deque(self.management_queue),
            height=self.height,
            next_canister_number=self.next_canister_number,
            charged_until=self.charged_until,
            consumed=dict(self.consumed),
            update_transactions=self.update_transactions,
            held_bytes=dict(self.held_bytes),
        )
