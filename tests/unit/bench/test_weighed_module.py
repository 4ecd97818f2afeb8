"""The counter of the mainnet's weights counts what one can count by hand."""

from __future__ import annotations

import pytest
import wasmtime

from bench.weighed_module import weighed
from ic_factory.protocol.leb128 import encode_unsigned
from ic_factory.replica.execution.prepare import binary
from ic_factory.replica.execution.prepare.binary import Reader, Section, SectionId

MODULE = """(module
    (import "ic0" "time" (func $time (result i64)))
    (import "ic0" "debug_print" (func $print (param i32 i32)))
    (memory 1)
    (global (mut i32) (i32.const 0))
    (func $inner (param i32) (result i32) (i32.mul (local.get 0) (local.get 0)))
    (func (export "straight") (result i32) (i32.add (i32.const 1) (i32.const 2)))
    (func (export "divides") (drop (i32.div_u (i32.const 4) (i32.const 2))))
    (func (export "calls") (drop (call $inner (i32.const 3))))
    (func (export "asks") (drop (call $time)))
    (func (export "prints") (call $print (i32.const 0) (i32.const 9)))
    (func (export "copies") (memory.copy (i32.const 0) (i32.const 8) (i32.const 30)))
    (func (export "branches") (if (i32.const 0) (then (nop)) (else (nop) (nop))))
    (func (export "loops") (local i32)
        (loop
            (local.set 0 (i32.add (local.get 0) (i32.const 1)))
            (br_if 0 (i32.lt_u (local.get 0) (i32.const 10))))))"""

EXPECTED = {
    "straight": 3,
    "divides": 1 + 1 + 10 + 1,
    "calls": 1 + 5 + 3 + 1,
    "asks": 5 + 500 + 1,
    "prints": 1 + 1 + 5 + 100 + 9,
    "copies": 3 + 100 + 30,
    "branches": 1 + 2 + 2,
    "loops": 10 * (4 + 3 + 2),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_what_runs_is_weighed(name: str) -> None:
    module = with_exported_counter(weighed(bytes(wasmtime.wat2wasm(MODULE))).module)
    store = wasmtime.Store()
    time = wasmtime.Func(store, wasmtime.FuncType([], [wasmtime.ValType.i64()]), lambda: 5)
    two = [wasmtime.ValType.i32()] * 2
    debug_print = wasmtime.Func(store, wasmtime.FuncType(two, []), lambda *_: None)
    instance = wasmtime.Instance(store, wasmtime.Module(store.engine, module), [time, debug_print])
    exports = instance.exports(store)
    exports[name](store)
    assert exports["counter"].value(store) == EXPECTED[name]


def with_exported_counter(module: bytes) -> bytes:
    """Exports the second global, the counter."""
    sections = []
    for section in binary.read_sections(module):
        content = section.content
        if section.section_id is SectionId.EXPORT:
            reader = Reader(content)
            count = reader.unsigned()
            entry = binary.name("counter") + bytes([3]) + encode_unsigned(1)
            content = encode_unsigned(count + 1) + content[reader.position :] + entry
        sections.append(Section(section.section_id, content))
    return binary.write_sections(sections)


def test_all_instructions_of_the_module_are_counted_once() -> None:
    text = "(module (func (nop) (nop) (block (nop))) (global (mut i32) (i32.const 0)))"
    # Three times nothing, a block, and the ends of the block and of the function.
    assert weighed(bytes(wasmtime.wat2wasm(text))).instructions == 6
