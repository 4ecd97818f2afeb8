"""Specification: "Request status", "Overview of canister calling", "Reject codes"."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ic_factory.protocol.principal import Principal
from ic_factory.replica import Replica
from tests.canisters.universal import Program
from tests.conformance.https_interface.management_calls import manage
from tests.conformance.https_interface.world import (
    CALLER,
    COUNT_UP,
    READ_COUNTER,
    START,
    World,
    assert_refused,
)
from tests.conformance.spec_client.certificates import Certificate
from tests.conformance.spec_client.connection import (
    MINUTE,
    NOBODY,
    Outcome,
    encode,
    envelope,
    outcome_of,
    request_id,
)
from tests.conformance.spec_client.hash_trees import Missing
from tests.conformance.spec_client.identities import user

ROUND_MESSAGES = 200
"""How many messages a round executes at most; more of them wait."""


@pytest.fixture
def by_hand(world: World) -> Iterator[Replica]:
    """The same replica whose rounds the test runs."""
    with world.replica.fork() as replica:
        yield replica


def submit(world: World, replica: Replica, program: Program, expiry: int | None = None) -> bytes:
    """Takes in a call and runs no round; returns its request id."""
    content = world.connection.call_content(world.canister_id, "update", program.code)
    if expiry is not None:
        content["ingress_expiry"] = expiry
    replica.submit(Principal(world.canister_id), encode(envelope(content)))
    return request_id(content)


def certified(world: World, replica: Replica, rid: bytes) -> Certificate:
    return world.connection.certified(replica.certificate_of_request(rid))


def status(world: World, replica: Replica, rid: bytes) -> bytes | Missing:
    return certified(world, replica, rid)[b"request_status", rid, b"status"]


# The way of a call.


def test_a_call_is_unknown_before_the_subnet_has_it(world: World, by_hand: Replica):
    rid = submit(world, by_hand, Program().reply())
    assert status(world, by_hand, rid) is Missing.ABSENT


def test_a_call_is_received_before_it_is_started(world: World, by_hand: Replica):
    for _ in range(ROUND_MESSAGES):
        submit(world, by_hand, Program().reply())
    last = submit(world, by_hand, Program().reply(b"late"))
    by_hand.tick()
    assert status(world, by_hand, last) == b"received"
    assert set(certified(world, by_hand, last).values()) == {
        (b"request_status", last, b"status"),
        (b"time",),
    }
    by_hand.tick()
    assert outcome_of(certified(world, by_hand, last), last) == Outcome("replied", b"late")


def test_a_received_call_that_expires_is_rejected(world: World, by_hand: Replica):
    for _ in range(ROUND_MESSAGES):
        submit(world, by_hand, Program().reply())
    last = submit(world, by_hand, Program().add_counter().drop().reply(), START + 2 * MINUTE)
    by_hand.tick()
    assert status(world, by_hand, last) == b"received"
    by_hand.set_time(START + 2 * MINUTE + 1)
    by_hand.tick()
    outcome = outcome_of(certified(world, by_hand, last), last)
    assert (outcome.status, outcome.reject_code, outcome.error_code) == ("rejected", 2, "IC0202")
    counter = by_hand.query_call(Principal(world.canister_id), "query", READ_COUNTER)
    assert counter.data == bytes(8)


def test_a_call_is_processing_while_it_waits_for_another_canister(world: World, by_hand: Replica):
    """The callee replies only when its queue comes around, after a full round of others."""
    for _ in range(ROUND_MESSAGES - 1):
        submit(world, by_hand, Program().reply())
    calling = Program().call(world.other_id, "update", Program().reply(b"done").code)
    rid = submit(world, by_hand, calling)
    by_hand.tick()
    assert status(world, by_hand, rid) == b"processing"
    while status(world, by_hand, rid) == b"processing":
        by_hand.tick()
    assert outcome_of(certified(world, by_hand, rid), rid) == Outcome("replied", b"done")


def test_a_call_that_has_begun_is_not_ended_by_its_expiry(world: World, by_hand: Replica):
    for _ in range(ROUND_MESSAGES - 1):
        submit(world, by_hand, Program().reply())
    calling = Program().call(world.other_id, "update", Program().reply(b"done").code)
    rid = submit(world, by_hand, calling, START + MINUTE)
    by_hand.tick()
    assert status(world, by_hand, rid) == b"processing"
    by_hand.set_time(START + 2 * MINUTE)
    by_hand.tick()
    by_hand.tick()
    assert outcome_of(certified(world, by_hand, rid), rid) == Outcome("replied", b"done")


# How it ends.


def test_replied(world: World):
    outcome = world.connection.call(world.canister_id, "update", Program().reply(b"x").code)
    assert outcome == Outcome("replied", reply=b"x")


def test_an_empty_reply_is_a_reply(world: World):
    outcome = world.connection.call(world.canister_id, "update", Program().reply(b"").code)
    assert outcome == Outcome("replied", reply=b"")


def test_a_large_reply_is_certified_whole(world: World):
    size = 1_900_000
    program = Program().reply(Program().new_buffer(size))
    outcome = world.connection.call(world.canister_id, "update", program.code)
    assert outcome.reply == bytes(size)


MANY_ENDS: dict[str, tuple[Program, str, int, str]] = {
    "an explicit reject": (Program().reject(b"no"), "update", 4, "IC0406"),
    "an explicit trap": (Program().trap(b"no"), "update", 5, "IC0503"),
    "a trap of WebAssembly": (Program().unreachable(), "update", 5, "IC0502"),
    "stack overflow": (Program().overflow_stack(), "update", 5, "IC0502"),
    "no answer": (Program(), "no_reply", 5, "IC0506"),
    "a contract violation": (Program().reply().reply(), "update", 5, "IC0504"),
    "no such method": (Program(), "nothing", 5, "IC0536"),
    "a composite query": (Program(), "composite_query", 5, "IC0527"),
}


@pytest.mark.parametrize("case", sorted(MANY_ENDS))
def test_rejected(world: World, case: str):
    program, method, reject_code, error_code = MANY_ENDS[case]
    outcome = world.connection.call(world.canister_id, method, program.code)
    assert outcome.status == "rejected"
    assert (outcome.reject_code, outcome.error_code) == (reject_code, error_code)
    assert outcome.reply is None
    if case != "an explicit reject":
        assert world.connection.principal_text(world.canister_id) in (outcome.reject_message or "")
    else:
        assert outcome.reject_message == "no"


def test_a_reject_message_is_text_whatever_the_canister_says(world: World):
    program = Program().reject("été ⚡".encode())
    outcome = world.connection.call(world.canister_id, "update", program.code)
    assert outcome.reject_message == "été ⚡"


def test_a_reject_code_of_the_callee_does_not_become_the_callers(world: World):
    """A canister that passes a reject on rejects by itself: always CANISTER_REJECT."""
    program = Program().call(world.other_id, "update", Program().trap(b"deep down").code)
    outcome = world.connection.call(world.canister_id, "update", program.code)
    assert (outcome.reject_code, outcome.error_code) == (4, "IC0406")
    assert "deep down" in (outcome.reject_message or "")


# Who may know.


def test_only_its_sender_reads_a_requests_status(world: World):
    sender = user("a user")
    content = world.connection.call_content(world.canister_id, "update", CALLER, sender)
    world.connection.send(content, sender)
    rid = request_id(content)
    for suffix in [(), (b"status",), (b"reply",), (b"reject_code",), (b"error_code",)]:
        path = [b"request_status", rid, *suffix]
        certificate = world.connection.read_state(world.canister_id, [path], sender)
        assert certificate[b"request_status", rid, b"status"] is not Missing.ABSENT
        for other in (NOBODY, world.stranger, world.controller):
            read = world.connection.content("read_state", other, paths=[path])
            response = world.connection.send(read, other, effective_id=world.canister_id)
            assert_refused(world, response)


def test_an_anonymous_request_is_read_by_nobody_but_the_anonymous(world: World):
    content = world.connection.call_content(world.canister_id, "update", CALLER)
    world.connection.send(content)
    path = [b"request_status", request_id(content)]
    read = world.connection.content("read_state", world.stranger, paths=[path])
    response = world.connection.send(read, world.stranger, effective_id=world.canister_id)
    assert_refused(world, response)
    assert world.connection.read_state(world.canister_id, [path]).labels(*path)


def test_the_status_is_at_the_effective_canister_id(world: World):
    content = world.connection.call_content(world.canister_id, "update", CALLER)
    world.connection.send(content)
    path = [b"request_status", request_id(content)]
    for kind, target in ("canister", world.other_id), ("subnet", world.subnet_id):
        read = world.connection.content("read_state", paths=[path])
        response = world.connection.send(read, effective_id=target, kind=kind)
        assert_refused(world, response)


def test_the_status_of_a_management_call_is_at_the_managed_canister(world: World):
    manage(world, "start_canister")


def test_anybody_may_ask_for_a_request_that_is_not_known(world: World):
    path = (b"request_status", bytes(32), b"status")
    for identity in (NOBODY, world.stranger):
        certificate = world.connection.read_state(world.other_id, [path], identity)
        assert certificate[path] is Missing.ABSENT


def test_one_read_is_about_one_request(world: World):
    paths = [[b"request_status", bytes(32)], [b"request_status", b"\x01" + bytes(31)]]
    read = world.connection.content("read_state", paths=paths)
    response = world.connection.send(read, effective_id=world.canister_id)
    assert_refused(world, response, "request")


def test_a_certificate_of_one_request_hides_the_others(world: World):
    first = world.connection.call_content(world.canister_id, "update", Program().reply(b"1").code)
    second = world.connection.call_content(world.canister_id, "update", Program().reply(b"2").code)
    for content in (first, second):
        world.connection.send(content)
    path = (b"request_status", request_id(first))
    certificate = world.connection.read_state(world.canister_id, [path])
    assert {found[:2] for found in certificate.values()} == {path, (b"time",)}


# How long.


def test_an_answer_is_kept_for_five_minutes(world: World):
    expiry = world.connection.now() + MINUTE
    content = world.connection.call_content(world.canister_id, "update", CALLER)
    content["ingress_expiry"] = expiry
    world.connection.send(content)
    path = (b"request_status", request_id(content), b"status")
    world.advance_time(5 * MINUTE - 1000)
    assert world.connection.read_state(world.canister_id, [path])[path] == b"replied"


def test_an_answer_is_kept_until_the_call_can_not_be_replayed(world: World):
    content = world.connection.call_content(world.canister_id, "update", COUNT_UP)
    content["ingress_expiry"] = START + 6 * MINUTE
    world.replica.set_time(START + 1)
    world.connection.send(content)
    path = (b"request_status", request_id(content), b"status")
    world.replica.set_time(START + 6 * MINUTE)
    world.replica.tick()
    assert world.connection.read_state(world.canister_id, [path])[path] == b"replied"
    world.connection.send(content)
    assert world.count() == 1


def test_an_answer_is_forgotten_in_the_end(world: World):
    content = world.connection.call_content(world.canister_id, "update", CALLER)
    world.connection.send(content)
    path = (b"request_status", request_id(content), b"status")
    world.advance_time(11 * MINUTE)
    world.connection.call(world.other_id, "update", CALLER)
    assert world.connection.read_state(world.canister_id, [path])[path] is Missing.ABSENT


def test_a_new_message_is_forgotten_no_later_than_older_ones_with_a_later_expiry(world: World):
    """A long-lived request before it must not keep an expired one for ever."""
    long_lived = world.connection.call_content(world.canister_id, "update", CALLER)
    long_lived["ingress_expiry"] = world.connection.now() + 6 * MINUTE
    world.connection.send(long_lived)
    brief = world.connection.call_content(world.canister_id, "update", CALLER)
    brief["ingress_expiry"] = world.connection.now() + MINUTE
    world.connection.send(brief)
    world.advance_time(12 * MINUTE)
    path = (b"request_status", request_id(brief), b"status")
    assert world.connection.read_state(world.canister_id, [path])[path] is Missing.ABSENT
