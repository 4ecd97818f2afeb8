"""Who sent a request. Specification: "Authentication" and "Signatures"."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.conformance.https_interface.signed_requests import (
    ANYTHING,
    KINDS,
    expiration,
    post,
    request_of,
)
from tests.conformance.https_interface.world import CALLER, COUNT_UP, World, assert_refused
from tests.conformance.spec_client.connection import (
    NOBODY,
    encode,
    envelope,
    request_id,
    signing_payload,
)
from tests.conformance.spec_client.identities import (
    KEY_KINDS,
    EcdsaKey,
    KeyHolder,
    delegated,
    ed25519_key,
    self_authenticating,
    user,
)


@KINDS
def test_the_sender_of_a_call_is_the_key(world: World, kind: str):
    identity = KeyHolder(KEY_KINDS[kind]("a user"))
    outcome = world.connection.call(world.canister_id, "update", CALLER, identity)
    assert outcome.reply == identity.sender


@KINDS
def test_the_sender_of_a_query_is_the_key(world: World, kind: str):
    identity = KeyHolder(KEY_KINDS[kind]("a user"))
    answer = world.connection.query(world.canister_id, "query", CALLER, identity)
    assert answer["reply"] == {"arg": identity.sender}


@KINDS
def test_the_sender_of_read_state_is_the_key(world: World, kind: str):
    identity = KeyHolder(KEY_KINDS[kind]("a user"))
    content = world.connection.call_content(world.canister_id, "update", COUNT_UP, identity)
    world.connection.send(content, identity)
    path = (b"request_status", request_id(content), b"status")
    certificate = world.connection.read_state(world.canister_id, [path], identity)
    assert certificate[path] == b"replied"


def test_the_anonymous_sender_signs_nothing(world: World):
    assert world.connection.call(world.canister_id, "update", CALLER).reply == b"\x04"
    assert world.connection.query(world.canister_id, "query", CALLER)["reply"]["arg"] == b"\x04"
    assert world.connection.read_state(world.canister_id, [[b"time"]]).time > 0


@pytest.mark.parametrize("request_type", ANYTHING)
def test_null_fields_of_the_envelope_are_as_good_as_none(world: World, request_type: str):
    content = request_of(world, request_type, NOBODY)
    nulls = {"sender_pubkey": None, "sender_sig": None, "sender_delegation": None}
    assert post(world, request_type, encode({"content": content, **nulls})).status_code == 200


def test_a_null_nonce_is_as_good_as_none(world: World):
    identity = user("a user")
    content = request_of(world, "query", identity)
    del content["nonce"]
    signed = envelope(content, identity)
    signed["content"] = {**content, "nonce": None}
    assert post(world, "query", encode(signed)).status_code == 200


@pytest.mark.parametrize("request_type", ANYTHING)
@pytest.mark.parametrize("field", ["sender_pubkey", "sender_sig", "sender_delegation"])
def test_the_anonymous_sender_must_bring_no_key(world: World, request_type: str, field: str):
    identity = delegated([ed25519_key("a"), ed25519_key("b")], expiration(world))
    content = request_of(world, request_type, NOBODY)
    signed = {"content": content}
    signed[field] = identity.authentication(signing_payload(content))[field]
    assert_refused(world, post(world, request_type, encode(signed)), "anonymous")


@pytest.mark.parametrize("request_type", ANYTHING)
@pytest.mark.parametrize("field", ["sender_pubkey", "sender_sig"])
def test_a_named_sender_needs_key_and_signature(world: World, request_type: str, field: str):
    identity = user("a user")
    signed = envelope(request_of(world, request_type, identity), identity)
    del signed[field]
    assert_refused(world, post(world, request_type, encode(signed)), "sender_pubkey", "sender_sig")


@pytest.mark.parametrize("request_type", ANYTHING)
def test_the_sender_must_belong_to_the_key(world: World, request_type: str):
    content = request_of(world, request_type, user("somebody else"))
    signed = envelope(content, user("a user"))
    assert_refused(world, post(world, request_type, encode(signed)), "sender")


def test_a_canister_is_no_sender_of_requests(world: World):
    identity = user("a user")
    content = request_of(world, "call", identity) | {"sender": world.canister_id}
    assert_refused(world, post(world, "call", encode(envelope(content, identity))), "sender")


@KINDS
@pytest.mark.parametrize("request_type", ANYTHING)
def test_the_signature_must_be_by_the_key(world: World, kind: str, request_type: str):
    make_key = KEY_KINDS[kind]
    identity = KeyHolder(make_key("a user"))
    content = request_of(world, request_type, identity)
    signed = envelope(content, identity)
    signed["sender_sig"] = make_key("somebody else").sign(signing_payload(content))
    assert_refused(world, post(world, request_type, encode(signed)), "signature")


@KINDS
def test_the_signature_must_be_for_this_very_content(world: World, kind: str):
    identity = KeyHolder(KEY_KINDS[kind]("a user"))
    content = request_of(world, "call", identity)
    signed = envelope(content, identity) | {"content": {**content, "nonce": b"another"}}
    assert_refused(world, post(world, "call", encode(signed)), "signature")


@KINDS
def test_the_signature_must_have_the_domain_separator(world: World, kind: str):
    identity = KeyHolder(KEY_KINDS[kind]("a user"))
    content = request_of(world, "call", identity)
    signed = {"content": content, **identity.authentication(request_id(content))}
    assert_refused(world, post(world, "call", encode(signed)), "signature")


@KINDS
@pytest.mark.parametrize(
    "mangle",
    [lambda raw: raw[:-1], lambda raw: raw + b"\0", lambda raw: b"", lambda raw: bytes(len(raw))],
    ids=["shorter", "longer", "empty", "zeros"],
)
def test_a_malformed_signature_is_refused(world: World, kind: str, mangle: Any):
    identity = KeyHolder(KEY_KINDS[kind]("a user"))
    signed = envelope(request_of(world, "call", identity), identity)
    signed["sender_sig"] = mangle(signed["sender_sig"])
    assert_refused(world, post(world, "call", encode(signed)))


@pytest.mark.parametrize("kind", ["P-256", "secp256k1"])
def test_an_ecdsa_signature_in_der_is_refused(world: World, kind: str):
    identity = KeyHolder(KEY_KINDS[kind]("a user"))
    signed = envelope(request_of(world, "call", identity), identity)
    raw = signed["sender_sig"]
    r, s = (int.from_bytes(half, "big") for half in (raw[:32], raw[32:]))
    signed["sender_sig"] = encode_dss_signature(r, s)
    assert_refused(world, post(world, "call", encode(signed)))


@KINDS
def test_a_raw_key_without_der_is_refused(world: World, kind: str):
    key = KEY_KINDS[kind]("a user")
    raw = key.public_key[-32:] if kind == "Ed25519" else key.public_key[-65:]
    content = request_of(world, "call", KeyHolder(key)) | {"sender": self_authenticating(raw)}
    signed = {
        "content": content,
        "sender_pubkey": raw,
        "sender_sig": key.sign(signing_payload(content)),
    }
    assert_refused(world, post(world, "call", encode(signed)))


@pytest.mark.parametrize("kind", ["P-256", "secp256k1"])
def test_a_compressed_point_is_refused(world: World, kind: str):
    key = KEY_KINDS[kind]("a user")
    assert isinstance(key, EcdsaKey)
    point = key.secret.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    algorithm = key.public_key[2:-68]
    body = algorithm + b"\x03" + bytes([len(point) + 1]) + b"\0" + point
    compressed = b"\x30" + bytes([len(body)]) + body
    content = request_of(world, "call", NOBODY) | {"sender": self_authenticating(compressed)}
    signed = {
        "content": content,
        "sender_pubkey": compressed,
        "sender_sig": key.sign(signing_payload(content)),
    }
    assert_refused(world, post(world, "call", encode(signed)))
