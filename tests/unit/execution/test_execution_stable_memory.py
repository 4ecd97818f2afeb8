"""Stable memory with its undo log against a slow and obvious one."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from ic_factory.replica.state.memory_image import WASM_PAGE_BYTES
from tests.unit.execution.stage import SURROUNDINGS, failed, installed, invocation, reply_of

CANISTER = """(module
  (import "ic0" "msg_arg_data_size" (func $size (result i32)))
  (import "ic0" "msg_arg_data_copy" (func $copy (param i32 i32 i32)))
  (import "ic0" "msg_reply_data_append" (func $append (param i32 i32)))
  (import "ic0" "msg_reply" (func $reply))
  (import "ic0" "stable64_grow" (func $grow (param i64) (result i64)))
  (import "ic0" "stable64_write" (func $write (param i64 i64 i64)))
  (import "ic0" "stable64_read" (func $read (param i64 i64 i64)))
  (import "ic0" "stable64_size" (func $pages (result i64)))
  (memory 32)
  (func $load (call $copy (i32.const 0) (i32.const 0) (call $size)))
  (func (export "canister_update grow") (call $load)
    (i64.store (i32.const 0) (call $grow (i64.load (i32.const 0))))
    (call $append (i32.const 0) (i32.const 8)) (call $reply))
  (func (export "canister_update write") (call $load)
    (call $write (i64.load (i32.const 0)) (i64.const 8)
      (i64.extend_i32_u (i32.sub (call $size) (i32.const 8))))
    (call $reply))
  (func (export "canister_update read") (call $load)
    (call $read (i64.const 16) (i64.load (i32.const 0)) (i64.load (i32.const 8)))
    (call $append (i32.const 16) (i32.load (i32.const 8))) (call $reply))
  (func (export "canister_update trap") unreachable)
  (func (export "canister_update pages")
    (i64.store (i32.const 0) (call $pages))
    (call $append (i32.const 0) (i32.const 8)) (call $reply)))"""

offsets = st.integers(0, 4 * WASM_PAGE_BYTES) | st.sampled_from(
    [0, 4095, 4096, 4097, WASM_PAGE_BYTES - 1, WASM_PAGE_BYTES, 2 * WASM_PAGE_BYTES]
)


class StableMemory(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.code = installed(CANISTER)
        self.committed = bytearray()
        self.current = bytearray()
        self.images = []

    def run_method(self, method, argument=b""):
        return self.code.run(
            invocation(f"canister_update {method}", argument=argument), SURROUNDINGS
        )

    @rule(pages=st.integers(0, 2))
    def grow(self, pages):
        outcome = self.run_method("grow", pages.to_bytes(8, "little"))
        former = len(self.current) // WASM_PAGE_BYTES
        assert reply_of(outcome) == former.to_bytes(8, "little")
        self.current += bytes(pages * WASM_PAGE_BYTES)

    @rule(
        offset=offsets, data=st.binary(min_size=0, max_size=40), times=st.sampled_from([1, 1, 500])
    )
    def write(self, offset, data, times):
        data = data * times
        outcome = self.run_method("write", offset.to_bytes(8, "little") + data)
        if offset + len(data) > len(self.current):
            assert "stable memory out of bounds" in failed(outcome).message
            self.current = bytearray(self.committed)
        else:
            reply_of(outcome)
            self.current[offset : offset + len(data)] = data

    @rule(offset=offsets, size=st.integers(0, 20_000))
    def read(self, offset, size):
        argument = offset.to_bytes(8, "little") + size.to_bytes(8, "little")
        outcome = self.run_method("read", argument)
        if offset + size > len(self.current):
            failed(outcome)
            self.current = bytearray(self.committed)
        else:
            assert reply_of(outcome) == self.current[offset : offset + size]

    @rule()
    def commit(self):
        self.code.commit()
        self.committed = bytearray(self.current)

    @rule()
    def roll_back(self):
        self.code.roll_back()
        self.current = bytearray(self.committed)

    @rule()
    def trap(self):
        failed(self.run_method("trap"))
        self.current = bytearray(self.committed)

    @rule()
    def freeze(self):
        self.roll_back()
        self.images.append((self.code.freeze().stable, bytes(self.committed)))

    @rule()
    def put_away(self):
        self.roll_back()
        self.code.put_away()

    @rule()
    def go_on_with_a_copy(self):
        self.roll_back()
        self.code = self.code.copy()

    @invariant()
    def size_is_right(self):
        assert self.code.stable_bytes == len(self.current)

    def teardown(self):
        self.freeze()
        for image, expected in self.images:
            assert image.size == len(expected)
            assert image.read(0, len(expected)) == expected


TestStableMemory = StableMemory.TestCase
TestStableMemory.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
