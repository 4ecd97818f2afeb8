"""Specification: "Canister module format", "WebAssembly module requirements"."""

from __future__ import annotations

import gzip
import hashlib
from functools import cache

import pytest

from ic_factory.protocol.principal import Principal
from ic_factory.replica import Replica
from ic_factory.replica.rejects import ErrorCode, Payload
from tests.canisters.universal import IC0_FUNCTIONS, Program, universal_wasm
from tests.conformance.canister_interface.canisters import (
    OWNER,
    Universal,
    install,
    manage,
    quiet_universal,
    rejected,
    replied,
    wat,
)
from tests.conformance.canister_interface.test_system_api_contexts import TYPES
from tests.conformance.custom_sections import with_custom_sections

MIB = 1024**2


@pytest.fixture
def empty(replica: Replica) -> Principal:
    """A canister without code."""
    return replica.create_canister(OWNER)


def assert_valid(replica: Replica, canister_id: Principal, module: bytes) -> None:
    replied(install(replica, canister_id, module, mode="reinstall"))


def assert_invalid(
    replica: Replica, canister_id: Principal, module: bytes, *facts: object
) -> Payload:
    """Checks that the module is refused with these facts, and the canister left empty."""
    payload = install(replica, canister_id, module)
    rejected(payload, ErrorCode.CANISTER_INVALID_WASM, "Wasm module is not valid", *facts)
    assert manage(replica, "canister_status", canister_id)["module_hash"] in ([], None)
    return payload


# Bytes.


@pytest.mark.parametrize(
    "module",
    [
        b"",
        b"\0asm",
        b"no module at all",
        b"\0asm\x02\0\0\0",
        quiet_universal()[:-1],
        quiet_universal()[:1000],
        quiet_universal() + b"\xff",
        b"\x1f\x8b\x08",
        b"\x1f\x8b\x08 and no stream",
        gzip.compress(b"no module at all"),
        gzip.compress(quiet_universal())[:-100],
    ],
    ids=range(11),
)
def test_what_is_no_module_is_refused(replica: Replica, empty: Principal, module: bytes) -> None:
    assert_invalid(replica, empty, module)


def test_the_smallest_module_is_fine(replica: Replica, empty: Principal) -> None:
    assert_valid(replica, empty, b"\0asm\x01\0\0\0")


def test_code_that_does_not_validate_is_refused(replica: Replica, empty: Principal) -> None:
    # The function returns an i64 for an i32; the text form would not have it.
    good = bytearray(wat("(module (func (result i32) i32.const 7))"))
    good[good.index(b"\x41\x07")] = 0x42
    assert_invalid(replica, empty, bytes(good))


def test_modules_may_be_gzipped(replica: Replica, empty: Principal) -> None:
    assert universal_wasm().startswith(b"\x1f\x8b\x08")
    assert_valid(replica, empty, universal_wasm())
    stored = gzip.compress(quiet_universal(), compresslevel=0)
    assert_valid(replica, empty, stored)


def test_the_hash_is_of_the_module_as_it_came(replica: Replica, empty: Principal) -> None:
    assert_valid(replica, empty, universal_wasm())
    digest = hashlib.sha256(universal_wasm()).digest()
    assert manage(replica, "canister_status", empty)["module_hash"] in ([digest], digest)


def test_a_module_that_unpacks_to_too_much_is_refused(replica: Replica, empty: Principal) -> None:
    section = with_custom_sections(b"\0asm\x01\0\0\0", {"padding": bytes(101 * MIB)})
    bomb = gzip.compress(section, compresslevel=1)
    assert len(bomb) < MIB
    assert_invalid(replica, empty, bomb, 100 * MIB)


# Imports.


@pytest.mark.parametrize(
    ("imported", "facts"),
    [
        ('(import "ic0" "nothing" (func))', ["nothing"]),
        ('(import "env" "time" (func (result i64)))', ["env"]),
        ('(import "" "" (func))', []),
        ('(import "ic0" "time" (func (result i32)))', ["time"]),
        ('(import "ic0" "time" (func (param i32) (result i64)))', ["time"]),
        ('(import "ic0" "msg_reply" (func (result i32)))', ["msg_reply"]),
        ('(import "ic0" "time" (global i64))', []),
        ('(import "ic0" "time" (table 1 funcref))', []),
        ('(import "wasi_snapshot_preview1" "fd_write" (func))', ["wasi_snapshot_preview1"]),
    ],
    ids=range(9),
)
def test_other_imports_are_refused(
    replica: Replica, empty: Principal, imported: str, facts: list[str]
) -> None:
    assert_invalid(replica, empty, wat(f"(module {imported})"), *facts)


def importing(names: list[str], *, is_64_bit: bool) -> bytes:
    """A module that imports these functions with pointers of such a width."""
    lines = []
    for name in names:
        parameters, _, result = TYPES[name].partition(" -> ")
        kinds = parameters.split()
        results = result.split()
        if is_64_bit:
            kinds = [
                "i64" if kind == "i32" and index not in I32_PARAMETERS.get(name, ()) else kind
                for index, kind in enumerate(kinds)
            ]
            if name.endswith("_size") or name == "env_var_count":
                results = ["i64"]
        signature = (f"(param {' '.join(kinds)})" if kinds else "") + (
            f"(result {results[0]})" if results else ""
        )
        lines.append(f'(import "ic0" "{name}" (func {signature}))')
    memory = "(memory i64 1)" if is_64_bit else "(memory 1)"
    return wat(f"(module {' '.join(lines)} {memory})")


I32_PARAMETERS = {
    "performance_counter": (0,),
    "call_with_best_effort_response": (0,),
    "cost_sign_with_ecdsa": (2,),
    "cost_sign_with_schnorr": (2,),
    "cost_vetkd_derive_key": (2,),
}
"""Parameters that are no pointers or sizes."""

ONLY_32_BIT = [
    "msg_cycles_available",
    "msg_cycles_refunded",
    "msg_cycles_accept",
    "canister_cycle_balance",
    "call_cycles_add",
    "stable_size",
    "stable_grow",
    "stable_write",
    "stable_read",
]


def test_all_functions_can_be_imported_by_32_bit_modules(
    replica: Replica, empty: Principal
) -> None:
    assert_valid(replica, empty, importing(list(IC0_FUNCTIONS), is_64_bit=False))


def test_all_but_the_oldest_can_be_imported_by_64_bit_modules(
    replica: Replica, empty: Principal
) -> None:
    names = [name for name in IC0_FUNCTIONS if name not in ONLY_32_BIT]
    assert_valid(replica, empty, importing(names, is_64_bit=True))


@pytest.mark.parametrize("name", ONLY_32_BIT)
def test_the_oldest_functions_are_not_for_64_bit_modules(
    replica: Replica, empty: Principal, name: str
) -> None:
    assert_invalid(replica, empty, importing([name], is_64_bit=True), name)


def test_pointers_have_the_width_of_the_memory(replica: Replica, empty: Principal) -> None:
    imported = '(import "ic0" "msg_reply_data_append" (func (param {0} {0})))'
    for memory, width in (("(memory i64 1)", "i32"), ("(memory 1)", "i64"), ("", "i64")):
        module = wat(f"(module {imported.format(width)} {memory})")
        assert_invalid(replica, empty, module, "msg_reply_data_append")
    assert_valid(replica, empty, wat(f"(module {imported.format('i32')})"))


# Exports.


HOOKS = [
    "canister_init",
    "canister_inspect_message",
    "canister_pre_upgrade",
    "canister_post_upgrade",
    "canister_heartbeat",
    "canister_global_timer",
    "canister_on_low_wasm_memory",
    "canister_update m",
    "canister_query m",
    "canister_composite_query m",
]


@pytest.mark.parametrize("name", HOOKS)
def test_entry_points_take_and_give_nothing(replica: Replica, empty: Principal, name: str) -> None:
    for signature in ("(param i32)", "(result i32)", "(param i32) (result i32)"):
        body = "i32.const 0" if "result" in signature else ""
        module = wat(f'(module (func (export "{name}") {signature} {body}))')
        assert_invalid(replica, empty, module, name.partition(" ")[0])
    assert_valid(replica, empty, wat(f'(module (func (export "{name}")))'))


@pytest.mark.parametrize(
    "name", ["canister_", "canister_foo", "canister_update", "canister_inits", "canister_querym m"]
)
def test_other_exports_with_the_reserved_prefix_are_refused(
    replica: Replica, empty: Principal, name: str
) -> None:
    assert_invalid(replica, empty, wat(f'(module (func (export "{name}")))'), name)


@pytest.mark.parametrize("name", ["memory", "cannister_update", "update", "", "canister"])
def test_exports_without_it_are_fine(replica: Replica, empty: Principal, name: str) -> None:
    assert_valid(replica, empty, wat(f'(module (func (export "{name}") (param i64)))'))


@pytest.mark.parametrize(
    "kinds",
    [("update", "query"), ("update", "composite_query"), ("query", "composite_query")],
    ids=" and ".join,
)
def test_a_method_has_one_kind(replica: Replica, empty: Principal, kinds: tuple[str, str]) -> None:
    exports = " ".join(f'(func (export "canister_{kind} twice"))' for kind in kinds)
    assert_invalid(replica, empty, wat(f"(module {exports})"), "twice")


def test_method_names_may_be_any_text(replica: Replica, empty: Principal) -> None:
    names = ["", " ", "with blanks", "ünïcode ☃", "canister_update x", "<ic-cdk internal> t"]
    exports = " ".join(f'(func (export "canister_update {name}"))' for name in names)
    assert_valid(replica, empty, wat(f"(module {exports})"))


def methods(count: int, name_size: int) -> bytes:
    kinds = ("update", "query", "composite_query")
    exports = " ".join(
        f'(func (export "canister_{kinds[number % 3]} {number:0{name_size}}"))'
        for number in range(count)
    )
    return wat(f"(module {exports})")


def test_the_number_of_methods_is_bounded(replica: Replica, empty: Principal) -> None:
    assert_valid(replica, empty, methods(1000, 4))
    manage(replica, "uninstall_code", empty)
    assert_invalid(replica, empty, methods(1001, 4), 1000)


def test_the_names_of_methods_are_bounded(replica: Replica, empty: Principal) -> None:
    assert_valid(replica, empty, methods(10, 2000))
    manage(replica, "uninstall_code", empty)
    assert_invalid(replica, empty, methods(10, 2001), 20_000)


# Declarations.


@cache
def functions(count: int) -> bytes:
    return wat(f"(module {'(func)' * count})")


@pytest.mark.slow
def test_the_number_of_functions_is_bounded(replica: Replica, empty: Principal) -> None:
    assert_valid(replica, empty, functions(50_000))
    manage(replica, "uninstall_code", empty)
    assert_invalid(replica, empty, functions(50_001), 50_001, 50_000)


def test_the_number_of_globals_is_bounded(replica: Replica, empty: Principal) -> None:
    one = "(global (mut i32) (i32.const 0))"
    assert_valid(replica, empty, wat(f"(module {one * 1000})"))
    manage(replica, "uninstall_code", empty)
    assert_invalid(replica, empty, wat(f"(module {one * 1001})"), 1001, 1000)


@pytest.mark.parametrize(
    "module",
    [
        "(module (memory 1) (memory 1))",
        '(module (import "ic0" "memory" (memory 1)) (memory 1))',
        "(module (memory 1) (memory i64 1))",
    ],
)
def test_there_is_at_most_one_memory(replica: Replica, empty: Principal, module: str) -> None:
    assert_invalid(replica, empty, wat(module))


def test_shared_memories_are_refused(replica: Replica, empty: Principal) -> None:
    assert_invalid(replica, empty, wat("(module (memory 1 2 shared))"))


@pytest.mark.slow
def test_code_is_bounded(replica: Replica, empty: Principal) -> None:
    body = "(drop (i64.const 0x7fffffffffffffff))" * 60_000
    module = wat(f"(module {f'(func {body})' * 20})")
    assert len(module) > 12 * MIB
    assert_invalid(replica, empty, module, "code section")


# Custom sections.


def sections(*names: str, size: int = 10) -> bytes:
    return with_custom_sections(b"\0asm\x01\0\0\0", {name: bytes(size) for name in names})


def test_custom_sections_are_fine(replica: Replica, empty: Principal) -> None:
    names = ["icp:public one", "icp:private two", "name of ours", "icp", ""]
    assert_valid(replica, empty, sections(*names))


@pytest.mark.parametrize("name", ["icp:", "icp:public", "icp:other x", "icp:Public x", "icp:x"])
def test_other_sections_with_the_reserved_prefix_are_refused(
    replica: Replica, empty: Principal, name: str
) -> None:
    assert_invalid(replica, empty, sections(name))


def test_a_section_is_public_or_private(replica: Replica, empty: Principal) -> None:
    assert_invalid(replica, empty, sections("icp:public x", "icp:private x"))
    assert_valid(replica, empty, sections("icp:public x", "icp:private y"))


def test_no_section_comes_twice(replica: Replica, empty: Principal) -> None:
    twice = sections("icp:public x") + sections("icp:public x")[8:]
    assert_invalid(replica, empty, twice)


def test_the_number_of_sections_is_bounded(replica: Replica, empty: Principal) -> None:
    def many(count: int) -> bytes:
        return sections(*(f"icp:public {number}" for number in range(count)))

    assert_valid(replica, empty, many(16))
    manage(replica, "uninstall_code", empty)
    assert_invalid(replica, empty, many(17), 16)


def test_the_size_of_sections_is_bounded(replica: Replica, empty: Principal) -> None:
    assert_valid(replica, empty, sections("icp:public x", size=MIB - 1))
    manage(replica, "uninstall_code", empty)
    assert_invalid(replica, empty, sections("icp:public x", size=MIB + 1), MIB)
    assert_valid(replica, empty, sections("other", size=2 * MIB))


# 64-bit modules.


SIXTY_FOUR = """
(module
  (import "ic0" "msg_reply" (func $reply))
  (import "ic0" "msg_reply_data_append" (func $append (param i64 i64)))
  (import "ic0" "msg_arg_data_size" (func $argument_size (result i64)))
  (import "ic0" "msg_arg_data_copy" (func $argument_copy (param i64 i64 i64)))
  (import "ic0" "stable64_grow" (func $grow (param i64) (result i64)))
  (import "ic0" "stable64_write" (func $write (param i64 i64 i64)))
  (import "ic0" "stable64_read" (func $read (param i64 i64 i64)))
  (import "ic0" "trap" (func $trap (param i64 i64)))
  (import "ic0" "canister_cycle_balance128" (func $balance (param i64)))
  (import "ic0" "call_new"
    (func $call_new (param i64 i64 i64 i64 i64 i64 i64 i64)))
  (import "ic0" "call_data_append" (func $call_data (param i64 i64)))
  (import "ic0" "call_perform" (func $perform (result i32)))
  (memory (export "memory") i64 2 10)
  (table i64 2 funcref)
  (elem (i64.const 0) $answered $failed)
  (data (i64.const 100) "query")
  (data (i64.const 200) "failed")
  (global $environment (mut i64) (i64.const 0))
  (func $answered (param i64)
    (i64.store (i64.const 1000) (local.get 0))
    (call $argument_copy (i64.const 1008) (i64.const 0) (call $argument_size))
    (call $append (i64.const 1000) (i64.add (i64.const 8) (call $argument_size)))
    (call $reply))
  (func $failed (param i64) (call $trap (i64.const 200) (i64.const 6)))
  (func (export "canister_update echo")
    (call $argument_copy (i64.const 1000) (i64.const 0) (call $argument_size))
    (drop (call $grow (i64.const 1)))
    (call $write (i64.const 7) (i64.const 1000) (call $argument_size))
    (call $read (i64.const 70000) (i64.const 7) (call $argument_size))
    (call $append (i64.const 70000) (call $argument_size))
    (call $reply))
  (func (export "canister_update call")
    ;; The argument is the callee's principal of ten bytes and what it is called with.
    (call $argument_copy (i64.const 1000) (i64.const 0) (call $argument_size))
    (call $call_new (i64.const 1000) (i64.const 10) (i64.const 100) (i64.const 5)
      (i64.const 0) (i64.const 0x123456789a) (i64.const 1) (i64.const 0))
    (call $call_data (i64.const 1010) (i64.sub (call $argument_size) (i64.const 10)))
    (drop (call $perform)))
  (func (export "canister_update far") (call $append (i64.const 0x100000000) (i64.const 1)))
  (func (export "canister_update grow")
    (i64.store (i64.const 0) (memory.grow (i64.const 8)))
    (i64.store (i64.const 8) (memory.grow (i64.const 1)))
    (call $append (i64.const 0) (i64.const 16))
    (call $reply))
  (func (export "canister_query balance")
    (call $balance (i64.const 0))
    (call $append (i64.const 0) (i64.const 16))
    (call $reply)))
"""


@pytest.fixture
def sixty_four(replica: Replica, empty: Principal) -> Universal:
    """A canister whose memory has 64-bit addresses."""
    assert_valid(replica, empty, wat(SIXTY_FOUR))
    return Universal(replica, empty)


def test_a_64_bit_module_runs(replica: Replica, sixty_four: Universal) -> None:
    payload = replica.update(sixty_four.canister_id, "echo", b"there and back")
    assert replied(payload) == b"there and back"
    balance = replied(replica.query_call(sixty_four.canister_id, "balance"))
    assert int.from_bytes(balance, "little") > 10**12


def test_a_64_bit_module_calls_with_a_64_bit_environment(
    replica: Replica, sixty_four: Universal, alice: Universal
) -> None:
    argument = alice.bytes + Program().reply(b"Alice").code
    answer = replied(replica.update(sixty_four.canister_id, "call", argument))
    assert answer == (0x123456789A).to_bytes(8, "little") + b"Alice"


def test_a_64_bit_pointer_out_of_bounds_traps(replica: Replica, sixty_four: Universal) -> None:
    payload = replica.update(sixty_four.canister_id, "far")
    assert not hasattr(payload, "data")


def test_a_64_bit_memory_grows_to_its_maximum(replica: Replica, sixty_four: Universal) -> None:
    answer = replied(replica.update(sixty_four.canister_id, "grow"))
    assert answer == (2).to_bytes(8, "little") + b"\xff" * 8


def test_a_64_bit_module_survives_traps_and_upgrades(
    replica: Replica, sixty_four: Universal
) -> None:
    canister_id = sixty_four.canister_id
    assert replied(replica.update(canister_id, "grow"))[:1] == b"\x02"
    replied(install(replica, canister_id, wat(SIXTY_FOUR), mode="upgrade"))
    assert replied(replica.update(canister_id, "grow"))[:1] == b"\x02"


def test_64_bit_memories_are_bounded(replica: Replica, empty: Principal) -> None:
    six_gib_in_pages = 6 * 2**14
    assert_valid(replica, empty, wat(f"(module (memory i64 1 {six_gib_in_pages}))"))
    manage(replica, "uninstall_code", empty)
    assert_invalid(replica, empty, wat(f"(module (memory i64 {six_gib_in_pages + 1}))"))
