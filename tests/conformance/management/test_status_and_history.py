"""Specification: "IC method canister_status", "canister_info", "canister_metadata"."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import pytest

from ic_factory.replica.management.interface import decode_reply
from ic_factory.replica.rejects import Reply
from tests.canisters.universal import Program
from tests.conformance.management.actors import Refusal, Role, World
from tests.conformance.management.candid_arguments import argument
from tests.conformance.management.test_access_control import TABLE
from tests.conformance.spec_client.representation import hash_of_map

PAGE = 65536


# canister_status


def test_status_has_all_that_clients_decode(world: World):
    status = world.status()
    assert status["module_hash"] == [sha256(world.module).digest()]
    assert status["cycles"] > 0
    assert status["reserved_cycles"] == 0
    assert status["idle_cycles_burned_per_day"] > 0
    assert status["query_stats"]["num_calls_total"] >= 0


def test_memory_is_counted_by_its_kinds(world: World):
    before = world.status()
    metrics = before["memory_metrics"]
    assert metrics["wasm_binary_size"] == len(world.module)
    assert metrics["wasm_memory_size"] > 0
    assert metrics["custom_sections_size"] > 0
    assert before["memory_size"] >= metrics["wasm_binary_size"] + metrics["wasm_memory_size"]
    world.run(Program().stable_grow(3).drop().reply())
    after = world.status()
    assert after["memory_metrics"]["stable_memory_size"] == 3 * PAGE
    assert after["memory_size"] >= before["memory_size"] + 3 * PAGE
    assert after["idle_cycles_burned_per_day"] > before["idle_cycles_burned_per_day"]


def test_the_heap_is_counted_as_it_grows(world: World):
    before = world.status()["memory_metrics"]["wasm_memory_size"]
    world.run(Program().memory_grow(5).drop().reply())
    assert world.status()["memory_metrics"]["wasm_memory_size"] >= before + 5 * PAGE


def test_the_history_takes_memory(world: World):
    before = world.status()["memory_metrics"]["canister_history_size"]
    world.settings(controllers=[world.controller])
    assert world.status()["memory_metrics"]["canister_history_size"] > before > 0


def test_a_snapshot_takes_memory(world: World):
    before = world.status()
    assert before["memory_metrics"]["snapshots_size"] == 0
    taken = world.manage("take_canister_snapshot", canister_id=world.target)
    after = world.status()
    assert after["memory_metrics"]["snapshots_size"] == taken["total_size"]
    assert after["memory_size"] >= before["memory_size"] + taken["total_size"]


def test_idle_cycles_grow_with_allocations(world: World):
    before = world.status()["idle_cycles_burned_per_day"]
    world.settings(memory_allocation=2**30)
    more = world.status()["idle_cycles_burned_per_day"]
    world.manage("provisional_top_up_canister", canister_id=world.target, amount=10**16)
    world.settings(compute_allocation=1)
    most = world.status()["idle_cycles_burned_per_day"]
    assert before < more < most


def test_the_version_is_the_one_that_the_canister_sees(world: World):
    asked = Program().reply_int(Program().version())
    answer = world.replica.query_call(world.target, "query", asked.code)
    assert answer == Reply(world.status()["version"].to_bytes(8, "little"))


def test_a_canister_sees_its_own_status(world: World):
    answer = world.call(
        Role.ITSELF, "canister_status", argument("canister_status", canister_id=world.target)
    )
    assert isinstance(answer, bytes)
    assert decode_reply("canister_status", answer)["status"] == {"running": None}


# canister_info


def info(world: World, changes: int | None = None, canister_id: Any = None) -> dict[str, Any]:
    """What another canister is told."""
    encoded = argument(
        "canister_info",
        canister_id=canister_id or world.target,
        num_requested_changes=changes,
    )
    answer = world.call(Role.OTHER_CANISTER, "canister_info", encoded)
    assert isinstance(answer, bytes)
    found: dict[str, Any] = decode_reply("canister_info", answer)
    return found


def last_change(world: World) -> dict[str, Any]:
    (change,) = info(world, 1)["recent_changes"]
    return dict(change)


def test_info_is_for_every_canister(world: World):
    found = info(world)
    assert found["module_hash"] == [sha256(world.module).digest()]
    assert set(found["controllers"]) == {world.controller, world.manager}
    assert found["recent_changes"] == []
    assert found["total_num_changes"] == 3


def test_the_history_tells_creation_installation_and_controllers(world: World):
    changes = info(world, 10)["recent_changes"]
    assert [next(iter(change["details"])) for change in changes] == [
        "creation",
        "code_deployment",
        "controllers_change",
    ]
    creation, deployment, controllers = (change["details"] for change in changes)
    assert creation["creation"]["controllers"] == [world.controller]
    assert creation["creation"]["environment_variables_hash"] == []
    assert deployment["code_deployment"] == {
        "mode": {"install": None},
        "module_hash": sha256(world.module).digest(),
    }
    assert set(controllers["controllers_change"]["controllers"]) == {
        world.controller,
        world.manager,
    }
    assert [change["canister_version"] for change in changes] == [0, 1, 2]
    assert {repr(change["origin"]) for change in changes} == {
        repr({"from_user": {"user_id": world.controller}})
    }
    times = [change["timestamp_nanos"] for change in changes]
    assert times == sorted(times)
    assert times[-1] <= world.replica.now


@pytest.mark.parametrize(
    ("asked", "expected"), [(None, 0), (0, 0), (1, 1), (2, 2), (3, 3), (4, 3), (2**64 - 1, 3)]
)
def test_the_newest_changes_are_told_as_many_as_asked(
    world: World, asked: int | None, expected: int
):
    everything = info(world, 100)["recent_changes"]
    found = info(world, asked)
    assert found["recent_changes"] == everything[len(everything) - expected :]
    assert found["total_num_changes"] == 3


def test_at_least_twenty_changes_are_kept(world: World):
    for _ in range(30):
        world.settings(controllers=[world.controller])
    found = info(world, 100)
    assert found["total_num_changes"] == 33
    assert len(found["recent_changes"]) >= 20


def test_the_origin_may_be_a_canister_with_its_version(world: World):
    seen = world.run(Program().reply_int(Program().version()), world.manager)
    version = int.from_bytes(seen, "little") + 1
    world.manage(
        "update_settings",
        Role.CONTROLLING_CANISTER,
        canister_id=world.target,
        settings={"controllers": [world.controller]},
        sender_canister_version=version,
    )
    assert last_change(world)["origin"] == {
        "from_canister": {"canister_id": world.manager, "canister_version": [version]}
    }


def test_a_canister_need_not_tell_its_version(world: World):
    world.manage(
        "update_settings",
        Role.CONTROLLING_CANISTER,
        canister_id=world.target,
        settings={"controllers": [world.controller]},
    )
    assert last_change(world)["origin"] == {
        "from_canister": {"canister_id": world.manager, "canister_version": []}
    }


SENDERS_OF_VERSIONS = [
    "create_canister",
    "update_settings",
    "install_code",
    "install_chunked_code",
    "uninstall_code",
    "provisional_create_canister_with_cycles",
]


@pytest.mark.parametrize("method", SENDERS_OF_VERSIONS)
def test_a_canister_must_not_lie_about_its_version(world: World, method: str):
    """The message that makes such a call fails, and changes nothing."""
    row = TABLE[method]
    fields = {**row.arguments(world), "sender_canister_version": 2**40}
    encoded = argument(method, **fields)
    calling = Program().store_global(b"changed").call(b"", method, encoded, cycles=row.cycles)
    answer = world.replica.update(world.manager, "update", calling.code)
    assert str(getattr(answer, "error_code", "")) == "IC0504", answer
    assert world.run(Program().reply(Program().load_global()), world.manager) == b""


def test_a_change_of_other_settings_is_no_change_of_the_history(world: World):
    world.settings(freezing_threshold=7)
    assert info(world)["total_num_changes"] == 3


def test_a_change_of_controllers_to_the_same_is_one(world: World):
    world.settings(controllers=[world.controller, world.manager])
    assert info(world)["total_num_changes"] == 4


@pytest.mark.parametrize("mode", ["reinstall", "upgrade"])
def test_deployments_are_told_with_their_mode(world: World, mode: str):
    world.manage(
        "install_code",
        canister_id=world.target,
        mode={mode: None},
        wasm_module=world.module,
        arg=b"",
    )
    change = last_change(world)
    assert change["details"]["code_deployment"]["mode"] == {mode: None}
    assert change["canister_version"] == world.status()["version"]


def test_uninstalling_is_told(world: World):
    world.manage("uninstall_code", canister_id=world.target)
    assert last_change(world)["details"] == {"code_uninstall": None}
    assert info(world)["module_hash"] == []


def test_loading_a_snapshot_is_told(world: World):
    taken = world.manage("take_canister_snapshot", canister_id=world.target)
    version = world.status()["version"]
    world.manage("load_canister_snapshot", canister_id=world.target, snapshot_id=taken["id"])
    details = last_change(world)["details"]["load_snapshot"]
    assert details["snapshot_id"] == taken["id"]
    assert details["taken_at_timestamp"] == taken["taken_at_timestamp"]
    assert details["canister_version"] == version
    assert details["from_canister_id"] == []
    assert list(details["source"]) == ["taken_from_canister"]


def test_a_failed_installation_is_not_told(world: World):
    world.refused(
        "install_code",
        canister_id=world.target,
        mode={"reinstall": None},
        wasm_module=b"no module",
        arg=b"",
    )
    assert info(world)["total_num_changes"] == 3


def test_creation_tells_the_hash_of_environment_variables(world: World):
    variables = [{"name": "B", "value": "2"}, {"name": "A", "value": "1"}]
    created = world.manage(
        "provisional_create_canister_with_cycles", settings={"environment_variables": variables}
    )["canister_id"]
    (change,) = info(world, 1, created)["recent_changes"]
    expected = hash_of_map({"A": "1", "B": "2"})
    assert change["details"]["creation"]["environment_variables_hash"] == [expected]


# canister_metadata


def metadata(world: World, role: Role, name: str) -> bytes | Refusal:
    encoded = argument("canister_metadata", canister_id=world.target, name=name)
    return world.call(role, "canister_metadata", encoded)


CANISTERS = pytest.mark.parametrize(
    "role", [Role.ITSELF, Role.OTHER_CANISTER, Role.CONTROLLING_CANISTER], ids=lambda r: r.value
)


@CANISTERS
def test_public_metadata_is_for_every_canister(world: World, role: Role):
    answer = metadata(world, role, "open")
    assert isinstance(answer, bytes)
    assert decode_reply("canister_metadata", answer) == {"value": b"for all"}


@CANISTERS
def test_private_metadata_is_for_controllers(world: World, role: Role):
    answer = metadata(world, role, "closed")
    if role is Role.CONTROLLING_CANISTER:
        assert isinstance(answer, bytes)
        assert decode_reply("canister_metadata", answer) == {"value": b"for controllers"}
    else:
        assert isinstance(answer, Refusal)
        assert answer.reject_code in (4, 5)


@pytest.mark.parametrize("name", ["", "absent", "icp:public open", "OPEN"])
def test_metadata_that_is_not_there(world: World, name: str):
    answer = metadata(world, Role.OTHER_CANISTER, name)
    assert isinstance(answer, Refusal)
    assert answer.reject_code in (4, 5)


def test_an_empty_canister_has_no_metadata(world: World):
    world.manage("uninstall_code", canister_id=world.target)
    answer = metadata(world, Role.OTHER_CANISTER, "open")
    assert isinstance(answer, Refusal)
    assert "no Wasm module" in answer.message
