"""Specification: "Canister initialization", "Canister upgrades"."""

from __future__ import annotations

import pytest

from ic_factory.replica import Replica
from ic_factory.replica.rejects import ErrorCode, RejectCode
from tests.canisters.universal import Hook, Program, universal_wasm_without
from tests.conformance.canister_interface.canisters import (
    OWNER,
    PAGE,
    Universal,
    install,
    manage,
    quiet_universal,
    rejected,
    replied,
    wat,
)
from tests.conformance.custom_sections import with_custom_sections

PERSISTENCE = "icp:private enhanced-orthogonal-persistence"
KEEP = [{"keep": None}]
REPLACE = [{"replace": None}]


def note(text: bytes) -> Program:
    """Adds to what stable memory says of the hooks; its first byte counts what is there."""
    length = Program().decode_int(Program().stable_read(0, 1))
    end = Program().add(length, 1)
    append = Program().stable_write(end, text)
    return append.stable_write(0, Program().encode_int(Program().add(length, len(text)), 1))


def notes(canister: Universal) -> bytes:
    length = Program().decode_int(Program().stable_read(0, 1))
    return canister.ask(Program().stable_read(1, length))


@pytest.fixture
def noting(alice: Universal) -> Universal:
    """A canister with a page of stable memory for notes."""
    alice.do(Program().stable_grow(1).drop())
    return alice


def test_init_runs_on_install_and_reinstall(alice: Universal) -> None:
    manage(alice.replica, "uninstall_code", alice.canister_id)
    for mode in ("install", "reinstall"):
        replied(alice.install(Program().append_global(b"init"), mode))
        assert alice.heap() == b"init"


def test_an_upgrade_runs_pre_upgrade_then_post_upgrade(noting: Universal) -> None:
    noting.set_hook(Hook.PRE_UPGRADE, note(b"pre "))
    replied(noting.install(note(b"post"), "upgrade"))
    assert notes(noting) == b"pre post"


def test_an_upgrade_empties_the_heap(alice: Universal) -> None:
    alice.store(b"gone")
    alice.do(Program().memory_grow(50).drop())
    grown = alice.ask_int(Program().memory_size())
    replied(alice.install(Program(), "upgrade"))
    assert alice.heap() == b""
    assert alice.ask_int(Program().memory_size()) < grown


def test_post_upgrade_sees_a_new_heap_and_old_stable_memory(noting: Universal) -> None:
    noting.do(Program().store_global(b"heap").then(note(b"stable ")))
    keep_heap = Program().store_global(Program().concat(b"found:", Program().load_global()), 1)
    replied(noting.install(keep_heap, "upgrade"))
    assert noting.heap(1) == b"found:"
    assert notes(noting) == b"stable "


def test_pre_upgrade_sees_the_old_heap(noting: Universal) -> None:
    save = Program().stable_write(100, Program().load_global())
    noting.do(Program().store_global(b"to be saved").set_hook(Hook.PRE_UPGRADE, save))
    restore = Program().store_global(Program().stable_read(100, 11))
    replied(noting.install(restore, "upgrade"))
    assert noting.heap() == b"to be saved"


@pytest.mark.parametrize(
    ("skip", "said"), [([], b"pre post"), ([False], b"pre post"), ([True], b"post")]
)
def test_pre_upgrade_is_skipped_on_demand(noting: Universal, skip: list[bool], said: bytes) -> None:
    noting.set_hook(Hook.PRE_UPGRADE, note(b"pre "))
    replied(noting.install(note(b"post"), "upgrade", skip_pre_upgrade=skip))
    assert notes(noting) == said


def test_skipping_gets_around_a_pre_upgrade_that_traps(alice: Universal) -> None:
    alice.set_hook(Hook.PRE_UPGRADE, Program().trap(b"always"))
    rejected(alice.install(Program(), "upgrade"), ErrorCode.CANISTER_CALLED_TRAP, "always")
    replied(alice.install(Program(), "upgrade", skip_pre_upgrade=[True]))


def test_reinstalling_does_not_run_pre_upgrade(alice: Universal) -> None:
    alice.set_hook(Hook.PRE_UPGRADE, Program().trap(b"always"))
    replied(alice.install(Program(), "reinstall"))


def test_hooks_may_be_missing(replica: Replica, alice: Universal) -> None:
    module = universal_wasm_without(
        *("canister_init", "canister_pre_upgrade", "canister_post_upgrade"),
        *("canister_heartbeat", "canister_inspect_message"),
    )
    for mode in ("reinstall", "upgrade"):
        program = Program().trap(b"nobody runs this").code
        replied(install(replica, alice.canister_id, module, program, mode))
    assert alice.ask(Program().load_global()) == b""


def test_the_old_module_stays_after_a_failed_upgrade(replica: Replica, alice: Universal) -> None:
    alice.store(b"still there")
    before = alice.status()
    trap = wat('(module (func (export "canister_post_upgrade") unreachable))')
    payload = install(replica, alice.canister_id, trap, mode="upgrade")
    rejected(payload, ErrorCode.CANISTER_TRAPPED, "unreachable", alice.canister_id)
    after = alice.status()
    assert after["module_hash"] == before["module_hash"]
    assert after["version"] == before["version"]
    assert alice.heap() == b"still there"


def test_invalid_code_changes_nothing(replica: Replica, alice: Universal) -> None:
    alice.store(b"still there")
    for mode in ("reinstall", "upgrade"):
        payload = install(replica, alice.canister_id, b"no module", mode=mode)
        rejected(payload, ErrorCode.CANISTER_INVALID_WASM)
    assert alice.heap() == b"still there"


def test_an_empty_canister_cannot_be_upgraded(replica: Replica) -> None:
    canister_id = replica.create_canister(OWNER)
    payload = install(replica, canister_id, quiet_universal(), mode="upgrade")
    rejected(payload, RejectCode.CANISTER_ERROR)


def test_code_is_installed_on_empty_canisters_alone(alice: Universal) -> None:
    rejected(alice.install(Program(), "install"), RejectCode.CANISTER_ERROR, alice.canister_id)


# The start function.

STARTING = """
(module
  (import "ic0" "stable64_size" (func $size (result i64)))
  (import "ic0" "stable64_grow" (func $grow (param i64) (result i64)))
  (import "ic0" "msg_reply" (func $reply))
  (import "ic0" "msg_reply_data_append" (func $append (param i32 i32)))
  (memory 1)
  (global $starts (mut i32) (i32.const 0))
  (func $start
    (drop (call $grow (i64.const 1)))
    (global.set $starts (i32.add (global.get $starts) (i32.const 1)))
    (i32.store8 (i32.const 0) (global.get $starts)))
  (start $start)
  (func (export "canister_init")
    (i32.store8 (i32.const 1) (i32.load8_u (i32.const 0))))
  (func (export "canister_query look")
    (i32.store8 (i32.const 2) (i32.wrap_i64 (call $size)))
    (call $append (i32.const 0) (i32.const 3))
    (call $reply)))
"""


def look(replica: Replica, canister: Universal) -> bytes:
    return replied(replica.query_call(canister.canister_id, "look"))


def test_start_runs_once_before_init(replica: Replica, alice: Universal) -> None:
    replied(install(replica, alice.canister_id, wat(STARTING), mode="reinstall"))
    assert look(replica, alice) == b"\x01\x01\x01"
    assert look(replica, alice) == b"\x01\x01\x01"


def test_start_runs_again_in_an_upgrade(replica: Replica, alice: Universal) -> None:
    replied(install(replica, alice.canister_id, wat(STARTING), mode="reinstall"))
    replied(install(replica, alice.canister_id, wat(STARTING), mode="upgrade"))
    assert look(replica, alice) == b"\x01\x00\x02"


@pytest.mark.parametrize("mode", ["reinstall", "upgrade"])
def test_a_trap_in_start_leaves_everything(replica: Replica, alice: Universal, mode: str) -> None:
    alice.do(Program().store_global(b"kept").stable_grow(1).drop())
    module = wat("(module (func $start unreachable) (start $start))")
    payload = install(replica, alice.canister_id, module, mode=mode)
    rejected(payload, ErrorCode.CANISTER_TRAPPED, "unreachable")
    assert alice.heap() == b"kept"
    assert alice.ask_int(Program().stable_size()) == 1


# Keeping the heap.


def keeping() -> bytes:
    """The universal canister as a module that can keep its heap."""
    return with_custom_sections(quiet_universal(), {PERSISTENCE: b""})


def upgrade(canister: Universal, module: bytes, persistence: object, code: bytes = b""):
    return install(
        canister.replica,
        canister.canister_id,
        module,
        code,
        "upgrade",
        wasm_memory_persistence=persistence,
    )


def test_the_heap_is_kept_on_demand(alice: Universal) -> None:
    alice.store(b"kept")
    alice.do(Program().memory_grow(3).drop())
    size = alice.ask_int(Program().memory_size())
    replied(upgrade(alice, keeping(), KEEP, Program().append_global(b" and more").code))
    assert alice.heap() == b"kept and more"
    assert alice.ask_int(Program().memory_size()) >= size


def test_the_heap_is_replaced_on_demand(alice: Universal) -> None:
    alice.store(b"gone")
    replied(upgrade(alice, keeping(), REPLACE))
    assert alice.heap() == b""


def test_keeping_needs_a_module_that_says_so(alice: Universal) -> None:
    alice.store(b"still there")
    payload = upgrade(alice, quiet_universal(), KEEP)
    rejected(payload, RejectCode.CANISTER_ERROR)
    assert alice.heap() == b"still there"


def test_a_module_that_keeps_its_heap_is_not_upgraded_by_accident(alice: Universal) -> None:
    replied(upgrade(alice, keeping(), KEEP))
    alice.store(b"still there")
    rejected(upgrade(alice, keeping(), []), RejectCode.CANISTER_ERROR)
    assert alice.heap() == b"still there"
    replied(upgrade(alice, keeping(), KEEP))
    assert alice.heap() == b"still there"


def persistent(data: str, initial_global: int) -> bytes:
    """A module that shows its first bytes of memory and a global."""
    module = wat(
        f"""(module
          (import "ic0" "msg_reply" (func $reply))
          (import "ic0" "msg_reply_data_append" (func $append (param i32 i32)))
          (memory 1)
          (data (i32.const 0) "{data}")
          (global $number (mut i32) (i32.const {initial_global}))
          (func (export "canister_update set")
            (i32.store8 (i32.const 0) (i32.const 88))
            (global.set $number (i32.const 99))
            (call $reply))
          (func (export "canister_query look")
            (i32.store8 (i32.const 3) (global.get $number))
            (call $append (i32.const 0) (i32.const 4))
            (call $reply)))"""
    )
    return with_custom_sections(module, {PERSISTENCE: b""})


def test_only_the_heap_is_kept_and_globals_are_new(replica: Replica, alice: Universal) -> None:
    replied(install(replica, alice.canister_id, persistent("abc", 1), mode="reinstall"))
    replied(replica.update(alice.canister_id, "set"))
    assert look(replica, alice) == b"Xbc\x63"
    replied(upgrade(alice, persistent("new", 2), KEEP))
    assert look(replica, alice) == b"Xbc\x02"
    replied(upgrade(alice, persistent("new", 3), REPLACE))
    assert look(replica, alice) == b"new\x03"


def test_a_trap_in_post_upgrade_leaves_the_kept_heap(alice: Universal) -> None:
    alice.store(b"still there")
    code = Program().store_global(b"changed").trap(b"no").code
    rejected(upgrade(alice, keeping(), KEEP, code), ErrorCode.CANISTER_CALLED_TRAP)
    assert alice.heap() == b"still there"


def test_a_kept_heap_counts_with_its_size(alice: Universal) -> None:
    alice.do(Program().memory_grow(10).drop())
    replied(upgrade(alice, keeping(), KEEP))
    pages = alice.ask_int(Program().memory_size())
    assert alice.status()["memory_metrics"]["wasm_memory_size"] == pages * PAGE
