"""Specification: "IC method install_code", "install_chunked_code", "Canister initialization"."""

from __future__ import annotations

import gzip
from hashlib import sha256
from typing import Any

import pytest

from ic_factory.protocol.principal import Principal
from ic_factory.replica import Replica, ReplicaConfig
from ic_factory.replica.config import InstructionLimits
from ic_factory.replica.errors import CallRejected
from ic_factory.replica.execution.engine import Engine
from ic_factory.replica.rejects import Reply
from tests.canisters.universal import Hook, Program
from tests.conformance.custom_sections import with_custom_sections
from tests.conformance.management.actors import Refusal, Role, World
from tests.conformance.management.wat_modules import (
    EMPTY,
    MARK_STABLE,
    TRAP,
    marking_module,
    module,
)

INSTALL, REINSTALL = {"install": None}, {"reinstall": None}
UPGRADE: dict[str, Any] = {"upgrade": None}


def upgrade(**options: Any) -> dict[str, Any]:
    return {"upgrade": options}


def install(
    world: World,
    wasm: bytes,
    mode: dict[str, Any] = INSTALL,
    canister_id: Principal | None = None,
    arg: bytes = b"",
) -> None:
    world.manage(
        "install_code",
        canister_id=canister_id or world.target,
        mode=mode,
        wasm_module=wasm,
        arg=arg,
    )


def refused(
    world: World,
    wasm: bytes,
    mode: dict[str, Any] = INSTALL,
    canister_id: Principal | None = None,
    arg: bytes = b"",
) -> Refusal:
    """An installation that must fail, and leaves the canister as it was but for cycles."""
    target = canister_id or world.target
    before = observable(world, target)
    refusal = world.refused(
        "install_code", canister_id=target, mode=mode, wasm_module=wasm, arg=arg
    )
    assert observable(world, target) == before
    return refusal


def observable(world: World, canister_id: Principal) -> dict[str, Any]:
    """What a failed installation must not change."""
    status = world.status(canister_id)
    return {key: status[key] for key in ("module_hash", "version", "status", "settings")}


@pytest.fixture
def empty(world: World) -> Principal:
    return world.replica.create_canister(world.controller)


def query(world: World, method: str, canister_id: Principal) -> bytes:
    answer = world.replica.query_call(canister_id, method)
    assert isinstance(answer, Reply), answer
    return answer.data


# install


def test_install_into_an_empty_canister(world: World, empty: Principal):
    install(world, world.module, canister_id=empty)
    assert world.status(empty)["module_hash"] == [sha256(world.module).digest()]
    assert world.run(Program().reply(b"here"), empty) == b"here"


def test_install_passes_the_argument_to_init(world: World, empty: Principal):
    install(world, world.module, canister_id=empty, arg=Program().store_global(b"kept").code)
    assert world.run(Program().reply(Program().load_global()), empty) == b"kept"


def test_the_installer_is_the_caller_of_init(world: World, empty: Principal):
    program = Program().store_global(Program().caller()).code
    install(world, world.module, canister_id=empty, arg=program)
    assert world.run(Program().reply(Program().load_global()), empty) == world.controller.bytes


def test_install_refuses_a_canister_that_is_not_empty(world: World):
    refusal = refused(world, world.module)
    assert (refusal.reject_code, refusal.error_code) == (5, "IC0514")
    assert str(world.target) in refusal.message


@pytest.mark.parametrize("mode", [INSTALL, REINSTALL], ids=["install", "reinstall"])
def test_a_trap_in_init_undoes_all(world: World, empty: Principal, mode: dict[str, Any]):
    refusal = refused(world, world.module, mode, empty, Program().trap(b"not so").code)
    assert (refusal.reject_code, refusal.error_code) == (5, "IC0503")
    assert "not so" in refusal.message


def test_a_trap_in_start_undoes_all(world: World, empty: Principal):
    refusal = refused(world, marking_module(start=TRAP), canister_id=empty)
    assert refusal.reject_code == 5
    refused(world, module("(func $f unreachable) (start $f)"), canister_id=empty)


def test_a_module_of_nothing_is_a_module(world: World, empty: Principal):
    install(world, EMPTY, canister_id=empty)
    answer = world.replica.update(empty, "anything")
    assert str(getattr(answer, "error_code", "")) == "IC0536"


# reinstall


def test_reinstall_wipes_heap_and_stable_memory(world: World):
    program = Program().store_global(b"kept").stable_grow(1).drop().stable_write(0, b"kept")
    world.run(program.reply())
    install(world, world.module, REINSTALL)
    assert world.run(Program().reply(Program().load_global())) == b""
    assert world.run(Program().reply_int(Program().stable_size())) == bytes(8)


def test_reinstall_into_an_empty_canister(world: World, empty: Principal):
    install(world, world.module, REINSTALL, empty)
    assert world.run(Program().reply(b"here"), empty) == b"here"


def test_a_failed_reinstall_keeps_the_state(world: World):
    world.run(Program().store_global(b"kept").reply())
    refused(world, world.module, REINSTALL, arg=Program().trap(b"no").code)
    assert world.run(Program().reply(Program().load_global())) == b"kept"


# upgrade


def test_upgrade_keeps_stable_memory_and_not_the_heap(world: World):
    program = Program().store_global(b"heap").stable_grow(1).drop().stable_write(0, b"kept")
    world.run(program.reply())
    install(world, world.module, UPGRADE)
    assert world.run(Program().reply(Program().load_global())) == b""
    assert world.run(Program().reply(Program().stable_read(0, 4))) == b"kept"


def test_pre_upgrade_may_save_and_post_upgrade_load(world: World):
    save = Program().stable_grow(1).drop().stable_write(0, Program().load_global())
    world.run(Program().store_global(b"from the heap").set_hook(Hook.PRE_UPGRADE, save).reply())
    load = Program().store_global(Program().stable_read(0, 13)).code
    install(world, world.module, UPGRADE, arg=load)
    assert world.run(Program().reply(Program().load_global())) == b"from the heap"


def test_upgrade_needs_code_to_upgrade(world: World, empty: Principal):
    refusal = refused(world, world.module, UPGRADE, empty)
    assert (refusal.reject_code, refusal.error_code) == (5, "IC0537")


def test_a_trap_in_pre_upgrade_undoes_all(world: World):
    hook = Program().stable_grow(1).drop().stable_write(0, b"gone").trap(b"not now")
    world.run(Program().store_global(b"kept").set_hook(Hook.PRE_UPGRADE, hook).reply())
    refusal = refused(world, world.module, UPGRADE)
    assert (refusal.reject_code, refusal.error_code) == (5, "IC0503")
    assert "not now" in refusal.message
    assert world.run(Program().reply(Program().load_global())) == b"kept"
    assert world.run(Program().reply_int(Program().stable_size())) == bytes(8)


def test_skip_pre_upgrade_gets_past_it(world: World):
    hook = Program().trap(b"not now")
    world.run(Program().set_hook(Hook.PRE_UPGRADE, hook).reply())
    refused(world, world.module, upgrade(skip_pre_upgrade=False))
    install(world, world.module, upgrade(skip_pre_upgrade=True))
    world.run(Program().reply())


def test_a_trap_in_post_upgrade_undoes_what_pre_upgrade_did(world: World):
    hook = Program().stable_grow(1).drop().stable_write(0, b"gone")
    world.run(Program().store_global(b"kept").set_hook(Hook.PRE_UPGRADE, hook).reply())
    refused(world, world.module, UPGRADE, arg=Program().trap(b"no").code)
    assert world.run(Program().reply(Program().load_global())) == b"kept"
    assert world.run(Program().reply_int(Program().stable_size())) == bytes(8)


def test_a_trap_in_start_of_the_new_code_undoes_the_upgrade(world: World, empty: Principal):
    old = marking_module(on_pre_upgrade=MARK_STABLE)
    install(world, old, canister_id=empty)
    refused(world, marking_module(start=TRAP), UPGRADE, empty)
    assert query(world, "stable", empty) == bytes(8)


def test_upgrade_runs_no_init(world: World, empty: Principal):
    install(world, marking_module(), canister_id=empty)
    install(world, marking_module(on_init=TRAP), UPGRADE, empty)
    refused(world, marking_module(on_post_upgrade=TRAP), UPGRADE, empty)


def test_an_upgrade_ends_the_timer(world: World):
    later = world.replica.now + 10**9
    hook = Program().add_counter().drop()
    timer = Program().set_hook(Hook.GLOBAL_TIMER, hook).set_global_timer(later).drop().reply()
    world.run(timer)
    install(world, world.module, UPGRADE)
    world.run(Program().set_hook(Hook.GLOBAL_TIMER, hook).reply())
    world.replica.advance_time(10**10)
    world.replica.tick()
    world.replica.tick()
    assert world.counter() == 0


# What an upgrade may keep: enhanced orthogonal persistence.

ORTHOGONAL = {"icp:private enhanced-orthogonal-persistence": b""}


def test_the_heap_is_kept_where_both_modules_can(world: World, empty: Principal):
    wasm = with_custom_sections(marking_module(), ORTHOGONAL)
    install(world, wasm, canister_id=empty)
    world.replica.update(empty, "mark", b"the heap")
    install(world, wasm, upgrade(wasm_memory_persistence={"keep": None}), empty)
    assert query(world, "heap", empty) == b"the heap"
    install(world, wasm, upgrade(wasm_memory_persistence={"replace": None}), empty)
    assert query(world, "heap", empty) == b"-init---"
    assert query(world, "stable", empty) == b"the heap"


def test_orthogonal_persistence_needs_the_option(world: World, empty: Principal):
    wasm = with_custom_sections(marking_module(), ORTHOGONAL)
    install(world, wasm, canister_id=empty)
    refusal = refused(world, wasm, UPGRADE, empty)
    assert refusal.reject_code in (4, 5)
    assert "wasm_memory_persistence" in refusal.message


def test_keep_needs_a_module_that_can(world: World):
    refusal = refused(world, world.module, upgrade(wasm_memory_persistence={"keep": None}))
    assert refusal.reject_code in (4, 5)
    assert "wasm_memory_persistence" in refusal.message


# Modules.


def test_a_gzipped_module_keeps_its_hash_as_sent(world: World, empty: Principal):
    packed = gzip.compress(world.module, mtime=0)
    install(world, packed, canister_id=empty)
    assert world.status(empty)["module_hash"] == [sha256(packed).digest()]
    assert world.run(Program().reply(b"unpacked"), empty) == b"unpacked"


I32_MEMORY = '(memory (export "memory") 1)'

INVALID_MODULES: dict[str, bytes] = {
    "nothing": b"",
    "no module": b"not a module",
    "the magic alone": b"\0asm",
    "another version": b"\0asm\x02\0\0\0",
    "truncated": marking_module()[:-10],
    "broken gzip": gzip.compress(marking_module())[:40],
    "gzip of no module": gzip.compress(b"not a module"),
    "unknown import": module('(import "ic0" "no_such" (func))'),
    "foreign import": module('(import "env" "abort" (func))'),
    "wrong type of import": module('(import "ic0" "trap" (func (param i64)))'),
    "imported table": module('(import "env" "table" (table 1 funcref))'),
    "two kinds of one method": module(
        '(func (export "canister_update m")) (func (export "canister_query m"))'
    ),
    "unknown export": module('(func (export "canister_something"))'),
    "a hook with parameters": module('(func (export "canister_init") (param i32))'),
    "a method with results": module('(func (export "canister_query m") (result i32) i32.const 0)'),
    "too many globals": module("(global i32 (i32.const 0))" * 1001),
    "too many functions": module("(func)" * 50_001),
    "too many metadata sections": with_custom_sections(
        EMPTY, {f"icp:public {index}": b"" for index in range(17)}
    ),
    "metadata both ways": with_custom_sections(EMPTY, {"icp:public x": b"", "icp:private x": b""}),
    "metadata of no kind": with_custom_sections(EMPTY, {"icp:secret x": b""}),
    "method names too long": module(
        "".join(f'(func (export "canister_query {index}{"m" * 9999}"))' for index in range(3))
    ),
}


@pytest.mark.parametrize("case", sorted(INVALID_MODULES))
@pytest.mark.parametrize("mode", [INSTALL, REINSTALL], ids=["install", "reinstall"])
def test_invalid_modules(world: World, empty: Principal, case: str, mode: dict[str, Any]):
    refusal = refused(world, INVALID_MODULES[case], mode, empty)
    assert (refusal.reject_code, refusal.error_code) == (5, "IC0505"), refusal
    assert str(empty) in refusal.message


@pytest.mark.parametrize("case", ["nothing", "unknown import", "two kinds of one method"])
def test_an_upgrade_to_an_invalid_module(world: World, case: str):
    world.run(Program().store_global(b"kept").reply())
    refusal = refused(world, INVALID_MODULES[case], UPGRADE)
    assert (refusal.reject_code, refusal.error_code) == (5, "IC0505")
    assert world.run(Program().reply(Program().load_global())) == b"kept"


def test_init_that_never_ends_is_stopped(engine: Engine):
    limits = InstructionLimits(install=10**7)
    with Replica(ReplicaConfig(limits=limits), engine=engine) as replica:
        canister_id = replica.create_canister()
        with pytest.raises(CallRejected) as failure:
            replica.install_code(canister_id, marking_module(on_init="(loop $l (br $l))"))
        assert str(failure.value.reject.error_code) == "IC0522"
        with pytest.raises(CallRejected) as failure:
            replica.install_code(canister_id, marking_module(start="(loop $l (br $l))"))
        assert str(failure.value.reject.error_code) == "IC0522"
        replica.install_code(canister_id, marking_module())
        assert replica.query_call(canister_id, "heap") == Reply(b"-init---")


def test_init_can_not_call_other_canisters(world: World, empty: Principal):
    calling = Program().call(world.other.bytes, "update", b"").code
    refusal = refused(world, world.module, canister_id=empty, arg=calling)
    assert (refusal.reject_code, refusal.error_code) == (5, "IC0504")


# Cycles, versions, and the rest.


def test_an_installation_costs_cycles(world: World):
    before = world.cycles(world.target)
    install(world, world.module, REINSTALL)
    assert world.cycles(world.target) < before


def test_a_failed_installation_costs_what_it_ran(world: World):
    before = world.cycles(world.target)
    refused(world, world.module, REINSTALL, arg=Program().busy_loop(10**6).trap(b"").code)
    assert world.cycles(world.target) < before


def test_a_canister_without_cycles_gets_no_code(world: World):
    poor = world.replica.create_canister(world.controller, cycles=10**9)
    refusal = refused(world, world.module, canister_id=poor)
    assert (refusal.reject_code, refusal.error_code) == (2, "IC0207")


@pytest.mark.parametrize("mode", [REINSTALL, UPGRADE], ids=["reinstall", "upgrade"])
def test_the_version_goes_up_by_one(world: World, mode: dict[str, Any]):
    before = world.status()["version"]
    install(world, world.module, mode)
    assert world.status()["version"] == before + 1


def test_a_stopped_canister_can_be_upgraded(world: World):
    world.manage("stop_canister", canister_id=world.target)
    install(world, world.module, UPGRADE)
    assert world.status()["status"] == {"stopped": None}


def test_a_canister_installs_another_one(world: World):
    world.manage(
        "install_code",
        Role.CONTROLLING_CANISTER,
        canister_id=world.target,
        mode=REINSTALL,
        wasm_module=world.module,
        arg=Program().store_global(Program().caller()).code,
    )
    assert world.run(Program().reply(Program().load_global())) == world.manager.bytes


# install_chunked_code


def upload(world: World, canister_id: Principal, *chunks: bytes) -> list[dict[str, bytes]]:
    """Uploads chunks and lists their hashes."""
    return [world.manage("upload_chunk", canister_id=canister_id, chunk=chunk) for chunk in chunks]


def halves(wasm: bytes) -> tuple[bytes, bytes]:
    return wasm[: len(wasm) // 2], wasm[len(wasm) // 2 :]


def chunked(world: World, hashes: list[dict[str, bytes]], **changes: Any) -> dict[str, Any]:
    return {
        "mode": REINSTALL,
        "target_canister": world.target,
        "chunk_hashes_list": hashes,
        "wasm_module_hash": sha256(world.module).digest(),
        "arg": Program().store_global(b"from chunks").code,
        **changes,
    }


@pytest.mark.parametrize("store", ["target", "other"])
def test_chunks_are_put_together(world: World, store: str):
    holder = world.target if store == "target" else world.other
    hashes = upload(world, holder, *halves(world.module))
    where = {} if store == "target" else {"store_canister": world.other}
    world.manage("install_chunked_code", **chunked(world, hashes, **where))
    assert world.run(Program().reply(Program().load_global())) == b"from chunks"
    assert world.status()["module_hash"] == [sha256(world.module).digest()]


def test_chunks_may_be_upgraded_to_and_used_twice(world: World):
    wasm = with_custom_sections(world.module, {"padding": bytes(64)})
    first, second = halves(wasm)
    middle = len(first) // 2
    hashes = upload(world, world.target, first[:middle], first[middle:], second)
    digest = sha256(wasm).digest()
    world.manage(
        "install_chunked_code",
        **chunked(world, hashes, mode=UPGRADE, wasm_module_hash=digest),
    )
    assert world.status()["module_hash"] == [digest]


CHUNKED_MISTAKES: dict[str, dict[str, Any]] = {
    "wrong hash of the whole": {"wasm_module_hash": bytes(32)},
    "hash too short": {"wasm_module_hash": b"short"},
    "no chunks": {"chunk_hashes_list": []},
    "a chunk that is not there": {"chunk_hashes_list": [{"hash": bytes(32)}]},
}


@pytest.mark.parametrize("case", sorted(CHUNKED_MISTAKES))
def test_mistakes_with_chunks(world: World, case: str):
    hashes = upload(world, world.target, *halves(world.module))
    before = observable(world, world.target)
    refusal = world.refused(
        "install_chunked_code", **chunked(world, hashes, **CHUNKED_MISTAKES[case])
    )
    assert refusal.reject_code in (4, 5)
    assert refusal.error_code in ("IC0408", "IC0504", "IC0505")
    assert observable(world, world.target) == before


def test_chunks_in_another_order_are_another_module(world: World):
    hashes = upload(world, world.target, *halves(world.module))
    refusal = world.refused("install_chunked_code", **chunked(world, hashes[::-1]))
    assert "hash" in refusal.message


def test_a_store_that_is_not_there(world: World):
    absent = Principal(world.target.bytes[:6] + b"\x77\x77\x01\x01")
    refusal = world.refused("install_chunked_code", **chunked(world, [], store_canister=absent))
    assert refusal.reject_code in (3, 5)
    assert str(absent) in refusal.message


def test_who_does_not_control_the_store_can_not_use_it(world: World):
    foreign = world.replica.create_canister(world.stranger)
    refusal = world.refused("install_chunked_code", **chunked(world, [], store_canister=foreign))
    assert (refusal.reject_code, refusal.error_code) == (5, "IC0512")


def test_a_store_canister_installs_from_its_own_chunks(world: World):
    """The store controls the target and is not its own controller's business."""
    settings = {"controllers": [world.stranger]}
    upload_hashes = upload(world, world.manager, *halves(world.module))
    world.manage("update_settings", canister_id=world.manager, settings=settings)
    world.manage(
        "install_chunked_code",
        Role.CONTROLLING_CANISTER,
        **chunked(world, upload_hashes, store_canister=world.manager),
    )
    assert world.run(Program().reply(Program().load_global())) == b"from chunks"
