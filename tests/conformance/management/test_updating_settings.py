"""Specification: "IC method update_settings", setting by setting."""

from __future__ import annotations

from typing import Any

import pytest

from ic_factory.protocol.principal import Principal
from tests.canisters.universal import Program
from tests.conformance.management.actors import Refusal, Role, World
from tests.conformance.management.candid_arguments import argument

TRILLION = 10**12


def principals(count: int) -> list[Principal]:
    return [Principal(bytes([index]) * 29) for index in range(count)]


def refused(world: World, **settings: Any) -> Refusal:
    """Gives settings that must be refused, and checks that all stay as they were."""
    before = world.status()["settings"]
    refusal = world.refused("update_settings", canister_id=world.target, settings=settings)
    assert world.status()["settings"] == before
    return refusal


def test_no_settings_change_nothing(world: World):
    before = world.status()["settings"]
    assert world.settings() == before


NUMBERS: dict[str, list[int]] = {
    "compute_allocation": [0, 1, 100],
    "memory_allocation": [0, 1, 2**30],
    "freezing_threshold": [0, 1, 10**6],
    "reserved_cycles_limit": [0, 2**64, 2**128 - 1],
    "minimum_incoming_canister_call_cycles": [0, 1, 2**128 - 1],
    "wasm_memory_limit": [0, 2**32, 2**48],
    "wasm_memory_threshold": [0, 1, 2**48],
}
TOO_LARGE: dict[str, list[int]] = {
    "compute_allocation": [101, 2**64, 2**200],
    "memory_allocation": [2**64, 2**200],
    "freezing_threshold": [2**64, 2**200],
    "reserved_cycles_limit": [2**128, 2**200],
    "minimum_incoming_canister_call_cycles": [2**128, 2**200],
    "wasm_memory_limit": [2**48 + 1, 2**200],
    "wasm_memory_threshold": [2**48 + 1, 2**200],
}


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in NUMBERS.items() for value in values]
)
def test_a_number_in_its_range(world: World, name: str, value: int):
    rich = {"canister_id": world.target, "amount": 10**18}
    world.manage("provisional_top_up_canister", **rich)
    before = world.status()["settings"]
    assert world.settings(**{name: value}) == {**before, name: value}


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in TOO_LARGE.items() for value in values]
)
def test_a_number_out_of_its_range(world: World, name: str, value: int):
    refusal = refused(world, **{name: value})
    assert refusal.reject_code in (4, 5)
    assert refusal.error_code in ("IC0408", "IC0504", "IC0406")
    assert str(value) in refusal.message.replace("_", "")


def test_one_invalid_setting_refuses_all(world: World):
    refused(world, freezing_threshold=1, compute_allocation=101)
    refused(world, controllers=[world.stranger], compute_allocation=101)


# Controllers.


def test_controllers_are_replaced(world: World):
    settings = world.settings(controllers=[world.controller, world.stranger])
    assert set(settings["controllers"]) == {world.controller, world.stranger}
    world.manage("start_canister", Role.STRANGER, canister_id=world.target)
    assert (
        world.refused(
            "start_canister", Role.CONTROLLING_CANISTER, canister_id=world.target
        ).reject_code
        == 5
    )


def test_who_gives_control_away_has_none(world: World):
    world.manage(
        "update_settings", canister_id=world.target, settings={"controllers": [world.stranger]}
    )
    assert world.refused("canister_status", canister_id=world.target).error_code == "IC0512"


def test_ten_controllers_and_no_more(world: World):
    ten = [world.controller, *principals(9)]
    assert set(world.settings(controllers=ten)["controllers"]) == set(ten)
    refusal = refused(world, controllers=[*ten, world.stranger])
    assert refusal.reject_code == 4
    assert "10" in refusal.message


def test_a_controller_named_twice_is_one(world: World):
    settings = world.settings(controllers=[world.controller, world.controller])
    assert settings["controllers"] == [world.controller]


def test_the_anonymous_may_be_a_controller(world: World):
    world.settings(controllers=[world.controller, Principal.anonymous()])
    world.manage("start_canister", Role.ANONYMOUS, canister_id=world.target)


def test_the_canister_sees_its_controllers_at_once(world: World):
    asked = Program().reply_int(Program().is_controller(world.stranger.bytes))
    assert world.run(asked) == bytes(8)
    world.settings(controllers=[world.controller, world.stranger])
    assert world.run(asked) == (1).to_bytes(8, "little")


# Visibilities.

VISIBILITIES = pytest.mark.parametrize(
    "name", ["log_visibility", "snapshot_visibility", "status_visibility"]
)

READS: dict[str, tuple[str, bool]] = {
    "log_visibility": ("fetch_canister_logs", True),
    "snapshot_visibility": ("list_canister_snapshots", False),
    "status_visibility": ("canister_status", False),
}
"""The method that each visibility opens, and whether it is a query alone."""


def may_read(world: World, name: str, role: Role) -> bool:
    method, is_query = READS[name]
    encoded = argument(method, canister_id=world.target)
    if is_query:
        return isinstance(world.query(role, method, encoded), bytes)
    return isinstance(world.call(role, method, encoded), bytes)


@VISIBILITIES
def test_visible_to_controllers(world: World, name: str):
    assert world.settings(**{name: {"controllers": None}})[name] == {"controllers": None}
    assert may_read(world, name, Role.CONTROLLER)
    assert not may_read(world, name, Role.STRANGER)


@VISIBILITIES
def test_visible_to_all(world: World, name: str):
    assert world.settings(**{name: {"public": None}})[name] == {"public": None}
    for role in (Role.CONTROLLER, Role.STRANGER, Role.ANONYMOUS):
        assert may_read(world, name, role)


@VISIBILITIES
def test_visible_to_some(world: World, name: str):
    viewers = {"allowed_viewers": [world.stranger]}
    assert world.settings(**{name: viewers})[name] == viewers
    assert may_read(world, name, Role.CONTROLLER)
    assert may_read(world, name, Role.STRANGER)
    assert not may_read(world, name, Role.ANONYMOUS)


@VISIBILITIES
def test_visible_to_ten_and_no_more(world: World, name: str):
    ten = {"allowed_viewers": principals(10)}
    assert len(world.settings(**{name: ten})[name]["allowed_viewers"]) == 10
    refusal = refused(world, **{name: {"allowed_viewers": principals(11)}})
    assert refusal.reject_code == 4
    assert "10" in refusal.message


@VISIBILITIES
def test_one_visibility_does_not_open_the_others(world: World, name: str):
    world.settings(**{name: {"public": None}})
    for other in set(READS) - {name}:
        assert not may_read(world, other, Role.STRANGER)


# Environment variables.


def variables(*pairs: tuple[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in pairs]


def test_environment_variables_are_seen_by_the_canister(world: World):
    given = variables(("GREETING", "hello"), ("EMPTY", ""), ("ÜBER", "straße"))
    found = world.settings(environment_variables=given)["environment_variables"]
    assert sorted(found, key=repr) == sorted(given, key=repr)
    assert world.run(Program().reply(Program().env_var_value(b"GREETING"))) == b"hello"
    assert world.run(Program().reply_int(Program().env_var_count())) == (3).to_bytes(8, "little")


def test_environment_variables_are_replaced_as_a_whole(world: World):
    world.settings(environment_variables=variables(("A", "1"), ("B", "2")))
    found = world.settings(environment_variables=variables(("C", "3")))["environment_variables"]
    assert found == variables(("C", "3"))
    assert world.settings(environment_variables=[])["environment_variables"] == []


@pytest.mark.parametrize(
    "given",
    [
        variables(("A", "1"), ("A", "2")),
        variables(("A", "1"), ("A", "1")),
        variables(*((f"V{index}", "x") for index in range(21))),
        variables(("n" * 129, "x")),
        variables(("n", "x" * 129)),
    ],
    ids=["twice", "twice the same", "too many", "name too long", "value too long"],
)
def test_environment_variables_that_are_refused(world: World, given: list[dict[str, str]]):
    assert refused(world, environment_variables=given).reject_code in (4, 5)


# What the subnet and the canister can afford.


def test_compute_that_others_have_is_not_given(world: World):
    ids = [world.replica.create_canister(world.controller, cycles=10**16) for _ in range(4)]
    refusals = []
    for canister_id in ids:
        encoded = argument(
            "update_settings", canister_id=canister_id, settings={"compute_allocation": 100}
        )
        answer = world.call(Role.CONTROLLER, "update_settings", encoded)
        if isinstance(answer, Refusal):
            refusals.append(answer)
    assert refusals
    assert (refusals[0].reject_code, refusals[0].error_code) == (1, "IC0101")
    assert "compute" in refusals[0].message


def test_memory_that_the_subnet_has_not_is_not_given(world: World):
    refusal = refused(world, memory_allocation=2**60)
    assert (refusal.reject_code, refusal.error_code) == (1, "IC0101")


@pytest.mark.parametrize(
    ("setting", "error_code"),
    [({"compute_allocation": 50}, "IC0530"), ({"memory_allocation": 2**37}, "IC0531")],
)
def test_an_allocation_that_would_freeze_the_canister(
    world: World, setting: dict[str, int], error_code: str
):
    poor = world.replica.create_canister(world.controller, cycles=10**11)
    encoded = argument("update_settings", canister_id=poor, settings=setting)
    answer = world.call(Role.CONTROLLER, "update_settings", encoded)
    assert isinstance(answer, Refusal)
    assert (answer.reject_code, answer.error_code) == (5, error_code)
    assert "cycles" in answer.message


def test_a_freezing_threshold_may_freeze_the_canister(world: World):
    """That is a way to stop all calls; the controller can still thaw it."""
    world.settings(freezing_threshold=2**64 - 1)
    frozen = world.replica.update(world.target, "update", Program().reply().code)
    assert str(getattr(frozen, "error_code", "")) == "IC0207"
    world.settings(freezing_threshold=0)
    world.run(Program().reply())


# What a change of settings does to the rest.


def test_the_version_goes_up_by_one(world: World):
    before = world.status()["version"]
    world.settings(freezing_threshold=1)
    assert world.status()["version"] == before + 1


def test_a_refused_change_leaves_the_version(world: World):
    before = world.status()["version"]
    refused(world, compute_allocation=101)
    assert world.status()["version"] == before


def test_a_call_with_fewer_cycles_than_the_minimum_is_refused(world: World):
    world.settings(minimum_incoming_canister_call_cycles=1000)
    for cycles, is_let_in in (0, False), (999, False), (1000, True):
        refunded = Program().cycles_refunded()
        program = Program().call(
            world.target.bytes,
            "update",
            Program().reply(b"in").code,
            on_reply=Program().reply(Program().concat(b"in ", refunded)),
            on_reject=Program().reply(
                Program().concat(Program().encode_int(Program().reject_code(), 1), refunded)
            ),
            cycles=cycles,
        )
        answer = world.run(program, world.other)
        expected = b"in " if is_let_in else b"\x05"
        assert answer == expected + cycles.to_bytes(16, "little")


def test_users_and_the_canister_itself_need_no_cycles(world: World):
    world.settings(minimum_incoming_canister_call_cycles=1000)
    assert world.run(Program().reply(b"in")) == b"in"
    inner = Program().reply(b"in").code
    assert world.run(Program().call(world.target.bytes, "update", inner)) == b"in"
