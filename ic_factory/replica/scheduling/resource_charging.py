"""Storage and compute allocation, charged by the replica's clock.

Specification: "Canister out of cycles", "Time progressing, cycle consumption".
"""

from __future__ import annotations

from collections.abc import Container, Iterator

from ic_factory.protocol.principal import Principal
from ic_factory.replica.canister_cycles import held_bytes
from ic_factory.replica.clock import NANOSECONDS_PER_SECOND
from ic_factory.replica.cycles import FeeTable
from ic_factory.replica.management.lifecycle import uninstall_code
from ic_factory.replica.rejects import Payload
from ic_factory.replica.state.canister import Canister
from ic_factory.replica.state.messages import Origin
from ic_factory.replica.state.subnet import Subnet

CHARGING_INTERVAL = 10 * NANOSECONDS_PER_SECOND
"""Canisters pay for what they hold at most this often, as on the mainnet."""

Answer = tuple[Origin, Payload, int]
"""Who is answered, with what, and how many cycles go back."""


def charge_for_resources(
    subnet: Subnet, fees: FeeTable, busy: Container[Principal]
) -> Iterator[tuple[Principal, list[Answer]]]:
    """Charges all canisters for the time since they paid last.

    Yields each canister that ran out of cycles, with the answers that its open calls get; its
    code has been uninstalled. Those that are `busy` keep it until the next time.
    """
    seconds = (subnet.time - subnet.charged_until) // NANOSECONDS_PER_SECOND
    if subnet.time - subnet.charged_until < CHARGING_INTERVAL:
        return
    subnet.charged_until += seconds * NANOSECONDS_PER_SECOND
    for canister in list(subnet.canisters.values()):
        paid = _paid(canister, subnet, fees, seconds)
        if not paid and canister.code is not None and canister.canister_id not in busy:
            yield canister.canister_id, uninstall_code(subnet, canister, None)


def _paid(canister: Canister, subnet: Subnet, fees: FeeTable, seconds: int) -> bool:
    """Takes the fee, reserved cycles first; False where there weren't enough."""
    fee = fees.storage(held_bytes(canister), seconds) + fees.compute_allocation(
        canister.settings.compute_allocation, seconds
    )
    from_reserve = min(fee, canister.reserved_cycles)
    from_balance = min(fee - from_reserve, canister.cycles)
    canister.reserved_cycles -= from_reserve
    canister.cycles -= from_balance
    subnet.consumed_cycles += from_reserve + from_balance
    return from_reserve + from_balance == fee
