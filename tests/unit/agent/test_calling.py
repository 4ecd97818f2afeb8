"""The course of an update call, by a clock that tests move."""

from contextlib import suppress
from itertools import cycle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ic_factory.agent import errors
from ic_factory.agent.calling import (
    FIRST_POLL_SECONDS,
    LONGEST_POLL_SECONDS,
    STATUS_KEPT_FOR,
    RequestStatus,
    SentCall,
    await_answer,
    call,
    status_of,
)
from ic_factory.agent.errors import Attempt
from ic_factory.agent.transport import Response, Unanswered
from ic_factory.protocol import cbor
from tests.agent.subnets import read_body
from tests.unit.agent.scripted import (
    ACCEPTED,
    CANISTER,
    DONE,
    DROPPED,
    EXPIRY,
    HOPELESS,
    NOT_HERE,
    PATIENCE,
    PROCESSING,
    RECEIVED,
    REFUSED,
    REJECTED,
    REPLIED,
    SECOND,
    START,
    SUBNET,
    UNKNOWN,
    Hand,
    asked_for,
    by_status,
    called,
    request_id_of,
)

REJECT = {"reject_code": 4, "reject_message": "no", "error_code": "IC0516"}
UNCERTIFIED = Response(200, cbor.encode(REJECT))


def test_a_certified_reply_ends_the_call_at_once():
    hand = Hand()
    assert called(hand, [hand.replied]) == b"reply"
    assert (hand.paths, hand.pauses) == (["v4 call"], [])


def test_equal_calls_are_two_requests():
    hand = Hand()
    terms = hand.terms()
    for _ in range(2):
        hand.run(call(terms, CANISTER, "go", b"", CANISTER, PATIENCE), [hand.replied])
    first, second = hand.sent
    assert first.body != second.body


def test_a_call_falls_to_older_endpoints_and_remembers_them():
    hand = Hand()
    terms = hand.terms()

    def old(exchange):
        return ACCEPTED if "/v2/" in exchange.path else NOT_HERE

    answers = by_status(hand, REPLIED)
    for _ in range(2):
        flow = call(terms, CANISTER, "go", b"", CANISTER, PATIENCE)
        hand.run(
            flow, lambda e: old(e) if e.path.endswith("/call") or "/v3/" in e.path else answers(e)
        )
    first = ["v4 call", "v3 call", "v2 call", "v3 read_state", "v2 read_state"]
    assert hand.paths == [*first, "v2 call", "v2 read_state"]


def test_endpoints_that_another_thread_has_given_up_are_no_trouble():
    endpoints = Hand().terms().endpoints
    endpoints.found("call", "/api/v2/canister/x/call")
    endpoints.found("call", "/api/v4/canister/x/call")
    assert endpoints.paths("call", CANISTER) == (f"/api/v2/canister/{CANISTER}/call",)


def test_an_accepted_call_is_asked_for_more_and_more_seldom():
    hand = Hand()
    answers = by_status(hand, UNKNOWN, RECEIVED, *[PROCESSING] * 15, REPLIED)
    assert called(hand, answers) == b"reply"
    assert hand.paths == ["v4 call", *["v3 read_state"] * 18]
    assert hand.pauses[0] == FIRST_POLL_SECONDS
    assert hand.pauses[-1] == LONGEST_POLL_SECONDS
    assert hand.pauses == sorted(hand.pauses)


@pytest.mark.parametrize("at_once", [True, False])
def test_a_certified_reject_is_raised_with_all_it_says(at_once):
    hand = Hand()
    answers = by_status(hand, REJECTED)
    if at_once:
        answers = [lambda e: Response(200, hand.call_body(request_id_of(e), **REJECTED))]
    with pytest.raises(errors.CanisterReject, match="trapped") as caught:
        called(hand, answers)
    reject = caught.value
    assert type(reject) is errors.CanisterReject
    assert (reject.code, reject.error_code, reject.message) == (5, "IC0503", "trapped")
    assert (reject.canister, reject.method) == (CANISTER, "go")
    assert reject.request_id == request_id_of(hand.sent[0])


def test_a_certified_reject_may_have_no_error_code():
    hand = Hand()
    without = {name: value for name, value in REJECTED.items() if name != "error_code"}
    with pytest.raises(errors.CanisterReject) as caught:
        called(hand, by_status(hand, without))
    assert caught.value.error_code is None


@pytest.mark.parametrize(
    "status",
    [
        {"status": b"replied"},
        {"status": b"rejected"},
        {"status": b"rejected", "reject_code": b"\x80"},
        {"status": b"rejected", "reject_code": b"\x01", "reject_message": b"\xff"},
        {"status": b"rejected", "reject_code": b"\x01", "error_code": b"\xff"},
        {"status": b"unheard of"},
        {"status": b"\xff"},
    ],
)
def test_a_certified_status_that_is_out_of_shape_is_malformed(status):
    hand = Hand()
    with pytest.raises(errors.MalformedAnswer, match="certified"):
        called(hand, by_status(hand, status))


def test_an_uncertified_reject_is_one():
    hand = Hand()
    with pytest.raises(errors.UncertifiedReject, match="IC0516") as caught:
        called(hand, [UNCERTIFIED])
    assert (caught.value.code, caught.value.may_have_arrived) == (4, False)
    assert hand.paths == ["v4 call"]


@pytest.mark.parametrize(
    "refusal", [UNCERTIFIED, Response(400, b"expired"), Response(500, b""), HOPELESS]
)
def test_what_a_later_attempt_is_told_does_not_hide_that_the_first_one_arrived(refusal):
    """A canister that stops itself, say: the call ran, and the second attempt is rejected."""
    hand = Hand()
    calls = iter([DROPPED, refusal])
    status = by_status(hand, UNKNOWN, PROCESSING, REPLIED)
    reply = called(hand, lambda e: next(calls) if e.path.endswith("/call") else status(e))
    assert reply == b"reply"
    assert hand.paths[:2] == ["v4 call", "v4 call"]


@pytest.mark.parametrize(
    ("refusal", "kind"),
    [
        (UNCERTIFIED, errors.UncertifiedReject),
        (Response(400, b"expired"), errors.RequestRefused),
        (Response(500, b""), errors.RequestRefused),
        (HOPELESS, errors.TransportError),
    ],
)
def test_a_refusal_stands_where_there_is_no_trace_of_the_call(refusal, kind):
    hand = Hand()
    calls = iter([DROPPED, refusal])
    status = by_status(hand, UNKNOWN)
    with pytest.raises(kind) as caught:
        called(hand, lambda e: next(calls) if e.path.endswith("/call") else status(e))
    assert caught.value.may_have_arrived
    assert 5 < hand.seconds < 10


def test_a_refusal_stands_where_nobody_answers_questions_either():
    hand = Hand()
    calls = iter([DROPPED, UNCERTIFIED])
    with pytest.raises(errors.UncertifiedReject):
        called(hand, lambda e: next(calls) if e.path.endswith("/call") else REFUSED)


def test_the_deadline_ends_the_questions():
    hand = Hand()
    with pytest.raises(errors.DeadlineExceeded, match="processing") as caught:
        called(hand, by_status(hand, PROCESSING), patience=30 * SECOND)
    assert 29 <= hand.seconds <= 30
    assert caught.value.attempt.request_id == request_id_of(hand.sent[0])


def test_the_deadline_ends_the_sending():
    hand = Hand()
    with pytest.raises(errors.TransportError):
        called(hand, [DROPPED], patience=30 * SECOND)
    assert hand.seconds <= 30 * 1.5


def test_an_answer_that_is_there_is_taken_however_short_the_patience():
    hand = Hand()
    assert called(hand, [hand.replied], patience=0) == b"reply"
    hand = Hand()
    assert called(hand, by_status(hand, REPLIED), patience=0) == b"reply"


def test_a_network_that_fails_between_the_questions_leaves_the_id_of_the_call():
    hand = Hand()
    with pytest.raises(errors.TransportError, match="asking for the answer to update go") as caught:
        called(hand, lambda e: ACCEPTED if e.path.endswith("/call") else DROPPED)
    assert caught.value.attempt.request_id == request_id_of(hand.sent[0])
    assert hand.now <= START + PATIENCE


def test_a_call_that_stays_unknown_expires_for_certain():
    hand = Hand()
    with pytest.raises(errors.CallExpired, match="safe to call again"):
        called(hand, by_status(hand, UNKNOWN), ingress_expiry=20 * SECOND)
    assert 20 < hand.seconds < 22


def test_a_call_that_is_known_does_not_expire():
    hand = Hand()
    with pytest.raises(errors.DeadlineExceeded):
        called(hand, by_status(hand, PROCESSING), 30 * SECOND, ingress_expiry=20 * SECOND)
    assert hand.seconds > 28


def late_question(hand, silence):
    """Accepts the call, and answers the first question after so many nanoseconds of silence."""

    def answer(exchange):
        if exchange.path.endswith("/call"):
            hand.now += silence
            return ACCEPTED
        return hand.status(asked_for(exchange))

    return answer


def test_a_call_whose_trace_may_be_gone_is_not_said_to_have_expired():
    """Nobody could be asked for so long that the IC may have executed it and forgotten."""
    hand = Hand()
    answers = late_question(hand, STATUS_KEPT_FOR)
    with pytest.raises(errors.AnswerForgotten, match="before you call again"):
        called(hand, answers, patience=10**12)
    hand = Hand()
    with pytest.raises(errors.CallExpired):
        called(hand, late_question(hand, EXPIRY + 1), patience=10**12)


def test_a_clock_that_is_ahead_makes_nothing_certain():
    """Ours is a minute ahead, so that the IC's time alone would tell of four minutes."""
    hand = Hand()
    ahead = 60 * SECOND

    def answer(exchange):
        if exchange.path.endswith("/call"):
            hand.now += EXPIRY + ahead + SECOND
            return ACCEPTED
        return Response(200, read_body(SUBNET.of_request(asked_for(exchange), hand.now - ahead)))

    with pytest.raises(errors.AnswerForgotten):
        called(hand, answer, patience=10**12)


def test_a_call_that_is_done_has_been_executed():
    hand = Hand()
    with pytest.raises(errors.AnswerForgotten, match="executed and answered"):
        called(hand, by_status(hand, PROCESSING, DONE))


def test_a_call_of_somebody_else_is_awaited_until_the_deadline():
    hand = Hand()
    attempt = Attempt("update", CANISTER, "http://network", b"\x07" * 32)
    sent = SentCall(attempt, "", CANISTER, None, START + 30 * SECOND)
    flow = await_answer(hand.terms(), sent, unknown_at=None)
    with pytest.raises(errors.DeadlineExceeded, match="it is unknown"):
        hand.run(flow, by_status(hand, UNKNOWN))
    flow = await_answer(hand.terms(), sent, unknown_at=None)
    assert hand.run(flow, by_status(hand, REPLIED)) == b"reply"


@pytest.mark.parametrize("status", RequestStatus)
def test_the_status_of_a_call_is_told(status):
    hand = Hand()
    attempt = Attempt("update", CANISTER, "http://network", b"\x07" * 32)
    sent = SentCall(attempt, "", CANISTER, None, START + PATIENCE)
    shown = {} if status is RequestStatus.UNKNOWN else {"status": status.value.encode()}
    found, state = hand.run(status_of(hand.terms(), sent), by_status(hand, shown))
    assert found is status
    assert state.time == START


statuses = st.sampled_from([UNKNOWN, RECEIVED, PROCESSING, REPLIED, REJECTED, DONE])
outcomes = st.one_of(
    st.just("status"),
    st.builds(
        Response,
        st.sampled_from([200, 202, 202, 202, 302, 400, 404, 405, 429, 500, 502, 503, 504]),
        st.binary(max_size=9) | st.just(UNCERTIFIED.body),
        st.none() | st.floats(0, 300),
    ),
    st.builds(Unanswered, st.just("lost"), st.booleans(), st.booleans()),
)


@settings(max_examples=80)
@given(
    st.lists(outcomes, min_size=1, max_size=8),
    st.lists(statuses, min_size=1, max_size=8),
    st.sampled_from([0, 10**6, 9 * SECOND]),
)
def test_any_sequence_of_outcomes_ends_soon_and_raises_nothing_but_agent_errors(
    script, shown, takes
):
    hand = Hand(exchange_takes=takes)
    script, shown = cycle(script), cycle(shown)

    def answer(exchange):
        outcome = next(script)
        if outcome != "status":
            return outcome
        if exchange.path.endswith("/call"):
            return hand.replied(exchange)
        return hand.status(asked_for(exchange), **next(shown))

    with suppress(errors.AgentError):
        assert called(hand, answer, patience=20 * SECOND) == b"reply"
    assert hand.seconds <= 20 + 10 + 10 * takes / SECOND
    assert len({one.body for one in hand.sent if one.path.endswith("/call")}) == 1
