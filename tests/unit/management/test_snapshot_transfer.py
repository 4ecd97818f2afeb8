"""Reading snapshots out of one replica and uploading them to another."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ic_factory.replica.state.canister import Canister
from tests.unit.management.modules import EMPTY, GLOBALS, KEEPER
from tests.unit.management.world import STRANGER, World

KINDS = {"wasm_module": "wasm_module_size"} | {
    kind: f"{kind}_size" for kind in ("wasm_memory", "stable_memory")
}
STATE = (
    "wasm_module_size",
    "globals",
    "wasm_memory_size",
    "stable_memory_size",
    "certified_data",
    "global_timer",
    "on_low_wasm_memory_hook_status",
)


def own(canister: Canister, **more: Any) -> dict[str, Any]:
    return {"canister_id": canister.canister_id} | more


def taken(world: World, canister: Canister) -> bytes:
    return bytes(world.call("take_canister_snapshot", own(canister))["id"])


def metadata(world: World, canister: Canister, snapshot_id: bytes) -> dict[str, Any]:
    value: dict[str, Any] = world.call(
        "read_canister_snapshot_metadata", own(canister, snapshot_id=snapshot_id)
    )
    return value


def read(world: World, canister: Canister, snapshot_id: bytes, kind: str, place: Any) -> bytes:
    fields = own(canister, snapshot_id=snapshot_id, kind={kind: place})
    return bytes(world.call("read_canister_snapshot_data", fields)["chunk"])


def upload(
    world: World, canister: Canister, snapshot_id: bytes, kind: str, place: Any, chunk: bytes
) -> None:
    fields = own(canister, snapshot_id=snapshot_id, kind={kind: place}, chunk=chunk)
    world.call("upload_canister_snapshot_data", fields)


def transferred(
    source: World, canister: Canister, snapshot_id: bytes, target: World, to: Canister
) -> bytes:
    """Copies a snapshot by way of the four methods."""
    told = metadata(source, canister, snapshot_id)
    fields = own(to, **{name: told[name] for name in STATE})
    new_id = target.call("upload_canister_snapshot_metadata", fields)["snapshot_id"]
    for kind, size_name in KINDS.items():
        size = told[size_name]
        for offset in range(0, size, 50_000):
            part = {"offset": offset, "size": min(50_000, size - offset)}
            chunk = read(source, canister, snapshot_id, kind, part)
            upload(target, to, new_id, kind, {"offset": offset}, chunk)
    for entry in told["wasm_chunk_store"]:
        chunk = read(source, canister, snapshot_id, "wasm_chunk", entry)
        upload(target, to, new_id, "wasm_chunk", None, chunk)
    return bytes(new_id)


@pytest.mark.parametrize("module", [KEEPER, GLOBALS, EMPTY])
def test_a_canister_moves_to_another_replica(module: bytes) -> None:
    source, target = World(), World()
    canister, moved = source.installed(module, b"argument"), target.create()
    source.call("upload_chunk", own(canister, chunk=b"chunk"))
    snapshot_id = taken(source, canister)
    new_id = transferred(source, canister, snapshot_id, target, moved)
    told, new_told = metadata(source, canister, snapshot_id), metadata(target, moved, new_id)
    assert new_told["source"] == {"metadata_upload": None}
    for name in (*STATE, "wasm_chunk_store"):
        assert new_told[name] == told[name], name
    target.call("load_canister_snapshot", own(moved, snapshot_id=new_id))
    assert canister.code is not None
    assert moved.code is not None
    assert moved.code.freeze() == canister.code.freeze()
    assert moved.code.module_hash == canister.code.module_hash
    assert moved.chunk_store == canister.chunk_store
    for name in ("certified_data", "global_timer", "low_wasm_memory_hook"):
        assert getattr(moved, name) == getattr(canister, name)
    info = target.call("canister_info", own(moved, num_requested_changes=[1]), moved.canister_id)
    assert info["recent_changes"][0]["details"]["load_snapshot"]["source"] == {
        "metadata_upload": None
    }


def test_metadata_tells_globals_that_are_exported_or_mutable() -> None:
    world = World()
    canister = world.installed(GLOBALS)
    told = metadata(world, canister, taken(world, canister))
    assert told["globals"] == [
        {"i32": 5},
        {"i64": -2},
        {"f64": 0.5},
        {"f32": -1.5},
        {"v128": 1},
        {"i32": 42},
    ]


def test_metadata_of_a_taken_snapshot() -> None:
    world = World()
    canister = world.installed(KEEPER, b"argument")
    told = metadata(world, canister, taken(world, canister))
    assert told == {
        "source": {"taken_from_canister": None},
        "taken_at_timestamp": world.subnet.time,
        "wasm_module_size": len(KEEPER),
        "globals": [],
        "wasm_memory_size": 65_536,
        "stable_memory_size": 65_536,
        "wasm_chunk_store": [],
        "canister_version": 1,
        "certified_data": b"init",
        "global_timer": [{"active": 77}],
        "on_low_wasm_memory_hook_status": [{"condition_not_satisfied": None}],
    }


@given(st.integers(0, 70_000), st.integers(0, 70_000))
@settings(max_examples=30, deadline=None)
def test_slices_are_those_of_the_memory_or_refused(offset: int, size: int) -> None:
    world = World()
    canister = world.installed(KEEPER, b"argument")
    snapshot_id = taken(world, canister)
    whole = b"argument" + bytes(65_536 - 8)
    part = {"offset": offset, "size": size}
    if offset + size <= 65_536:
        chunk = read(world, canister, snapshot_id, "stable_memory", part)
        assert chunk == whole[offset : offset + size]
        return
    fields = own(canister, snapshot_id=snapshot_id, kind={"stable_memory": part})
    assert world.refusal("read_canister_snapshot_data", fields) == (
        "IC0408: Invalid subslice into wasm module / main memory / stable memory: "
        f"offset: {offset}, size: {size}"
    )


def test_reading_too_much_or_what_is_not_there() -> None:
    world = World()
    canister = world.installed(KEEPER)
    snapshot_id = taken(world, canister)

    def refusal(kind: str, place: Any) -> str:
        fields = own(canister, snapshot_id=snapshot_id, kind={kind: place})
        return world.refusal("read_canister_snapshot_data", fields)

    too_large = {"offset": 0, "size": 2_000_001}
    assert refusal("wasm_memory", too_large) == (
        "IC0408: Requested slice too large: 2000001 > 2000000"
    )
    assert refusal("wasm_chunk", {"hash": bytes(32)}).startswith("IC0504: ")
    fields = own(canister, snapshot_id=b"?")
    assert world.refusal("read_canister_snapshot_metadata", fields).startswith("IC0305: ")


def empty_state(**changes: Any) -> dict[str, Any]:
    return {
        "wasm_module_size": len(EMPTY),
        "globals": [],
        "wasm_memory_size": 65_536,
        "stable_memory_size": 0,
        "certified_data": b"",
    } | changes


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"wasm_module_size": 100 * 2**20 + 1}, "wasm_module_size is"),
        ({"wasm_memory_size": 65_535}, "multiple of 65536"),
        ({"stable_memory_size": 501 * 2**30}, "stable_memory_size is"),
        ({"certified_data": bytes(33)}, "certified_data is 33 bytes"),
    ],
)
def test_metadata_that_makes_no_sense_is_refused(changes: dict[str, Any], reason: str) -> None:
    world = World()
    refusal = world.refusal(
        "upload_canister_snapshot_metadata", own(world.create(), **empty_state(**changes))
    )
    assert refusal.startswith("IC0504: Could not validate the settings: ")
    assert reason in refusal


def test_only_uploaded_snapshots_can_be_written_to() -> None:
    world = World()
    canister = world.installed(EMPTY)
    fields = own(canister, snapshot_id=taken(world, canister), kind={"wasm_chunk": None}, chunk=b"")
    assert world.refusal("upload_canister_snapshot_data", fields) == (
        "IC0409: Only canister snapshots created by metadata upload can be mutated."
    )


def test_writing_outside_is_refused_and_an_incomplete_module_does_not_load() -> None:
    world = World()
    canister = world.create()
    snapshot_id = world.call("upload_canister_snapshot_metadata", own(canister, **empty_state()))[
        "snapshot_id"
    ]
    outside = own(
        canister,
        snapshot_id=snapshot_id,
        kind={"wasm_module": {"offset": 1}},
        chunk=EMPTY,
    )
    assert world.refusal("upload_canister_snapshot_data", outside).startswith("IC0408: ")
    load = own(canister, snapshot_id=snapshot_id)
    assert world.refusal("load_canister_snapshot", load).startswith("IC0505: ")
    upload(world, canister, snapshot_id, "wasm_module", {"offset": 0}, EMPTY)
    world.call("load_canister_snapshot", load)
    assert canister.code is not None
    assert canister.code.module_hash == hashlib.sha256(EMPTY).digest()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"globals": [{"i32": 1}]}, "globals (i32) are not those"),
        ({"wasm_memory_size": 0}, "Wasm memory has 0 pages"),
    ],
)
def test_what_does_not_fit_its_module_does_not_load(changes: dict[str, Any], reason: str) -> None:
    world = World()
    canister = world.create()
    fields = own(canister, **empty_state(**changes))
    snapshot_id = world.call("upload_canister_snapshot_metadata", fields)["snapshot_id"]
    upload(world, canister, snapshot_id, "wasm_module", {"offset": 0}, EMPTY)
    refusal = world.refusal("load_canister_snapshot", own(canister, snapshot_id=snapshot_id))
    assert refusal.startswith("IC0408: ")
    assert reason in refusal


def test_viewers_read_and_controllers_write() -> None:
    world = World()
    canister = world.installed(EMPTY)
    snapshot_id = taken(world, canister)
    fields = own(canister, snapshot_id=snapshot_id)
    assert world.refusal("read_canister_snapshot_metadata", fields, STRANGER).startswith("IC0512: ")
    visible = own(canister, settings={"snapshot_visibility": [{"public": None}]})
    world.call("update_settings", visible)
    world.call("read_canister_snapshot_metadata", fields, STRANGER)
    upload_fields = own(canister, **empty_state())
    refusal = world.refusal("upload_canister_snapshot_metadata", upload_fields, STRANGER)
    assert refusal.startswith("IC0512: ")
