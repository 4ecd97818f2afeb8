"""Faults on the way: each is survived, or ends in a clear error soon, and no update runs twice."""

from __future__ import annotations

import time
from functools import partial

import pytest

from ic_factory.agent import errors
from ic_factory.agent.http import MAX_BODY
from ic_factory.protocol import cbor
from tests.agent import deeds
from tests.agent.conftest import NOTHING, agent_at, nat64
from tests.agent.man_in_the_middle import ManInTheMiddle, Raw, Said, pass_on

LATER = (429, 502, 503, 504)

PATIENCE = 1.0

GARBAGE = Said(200, b"\xff\x00garbage")
PAGE = Said(200, b"<html>Please log in</html>", deeds.HTML)
REJECT = Said(
    200,
    cbor.encode({"status": "non_replicated_rejection", "reject_code": 4, "reject_message": "no"}),
)
HUGE = Said(200, bytes(MAX_BODY + 1))
ACCEPTED = Said(202)
BROKEN = Said(500, b"out of memory", deeds.TEXT)
EXPIRED = Said(400, b"Invalid request expiry", deeds.TEXT)
NOT_HTTP = Raw(b"SSH-2.0-OpenSSH_9.6\r\n")

SURVIVED = {
    "dropped before": [deeds.hang_up_before],
    "dropped after": [deeds.hang_up_after],
    "dropped again and again": [deeds.hang_up_before, deeds.hang_up_after] * 2,
    "cut off": [deeds.truncate],
    "cut off in its headers": [deeds.break_off_headers],
    "delayed": [deeds.delay(0.1)],
    "requested twice": [deeds.repeat_request],
    "another protocol": [lambda *_: NOT_HTTP],
    "wait as long as now": [deeds.say(deeds.status(503, ("retry-after", "0")))],
    "wait a bit": [deeds.say(deeds.status(429, ("retry-after", "0.1")))],
    "wait until a date": [
        deeds.say(deeds.status(503, ("retry-after", "Wed, 21 Oct 2015 07:28:00 GMT")))
    ],
    "wait nonsense": [deeds.say(deeds.status(503, ("retry-after", "nan")))],
    "404 for the newest endpoint": [deeds.say(deeds.status(404))],
    **{f"{one} before": [deeds.say(deeds.status(one))] for one in LATER},
    **{f"{one} after": [deeds.say_after(deeds.status(one))] for one in LATER},
    "one after another": [
        deeds.say_after(deeds.status(503)),
        deeds.hang_up_after,
        deeds.truncate,
        deeds.hang_up_before,
    ],
}

SURVIVED_BY_CALLS = {
    "the answer withheld": [deeds.say_after(ACCEPTED)],
    "broken inside, after": [deeds.say_after(BROKEN)],
    "too big an answer": [deeds.say_after(HUGE)],
    "a lost answer, then expired": [deeds.hang_up_after, deeds.say(EXPIRED)],
    "a lost answer, then a reject": [deeds.hang_up_after, deeds.say(REJECT)],
    "a bad gateway, then no such page": [
        deeds.say_after(deeds.status(502)),
        *[deeds.say(deeds.status(404))] * 3,
    ],
}

REFUSED = {
    "a reason": (Said(400, b"too\x1b[31m\nsoon", deeds.TEXT), errors.RequestRefused, "400: too"),
    "a page": (
        Said(403, b"<html>Forbidden</html>", deeds.HTML),
        errors.RequestRefused,
        "Forbidden",
    ),
    "nothing": (Said(413), errors.RequestRefused, "413: no reason given"),
    "elsewhere": (Said(302, b"", (("location", "/"),)), errors.RequestRefused, "302"),
    "elsewhere, the same way": (
        Said(307, b"", (("location", "http://192.0.2.1/"),)),
        errors.RequestRefused,
        "307",
    ),
    "no such page": (deeds.status(404), errors.RequestRefused, "404"),
    "broken inside": (BROKEN, errors.RequestRefused, "500: out of memory"),
    "garbage": (GARBAGE, errors.MalformedAnswer, "not CBOR"),
    "a page that says all is well": (PAGE, errors.MalformedAnswer, "not CBOR"),
    "nothing at all": (Said(200), errors.MalformedAnswer, "not CBOR"),
    "a number": (Said(200, b"\x05"), errors.MalformedAnswer, "no CBOR map"),
    "an empty map": (Said(200, b"\xa0"), errors.MalformedAnswer, "is missing"),
    "something packed": (
        Said(200, b"\x1f\x8b\x08\x00", (("content-encoding", "gzip"),)),
        errors.MalformedAnswer,
        "not CBOR",
    ),
    "too much": (HUGE, errors.TransportError, "16777216 bytes"),
    "not today": (
        deeds.status(503, ("retry-after", "86400")),
        errors.TransportError,
        "HTTP 503 <html>busy</html>",
    ),
}


@pytest.mark.parametrize("name", [*SURVIVED, *SURVIVED_BY_CALLS])
def test_an_update_survives_and_runs_once(name, agent, man, world, counts):
    man.does(*{**SURVIVED, **SURVIVED_BY_CALLS}[name], only=["call"])
    before = world.count()
    with counts(1):
        assert nat64(agent.update(world.counter, "increment", NOTHING)) == before + 1
    assert not man.deeds
    assert len({asked.body for asked in man.seen if asked.kind == "call"}) == 1


@pytest.mark.parametrize("name", SURVIVED)
def test_a_question_for_an_answer_survives(name, agent, man, world, counts):
    man.does(deeds.say_after(ACCEPTED), *SURVIVED[name], only=["call", "read_state"])
    with counts(1):
        agent.update(world.counter, "increment", NOTHING)
    assert not man.deeds


@pytest.mark.parametrize("name", SURVIVED)
def test_a_query_survives(name, agent, man, world):
    man.does(*SURVIVED[name], only=["query"])
    assert nat64(agent.query(world.counter, "counter", NOTHING)) == world.count()
    assert not man.deeds


@pytest.mark.parametrize("name", SURVIVED)
def test_the_reading_of_the_nodes_survives(name, agent, man, world):
    man.does(*SURVIVED[name], only=["read_state"])
    assert nat64(agent.query(world.counter, "counter", NOTHING)) == world.count()
    assert not man.deeds


@pytest.mark.parametrize("name", REFUSED)
def test_an_update_that_never_arrives_ends_in_a_clear_error(name, agent, man, world, counts):
    said, kind, text = REFUSED[name]
    man.always = deeds.say(said)
    man.does(only=["call"])
    with counts(0), pytest.raises(kind, match="update increment") as caught:
        agent.update(world.counter, "increment", NOTHING, patience=PATIENCE)
    assert type(caught.value) is kind
    assert text in str(caught.value)
    assert str(world.counter) in str(caught.value)
    assert man.url in str(caught.value)


@pytest.mark.parametrize("name", REFUSED)
def test_a_query_or_a_read_ends_in_a_clear_error(name, agent, man, world):
    said, kind, text = REFUSED[name]
    man.always = deeds.say(said)
    for what in (
        lambda: agent.query(world.counter, "counter", NOTHING),
        lambda: agent.read_module_hash(world.counter),
    ):
        with pytest.raises(kind) as caught:
            what()
        assert type(caught.value) is kind
        assert text in str(caught.value)
    assert caught.value.__traceback__ is not None


@pytest.mark.parametrize(
    "said", [GARBAGE, PAGE, Said(400, b"no"), Said(302)], ids=["garbage", "page", "400", "302"]
)
def test_an_update_whose_answer_is_changed_beyond_recognition_runs_once(
    said, agent, man, world, counts
):
    man.does(deeds.say_after(said), only=["call"])
    with counts(1), pytest.raises((errors.MalformedAnswer, errors.RequestRefused)) as caught:
        agent.update(world.counter, "increment", NOTHING)
    # The id serves to ask for the answer all the same.
    assert nat64(agent.await_answer(caught.value.attempt.request_id, world.counter)) > 0


def test_an_answer_that_is_cut_off_unnoticed_is_malformed(agent, man, world, counts):
    man.does(deeds.truncate_unnoticed, only=["call", "query"])
    with counts(1), pytest.raises(errors.MalformedAnswer):
        agent.update(world.counter, "increment", NOTHING)
    man.does(deeds.truncate_unnoticed)
    with pytest.raises(errors.MalformedAnswer):
        agent.query(world.counter, "counter", NOTHING)


@pytest.mark.parametrize("said", [BROKEN, REJECT, EXPIRED], ids=["500", "reject", "expired"])
def test_a_refusal_stands_where_the_network_knows_of_no_call(said, agent, man, world, counts):
    """The first attempt got lost before it arrived, which the agent cannot know."""
    man.does(deeds.hang_up_before, only=["call"])
    man.always = deeds.say(said)
    with (
        counts(0),
        pytest.raises((errors.RequestRefused, errors.UncertifiedReject)) as caught,
    ):
        agent.update(world.counter, "increment", NOTHING, patience=PATIENCE)
    assert caught.value.may_have_arrived
    assert [asked.kind for asked in man.seen].count("read_state") > 1


def test_a_reject_without_a_certificate_says_so(agent, man, world, counts):
    man.always = deeds.say(REJECT)
    with (
        counts(0),
        pytest.raises(errors.UncertifiedReject, match="without a certificate") as caught,
    ):
        agent.update(world.counter, "increment", NOTHING)
    assert (caught.value.code, caught.value.message) == (4, "no")
    assert not caught.value.may_have_arrived


def test_an_update_that_is_said_to_be_accepted_and_never_arrives_ends_at_the_deadline(
    agent, man, world, counts
):
    man.does(only=["call"])
    man.always = deeds.say(ACCEPTED)
    with counts(0), pytest.raises(errors.DeadlineExceeded, match="it is unknown") as caught:
        agent.update(world.counter, "increment", NOTHING, patience=0.3)
    assert caught.value.attempt.request_id.hex() in str(caught.value)


def test_patience_ends_although_the_network_never_answers(agent, man, world, counts):
    man.always = deeds.hang_up_before
    started = time.monotonic()
    with counts(0), pytest.raises(errors.TransportError) as caught:
        agent.update(world.counter, "increment", NOTHING, patience=PATIENCE)
    assert caught.value.may_have_arrived
    assert time.monotonic() - started < 5 * PATIENCE


def test_a_network_that_fails_while_it_is_asked_leaves_the_id_of_the_call(
    agent, man, world, counts
):
    man.does(deeds.say_after(ACCEPTED), only=["call", "read_state"])
    man.always = deeds.hang_up_before
    with counts(1), pytest.raises(errors.TransportError, match="asking for the answer") as caught:
        agent.update(world.counter, "increment", NOTHING, patience=PATIENCE)
    man.always = pass_on
    reply = agent.await_answer(caught.value.attempt.request_id, world.counter, "increment")
    assert nat64(reply) == world.count()


SHIFTED = (errors.ForeignCertificate, errors.MalformedAnswer, errors.UntrustedQueryAnswer)
"""What becomes of the answer to an earlier request on the same connection."""


def test_a_second_answer_is_never_taken_for_that_of_the_next_call(agent, man, world, counts):
    man.does(deeds.repeat_answer_at_once, only=["call"])
    with counts(3):
        last = nat64(agent.update(world.counter, "increment", NOTHING))
        for _ in range(2):
            last += 1
            try:
                assert nat64(agent.update(world.counter, "increment", NOTHING)) == last
            except SHIFTED:
                continue
    assert nat64(agent.update(world.counter, "increment", NOTHING)) == world.count()


def test_a_second_answer_is_never_taken_for_that_of_the_next_query(agent, man, world):
    man.does(deeds.repeat_answer_at_once, only=["query"])
    for _ in range(3):
        try:
            assert nat64(agent.query(world.counter, "counter", NOTHING)) == world.count()
        except SHIFTED:
            continue
    assert nat64(agent.query(world.counter, "counter", NOTHING)) == world.count()


@pytest.mark.slow
def test_an_address_where_nobody_listens_is_given_up_soon(world):
    with ManInTheMiddle(world.url) as gone:
        url = gone.url
    started = time.monotonic()
    with (
        agent_at(url, world.replica.root_key) as agent,
        pytest.raises(errors.TransportError, match="refused") as caught,
    ):
        agent.update(world.counter, "increment", NOTHING)
    assert 3 < time.monotonic() - started < 15
    assert not caught.value.may_have_arrived


@pytest.mark.parametrize("url", ["localhost:4943", "ftp://localhost", "http://[::1", ""])
def test_what_is_no_address_is_refused_at_once(url, world):
    started = time.monotonic()
    with (
        agent_at(url, world.replica.root_key) as agent,
        pytest.raises(errors.TransportError, match="address"),
    ):
        agent.query(world.counter, "counter", NOTHING)
    assert time.monotonic() - started < 1


def test_a_closed_agent_says_so(agent, world):
    agent.close()
    for what in (
        partial(agent.update, world.counter, "increment", NOTHING),
        partial(agent.query, world.counter, "counter", NOTHING),
        partial(agent.read_module_hash, world.counter),
        agent.client.status,
    ):
        with pytest.raises(errors.TransportError, match="closed"):
            what()
