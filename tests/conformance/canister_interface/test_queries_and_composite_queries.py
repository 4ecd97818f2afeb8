"""Specification: "Query call"."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ic_factory.replica import Replica, ReplicaConfig
from ic_factory.replica.clock import FrozenClock
from ic_factory.replica.config import InstructionLimits
from ic_factory.replica.execution.engine import Engine
from ic_factory.replica.management.interface import decode_reply, encode_arguments
from ic_factory.replica.rejects import ErrorCode, RejectCode
from tests.canisters.universal import Program
from tests.conformance.canister_interface.canisters import (
    MANAGEMENT,
    NOT_A_CANISTER,
    START_TIME,
    Universal,
    change_settings,
    make_universal,
    manage,
    rejected,
    replied,
)

NOTHING = Program().reply().code
MAX_DEPTH = 6


def test_a_query_sees_what_updates_left(alice: Universal) -> None:
    alice.store(b"left")
    assert replied(alice.query(Program().reply(Program().load_global()))) == b"left"
    assert replied(alice.composite_query(Program().reply(Program().load_global()))) == b"left"


@pytest.mark.parametrize("method", ["query", "composite_query"])
def test_a_query_sees_its_own_changes_and_the_next_one_does_not(
    alice: Universal, method: str
) -> None:
    program = Program().reply_int(Program().add_counter(3), 1)
    assert replied(alice.query(program, method)) == b"\x03"
    assert replied(alice.query(program, method)) == b"\x03"


@pytest.mark.parametrize("method", ["query", "composite_query"])
def test_a_query_that_traps_is_rejected(alice: Universal, method: str) -> None:
    trap = Program().store_global(b"changed").trap(b"in the query")
    rejected(alice.query(trap, method), ErrorCode.CANISTER_CALLED_TRAP, "in the query")
    assert alice.heap() == b""


def test_methods_that_cannot_be_queried(alice: Universal) -> None:
    for method in ("update", "no such method"):
        payload = alice.query(Program().reply(), method)
        rejected(payload, ErrorCode.CANISTER_METHOD_NOT_FOUND, alice.canister_id, method)


def test_composite_queries_cannot_be_called_as_updates(alice: Universal) -> None:
    payload = alice.update(Program().reply(), "composite_query")
    rejected(payload, ErrorCode.COMPOSITE_QUERY_CALLED_IN_REPLICATED_MODE, alice.canister_id)


@pytest.mark.parametrize("state", ["missing", "empty", "stopped", "frozen"])
def test_canisters_that_cannot_be_queried(
    replica: Replica, alice: Universal, bob: Universal, state: str
) -> None:
    callee = bob
    expected = ErrorCode.CANISTER_OUT_OF_CYCLES
    if state == "missing":
        callee = Universal(replica, NOT_A_CANISTER)
        expected = ErrorCode.CANISTER_NOT_FOUND
    elif state == "empty":
        manage(replica, "uninstall_code", bob.canister_id)
        expected = ErrorCode.CANISTER_WASM_MODULE_NOT_FOUND
    elif state == "stopped":
        manage(replica, "stop_canister", bob.canister_id)
        expected = ErrorCode.CANISTER_STOPPED
    else:
        change_settings(replica, bob.canister_id, freezing_threshold=2**62)
    rejected(callee.query(Program().reply()), expected, callee.canister_id)
    through_alice = Program().call(
        callee.bytes,
        "query",
        NOTHING,
        on_reject=Program().reply_int(Program().reject_code(), 1),
    )
    assert replied(alice.composite_query(through_alice)) == bytes([expected.reject_code])


def test_a_query_makes_no_calls(alice: Universal, bob: Universal) -> None:
    payload = alice.query(Program().call(bob.bytes, "query", NOTHING))
    rejected(payload, ErrorCode.CANISTER_CONTRACT_VIOLATION, "call_new")


@pytest.mark.parametrize("method", ["query", "composite_query"])
def test_a_composite_query_calls_queries(alice: Universal, bob: Universal, method: str) -> None:
    bob.store(b"from Bob")
    callee = Program().reply(Program().load_global())
    program = Program().call(bob.bytes, method, callee.code)
    assert replied(alice.composite_query(program)) == b"from Bob"


def test_a_composite_query_calls_no_updates(alice: Universal, bob: Universal) -> None:
    program = Program().call(
        bob.bytes, "update", NOTHING, on_reject=Program().reply(Program().reject_message())
    )
    assert b"update" in replied(alice.composite_query(program))


def test_a_composite_query_attaches_no_cycles(alice: Universal, bob: Universal) -> None:
    payload = alice.composite_query(Program().call(bob.bytes, "query", NOTHING, cycles=1))
    rejected(payload, ErrorCode.CANISTER_CONTRACT_VIOLATION, "call_cycles_add128")


def test_callbacks_see_the_changes_of_the_method(alice: Universal, bob: Universal) -> None:
    tell = Program().reply_int(Program().add_counter(), 1)
    program = Program().add_counter(7).drop().call(bob.bytes, "query", NOTHING, on_reply=tell)
    assert replied(alice.composite_query(program)) == b"\x08"
    assert alice.ask_int(Program().add_counter(0)) == 0


def test_calls_one_after_the_other(alice: Universal, bob: Universal, carol: Universal) -> None:
    bob.store(b"bob ")
    carol.store(b"carol ")
    tell = Program().reply(Program().load_global()).code
    keep = Program().append_global(Program().arg())
    last = keep.reply(Program().load_global())
    second = keep.call(carol.bytes, "query", tell, on_reply=last)
    program = Program().call(bob.bytes, "query", tell, on_reply=second)
    assert replied(alice.composite_query(program)) == b"bob carol "


def test_calls_at_the_same_time(alice: Universal, bob: Universal, carol: Universal) -> None:
    both = Program().run_if(Program().equal(Program().add_counter(), 2), Program().reply(b"both"))
    program = Program().call(bob.bytes, "query", NOTHING, on_reply=both)
    program = program.call(carol.bytes, "query", NOTHING, on_reply=both)
    assert replied(alice.composite_query(program)) == b"both"


def test_a_rejection_of_the_callee_comes_to_the_reject_callback(
    alice: Universal, bob: Universal
) -> None:
    tell = Program().reply(
        Program().concat(
            Program().encode_int(Program().reject_code(), 1), Program().reject_message()
        )
    )
    for callee, code, text in (
        (Program().reject(b"no"), RejectCode.CANISTER_REJECT, b"no"),
        (Program().trap(b"trapped"), RejectCode.CANISTER_ERROR, b"trapped"),
        (Program(), RejectCode.CANISTER_ERROR, b"did not reply"),
    ):
        program = Program().call(bob.bytes, "query", callee.code, on_reject=tell)
        told = replied(alice.composite_query(program))
        assert told[0] == code
        assert text in told[1:]


def test_no_callback_that_answers_is_a_rejection(alice: Universal, bob: Universal) -> None:
    program = Program().call(bob.bytes, "query", NOTHING, on_reply=Program())
    rejected(alice.composite_query(program), ErrorCode.CANISTER_DID_NOT_REPLY)


def test_a_trap_in_a_callback_is_a_rejection(alice: Universal, bob: Universal) -> None:
    program = Program().call(bob.bytes, "query", NOTHING, on_reply=Program().trap(b"there"))
    rejected(alice.composite_query(program), ErrorCode.CANISTER_CALLED_TRAP, "there")


def nested(canisters: list[Universal], depth: int) -> Program:
    """A query that calls on to this depth, each caller replying with what its call came to."""
    program = Program().reply(b"the bottom")
    for level in reversed(range(1, depth + 1)):
        callee = canisters[level % len(canisters)]
        tell = Program().reply(Program().concat(f"rejected at {level - 1}".encode()))
        program = Program().call(callee.bytes, "composite_query", program.code, on_reject=tell)
    return program


def test_calls_nest_to_a_bounded_depth(alice: Universal, bob: Universal, carol: Universal) -> None:
    canisters = [alice, bob, carol]
    assert replied(alice.composite_query(nested(canisters, MAX_DEPTH))) == b"the bottom"
    # Who is at the bottom is rejected as a whole when it calls on, so its caller learns of it.
    deeper = alice.composite_query(nested(canisters, MAX_DEPTH + 1))
    assert replied(deeper) == f"rejected at {MAX_DEPTH - 1}".encode()


def test_a_canister_may_query_itself(alice: Universal) -> None:
    alice.store(b"self")
    inner = Program().reply(Program().load_global())
    program = Program().call(Program().self_id(), "query", inner.code)
    assert replied(alice.composite_query(program)) == b"self"


def test_a_canister_that_queries_itself_is_as_it_was_before_each_call(alice: Universal) -> None:
    inner = Program().reply_int(Program().add_counter(), 1)
    tell = Program().reply(
        Program().concat(Program().arg(), Program().encode_int(Program().add_counter(), 1))
    )
    program = Program().add_counter(5).drop()
    program = program.call(Program().self_id(), "query", inner.code, on_reply=tell)
    assert replied(alice.composite_query(program)) == b"\x01\x06"


def test_a_loop_of_calls_comes_back(alice: Universal, bob: Universal) -> None:
    inner = Program().reply(Program().concat(b"caller ", Program().caller()))
    to_alice = Program().call(alice.bytes, "query", inner.code)
    program = Program().call(bob.bytes, "composite_query", to_alice.code)
    assert replied(alice.composite_query(program)) == b"caller " + bob.bytes


def test_queries_log_nothing(alice: Universal, bob: Universal) -> None:
    noisy = Program().debug_print(b"here").reply()
    replied(alice.query(noisy))
    replied(alice.composite_query(noisy.call(bob.bytes, "query", noisy.code, on_reply=Program())))
    rejected(alice.query(Program().trap(b"there")), ErrorCode.CANISTER_CALLED_TRAP)
    assert alice.logs == bob.logs == []


def test_queries_cost_nothing(alice: Universal) -> None:
    before = alice.cycles
    for _ in range(3):
        replied(alice.query(Program().busy_loop(10_000).reply()))
    assert alice.cycles == before


def test_composite_queries_ask_the_management_canister(alice: Universal) -> None:
    argument = encode_arguments("canister_status", {"canister_id": alice.canister_id})
    program = Program().call(MANAGEMENT.bytes, "canister_status", argument)
    status = decode_reply("canister_status", replied(alice.composite_query(program)))
    assert status["status"] == {"running": None}


def test_composite_queries_ask_it_nothing_that_is_for_updates(alice: Universal) -> None:
    program = Program().call(
        MANAGEMENT.bytes, "raw_rand", b"DIDL\0\0", on_reject=Program().reply(b"rejected")
    )
    assert replied(alice.composite_query(program)) == b"rejected"


def test_composite_queries_ask_it_with_the_rights_of_the_canister(
    alice: Universal, bob: Universal
) -> None:
    argument = encode_arguments("canister_status", {"canister_id": bob.canister_id})
    program = Program().call(
        MANAGEMENT.bytes, "canister_status", argument, on_reject=Program().reply(b"rejected")
    )
    assert replied(alice.composite_query(program)) == b"rejected"


# Instructions.


@pytest.fixture(scope="module")
def hasty_canisters(engine: Engine) -> Iterator[list[Universal]]:
    """Canisters of a replica that lets queries run for ten million instructions."""
    config = ReplicaConfig(limits=InstructionLimits(query=10_000_000))
    with Replica(config, FrozenClock(START_TIME), engine) as replica:
        yield [make_universal(replica) for _ in range(3)]


def test_a_query_that_needs_too_many_instructions(hasty_canisters: list[Universal]) -> None:
    canister = hasty_canisters[0]
    replied(canister.query(Program().busy_loop(100_000).reply()))
    payload = canister.query(Program().loop_forever())
    rejected(payload, ErrorCode.CANISTER_INSTRUCTION_LIMIT_EXCEEDED, canister.canister_id)


def test_an_update_has_its_own_limit(hasty_canisters: list[Universal]) -> None:
    work = Program().busy_loop(5_000_000).reply()
    rejected(hasty_canisters[0].query(work), ErrorCode.CANISTER_INSTRUCTION_LIMIT_EXCEEDED)
    replied(hasty_canisters[0].update(work))
    replied(hasty_canisters[0].update(work, "query"))


def test_calls_share_the_instructions_of_the_query(hasty_canisters: list[Universal]) -> None:
    first, *others = hasty_canisters
    work = Program().busy_loop(400_000)
    alone = work.reply()
    replied(first.query(alone))
    program = work.reply()
    for callee in others:
        program = work.call(callee.bytes, "composite_query", program.code)
    payload = first.composite_query(program)
    rejected(payload, ErrorCode.QUERY_CALL_GRAPH_TOTAL_INSTRUCTION_LIMIT_EXCEEDED)
