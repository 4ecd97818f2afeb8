"""Memories between messages: committed, rolled back, frozen, copied, put away."""

from __future__ import annotations

import gzip
import hashlib
import threading

import pytest

from ic_factory.replica.execution.invocation import Context
from ic_factory.replica.execution.prepare.invalid_module import InvalidModule
from ic_factory.replica.execution.residence import ResidentCode
from ic_factory.replica.state.memory_image import FrozenMemories, MemoryImage
from tests.unit.execution.stage import (
    ENGINE,
    SURROUNDINGS,
    completed,
    failed,
    installed,
    invocation,
    reply_of,
    wasm,
)

STATEFUL = """(module
  (import "ic0" "msg_reply_data_append" (func $append (param i32 i32)))
  (import "ic0" "msg_reply" (func $reply))
  (import "ic0" "stable64_grow" (func $grow (param i64) (result i64)))
  (import "ic0" "stable64_size" (func $size (result i64)))
  (import "ic0" "stable64_write" (func $write (param i64 i64 i64)))
  (import "ic0" "stable64_read" (func $read (param i64 i64 i64)))
  (memory 1 20) (data (i32.const 1000) "initial")
  (table $t 2 10 funcref)
  (global $i (mut i32) (i32.const -1)) (global $l (mut i64) (i64.const 2))
  (global $constant i32 (i32.const 9))
  (global $f (mut f32) (f32.const nan:0x200001)) (global $d (mut f64) (f64.const -0.5))
  (global $v (mut v128) (v128.const i32x4 1 2 3 4))
  (func $change
    (global.set $i (i32.add (global.get $i) (i32.const 1)))
    (global.set $l (i64.mul (global.get $l) (i64.const 3)))
    (global.set $f (f32.const 1.5)) (global.set $d (f64.const 2.5))
    (global.set $v (v128.const i32x4 9 9 9 9))
    (i32.store (i32.const 0) (i32.add (i32.load (i32.const 0)) (i32.const 1)))
    (i32.store (i32.const 1000) (i32.const 0))
    (drop (call $grow (i64.const 1)))
    (call $write (i64.const 4090) (i64.const 0) (i64.const 10)))
  (func $tell
    (i64.store (i32.const 16) (call $size))
    (i32.store (i32.const 24) (memory.size))
    (i32.store (i32.const 28) (global.get $i))
    (i64.store (i32.const 32) (global.get $l))
    (f32.store (i32.const 40) (global.get $f))
    (i32.store (i32.const 44) (table.size $t))
    (f64.store (i32.const 48) (global.get $d))
    (v128.store (i32.const 56) (global.get $v))
    (if (call $has_stable) (then (call $read (i64.const 72) (i64.const 4090) (i64.const 10))))
    (call $append (i32.const 0) (i32.const 82)) (call $append (i32.const 1000) (i32.const 7))
    (call $reply))
  (func $has_stable (result i32) (i64.gt_u (call $size) (i64.const 0)))
  (func (export "canister_update change") (call $change) (call $tell))
  (func (export "canister_query tell") (call $tell))
  (func (export "canister_update trap") (call $change) unreachable)
  (func (export "canister_update grow") (call $change) (drop (memory.grow (i32.const 2)))
    (drop (table.grow $t (ref.null func) (i32.const 1))))
  (func (export "canister_update grow_and_trap") (drop (memory.grow (i32.const 2)))
    (drop (table.grow $t (ref.null func) (i32.const 1))) (call $change) unreachable)
  (func (export "canister_update spin") (call $change) (loop $l (br $l)))
)"""


def tell(code: ResidentCode) -> bytes:
    """All that the canister can see of its memories."""
    outcome = code.run(
        invocation("canister_query tell", context=Context.NON_REPLICATED_QUERY), SURROUNDINGS
    )
    code.roll_back()
    return reply_of(outcome)


def change(code: ResidentCode) -> None:
    completed(code.run(invocation("canister_update change"), SURROUNDINGS))
    code.commit()


@pytest.mark.parametrize("method", ["trap", "grow_and_trap", "spin"])
def test_a_failed_message_leaves_no_trace(method):
    code = installed(STATEFUL)
    change(code)
    before, frozen = tell(code), code.freeze()
    failed(code.run(invocation(f"canister_update {method}"), SURROUNDINGS))
    assert tell(code) == before
    assert code.copy().freeze() == frozen
    change(code)
    assert tell(code) != before


@pytest.mark.parametrize("method", ["change", "grow"])
def test_what_is_rolled_back_leaves_no_trace(method):
    code = installed(STATEFUL)
    change(code)
    before, sizes = tell(code), (code.heap_bytes, code.stable_bytes)
    for _ in range(3):
        completed(code.run(invocation(f"canister_update {method}"), SURROUNDINGS))
        assert (code.heap_bytes, code.stable_bytes) != sizes
        code.roll_back()
        assert (code.heap_bytes, code.stable_bytes) == sizes
        assert tell(code) == before


def test_queries_that_grow_the_heap_over_and_over_do_not_pile_up():
    code = installed(STATEFUL)
    change(code)
    before = tell(code)
    for _ in range(300):
        completed(code.run(invocation("canister_update grow"), SURROUNDINGS))
        code.roll_back()
    assert tell(code) == before


def test_changes_of_several_runs_are_kept_or_undone_together():
    code = installed(STATEFUL)
    before = tell(code)
    for _ in range(2):
        completed(code.run(invocation("canister_update change"), SURROUNDINGS))
    failed(code.run(invocation("canister_update trap"), SURROUNDINGS))
    assert tell(code) == before
    for _ in range(2):
        completed(code.run(invocation("canister_update change"), SURROUNDINGS))
    code.commit()
    assert int.from_bytes(tell(code)[:4], "little") == 2


def test_committed_growth_stays_but_tables_start_anew():
    code = installed(STATEFUL)
    completed(code.run(invocation("canister_update grow"), SURROUNDINGS))
    code.commit()
    seen = tell(code)
    assert seen[24] == 3
    assert seen[44] == 2


def test_globals_of_all_types_survive_with_all_their_bits():
    code = installed(STATEFUL)
    assert code.freeze().exported_globals == (
        2**32 - 1,
        2,
        0x7FA00001,
        0xBFE0000000000000,
        b"".join(number.to_bytes(4, "little") for number in (1, 2, 3, 4)),
    )
    code.put_away()
    assert tell(code)[40:44] == 0x7FA00001.to_bytes(4, "little")
    change(code)
    assert code.freeze().exported_globals[:2] == (0, 6)
    code.put_away()
    assert tell(code) == tell(code.copy())


def test_a_copy_is_on_its_own():
    code = installed(STATEFUL)
    change(code)
    twin = code.copy()
    before = tell(code)
    change(twin)
    assert tell(code) == before
    change(code)
    assert tell(code) == tell(twin)
    assert code.freeze() == twin.freeze()


def test_code_that_was_put_away_comes_back():
    code = installed(STATEFUL)
    for _ in range(3):
        change(code)
        before = tell(code)
        code.put_away()
        assert not code.is_live
        assert tell(code) == before


def test_putting_away_undoes_what_was_not_committed():
    code = installed(STATEFUL)
    change(code)
    before = tell(code)
    completed(code.run(invocation("canister_update change"), SURROUNDINGS))
    code.put_away()
    assert tell(code) == before


def test_images_share_what_did_not_change():
    code = installed(STATEFUL)
    change(code)
    first = code.freeze()
    assert code.freeze() is first
    change(code)
    second = code.freeze()
    assert second.heap != first.heap
    assert second.heap.base is code.module.initial_heap
    assert second.stable.page(0) != first.stable.page(0)
    assert set(second.stable.changed_pages) == {0}
    unchanged = first.heap.changed_pages.keys() & second.heap.changed_pages.keys()
    assert all(
        second.heap.page(number) is first.heap.page(number)
        for number in unchanged
        if second.heap.page(number) == first.heap.page(number)
    )


def test_restored_memories():
    code = installed(STATEFUL)
    change(code)
    frozen = code.freeze()
    foreign = FrozenMemories(
        MemoryImage.of(frozen.heap.page_count, frozen.heap.content),
        MemoryImage.of(frozen.stable.page_count, frozen.stable.content),
        frozen.exported_globals,
    )
    restored = ResidentCode.restored(ENGINE, code.module, foreign)
    assert tell(restored) == tell(code)
    assert restored.freeze() == frozen


@pytest.mark.parametrize("values", [(), (1, 2, 3, 4, 5), (2**32, 0, 0, 0, b"\0" * 16)])
def test_restored_globals_must_fit_the_module(values):
    code = installed(STATEFUL)
    frozen = code.freeze()
    with pytest.raises(ValueError, match=r"expected|unsigned bits"):
        ResidentCode.restored(
            ENGINE, code.module, FrozenMemories(frozen.heap, frozen.stable, values)
        )


def test_an_upgrade_keeps_stable_memory_and_the_heap_where_asked():
    old = installed(STATEFUL)
    change(old)
    frozen = old.freeze()
    new = ResidentCode.fresh(ENGINE, old.module, stable=frozen.stable)
    seen = tell(new)
    assert seen[72:82] == tell(old)[72:82]
    assert seen[82:89] == b"initial"
    kept = ResidentCode.fresh(ENGINE, old.module, stable=frozen.stable, heap=frozen.heap)
    assert tell(kept)[82:89] == tell(old)[82:89] == b"\0\0\0\0ial"
    assert kept.freeze().exported_globals[0] == 2**32 - 1


def test_a_heap_that_is_too_large_for_the_module_cannot_be_kept():
    module = installed(STATEFUL).module
    with pytest.raises(InvalidModule, match="20 pages, the memory that is to be kept has 21"):
        ResidentCode.fresh(ENGINE, module, heap=MemoryImage.of(21, b""))


STARTING = """(module
  (import "ic0" "msg_reply_data_append" (func $append (param i32 i32)))
  (import "ic0" "msg_reply" (func $reply))
  (memory 1) (start $start)
  (func $start (i32.store (i32.const 0) (i32.add (i32.load (i32.const 0)) (i32.const 1))))
  (func (export "canister_query tell") (call $append (i32.const 0) (i32.const 4)) (call $reply)))"""


def test_the_start_function_runs_once():
    code = installed(STARTING)
    outcome = completed(code.start(SURROUNDINGS, 10**9))
    assert outcome.instructions > 0
    code.commit()
    assert tell(code) == b"\1\0\0\0"
    code.put_away()
    assert tell(code) == b"\1\0\0\0"
    assert tell(code.copy()) == b"\1\0\0\0"


def test_a_start_function_that_traps_fails():
    code = installed("(module (func $s unreachable) (start $s))")
    assert "unreachable" in failed(code.start(SURROUNDINGS, 10**9)).message


def test_no_start_function_no_instructions():
    assert completed(installed("(module)").start(SURROUNDINGS, 10**9)).instructions == 0


WIDE = """(module
  (import "ic0" "msg_arg_data_copy" (func $copy (param i64 i64 i64)))
  (import "ic0" "msg_reply_data_append" (func $append (param i64 i64)))
  (import "ic0" "msg_reply" (func $reply))
  (import "ic0" "stable64_grow" (func $grow (param i64) (result i64)))
  (import "ic0" "stable64_write" (func $write (param i64 i64 i64)))
  (import "ic0" "stable64_read" (func $read (param i64 i64 i64)))
  (memory i64 1)
  (func (export "canister_update go")
    (call $copy (i64.const 8) (i64.const 0) (i64.const 5))
    (drop (call $grow (i64.const 1)))
    (call $write (i64.const 100) (i64.const 8) (i64.const 5))
    (call $read (i64.const 50) (i64.const 98) (i64.const 9))
    (call $append (i64.const 50) (i64.const 9)) (call $reply))
  (func (export "canister_update large")
    (if (i64.eq (memory.grow (i64.const 70000)) (i64.const -1)) (then unreachable))
    (i64.store (i64.const 0x100000000) (i64.const 7))
    (call $append (i64.const 0x100000000) (i64.const 8)) (call $reply))
  (func (export "canister_update too_large")
    (if (i64.ne (memory.grow (i64.const 98304)) (i64.const -1)) (then unreachable))))"""


def test_memory_of_64_bits():
    code = installed(WIDE)
    assert code.module.is_64_bit
    assert reply_of(code.run(invocation(argument=b"hello"), SURROUNDINGS)) == b"\0\0hello\0\0"
    code.commit()
    completed(code.run(invocation("canister_update too_large"), SURROUNDINGS))
    code.commit()


def test_memory_of_64_bits_goes_beyond_4_gib():
    code = installed(WIDE)
    assert reply_of(code.run(invocation("canister_update large"), SURROUNDINGS))[0] == 7
    code.roll_back()
    assert code.heap_bytes == 65536


def test_compressed_modules_keep_their_bytes_and_hash():
    plain = wasm(STATEFUL)
    compressed = gzip.compress(plain)
    code = ResidentCode.fresh(ENGINE, ENGINE.load(compressed))
    assert code.module_bytes == compressed
    assert code.module_hash == hashlib.sha256(compressed).digest()
    assert tell(code) == tell(installed(STATEFUL))
    assert code.globals_bytes == 40
    assert code.has_export("canister_update change")
    assert not code.has_export("change")


def test_many_threads_run_different_code():
    codes = [installed(STATEFUL) for _ in range(4)]
    faults: list[BaseException] = []

    def work(code: ResidentCode) -> None:
        try:
            for round_number in range(20):
                change(code)
                failed(code.run(invocation("canister_update trap"), SURROUNDINGS))
                assert int.from_bytes(tell(code)[:4], "little") == round_number + 1
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=work, args=(code,)) for code in codes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults


def test_a_heap_that_was_grown_and_not_touched_is_free():
    code = installed("""(module (memory 1)
      (func (export "canister_update go")
        (if (i32.eq (memory.grow (i32.const 60000)) (i32.const -1)) (then unreachable))
        (i32.store (i32.const 3000000000) (i32.const 7))))""")
    completed(code.run(invocation(), SURROUNDINGS))
    code.commit()
    assert code.freeze().heap.page_count == 60001
    assert dict(code.freeze().heap.pages()).keys() == {3_000_000_000 // 4096}
    failed(code.run(invocation("canister_update none"), SURROUNDINGS))
