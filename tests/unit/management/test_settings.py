"""Updating settings: what is taken, what is refused, and what follows."""

from __future__ import annotations

from typing import Any

import pytest

from ic_factory.protocol.principal import Principal
from ic_factory.replica.canister_cycles import freezing_limit
from ic_factory.replica.cycles import FREE
from ic_factory.replica.state.canister import Canister
from ic_factory.replica.state.history import ControllersChange
from tests.unit.management.world import ADMIN, STRANGER, World

ELEVEN = [Principal(bytes([number])) for number in range(11)]
FIVE_TERA = 5_000_000_000_000


def update_fields(canister: Canister, **settings: Any) -> dict[str, Any]:
    return {
        "canister_id": canister.canister_id,
        "settings": {name: [value] for name, value in settings.items()},
    }


def status_settings(world: World, canister: Canister, caller: Principal = ADMIN) -> dict[str, Any]:
    status = world.call("canister_status", {"canister_id": canister.canister_id}, caller)
    settings: dict[str, Any] = status["settings"]
    return settings


ALL_SETTINGS = {
    "controllers": [ADMIN],
    "compute_allocation": 5,
    "memory_allocation": 2**30,
    "freezing_threshold": 86_400,
    "reserved_cycles_limit": 2**128 - 1,
    "minimum_incoming_canister_call_cycles": 17,
    "log_visibility": {"public": None},
    "log_memory_limit": 8192,
    "snapshot_visibility": {"allowed_viewers": [STRANGER]},
    "status_visibility": {"controllers": None},
    "wasm_memory_limit": 2**48,
    "wasm_memory_threshold": 2**20,
    "environment_variables": [{"name": "A", "value": "1"}, {"name": "B", "value": ""}],
}


def test_the_status_tells_the_defaults_of_a_new_canister() -> None:
    world = World()
    assert status_settings(world, world.create()) == {
        "controllers": [ADMIN],
        "compute_allocation": 0,
        "memory_allocation": 0,
        "freezing_threshold": 2_592_000,
        "reserved_cycles_limit": FIVE_TERA,
        "minimum_incoming_canister_call_cycles": 0,
        "log_visibility": {"controllers": None},
        "log_memory_limit": 4096,
        "snapshot_visibility": {"controllers": None},
        "status_visibility": {"controllers": None},
        "wasm_memory_limit": 0,
        "wasm_memory_threshold": 0,
        "environment_variables": [],
    }


def test_all_settings_can_be_given_at_creation_and_later() -> None:
    world = World()
    created = world.create(**ALL_SETTINGS)
    assert status_settings(world, created) == ALL_SETTINGS
    updated = world.create()
    world.call("update_settings", update_fields(updated, **ALL_SETTINGS))
    assert status_settings(world, updated) == ALL_SETTINGS
    assert updated.canister_version == 1


def test_settings_that_are_not_given_stay() -> None:
    world = World()
    canister = world.create(**ALL_SETTINGS)
    world.call("update_settings", update_fields(canister, freezing_threshold=1))
    assert status_settings(world, canister) == ALL_SETTINGS | {"freezing_threshold": 1}


def test_a_change_of_controllers_is_in_the_history_and_other_changes_are_not() -> None:
    world = World()
    canister = world.create()
    world.call("update_settings", update_fields(canister, compute_allocation=1))
    assert canister.total_num_changes == 1
    world.call("update_settings", update_fields(canister, controllers=[STRANGER, STRANGER]))
    change = canister.history[-1]
    assert change.details == ControllersChange((STRANGER,))
    assert (change.canister_version, canister.total_num_changes) == (2, 2)
    world.refusal("update_settings", update_fields(canister))


def test_a_canister_may_have_no_controllers() -> None:
    world = World()
    assert world.create(controllers=[]).controllers == ()


TOO_LONG = "x" * 129

REFUSED = [
    (
        {"controllers": ELEVEN},
        "IC0408: Error decoding candid: The number of elements exceeds maximum allowed 10",
    ),
    (
        {"log_visibility": {"allowed_viewers": ELEVEN}},
        "IC0408: Error decoding candid: The number of elements exceeds maximum allowed 10",
    ),
    (
        {"compute_allocation": 101},
        "IC0504: ComputeAllocation expected to be in the range [0..100], got 101",
    ),
    (
        {"memory_allocation": 2**64},
        f"IC0504: MemoryAllocation expected to be in the range [0..{2**64 - 1}], got {2**64}",
    ),
    (
        {"freezing_threshold": 2**64},
        f"IC0504: Freezing threshold expected to be in the range of [0..2^64-1], got {2**64}",
    ),
    (
        {"reserved_cycles_limit": 2**128},
        f"IC0504: Reserved cycles limit expected to be in the range of [0..2^128-1], got {2**128}",
    ),
    (
        {"wasm_memory_limit": 2**48 + 1},
        f"IC0504: Wasm memory limit expected to be in the range of [0..2^48], got {2**48 + 1}",
    ),
    (
        {"wasm_memory_threshold": 2**48 + 1},
        f"IC0504: Wasm memory threshold expected to be in the range of [0..2^48], got {2**48 + 1}",
    ),
    (
        {"log_memory_limit": 4095},
        "IC0406: The canister log memory limit 4095 is too low. It must be at least 4096.",
    ),
    (
        {"log_memory_limit": 2**21 + 1},
        "IC0406: The canister log memory limit 2097153 is too high. It must be at most 2097152.",
    ),
    (
        {"environment_variables": [{"name": "A", "value": "1"}, {"name": "A", "value": "2"}]},
        "IC0408: Duplicate environment variables are not allowed",
    ),
    (
        {"environment_variables": [{"name": str(n), "value": ""} for n in range(21)]},
        "IC0408: Too many environment variables: 21 (max: 20)",
    ),
    (
        {"environment_variables": [{"name": TOO_LONG, "value": ""}]},
        (
            f'IC0408: Environment variable name "{TOO_LONG}" exceeds the maximum allowed length of '
            "128."
        ),
    ),
    (
        {"environment_variables": [{"name": "", "value": TOO_LONG}]},
        (
            f'IC0408: Environment variable value "{TOO_LONG}" exceeds the maximum allowed length '
            "of 128."
        ),
    ),
]


@pytest.mark.parametrize(("settings", "refusal"), REFUSED)
def test_what_is_out_of_range_is_refused_and_nothing_changes(
    settings: dict[str, Any], refusal: str
) -> None:
    world = World()
    canister = world.create()
    fields = update_fields(canister, **({"freezing_threshold": 1} | settings))
    assert world.refusal("update_settings", fields) == refusal
    created = {"settings": [fields["settings"]]}
    assert world.refusal("provisional_create_canister_with_cycles", created) == refusal


def test_the_subnet_has_only_so_much_compute() -> None:
    world = World(fees=FREE)
    canisters = [world.create(compute_allocation=percent) for percent in (100, 100, 98)]
    world.call("update_settings", update_fields(canisters[2], compute_allocation=99))
    refusal = world.refusal("update_settings", update_fields(canisters[2], compute_allocation=100))
    assert refusal == (
        "IC0101: Canister requested a compute allocation of 100% which cannot be satisfied because "
        "the Subnet's remaining compute capacity is 99%."
    )
    world.call("update_settings", update_fields(canisters[2], compute_allocation=98))


def test_the_subnet_has_only_so_much_memory() -> None:
    world = World(subnet_memory_bytes=10_000)
    world.create(memory_allocation=6_000)
    canister = world.create(memory_allocation=3_000)
    refusal = world.refusal("update_settings", update_fields(canister, memory_allocation=4_001))
    assert refusal == (
        "IC0101: Canister requested 1001 bytes of memory but only 1000 bytes are available in the "
        "subnet."
    )
    world.call("update_settings", update_fields(canister, memory_allocation=4_000))


def test_an_allocation_that_would_freeze_the_canister_is_refused() -> None:
    world = World()
    canister = world.create()
    a_month_of_one_percent = 10_000_000 * 2_592_000
    a_month_of_its_history = freezing_limit(canister, world.facts.fees)
    canister.cycles = a_month_of_one_percent + a_month_of_its_history - 1
    assert world.refusal("update_settings", update_fields(canister, compute_allocation=1)) == (
        "IC0530: Cannot increase compute allocation to 1 due to insufficient cycles. "
        "At least 1 additional cycles are required."
    )
    refusal = world.refusal("update_settings", update_fields(canister, memory_allocation=2**38))
    assert refusal.startswith(
        f"IC0531: Cannot increase memory allocation to {2**38} due to insufficient cycles. "
    )
    canister.cycles += 1
    world.call("update_settings", update_fields(canister, compute_allocation=1))


def test_the_reserved_limit_is_not_below_what_is_reserved() -> None:
    world = World()
    canister = world.create()
    canister.reserved_cycles = 2_000
    assert world.refusal(
        "update_settings", update_fields(canister, reserved_cycles_limit=1_000)
    ) == (
        "IC0540: Cannot set the reserved cycles limit 1000 below the reserved cycles balance of "
        "the canister 2000."
    )


def test_a_smaller_log_forgets_the_oldest_lines() -> None:
    world = World()
    canister = world.create(log_memory_limit=8192)
    canister.log.append(1, [b"a" * 4000, b"b" * 4000])
    world.call("update_settings", update_fields(canister, log_memory_limit=4096))
    assert [record.content[:1] for record in canister.log.records] == [b"b"]
