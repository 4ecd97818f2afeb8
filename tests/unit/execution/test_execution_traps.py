"""Traps: their kinds and texts, the log, the backtrace; and that nothing of the message stays."""

from __future__ import annotations

import pytest

from ic_factory.replica.execution.invocation import Context
from ic_factory.replica.rejects import ErrorCode
from ic_factory.replica.state.messages import TableEntry
from tests.unit.execution.stage import (
    SURROUNDINGS,
    completed,
    failed,
    installed,
    invocation,
    surroundings,
)

LEAD = "Error from Canister rrkah-fqaaa-aaaaa-aaaaq-cai: "
TRAP_HELP = (
    ".\nConsider gracefully handling failures from this canister or altering the canister to "
    "handle exceptions. See documentation: "
    "https://internetcomputer.org/docs/current/references/execution-errors#trapped"
)

IMPORTS = """
  (import "ic0" "trap" (func $trap (param i32 i32)))
  (import "ic0" "debug_print" (func $print (param i32 i32)))
  (import "ic0" "stable64_read" (func $read (param i64 i64 i64)))
  (import "ic0" "stable64_write" (func $write (param i64 i64 i64)))
  (import "ic0" "stable64_grow" (func $grow (param i64) (result i64)))
  (import "ic0" "stable_size" (func $size32 (result i32)))
  (memory 1) (data (i32.const 0) "boom!\\ff") (table 4 4 funcref) (elem (i32.const 1) $two)
  (type $plain (func)) (func $two (param i32 i32))
"""


def run(body, around=SURROUNDINGS, **fields):
    # Nameless functions: no backtrace.
    code = installed(f'(module {IMPORTS} (func (export "canister_update go") {body}))')
    return failed(code.run(invocation(**fields), around))


KINDS = [
    ("unreachable", "unreachable"),
    ("(drop (i32.load (i32.const 65533)))", "heap out of bounds"),
    ("(drop (i32.div_u (i32.const 1) (i32.const 0)))", "integer division by 0"),
    ("(drop (i32.div_s (i32.const 0x80000000) (i32.const -1)))", "integer overflow"),
    ("(drop (i32.trunc_f32_u (f32.const nan)))", "invalid conversion to integer"),
    ("(call_indirect (type $plain) (i32.const 9))", "table out of bounds"),
    ("(call_indirect (type $plain) (i32.const 0))", "indirect call to null"),
    ("(call_indirect (type $plain) (i32.const 1))", "indirect call type mismatch"),
    ("(call $read (i64.const 0) (i64.const 0) (i64.const 1))", "stable memory out of bounds"),
    (
        (
            "(drop (call $grow (i64.const 1))) "
            "(call $write (i64.const 65535) (i64.const 0) (i64.const 2))"
        ),
        "stable memory out of bounds",
    ),
    (
        (
            "(drop (call $grow (i64.const 1))) "
            "(call $write (i64.const 0) (i64.const -1) (i64.const 2))"
        ),
        "heap out of bounds",
    ),
    (
        "(drop (call $grow (i64.const 65537))) (drop (call $size32))",
        "32 bit stable memory api used on a memory larger than 4GB",
    ),
]


@pytest.mark.parametrize(("body", "kind"), KINDS)
def test_kinds_of_traps(body, kind):
    outcome = run(body)
    assert outcome.error_code is ErrorCode.CANISTER_TRAPPED
    assert outcome.message == f"{LEAD}Canister trapped: {kind}{TRAP_HELP}"
    assert outcome.logs == (f"[TRAP]: {kind}".encode(),)


def test_stack_overflow():
    code = installed("""(module (memory 1)
      (func $f (export "canister_update go") (call $f)))""")
    outcome = failed(code.run(invocation(), SURROUNDINGS))
    assert "Canister trapped: stack overflow" in outcome.message


def test_ic0_trap():
    outcome = run("(call $trap (i32.const 0) (i32.const 6))")
    assert outcome.error_code is ErrorCode.CANISTER_CALLED_TRAP
    assert outcome.message.startswith(f"{LEAD}Canister called `ic0.trap` with message: 'boom!'")
    assert outcome.message.endswith(f"{TRAP_HELP}-explicitly")
    assert outcome.logs[0].startswith(b"[TRAP]: boom!")


def test_ic0_trap_without_text_and_out_of_bounds():
    assert (
        run("(call $trap (i32.const 0) (i32.const 0))").logs[0].startswith(b"[TRAP]: (no message)")
    )
    outside = run("(call $trap (i32.const 65530) (i32.const 9))")
    assert "(trap message out of memory bounds)" in outside.message


def test_backtraces_name_functions_from_the_inside_out():
    code = installed("""(module (memory 1)
      (func $inner unreachable)
      (func $outer (call $inner))
      (func $entry (export "canister_update go") (call $outer)))""")
    outcome = failed(code.run(invocation(), SURROUNDINGS))
    backtrace = "Canister Backtrace:\ninner\nouter\nentry\n"
    assert outcome.message == f"{LEAD}Canister trapped: unreachable\n{backtrace}{TRAP_HELP}"
    assert outcome.logs == (f"[TRAP]: unreachable\n{backtrace}".encode(),)


def test_no_backtrace_without_names():
    code = installed("""(module (memory 1) (func (export "canister_update go") unreachable))""")
    outcome = failed(code.run(invocation(), SURROUNDINGS))
    assert outcome.message == f"{LEAD}Canister trapped: unreachable{TRAP_HELP}"


def test_what_was_printed_before_a_trap_stays_in_the_log():
    outcome = run("(call $print (i32.const 0) (i32.const 5)) unreachable")
    assert outcome.logs[0] == b"boom!"
    assert len(outcome.logs) == 2


def test_printing_never_traps():
    code = installed(f"""(module {IMPORTS} (func (export "canister_update go")
      (call $print (i32.const -1) (i32.const -1)) (call $print (i32.const 0) (i32.const 6))))""")
    outcome = completed(code.run(invocation(), SURROUNDINGS))
    assert outcome.logs == (b"(debug_print message out of memory bounds)", b"boom!\xff")


@pytest.mark.parametrize("limit", [0, 1, 10_000])
def test_too_many_instructions(limit):
    outcome = run("(loop $l (br $l))", instruction_limit=limit)
    assert outcome.error_code is ErrorCode.CANISTER_INSTRUCTION_LIMIT_EXCEEDED
    assert (
        f"Canister exceeded the limit of {limit} instructions for single message execution."
        in outcome.message
    )
    assert outcome.instructions == limit
    assert outcome.logs == ()


def test_copies_are_charged_by_the_byte():
    outcome = run(
        "(loop $l (memory.fill (i32.const 0) (i32.const 0) (i32.const 65536)) (br $l))",
        instruction_limit=10**8,
    )
    assert outcome.error_code is ErrorCode.CANISTER_INSTRUCTION_LIMIT_EXCEEDED


def test_an_entry_point_that_is_not_there():
    code = installed("(module)")
    outcome = failed(code.run(invocation(), SURROUNDINGS))
    assert outcome.error_code is ErrorCode.CANISTER_METHOD_NOT_FOUND
    assert "canister_update go" in outcome.message


CALLBACKS = """(module
  (import "ic0" "msg_reply_data_append" (func $append (param i32 i32)))
  (import "ic0" "msg_reply" (func $reply))
  (memory 1) (table 5 5 funcref) (elem (i32.const 1) $callback $plain)
  (func $callback (param $environment i32)
    (i32.store (i32.const 0) (local.get $environment))
    (call $append (i32.const 0) (i32.const 4)) (call $reply))
  (func $plain))"""


def test_callbacks_get_their_environment():
    code = installed(CALLBACKS)
    outcome = code.run(invocation(TableEntry(1, 2**32 - 7), context=Context.REPLY), SURROUNDINGS)
    response = completed(outcome).effects.response
    assert response is not None
    assert response.data == (2**32 - 7).to_bytes(4, "little")


@pytest.mark.parametrize("index", [0, 2, 5, 2**32 - 1])
def test_callbacks_that_are_none(index):
    code = installed(CALLBACKS)
    outcome = failed(
        code.run(invocation(TableEntry(index, 0), context=Context.REPLY), SURROUNDINGS)
    )
    assert outcome.error_code is ErrorCode.CANISTER_FUNCTION_NOT_FOUND
    assert f"non-existent Wasm function {index} from table 0" in outcome.message


def test_no_table_no_callback():
    code = installed("(module)")
    outcome = failed(code.run(invocation(TableEntry(0, 0), context=Context.REPLY), SURROUNDINGS))
    assert outcome.error_code is ErrorCode.CANISTER_FUNCTION_NOT_FOUND


def test_the_heap_limit():
    body = "(drop (memory.grow (i32.const 3)))"
    outcome = run(body, surroundings(heap_bytes_limit=3 * 65536))
    assert outcome.error_code is ErrorCode.CANISTER_WASM_MEMORY_LIMIT_EXCEEDED
    assert "current Wasm memory limit of 196608 bytes" in outcome.message
    assert "peak Wasm memory usage was 262144 bytes" in outcome.message
    code = installed(f'(module {IMPORTS} (func (export "canister_update go") {body}))')
    completed(code.run(invocation(), surroundings(heap_bytes_limit=4 * 65536)))


def test_a_heap_beyond_its_limit_may_go_on_as_long_as_it_does_not_grow():
    code = installed(f'(module {IMPORTS} (func (export "canister_update go")))')
    completed(code.run(invocation(), surroundings(heap_bytes_limit=1)))


def test_a_full_subnet():
    body = "(drop (memory.grow (i32.const 3)))"
    outcome = run(body, surroundings(memory_bytes_available=3 * 65536 - 1))
    assert outcome.error_code is ErrorCode.CANISTER_OUT_OF_MEMORY
    assert "Canister cannot grow its memory usage." in outcome.message
    stable = f"""(module {IMPORTS} (func (export "canister_update go")
      (if (i64.ne (call $grow (i64.const 4)) (i64.const -1)) (then unreachable))
      (if (i64.ne (call $grow (i64.const 3)) (i64.const 0)) (then unreachable))))"""
    completed(installed(stable).run(invocation(), surroundings(memory_bytes_available=3 * 65536)))


def test_a_fault_of_the_host_is_raised_and_leaves_the_code_as_it_was():
    code = installed(f"""(module {IMPORTS}
      (func (export "canister_update go") (i32.store (i32.const 8) (i32.const 1))
        (call $print (i32.const 0) (i32.const 1))))""")
    before = code.freeze()
    broken = surroundings(controllers=None)
    controllers_asked = installed("""(module
      (import "ic0" "is_controller" (func $f (param i32 i32) (result i32)))
      (memory 1)
      (func (export "canister_update go") (i32.store (i32.const 8) (i32.const 1))
        (drop (call $f (i32.const 0) (i32.const 1)))))""")
    frozen = controllers_asked.freeze()
    with pytest.raises(TypeError):
        controllers_asked.run(invocation(), broken)
    assert controllers_asked.copy().freeze() == frozen
    completed(controllers_asked.run(invocation(), SURROUNDINGS))
    assert code.freeze() == before
