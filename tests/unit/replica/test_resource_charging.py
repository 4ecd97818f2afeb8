"""Charging for storage, against the rule put plainly."""

from __future__ import annotations

from copy import deepcopy

from hypothesis import given
from hypothesis import strategies as st

from ic_factory.protocol.principal import Principal
from ic_factory.replica.canister_cycles import held_bytes
from ic_factory.replica.cycles import FeeTable
from ic_factory.replica.random import SeededRandom
from ic_factory.replica.scheduling.resource_charging import CHARGING_INTERVAL, charge_for_resources
from ic_factory.replica.state.canister import Canister
from ic_factory.replica.state.consumption import CyclesUse
from ic_factory.replica.state.settings import CanisterSettings
from ic_factory.replica.state.subnet import Subnet, canister_id_of

SECOND = 10**9
FEES = FeeTable()
BALANCES = st.integers(0, 3_000_000) | st.integers(10**9, 10**12)


@st.composite
def canisters(draw: st.DrawFn, number: int) -> Canister:
    """A canister that holds what it has allocated, created before or in the time charged for."""
    canister_settings = CanisterSettings(
        memory_allocation=draw(st.sampled_from([0, 1, 2**20, 2**30])),
        compute_allocation=draw(st.sampled_from([0, 0, 1, 50])),
    )
    return Canister(
        canister_id_of(number),
        canister_settings,
        created_at=draw(st.integers(0, 40 * SECOND)),
        cycles=draw(BALANCES),
        reserved_cycles=draw(st.sampled_from([0, 1, 10**5]) | BALANCES),
    )


@st.composite
def subnets(draw: st.DrawFn) -> Subnet:
    """A subnet that has come to some time since all paid last."""
    paid = draw(st.integers(0, 30)) * SECOND
    subnet = Subnet(Principal.anonymous(), paid, SeededRandom(bytes(32)), charged_until=paid)
    for number in range(draw(st.integers(0, 5))):
        canister = draw(canisters(number))
        subnet.canisters[canister.canister_id] = canister
        subnet.note_held(canister.canister_id, held_bytes(canister))
    subnet.time = max(
        subnet.time + draw(st.integers(0, 100 * SECOND)),
        *(canister.created_at for canister in subnet.canisters.values()),
        0,
    )
    return subnet


@given(subnets(), st.sets(st.integers(0, 5)))
def test_each_canister_pays_for_what_it_held_as_long_as_it_was_there(
    subnet: Subnet, busy_numbers: set[int]
) -> None:
    busy = {canister_id_of(number) for number in busy_numbers}
    before = deepcopy(subnet)
    ran_out = [canister_id for canister_id, _ in charge_for_resources(subnet, FEES, busy)]
    if before.time - before.charged_until < CHARGING_INTERVAL:
        assert subnet == before
        return
    expected_out = []
    for old in before.canisters.values():
        canister = subnet.canisters[old.canister_id]
        seconds = (before.time - max(before.charged_until, old.created_at)) // SECOND
        storage = FEES.storage(held_bytes(old), seconds)
        compute = FEES.compute_allocation(old.settings.compute_allocation, seconds)
        wealth = old.cycles + old.reserved_cycles
        paid = storage * (storage <= wealth)
        paid += compute * (storage + compute <= wealth)
        left = wealth - paid
        if storage + compute > wealth and old.canister_id not in busy:
            expected_out.append(old.canister_id)
            left = 0
        assert canister.cycles + canister.reserved_cycles == left
        assert sum(canister.consumed.values()) == wealth - left
        assert canister.reserved_cycles == max(0, old.reserved_cycles - (wealth - left))
    assert ran_out == expected_out


@given(subnets())
def test_cycles_that_canisters_paid_are_consumed_by_the_subnet(subnet: Subnet) -> None:
    def wealth() -> int:
        return sum(each.cycles + each.reserved_cycles for each in subnet.canisters.values())

    before = wealth()
    list(charge_for_resources(subnet, FEES, ()))
    assert wealth() + subnet.consumed_cycles == before
    for use in CyclesUse:
        of_canisters = sum(each.consumed.get(use, 0) for each in subnet.canisters.values())
        assert of_canisters == subnet.consumed.get(use, 0)
