"""Specification: "IC method deposit_cycles", "raw_rand", "subnet_info", "node_metrics_history"."""

from __future__ import annotations

from typing import Any

import pytest

from ic_factory.protocol.principal import Principal
from ic_factory.replica.management.interface import decode_reply
from tests.conformance.management.actors import Refusal, Role, World
from tests.conformance.management.candid_arguments import argument

TRILLION = 10**12


@pytest.mark.parametrize("amount", [0, 1, TRILLION])
def test_cycles_are_deposited_into_any_canister(world: World, amount: int):
    encoded = argument("deposit_cycles", canister_id=world.target)
    before = world.cycles(world.target)
    answer, refund = world.from_canister(world.other, "deposit_cycles", encoded, amount)
    assert isinstance(answer, bytes)
    assert refund == 0
    assert world.cycles(world.target) == before + amount


def test_a_canister_deposits_into_itself(world: World):
    encoded = argument("deposit_cycles", canister_id=world.other)
    answer, refund = world.from_canister(world.other, "deposit_cycles", encoded, TRILLION)
    assert isinstance(answer, bytes)
    assert refund == 0


def test_a_stopped_or_frozen_canister_takes_deposits(world: World):
    world.manage("stop_canister", canister_id=world.target)
    world.settings(freezing_threshold=2**64 - 1)
    before = world.cycles(world.target)
    encoded = argument("deposit_cycles", canister_id=world.target)
    answer, _ = world.from_canister(world.other, "deposit_cycles", encoded, TRILLION)
    assert isinstance(answer, bytes)
    assert world.cycles(world.target) == before + TRILLION


def test_deposits_to_nowhere_come_back(world: World):
    absent = Principal(world.target.bytes[:6] + b"\x77\x77\x01\x01")
    encoded = argument("deposit_cycles", canister_id=absent)
    answer, refund = world.from_canister(world.other, "deposit_cycles", encoded, TRILLION)
    assert isinstance(answer, Refusal)
    assert answer.reject_code == 3
    assert refund == TRILLION


# Who pays for a user's call.


def test_the_canister_that_is_managed_pays_for_the_message(world: World):
    before = world.cycles(world.target)
    world.manage("start_canister", canister_id=world.target)
    fee = before - world.cycles(world.target)
    assert 1_200_000 <= fee < 1_500_000
    longer = "stored_chunks"
    world.manage(longer, canister_id=world.target)
    assert before - fee - world.cycles(world.target) == fee + 2_000 * (
        len(longer) - len("start_canister")
    )


def test_creating_and_refused_calls_cost_nobody_anything(world: World):
    canisters = (world.target, world.other, world.manager)
    before = [world.cycles(each) for each in canisters]
    world.manage("provisional_create_canister_with_cycles")
    world.refused("start_canister", Role.STRANGER, canister_id=world.target)
    assert [world.cycles(each) for each in canisters] == before


def test_a_canister_does_not_pay_for_calls_of_other_canisters_about_it(world: World):
    before = world.cycles(world.target)
    world.manage("start_canister", Role.CONTROLLING_CANISTER, canister_id=world.target)
    assert world.cycles(world.target) == before


# raw_rand


def random_bytes(world: World, role: Role = Role.OTHER_CANISTER) -> bytes:
    answer = world.call(role, "raw_rand", argument("raw_rand"))
    assert isinstance(answer, bytes)
    drawn: bytes = decode_reply("raw_rand", answer)
    return drawn


def test_randomness_is_32_bytes_new_each_time(world: World):
    drawn = [random_bytes(world) for _ in range(20)]
    assert {len(each) for each in drawn} == {32}
    assert len(set(drawn)) == 20


def test_randomness_differs_between_canisters(world: World):
    assert random_bytes(world, Role.OTHER_CANISTER) != random_bytes(world, Role.ITSELF)


def test_randomness_is_repeated_after_a_rewind(world: World):
    """A test that failed can be run again with the same random numbers."""
    moment = world.replica.snapshot()
    first = random_bytes(world)
    world.replica.rewind(moment)
    assert random_bytes(world) == first


# The subnet.

OTHER_SUBNET = Principal(b"\x01" * 28 + b"\x02")


def ask(world: World, method: str, **fields: Any) -> bytes | Refusal:
    return world.call(Role.OTHER_CANISTER, method, argument(method, **fields))


def test_subnet_info(world: World):
    answer = ask(world, "subnet_info", subnet_id=world.replica.subnet_id)
    assert isinstance(answer, bytes)
    info = decode_reply("subnet_info", answer)
    assert info["replica_version"]
    assert info["registry_version"] >= 0


def test_node_metrics_history(world: World):
    answer = ask(
        world,
        "node_metrics_history",
        subnet_id=world.replica.subnet_id,
        start_at_timestamp_nanos=0,
    )
    assert isinstance(answer, bytes)
    samples = decode_reply("node_metrics_history", answer)
    assert len(samples) <= 60


@pytest.mark.parametrize("method", ["subnet_info", "node_metrics_history"])
def test_a_subnet_that_is_not_there(world: World, method: str):
    more = {"start_at_timestamp_nanos": 0} if method == "node_metrics_history" else {}
    answer = ask(world, method, subnet_id=OTHER_SUBNET, **more)
    assert isinstance(answer, Refusal)
    assert answer.reject_code in (3, 4)
    assert str(OTHER_SUBNET) in answer.message
