"""Canisters that loop, grow, trap and overflow: each gets its answer, and all others go on.

Specification: "Message execution", "Entry points".
"""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from ic_factory.replica import Replica, ReplicaConfig
from ic_factory.replica.clock import FrozenClock
from ic_factory.replica.config import InstructionLimits
from ic_factory.replica.execution.engine import Engine
from ic_factory.replica.rejects import ErrorCode, Payload, Reject, Reply
from tests.canisters.universal import Hook, Program
from tests.conformance.canister_interface.canisters import (
    PAGE,
    SECOND,
    START_TIME,
    Universal,
    full_universal,
    install,
    make_universal,
    manage,
    rejected,
    replied,
    wat,
)

MIB = 1024**2
LIMIT = 20_000_000
NOTHING = Program().reply().code
FOREVER = Program().store_global(b"changed").loop_forever()
TOO_LONG = ErrorCode.CANISTER_INSTRUCTION_LIMIT_EXCEEDED
TOO_LONG_IN_ALL = ErrorCode.QUERY_CALL_GRAPH_TOTAL_INSTRUCTION_LIMIT_EXCEEDED


@pytest.fixture(scope="module")
def hasty_stage(engine: Engine) -> Iterator[tuple[Replica, Universal, Universal]]:
    """A replica with little patience and memory, a canister that misbehaves and another one."""
    limits = InstructionLimits(
        update=LIMIT, query=LIMIT, install=10 * LIMIT, inspect_message=LIMIT, slice=LIMIT
    )
    config = ReplicaConfig(limits=limits, subnet_memory_bytes=200 * MIB)
    with Replica(config, FrozenClock(START_TIME), engine) as replica:
        bad = make_universal(replica, full_universal())
        yield replica, bad, make_universal(replica)


@pytest.fixture
def bad(hasty_stage: tuple[Replica, Universal, Universal]) -> Iterator[Universal]:
    """The canister that misbehaves. Afterwards the other one must be as well as ever."""
    replica, bad, other = hasty_stage
    moment = replica.snapshot()
    yield bad
    assert replied(other.update(Program().reply(b"as well as ever"))) == b"as well as ever"
    assert replied(other.query(Program().reply(b"this too"))) == b"this too"
    replica.rewind(moment)


@pytest.fixture
def other(hasty_stage: tuple[Replica, Universal, Universal], bad: Universal) -> Universal:
    """The canister that has done nothing wrong."""
    return hasty_stage[2]


def is_unharmed(canister: Universal) -> bool:
    """Whether a canister has kept its state and answers."""
    return canister.heap() == b"" and replied(canister.update(Program().reply(b"!"))) == b"!"


# Loops.


def test_an_update_that_loops(bad: Universal) -> None:
    rejected(bad.update(FOREVER), TOO_LONG, bad.canister_id, LIMIT)
    assert is_unharmed(bad)


@pytest.mark.parametrize("method", ["query", "composite_query"])
def test_a_query_that_loops(bad: Universal, method: str) -> None:
    rejected(bad.query(FOREVER, method), TOO_LONG, bad.canister_id)
    assert is_unharmed(bad)


def test_a_replicated_query_that_loops(bad: Universal) -> None:
    rejected(bad.update(FOREVER, "query"), TOO_LONG, bad.canister_id)
    assert is_unharmed(bad)


def test_a_callback_that_loops(bad: Universal, other: Universal) -> None:
    program = Program().call(other.bytes, "query", NOTHING, on_reply=FOREVER)
    rejected(bad.update(program), TOO_LONG, bad.canister_id)
    rejected(bad.composite_query(program), TOO_LONG_IN_ALL)
    assert is_unharmed(bad)


def test_a_callee_that_loops(bad: Universal, other: Universal) -> None:
    tell = Program().reply(Program().reject_message())
    program = Program().call(bad.bytes, "update", FOREVER.code, on_reject=tell)
    assert b"IC0522" in replied(other.update(program))
    assert is_unharmed(bad)


def test_an_inspection_that_loops(bad: Universal) -> None:
    bad.set_hook(Hook.INSPECT_MESSAGE, FOREVER)
    rejected(bad.update(Program().reply()), TOO_LONG, bad.canister_id)
    assert bad.heap() == b""


@pytest.mark.parametrize("task", [Hook.HEARTBEAT, Hook.GLOBAL_TIMER], ids=lambda hook: hook.name)
def test_a_system_task_that_loops(bad: Universal, task: Hook) -> None:
    bad.set_hook(task, FOREVER)
    bad.do(Program().set_global_timer(START_TIME).drop())
    for _ in range(3):
        bad.replica.advance_time(5 * SECOND)
        bad.replica.tick()
    assert is_unharmed(bad)


@pytest.mark.parametrize("mode", ["reinstall", "upgrade"])
def test_an_installation_that_loops(bad: Universal, mode: str) -> None:
    payload = install(bad.replica, bad.canister_id, full_universal(), FOREVER.code, mode)
    rejected(payload, TOO_LONG, bad.canister_id)
    assert is_unharmed(bad)


def test_a_pre_upgrade_that_loops(bad: Universal) -> None:
    bad.set_hook(Hook.PRE_UPGRADE, FOREVER)
    payload = install(bad.replica, bad.canister_id, full_universal(), b"", "upgrade")
    rejected(payload, TOO_LONG, bad.canister_id)
    assert is_unharmed(bad)


LOOPING_START = "(module (func $start (loop $forever (br $forever))) (start $start))"
GROWING_START = """
(module (memory 1)
  (func $start (loop $more (br_if $more (i32.ne (memory.grow (i32.const 64)) (i32.const -1)))))
  (start $start))
"""
RECURSIVE_START = "(module (func $start (call $start)) (start $start))"
TRAPPING_START = "(module (func $start unreachable) (start $start))"


@pytest.mark.parametrize(
    ("module", "code"),
    [
        (LOOPING_START, TOO_LONG),
        (RECURSIVE_START, ErrorCode.CANISTER_TRAPPED),
        (TRAPPING_START, ErrorCode.CANISTER_TRAPPED),
    ],
    ids=["loops", "recurses", "traps"],
)
@pytest.mark.parametrize("mode", ["reinstall", "upgrade"])
def test_a_bad_start(bad: Universal, module: str, code: ErrorCode, mode: str) -> None:
    payload = install(bad.replica, bad.canister_id, wat(module), mode=mode)
    rejected(payload, code, bad.canister_id)
    assert is_unharmed(bad)


def test_a_loop_of_system_calls(bad: Universal) -> None:
    program = Program().repeat(2**62, Program().stable_size().drop())
    rejected(bad.update(program), TOO_LONG)
    assert is_unharmed(bad)


START_OF_GROWN = Program().multiply(Program().subtract(Program().memory_size(), 16), PAGE)


def test_a_huge_copy_is_paid_for(bad: Universal) -> None:
    copy = Program().system_call("stable64_read", START_OF_GROWN, 0, 16 * PAGE)
    grown = Program().stable_grow(16).drop().memory_grow(16).drop()
    program = grown.repeat(2**62, copy)
    rejected(bad.update(program), TOO_LONG)


# Growth.


def test_a_heap_that_grows_without_end(bad: Universal) -> None:
    program = Program().repeat(10_000, Program().memory_grow(64).drop())
    payload = bad.update(program.store_global(b"changed").reply())
    # The memory of the subnet ends, which the canister is told by a failed growth or a rejection.
    if isinstance(payload, Reject):
        assert payload.error_code is ErrorCode.CANISTER_OUT_OF_MEMORY
        assert is_unharmed(bad)
    assert bad.status()["memory_metrics"]["wasm_memory_size"] <= 200 * MIB


def test_stable_memory_that_grows_without_end(bad: Universal) -> None:
    program = Program().repeat(60, Program().stable_grow(64).drop())
    replied(bad.update(program.reply()))
    assert 150 * MIB < bad.status()["memory_metrics"]["stable_memory_size"] <= 200 * MIB


def test_memory_that_is_gone_is_gone_for_all_and_comes_back(
    bad: Universal, other: Universal
) -> None:
    greedy = Program().repeat(250, Program().stable_grow(16).drop())
    replied(bad.update(greedy.reply()))
    assert other.ask_int(Program().stable_grow(64)) == 2**64 - 1
    manage(bad.replica, "uninstall_code", bad.canister_id)
    assert other.ask_int(Program().stable_grow(64)) == 0


def test_growing_again_and_again_in_failing_messages(bad: Universal) -> None:
    growing = Program().memory_grow(500).drop().stable_grow(500).drop()
    for _ in range(20):
        rejected(bad.update(growing.trap()), ErrorCode.CANISTER_CALLED_TRAP)
        replied(bad.query(growing.reply()))
    assert is_unharmed(bad)


def test_a_start_that_grows_without_end(bad: Universal) -> None:
    payload = install(bad.replica, bad.canister_id, wat(GROWING_START), mode="reinstall")
    assert bad.status()["memory_metrics"]["wasm_memory_size"] <= 200 * MIB
    assert isinstance(payload, Payload)


def test_a_log_that_never_ends(bad: Universal) -> None:
    bad.update(Program().repeat(2**62, Program().debug_print(b"x" * 1000)))
    assert sum(map(len, bad.logs)) <= 4096


# Traps.


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        (Program().overflow_stack(), "stack overflow"),
        (Program().unreachable(), "unreachable"),
        (Program().fill_memory(2**32 - 1, 1, 0), "heap out of bounds"),
    ],
    ids=["stack", "unreachable", "heap"],
)
def test_traps_everywhere(bad: Universal, other: Universal, program: Program, reason: str) -> None:
    trap = Program().store_global(b"changed").then(program)
    calling = Program().call(other.bytes, "query", NOTHING, on_reply=trap)
    for payload in (
        bad.update(trap),
        bad.update(trap, "query"),
        bad.query(trap),
        bad.composite_query(trap),
        bad.update(calling),
        bad.composite_query(calling),
        install(bad.replica, bad.canister_id, full_universal(), trap.code, "upgrade"),
    ):
        rejected(payload, ErrorCode.CANISTER_TRAPPED, reason, bad.canister_id)
    assert is_unharmed(bad)


ARITHMETIC = {
    "divide": ("(drop (i32.div_u (i32.const 1) (i32.const 0)))", "integer division by 0"),
    "overflow": (
        "(drop (i32.div_s (i32.const 0x80000000) (i32.const -1)))",
        "integer overflow",
    ),
    "convert": (
        "(drop (i32.trunc_f32_s (f32.const nan)))",
        "invalid conversion to integer",
    ),
    "no such element": ("(call_indirect (i32.const 7))", ""),
    "null element": ("(call_indirect (i32.const 1))", ""),
    "wrong signature": ("(call_indirect (param i32) (i32.const 1) (i32.const 0))", ""),
}


@pytest.mark.parametrize("name", ARITHMETIC)
def test_traps_of_instructions(bad: Universal, name: str) -> None:
    instruction, reason = ARITHMETIC[name]
    module = wat(
        f"""(module
          (table 2 funcref) (elem (i32.const 0) $nothing)
          (func $nothing)
          (func (export "canister_update m") {instruction}))"""
    )
    replied(install(bad.replica, bad.canister_id, module, mode="reinstall"))
    for _ in range(2):
        payload = bad.replica.update(bad.canister_id, "m")
        rejected(payload, ErrorCode.CANISTER_TRAPPED, reason, bad.canister_id)


# Floods.


def test_calls_to_oneself_without_end(bad: Universal, other: Universal) -> None:
    again = Program().call(bad.bytes, "stored", on_reply=Program(), on_reject=Program()).reply()
    bad.do(Program().set_hook(Hook.STORED, again))
    replied(bad.replica.update(bad.canister_id, "stored"))
    request_id = other.submit(Program().reply(b"in between"))
    for _ in range(3):
        bad.replica.tick()
    assert bad.replica.answer_of(request_id) == Reply(b"in between")


def test_calls_that_multiply(bad: Universal, other: Universal) -> None:
    once = Program().call(bad.bytes, "stored", on_reply=Program(), on_reject=Program())
    bad.do(Program().set_hook(Hook.STORED, once.then(once).reply()))
    replied(bad.replica.update(bad.canister_id, "stored"))
    request_id = other.submit(Program().reply(b"in between"))
    for _ in range(5):
        bad.replica.tick()
    assert bad.replica.answer_of(request_id) == Reply(b"in between")


# Live.


@pytest.mark.slow
def test_a_live_replica_serves_others_while_one_loops(engine: Engine) -> None:
    limits = InstructionLimits(update=2_000_000_000, slice=20_000_000)
    with Replica(ReplicaConfig(limits=limits), engine=engine) as replica:
        looping, other = (make_universal(replica) for _ in range(2))
        replica.start()
        answers: list[Payload] = []
        thread = threading.Thread(target=lambda: answers.append(looping.update(FOREVER)))
        thread.start()
        served = 0
        while thread.is_alive() and served < 20:
            assert replied(other.update(Program().reply(b"served"))) == b"served"
            assert replied(other.query(Program().reply(b"served"))) == b"served"
            served += 1
        assert answers == []
        assert looping.heap() == b""
        thread.join()
        rejected(answers[0], TOO_LONG, looping.canister_id)
        assert served == 20
        assert is_unharmed(looping)


@pytest.mark.slow
def test_a_live_replica_serves_others_while_a_query_loops(engine: Engine) -> None:
    limits = InstructionLimits(query=2_000_000_000, slice=20_000_000)
    with Replica(ReplicaConfig(limits=limits), engine=engine) as replica:
        looping, other = (make_universal(replica) for _ in range(2))
        replica.start()
        answers: list[Payload] = []
        thread = threading.Thread(target=lambda: answers.append(looping.query(FOREVER)))
        thread.start()
        served = 0
        while thread.is_alive() and served < 20:
            assert replied(other.update(Program().reply(b"served"))) == b"served"
            assert replied(looping.query(Program().reply(b"served"))) == b"served"
            served += 1
        thread.join()
        rejected(answers[0], TOO_LONG)
        assert served == 20


def test_a_stopped_canister_with_a_late_timer_lets_a_live_replica_rest(engine: Engine) -> None:
    with Replica(engine=engine) as replica:
        canister = make_universal(replica)
        canister.do(Program().set_global_timer(1).drop())
        manage(replica, "stop_canister", canister.canister_id)
        replica.start()
        threading.Event().wait(0.1)
        before = replica.height
        threading.Event().wait(0.2)
        assert replica.height <= before + 2
