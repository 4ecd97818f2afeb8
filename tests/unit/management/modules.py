"""Small modules, written in WAT, for what the universal canister can't show."""

from __future__ import annotations

from wasmtime import wat2wasm

IMPORTS = """
  (import "ic0" "msg_reply" (func $reply))
  (import "ic0" "msg_reply_data_append" (func $append (param i32 i32)))
  (import "ic0" "msg_arg_data_size" (func $arg_size (result i32)))
  (import "ic0" "msg_arg_data_copy" (func $arg_copy (param i32 i32 i32)))
  (import "ic0" "stable64_grow" (func $stable_grow (param i64) (result i64)))
  (import "ic0" "stable64_size" (func $stable_size (result i64)))
  (import "ic0" "stable64_read" (func $stable_read (param i64 i64 i64)))
  (import "ic0" "stable64_write" (func $stable_write (param i64 i64 i64)))
  (import "ic0" "global_timer_set" (func $timer (param i64) (result i64)))
  (import "ic0" "certified_data_set" (func $certify (param i32 i32)))
  (import "ic0" "debug_print" (func $print (param i32 i32)))
  (import "ic0" "trap" (func $trap (param i32 i32)))
  (import "ic0" "canister_version" (func $version (result i64)))
"""


def module(body: str) -> bytes:
    """A module with the functions of ic0 above, one page of memory, and `body`."""
    return bytes(wat2wasm(f'(module {IMPORTS} (memory $m (export "memory") 1) {body})'))


EMPTY = module("")

KEEPER = module(
    """
    (data (i32.const 0) "initpre_posttrap")
    (func (export "canister_init")
      (drop (call $stable_grow (i64.const 1)))
      (call $arg_copy (i32.const 100) (i32.const 0) (call $arg_size))
      (call $stable_write (i64.const 0) (i64.const 100) (i64.const 8))
      (call $certify (i32.const 0) (i32.const 4))
      (drop (call $timer (i64.const 77)))
      (i64.store (i32.const 200) (call $version))
      (call $print (i32.const 0) (i32.const 4)))
    (func (export "canister_pre_upgrade")
      (call $stable_write (i64.const 8) (i64.const 4) (i64.const 4))
      (call $certify (i32.const 4) (i32.const 4))
      (call $print (i32.const 4) (i32.const 4)))
    (func (export "canister_post_upgrade")
      (call $arg_copy (i32.const 100) (i32.const 0) (call $arg_size))
      (call $stable_write (i64.const 12) (i64.const 8) (i64.const 4))
      (i64.store (i32.const 200) (call $version))
      (call $print (i32.const 8) (i32.const 4))
      (if (call $arg_size) (then (call $trap (i32.const 12) (i32.const 4)))))
    (func (export "canister_update noop") (call $reply))
    """
)
"""Keeps its argument in stable memory and notes there which of its hooks ran."""

SPINNER = module(
    """
    (func (export "canister_init") (local $left i32)
      (call $arg_copy (i32.const 0) (i32.const 0) (i32.const 4))
      (local.set $left (i32.load (i32.const 0)))
      (loop $again
        (local.set $left (i32.sub (local.get $left) (i32.const 1)))
        (br_if $again (local.get $left))))
    """
)
"""Counts down from its argument when it is installed."""


def with_section(wasm: bytes, name: str, content: bytes) -> bytes:
    """The module with one more custom section."""
    label = name.encode()
    payload = bytes([len(label)]) + label + content
    assert len(payload) < 128
    return wasm + b"\x00" + bytes([len(payload)]) + payload


GLOBALS = module(
    """
    (global $a (mut i32) (i32.const -1))
    (global (export "constant") i64 (i64.const -2))
    (global i32 (i32.const 9))
    (global $f (mut f64) (f64.const 0.5))
    (global (export "float") f32 (f32.const -1.5))
    (global $v (mut v128) (v128.const i32x4 1 0 0 0))
    (global (export "sum") i32 (i32.add (i32.const 40) (i32.const 2)))
    (func (export "canister_init")
      (global.set $a (i32.const 5))
      (i32.store (i32.const 0) (i32.const 7)))
    """
)
"""Has globals of many types, some exported, some mutable, some neither."""
