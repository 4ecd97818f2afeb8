"""Status, history, metadata, logs, and methods about the subnet."""

from __future__ import annotations

from typing import Any

import pytest

import ic_factory
from ic_factory.replica.canister_cycles import idle_cycles_burned_per_day, memory_usage
from ic_factory.replica.rejects import Reject
from ic_factory.replica.state.history import MAX_HISTORY_LENGTH
from tests.unit.management.modules import EMPTY, KEEPER, with_section
from tests.unit.management.world import ADMIN, START_TIME, STRANGER, WALLET, World, value_of


def test_status_of_a_canister_with_code() -> None:
    world = World()
    canister = world.installed(with_section(KEEPER, "icp:public about", b"text"))
    canister.chunk_store[b"hash"] = b"chunk"
    status = world.call("canister_status", {"canister_id": canister.canister_id})
    assert canister.code is not None
    metrics = status["memory_metrics"]
    assert status["status"] == {"running": None}
    assert status["module_hash"] == [canister.code.module_hash]
    assert (status["version"], status["cycles"]) == (1, canister.cycles)
    assert status["memory_size"] == memory_usage(canister) == sum(metrics.values())
    assert metrics["wasm_memory_size"] == metrics["stable_memory_size"] == 65_536
    assert metrics["wasm_binary_size"] == len(canister.code.module_bytes)
    assert metrics["wasm_chunk_store_size"] == 2**20
    assert metrics["custom_sections_size"] == len("abouttext")
    assert metrics["log_memory_store_size"] == len("init")
    assert status["idle_cycles_burned_per_day"] == idle_cycles_burned_per_day(canister, world.fees)
    assert status["reserved_cycles"] == 0
    assert status["ready_for_migration"] is False


def test_status_can_be_asked_by_query_too() -> None:
    world = World()
    canister = world.create()
    fields = {"canister_id": canister.canister_id}
    world.call("stop_canister", fields)
    by_query = value_of("canister_status", world.query("canister_status", fields))
    assert by_query == world.call("canister_status", fields)
    assert by_query["ready_for_migration"] is True
    assert isinstance(world.query("canister_status", fields, STRANGER), Reject)


@pytest.mark.parametrize(
    ("visibility", "strangers_may"),
    [
        ({"controllers": None}, False),
        ({"public": None}, True),
        ({"allowed_viewers": [STRANGER]}, True),
        ({"allowed_viewers": [WALLET]}, False),
    ],
)
@pytest.mark.parametrize(
    ("method", "setting"),
    [
        ("canister_status", "status_visibility"),
        ("fetch_canister_logs", "log_visibility"),
        ("list_canister_snapshots", "snapshot_visibility"),
    ],
)
def test_visibility(
    method: str, setting: str, visibility: dict[str, Any], strangers_may: bool
) -> None:
    world = World()
    canister = world.create(**{setting: visibility})
    fields = {"canister_id": canister.canister_id}

    def may(caller: Any) -> bool:
        if method == "fetch_canister_logs":
            return not isinstance(world.query(method, fields, caller), Reject)
        return not isinstance(world.answer(method, fields, caller).payload, Reject)

    assert may(ADMIN)
    assert may(STRANGER) is strangers_may


def test_a_canister_may_ask_for_its_own_status() -> None:
    world = World()
    canister = world.create()
    world.call("canister_status", {"canister_id": canister.canister_id}, canister.canister_id)


def test_info_tells_as_many_changes_as_are_asked_for() -> None:
    world = World()
    canister = world.installed(EMPTY)
    fields = {"canister_id": canister.canister_id}
    info = world.call("canister_info", fields, WALLET)
    assert canister.code is not None
    assert info == {
        "total_num_changes": 2,
        "recent_changes": [],
        "module_hash": [canister.code.module_hash],
        "controllers": [ADMIN],
    }
    info = world.call("canister_info", fields | {"num_requested_changes": [1]}, WALLET)
    assert info["recent_changes"] == [
        {
            "timestamp_nanos": START_TIME,
            "canister_version": 1,
            "origin": {"from_user": {"user_id": ADMIN}},
            "details": {
                "code_deployment": {
                    "mode": {"install": None},
                    "module_hash": canister.code.module_hash,
                }
            },
        }
    ]


def test_info_tells_every_kind_of_change() -> None:
    world = World()
    canister = world.installed(EMPTY)
    own = {"canister_id": canister.canister_id}
    snapshot = world.call("take_canister_snapshot", own)
    world.call("load_canister_snapshot", own | {"snapshot_id": snapshot["id"]})
    world.call("update_settings", own | {"settings": {"controllers": [[ADMIN, WALLET]]}})
    world.call("uninstall_code", own | {"sender_canister_version": [9]}, WALLET)
    info = world.call("canister_info", own | {"num_requested_changes": [100]}, WALLET)
    changes = info["recent_changes"]
    assert [next(iter(change["details"])) for change in changes] == [
        "creation",
        "code_deployment",
        "load_snapshot",
        "controllers_change",
        "code_uninstall",
    ]
    assert [change["canister_version"] for change in changes] == [0, 1, 2, 3, 4]
    assert changes[2]["details"]["load_snapshot"] == {
        "from_canister_id": [],
        "snapshot_id": snapshot["id"],
        "canister_version": 1,
        "taken_at_timestamp": START_TIME,
        "source": {"taken_from_canister": None},
    }
    assert changes[4]["origin"] == {
        "from_canister": {"canister_id": WALLET, "canister_version": [9]}
    }


def test_the_history_is_bounded_and_its_count_is_not() -> None:
    world = World()
    canister = world.create()
    fields = {
        "canister_id": canister.canister_id,
        "settings": {"controllers": [[ADMIN]]},
    }
    for _ in range(MAX_HISTORY_LENGTH + 5):
        world.call("update_settings", fields)
    assert len(canister.history) == MAX_HISTORY_LENGTH
    assert canister.total_num_changes == MAX_HISTORY_LENGTH + 6
    assert canister.history[0].canister_version == 6


def test_metadata() -> None:
    world = World()
    module = with_section(EMPTY, "icp:public about", b"for all")
    module = with_section(module, "icp:private notes", b"for controllers")
    canister = world.installed(module)

    def fields(name: str) -> dict[str, Any]:
        return {"canister_id": canister.canister_id, "name": name}

    assert world.call("canister_metadata", fields("about"), WALLET) == {"value": b"for all"}
    hidden = (
        f"IC0406: The canister {canister.canister_id} has no metadata section with the name notes."
    )
    assert world.refusal("canister_metadata", fields("notes"), WALLET) == hidden
    world.call(
        "update_settings",
        {"canister_id": canister.canister_id, "settings": {"controllers": [[WALLET]]}},
    )
    assert world.call("canister_metadata", fields("notes"), WALLET)["value"] == b"for controllers"
    empty = world.create()
    fields_of_empty = {"canister_id": empty.canister_id, "name": "about"}
    assert world.refusal("canister_metadata", fields_of_empty, WALLET) == (
        f"IC0406: The canister {empty.canister_id} has no Wasm module and hence no metadata is "
        "available."
    )


def test_logs_come_by_query_oldest_first() -> None:
    world = World()
    canister = world.create()
    canister.log.append(5, [b"one"])
    canister.log.append(6, [b"two"])
    canister.log.append(7, [b"three"])
    fields: dict[str, Any] = {"canister_id": canister.canister_id}

    def contents(**more: Any) -> list[bytes]:
        value = value_of("fetch_canister_logs", world.query("fetch_canister_logs", fields | more))
        return [record["content"] for record in value["canister_log_records"]]

    assert contents() == [b"one", b"two", b"three"]
    assert contents(filter=[{"by_idx": {"start": 1, "end": 2}}]) == [b"two"]
    assert contents(filter=[{"by_timestamp_nanos": {"start": 6, "end": 8}}]) == [b"two", b"three"]
    assert contents(filter=[{"by_idx": {"start": 2, "end": 1}}]) == []
    assert world.refusal("fetch_canister_logs", fields) == (
        "IC0406: fetch_canister_logs API is only accessible in non-replicated mode"
    )
    refused = world.query("fetch_canister_logs", fields, STRANGER)
    assert isinstance(refused, Reject)
    assert refused.message == f"Caller {STRANGER} is not allowed to access canister logs"


def test_empty_lines_do_not_fill_the_memory() -> None:
    canister = World().create()
    for _ in range(3):
        canister.log.append(1, [b""] * 500)
    assert len(canister.log.records) == 1000
    assert canister.log.records[-1].index == 1499


def test_randomness_follows_from_the_seed_and_never_repeats() -> None:
    first, second = World(), World()
    drawn = [first.call("raw_rand", None, WALLET) for _ in range(3)]
    assert drawn == [second.call("raw_rand", None, WALLET) for _ in range(3)]
    assert len(set(drawn)) == 3
    assert {len(value) for value in drawn} == {32}


def test_subnet_info_and_node_metrics() -> None:
    world = World()
    own = {"subnet_id": world.subnet.subnet_id}
    info = world.call("subnet_info", own, WALLET)
    assert info["replica_version"] == f"ic-factory {ic_factory.__version__}"
    metrics_fields = own | {"start_at_timestamp_nanos": 0}
    assert world.call("node_metrics_history", metrics_fields, WALLET) == []
    assert world.refusal("subnet_info", {"subnet_id": ADMIN}, WALLET) == (
        f"IC0404: Subnet {ADMIN} not found."
    )
