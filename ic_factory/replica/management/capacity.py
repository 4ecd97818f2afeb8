"""What the subnet can still give, and what a canister must be able to pay to have more.

Specification: "Memory allocation", "Compute allocation"; error texts: "Execution errors".
"""

from __future__ import annotations

from ic_factory.replica.canister_cycles import freezing_limit, held_bytes, memory_usage
from ic_factory.replica.cycles import FeeTable
from ic_factory.replica.management.refusal import Refused
from ic_factory.replica.rejects import ErrorCode
from ic_factory.replica.state.canister import Canister
from ic_factory.replica.state.subnet import Subnet

SUBNET_COMPUTE_PERCENT = 299
"""All compute allocations of a subnet together, as on an application subnet with four cores."""


def require_memory(subnet: Subnet, capacity_bytes: int, before: int, after: int) -> None:
    """Checks that the subnet has room for a canister that held `before` bytes to hold `after`.

    Raises:
        Refused: It hasn't (IC0101).
    """
    if after <= before:
        return
    held = sum(map(held_bytes, subnet.canisters.values()))
    available = max(0, capacity_bytes - held)
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


def require_cycles_to_grow(grown: Canister, usage_before: int, fees: FeeTable) -> None:
    """Checks that a canister, as it is going to be, isn't frozen by the memory that it gains.

    Raises:
        Refused: It would be (IC0532).
    """
    bytes_gained = memory_usage(grown) - usage_before
    missing = freezing_limit(grown, fees) - grown.cycles
    if bytes_gained > 0 and missing > 0:
        raise Refused(
            ErrorCode.INSUFFICIENT_CYCLES_IN_MEMORY_GROW,
            f"Canister cannot grow memory by {bytes_gained} bytes due to insufficient cycles. "
            f"At least {missing} additional cycles are required.",
        )


def charge(subnet: Subnet, canister: Canister, fee: int) -> None:
    """Takes `fee` cycles from the canister, or what it has of them."""
    paid = min(fee, canister.cycles)
    canister.cycles -= paid
    subnet.consumed_cycles += paid
