"""The Python side of the universal canister against its module, on a host that records calls.

The host knows a few functions of ``ic0``, enough to show that programs mean what they say.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable

import pytest
import wasmtime
from hypothesis import given
from hypothesis import strategies as st

from tests.canisters.universal import (
    IC0_FUNCTIONS,
    METHODS,
    Callback,
    Hook,
    Program,
    call,
    cdk_wasm,
    reply,
    universal_wasm,
    universal_wasm_without,
)

ENGINE = wasmtime.Engine()
MODULE = wasmtime.Module(ENGINE, gzip.decompress(universal_wasm()))


class GuestTrapError(Exception):
    """The program called ``ic0.trap``."""


class Host:
    """An instance of the canister with the least that its programs need around it."""

    def __init__(self, call_perform_result: int = 0) -> None:
        self.argument = b""
        self.replied: bytes | None = None
        self.reply_data = b""
        self.stable = bytearray(65536)
        self.call_perform_result = call_perform_result
        self.calls: list[tuple[str, tuple[int, ...]]] = []
        self.store = wasmtime.Store(ENGINE)
        imports = [self._import(item) for item in MODULE.imports]
        self.exports = wasmtime.Instance(self.store, MODULE, imports).exports(self.store)
        memory = self.exports["memory"]
        assert isinstance(memory, wasmtime.Memory)
        self.memory = memory

    def run(self, program: Program, entry_point: str = "canister_update update") -> bytes | None:
        """The reply of a message whose argument is the program."""
        self.argument, self.reply_data, self.replied = program.code, b"", None
        self.calls.clear()
        function = self.exports[entry_point]
        assert isinstance(function, wasmtime.Func)
        function(self.store)
        return self.replied

    def read(self, address: int, length: int) -> bytes:
        return bytes(self.memory.read(self.store, address, address + length))

    def write(self, address: int, data: bytes) -> None:
        self.memory.write(self.store, data, address)

    def _import(self, item: wasmtime.ImportType) -> wasmtime.Func:
        name, kind = str(item.name), item.type
        assert isinstance(kind, wasmtime.FuncType)
        known: Callable[..., int | None] | None = getattr(self, f"ic0_{name}", None)
        default = 0 if kind.results else None

        def function(*arguments: int) -> int | None:
            self.calls.append((name, arguments))
            return default if known is None else known(*arguments)

        return wasmtime.Func(self.store, kind, function)

    def ic0_call_perform(self) -> int:
        return self.call_perform_result

    def ic0_msg_arg_data_size(self) -> int:
        return len(self.argument)

    def ic0_msg_arg_data_copy(self, dst: int, offset: int, size: int) -> None:
        self.write(dst, self.argument[offset : offset + size])

    def ic0_msg_reply_data_append(self, src: int, size: int) -> None:
        self.reply_data += self.read(src, size)

    def ic0_msg_reply(self) -> None:
        self.replied = self.reply_data

    def ic0_trap(self, src: int, size: int) -> None:
        raise GuestTrapError(self.read(src, size).decode())

    def ic0_time(self) -> int:
        return 1_700_000_000_000_000_000

    def ic0_canister_cycle_balance128(self, dst: int) -> None:
        self.write(dst, (3 * 2**64 + 5).to_bytes(16, "little"))

    def ic0_stable64_write(self, offset: int, src: int, size: int) -> None:
        self.stable[offset : offset + size] = self.read(src, size)

    def ic0_stable64_read(self, dst: int, offset: int, size: int) -> None:
        self.write(dst, bytes(self.stable[offset : offset + size]))

    def ic0_env_var_value_size(self, src: int, size: int) -> int:
        return len(self.read(src, size)) * 2

    def ic0_env_var_value_copy(
        self, src: int, size: int, dst: int, offset: int, length: int
    ) -> None:
        assert (offset, length) == (0, size * 2)
        self.write(dst, self.read(src, size) * 2)

    def ic0_cost_sign_with_ecdsa(self, src: int, size: int, curve: int, dst: int) -> int:
        self.write(dst, self.read(src, size).ljust(16))
        return curve


@pytest.fixture
def host() -> Host:
    return Host()


def function_names(host: Host) -> list[str]:
    return [name for name, _ in host.calls]


def test_the_table_holds_every_function_that_the_module_imports() -> None:
    assert set(IC0_FUNCTIONS) == {str(item.name) for item in MODULE.imports}


@pytest.mark.parametrize("name", IC0_FUNCTIONS)
def test_each_program_of_the_table_calls_its_function(host: Host, name: str) -> None:
    if name == "trap":
        with pytest.raises(GuestTrapError):
            host.run(IC0_FUNCTIONS[name])
    else:
        host.run(IC0_FUNCTIONS[name])
    assert name in function_names(host)


def test_the_methods_are_those_that_the_module_exports() -> None:
    exports = {str(item.name) for item in MODULE.exports}
    prefixes = ("canister_update ", "canister_query ", "canister_composite_query ")
    methods = {name for name in exports if name.startswith(prefixes)}
    assert methods == {f"canister_{kind} {name}" for name, kind in METHODS.items()}


@given(st.binary(max_size=2000), st.binary(max_size=50))
def test_blobs_reach_the_reply_as_they_were(first: bytes, second: bytes) -> None:
    assert SHARED.run(reply(Program().concat(first, second))) == first + second


@given(st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1))
def test_arithmetic_is_that_of_64_bits(left: int, right: int) -> None:
    program = Program()
    for result in (
        Program().add(left, right),
        Program().subtract(left, right),
        Program().multiply(left, right),
        Program().less(left, right),
        Program().equal(left, right),
    ):
        program = program.reply_data_append(Program().encode_int(result))
    answer = SHARED.run(program.msg_reply())
    assert answer is not None
    expected = (left + right, left - right, left * right, left < right, left == right)
    assert answer == b"".join((value % 2**64).to_bytes(8, "little") for value in expected)


@given(st.integers(-(2**63), 2**64 - 1), st.integers(0, 8))
def test_integers_are_encoded_and_decoded_little_endian(value: int, width: int) -> None:
    encoded = (value % 2**64).to_bytes(8, "little")[:width]
    assert SHARED.run(Program().reply_int(value, width)) == encoded
    decoded = SHARED.run(Program().reply_int(Program().decode_int(encoded)))
    assert decoded == encoded.ljust(8, b"\0")


def test_integers_beyond_64_bits_are_refused() -> None:
    with pytest.raises(ValueError, match="64 bits"):
        Program().push_int(2**64)


def test_a_program_reads_its_own_argument(host: Host) -> None:
    program = reply(Program().arg())
    assert host.run(program) == program.code


def test_results_of_128_bits_come_as_blobs(host: Host) -> None:
    answer = host.run(reply(Program().balance()))
    assert answer is not None
    assert int.from_bytes(answer, "little") == 3 * 2**64 + 5


def test_an_amount_of_128_bits_is_passed_high_part_first(host: Host) -> None:
    host.run(Program().call_cycles_add128(7 * 2**64 + 9))
    assert ("call_cycles_add128", (7, 9)) in host.calls


def test_functions_with_names_and_buffers_get_the_right_ones(host: Host) -> None:
    assert host.run(reply(Program().env_var_value(b"abc"))) == b"abcabc"
    key = Program().cost_sign_with_ecdsa(b"key_1", 1)
    assert host.run(key.encode_int(Program(), 1).drop().append_and_reply()) == b"key_1".ljust(16)


def test_stable_memory_is_written_and_read(host: Host) -> None:
    host.run(Program().stable_write(100, b"kept"))
    assert host.run(reply(Program().stable_read(100, 4))) == b"kept"


def test_a_call_passes_callee_method_callbacks_and_one_environment(host: Host) -> None:
    host.run(
        call(
            b"\x01\x02\x03",
            "some method",
            b"argument",
            on_reply=Program(),
            on_reject=Program(),
            on_cleanup=Program(),
            cycles=5,
            timeout_seconds=60,
        )
    )
    assert function_names(host)[2:] == [
        "call_new",
        "call_on_cleanup",
        "call_data_append",
        "call_cycles_add128",
        "call_with_best_effort_response",
        "call_perform",
    ]
    made = dict(host.calls)["call_new"]
    assert (made[1], made[3]) == (3, len("some method"))
    on_reply, environment, on_reject, same_environment = made[4:]
    on_cleanup, cleanup_environment = dict(host.calls)["call_on_cleanup"]
    assert len({on_reply, on_reject, on_cleanup}) == 3
    assert environment == same_environment == cleanup_environment


def test_a_call_that_cannot_be_enqueued_traps() -> None:
    with pytest.raises(GuestTrapError, match="call_perform failed"):
        Host(call_perform_result=2).run(call(b"", "m"))


@pytest.mark.parametrize(
    ("hook", "entry_point"),
    [
        (Hook.HEARTBEAT, "canister_heartbeat"),
        (Hook.GLOBAL_TIMER, "canister_global_timer"),
        (Hook.PRE_UPGRADE, "canister_pre_upgrade"),
        (Hook.INSPECT_MESSAGE, "canister_inspect_message"),
        (Hook.ON_LOW_WASM_MEMORY, "canister_on_low_wasm_memory"),
        (Hook.TRANSFORM, "canister_query transform"),
        (Hook.STORED, "canister_update stored"),
    ],
)
def test_a_hook_runs_the_program_that_was_stored(host: Host, hook: Hook, entry_point: str) -> None:
    host.run(Program(), entry_point)
    assert "debug_print" not in function_names(host)
    host.run(Program().set_hook(hook, Program().debug_print(b"here")))
    host.run(Program(), entry_point)
    assert function_names(host) == ["debug_print"]


def test_messages_are_let_in_unless_a_program_says_otherwise(host: Host) -> None:
    host.run(Program(), "canister_inspect_message")
    assert function_names(host) == ["accept_message"]
    host.run(Program().set_hook(Hook.INSPECT_MESSAGE, Program()))
    host.run(Program(), "canister_inspect_message")
    assert function_names(host) == []


def test_the_heap_keeps_blobs_and_counters(host: Host) -> None:
    host.run(Program().store_global(b"a", 3).append_global(b"b", 3))
    assert host.run(reply(Program().load_global(3))) == b"ab"
    assert host.run(reply(Program().load_global(4))) == b""
    host.run(Program().add_counter(5))
    assert host.run(Program().reply_int(Program().add_counter(2), 1)) == b"\x07"


def test_programs_run_programs(host: Host) -> None:
    once = Program().reply_data_append(b"x")
    program = Program().repeat(3, once).run_if(0, once).run_if(1, once).run(once.code)
    assert host.run(program.msg_reply()) == b"xxxxx"


def test_memory_grows_and_is_read_and_written_anywhere(host: Host) -> None:
    size = Program().memory_size()
    end = Program().multiply(size, 65536)
    program = Program().memory_grow(2).drop()
    last = Program().subtract(end, 3)
    program = program.fill_memory(last, 3, 0x41).reply(Program().read_memory(last, 3))
    assert host.run(program) == b"AAA"
    with pytest.raises(wasmtime.Trap, match="out of bounds"):
        host.run(Program().read_memory(last, 4))


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        (Program().unreachable(), "unreachable"),
        (Program().overflow_stack(), "stack"),
        (Program().fill_memory(2**32 - 1, 1, 0), "out of bounds"),
    ],
)
def test_programs_trap_by_the_machine(host: Host, program: Program, reason: str) -> None:
    with pytest.raises(wasmtime.Trap, match=reason):
        host.run(program)


def test_work_is_done_and_ends(host: Host) -> None:
    assert host.run(Program().busy_loop(1000).recurse(100).reply(b"done")) == b"done"


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        (Program().drop(), "stack underflow"),
        (Program().push_blob(b"").add(Program(), 1), "expected an integer, found a blob"),
        (Program().system_call("no_such"), r"unknown function ic0\.no_such"),
        (Program(b"\xff"), "unknown opcode 255 at 0"),
        (Program().slice(b"abc", 2, 2), "offset, length or width out of range"),
    ],
)
def test_a_mistake_in_a_program_traps_and_says_what_it_was(
    host: Host, program: Program, reason: str
) -> None:
    with pytest.raises(GuestTrapError, match=f"universal canister: {reason}"):
        host.run(program)


def test_callbacks_have_functions_of_their_own(host: Host) -> None:
    program = Program()
    for callback in Callback:
        index = Program().callback_function(callback)
        program = program.reply_data_append(Program().encode_int(index, 4))
    answer = host.run(program.msg_reply())
    assert answer is not None
    assert len({answer[start : start + 4] for start in (0, 4, 8)}) == 3


def test_entry_points_can_be_left_out() -> None:
    module = wasmtime.Module(ENGINE, universal_wasm_without("canister_heartbeat"))
    before = [str(item.name) for item in MODULE.exports]
    after = [str(item.name) for item in module.exports]
    assert after == [name for name in before if name != "canister_heartbeat"]
    with pytest.raises(ValueError, match="no_such"):
        universal_wasm_without("no_such")


def test_the_cdk_canister_is_a_module_with_its_interface_inside() -> None:
    module = gzip.decompress(cdk_wasm())
    wasmtime.Module.validate(ENGINE, module)
    assert b"icp:public candid:service" in module
    assert b"icp:private test:note" in module


SHARED = Host()
"""For programs that leave nothing behind."""
