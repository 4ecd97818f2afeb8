"""Specification: "IC method upload_chunk", "clear_chunk_store", "stored_chunks"."""

from __future__ import annotations

from hashlib import sha256

from tests.canisters.universal import Program
from tests.conformance.management.actors import Role, World

MEBIBYTE = 1024**2
CHUNK_STORE_SIZE = 100


def upload(world: World, chunk: bytes, role: Role = Role.CONTROLLER) -> bytes:
    uploaded: bytes = world.manage("upload_chunk", role, canister_id=world.target, chunk=chunk)[
        "hash"
    ]
    return uploaded


def stored(world: World) -> set[bytes]:
    return {each["hash"] for each in world.manage("stored_chunks", canister_id=world.target)}


def test_a_chunk_is_known_by_its_hash(world: World):
    assert upload(world, b"a chunk") == sha256(b"a chunk").digest()
    assert stored(world) == {sha256(b"a chunk").digest()}


def test_a_chunk_may_be_empty(world: World):
    assert upload(world, b"") == sha256(b"").digest()


def test_a_chunk_that_is_there_is_not_stored_again(world: World):
    upload(world, b"a chunk")
    size = world.status()["memory_metrics"]["wasm_chunk_store_size"]
    upload(world, b"a chunk")
    assert len(stored(world)) == 1
    assert world.status()["memory_metrics"]["wasm_chunk_store_size"] == size


def test_every_chunk_counts_as_a_whole_mebibyte(world: World):
    upload(world, b"small")
    upload(world, b"another")
    assert world.status()["memory_metrics"]["wasm_chunk_store_size"] == 2 * MEBIBYTE


def test_a_chunk_of_one_mebibyte_and_no_more(world: World):
    upload(world, bytes(MEBIBYTE))
    refusal = world.refused("upload_chunk", canister_id=world.target, chunk=bytes(MEBIBYTE + 1))
    assert (refusal.reject_code, refusal.error_code) == (5, "IC0504")
    assert str(MEBIBYTE) in refusal.message
    assert len(stored(world)) == 1


def test_a_hundred_chunks_and_no_more(world: World):
    for index in range(CHUNK_STORE_SIZE):
        upload(world, index.to_bytes(2, "big"))
    refusal = world.refused("upload_chunk", canister_id=world.target, chunk=b"one more")
    assert (refusal.reject_code, refusal.error_code) == (5, "IC0504")
    assert len(stored(world)) == CHUNK_STORE_SIZE
    upload(world, (0).to_bytes(2, "big"))


def test_clearing_forgets_all(world: World):
    upload(world, b"a chunk")
    world.manage("clear_chunk_store", canister_id=world.target)
    assert stored(world) == set()
    assert world.status()["memory_metrics"]["wasm_chunk_store_size"] == 0


def test_the_canister_itself_keeps_chunks(world: World):
    upload(world, b"of its own", Role.ITSELF)
    assert stored(world) == {sha256(b"of its own").digest()}


def test_chunks_stay_over_an_upgrade_and_go_with_the_code(world: World):
    upload(world, b"a chunk")
    for mode, remains in ({"upgrade": None}, 1), ({"reinstall": None}, 1):
        world.manage(
            "install_code",
            canister_id=world.target,
            mode=mode,
            wasm_module=world.module,
            arg=b"",
        )
        assert len(stored(world)) == remains
    world.manage("uninstall_code", canister_id=world.target)
    assert stored(world) == set()


def test_a_chunk_costs_cycles_and_a_known_one_little(world: World):
    before = world.cycles(world.target)
    upload(world, b"a chunk")
    after = world.cycles(world.target)
    assert after < before


def test_a_canister_that_can_not_pay_for_a_chunk(world: World):
    poor = world.replica.create_canister(world.controller, cycles=10**6)
    refusal = world.refused("upload_chunk", canister_id=poor, chunk=b"x")
    assert refusal.reject_code in (2, 5)
    assert "cycles" in refusal.message


def test_chunks_do_not_touch_the_version(world: World):
    before = world.status()["version"]
    upload(world, b"a chunk")
    world.manage("clear_chunk_store", canister_id=world.target)
    assert world.status()["version"] == before
    world.run(Program().reply())
