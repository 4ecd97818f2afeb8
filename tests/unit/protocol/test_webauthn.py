import contextlib
import json

import cbor2
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from hypothesis import given
from hypothesis import strategies as st

from ic_factory.errors import KeyFormatError, SignatureError
from ic_factory.protocol.crypto import der
from ic_factory.protocol.crypto.cose import key_from_cose
from ic_factory.protocol.crypto.der import SubjectPublicKeyInfo
from ic_factory.protocol.crypto.keys import public_key_from_der
from ic_factory.protocol.crypto.webauthn import WebAuthnSignature, challenge_of

P256_SECRET = ec.derive_private_key(3, ec.SECP256R1())
RSA_SECRET = rsa.generate_private_key(65_537, 2048)
MODULUS = RSA_SECRET.public_key().public_numbers().n


def p256_map(secret=P256_SECRET):
    point = secret.public_key().public_numbers()
    x, y = point.x.to_bytes(32, "big"), point.y.to_bytes(32, "big")
    return {1: 2, 3: -7, -1: 1, -2: x, -3: y}


def rsa_map(modulus=MODULUS, exponent=65_537):
    width = (modulus.bit_length() + 7) // 8
    exponent_width = (exponent.bit_length() + 7) // 8
    return {
        1: 3,
        3: -257,
        -1: modulus.to_bytes(width, "big"),
        -2: exponent.to_bytes(exponent_width, "big"),
    }


KINDS = pytest.mark.parametrize("kind", ["P-256", "RSA"])


def public_key(kind):
    key = p256_map() if kind == "P-256" else rsa_map()
    return public_key_from_der(SubjectPublicKeyInfo(der.COSE, None, cbor2.dumps(key)).encode())


def signature(kind, message, **client_data):
    text = json.dumps(
        {"type": "webauthn.get", "challenge": challenge_of(message), "origin": "o", **client_data}
    )
    unsigned = WebAuthnSignature(bytes(37), text.encode(), b"")
    if kind == "P-256":
        raw = P256_SECRET.sign(unsigned.signed_bytes, ec.ECDSA(hashes.SHA256()))
    else:
        raw = RSA_SECRET.sign(unsigned.signed_bytes, padding.PKCS1v15(), hashes.SHA256())
    return WebAuthnSignature(bytes(37), text.encode(), raw)


@KINDS
@given(message=st.binary(max_size=100))
def test_what_an_authenticator_signed_verifies(kind, message):
    public_key(kind).verify(message, signature(kind, message).encode())


# Made once: hypothesis wants the same choices again, and a signature is never the same.
SIGNED = {kind: signature(kind, b"message") for kind in ("P-256", "RSA")}


@KINDS
@given(data=st.data())
def test_a_changed_bit_is_noticed(kind, data):
    values = SIGNED[kind]
    encoded = bytearray(values.encode())
    # What CBOR may add around the values is not signed.
    part = data.draw(st.sampled_from([values.client_data_json, values.signature]))
    start = bytes(encoded).index(part)
    index = start + data.draw(st.integers(min_value=0, max_value=len(part) - 1))
    encoded[index] ^= 1 << data.draw(st.integers(min_value=0, max_value=7))
    with pytest.raises(SignatureError):
        public_key(kind).verify(b"message", bytes(encoded))


@KINDS
@given(encoded=st.binary(max_size=80))
def test_any_bytes_are_refused_as_a_signature(kind, encoded):
    with pytest.raises(SignatureError):
        public_key(kind).verify(b"message", encoded)


@given(
    st.dictionaries(
        st.sampled_from(["authenticator_data", "client_data_json", "signature"]),
        st.none() | st.integers() | st.binary(max_size=9) | st.text(max_size=9),
    )
)
def test_any_map_is_refused_as_a_signature(fields):
    with pytest.raises(SignatureError):
        public_key("P-256").verify(b"message", cbor2.dumps(fields))


@pytest.mark.parametrize(
    "text", [b"", b"[]", b"null", b"\xff", b"[" * 100_000, b'{"type": 1}', b'"' + b"9" * 5000]
)
def test_client_data_that_are_no_object_of_texts_are_refused(text):
    unsigned = WebAuthnSignature(b"", text, b"")
    raw = P256_SECRET.sign(unsigned.signed_bytes, ec.ECDSA(hashes.SHA256()))
    fields = {"authenticator_data": b"", "client_data_json": text, "signature": raw}
    with pytest.raises(SignatureError, match="client_data_json"):
        public_key("P-256").verify(b"", cbor2.dumps(fields))


def test_a_padded_challenge_is_refused():
    signed = signature("P-256", b"m", challenge=challenge_of(b"m") + "==")
    with pytest.raises(SignatureError, match="challenge"):
        public_key("P-256").verify(b"m", signed.encode())


def test_signatures_round_trip_and_client_data_may_be_bytes():
    one = signature("P-256", b"message")
    assert WebAuthnSignature.decode(one.encode()) == one
    assert WebAuthnSignature.decode(cbor2.dumps({**cbor2.loads(one.encode()[3:])})) == one


BAD_KEYS = {
    "no CBOR": b"\xff",
    "no map": b"\x80",
    "empty": b"\xa0",
    "P-384": cbor2.dumps({**p256_map(), 3: -35, -1: 2}),
    "another curve": cbor2.dumps({**p256_map(), -1: 2}),
    "short x": cbor2.dumps({**p256_map(), -2: bytes(31)}),
    "x as text": cbor2.dumps({**p256_map(), -2: "x"}),
    "compressed": cbor2.dumps({**p256_map(), -3: True}),
    "off the curve": cbor2.dumps({**p256_map(), -2: bytes(32)}),
    "for signing": cbor2.dumps({**p256_map(), 4: "sign"}),
    "Ed25519": cbor2.dumps({1: 1, 3: -8, -1: 6, -2: bytes(32)}),
    "1024 bits": cbor2.dumps(rsa_map(modulus=2**1023 + 1)),
    "16384 bits": cbor2.dumps(rsa_map(modulus=2**16_383 + 1)),
    "even modulus": cbor2.dumps(rsa_map(modulus=2**2047 + 2)),
    "even exponent": cbor2.dumps(rsa_map(exponent=65_536)),
    "exponent 1": cbor2.dumps(rsa_map(exponent=1)),
    "huge exponent": cbor2.dumps(rsa_map(exponent=2**2000 + 1)),
}


@pytest.mark.parametrize("name", BAD_KEYS)
def test_keys_that_are_no_usable_ones_are_refused(name):
    encoded = SubjectPublicKeyInfo(der.COSE, None, BAD_KEYS[name]).encode()
    with pytest.raises(KeyFormatError):
        public_key_from_der(encoded)


def test_a_key_for_verifying_alone_is_fine():
    key_from_cose(cbor2.dumps({**p256_map(), 4: "verify"}))


def test_the_algorithm_has_no_parameter():
    info = SubjectPublicKeyInfo(der.COSE, der.P256, cbor2.dumps(p256_map()))
    with pytest.raises(KeyFormatError, match="parameter"):
        public_key_from_der(info.encode())


@given(st.binary(max_size=100))
def test_any_bytes_are_a_key_or_refused(encoded):
    with contextlib.suppress(KeyFormatError):
        key_from_cose(encoded)
