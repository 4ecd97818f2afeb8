"""Specification: "IC method create_canister", "The IC Provisional API"."""

from __future__ import annotations

from typing import Any

import pytest

from ic_factory.protocol.principal import Principal
from ic_factory.replica.management.interface import decode_reply
from tests.conformance.management.actors import Refusal, Role, World
from tests.conformance.management.candid_arguments import argument

CREATION_FEE = 500_000_000_000
TRILLION = 10**12
PROVISIONAL = "provisional_create_canister_with_cycles"
DEFAULT_CYCLES = 100 * TRILLION

DEFAULT_SETTINGS: dict[str, Any] = {
    "compute_allocation": 0,
    "memory_allocation": 0,
    "freezing_threshold": 2_592_000,
    "reserved_cycles_limit": 5 * TRILLION,
    "minimum_incoming_canister_call_cycles": 0,
    "log_visibility": {"controllers": None},
    "snapshot_visibility": {"controllers": None},
    "status_visibility": {"controllers": None},
    "wasm_memory_limit": 0,
    "wasm_memory_threshold": 0,
    "environment_variables": [],
}


def create(world: World, cycles: int, **fields: Any) -> tuple[Principal | Refusal, int]:
    """Creates a canister by another canister; returns its id and the cycles refunded."""
    answer, refund = world.from_canister(
        world.manager, "create_canister", argument("create_canister", **fields), cycles
    )
    if isinstance(answer, Refusal):
        return answer, refund
    return decode_reply("create_canister", answer)["canister_id"], refund


def provisional(world: World, **fields: Any) -> Principal:
    created: Principal = world.manage(PROVISIONAL, **fields)["canister_id"]
    return created


# By canisters, for cycles.


def test_the_caller_becomes_the_controller(world: World):
    created, _ = create(world, TRILLION)
    assert isinstance(created, Principal)
    answer, _ = world.from_canister(
        world.manager, "canister_status", argument("canister_status", canister_id=created)
    )
    assert isinstance(answer, bytes)
    status = decode_reply("canister_status", answer)
    assert status["settings"]["controllers"] == [world.manager]


def test_a_new_canister_is_empty_and_running(world: World):
    created = provisional(world)
    status = world.status(created)
    assert status["module_hash"] == []
    assert status["status"] == {"running": None}
    assert status["version"] == 0
    settings = {**status["settings"]}
    assert settings.pop("controllers") == [world.controller]
    settings.pop("log_memory_limit")
    assert settings == DEFAULT_SETTINGS


def test_the_fee_comes_off_the_cycles_attached(world: World):
    settings = {"controllers": [world.controller]}
    created, refund = create(world, TRILLION, settings=settings)
    assert isinstance(created, Principal)
    assert refund == 0
    assert world.cycles(created) == TRILLION - CREATION_FEE


def test_the_fee_alone_makes_a_canister_with_nothing(world: World):
    settings = {"controllers": [world.controller], "freezing_threshold": 0}
    created, _ = create(world, CREATION_FEE, settings=settings)
    assert isinstance(created, Principal)
    assert world.cycles(created) == 0


@pytest.mark.parametrize("cycles", [0, 1, CREATION_FEE - 1])
def test_fewer_cycles_than_the_fee_come_back(world: World, cycles: int):
    refusal, refund = create(world, cycles)
    assert isinstance(refusal, Refusal)
    assert refusal.reject_code == 4
    assert str(CREATION_FEE) in refusal.message
    assert str(cycles) in refusal.message
    assert refund == cycles


def test_cycles_come_back_where_the_settings_are_invalid(world: World):
    refusal, refund = create(world, TRILLION, settings={"compute_allocation": 101})
    assert isinstance(refusal, Refusal)
    assert refund == TRILLION


def test_settings_are_taken_over(world: World):
    settings = {
        "controllers": [world.controller, world.stranger],
        "compute_allocation": 1,
        "memory_allocation": 2**20,
        "freezing_threshold": 5,
        "reserved_cycles_limit": 6,
        "minimum_incoming_canister_call_cycles": 7,
        "log_visibility": {"public": None},
        "snapshot_visibility": {"allowed_viewers": [world.stranger]},
        "status_visibility": {"public": None},
        "wasm_memory_limit": 8,
        "wasm_memory_threshold": 9,
        "environment_variables": [{"name": "A", "value": "1"}],
    }
    created, _ = create(world, 2 * TRILLION, settings=settings)
    assert isinstance(created, Principal)
    found = world.status(created)["settings"]
    assert set(found.pop("controllers")) == set(settings.pop("controllers"))  # type: ignore[arg-type]
    assert {name: found[name] for name in settings} == settings


def test_a_caller_need_not_be_a_controller(world: World):
    created, _ = create(world, TRILLION, settings={"controllers": [world.stranger]})
    assert isinstance(created, Principal)
    assert world.refused("canister_status", canister_id=created).error_code == "IC0512"
    world.manage("canister_status", Role.STRANGER, canister_id=created)


def test_a_canister_may_have_no_controllers(world: World):
    created, _ = create(world, TRILLION, settings={"controllers": []})
    assert isinstance(created, Principal)
    for role in (Role.CONTROLLER, Role.CONTROLLING_CANISTER):
        refusal = world.refused("canister_status", role, canister_id=created)
        assert refusal.reject_code == 5


def test_ids_are_never_given_twice(world: World):
    created = [provisional(world) for _ in range(5)]
    assert len(set(created)) == 5
    first = created[0]
    world.manage("stop_canister", canister_id=first)
    world.manage("delete_canister", canister_id=first)
    assert provisional(world) not in created


def test_ids_are_opaque(world: World):
    assert provisional(world).bytes[-2:] == b"\x01\x01"


# Provisionally, by anyone.


@pytest.mark.parametrize("role", list(Role), ids=lambda role: role.value)
def test_anyone_creates_canisters_provisionally(world: World, role: Role):
    encoded = argument(PROVISIONAL, settings={"controllers": [world.controller]})
    answer = world.call(role, PROVISIONAL, encoded)
    assert isinstance(answer, bytes)
    created = decode_reply(PROVISIONAL, answer)["canister_id"]
    assert world.cycles(created) == DEFAULT_CYCLES


def test_the_anonymous_controls_what_it_creates(world: World):
    encoded = argument(PROVISIONAL)
    answer = world.call(Role.ANONYMOUS, PROVISIONAL, encoded)
    assert isinstance(answer, bytes)
    created = decode_reply(PROVISIONAL, answer)["canister_id"]
    world.manage("canister_status", Role.ANONYMOUS, canister_id=created)


@pytest.mark.parametrize("amount", [0, 1, TRILLION, 2**64, 2**100])
def test_the_amount_of_cycles_is_chosen(world: World, amount: int):
    created = provisional(world, amount=amount, settings={"freezing_threshold": 0})
    assert world.cycles(created) == amount


def test_cycles_attached_come_back(world: World):
    answer, refund = world.from_canister(
        world.other, PROVISIONAL, argument(PROVISIONAL, amount=5), TRILLION
    )
    assert isinstance(answer, bytes)
    assert refund == TRILLION


MAINNET_ID = Principal.from_str("rdmx6-jaaaa-aaaaa-aaadq-cai")


def test_a_canister_has_the_id_that_is_asked_for(world: World):
    assert provisional(world, specified_id=MAINNET_ID) == MAINNET_ID
    assert world.status(MAINNET_ID)["module_hash"] == []


def test_an_id_that_is_taken_is_refused(world: World):
    refusal = world.refused(PROVISIONAL, specified_id=world.target)
    assert (refusal.reject_code, refusal.error_code) == (2, "IC0205")
    assert str(world.target) in refusal.message
    assert world.status()["module_hash"]


@pytest.mark.parametrize(
    "raw", [b"", b"\x04", bytes(29), b"\xff" * 8 + b"\x01\x01", b"\x90" + bytes(7) + b"\x01\x01"]
)
def test_an_id_outside_of_the_ranges_is_refused(world: World, raw: bytes):
    refusal = world.refused(PROVISIONAL, specified_id=Principal(raw))
    assert refusal.reject_code in (3, 4)


def test_fresh_ids_leave_out_what_was_asked_for(world: World):
    next_one = provisional(world)
    number = int.from_bytes(next_one.bytes[:8], "big") + 1
    asked = Principal(number.to_bytes(8, "big") + b"\x01\x01")
    assert provisional(world, specified_id=asked) == asked
    assert provisional(world) not in (asked, next_one)


# Topping up.


@pytest.mark.parametrize("role", list(Role), ids=lambda role: role.value)
def test_anyone_tops_up_any_canister(world: World, role: Role):
    before = world.cycles(world.manager)
    fields = {"canister_id": world.manager, "amount": 12345 * TRILLION}
    answer = world.call(
        role, "provisional_top_up_canister", argument("provisional_top_up_canister", **fields)
    )
    assert isinstance(answer, bytes)
    assert 12344 * TRILLION < world.cycles(world.manager) - before <= 12345 * TRILLION


def test_topping_up_a_canister_that_is_not_there(world: World):
    absent = Principal(world.target.bytes[:6] + b"\x77\x77\x01\x01")
    refusal = world.refused("provisional_top_up_canister", canister_id=absent, amount=1)
    assert (refusal.reject_code, refusal.error_code) == (3, "IC0301")
