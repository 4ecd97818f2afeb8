"""Specification: "Responding"."""

from __future__ import annotations

import pytest

from ic_factory.replica import Replica
from ic_factory.replica.rejects import ErrorCode, RejectCode
from tests.canisters.universal import Hook, Program
from tests.conformance.canister_interface.canisters import (
    SECOND,
    Universal,
    full_universal,
    make_universal,
    rejected,
    replied,
)

MAX_RESPONSE = 2 * 1024**2
MAX_QUERY_RESPONSE = 3 * 1024**2

METHODS = pytest.mark.parametrize("method", ["update", "query", "composite_query"])


def ask(canister: Universal, method: str, program: Program):
    """An update call to an update method, a query call to the others."""
    if method == "update":
        return canister.update(program)
    return canister.query(program, method)


@METHODS
def test_a_reply_is_what_was_appended_in_order(alice: Universal, method: str) -> None:
    program = Program().reply_data_append(b"one ").reply_data_append(b"two ").reply(b"three")
    assert replied(ask(alice, method, program)) == b"one two three"


@METHODS
def test_a_reply_may_be_empty(alice: Universal, method: str) -> None:
    assert replied(ask(alice, method, Program().msg_reply())) == b""


@METHODS
def test_a_rejection_has_its_text_and_the_code_of_the_canister(
    alice: Universal, method: str
) -> None:
    payload = ask(alice, method, Program().reply_data_append(b"dropped").reject(b"not today"))
    assert rejected(payload, RejectCode.CANISTER_REJECT) == "not today"
    assert str(payload.error_code) == "IC0406"


@METHODS
@pytest.mark.parametrize("first", [Program().reply(b"first"), Program().reject(b"first")])
@pytest.mark.parametrize(
    "second", [Program().reply(), Program().reject(b""), Program().reply_data_append(b"more")]
)
def test_a_second_answer_traps(
    alice: Universal, method: str, first: Program, second: Program
) -> None:
    payload = ask(alice, method, first.then(second))
    rejected(payload, ErrorCode.CANISTER_CONTRACT_VIOLATION, alice.canister_id)


def test_no_answer_is_a_rejection_and_the_changes_stay(alice: Universal) -> None:
    payload = alice.update(Program().store_global(b"kept"))
    rejected(payload, ErrorCode.CANISTER_DID_NOT_REPLY, alice.canister_id)
    assert alice.heap() == b"kept"


@pytest.mark.parametrize("method", ["query", "composite_query"])
def test_no_answer_to_a_query_is_a_rejection(alice: Universal, method: str) -> None:
    rejected(alice.query(Program(), method), ErrorCode.CANISTER_DID_NOT_REPLY)


def test_data_that_was_not_sent_is_gone_in_the_callback(alice: Universal, bob: Universal) -> None:
    program = Program().reply_data_append(b"lost ").call(bob.bytes, "query", Program().reply().code)
    assert replied(alice.update(program)) == b""


def test_a_callback_can_answer(alice: Universal, bob: Universal) -> None:
    callee = Program().reply(b"from Bob")
    forward = Program().reply(Program().concat(b"it came ", Program().arg()))
    program = Program().call(bob.bytes, "update", callee.code, on_reply=forward)
    assert replied(alice.update(program)) == b"it came from Bob"


def test_a_callback_that_answers_again_traps(alice: Universal, bob: Universal) -> None:
    again = Program().store_global(b"came by").reply(b"second")
    program = Program().call(bob.bytes, "query", Program().reply().code, on_reply=again)
    assert replied(alice.update(program.reply(b"first"))) == b"first"
    alice.replica.tick()
    assert alice.heap() == b""


def test_a_callback_of_a_system_task_has_nobody_to_answer(replica: Replica, bob: Universal) -> None:
    canister = make_universal(replica, full_universal())
    answering = Program().debug_print(b"called back").reply()
    program = Program().call(bob.bytes, "query", Program().reply().code, on_reply=answering)
    canister.set_hook(Hook.HEARTBEAT, program.store_global(b"beat"))
    replica.advance_time(2 * SECOND)
    replica.tick()
    canister.set_hook(Hook.HEARTBEAT, Program())
    assert canister.heap() == b"beat"
    assert b"called back" in canister.logs


@pytest.mark.parametrize(
    ("method", "limit"),
    [
        ("update", MAX_RESPONSE),
        ("query", MAX_QUERY_RESPONSE),
        ("composite_query", MAX_QUERY_RESPONSE),
    ],
)
def test_replies_are_bounded(alice: Universal, method: str, limit: int) -> None:
    longest = Program().reply(Program().new_buffer(limit))
    assert len(replied(ask(alice, method, longest))) == limit
    payload = ask(alice, method, Program().reply(Program().new_buffer(limit + 1)))
    rejected(payload, ErrorCode.CANISTER_CONTRACT_VIOLATION, limit + 1, limit)


def test_a_replicated_query_replies_no_more_than_an_update(alice: Universal) -> None:
    longest = Program().reply(Program().new_buffer(MAX_RESPONSE))
    assert len(replied(alice.update(longest, "query"))) == MAX_RESPONSE
    payload = alice.update(Program().reply(Program().new_buffer(MAX_RESPONSE + 1)), "query")
    rejected(payload, ErrorCode.CANISTER_CONTRACT_VIOLATION)


def test_pieces_of_a_reply_count_together(alice: Universal) -> None:
    half = Program().reply_data_append(Program().new_buffer(MAX_RESPONSE // 2))
    assert len(replied(alice.update(half.then(half).msg_reply()))) == MAX_RESPONSE
    payload = alice.update(half.then(half).reply(b"!"))
    rejected(payload, ErrorCode.CANISTER_CONTRACT_VIOLATION)


def test_the_text_of_a_rejection_is_bounded(alice: Universal) -> None:
    payload = alice.update(Program().reject(Program().new_buffer(MAX_RESPONSE + 1)))
    rejected(payload, ErrorCode.CANISTER_CONTRACT_VIOLATION, MAX_RESPONSE + 1)


@METHODS
def test_the_text_of_a_rejection_must_be_utf8(alice: Universal, method: str) -> None:
    payload = ask(alice, method, Program().reject(b"\xc3\x28"))
    rejected(payload, ErrorCode.CANISTER_CONTRACT_VIOLATION)


@METHODS
def test_what_lies_outside_of_memory_is_not_replied(alice: Universal, method: str) -> None:
    outside = Program().multiply(Program().memory_size(), 65536)
    for name in ("msg_reply_data_append", "msg_reject"):
        payload = ask(alice, method, Program().system_call(name, outside, 1))
        assert not hasattr(payload, "data"), name
    whole = Program().system_call("msg_reply_data_append", 0, 0xFFFFFFFF)
    assert not hasattr(ask(alice, method, whole), "data")
