"""Specification: "IC method take_canister_snapshot" and the methods of snapshots after it."""

from __future__ import annotations

from typing import Any

import pytest

from ic_factory.protocol.principal import Principal
from ic_factory.replica.rejects import Reject
from tests.canisters.universal import Program
from tests.conformance.management.actors import Role, World
from tests.conformance.management.test_stopping_and_deleting import hold_open

MAX_SNAPSHOTS = 10


def take(world: World, canister_id: Principal | None = None, **more: Any) -> dict[str, Any]:
    taken: dict[str, Any] = world.manage(
        "take_canister_snapshot", canister_id=canister_id or world.target, **more
    )
    return taken


def load(world: World, snapshot_id: bytes, canister_id: Principal | None = None) -> None:
    world.manage(
        "load_canister_snapshot",
        canister_id=canister_id or world.target,
        snapshot_id=snapshot_id,
    )


def listed(world: World) -> list[dict[str, Any]]:
    snapshots: list[dict[str, Any]] = world.manage(
        "list_canister_snapshots", canister_id=world.target
    )
    return snapshots


def delete(world: World, snapshot_id: bytes) -> None:
    world.manage("delete_canister_snapshot", canister_id=world.target, snapshot_id=snapshot_id)


def remember(world: World, text: bytes, canister_id: Principal | None = None) -> None:
    """Writes text to heap, stable memory and certified data."""
    padded = text.ljust(8)
    program = Program().run_if(Program().equal(Program().stable_size(), 0), GROW)
    program = program.stable_write(0, padded).store_global(padded).set_certified_data(padded)
    world.run(program.reply(), canister_id)


GROW = Program().stable_grow(1).drop()

RECALL = Program().reply(Program().concat(Program().load_global(), Program().stable_read(0, 8)))


def recalled(world: World, canister_id: Principal | None = None) -> set[bytes]:
    answer = world.run(RECALL, canister_id)
    return {answer[:8].strip(), answer[8:].strip()}


# Taking.


def test_a_snapshot_is_described(world: World):
    before = world.replica.now
    taken = take(world)
    assert before <= taken["taken_at_timestamp"] <= world.replica.now
    assert taken["total_size"] >= len(world.module)
    assert listed(world) == [taken]


def test_taking_changes_nothing_else(world: World):
    remember(world, b"text")
    before = world.status()
    take(world)
    after = world.status()
    for unchanged in ("version", "settings", "module_hash", "status"):
        assert after[unchanged] == before[unchanged]
    assert recalled(world) == {b"text"}
    assert after["cycles"] < before["cycles"]


def test_snapshots_have_ids_of_their_own_and_are_listed_in_order(world: World):
    taken = [take(world) for _ in range(3)]
    assert len({each["id"] for each in taken}) == 3
    assert listed(world) == taken


def test_ten_snapshots_and_no_more(world: World):
    taken = [take(world) for _ in range(MAX_SNAPSHOTS)]
    refusal = world.refused("take_canister_snapshot", canister_id=world.target)
    assert refusal.reject_code in (4, 5)
    assert "10" in refusal.message
    replaced = take(world, replace_snapshot=taken[0]["id"])
    assert listed(world) == [*taken[1:], replaced]


def test_replacing_forgets_the_former(world: World):
    remember(world, b"first")
    first = take(world)
    remember(world, b"second")
    second = take(world, replace_snapshot=first["id"])
    assert listed(world) == [second]
    refusal = world.refused(
        "load_canister_snapshot", canister_id=world.target, snapshot_id=first["id"]
    )
    assert (refusal.reject_code, refusal.error_code) == (3, "IC0305")
    assert recalled(world) == {b"second"}


def test_a_replacement_for_nothing_is_refused(world: World):
    refusal = world.refused(
        "take_canister_snapshot", canister_id=world.target, replace_snapshot=b"no such snapshot"
    )
    assert (refusal.reject_code, refusal.error_code) == (3, "IC0305")
    assert listed(world) == []


def test_an_empty_canister_has_nothing_to_take(world: World):
    world.manage("uninstall_code", canister_id=world.target)
    refusal = world.refused("take_canister_snapshot", canister_id=world.target)
    assert refusal.reject_code in (4, 5)


def test_taking_may_uninstall(world: World):
    remember(world, b"text")
    taken = take(world, uninstall_code=True)
    assert world.status()["module_hash"] == []
    load(world, taken["id"])
    assert recalled(world) == {b"text"}


def test_uninstalling_rejects_open_calls(world: World):
    held = hold_open(world)
    take(world, uninstall_code=True)
    answer = world.replica.answer_of(held)
    assert isinstance(answer, Reject)
    assert str(answer.error_code) == "IC0406"


def test_a_canister_that_can_not_pay_for_it(world: World):
    world.settings(freezing_threshold=2**64 - 1)
    refusal = world.refused("take_canister_snapshot", canister_id=world.target)
    assert refusal.error_code == "IC0207"
    world.settings(freezing_threshold=0)
    assert listed(world) == []


# Loading.


def test_loading_brings_everything_back(world: World):
    world.manage("upload_chunk", canister_id=world.target, chunk=b"kept")
    remember(world, b"before")
    taken = take(world)
    remember(world, b"after")
    world.manage("clear_chunk_store", canister_id=world.target)
    load(world, taken["id"])
    assert recalled(world) == {b"before"}
    assert len(world.manage("stored_chunks", canister_id=world.target)) == 1


def test_loading_brings_the_module_back(world: World):
    taken = take(world)
    hash_before = world.status()["module_hash"]
    world.manage(
        "install_code",
        canister_id=world.target,
        mode={"reinstall": None},
        wasm_module=b"\0asm\x01\0\0\0",
        arg=b"",
    )
    assert world.status()["module_hash"] != hash_before
    load(world, taken["id"])
    assert world.status()["module_hash"] == hash_before
    world.run(Program().reply())


def test_loading_keeps_settings_cycles_and_snapshots(world: World):
    taken = take(world)
    settings = world.settings(freezing_threshold=77)
    cycles = world.cycles(world.target)
    load(world, taken["id"])
    after = world.status()
    assert after["settings"] == settings
    assert 0 <= cycles - after["cycles"] < 10**11
    assert listed(world) == [taken]


def test_loading_makes_a_new_version(world: World):
    taken = take(world)
    before = world.status()["version"]
    load(world, taken["id"])
    assert world.status()["version"] == before + 1


def test_a_snapshot_can_be_loaded_again_and_again(world: World):
    remember(world, b"before")
    taken = take(world)
    for text in (b"one", b"two"):
        remember(world, text)
        load(world, taken["id"])
        assert recalled(world) == {b"before"}


def test_the_snapshot_of_another_canister_of_the_same_controller(world: World):
    remember(world, b"theirs", world.other)
    taken = take(world, world.other)
    load(world, taken["id"])
    assert recalled(world) == {b"theirs"}
    remember(world, b"mine")
    assert recalled(world, world.other) == {b"theirs"}


def test_the_snapshot_of_a_canister_of_somebody_else(world: World):
    taken = take(world, world.other)
    world.manage(
        "update_settings", canister_id=world.other, settings={"controllers": [world.stranger]}
    )
    refusal = world.refused(
        "load_canister_snapshot", canister_id=world.target, snapshot_id=taken["id"]
    )
    assert refusal.reject_code in (4, 5)


@pytest.mark.parametrize("snapshot_id", [b"", b"no such snapshot", bytes(18), bytes(60)])
@pytest.mark.parametrize("method", ["load_canister_snapshot", "delete_canister_snapshot"])
def test_a_snapshot_that_is_not_there(world: World, method: str, snapshot_id: bytes):
    before = world.status()["version"]
    refusal = world.refused(method, canister_id=world.target, snapshot_id=snapshot_id)
    assert refusal.error_code in ("IC0305", "IC0408")
    assert world.status()["version"] == before


# Deleting.


def test_a_deleted_snapshot_is_gone(world: World):
    first, second = take(world), take(world)
    delete(world, first["id"])
    assert listed(world) == [second]
    for method in ("load_canister_snapshot", "delete_canister_snapshot"):
        refusal = world.refused(method, canister_id=world.target, snapshot_id=first["id"])
        assert (refusal.reject_code, refusal.error_code) == (3, "IC0305")


def test_the_snapshot_of_another_canister_is_not_deleted_here(world: World):
    taken = take(world, world.other)
    refusal = world.refused(
        "delete_canister_snapshot", canister_id=world.target, snapshot_id=taken["id"]
    )
    assert refusal.reject_code in (3, 4)


def test_snapshots_stay_over_uninstalling_and_reinstalling(world: World):
    taken = take(world)
    world.manage("uninstall_code", canister_id=world.target)
    assert listed(world) == [taken]


def test_snapshots_go_with_the_canister(world: World):
    taken = take(world)
    world.manage("stop_canister", canister_id=world.target)
    world.manage("delete_canister", canister_id=world.target)
    refusal = world.refused(
        "load_canister_snapshot", canister_id=world.other, snapshot_id=taken["id"]
    )
    assert (refusal.reject_code, refusal.error_code) == (3, "IC0305")


def test_a_canister_manages_the_snapshots_of_another(world: World):
    remember(world, b"before")
    role = Role.CONTROLLING_CANISTER
    taken = world.manage("take_canister_snapshot", role, canister_id=world.target)
    remember(world, b"after")
    world.manage("load_canister_snapshot", role, canister_id=world.target, snapshot_id=taken["id"])
    assert recalled(world) == {b"before"}


# Reading and uploading.


def read(world: World, snapshot_id: bytes, kind: dict[str, Any]) -> bytes:
    chunk: bytes = world.manage(
        "read_canister_snapshot_data",
        canister_id=world.target,
        snapshot_id=snapshot_id,
        kind=kind,
    )["chunk"]
    return chunk


def metadata_of(world: World, snapshot_id: bytes) -> dict[str, Any]:
    metadata: dict[str, Any] = world.manage(
        "read_canister_snapshot_metadata", canister_id=world.target, snapshot_id=snapshot_id
    )
    return metadata


def test_metadata_tells_what_is_in_a_snapshot(world: World):
    remember(world, b"text")
    stored = world.manage("upload_chunk", canister_id=world.target, chunk=b"a chunk")
    version = world.status()["version"]
    taken = take(world)
    metadata = metadata_of(world, taken["id"])
    assert list(metadata["source"]) == ["taken_from_canister"]
    assert metadata["taken_at_timestamp"] == taken["taken_at_timestamp"]
    assert metadata["wasm_module_size"] == len(world.module)
    assert metadata["stable_memory_size"] == 65536
    assert metadata["wasm_memory_size"] % 65536 == 0
    assert metadata["canister_version"] == version
    assert metadata["certified_data"] == b"text    "
    assert metadata["wasm_chunk_store"] == [stored]
    assert metadata["global_timer"] in ([], [{"inactive": None}])


def test_data_is_read_by_kind_and_part(world: World):
    remember(world, b"text")
    stored = world.manage("upload_chunk", canister_id=world.target, chunk=b"a chunk")
    taken = take(world)
    module = read(world, taken["id"], {"wasm_module": {"offset": 0, "size": len(world.module)}})
    assert module == world.module
    part = read(world, taken["id"], {"wasm_module": {"offset": 4, "size": 8}})
    assert part == world.module[4:12]
    assert read(world, taken["id"], {"stable_memory": {"offset": 0, "size": 4}}) == b"text"
    assert read(world, taken["id"], {"wasm_chunk": stored}) == b"a chunk"
    assert len(read(world, taken["id"], {"wasm_memory": {"offset": 0, "size": 100}})) == 100


@pytest.mark.parametrize(
    "kind",
    [
        {"wasm_module": {"offset": 0, "size": 10**7}},
        {"stable_memory": {"offset": 0, "size": 1}},
        {"wasm_memory": {"offset": 2**40, "size": 1}},
        {"wasm_module": {"offset": 2**64 - 1, "size": 2**64 - 1}},
        {"wasm_chunk": {"hash": bytes(32)}},
        {"wasm_chunk": {"hash": b""}},
    ],
)
def test_data_that_is_not_there(world: World, kind: dict[str, Any]):
    taken = take(world)
    refusal = world.refused(
        "read_canister_snapshot_data",
        canister_id=world.target,
        snapshot_id=taken["id"],
        kind=kind,
    )
    assert refusal.reject_code in (4, 5)


def copy_of(world: World, snapshot_id: bytes) -> bytes:
    """Downloads a snapshot and uploads it again, as a tool for backups does."""
    metadata = metadata_of(world, snapshot_id)
    copied = (
        "wasm_module_size",
        "globals",
        "wasm_memory_size",
        "stable_memory_size",
        "certified_data",
    )
    made = world.manage(
        "upload_canister_snapshot_metadata",
        canister_id=world.target,
        **{name: metadata[name] for name in copied},
    )
    step = 1_000_000
    for kind in ("wasm_module", "wasm_memory", "stable_memory"):
        size = metadata[f"{kind}_size"]
        for offset in range(0, size, step):
            part = {"offset": offset, "size": min(step, size - offset)}
            upload(
                world,
                made["snapshot_id"],
                {kind: {"offset": offset}},
                read(world, snapshot_id, {kind: part}),
            )
    for chunk in metadata["wasm_chunk_store"]:
        content = read(world, snapshot_id, {"wasm_chunk": chunk})
        upload(world, made["snapshot_id"], {"wasm_chunk": None}, content)
    uploaded: bytes = made["snapshot_id"]
    return uploaded


def upload(world: World, snapshot_id: bytes, kind: dict[str, Any], chunk: bytes) -> None:
    world.manage(
        "upload_canister_snapshot_data",
        canister_id=world.target,
        snapshot_id=snapshot_id,
        kind=kind,
        chunk=chunk,
    )


def test_a_downloaded_snapshot_can_be_uploaded_and_loaded(world: World):
    remember(world, b"before")
    world.manage("upload_chunk", canister_id=world.target, chunk=b"a chunk")
    taken = take(world)
    remember(world, b"after")
    world.manage("clear_chunk_store", canister_id=world.target)
    uploaded = copy_of(world, taken["id"])
    assert list(metadata_of(world, uploaded)["source"]) == ["metadata_upload"]
    load(world, uploaded)
    assert recalled(world) == {b"before"}
    assert len(world.manage("stored_chunks", canister_id=world.target)) == 1


def test_a_snapshot_that_was_taken_is_not_written_to(world: World):
    taken = take(world)
    refusal = world.refused(
        "upload_canister_snapshot_data",
        canister_id=world.target,
        snapshot_id=taken["id"],
        kind={"stable_memory": {"offset": 0}},
        chunk=b"forged",
    )
    assert (refusal.reject_code, refusal.error_code) == (4, "IC0409")


def test_an_upload_with_no_module_is_not_loaded(world: World):
    made = world.manage(
        "upload_canister_snapshot_metadata",
        canister_id=world.target,
        wasm_module_size=8,
        globals=[],
        wasm_memory_size=0,
        stable_memory_size=0,
        certified_data=b"",
    )
    remember(world, b"kept")
    refusal = world.refused(
        "load_canister_snapshot", canister_id=world.target, snapshot_id=made["snapshot_id"]
    )
    assert refusal.reject_code in (4, 5)
    assert recalled(world) == {b"kept"}
