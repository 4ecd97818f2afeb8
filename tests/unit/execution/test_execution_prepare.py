"""Modules: the binary format, the IC's rules, the rewrite."""

from __future__ import annotations

import contextlib
import gzip
import zlib

import pytest
import wasmtime
from hypothesis import example, given
from hypothesis import strategies as st

from ic_factory.protocol.leb128 import encode_signed, encode_unsigned
from ic_factory.replica.execution.prepare.binary import (
    HEADER,
    Reader,
    Section,
    SectionId,
    name,
    read_sections,
    write_sections,
)
from ic_factory.replica.execution.prepare.inflate import MAX_MODULE_BYTES, inflate
from ic_factory.replica.execution.prepare.invalid_module import InvalidModule
from ic_factory.replica.execution.prepare.module import read_module
from ic_factory.replica.execution.prepare.rewrite import rewrite
from ic_factory.replica.execution.residence import ResidentCode
from tests.unit.execution.stage import (
    ENGINE,
    SURROUNDINGS,
    completed,
    invocation,
    reply_of,
    wasm,
)

LEAD = "Canister's Wasm module is not valid: "


@given(st.integers(0, 2**64 - 1))
def test_unsigned_numbers_come_back(number):
    assert Reader(encode_unsigned(number)).unsigned(64) == number


@given(st.integers(-(2**63), 2**63 - 1))
def test_signed_numbers_come_back(number):
    assert Reader(encode_signed(number)).signed(64) == number


@pytest.mark.parametrize(
    "encoded", ["", "80", "808080808010", "8080808080808080808001", "ffffffff1f"]
)
def test_numbers_that_are_none(encoded):
    with pytest.raises(InvalidModule):
        Reader(bytes.fromhex(encoded)).unsigned(32)


sections = st.lists(
    st.builds(Section, st.sampled_from(list(SectionId)), st.binary(max_size=300)), max_size=8
)


@given(sections)
def test_sections_come_back(content):
    assert read_sections(write_sections(content)) == content


SAMPLE = wasm("""(module (import "ic0" "msg_reply" (func $r)) (memory 1 2) (table 3 funcref)
  (global (mut i64) (i64.const -1)) (global v128 (v128.const i64x2 1 2))
  (global funcref (ref.func 0)) (global funcref (ref.null func)) (global f32 (f32.const 1))
  (global (mut f64) (f64.const 2)) (global i32 (i32.add (i32.const 1) (i32.const 2)))
  (elem (i32.const 0) $r) (data (i32.const 0) "abc")
  (func (export "canister_update go") (call $r)) (func $s) (start $s))""")


RUNNABLE = wasm("""(module (memory 1 2) (table 3 funcref) (global (mut i64) (i64.const -1))
  (func (export "canister_update go")) (func $s) (start $s))""")


@given(st.binary(max_size=200))
@example(b"")
@example(HEADER)
@example(HEADER + b"\x00\x01\x00" * 10_001)
@example(HEADER + b"\x01\x06\xff\xff\xff\xff\x0f\x60")
def test_hostile_bytes_are_refused_or_read(data):
    for module in (data, HEADER + data):
        # Anything but an InvalidModule would fail the test.
        with contextlib.suppress(InvalidModule):
            read_module(module)


@given(st.data())
def test_damaged_modules_are_refused_or_run(data):
    damaged = bytearray(SAMPLE)
    for _ in range(data.draw(st.integers(1, 3))):
        damaged[data.draw(st.integers(8, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(InvalidModule):
        ENGINE.load(bytes(damaged))


def test_a_rewritten_module_has_no_start_and_no_memory_of_its_own():
    before = read_sections(SAMPLE)
    after = read_sections(rewrite(read_module(RUNNABLE)))
    kinds = [section.section_id for section in after]
    assert SectionId.START in [section.section_id for section in before]
    assert SectionId.START not in kinds
    assert SectionId.MEMORY not in kinds
    exports = next(s.content for s in after if s.section_id is SectionId.EXPORT)
    assert b"ic_factory:start" in exports
    assert b"canister_update go" in exports


def compressed_zeros(size: int) -> bytes:
    compressor = zlib.compressobj(9, zlib.DEFLATED, 31)
    return compressor.compress(bytes(size)) + compressor.flush()


@pytest.mark.parametrize(
    ("module", "text"),
    [
        (b"", "Failed to decode wasm module"),
        (b"\0asm\2\0\0\0", "Failed to decode wasm module"),
        (gzip.compress(SAMPLE)[:-9], "the gzip stream ends early"),
        (b"\x1f\x8b\x08" + b"x" * 40, "the gzip stream is corrupt"),
        (gzip.compress(b"nothing"), "Failed to decode wasm module"),
    ],
)
def test_what_is_no_module(module, text):
    with pytest.raises(InvalidModule, match=text):
        ENGINE.load(module)


def test_modules_of_more_than_100_mib_are_not_inflated():
    with pytest.raises(InvalidModule, match=r"exceeds the maximum allowed size of 104857600\."):
        inflate(compressed_zeros(MAX_MODULE_BYTES + 10**6))


def methods(count: int, prefix: str = "m") -> str:
    exports = " ".join(f'(export "canister_update {prefix}{number}")' for number in range(count))
    return f"(module (func {exports}))"


def custom(*sections: tuple[str, bytes]) -> bytes:
    return HEADER + b"".join(
        bytes([0]) + encode_unsigned(len(name(title)) + len(content)) + name(title) + content
        for title, content in sections
    )


def functions(count: int) -> bytes:
    return write_sections(
        [
            Section(SectionId.TYPE, b"\x01\x60\x00\x00"),
            Section(SectionId.FUNCTION, encode_unsigned(count) + b"\0" * count),
            Section(SectionId.CODE, encode_unsigned(count) + b"\x02\x00\x0b" * count),
        ]
    )


RULES = [
    ("(module (memory 1) (memory 1))", "declares 2 memories, at most one"),
    ('(module (import "ic0" "no_such" (func)))', "function 'no_such' from 'ic0' that is not exp"),
    ('(module (import "env" "puts" (func)))', "function 'puts' from 'env' that is not exported"),
    ('(module (import "env" "time" (func)))', "expected to be imported from"),
    ('(module (import "ic0" "time" (func)))', r"Expected \(\) -> \(i64\) for 'time', got"),
    (
        '(module (import "ic0" "msg_caller_size" (func (result i32))) (memory i64 1))',
        "for 'msg_caller_size', got",
    ),
    (
        '(module (import "ic0" "stable_size" (func (result i32))) (memory i64 1))',
        "'stable_size' from 'ic0' that is not exported",
    ),
    ('(module (import "env" "g" (global i32)))', "Importing globals is not allowed"),
    ('(module (import "env" "table" (table 1 funcref)))', "Importing tables is not allowed"),
    ('(module (import "other" "memory" (memory 1)))', "Only memory imported from env.memory"),
    ('(module (func (export "canister_update a") (param i32)))', r"for 'canister_update a', got"),
    ('(module (func (export "canister_init") (result i32) (i32.const 1)))', "for 'canister_init'"),
    ('(module (func (export "canister_other")))', "reserved function 'canister_other'"),
    ('(module (func (export "canister_start")))', "reserved symbol canister_start"),
    ('(module (func (export "ic_factory:start")))', "reserved symbol ic_factory:start"),
    (
        '(module (func (export "canister_update a") (export "canister_query a")))',
        "Duplicate function 'a' exported multiple times",
    ),
    (methods(1001), "exceeds 1000"),
    (methods(20, "x" * 1000), "exceeds 20000"),
    (f"(module {'(global i32 (i32.const 0))' * 1001})", "defined 1001 globals"),
    ("(module (global (mut funcref) (ref.null func)))", "Unsupported global type: funcref"),
    ("(module (memory 65537))", "65537 pages, at most 65536"),
    ("(module (memory i64 98305))", "98305 pages, at most 98304"),
    ('(module (memory 1) (data (i32.const 65535) "ab"))', "cannot be instantiated"),
    ("(module (table 2000000 funcref))", "cannot be instantiated"),
    ("(module (func $s (param i32)) (start $s))", "start function that is not"),
    ("(module (func (result i32)))", "Wasmtime failed to validate"),
    ("(module (memory 1 1 shared))", "shared"),
    ("(module (tag))", "exceptions, which are not supported"),
    (
        (
            "(module (func (result v128) (i8x16.relaxed_swizzle (v128.const i64x2 0 0) "
            "(v128.const i64x2 0 0))))"
        ),
        "Wasmtime failed to validate",
    ),
    (functions(50_001), "defined 50001 functions"),
    (custom(("icp:public a", b""), ("icp:private a", b"")), "name a already exists"),
    (custom(("icp:other a", b"")), "has no public/private scope"),
    (custom(("icp:public", b"")), "has no public/private scope"),
    (custom(*((f"icp:public {number}", b"") for number in range(17))), "defined 17 custom"),
    (custom(("icp:public a", bytes(1024**2))), "size 1048577 bytes, allowed 1048576"),
]


@pytest.mark.parametrize(("module", "text"), RULES, ids=lambda value: str(value)[:50])
def test_rules(module, text):
    with pytest.raises(InvalidModule, match=text) as error:
        ENGINE.load(module if isinstance(module, bytes) else wasm(module))
    assert str(error.value).startswith(LEAD)


@pytest.mark.parametrize(
    "module",
    [
        "(module)",
        methods(1000),
        methods(1, "x" * 19_999),
        f"(module {'(global i32 (i32.const 0))' * 1000})",
        '(module (func (export "canister_update <ic-cdk internal> timer_executor")))',
        '(module (func (export "canister_heartbeat") (export "canister_on_low_wasm_memory")))',
        '(module (memory (export "canister_memory") 1))',
        "(module (memory 65536))",
        "(module (func (param v128)) (func (result i32 i32) (i32.const 1) (i32.const 2)))",
        custom(*((f"icp:public {number}", b"x") for number in range(16)), ("name", b"\xff")),
        custom(("icp:public a", bytes(1024**2 - 1))),
        functions(50_000),
    ],
    ids=lambda value: str(value)[:50],
)
def test_what_is_just_allowed(module):
    ENGINE.load(module if isinstance(module, bytes) else wasm(module))


def test_custom_sections_are_told():
    module = ENGINE.load(
        custom(("icp:public candid", b"service"), ("icp:private  a b", b"x"), ("other", b"y"))
    )
    assert module.custom_sections == {"candid": (True, b"service"), " a b": (False, b"x")}


def test_an_imported_memory_is_the_heap():
    code = ResidentCode.fresh(
        ENGINE,
        ENGINE.load(
            wasm("""(module
              (import "ic0" "msg_reply" (func $reply))
              (import "env" "memory" (memory 1 3))
              (import "ic0" "msg_reply_data_append" (func $append (param i32 i32)))
              (data (i32.const 0) "mine")
              (func (export "canister_update go")
                (call $append (i32.const 0) (i32.const 4)) (call $reply)))""")
        ),
    )
    assert reply_of(code.run(invocation(), SURROUNDINGS)) == b"mine"


def test_a_canister_cannot_reach_the_companions_memory():
    with pytest.raises(InvalidModule, match="Wasmtime failed to validate"):
        # i32.load of memory 1, which the rewritten module has and this one has not.
        ENGINE.load(
            write_sections(
                [
                    Section(SectionId.TYPE, b"\x01\x60\x00\x00"),
                    Section(SectionId.FUNCTION, b"\x01\x00"),
                    Section(SectionId.MEMORY, b"\x01\x00\x01"),
                    Section(SectionId.CODE, b"\x01\x09\x00\x41\x00\x28\x42\x01\x00\x1a\x0b"),
                ]
            )
        )


def test_tail_calls_and_vectors_run():
    code = ResidentCode.fresh(
        ENGINE,
        ENGINE.load(
            wasm("""(module (memory 1)
              (func $loop (param $n i32)
                (if (local.get $n) (then
                  (return_call $loop (i32.sub (local.get $n) (i32.const 1)))))
                (v128.store (i32.const 0) (i32x4.splat (i32.const 7))))
              (func (export "canister_update go") (call $loop (i32.const 1000000))))""")
        ),
    )
    completed(code.run(invocation(), SURROUNDINGS))


def test_wat_is_no_module():
    assert wasmtime.wat2wasm("(module)")
    with pytest.raises(InvalidModule):
        ENGINE.load(b"(module)")
