"""What the subnet can still give, and what a canister must be able to pay to have more.

Specification: "Memory allocation", "Compute allocation"; error texts: "Execution errors"; cycles
that are set aside: "Storage reservation" of the IC's documentation.
"""

from __future__ import annotations

from dataclasses import replace

from ic_factory.replica.canister_cycles import consume, freezing_limit, held_bytes
from ic_factory.replica.management.refusal import Refused
from ic_factory.replica.rejects import ErrorCode, Reject
from ic_factory.replica.state.canister import Canister
from ic_factory.replica.state.consumption import CyclesUse
from ic_factory.replica.state.subnet import Subnet
from ic_factory.replica.surroundings import SystemFacts

SUBNET_COMPUTE_PERCENT = 299
"""All compute allocations of a subnet together, as on an application subnet with four cores."""


def require_memory(subnet: Subnet, capacity_bytes: int, before: int, after: int) -> None:
    """Checks that the subnet has room for a canister that held `before` bytes to hold `after`.

    Raises:
        Refused: It hasn't (IC0101).
    """
    if after <= before:
        return
    available = max(0, capacity_bytes - subnet.held_in_all)
    if after - before > available:
        raise Refused(
            ErrorCode.SUBNET_OVERSUBSCRIBED,
            f"Canister requested {after - before} bytes of memory but only {available} bytes are "
            "available in the subnet.",
        )


def require_compute(subnet: Subnet, before: int, after: int) -> None:
    """Checks that a canister's compute allocation can go from `before` to `after` percent.

    Raises:
        Refused: Other canisters have too much of it (IC0101).
    """
    if after <= before:
        return
    given = sum(canister.settings.compute_allocation for canister in subnet.canisters.values())
    available = max(0, SUBNET_COMPUTE_PERCENT - (given - before))
    if after > available:
        raise Refused(
            ErrorCode.SUBNET_OVERSUBSCRIBED,
            f"Canister requested a compute allocation of {after}% which cannot be satisfied "
            f"because the Subnet's remaining compute capacity is {available}%.",
        )


def require_growth(subnet: Subnet, facts: SystemFacts, before: Canister, after: Canister) -> int:
    """Checks that a canister can come to hold what `after` does, and pay for it.

    `after` is the canister as it is going to be, its balance without what the growth itself sets
    aside.

    Returns:
        The cycles that `set_aside` is to move to its reserved balance.

    Raises:
        Refused: The subnet has no room (IC0101), the canister would be frozen (IC0532), or more
            would be reserved than it allows (IC0534).
    """
    gained = held_bytes(after) - held_bytes(before)
    require_memory(subnet, facts.subnet_memory_bytes, held_bytes(before), held_bytes(after))
    require_unfrozen(facts, before, after)
    reserved = reservation_for(facts, subnet.held_in_all, gained)
    beyond = beyond_reserved_limit(after, gained, reserved)
    if beyond is not None:
        raise Refused.with_reject(beyond)
    require_unfrozen(facts, before, with_set_aside(after, reserved))
    return reserved


def beyond_reserved_limit(canister: Canister, gained_bytes: int, reserved: int) -> Reject | None:
    """The reject for memory for which more cycles must be set aside than the canister allows."""
    limit = canister.settings.reserved_cycles_limit
    excess = canister.reserved_cycles + reserved - limit
    if not reserved or excess <= 0:
        return None
    return Reject.of(
        ErrorCode.RESERVED_CYCLES_LIMIT_EXCEEDED_IN_MEMORY_GROW,
        f"Canister cannot grow memory by {gained_bytes} bytes due to its reserved cycles limit. "
        f"The current limit ({limit}) would be exceeded by {excess}.",
    )


def require_unfrozen(facts: SystemFacts, before: Canister, after: Canister) -> None:
    """Checks that a canister is not frozen by the memory that it gains.

    Raises:
        Refused: It would be (IC0532).
    """
    gained = held_bytes(after) - held_bytes(before)
    missing = freezing_limit(after, facts.fees) - after.cycles
    if gained > 0 and missing > 0:
        raise Refused(
            ErrorCode.INSUFFICIENT_CYCLES_IN_MEMORY_GROW,
            f"Canister cannot grow memory by {gained} bytes due to insufficient cycles. "
            f"At least {missing} additional cycles are required.",
        )


def reservation_for(facts: SystemFacts, used_bytes: int, gained_bytes: int) -> int:
    """The cycles that must be set aside for so much more than is used on the subnet."""
    threshold, capacity = facts.storage_reservation_threshold, facts.subnet_memory_bytes
    if gained_bytes <= 0 or threshold >= capacity:
        return 0
    fees = facts.fees
    paid = fees.storage_reservation(used_bytes, threshold, capacity)
    return fees.storage_reservation(used_bytes + gained_bytes, threshold, capacity) - paid


def with_set_aside(canister: Canister, cycles: int) -> Canister:
    """The canister as `set_aside` would leave it."""
    return replace(
        canister,
        cycles=canister.cycles - cycles,
        reserved_cycles=canister.reserved_cycles + cycles,
    )


def grant(subnet: Subnet, canister: Canister, fee: int, reserved: int) -> None:
    """Takes the fee for what the management canister did, and sets cycles aside for storage."""
    consume(subnet, canister, CyclesUse.INSTRUCTIONS, fee)
    set_aside(canister, reserved)


def set_aside(canister: Canister, cycles: int) -> None:
    """Moves cycles to the reserved balance, for storage that is to be paid later."""
    canister.cycles -= cycles
    canister.reserved_cycles += cycles
