import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from py_ecc.bls.hash_to_curve import hash_to_G1
from py_ecc.bls.point_compression import compress_G1, decompress_G1, decompress_G2
from py_ecc.optimized_bls12_381 import FQ12, G2, curve_order, multiply, neg, pairing

from ic_factory.errors import KeyFormatError, SignatureError
from ic_factory.protocol.crypto.bls import (
    BlsPublicKey,
    BlsSecretKey,
    unwrap_public_key,
    wrap_public_key,
)

CIPHERSUITE = b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_"
SEED = bytes(range(1, 33))


@given(st.binary(max_size=60))
def test_signatures_are_those_of_another_library(message):
    point = hash_to_G1(message, CIPHERSUITE, hashlib.sha256)
    expected = compress_G1(multiply(point, int.from_bytes(SEED, "big") % curve_order))
    assert BlsSecretKey.from_seed(SEED).sign(message) == expected.to_bytes(48, "big")


@pytest.mark.slow
def test_another_library_verifies_the_signature():
    key = BlsSecretKey.from_seed(SEED)
    raw = key.public_key.raw
    public_point = decompress_G2((int.from_bytes(raw[:48], "big"), int.from_bytes(raw[48:], "big")))
    signature_point = decompress_G1(int.from_bytes(key.sign(b"message"), "big"))
    hashed = hash_to_G1(b"message", CIPHERSUITE, hashlib.sha256)
    assert pairing(G2, signature_point) * pairing(public_point, neg(hashed)) == FQ12.one()


def test_signatures_verify_for_their_message_and_key_alone():
    key = BlsSecretKey.from_seed(SEED)
    signature = key.sign(b"message")
    key.public_key.verify(b"message", signature)
    with pytest.raises(SignatureError):
        key.public_key.verify(b"massage", signature)
    with pytest.raises(SignatureError):
        BlsSecretKey.from_seed(b"\x07" * 32).public_key.verify(b"message", signature)


@given(st.binary(max_size=60))
def test_any_bytes_are_refused_by_the_typed_error(signature):
    with pytest.raises(SignatureError):
        BlsSecretKey.from_seed(SEED).public_key.verify(b"message", signature)


@pytest.mark.parametrize(
    "signature", [b"\xc0" + bytes(47), b"\xff" * 48, b"\x80" + bytes(47), bytes(48)]
)
def test_degenerate_signatures_are_refused(signature):
    with pytest.raises(SignatureError):
        BlsSecretKey.from_seed(SEED).public_key.verify(b"message", signature)


@pytest.mark.parametrize(
    "raw", [b"", bytes(95), bytes(96), b"\xc0" + bytes(95), b"\xff" * 96, b"\x80" + bytes(95)]
)
def test_degenerate_public_keys_are_refused(raw):
    with pytest.raises(KeyFormatError):
        BlsPublicKey(raw)


def test_public_keys_are_wrapped_as_the_mainnets_root_key():
    from ic.constants import IC_ROOT_KEY

    assert wrap_public_key(unwrap_public_key(IC_ROOT_KEY)) == IC_ROOT_KEY
    assert BlsPublicKey.from_der(IC_ROOT_KEY).der == IC_ROOT_KEY
    assert len(BlsSecretKey.from_seed(SEED).public_key_der) == 133


@given(st.binary(max_size=140))
def test_any_der_is_refused_by_the_typed_error(data):
    with pytest.raises(KeyFormatError):
        BlsPublicKey.from_der(data)


@pytest.mark.parametrize("raw", [b"", bytes(95), bytes(97)])
def test_only_96_bytes_are_wrapped(raw):
    with pytest.raises(KeyFormatError):
        wrap_public_key(raw)


@pytest.mark.parametrize(
    "seed", [b"", bytes(31), bytes(33), bytes(32), curve_order.to_bytes(32, "big")]
)
def test_bad_seeds_are_refused(seed):
    with pytest.raises(KeyFormatError):
        BlsSecretKey.from_seed(seed)


def test_the_secret_is_not_shown():
    assert SEED.hex() not in repr(BlsSecretKey.from_seed(SEED))
