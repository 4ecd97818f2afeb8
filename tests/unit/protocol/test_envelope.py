import dataclasses
from itertools import pairwise

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ic.agent import sign_request
from ic.identity import Identity
from ic.utils import to_request_id

from ic_factory.errors import CborError, EnvelopeError
from ic_factory.protocol import cbor
from ic_factory.protocol.crypto.keys import public_key_from_der
from ic_factory.protocol.envelope import (
    CallContent,
    Delegation,
    Envelope,
    QueryContent,
    ReadStateContent,
    SenderInfo,
    SignedDelegation,
    query_response_signing_bytes,
)
from ic_factory.protocol.principal import Principal
from ic_factory.protocol.request_id import (
    delegation_signing_bytes,
    hash_of_map,
    request_signing_bytes,
    sender_info_signing_bytes,
)

principals = st.binary(max_size=29).map(Principal)
timestamps = st.integers(min_value=0, max_value=2**64 - 1)
nonces = st.none() | st.binary(max_size=32)
sender_infos = st.none() | st.builds(
    SenderInfo, info=st.binary(max_size=20), signer=principals, signature=st.binary(max_size=20)
)


def messages(kind):
    return st.builds(
        kind,
        canister_id=principals,
        method_name=st.text(max_size=20),
        arg=st.binary(max_size=50),
        sender=principals,
        ingress_expiry=timestamps,
        nonce=nonces,
        sender_info=sender_infos,
    )


read_states = st.builds(
    ReadStateContent,
    paths=st.lists(st.lists(st.binary(max_size=10), max_size=4).map(tuple), max_size=4).map(tuple),
    sender=principals,
    ingress_expiry=timestamps,
    nonce=nonces,
)
contents = messages(CallContent) | messages(QueryContent) | read_states
delegations = st.builds(
    SignedDelegation,
    delegation=st.builds(
        Delegation,
        pubkey=st.binary(max_size=50),
        expiration=timestamps,
        targets=st.none() | st.lists(principals, max_size=3).map(tuple),
        permissions=st.sampled_from([None, "queries", "all"]),
    ),
    signature=st.binary(max_size=64),
)
envelopes = st.builds(
    Envelope,
    content=contents,
    sender_pubkey=st.none() | st.binary(max_size=50),
    sender_sig=st.none() | st.binary(max_size=64),
    sender_delegation=st.none() | st.lists(delegations, max_size=3).map(tuple),
)


def call_map(**changes):
    content = {
        "request_type": "call",
        "canister_id": b"\x00\x00\x00\x00\x00\x00\x04\xd2",
        "method_name": "hello",
        "arg": b"DIDL\x00\xfd*",
        "sender": b"\x04",
        "ingress_expiry": 1685570400000000000,
    }
    content.update(changes)
    return {name: value for name, value in content.items() if value is not ...}


def decode(content, **fields):
    return Envelope.decode(cbor.encode({"content": content, **fields}))


def test_request_id_of_the_specifications_example():
    request_id = decode(call_map()).content.request_id
    assert request_id.hex() == "1d1091364d6bb8a6c16b203ee75467d59ead468f523eb058880ae8ec80e2b101"


@given(envelopes)
def test_envelopes_round_trip(envelope):
    decoded = Envelope.decode(envelope.encode())
    assert decoded == envelope
    assert decoded.content.request_id == envelope.content.request_id


@given(messages(CallContent) | messages(QueryContent))
def test_request_ids_are_those_of_ic_py(content):
    content = dataclasses.replace(content, sender_info=None)
    fields = cbor.decode(cbor.encode(content.to_map()))
    assert content.request_id == to_request_id(fields)


@given(read_states)
def test_request_ids_of_read_state_are_those_of_ic_py(content):
    fields = cbor.decode(cbor.encode(content.to_map()))
    assert content.request_id == to_request_id(fields)


@given(contents, st.randoms())
def test_request_ids_do_not_depend_on_the_representation(content, random):
    fields = list(content.to_map().items())
    random.shuffle(fields)
    assert decode(dict(fields)).content.request_id == content.request_id


@given(contents, contents)
def test_different_contents_have_different_request_ids(one, other):
    assert (one.request_id == other.request_id) == (one == other)


@given(st.binary(max_size=200))
def test_any_bytes_are_decoded_or_refused_by_the_typed_error(data):
    with pytest.raises(EnvelopeError):
        Envelope.decode(data)


@given(envelopes, st.data())
def test_a_changed_byte_never_raises_another_error(envelope, data):
    encoded = bytearray(envelope.encode())
    index = data.draw(st.integers(min_value=0, max_value=len(encoded) - 1))
    encoded[index] = data.draw(st.integers(min_value=0, max_value=255))
    try:
        changed = Envelope.decode(bytes(encoded))
    except EnvelopeError:
        return
    assert len(changed.content.request_id) == 32


@pytest.mark.parametrize("kind", ["ed25519", "secp256k1"])
def test_ic_pys_requests_are_read_and_their_signatures_hold(kind):
    identity = Identity(type=kind)
    request = call_map(sender=identity.sender().bytes)
    request_id, data = sign_request(request, identity)
    envelope = Envelope.decode(data)
    assert envelope.content.request_id == request_id
    assert envelope.content.sender == Principal.self_authenticating(envelope.sender_pubkey)
    public_key_from_der(envelope.sender_pubkey).verify(envelope.signing_bytes, envelope.sender_sig)


def test_ic_pys_nulls_for_the_anonymous_sender_count_as_absent():
    _, data = sign_request(call_map(), Identity(anonymous=True))
    assert cbor2.loads(data)["sender_sig"] is None
    envelope = Envelope.decode(data)
    assert (envelope.sender_pubkey, envelope.sender_sig, envelope.sender_delegation) == (
        None,
        None,
        None,
    )


def test_nulls_in_the_content_count_as_absent():
    assert decode(call_map(nonce=None, new_field=None)).content == decode(call_map()).content


def test_unknown_fields_are_part_of_the_request_id():
    fields = call_map(new_field=["a", 1, b"b", {"c": -5}])
    content = decode(fields).content
    assert content.request_id == hash_of_map(fields)
    assert content.request_id != decode(call_map()).content.request_id
    assert Envelope.decode(Envelope(content).encode()).content == content


def test_unknown_fields_of_delegations_are_signed():
    delegation = {"pubkey": b"key", "expiration": 5, "new_field": "x"}
    envelope = decode(call_map(), sender_delegation=[{"delegation": delegation, "signature": b"s"}])
    assert envelope.sender_delegation[0].delegation.hash == hash_of_map(delegation)
    assert Envelope.decode(envelope.encode()) == envelope


def test_optional_fields_change_the_hash_by_their_presence_alone():
    bare = Delegation(b"key", 5)
    variants = [
        bare,
        Delegation(b"key", 5, targets=()),
        Delegation(b"key", 5, permissions="all"),
        Delegation(b"key", 5, permissions="queries"),
    ]
    assert len({one.hash for one in variants}) == 4
    assert bare.hash == hash_of_map({"pubkey": b"key", "expiration": 5, "targets": None})


def test_signing_bytes_are_domain_separated_and_prefix_free():
    query_response = query_response_signing_bytes(
        {"status": "replied", "reply": {"arg": b""}, "signatures": []}, 7, b"i" * 32
    )
    signed = hash_of_map(
        {"status": "replied", "reply": {"arg": b""}, "timestamp": 7, "request_id": b"i" * 32}
    )
    assert query_response == b"\x0bic-response" + signed
    assert request_signing_bytes(b"x" * 32) == b"\x0aic-request" + b"x" * 32
    assert delegation_signing_bytes(b"x" * 32) == b"\x1aic-request-auth-delegation" + b"x" * 32
    assert sender_info_signing_bytes(b"info") == b"\x0eic-sender-info" + b"info"


def test_hash_of_the_specifications_nested_map():
    from hashlib import sha256

    inner = sha256(sha256(b"arg").digest() + sha256(b"DIDL\x00\x00").digest()).digest()
    outer = sha256(sha256(b"reply").digest() + inner).digest()
    assert hash_of_map({"reply": {"arg": b"DIDL\x00\x00"}}) == outer


@pytest.mark.parametrize("field", ["canister_id", "method_name", "arg", "sender", "ingress_expiry"])
@pytest.mark.parametrize("request_type", ["call", "query"])
def test_missing_fields_are_named(field, request_type):
    with pytest.raises(EnvelopeError, match=rf"^content\.{field} is missing"):
        decode(call_map(request_type=request_type, **{field: ...}))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"request_type": ...}, r"content\.request_type is missing"),
        ({"request_type": "install"}, r"content\.request_type is 'install'"),
        ({"request_type": 1}, r"content\.request_type is a natural number, not text"),
        ({"canister_id": "aaaaa-aa"}, r"content\.canister_id is text, not a byte string"),
        ({"canister_id": b"x" * 30}, r"content\.canister_id: .* at most 29 bytes"),
        ({"sender": b"x" * 30}, r"content\.sender: .* at most 29 bytes"),
        ({"method_name": b"hello"}, r"content\.method_name is a byte string, not text"),
        ({"arg": [1, 2]}, r"content\.arg is an array, not a byte string"),
        ({"ingress_expiry": "1"}, r"content\.ingress_expiry is text"),
        ({"ingress_expiry": True}, r"content\.ingress_expiry is bool"),
        ({"ingress_expiry": -1}, r"content\.ingress_expiry is not in the range"),
        ({"ingress_expiry": 2**64}, r"content\.ingress_expiry is not in the range"),
        ({"nonce": b"x" * 33}, r"content\.nonce has 33 bytes, at most 32"),
        ({"nonce": "x"}, r"content\.nonce is text"),
        ({"sender_info": {}}, r"content\.sender_info\.info is missing"),
        ({"sender_info": b""}, r"content\.sender_info is a byte string, not a map"),
        ({"new_field": True}, r"content, unknown field: .* bool"),
        ({7: b""}, r"content, unknown field: .* name is text"),
    ],
)
def test_bad_contents_are_refused_by_field(changes, message):
    fields = {**call_map(), **changes}
    fields = {name: value for name, value in fields.items() if value is not ...}
    with pytest.raises(EnvelopeError, match=message):
        decode(fields)


@pytest.mark.parametrize(
    ("paths", "message"),
    [
        (..., r"content\.paths is missing"),
        (b"time", r"content\.paths is a byte string, not an array"),
        ([b"time"], r"content\.paths\[0\] is not an array"),
        ([[b"a"], ["time"]], r"content\.paths\[1\] has a label that is not a byte string"),
        ([[]] * 1001, r"content\.paths has 1001 paths, at most 1000"),
        ([[b""] * 128], r"content\.paths\[0\] has 128 labels, at most 127"),
    ],
)
def test_bad_paths_are_refused(paths, message):
    fields = {"request_type": "read_state", "sender": b"\x04", "ingress_expiry": 1, "paths": paths}
    with pytest.raises(EnvelopeError, match=message):
        decode({name: value for name, value in fields.items() if value is not ...})


@pytest.mark.parametrize(
    ("delegation", "message"),
    [
        ([], r"sender_delegation\[0\] is not a map"),
        ({}, r"sender_delegation\[0\]\.delegation is missing"),
        ({"delegation": {"pubkey": b"", "expiration": 1}}, r"\[0\]\.signature is missing"),
        ({"delegation": {"expiration": 1}}, r"\[0\]\.delegation\.pubkey is missing"),
        (
            {"delegation": {"pubkey": b"", "expiration": 1, "targets": [b"", "x"]}},
            r"\[0\]\.delegation\.targets\[1\] is text",
        ),
        (
            {"delegation": {"pubkey": b"", "expiration": 1, "targets": [b""] * 1001}},
            r"\[0\]\.delegation\.targets has 1001 canisters",
        ),
        (
            {"delegation": {"pubkey": b"", "expiration": 1, "permissions": "none"}},
            r"\[0\]\.delegation\.permissions is 'none'",
        ),
    ],
)
def test_bad_delegations_are_refused(delegation, message):
    with pytest.raises(EnvelopeError, match=message):
        decode(call_map(), sender_delegation=[delegation])


def test_at_most_20_delegations_are_read():
    one = {"delegation": {"pubkey": b"", "expiration": 1}, "signature": b""}
    assert len(decode(call_map(), sender_delegation=[one] * 20).sender_delegation) == 20
    with pytest.raises(EnvelopeError, match="21 delegations, at most 20"):
        decode(call_map(), sender_delegation=[one] * 21)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "request body: CBOR is cut off"),
        (b"\x80", "the envelope is not a map"),
        (b"\xa0", "content is missing"),
        (cbor.encode({"content": []}), "content is an array, not a map"),
        (cbor.encode({"content": call_map(), "sender_sig": ""}), "sender_sig is text"),
        (cbor.encode({"content": call_map(), "sender_pubkey": 1}), "sender_pubkey is a natural"),
    ],
)
def test_bad_envelopes_are_refused(body, message):
    with pytest.raises(EnvelopeError, match=message):
        Envelope.decode(body)


def test_duplicate_fields_are_refused():
    body = cbor.encode({"content": call_map()})
    doubled = b"\xa2" + body[1:] + body[1:]
    with pytest.raises(EnvelopeError, match="twice") as refused:
        Envelope.decode(doubled)
    assert isinstance(refused.value.__cause__, CborError)


def test_fields_of_a_map_are_sorted_by_their_hashes_not_by_their_names():
    # The sorted order of the specification's example, where `arg` comes last.
    from hashlib import sha256

    names = ("sender", "canister_id", "ingress_expiry", "method_name", "request_type", "arg")
    hashes = [sha256(name.encode()).digest() for name in names]
    assert all(one < other for one, other in pairwise(hashes))
