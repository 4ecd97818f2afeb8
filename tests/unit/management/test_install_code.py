"""Installing, reinstalling and upgrading code."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import replace
from typing import Any

import pytest

from ic_factory.replica.config import InstructionLimits
from ic_factory.replica.execution.outcome import Failed
from ic_factory.replica.management.interface import encode_arguments
from ic_factory.replica.management.router import CodeInstallation
from ic_factory.replica.rejects import ErrorCode, Payload, Reject, Reply
from ic_factory.replica.state.canister import Canister
from ic_factory.replica.state.history import CodeDeployment, DeploymentMode, FromUser
from tests.canisters.universal import Program, cdk_wasm, universal_wasm
from tests.unit.management.modules import EMPTY, KEEPER, SPINNER, with_section
from tests.unit.management.world import ADMIN, STRANGER, WALLET, World, state_of

EOP_SECTION = "icp:private enhanced-orthogonal-persistence"


def stable_start(canister: Canister, size: int) -> bytes:
    assert canister.code is not None
    return canister.code.freeze().stable.read(0, size)


def heap_number(canister: Canister, offset: int) -> int:
    assert canister.code is not None
    return int.from_bytes(canister.code.freeze().heap.read(offset, 8), "little")


def log_lines(canister: Canister) -> list[bytes]:
    return [record.content for record in canister.log.records]


def message_of(payload: Payload) -> str:
    assert isinstance(payload, Reject), payload
    return f"{payload.error_code}: {payload.message}"


def test_installed_code_has_run_its_init() -> None:
    world = World()
    canister = world.installed(KEEPER, b"argument")
    assert canister.code is not None
    assert canister.code.module_hash == hashlib.sha256(KEEPER).digest()
    assert stable_start(canister, 16) == b"argument" + bytes(8)
    assert canister.certified_data == b"init"
    assert canister.global_timer == 77
    assert log_lines(canister) == [b"init"]
    assert canister.last_install_timestamp == world.subnet.time


def test_init_sees_the_version_that_the_canister_has_after_the_installation() -> None:
    canister = World().installed(KEEPER)
    assert (canister.canister_version, heap_number(canister, 200)) == (1, 1)


def test_installation_is_in_the_history() -> None:
    canister = World().installed(KEEPER)
    change = canister.history[-1]
    module_hash = hashlib.sha256(KEEPER).digest()
    assert change.details == CodeDeployment(DeploymentMode.INSTALL, module_hash)
    assert (change.canister_version, change.origin) == (1, FromUser(ADMIN))


def test_installation_is_charged() -> None:
    world = World()
    canister = world.create()
    before = canister.cycles
    world.install(canister, KEEPER)
    paid = before - canister.cycles
    assert 5_000_000 < paid < 6_000_000
    assert world.subnet.consumed_cycles == paid


def test_a_compressed_module_keeps_its_own_hash_and_size() -> None:
    compressed = gzip.compress(KEEPER)
    canister = World().installed(compressed)
    assert canister.code is not None
    assert canister.code.module_hash == hashlib.sha256(compressed).digest()
    assert canister.code.module_bytes == compressed


def test_a_canister_with_code_takes_no_second_install() -> None:
    world = World()
    canister = world.installed(EMPTY)
    fields = install_fields(canister, EMPTY)
    assert world.refusal("install_code", fields) == (
        f"IC0514: Canister {canister.canister_id} cannot be installed because the canister is not "
        "empty. Try installing with mode='reinstall' instead."
    )


def test_an_empty_canister_cannot_be_upgraded() -> None:
    world = World()
    canister = world.create()
    fields = install_fields(canister, EMPTY, {"upgrade": []})
    assert world.refusal("install_code", fields).startswith(
        f"IC0537: Error from Canister {canister.canister_id}: "
    )


def test_reinstall_begins_anew() -> None:
    world = World()
    canister = world.installed(KEEPER, b"argument")
    assert world.install(canister, EMPTY, mode="reinstall") == Reply(b"DIDL\x00\x00")
    assert canister.code is not None
    assert canister.code.stable_bytes == 0
    assert (canister.certified_data, canister.global_timer) == (b"", 0)
    assert log_lines(canister) == []
    assert canister.canister_version == 2


def test_reinstall_works_on_an_empty_canister() -> None:
    world = World()
    canister = world.create()
    assert isinstance(world.install(canister, EMPTY, mode="reinstall"), Reply)


def test_upgrade_keeps_stable_memory_and_runs_the_hooks_of_both_modules() -> None:
    world = World()
    canister = world.installed(KEEPER, b"argument")
    assert isinstance(world.install(canister, KEEPER, mode="upgrade"), Reply)
    assert stable_start(canister, 16) == b"argumentpre_post"
    assert heap_number(canister, 100) == 0
    assert heap_number(canister, 200) == 2
    assert canister.certified_data == b"pre_"
    assert canister.global_timer == 0
    assert log_lines(canister) == [b"init", b"pre_", b"post"]
    details = canister.history[-1].details
    assert isinstance(details, CodeDeployment)
    assert details.mode is DeploymentMode.UPGRADE


def test_pre_upgrade_can_be_skipped() -> None:
    world = World()
    canister = world.installed(KEEPER, b"argument")
    options = {"skip_pre_upgrade": [True]}
    assert isinstance(world.install(canister, KEEPER, mode=options), Reply)
    assert stable_start(canister, 16) == b"argument" + bytes(4) + b"post"
    assert canister.certified_data == b"init"


def test_a_post_upgrade_that_traps_leaves_everything_but_cycles_and_log_as_it_was() -> None:
    world = World()
    canister = world.installed(KEEPER, b"argument")
    canister.global_timer = 5
    before = canister.copy()
    message = message_of(world.install(canister, KEEPER, b"x", mode="upgrade"))
    assert message.startswith(
        f"IC0503: Error from Canister {canister.canister_id}: Canister called `ic0.trap` with "
        "message: 'trap'"
    )
    assert stable_start(canister, 16) == b"argument" + bytes(8)
    assert canister.cycles < before.cycles
    assert log_lines(canister)[:3] == [b"init", b"pre_", b"post"]
    for name in ("certified_data", "global_timer", "canister_version", "history"):
        assert getattr(canister, name) == getattr(before, name)


def test_kept_heap_survives_where_both_modules_are_made_for_it() -> None:
    world = World()
    persistent = with_section(KEEPER, EOP_SECTION, b"")
    canister = world.installed(persistent, b"argument")
    options = {"wasm_memory_persistence": [{"keep": None}]}
    assert isinstance(world.install(canister, persistent, mode=options), Reply)
    assert heap_number(canister, 100).to_bytes(8, "little") == b"argument"


def test_an_upgrade_from_persistent_code_must_say_what_becomes_of_the_heap() -> None:
    world = World()
    canister = world.installed(with_section(KEEPER, EOP_SECTION, b""))
    refusal = world.refusal("install_code", install_fields(canister, KEEPER, {"upgrade": []}))
    assert refusal == (
        "IC0504: Missing upgrade option: Enhanced orthogonal persistence requires the "
        "`wasm_memory_persistence` upgrade option."
    )
    options = {"wasm_memory_persistence": [{"keep": None}]}
    assert message_of(world.install(canister, KEEPER, mode=options)).startswith(
        "IC0504: Invalid upgrade option: "
    )
    options = {"wasm_memory_persistence": [{"replace": None}]}
    assert isinstance(world.install(canister, KEEPER, mode=options), Reply)


@pytest.mark.parametrize("module", [b"", b"\x00asm\x01\x00\x00\x00\xff", b"no module at all"])
def test_what_is_no_module_is_refused(module: bytes) -> None:
    world = World()
    canister = world.create()
    message = message_of(world.install(canister, module))
    where = f"IC0505: Error from Canister {canister.canister_id}: "
    assert message.startswith(f"{where}Canister's Wasm module is not valid: ")
    assert canister.code is None
    assert canister.canister_version == 0


def test_only_controllers_install() -> None:
    world = World()
    canister = world.create()
    refusal = world.refusal("install_code", install_fields(canister, EMPTY), STRANGER)
    assert refusal == (
        f"IC0512: Only the controllers of the canister {canister.canister_id} can control it.\n"
        f"Canister's controllers: {ADMIN}\nSender's ID: {STRANGER}"
    )


def test_a_canister_that_cannot_pay_the_longest_installation_is_refused() -> None:
    world = World()
    canister = world.create(freezing_threshold=0)
    canister.cycles = 300_000_000_000
    refusal = world.refusal("install_code", install_fields(canister, EMPTY))
    assert refusal == (
        f"IC0207: Canister installation failed with `Canister {canister.canister_id} is out of "
        "cycles: please top up the canister with at least 5000000 additional cycles`."
    )


def test_code_that_would_freeze_the_canister_is_refused_after_it_ran() -> None:
    world = World()
    canister = world.create(freezing_threshold=10**15)
    message = message_of(world.install(canister, KEEPER))
    assert message.startswith("IC0532: Canister cannot grow memory by ")
    assert canister.code is None


def test_code_must_fit_the_subnet() -> None:
    world = World(subnet_memory_bytes=100_000)
    canister = world.create()
    assert message_of(world.install(canister, KEEPER)).startswith("IC0101: Canister requested ")
    assert canister.code is None


def test_a_run_that_ended_early_can_be_done_again_with_more_instructions() -> None:
    world = World()
    canister = world.create()
    installation = the_installation(world, canister, SPINNER, (100_000).to_bytes(4, "little"))
    before = state_of(world.subnet)
    first = installation.run(1_000)
    assert isinstance(first, Failed)
    assert first.error_code is ErrorCode.CANISTER_INSTRUCTION_LIMIT_EXCEEDED
    second = installation.run(installation.instruction_limit)
    assert state_of(world.subnet) == before
    answered = installation.commit(world.subnet, second)
    assert isinstance(answered.payload, Reply)
    assert answered.touched == (canister.canister_id,)
    assert canister.code is not None


def test_all_functions_of_an_installation_share_one_limit() -> None:
    world = World(limits=InstructionLimits(install=1_000))
    canister = world.create()
    message = message_of(world.install(canister, SPINNER, (100_000).to_bytes(4, "little")))
    assert message.startswith("IC0522: ")
    assert canister.code is None


def test_the_universal_canister_installs_and_its_init_runs_a_program() -> None:
    world = World()
    canister = world.installed(universal_wasm(), Program().set_certified_data(b"hi").code)
    assert canister.certified_data == b"hi"


def test_a_canister_made_with_ic_cdk_installs() -> None:
    world = World()
    payload = world.install(world.create(), cdk_wasm(), b"DIDL\x00\x00")
    assert isinstance(payload, Reply), payload


def test_cycles_sent_along_come_back() -> None:
    world = World()
    canister = world.create(controllers=[ADMIN, WALLET])
    answered = world.answer("install_code", install_fields(canister, EMPTY), WALLET, cycles=13)
    assert answered.refund == 13


# Chunked installation


def upload(world: World, store: Canister, chunk: bytes) -> bytes:
    reply = world.call("upload_chunk", {"canister_id": store.canister_id, "chunk": chunk})
    chunk_hash = reply["hash"]
    assert chunk_hash == hashlib.sha256(chunk).digest()
    return bytes(chunk_hash)


def chunked_fields(target: Canister, hashes: list[bytes], module: bytes) -> dict[str, Any]:
    return {
        "mode": {"install": None},
        "target_canister": target.canister_id,
        "chunk_hashes_list": [{"hash": chunk_hash} for chunk_hash in hashes],
        "wasm_module_hash": hashlib.sha256(module).digest(),
        "arg": b"argument",
    }


def test_a_module_is_put_together_from_the_chunks_of_the_canister_itself() -> None:
    world = World()
    canister = world.create()
    hashes = [upload(world, canister, part) for part in (KEEPER[:100], KEEPER[100:])]
    world.call("install_chunked_code", chunked_fields(canister, hashes, KEEPER))
    assert stable_start(canister, 8) == b"argument"
    assert canister.code is not None
    assert canister.code.module_hash == hashlib.sha256(KEEPER).digest()


def test_a_module_is_put_together_from_the_chunks_of_another_canister() -> None:
    world = World()
    store, canister = world.create(), world.create()
    hashes = [upload(world, store, KEEPER)]
    fields = chunked_fields(canister, hashes, KEEPER)
    world.call("install_chunked_code", fields | {"store_canister": [store.canister_id]})
    assert canister.code is not None


def test_the_store_must_be_the_callers_or_the_caller() -> None:
    world = World()
    store, canister = world.create(controllers=[STRANGER]), world.create()
    store.chunk_store[hashlib.sha256(EMPTY).digest()] = EMPTY
    fields = chunked_fields(canister, list(store.chunk_store), EMPTY)
    fields["store_canister"] = [store.canister_id]
    assert world.refusal("install_chunked_code", fields).startswith(
        f"IC0512: Only the controllers of the canister {store.canister_id} "
    )
    canister.settings = replace(canister.settings, controllers=(store.canister_id,))
    world.call("install_chunked_code", fields, caller=store.canister_id)
    assert canister.code is not None


def test_missing_chunks_a_wrong_hash_and_a_foreign_store_are_refused() -> None:
    world = World()
    canister = world.create()
    hashes = [upload(world, canister, EMPTY)]
    missing = hashlib.sha256(b"?").digest()
    fields = chunked_fields(canister, [missing], EMPTY)
    assert world.refusal("install_chunked_code", fields) == (
        f"IC0504: Error from Wasm chunk store: Chunk hash {missing.hex()} was not found."
    )
    fields = chunked_fields(canister, hashes, KEEPER)
    assert "does not match given hash" in world.refusal("install_chunked_code", fields)
    fields = chunked_fields(canister, hashes, EMPTY) | {"store_canister": [WALLET]}
    assert str(WALLET) in world.refusal("install_chunked_code", fields)
    fields = chunked_fields(canister, hashes * 101, EMPTY)
    assert "at most 100 chunks" in world.refusal("install_chunked_code", fields)


def install_fields(canister: Canister, module: bytes, mode: Any = None) -> dict[str, Any]:
    return {
        "mode": mode or {"install": None},
        "canister_id": canister.canister_id,
        "wasm_module": module,
        "arg": b"",
    }


def the_installation(
    world: World, canister: Canister, module: bytes, argument: bytes
) -> CodeInstallation:
    fields = install_fields(canister, module) | {"arg": argument}
    result = world.request("install_code", encode_arguments("install_code", fields), ADMIN)
    assert isinstance(result, CodeInstallation)
    return result
