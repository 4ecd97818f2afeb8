"""Creating canisters and giving them cycles."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ic_factory.protocol.principal import Principal
from ic_factory.replica.management.history import environment_variables_hash
from ic_factory.replica.state.canister import CanisterStatus
from ic_factory.replica.state.history import Creation, FromCanister, FromUser
from ic_factory.replica.state.settings import CanisterSettings
from ic_factory.replica.state.subnet import FIRST_FRESH_NUMBER, canister_id_of
from tests.unit.management.world import ADMIN, START_TIME, STRANGER, WALLET, World

FEE = 500_000_000_000
PROVISIONAL = "provisional_create_canister_with_cycles"


def test_new_canister_belongs_to_its_creator_and_is_empty() -> None:
    world = World()
    created = world.call(PROVISIONAL, {})
    assert str(created["canister_id"]) == "bnz7o-iuaaa-aaaaa-qaaaa-cai"
    canister = world.subnet.canisters[created["canister_id"]]
    assert canister.settings == CanisterSettings(controllers=(ADMIN,))
    assert (canister.cycles, canister.canister_version) == (100_000_000_000_000, 0)
    assert (canister.code, canister.status) == (None, CanisterStatus.RUNNING)
    assert canister.created_at == START_TIME


def test_each_new_canister_has_an_id_of_its_own() -> None:
    world = World()
    taken = canister_id_of(FIRST_FRESH_NUMBER + 1)
    world.call(PROVISIONAL, {"specified_id": [taken]})
    ids = [world.create().canister_id for _ in range(3)]
    assert ids == [canister_id_of(FIRST_FRESH_NUMBER + number) for number in (0, 2, 3)]


def test_a_canister_pays_the_creation_fee_from_the_cycles_that_it_attaches() -> None:
    world = World()
    answered = world.answer("create_canister", {}, WALLET, cycles=FEE + 7)
    assert answered.refund == 0
    (canister,) = world.subnet.canisters.values()
    assert answered.touched == (canister.canister_id,)
    assert (canister.cycles, canister.controllers) == (7, (WALLET,))
    assert world.subnet.consumed_cycles == FEE


def test_creation_with_too_few_cycles_is_refused() -> None:
    assert World().refusal("create_canister", {}, WALLET, cycles=FEE - 1) == (
        f"IC0403: Creating a canister requires a fee of {FEE} that is deducted from the canister's"
        f" initial balance but only {FEE - 1} cycles were received with the create_canister "
        "request."
    )


def test_provisional_creation_gives_back_the_cycles_that_came_along() -> None:
    answered = World().answer(PROVISIONAL, {"amount": [3]}, WALLET, cycles=11)
    assert answered.refund == 11


def test_creation_under_a_given_id() -> None:
    world = World()
    wanted = Principal.from_str("rrkah-fqaaa-aaaaa-aaaaq-cai")
    assert world.call(PROVISIONAL, {"specified_id": [wanted]}) == {"canister_id": wanted}
    assert world.refusal(PROVISIONAL, {"specified_id": [wanted]}) == (
        f"IC0205: Unsuccessful canister creation: canister id {wanted} already exists."
    )


@pytest.mark.parametrize(
    "foreign",
    [canister_id_of(FIRST_FRESH_NUMBER - 1), ADMIN, Principal(b""), Principal(b"\x00" * 9)],
)
def test_a_given_id_must_be_one_of_the_subnets(foreign: Principal) -> None:
    refusal = World().refusal(PROVISIONAL, {"specified_id": [foreign]})
    assert refusal.startswith("IC0405: Unsuccessful validation of specified ID: ")
    assert str(foreign) in refusal


def test_history_begins_with_the_creation() -> None:
    world = World()
    canister = world.create(controllers=[STRANGER, ADMIN])
    (change,) = canister.history
    assert change.timestamp == START_TIME
    assert (change.canister_version, canister.total_num_changes) == (0, 1)
    assert change.origin == FromUser(ADMIN)
    assert change.details == Creation(canister.controllers, None)
    assert set(canister.controllers) == {ADMIN, STRANGER}


def test_history_tells_the_version_that_a_canister_said_it_has() -> None:
    world = World()
    fields = {"sender_canister_version": [42]}
    world.call("create_canister", fields, WALLET, cycles=FEE)
    (canister,) = world.subnet.canisters.values()
    assert canister.history[0].origin == FromCanister(WALLET, 42)


def test_history_has_the_hash_of_environment_variables() -> None:
    canister = World().create(environment_variables=[{"name": "A", "value": "1"}])
    details = canister.history[0].details
    assert isinstance(details, Creation)
    assert details.environment_variables_hash == sha256(sha256(b"A") + sha256(b"1"))


@given(st.dictionaries(st.text(max_size=8), st.text(max_size=8), max_size=5))
def test_hash_of_environment_variables_follows_the_specification(variables: dict[str, str]) -> None:
    pairs = sorted(
        sha256(name.encode()) + sha256(value.encode()) for name, value in variables.items()
    )
    assert environment_variables_hash(tuple(variables.items())) == sha256(b"".join(pairs))


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def test_a_refused_setting_leaves_no_canister_and_uses_no_id() -> None:
    world = World()
    refusal = world.refusal(PROVISIONAL, {"settings": [{"compute_allocation": [101]}]})
    assert refusal == "IC0504: ComputeAllocation expected to be in the range [0..100], got 101"


def test_anyone_may_top_up_any_canister() -> None:
    world = World()
    canister = world.create()
    fields = {"canister_id": canister.canister_id, "amount": 5}
    answered = world.answer("provisional_top_up_canister", fields, STRANGER)
    assert answered.touched == (canister.canister_id,)
    assert canister.cycles == 100_000_000_000_005


def test_deposited_cycles_go_to_the_canister() -> None:
    world = World()
    canister = world.create()
    answered = world.answer("deposit_cycles", {"canister_id": canister.canister_id}, WALLET, 9)
    assert (answered.refund, canister.cycles) == (0, 100_000_000_000_009)


def test_cycles_for_nobody_come_back() -> None:
    refusal = World().refusal("deposit_cycles", {"canister_id": WALLET}, WALLET, 9)
    assert refusal == f"IC0301: Canister {WALLET} not found."


def test_an_amount_fits_128_bits() -> None:
    world = World()
    assert world.refusal(PROVISIONAL, {"amount": [2**128]}).startswith("IC0408: ")
    world.call(PROVISIONAL, {"amount": [2**128 - 1]})
