"""Requests signed by security keys and phones. Specification: "Web Authentication"."""

from __future__ import annotations

from typing import Any

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from tests.conformance.https_interface.signed_requests import (
    ANYTHING,
    expiration,
    post,
    request_of,
)
from tests.conformance.https_interface.world import CALLER, World, assert_refused
from tests.conformance.spec_client.connection import encode, envelope
from tests.conformance.spec_client.identities import KeyHolder, delegated, ed25519_key
from tests.conformance.spec_client.signers import Authenticator, base64url

SECRETS: dict[str, Any] = {
    "P-256": ec.derive_private_key(7, ec.SECP256R1()),
    "RSA": rsa.generate_private_key(65_537, 2048),
}
KINDS = pytest.mark.parametrize("kind", sorted(SECRETS))


@KINDS
@pytest.mark.parametrize("as_text", [True, False], ids=["text", "bytes"])
def test_an_authenticator_signs_requests(world: World, kind: str, as_text: bool):
    identity = KeyHolder(Authenticator(SECRETS[kind], as_text=as_text))
    called = world.connection.call(world.canister_id, "update", CALLER, identity)
    asked = world.connection.query(world.canister_id, "query", CALLER, identity)
    assert called.reply == asked["reply"]["arg"] == identity.sender
    world.connection.read_state(world.canister_id, [(b"time",)], identity)


@KINDS
def test_an_authenticator_delegates_to_a_session_key(world: World, kind: str):
    keys = [Authenticator(SECRETS[kind]), ed25519_key("a session")]
    identity = delegated(keys, expiration(world))
    answer = world.connection.query(world.canister_id, "query", CALLER, identity)
    assert answer["reply"]["arg"] == identity.sender


@KINDS
@pytest.mark.parametrize("request_type", ANYTHING)
def test_a_signature_on_another_request_is_refused(world: World, kind: str, request_type: str):
    identity = KeyHolder(Authenticator(SECRETS[kind]))
    signed = envelope(request_of(world, request_type, identity), identity)
    other = envelope(request_of(world, request_type, identity), identity)
    body = encode({**signed, "sender_sig": other["sender_sig"]})
    assert_refused(world, post(world, request_type, body), "challenge")


@KINDS
def test_a_signature_by_another_authenticator_is_refused(world: World, kind: str):
    identity = KeyHolder(Authenticator(SECRETS[kind]))
    content = request_of(world, "call", identity)
    signed = envelope(content, identity)
    other = {"P-256": ec.generate_private_key(ec.SECP256R1())}
    secret = other.get(kind) or rsa.generate_private_key(65_537, 2048)
    forged = envelope(content, KeyHolder(Authenticator(secret)))["sender_sig"]
    assert_refused(
        world, post(world, "call", encode({**signed, "sender_sig": forged})), "signature"
    )


CLIENT_DATA = [
    ({"type": "webauthn.create"}, "webauthn.create"),
    ({"type": 1}, "type"),
    ({"challenge": None}, "challenge"),
    ({"challenge": base64url(b"something else")}, "challenge"),
    ({"challenge": "%"}, "challenge"),
    ({"origin": None}, "origin"),
]


@pytest.mark.parametrize(("client_data", "fact"), CLIENT_DATA)
def test_client_data_for_something_else_are_refused(world: World, client_data: Any, fact: str):
    identity = KeyHolder(Authenticator(SECRETS["P-256"], client_data))
    signed = envelope(request_of(world, "call", identity), identity)
    assert_refused(world, post(world, "call", encode(signed)), fact)


@pytest.mark.parametrize("name", ["authenticator_data", "client_data_json", "signature"])
@pytest.mark.parametrize("value", [None, 7, b"", b"{}", "text"])
def test_a_signature_with_another_field_is_refused(world: World, name: str, value: Any):
    identity = KeyHolder(Authenticator(SECRETS["P-256"]))
    signed = envelope(request_of(world, "call", identity), identity)
    fields = cbor2.loads(signed["sender_sig"])
    signed["sender_sig"] = cbor2.dumps({**fields, name: value})
    assert_refused(world, post(world, "call", encode(signed)), "ignature")


def test_a_plain_signature_by_the_same_key_is_refused(world: World):
    identity = KeyHolder(Authenticator(SECRETS["P-256"]))
    signed = envelope(request_of(world, "call", identity), identity)
    assert_refused(world, post(world, "call", encode({**signed, "sender_sig": bytes(64)})))
