"""How often and how long a request is sent, by a clock that tests move."""

from contextlib import suppress
from itertools import cycle, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ic_factory.agent.errors import Attempt, RequestRefused, TransportError
from ic_factory.agent.flow import (
    FIRST_PAUSE,
    LONGEST_PAUSE,
    RETRIED_STATUSES,
    UNREACHABLE_SECONDS,
    respond,
    respond_at_newest,
)
from ic_factory.agent.transport import Exchange, Response, Unanswered
from tests.unit.agent.scripted import (
    ACCEPTED,
    CANISTER,
    DROPPED,
    EXPIRY,
    HOPELESS,
    NOT_HERE,
    REFUSED,
    START,
    Hand,
)

ATTEMPT = Attempt("update increment", CANISTER, "http://network", bytes(32))
EXCHANGE = Exchange("/api/v4/canister/x/call", b"body")
UNTIL = START + EXPIRY
OK = Response(200, b"ok")
PATHS = tuple(f"/api/{version}/canister/{CANISTER}/call" for version in ("v4", "v3", "v2"))


def responded(hand, *answers, until=UNTIL):
    return hand.run(respond(ATTEMPT, EXCHANGE, until, hand.surroundings), answers)


def responded_at_newest(hand, *answers, until=UNTIL):
    flow = respond_at_newest(ATTEMPT, PATHS, b"body", until, hand.surroundings)
    return hand.run(flow, answers)


def test_an_answer_ends_it_at_once():
    hand = Hand()
    answered = responded(hand, OK)
    assert (answered.response, answered.path) == (OK, EXCHANGE.path)
    assert not answered.arrived_before
    assert (hand.sent, hand.pauses) == ([EXCHANGE], [])


@pytest.mark.parametrize("status", [200, 202, 204, 301, 400, 403, 404, 413, 500, 501])
def test_every_other_status_is_an_answer(status):
    assert responded(Hand(), Response(status, b"")).response.status == status


@pytest.mark.parametrize(
    "later", [REFUSED, DROPPED, *(Response(one, b"") for one in sorted(RETRIED_STATUSES))]
)
def test_the_same_bytes_are_sent_again(later):
    hand = Hand()
    assert responded(hand, later, later, later, OK).response == OK
    assert hand.sent == [EXCHANGE] * 4


@pytest.mark.parametrize(
    ("later", "arrived"),
    [
        (REFUSED, False),
        (DROPPED, True),
        (Response(429, b""), False),
        (Response(502, b""), True),
        (Response(503, b""), True),
        (Response(504, b""), True),
    ],
)
def test_it_is_told_whether_a_former_attempt_may_have_arrived(later, arrived):
    assert responded(Hand(), later, OK).arrived_before is arrived
    assert responded(Hand(), later, REFUSED, OK).arrived_before is arrived


def test_pauses_double_up_to_the_longest():
    hand = Hand()
    responded(hand, *[DROPPED] * 12, OK)
    assert hand.pauses[0] == FIRST_PAUSE
    assert hand.pauses[-1] == LONGEST_PAUSE
    for before, after in pairwise(hand.pauses):
        assert after == min(2 * before, LONGEST_PAUSE)


@given(st.lists(st.floats(0, 1), min_size=12, max_size=12))
def test_pauses_vary_by_chance_within_half(chances):
    hand = Hand(chance=iter(chances).__next__)
    responded(hand, *[DROPPED] * 12, OK)
    for number, (pause, chance) in enumerate(zip(hand.pauses, chances, strict=True)):
        middle = min(FIRST_PAUSE * 2**number, LONGEST_PAUSE)
        assert middle / 2 <= pause <= middle * 3 / 2
        assert pause == middle * (0.5 + chance)


def test_a_wish_to_wait_longer_is_granted():
    hand = Hand()
    responded(hand, Response(503, b"", 20.0), Response(503, b"", 0.0), OK)
    assert hand.pauses == [20.0, 2 * FIRST_PAUSE]


@pytest.mark.parametrize("seconds", [241.0, 1e300, float("inf")])
def test_a_wish_to_wait_beyond_the_expiry_ends_it(seconds):
    hand = Hand()
    with pytest.raises(TransportError, match="1 attempt to send 4 bytes"):
        responded(hand, Response(503, b"", seconds))
    assert hand.pauses == []


def test_it_gives_up_when_the_request_expires():
    hand = Hand()
    with pytest.raises(TransportError, match="connection lost") as caught:
        responded(hand, DROPPED)
    assert EXPIRY / 1e9 - 1.5 * LONGEST_PAUSE <= hand.seconds <= EXPIRY / 1e9
    assert caught.value.may_have_arrived
    assert f"{len(hand.sent)} attempts to send 4 bytes to {EXCHANGE.path}" in str(caught.value)
    assert "http://network" in str(caught.value)


def test_the_last_answer_is_cited_fit_for_a_terminal():
    with pytest.raises(TransportError, match=r"HTTP 503 \[2Jbusy now$"):
        responded(Hand(), Response(503, b"\x1b[2Jbusy\r\nnow"))


def test_an_address_that_refuses_connections_is_given_up_sooner():
    hand = Hand()
    with pytest.raises(TransportError) as caught:
        responded(hand, REFUSED)
    assert UNREACHABLE_SECONDS / 2 < hand.seconds <= UNREACHABLE_SECONDS
    assert not caught.value.may_have_arrived


def test_a_replica_that_dies_late_is_waited_for_as_long():
    """It had answered for minutes, so what counts is how long it has refused."""
    hand = Hand()
    responded(hand, *[DROPPED] * 30, *[REFUSED] * 3, OK)
    assert hand.seconds > 10 * UNREACHABLE_SECONDS


def test_what_is_hopeless_is_not_sent_again():
    hand = Hand()
    with pytest.raises(TransportError, match="closed") as caught:
        responded(hand, HOPELESS)
    assert (len(hand.sent), caught.value.may_have_arrived) == (1, False)
    with pytest.raises(TransportError) as caught:
        responded(Hand(), DROPPED, HOPELESS)
    assert caught.value.may_have_arrived


@pytest.mark.parametrize("status", [404, 405])
def test_older_endpoints_follow_where_newer_ones_are_missing(status):
    hand = Hand()
    missing = Response(status, b"")
    answered = responded_at_newest(hand, missing, missing, ACCEPTED)
    assert (answered.response, answered.path) == (ACCEPTED, PATHS[2])
    assert [one.path for one in hand.sent] == list(PATHS)
    assert {one.body for one in hand.sent} == {b"body"}


def test_a_network_without_any_endpoint_refuses():
    with pytest.raises(RequestRefused, match="404: not found") as caught:
        responded_at_newest(Hand(), NOT_HERE)
    assert (caught.value.status, caught.value.may_have_arrived) == (404, False)


@pytest.mark.parametrize("status", [201, 204, 302, 400, 403, 413, 500, 501])
def test_other_statuses_refuse_at_once(status):
    hand = Hand()
    with pytest.raises(RequestRefused, match=f"HTTP {status}: why not") as caught:
        responded_at_newest(hand, Response(status, b"why\nnot"))
    assert caught.value.status == status
    assert caught.value.may_have_arrived is (status >= 500)
    assert len(hand.sent) == 1


def test_a_refusal_tells_whether_a_former_attempt_may_have_arrived():
    with pytest.raises(RequestRefused) as caught:
        responded_at_newest(Hand(), DROPPED, NOT_HERE, Response(400, b""))
    assert caught.value.may_have_arrived


outcomes = st.one_of(
    st.builds(
        Response,
        st.integers(100, 599) | st.sampled_from([200, 202, 404, 429, 503]),
        st.binary(max_size=9),
        st.none() | st.floats(0, 1000),
    ),
    st.builds(Unanswered, st.text(max_size=9), st.booleans(), st.booleans()),
)


@given(
    st.lists(outcomes, min_size=1, max_size=30),
    st.integers(0, 30 * 10**9),
    st.floats(0, 1),
)
def test_any_sequence_of_outcomes_ends_by_the_expiry(script, takes, chance):
    hand = Hand(exchange_takes=takes, chance=lambda: chance)
    endless = cycle(script)
    flow = respond_at_newest(ATTEMPT, PATHS, b"body", UNTIL, hand.surroundings)
    with suppress(TransportError, RequestRefused):
        answered = hand.run(flow, lambda exchange: next(endless))
        assert answered.response.status in (200, 202)
    assert hand.now <= UNTIL + 3 * takes
