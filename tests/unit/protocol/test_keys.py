import hashlib

import ecdsa as reference
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ic.identity import Identity

from ic_factory.errors import KeyFormatError, SignatureError
from ic_factory.protocol.crypto import der
from ic_factory.protocol.crypto.bls import BlsSecretKey
from ic_factory.protocol.crypto.der import SubjectPublicKeyInfo
from ic_factory.protocol.crypto.keys import (
    Ed25519SigningKey,
    P256SigningKey,
    Secp256k1SigningKey,
    public_key_from_der,
)

ECDSA_KINDS = (Secp256k1SigningKey, P256SigningKey)
KINDS = (Ed25519SigningKey, *ECDSA_KINDS)
SEED = bytes(range(1, 33))


@pytest.mark.parametrize("kind", KINDS)
@given(message=st.binary(max_size=100))
def test_signatures_verify_with_the_key_read_from_der(kind, message):
    key = kind.from_seed(SEED)
    signature = key.sign(message)
    assert len(signature) == 64
    public_key = public_key_from_der(key.public_key_der)
    public_key.verify(message, signature)
    assert public_key == key.public_key
    assert public_key.der == key.public_key_der


@pytest.mark.parametrize("kind", KINDS)
def test_generated_keys_differ(kind):
    assert kind.generate().public_key != kind.generate().public_key


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_a_changed_bit_is_noticed(kind, data):
    key = kind.from_seed(SEED)
    message = data.draw(st.binary(min_size=1, max_size=50))
    signature = key.sign(message)
    changed = bytearray(message + signature)
    index = data.draw(st.integers(min_value=0, max_value=len(changed) - 1))
    changed[index] ^= 1 << data.draw(st.integers(min_value=0, max_value=7))
    with pytest.raises(SignatureError):
        key.public_key.verify(bytes(changed[:-64]), bytes(changed[-64:]))


@pytest.mark.parametrize("kind", KINDS)
@given(signature=st.binary(max_size=80))
def test_any_bytes_are_refused_by_the_typed_error(kind, signature):
    with pytest.raises(SignatureError):
        kind.from_seed(SEED).public_key.verify(b"message", signature)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("length", [0, 63, 65, 128])
def test_signatures_of_other_lengths_are_refused(kind, length):
    key = kind.from_seed(SEED)
    signature = (key.sign(b"message") * 2)[:length]
    with pytest.raises(SignatureError):
        key.public_key.verify(b"message", signature)


@pytest.mark.parametrize("kind", ECDSA_KINDS)
def test_both_values_of_s_are_accepted(kind):
    key = kind.from_seed(SEED)
    signature = key.sign(b"message")
    other_s = kind.curve.order - int.from_bytes(signature[32:], "big")
    key.public_key.verify(b"message", signature[:32] + other_s.to_bytes(32, "big"))


@pytest.mark.parametrize("kind", ECDSA_KINDS)
def test_zero_and_the_order_are_no_values_of_r_and_s(kind):
    key = kind.from_seed(SEED)
    signature = key.sign(b"message")
    for number in (0, kind.curve.order, 2**256 - 1):
        half = number.to_bytes(32, "big")
        for changed in (half + signature[32:], signature[:32] + half, half + half):
            with pytest.raises(SignatureError):
                key.public_key.verify(b"message", changed)


@pytest.mark.parametrize(
    ("kind", "curve"),
    [(P256SigningKey, reference.NIST256p), (Secp256k1SigningKey, reference.SECP256k1)],
)
def test_ecdsa_agrees_with_another_library(kind, curve):
    ours = kind.from_seed(SEED)
    theirs = reference.SigningKey.from_string(SEED, curve=curve, hashfunc=hashlib.sha256)
    assert ours.public_key_der == theirs.verifying_key.to_der()
    ours.public_key.verify(b"message", theirs.sign(b"message"))
    assert theirs.verifying_key.verify(ours.sign(b"message"), b"message")


@pytest.mark.parametrize(
    ("kind", "name"), [(Ed25519SigningKey, "ed25519"), (Secp256k1SigningKey, "secp256k1")]
)
def test_keys_are_those_of_ic_py(kind, name):
    ours = kind.from_seed(SEED)
    theirs = Identity(privkey=SEED.hex(), type=name)
    der_bytes, signature = theirs.sign(b"message")
    assert ours.public_key_der == der_bytes
    public_key_from_der(der_bytes).verify(b"message", signature)
    assert theirs.verify(b"message", ours.sign(b"message"))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", [b"", b"x" * 31, b"x" * 33])
def test_seeds_of_other_lengths_are_refused(kind, seed):
    with pytest.raises(KeyFormatError, match="32 bytes"):
        kind.from_seed(seed)


@pytest.mark.parametrize("kind", ECDSA_KINDS)
@pytest.mark.parametrize("seed", [bytes(32), b"\xff" * 32])
def test_seeds_out_of_the_curves_order_are_refused(kind, seed):
    with pytest.raises(KeyFormatError, match="order"):
        kind.from_seed(seed)


def test_secrets_are_not_shown():
    for kind in KINDS:
        assert SEED.hex() not in repr(kind.from_seed(SEED))


EC_KEYS = [kind.from_seed(SEED).public_key_der for kind in ECDSA_KINDS]


@pytest.mark.parametrize("encoded", [*EC_KEYS, Ed25519SigningKey.from_seed(SEED).public_key_der])
def test_cut_off_and_padded_der_is_refused(encoded):
    for length in range(len(encoded)):
        with pytest.raises(KeyFormatError):
            public_key_from_der(encoded[:length])
    with pytest.raises(KeyFormatError):
        public_key_from_der(encoded + b"\x00")


@given(st.binary(max_size=150))
def test_any_bytes_are_a_key_or_refused_by_the_typed_error(data):
    with pytest.raises(KeyFormatError):
        public_key_from_der(data)


@pytest.mark.parametrize("encoded", EC_KEYS)
def test_compressed_points_and_points_off_the_curve_are_refused(encoded):
    info = SubjectPublicKeyInfo.decode(encoded)
    compressed = bytes([2 + info.public_key[-1] % 2]) + info.public_key[1:33]
    off_curve = info.public_key[:-1] + bytes([info.public_key[-1] ^ 1])
    for point in (compressed, off_curve, b"\x00"):
        changed = SubjectPublicKeyInfo(info.algorithm, info.parameter, point).encode()
        with pytest.raises(KeyFormatError):
            public_key_from_der(changed)


def test_the_specifications_oids_are_recognised():
    # The start of a canister signature key as Internet Identity's users have it.
    start = bytes.fromhex("300c060a2b0601040183b8430102")
    encoded = SubjectPublicKeyInfo(der.CANISTER_SIGNATURE, None, b"\x00").encode()
    assert encoded[2 : 2 + len(start)] == start


def test_keys_of_other_schemes_are_refused():
    rsa = SubjectPublicKeyInfo("1.2.840.113549.1.1.1", None, b"key").encode()
    bls = BlsSecretKey.from_seed(SEED).public_key_der
    for encoded in (rsa, bls):
        with pytest.raises(KeyFormatError, match="not of a scheme"):
            public_key_from_der(encoded)


@given(
    st.lists(st.integers(min_value=0, max_value=2**40), max_size=6),
    st.none() | st.just(der.P256),
    st.binary(max_size=400),
)
def test_der_round_trips(numbers, parameter, key):
    algorithm = ".".join(map(str, (1, 3, *numbers)))
    info = SubjectPublicKeyInfo(algorithm, parameter, key)
    assert SubjectPublicKeyInfo.decode(info.encode()) == info
