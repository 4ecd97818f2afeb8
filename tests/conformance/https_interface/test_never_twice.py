"""A call is executed once, however often and however damaged it arrives.

Specification: "API Request submission".
"""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.canisters.universal import Hook, Program
from tests.conformance.https_interface.rule_calls import (
    ALL_CALLS,
    call_of,
    post_call,
    send,
)
from tests.conformance.https_interface.world import (
    COUNT_UP,
    World,
)
from tests.conformance.spec_client.connection import (
    MINUTE,
    decode,
    encode,
    envelope,
    outcome_of,
    request_id,
)
from tests.conformance.spec_client.identities import KeyHolder, p256_key, user


@ALL_CALLS
def test_a_replayed_call_is_answered_again_and_not_executed_again(world: World, version: str):
    content = call_of(world)
    body = encode(envelope(content))
    first = world.connection.call_content(world.canister_id, "update", COUNT_UP)
    assert first["nonce"] != content["nonce"]
    for _ in range(3):
        response = post_call(world, body, version)
        assert response.status_code == (202 if version == "v2" else 200)
    fields = decode(post_call(world, body, "v4"))
    outcome = outcome_of(world.connection.certified(fields["certificate"]), request_id(content))
    assert outcome.reply == (1).to_bytes(8, "little")
    assert world.count() == 1


def test_a_call_signed_twice_is_still_one_request(world: World):
    """ECDSA signatures differ each time; the request id does not."""
    identity = KeyHolder(p256_key("a user"))
    content = call_of(world, identity)
    first, second = (encode(envelope(content, identity)) for _ in range(2))
    assert first != second
    assert [post_call(world, body).status_code for body in (first, second)] == [200, 200]
    assert world.count() == 1


def test_calls_that_differ_in_their_nonce_are_two(world: World):
    for nonce in (b"1", b"2"):
        assert send(world, call_of(world, nonce=nonce)).status_code == 200
    assert world.count() == 2


def test_a_call_can_not_be_replayed_after_it_has_expired(world: World):
    content = call_of(world)
    body = encode(envelope(content))
    assert post_call(world, body).status_code == 200
    world.advance_time(20 * MINUTE)
    response = post_call(world, body)
    assert (response.status_code, "expiry" in response.text) == (400, True)
    assert world.count() == 1


def test_a_replay_is_not_inspected_again(world: World):
    """The first answer holds, even where the canister would no longer let the call in."""
    content = call_of(world)
    body = encode(envelope(content))
    assert decode(post_call(world, body))["status"] == "replied"
    close = Program().set_hook(Hook.INSPECT_MESSAGE, Program()).reply()
    world.connection.call(world.canister_id, "update", close.code)
    assert decode(post_call(world, body))["status"] == "replied"
    refused = decode(send(world, call_of(world, nonce=b"another")))
    assert refused["status"] == "non_replicated_rejection"


# Damaged on the way.


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_a_damaged_request_is_never_executed(world: World, data: st.DataObject):
    """A byte that is changed, taken out or put in: refused, and never the replica's fault."""
    identity = user("a user")
    body = encode(envelope(call_of(world, identity), identity))
    position = data.draw(st.integers(0, len(body) - 1))
    replacement = data.draw(st.binary(max_size=2))
    damaged = body[:position] + replacement + body[position + 1 :]
    if damaged == body:
        return
    response = post_call(world, damaged)
    assert response.status_code == 400, (position, replacement, response.content)
    assert world.count() == 0


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(body=st.binary(max_size=200), what=st.sampled_from(["call", "query", "read_state"]))
def test_noise_is_refused(world: World, body: bytes, what: str):
    assert world.connection.post(what, world.canister_id, body).status_code == 400
