from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ic_factory.errors import KeyFormatError, SignatureError
from ic_factory.protocol import hash_tree
from ic_factory.protocol.canister_ranges import CanisterIdRange, encode_ranges
from ic_factory.protocol.certificate import (
    Certificate,
    CertificateDelegation,
    state_root_signing_bytes,
)
from ic_factory.protocol.crypto import der
from ic_factory.protocol.crypto.bls import BlsSecretKey
from ic_factory.protocol.crypto.canister_signature import CanisterSignature, CanisterSignatureKey
from ic_factory.protocol.crypto.der import SubjectPublicKeyInfo
from ic_factory.protocol.crypto.keys import public_key_from_der
from ic_factory.protocol.hash_tree import from_mapping, witness
from ic_factory.protocol.principal import Principal

ROOT = BlsSecretKey.from_seed(b"\x01" * 32)
SUBNET = BlsSecretKey.from_seed(b"\x02" * 32)
OTHER_SUBNET = BlsSecretKey.from_seed(b"\x03" * 32)
MESSAGE = b"\x1aic-request-auth-delegation and a hash"
SEED = b"a user"


def canister(number):
    return Principal(number.to_bytes(8, "big") + b"\x01\x01")


SIGNER = canister(12)
KEY = CanisterSignatureKey(SIGNER, SEED)


def signed(key, branches, delegation=None):
    tree = from_mapping(branches)
    return Certificate(tree, key.sign(state_root_signing_bytes(tree.digest)), delegation)


def delegation(subnet, first, last, root=ROOT, nested=None):
    subnet_id = Principal.self_authenticating(subnet.public_key_der)
    ranges = encode_ranges([CanisterIdRange(canister(first), canister(last))])
    branches = {b"public_key": subnet.public_key_der, b"canister_ranges": ranges}
    certificate = signed(root, {b"subnet": {subnet_id.bytes: branches}}, nested)
    return CertificateDelegation(subnet_id, certificate.encode())


def signatures(seed=SEED, message=MESSAGE, value=b""):
    return from_mapping({b"sig": {sha256(seed).digest(): {sha256(message).digest(): value}}})


def certified(tree, canister_id=SIGNER, key=ROOT, delegated=None):
    data = {b"canister": {canister_id.bytes: {b"certified_data": tree.digest}}}
    return signed(key, data, delegated).encode()


def verify(signature, message=MESSAGE, key=KEY, root=ROOT):
    public_key_from_der(key.der, root.public_key_der).verify(message, signature.encode())


def refused(reason, signature, **options):
    with pytest.raises(SignatureError, match=reason):
        verify(signature, **options)


def test_what_the_canister_certified_verifies():
    tree = signatures()
    verify(CanisterSignature(certified(tree), tree))


def test_other_signatures_may_be_pruned():
    tree = from_mapping(
        {
            b"other": b"data",
            b"sig": {
                sha256(seed).digest(): {sha256(message).digest(): b"" for message in (b"", MESSAGE)}
                for seed in (b"another user", SEED)
            },
        }
    )
    shown = witness(tree, [KEY.path_of(MESSAGE)])
    verify(CanisterSignature(certified(tree), shown))


def test_a_subnet_signs_for_the_canisters_in_its_range():
    tree = signatures()
    subnet = delegation(SUBNET, 10, 19)
    verify(CanisterSignature(certified(tree, key=SUBNET, delegated=subnet), tree))


@pytest.mark.parametrize(
    ("reason", "key", "delegated"),
    [
        ("range", SUBNET, delegation(SUBNET, 20, 29)),
        ("BLS", SUBNET, delegation(OTHER_SUBNET, 10, 19)),
        ("BLS", SUBNET, delegation(SUBNET, 10, 19, OTHER_SUBNET)),
        ("by way of", SUBNET, delegation(SUBNET, 10, 19, nested=delegation(SUBNET, 0, 99))),
        ("BLS", SUBNET, None),
    ],
    ids=["another range", "another key", "another root", "two delegations", "no delegation"],
)
def test_another_subnet_does_not(reason, key, delegated):
    tree = signatures()
    refused(reason, CanisterSignature(certified(tree, key=key, delegated=delegated), tree))


def test_a_foreign_root_is_refused():
    tree = signatures()
    refused("BLS", CanisterSignature(certified(tree, key=OTHER_SUBNET), tree))


@pytest.mark.parametrize(
    "tree",
    [
        signatures(seed=b"another user"),
        signatures(message=b"another message"),
        signatures(value=b"\x00"),
        from_mapping({b"sig": {sha256(SEED).digest(): b""}}),
        from_mapping({}),
    ],
    ids=["seed", "message", "value", "no message", "empty"],
)
def test_a_tree_without_the_message_is_refused(tree):
    refused("did not sign", CanisterSignature(certified(tree), tree))


def test_a_pruned_message_is_refused():
    tree = witness(signatures(), [(b"sig", bytes(32))])
    refused("did not sign", CanisterSignature(certified(tree), tree))


def test_a_tree_that_another_canister_certified_is_refused():
    tree = signatures()
    refused("certified", CanisterSignature(certified(tree, canister(13)), tree))
    refused("certified", CanisterSignature(certified(signatures(seed=b"x")), tree))


def test_a_certificate_that_is_none_is_refused():
    refused("certificate", CanisterSignature(b"\xd9\xd9\xf7\xa0", signatures()))


@given(st.binary(max_size=80))
def test_any_bytes_are_refused(signature):
    with pytest.raises(SignatureError):
        public_key_from_der(KEY.der, ROOT.public_key_der).verify(MESSAGE, signature)


def test_signatures_round_trip_and_begin_with_the_tag():
    tree = signatures()
    encoded = CanisterSignature(b"certificate", tree).encode()
    assert CanisterSignature.decode(encoded) == CanisterSignature(b"certificate", tree)
    assert hash_tree.encode(tree) in encoded
    with pytest.raises(SignatureError, match="55799"):
        CanisterSignature.decode(encoded[3:])


@given(st.binary(max_size=29), st.binary(max_size=300))
def test_keys_round_trip(canister_id, seed):
    key = CanisterSignatureKey(Principal(canister_id), seed)
    info = SubjectPublicKeyInfo.decode(key.der)
    assert info.algorithm == der.CANISTER_SIGNATURE
    assert CanisterSignatureKey.from_info(info) == key


@pytest.mark.parametrize("content", [b"", b"\x05abcd", b"\x1e" + bytes(30)])
def test_keys_without_an_id_are_refused(content):
    encoded = SubjectPublicKeyInfo(der.CANISTER_SIGNATURE, None, content).encode()
    with pytest.raises(KeyFormatError, match="signing canister"):
        public_key_from_der(encoded, ROOT.public_key_der)


def test_the_algorithm_has_no_parameter():
    info = SubjectPublicKeyInfo(der.CANISTER_SIGNATURE, der.P256, b"\x00")
    with pytest.raises(KeyFormatError, match="signing canister"):
        public_key_from_der(info.encode(), ROOT.public_key_der)


def test_without_a_root_key_they_are_refused():
    with pytest.raises(KeyFormatError, match="root key"):
        public_key_from_der(KEY.der)
