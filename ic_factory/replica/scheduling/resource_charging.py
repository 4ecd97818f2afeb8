"""Storage and compute allocation, charged by the replica's clock.

Specification: "Canister out of cycles", "Time progressing, cycle consumption".
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from functools import cache

from ic_factory.protocol.principal import Principal
from ic_factory.replica.canister_cycles import burn_remains
from ic_factory.replica.clock import NANOSECONDS_PER_SECOND
from ic_factory.replica.cycles import FeeTable
from ic_factory.replica.management.lifecycle import uninstall_code
from ic_factory.replica.rejects import Payload
from ic_factory.replica.state.canister import Canister
from ic_factory.replica.state.consumption import CyclesUse, note_consumed
from ic_factory.replica.state.messages import Origin
from ic_factory.replica.state.subnet import Subnet

CHARGING_INTERVAL = 10 * NANOSECONDS_PER_SECOND
"""Canisters pay for what they hold at most this often, as on the mainnet."""

_CHARGED_USES = (CyclesUse.MEMORY, CyclesUse.COMPUTE_ALLOCATION)

Answer = tuple[Origin, Payload, int]
"""Who is answered, with what, and how many cycles go back."""


def charge_for_resources(
    subnet: Subnet, fees: FeeTable, busy: Container[Principal]
) -> Iterator[tuple[Principal, list[Answer]]]:
    """Charges all canisters for the time since they paid last, or since they are there.

    Yields each canister that ran out of cycles, with the answers that its open calls get; its
    code has been uninstalled, and what cycles it had left are gone. Those that are `busy` go on
    until the next time.
    """
    since = subnet.charged_until
    if subnet.time - since < CHARGING_INTERVAL:
        return
    subnet.charged_until += (subnet.time - since) // NANOSECONDS_PER_SECOND * NANOSECONDS_PER_SECOND
    # Most canisters hold as much as others do.
    fees_for = cache(lambda held, percent, seconds: _fees(fees, held, percent, seconds))
    charged = dict.fromkeys(_CHARGED_USES, 0)
    ran_out = []
    for canister in subnet.canisters.values():
        alive = subnet.time - max(since, canister.created_at)
        due = fees_for(
            subnet.held_bytes[canister.canister_id],
            canister.settings.compute_allocation,
            alive // NANOSECONDS_PER_SECOND,
        )
        for use, fee in due:
            if fee > canister.cycles + canister.reserved_cycles:
                ran_out.append(canister)
                break
            _take(canister, use, fee)
            charged[use] += fee
    for use, total in charged.items():
        note_consumed(subnet.consumed, use, total)
    for canister in ran_out:
        if canister.canister_id not in busy:
            answers = uninstall_code(subnet, canister, None)
            burn_remains(subnet, canister)
            yield canister.canister_id, answers


def _fees(
    fees: FeeTable, held_bytes: int, compute_percent: int, seconds: int
) -> tuple[tuple[CyclesUse, int], ...]:
    """What is to be paid, in this order; a canister that can't pay one does not pay the next."""
    storage = fees.storage(held_bytes, seconds)
    compute = fees.compute_allocation(compute_percent, seconds)
    due = zip(_CHARGED_USES, (storage, compute), strict=True)
    return tuple((use, fee) for use, fee in due if fee)


def _take(canister: Canister, use: CyclesUse, fee: int) -> None:
    """Takes a fee that is there, reserved cycles first."""
    from_reserve = min(fee, canister.reserved_cycles)
    canister.reserved_cycles -= from_reserve
    canister.cycles -= fee - from_reserve
    note_consumed(canister.consumed, use, fee)
