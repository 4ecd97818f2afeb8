"""Specification: "Performance counter"."""

from __future__ import annotations

import pytest

from ic_factory.replica.rejects import ErrorCode
from tests.canisters.universal import Program
from tests.conformance.canister_interface.canisters import Universal, rejected, replied

NOTHING = Program().reply().code
MESSAGE, CALL_CONTEXT = 0, 1
WORK = Program().busy_loop(50_000)


def counter(kind: int) -> Program:
    return Program().encode_int(Program().performance_counter(kind))


def numbers(data: bytes) -> list[int]:
    return [int.from_bytes(data[at : at + 8], "little") for at in range(0, len(data), 8)]


@pytest.mark.parametrize("kind", [MESSAGE, CALL_CONTEXT])
def test_it_grows_with_the_work(alice: Universal, kind: int) -> None:
    read = Program().reply_data_append(counter(kind))
    first, second, third = numbers(replied(alice.update(read.then(read, WORK, read).msg_reply())))
    assert 0 < first < second < third
    assert third - second > second - first + 50_000


def test_both_are_the_same_in_the_first_message(alice: Universal) -> None:
    both = Program().reply(Program().concat(counter(MESSAGE), counter(CALL_CONTEXT)))
    for payload in (alice.update(both), alice.query(both), alice.composite_query(both)):
        message, call_context = numbers(replied(payload))
        assert 0 < call_context - message < 10_000


def test_a_callback_counts_itself_and_its_call_context(alice: Universal, bob: Universal) -> None:
    tell = Program().reply(
        Program().concat(Program().load_global(), counter(MESSAGE), counter(CALL_CONTEXT))
    )
    program = WORK.call(bob.bytes, "update", NOTHING, on_reply=tell)
    program = program.store_global(counter(MESSAGE))
    for payload in (alice.update(program), alice.composite_query(in_query(program))):
        method, callback, call_context = numbers(replied(payload))
        assert callback < method
        assert method < call_context


def in_query(program: Program) -> Program:
    """The same with a call to a query method."""
    return Program(program.code.replace(b"\x06\x00\x00\x00update", b"\x05\x00\x00\x00query"))


def test_each_call_context_counts_anew(alice: Universal) -> None:
    read = Program().reply(counter(CALL_CONTEXT))
    replied(alice.update(WORK.reply()))
    first = numbers(replied(alice.update(read)))[0]
    replied(alice.update(WORK.reply()))
    second = numbers(replied(alice.update(read)))[0]
    assert abs(second - first) < 10_000


def test_callees_count_apart(alice: Universal, bob: Universal) -> None:
    heavy = Program().busy_loop(2_000_000).reply().code
    tell = Program().reply(counter(CALL_CONTEXT))
    light_total = numbers(
        replied(alice.update(Program().call(bob.bytes, "query", NOTHING, on_reply=tell)))
    )[0]
    heavy_total = numbers(
        replied(alice.update(Program().call(bob.bytes, "query", heavy, on_reply=tell)))
    )[0]
    assert heavy_total - light_total < 10_000
    composite = Program().call(bob.bytes, "query", heavy, on_reply=tell)
    assert numbers(replied(alice.composite_query(composite)))[0] < light_total + 10_000


@pytest.mark.parametrize("kind", [2, 2**31, 2**32 - 1])
def test_there_are_no_other_counters(alice: Universal, kind: int) -> None:
    payload = alice.update(Program().reply(counter(kind)))
    rejected(payload, ErrorCode.CANISTER_CONTRACT_VIOLATION, kind)


def test_it_is_deterministic(alice: Universal) -> None:
    program = WORK.reply(counter(MESSAGE))
    assert replied(alice.query(program)) == replied(alice.query(program))
