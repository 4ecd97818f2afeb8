"""Keys that act for another key. Specification: "Authentication"."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from ic_factory.protocol.principal import Principal
from ic_factory.replica.management.interface import encode_arguments
from tests.conformance.https_interface.signed_requests import (
    ANYTHING,
    expiration,
    post,
    request_of,
)
from tests.conformance.https_interface.world import CALLER, COUNT_UP, World, assert_refused
from tests.conformance.spec_client.connection import (
    MINUTE,
    NOBODY,
    encode,
    envelope,
    request_id,
)
from tests.conformance.spec_client.hash_trees import Missing
from tests.conformance.spec_client.identities import (
    Delegate,
    Key,
    delegated,
    ed25519_key,
    p256_key,
    secp256k1_key,
    self_authenticating,
    signed_delegation,
    user,
)


def chain_of(count: int) -> list[Key]:
    """A key and `count` more that it delegates to, of all kinds in turn."""
    makers = [ed25519_key, p256_key, secp256k1_key]
    return [makers[index % 3](f"key {index}") for index in range(count + 1)]


@pytest.mark.parametrize("count", range(21))
def test_up_to_twenty_delegations_are_followed(world: World, count: int):
    identity = delegated(chain_of(count), expiration(world))
    assert len(identity.chain) == count
    answer = world.connection.query(world.canister_id, "query", CALLER, identity)
    assert answer["reply"]["arg"] == identity.sender


@pytest.mark.parametrize("count", [1, 20])
def test_calls_and_read_state_follow_delegations_too(world: World, count: int):
    identity = delegated(chain_of(count), expiration(world))
    content = world.connection.call_content(world.canister_id, "update", CALLER, identity)
    assert world.connection.send(content, identity).status_code == 200
    path = (b"request_status", request_id(content), b"reply")
    certificate = world.connection.read_state(world.canister_id, [path], identity)
    assert certificate[path] == identity.sender


@pytest.mark.parametrize("request_type", ANYTHING)
def test_more_than_twenty_delegations_are_refused(world: World, request_type: str):
    identity = delegated(chain_of(21), expiration(world))
    signed = envelope(request_of(world, request_type, identity), identity)
    assert_refused(world, post(world, request_type, encode(signed)), "21", "20")


def test_a_delegation_is_good_until_the_very_moment_that_it_expires(world: World):
    now = world.connection.now()
    good = delegated(chain_of(1), now + MINUTE)
    world.advance_time(MINUTE - 10)
    signed = envelope(request_of(world, "query", good), good)
    assert post(world, "query", encode(signed)).status_code == 200


@pytest.mark.parametrize("request_type", ANYTHING)
@pytest.mark.parametrize("expired", [0, 1, 2])
def test_every_delegation_in_the_chain_must_be_fresh(world: World, request_type: str, expired: int):
    keys = chain_of(3)
    fresh, stale = expiration(world), world.connection.now() - MINUTE
    chain = tuple(
        signed_delegation(by, to, stale if index == expired else fresh)
        for index, (by, to) in enumerate(itertools.pairwise(keys))
    )
    identity = Delegate(keys[0], chain, keys[-1])
    signed = envelope(request_of(world, request_type, identity), identity)
    assert_refused(world, post(world, request_type, encode(signed)), "expired")


@pytest.mark.parametrize("broken", [0, 1])
def test_every_delegation_must_be_signed_by_the_key_before_it(world: World, broken: int):
    keys = chain_of(2)
    signers = list(keys)
    signers[broken] = ed25519_key("an intruder")
    chain = tuple(
        signed_delegation(signers[index], keys[index + 1], expiration(world)) for index in range(2)
    )
    identity = Delegate(keys[0], chain, keys[-1])
    signed = envelope(request_of(world, "call", identity), identity)
    assert_refused(world, post(world, "call", encode(signed)), "signature")


def test_the_delegation_itself_must_not_be_changed(world: World):
    identity = delegated(chain_of(1), world.connection.now() - MINUTE)
    link = identity.chain[0]
    longer = {**link["delegation"], "expiration": expiration(world)}
    forged = Delegate(identity.root, ({**link, "delegation": longer},), identity.signer)
    signed = envelope(request_of(world, "call", forged), forged)
    assert_refused(world, post(world, "call", encode(signed)), "signature")


def test_only_the_last_key_of_the_chain_signs(world: World):
    keys = chain_of(2)
    identity = delegated(keys, expiration(world))
    forged = Delegate(keys[0], identity.chain, keys[1])
    signed = envelope(request_of(world, "call", forged), forged)
    assert_refused(world, post(world, "call", encode(signed)), "signature")


def test_a_key_must_not_delegate_to_itself(world: World):
    key = ed25519_key("a")
    identity = delegated([key, key], expiration(world))
    signed = envelope(request_of(world, "call", identity), identity)
    assert_refused(world, post(world, "call", encode(signed)), "twice")


def test_a_chain_must_not_come_back_to_a_key(world: World):
    first, second = ed25519_key("a"), ed25519_key("b")
    identity = delegated([first, second, first], expiration(world))
    signed = envelope(request_of(world, "call", identity), identity)
    assert_refused(world, post(world, "call", encode(signed)), "twice")


@pytest.mark.parametrize("request_type", ["call", "query"])
def test_targets_that_name_the_canister_let_the_request_through(world: World, request_type: str):
    targets = [world.other_id, world.canister_id]
    identity = delegated(chain_of(2), expiration(world), targets=targets)
    signed = envelope(request_of(world, request_type, identity), identity)
    assert post(world, request_type, encode(signed)).status_code == 200


@pytest.mark.parametrize("request_type", ["call", "query"])
def test_targets_that_do_not_name_the_canister_refuse_it(world: World, request_type: str):
    identity = delegated(chain_of(1), expiration(world), targets=[world.other_id])
    signed = envelope(request_of(world, request_type, identity), identity)
    assert_refused(world, post(world, request_type, encode(signed)), "target")


def test_no_targets_at_all_refuse_everything(world: World):
    identity = delegated(chain_of(1), expiration(world), targets=[])
    signed = envelope(request_of(world, "call", identity), identity)
    assert_refused(world, post(world, "call", encode(signed)), "target")


@pytest.mark.parametrize("narrow", [0, 1, 2])
def test_every_delegation_must_have_the_canister_among_its_targets(world: World, narrow: int):
    keys = chain_of(3)
    chain = tuple(
        signed_delegation(
            keys[index],
            keys[index + 1],
            expiration(world),
            targets=[world.other_id] if index == narrow else [world.canister_id, world.other_id],
        )
        for index in range(3)
    )
    identity = Delegate(keys[0], chain, keys[-1])
    signed = envelope(request_of(world, "call", identity), identity)
    assert_refused(world, post(world, "call", encode(signed)), "target")


def test_a_call_to_the_management_canister_needs_it_as_target(world: World):
    keys = [world.controller.key, ed25519_key("session")]
    argument = management_argument("start_canister", world.canister_id)
    for targets, status in ([b"", world.other_id], 200), ([world.canister_id], 400):
        identity = delegated(keys, expiration(world), targets=targets)
        content = world.connection.call_content(b"", "start_canister", argument, identity)
        response = world.connection.send(content, identity, effective_id=world.canister_id)
        assert response.status_code == status, response.text


def management_argument(method: str, canister_id: bytes) -> bytes:
    return encode_arguments(method, {"canister_id": Principal(canister_id)})


def test_a_thousand_targets_are_allowed_and_no_more(world: World):
    many = [index.to_bytes(8, "big") + b"\x01\x01" for index in range(999)]
    identity = delegated(chain_of(1), expiration(world), targets=[*many, world.canister_id])
    signed = envelope(request_of(world, "query", identity), identity)
    assert post(world, "query", encode(signed)).status_code == 200
    more = [*many, world.other_id, world.canister_id]
    identity = delegated(chain_of(1), expiration(world), targets=more)
    signed = envelope(request_of(world, "query", identity), identity)
    assert_refused(world, post(world, "query", encode(signed)), "1001", "1000")


def test_a_request_outside_the_targets_can_not_be_read(world: World):
    keys = chain_of(1)
    free = delegated(keys, expiration(world))
    content = world.connection.call_content(world.canister_id, "update", CALLER, free)
    world.connection.send(content, free)
    path = [b"request_status", request_id(content)]
    for targets, status in ([world.canister_id], 200), ([world.other_id], 400):
        bound = delegated(keys, expiration(world), targets=targets)
        read = world.connection.content("read_state", bound, paths=[path])
        response = world.connection.send(read, bound, effective_id=world.canister_id)
        assert response.status_code == status, targets


def test_targets_do_not_bind_what_anybody_may_read(world: World):
    bound = delegated(chain_of(1), expiration(world), targets=[world.other_id])
    assert world.connection.read_state(world.canister_id, [[b"time"]], bound).time > 0


def test_a_delegation_for_queries_lets_queries_and_read_state_through(world: World):
    identity = delegated(chain_of(1), expiration(world), permissions="queries")
    for request_type in ("query", "read_state"):
        signed = envelope(request_of(world, request_type, identity), identity)
        assert post(world, request_type, encode(signed)).status_code == 200


@pytest.mark.parametrize("method", ["update", "query"])
@pytest.mark.parametrize("version", ["v2", "v3", "v4"])
def test_a_delegation_for_queries_does_not_cover_calls(world: World, version: str, method: str):
    identity = delegated(chain_of(1), expiration(world), permissions="queries")
    content = world.connection.call_content(world.canister_id, method, COUNT_UP, identity)
    body = encode(envelope(content, identity))
    response = world.connection.post("call", world.canister_id, body, version)
    assert_refused(world, response, "queries")


@pytest.mark.parametrize("restricted", [0, 1])
def test_no_later_delegation_lifts_the_restriction_to_queries(world: World, restricted: int):
    keys = chain_of(2)
    chain = tuple(
        signed_delegation(
            keys[index],
            keys[index + 1],
            expiration(world),
            permissions="queries" if index == restricted else "all",
        )
        for index in range(2)
    )
    identity = Delegate(keys[0], chain, keys[-1])
    signed = envelope(request_of(world, "call", identity), identity)
    assert_refused(world, post(world, "call", encode(signed)), "queries")


@pytest.mark.parametrize("request_type", ANYTHING)
def test_permissions_of_all_are_none_at_all(world: World, request_type: str):
    identity = delegated(chain_of(1), expiration(world), permissions="all")
    signed = envelope(request_of(world, request_type, identity), identity)
    assert post(world, request_type, encode(signed)).status_code == 200


@pytest.mark.parametrize("request_type", ANYTHING)
@pytest.mark.parametrize("permissions", ["", "calls", "Queries", "ALL"])
def test_other_permissions_make_the_delegation_invalid(
    world: World, request_type: str, permissions: str
):
    identity = delegated(chain_of(1), expiration(world), permissions=permissions)
    signed = envelope(request_of(world, request_type, identity), identity)
    assert_refused(world, post(world, request_type, encode(signed)), "permissions")


def test_unknown_fields_of_the_content_are_signed(world: World):
    identity = user("a user")
    content = request_of(world, "call", identity) | {"field_of_tomorrow": [1, b"x", {"a": "b"}]}
    assert post(world, "call", encode(envelope(content, identity))).status_code == 200
    tampered = envelope(content, identity)
    tampered["content"] = {**content, "field_of_tomorrow": 2, "nonce": b"other"}
    response = post(world, "call", encode(tampered))
    assert (response.status_code, "signature" in response.text) == (400, True)


def test_a_refused_request_leaves_no_trace(world: World):
    content = request_of(world, "call", user("somebody else"))
    post(world, "call", encode(envelope(content, user("a user"))))
    path = (b"request_status", request_id(content), b"status")
    assert world.connection.read_state(world.canister_id, [path])[path] is Missing.ABSENT


@pytest.mark.parametrize("sender_info", [{"info": b"", "signer": b"\x01\x01", "sig": b""}])
def test_sender_info_without_a_canister_signature_is_refused(world: World, sender_info: Any):
    identity = user("a user")
    content = request_of(world, "call", identity) | {"sender_info": sender_info}
    response = post(world, "call", encode(envelope(content, identity)))
    assert_refused(world, response, "sender_info")


OTHER_KEYS = {
    "BLS": bytes.fromhex(
        "308182301d060d2b0601040182dc7c0503010201060c2b0601040182dc7c05030201036100"
    )
    + bytes(96),
    "P-384": bytes.fromhex("3076301006072a8648ce3d020106052b81040022036200") + bytes(97),
}


@pytest.mark.parametrize("kind", sorted(OTHER_KEYS))
@pytest.mark.parametrize("request_type", ANYTHING)
def test_keys_of_other_kinds_are_refused(world: World, kind: str, request_type: str):
    public_key = OTHER_KEYS[kind]
    content = request_of(world, request_type, NOBODY) | {"sender": self_authenticating(public_key)}
    signed = {"content": content, "sender_pubkey": public_key, "sender_sig": bytes(64)}
    response = post(world, request_type, encode(signed))
    assert_refused(world, response, "Ed25519", "secp256k1", "P-256")


def test_the_status_of_a_management_call_needs_the_management_canister_as_target(world: World):
    keys = [world.controller.key, ed25519_key("session")]
    argument = management_argument("start_canister", world.canister_id)
    free = delegated(keys, expiration(world))
    content = world.connection.call_content(b"", "start_canister", argument, free)
    world.connection.send(content, free, effective_id=world.canister_id)
    path = [b"request_status", request_id(content)]
    for targets, status in ([b""], 200), ([world.canister_id], 400):
        bound = delegated(keys, expiration(world), targets=targets)
        read = world.connection.content("read_state", bound, paths=[path])
        response = world.connection.send(read, bound, effective_id=world.canister_id)
        assert response.status_code == status, targets
