"""Whether a canister can pay for what a message did.

Specification: "Message execution"; error texts: "Execution errors".
"""

from __future__ import annotations

from dataclasses import replace

from ic_factory.replica.canister_cycles import (
    execution_fees,
    freezing_limit,
    held_bytes,
    memory_usage,
)
from ic_factory.replica.execution.outcome import Effects
from ic_factory.replica.management.capacity import (
    beyond_reserved_limit,
    reservation_for,
)
from ic_factory.replica.rejects import ErrorCode, Reject
from ic_factory.replica.scheduling.call_contexts import transmission_fee
from ic_factory.replica.state.canister import Canister
from ic_factory.replica.state.subnet import Subnet
from ic_factory.replica.surroundings import SystemFacts


def cycles_to_set_aside(
    subnet: Subnet,
    facts: SystemFacts,
    canister: Canister,
    effects: Effects,
    grown_bytes: int,
    *,
    may_freeze: bool,
) -> int | Reject:
    """What is to be set aside for memory that a message gained, or why it can't be paid.

    Args:
        subnet: all canisters, this one with the memory that it gained.
        facts: fees and the subnet's size.
        canister: the canister, charged for its instructions.
        effects: what the message asked for; not applied yet.
        grown_bytes: by how much heap and stable memory grew.
        may_freeze: whether the message may spend what keeps the canister from freezing, as
            callbacks may.
    """
    left = canister.cycles + _gain(canister, effects, facts)
    if left < 0:
        # It ran aside, and storage has been paid since with cycles that it spent.
        return _can_not_pay(canister, -left)
    gained = _gained_bytes(canister, grown_bytes)
    if gained <= 0:
        return 0
    reserved = _reservation(subnet, facts, canister, gained)
    beyond = beyond_reserved_limit(canister, gained, reserved)
    if beyond is not None:
        return replace(beyond, message=_from_canister(canister, beyond.message))
    limit = 0 if may_freeze else freezing_limit(canister, facts.fees)
    missing = max(0, limit - reserved) - (left - reserved)
    return reserved if missing <= 0 else _can_not_grow(canister, gained, missing)


def _gain(canister: Canister, effects: Effects, facts: SystemFacts) -> int:
    """What an execution adds to the balance: as a rule, less than nothing."""
    fees = execution_fees(canister, facts.fees)
    sent = sum(call.cycles + transmission_fee(call, fees) for call in effects.calls)
    prepaid = fees.transmission_prepayment + fees.execution_prepayment
    gone = sent + len(effects.calls) * prepaid + effects.cycles_burned
    return effects.cycles_accepted - gone


def _gained_bytes(canister: Canister, grown_bytes: int) -> int:
    """How much more of the subnet's memory the canister takes."""
    used = memory_usage(canister)
    allocated = canister.settings.memory_allocation
    return max(used, allocated) - max(used - grown_bytes, allocated)


def _reservation(subnet: Subnet, facts: SystemFacts, canister: Canister, gained_bytes: int) -> int:
    if facts.storage_reservation_threshold >= facts.subnet_memory_bytes:
        return 0
    by_others = subnet.held_in_all - subnet.held_bytes[canister.canister_id]
    used = by_others + held_bytes(canister) - gained_bytes
    return reservation_for(facts, used, gained_bytes)


def _from_canister(canister: Canister, message: str) -> str:
    return f"Error from Canister {canister.canister_id}: {message}"


def _can_not_grow(canister: Canister, gained: int, missing: int) -> Reject:
    return Reject.of(
        ErrorCode.INSUFFICIENT_CYCLES_IN_MEMORY_GROW,
        _from_canister(
            canister,
            f"Canister cannot grow memory by {gained} bytes due to insufficient cycles. At least "
            f"{missing} additional cycles are required.",
        ),
    )


def _can_not_pay(canister: Canister, missing: int) -> Reject:
    return Reject.of(
        ErrorCode.CANISTER_OUT_OF_CYCLES,
        f"Canister {canister.canister_id} is out of cycles: the message spends {missing} more "
        "than it has",
    )
