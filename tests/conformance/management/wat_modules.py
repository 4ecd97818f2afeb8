"""Small modules in WAT for what the universal canister can't show: hooks that leave a mark or trap.

Each keeps text on its heap (at 0) and in stable memory (at 0), both readable by queries.
"""

from __future__ import annotations

import wasmtime

IMPORTS = """
  (import "ic0" "trap" (func $trap (param i32 i32)))
  (import "ic0" "stable64_grow" (func $grow (param i64) (result i64)))
  (import "ic0" "stable64_size" (func $size (result i64)))
  (import "ic0" "stable64_write" (func $write (param i64 i64 i64)))
  (import "ic0" "stable64_read" (func $read (param i64 i64 i64)))
  (import "ic0" "msg_arg_data_size" (func $arg_size (result i32)))
  (import "ic0" "msg_arg_data_copy" (func $arg_copy (param i32 i32 i32)))
  (import "ic0" "msg_reply_data_append" (func $append (param i32 i32)))
  (import "ic0" "msg_reply" (func $reply))
"""

QUERIES = """
  (func (export "canister_query heap")
    (call $append (i32.const 0) (i32.const 8)) (call $reply))
  (func (export "canister_query stable")
    (if (i64.ne (call $size) (i64.const 0))
      (then (call $read (i64.const 100) (i64.const 0) (i64.const 8))))
    (call $append (i32.const 100) (i32.const 8)) (call $reply))
  (func (export "canister_update mark")
    (call $arg_copy (i32.const 0) (i32.const 0) (call $arg_size))
    (if (i64.eq (call $size) (i64.const 0)) (then (drop (call $grow (i64.const 1)))))
    (call $write (i64.const 0) (i64.const 0) (i64.const 8))
    (call $reply))
"""

MARK_STABLE = """
    (if (i64.eq (call $size) (i64.const 0)) (then (drop (call $grow (i64.const 1)))))
    (call $write (i64.const 0) (i64.const 200) (i64.const 8))
"""

TRAP = "(call $trap (i32.const 300) (i32.const 4))"


def marking_module(
    *, on_init: str = "", on_pre_upgrade: str = "", on_post_upgrade: str = "", start: str = ""
) -> bytes:
    """A module whose hooks do what is given in WAT; an empty hook isn't exported.

    Data: "-init---" at 0 is the heap at the beginning, "-hooked-" at 200 for `MARK_STABLE`, "ouch"
    at 300 for `TRAP`.
    """
    hooks = {
        "canister_init": on_init,
        "canister_pre_upgrade": on_pre_upgrade,
        "canister_post_upgrade": on_post_upgrade,
    }
    functions = "".join(f'(func (export "{name}") {body})' for name, body in hooks.items() if body)
    started = f"(func $started {start}) (start $started)" if start else ""
    return module(
        f"""{IMPORTS}
        (memory (export "memory") 1)
        (data (i32.const 0) "-init---") (data (i32.const 200) "-hooked-")
        (data (i32.const 300) "ouch")
        {QUERIES} {functions} {started}"""
    )


def module(body: str) -> bytes:
    """A module of this text."""
    return bytes(wasmtime.wat2wasm(f"(module {body})"))


EMPTY = module("")
