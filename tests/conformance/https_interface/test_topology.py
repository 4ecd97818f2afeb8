"""`/_/topology` as PocketIC has it, where tools look for the default effective canister id."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from tests.conformance.https_interface.management_calls import CREATE, create_arguments
from tests.conformance.https_interface.world import World
from tests.conformance.spec_client.certificates import decode_self_described


@pytest.fixture
def topology(world: World) -> Any:
    response = world.connection.http.get("/_/topology")
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    return response.json()


def raw(value: dict[str, str]) -> bytes:
    assert set(value) == {"canister_id"}
    return base64.b64decode(value["canister_id"], validate=True)


def test_there_is_one_subnet_by_its_id(world: World, topology: Any):
    assert list(topology["subnet_configs"]) == [world.connection.principal_text(world.subnet_id)]


def test_the_subnet_has_what_pocket_ic_tells(topology: Any):
    (subnet,) = topology["subnet_configs"].values()
    assert subnet["subnet_kind"] == "Application"
    assert len(subnet["subnet_seed"]) == 32
    assert subnet["instruction_config"] == "Production"


def test_the_default_effective_canister_id_lies_in_the_ranges(world: World, topology: Any):
    default = raw(topology["default_effective_canister_id"])
    (subnet,) = topology["subnet_configs"].values()
    ranges = [(raw(each["start"]), raw(each["end"])) for each in subnet["canister_ranges"]]
    assert any(start <= default <= end for start, end in ranges)
    assert any(start <= world.canister_id <= end for start, end in ranges)


def test_the_default_effective_canister_id_serves_to_create_canisters(world: World, topology: Any):
    default = raw(topology["default_effective_canister_id"])
    outcome = world.connection.call(b"", CREATE, create_arguments(), effective_id=default)
    assert outcome.status == "replied"


def test_the_ranges_are_those_of_the_state_tree(world: World, topology: Any):
    path = (b"subnet", world.subnet_id, b"canister_ranges")
    certificate = world.connection.read_state(world.subnet_id, [path], kind="subnet")
    (subnet,) = topology["subnet_configs"].values()
    ranges = [[raw(each["start"]), raw(each["end"])] for each in subnet["canister_ranges"]]
    assert decode_self_described(certificate[path]) == ranges


@pytest.mark.parametrize("host", ["example.com", "192.168.1.7:4943", "rebound.example:80"])
@pytest.mark.parametrize("path", ["/_/topology", "/_/status", "/_/logs"])
def test_a_rebound_host_name_is_not_served(world: World, path: str, host: str):
    response = world.connection.http.get(path, headers={"host": host})
    assert response.status_code == 403


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:80", "[::1]:4943", "app.localhost:4943"])
def test_the_names_of_this_machine_are_served(world: World, host: str):
    assert world.connection.http.get("/_/topology", headers={"host": host}).status_code == 200
