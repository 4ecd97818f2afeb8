"""The chunk store and snapshots."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from ic_factory.replica.canister_cycles import memory_usage
from ic_factory.replica.rejects import ErrorCode, Reject
from ic_factory.replica.state.canister import Canister
from ic_factory.replica.state.consumption import CyclesUse
from ic_factory.replica.state.messages import CallContext, IngressOrigin
from tests.unit.management.modules import EMPTY, KEEPER
from tests.unit.management.world import ADMIN, START_TIME, STRANGER, World

MIB = 2**20


def own(canister: Canister, **more: Any) -> dict[str, Any]:
    return {"canister_id": canister.canister_id} | more


# Chunks


def test_chunks_are_kept_under_their_hashes_once() -> None:
    world = World()
    canister = world.create()
    hashes = set()
    for chunk in (b"one", b"two", b"one", b""):
        reply = world.call("upload_chunk", own(canister, chunk=chunk))
        assert reply == {"hash": hashlib.sha256(chunk).digest()}
        hashes.add(reply["hash"])
    stored = world.call("stored_chunks", own(canister))
    assert stored == [{"hash": chunk_hash} for chunk_hash in sorted(hashes)]
    world.call("clear_chunk_store", own(canister))
    assert world.call("stored_chunks", own(canister)) == []


def test_a_canister_may_use_its_own_chunk_store_and_strangers_may_not() -> None:
    world = World()
    canister = world.create()
    world.call("upload_chunk", own(canister, chunk=b"x"), canister.canister_id)
    for method, fields in {
        "upload_chunk": {"chunk": b"y"},
        "clear_chunk_store": {},
        "stored_chunks": {},
    }.items():
        assert world.refusal(method, own(canister, **fields), STRANGER).startswith("IC0512: ")


def test_a_chunk_has_at_most_a_mebibyte() -> None:
    world = World()
    canister = world.create()
    world.call("upload_chunk", own(canister, chunk=bytes(MIB)))
    assert world.refusal("upload_chunk", own(canister, chunk=bytes(MIB + 1))) == (
        "IC0504: Error from Wasm chunk store: Wasm chunk size 1048577 exceeds the maximum chunk "
        "size of 1048576."
    )


def test_the_store_takes_a_hundred_chunks() -> None:
    world = World()
    canister = world.create()
    canister.chunk_store |= {bytes([number]) * 32: b"" for number in range(99)}
    world.call("upload_chunk", own(canister, chunk=b"the last"))
    refusal = world.refusal("upload_chunk", own(canister, chunk=b"one too many"))
    assert refusal == (
        "IC0504: Error from Wasm chunk store: Wasm chunk store has already reached maximum "
        "capacity of 104857600 bytes or the maximum number of entries, 100."
    )
    world.call("upload_chunk", own(canister, chunk=b"the last"))


def test_a_chunk_is_charged_and_must_be_affordable() -> None:
    world = World()
    canister = world.create()
    world.call("upload_chunk", own(canister, chunk=b"x"))
    assert world.subnet.consumed == {CyclesUse.INSTRUCTIONS: 200_000_000}
    world.call("upload_chunk", own(canister, chunk=b"x"))
    assert world.subnet.consumed == {CyclesUse.INSTRUCTIONS: 400_000_000}
    canister.cycles = 600_000_000
    refusal = world.refusal("upload_chunk", own(canister, chunk=b"y"))
    assert refusal.startswith(
        f"IC0532: Canister cannot grow memory by {MIB} bytes due to insufficient cycles. "
    )
    canister.cycles = 100_000_000
    refusal = world.refusal("upload_chunk", own(canister, chunk=b"y"))
    assert refusal.startswith(
        "IC0504: Error from Wasm chunk store: Error charging for 'upload_chunk': "
        f"Canister {canister.canister_id} is out of cycles: please top up the canister with at "
    )


# Snapshots


def test_a_snapshot_brings_everything_back() -> None:
    world = World()
    canister = world.installed(KEEPER, b"argument")
    world.call("upload_chunk", own(canister, chunk=b"kept"))
    taken = world.call("take_canister_snapshot", own(canister))
    assert taken["taken_at_timestamp"] == START_TIME
    assert taken["total_size"] == 2 * 65_536 + len(KEEPER) + len(b"init") + MIB
    world.install(canister, EMPTY, mode="reinstall")
    world.call("clear_chunk_store", own(canister))
    world.subnet.time += 10
    world.call("load_canister_snapshot", own(canister, snapshot_id=taken["id"]))
    assert canister.code is not None
    assert canister.code.module_hash == hashlib.sha256(KEEPER).digest()
    assert canister.code.freeze().stable.read(0, 8) == b"argument"
    assert canister.certified_data == b"init"
    assert list(canister.chunk_store.values()) == [b"kept"]
    assert canister.last_install_timestamp == START_TIME + 10


def test_a_snapshot_does_not_change_with_the_canister() -> None:
    world = World()
    canister = world.installed(KEEPER, b"argument")
    taken = world.call("take_canister_snapshot", own(canister))
    for _ in range(2):
        world.install(canister, KEEPER, mode="upgrade")
        assert canister.code is not None
        assert canister.code.freeze().stable.read(8, 4) == b"pre_"
        world.call("load_canister_snapshot", own(canister, snapshot_id=taken["id"]))
        assert canister.code.freeze().stable.read(8, 4) == bytes(4)


def test_snapshots_are_listed_replaced_and_deleted() -> None:
    world = World()
    canister = world.installed(EMPTY)
    first = world.call("take_canister_snapshot", own(canister))
    second = world.call("take_canister_snapshot", own(canister))
    assert world.call("list_canister_snapshots", own(canister)) == [first, second]
    third = world.call("take_canister_snapshot", own(canister, replace_snapshot=[first["id"]]))
    assert world.call("list_canister_snapshots", own(canister)) == [second, third]
    assert len({first["id"], second["id"], third["id"]}) == 3
    world.call("delete_canister_snapshot", own(canister, snapshot_id=second["id"]))
    assert world.call("list_canister_snapshots", own(canister)) == [third]
    for method, fields in {
        "delete_canister_snapshot": {"snapshot_id": first["id"]},
        "load_canister_snapshot": {"snapshot_id": first["id"]},
        "take_canister_snapshot": {"replace_snapshot": [first["id"]]},
    }.items():
        assert world.refusal(method, own(canister, **fields)) == (
            f"IC0305: Could not find the snapshot ID {first['id'].hex()} for canister "
            f"{canister.canister_id}."
        )


def test_a_canister_has_ten_snapshots_at_most() -> None:
    world = World()
    canister = world.installed(EMPTY)
    for _ in range(10):
        taken = world.call("take_canister_snapshot", own(canister))
    assert world.refusal("take_canister_snapshot", own(canister)) == (
        f"IC0406: Canister {canister.canister_id} has reached the maximum number of snapshots "
        "allowed: 10."
    )
    world.call("take_canister_snapshot", own(canister, replace_snapshot=[taken["id"]]))


def test_an_empty_canister_has_nothing_to_take() -> None:
    world = World()
    canister = world.create()
    assert world.refusal("take_canister_snapshot", own(canister)) == (
        f"IC0406: Failed to create snapshot for empty canister {canister.canister_id}:"
    )


def test_taking_a_snapshot_can_uninstall_the_code() -> None:
    world = World()
    canister = world.installed(KEEPER)
    context = CallContext(1, IngressOrigin(b"open", 0), STRANGER, 7, responded=False)
    canister.call_contexts[1] = context
    answered = world.answer("take_canister_snapshot", own(canister, uninstall_code=[True]))
    assert canister.code is None
    assert len(canister.snapshots) == 1
    reject = Reject.of(ErrorCode.CANISTER_REJECTED_MESSAGE, "Canister has been uninstalled.")
    assert answered.also == ((IngressOrigin(b"open", 0), reject, 7),)


def test_a_snapshot_can_be_loaded_onto_another_canister_of_the_same_controller() -> None:
    world = World()
    source, target = world.installed(KEEPER, b"argument"), world.create()
    taken = world.call("take_canister_snapshot", own(source))
    world.call("load_canister_snapshot", own(target, snapshot_id=taken["id"]))
    assert target.code is not None
    assert target.code.freeze().stable.read(0, 8) == b"argument"
    info = world.call("canister_info", own(target, num_requested_changes=[1]), source.canister_id)
    details = info["recent_changes"][0]["details"]["load_snapshot"]
    assert details["from_canister_id"] == [source.canister_id]
    foreign = world.create(controllers=[STRANGER])
    refusal = world.refusal(
        "load_canister_snapshot", own(foreign, snapshot_id=taken["id"]), STRANGER
    )
    assert refusal.startswith("IC0406: Only a controller of the canister that snapshot ")


@pytest.mark.parametrize("snapshot_id", [b"", b"\x00", bytes(18), bytes(100)])
def test_an_id_of_no_snapshot_is_not_found(snapshot_id: bytes) -> None:
    world = World()
    canister = world.installed(EMPTY)
    refusal = world.refusal("load_canister_snapshot", own(canister, snapshot_id=snapshot_id))
    assert refusal.startswith("IC0305: ")


def test_a_snapshot_counts_as_memory_and_must_be_affordable() -> None:
    world = World()
    canister = world.installed(KEEPER)
    before = memory_usage(canister)
    taken = world.call("take_canister_snapshot", own(canister))
    assert memory_usage(canister) == before + taken["total_size"]
    canister.cycles = 10**9
    refusal = world.refusal("take_canister_snapshot", own(canister))
    assert refusal.startswith("IC0207: Canister snapshotting failed with: `Canister ")
    assert world.refusal("take_canister_snapshot", own(canister), STRANGER).startswith("IC0512: ")
    assert ADMIN in canister.controllers
