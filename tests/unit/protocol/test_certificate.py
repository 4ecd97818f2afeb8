import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ic_factory.errors import CertificateError, KeyFormatError
from ic_factory.protocol import cbor
from ic_factory.protocol.canister_ranges import (
    CanisterIdRange,
    RangesFormat,
    decode_ranges,
    encode_ranges,
    ranges_of,
)
from ic_factory.protocol.certificate import (
    Certificate,
    CertificateDelegation,
    state_root_signing_bytes,
)
from ic_factory.protocol.certificate_errors import (
    CanisterOutOfRangeError,
    CertificateFromFutureError,
    CertificateSignatureError,
    CertificateTooOldError,
    MalformedCertificateError,
    NestedDelegationError,
    WrongSubnetError,
)
from ic_factory.protocol.certificate_verification import (
    FIVE_MINUTES,
    certified_time,
    check_age,
    verify_for_canister,
    verify_for_subnet,
)
from ic_factory.protocol.crypto.bls import BlsSecretKey
from ic_factory.protocol.hash_tree import EMPTY, Found, from_mapping, lookup_path, witness
from ic_factory.protocol.leb128 import encode_unsigned
from ic_factory.protocol.principal import Principal

ROOT = BlsSecretKey.from_seed(b"\x01" * 32)
SUBNET = BlsSecretKey.from_seed(b"\x02" * 32)
SUBNET_ID = Principal.self_authenticating(SUBNET.public_key_der)
OTHER_SUBNET_ID = Principal.self_authenticating(b"another key")
NOW = 1_700_000_000 * 10**9


def canister(number):
    return Principal(number.to_bytes(8, "big") + b"\x01\x01")


RANGES = (
    CanisterIdRange(canister(10), canister(19)),
    CanisterIdRange(canister(30), canister(39)),
)


def signed(key, branches, delegation=None):
    tree = from_mapping(branches)
    return Certificate(tree, key.sign(state_root_signing_bytes(tree.digest)), delegation)


def delegation(ranges_format=RangesFormat.WHOLE, key=ROOT):
    subnet = {b"public_key": SUBNET.public_key_der}
    branches = {b"subnet": {SUBNET_ID.bytes: subnet}, b"time": encode_unsigned(NOW)}
    if ranges_format is RangesFormat.WHOLE:
        subnet[b"canister_ranges"] = encode_ranges(RANGES)
    elif ranges_format is RangesFormat.SHARDED:
        shards = {one.first.bytes: encode_ranges([one]) for one in RANGES}
        branches[b"canister_ranges"] = {SUBNET_ID.bytes: shards}
    return CertificateDelegation(SUBNET_ID, signed(key, branches).encode())


def certificate(delegated=None, key=SUBNET, time=NOW):
    return signed(key, {b"time": encode_unsigned(time)}, delegated)


def test_the_root_keys_certificate_verifies():
    verify_for_canister(certificate(key=ROOT), ROOT.public_key_der, canister(1))
    verify_for_subnet(certificate(key=ROOT), ROOT.public_key_der, SUBNET_ID)


@pytest.mark.parametrize("shown", RangesFormat)
def test_a_subnets_certificate_verifies_for_its_canisters_and_itself(shown):
    one = Certificate.decode(certificate(delegation(shown)).encode())
    for number in (10, 15, 19, 30, 39):
        verify_for_canister(one, ROOT.public_key_der, canister(number))
        verify_for_canister(one, ROOT.public_key_der, canister(number), shown)
    verify_for_subnet(one, ROOT.public_key_der, SUBNET_ID)


@pytest.mark.parametrize("shown", RangesFormat)
@pytest.mark.parametrize("number", [9, 20, 29, 40])
def test_other_canisters_are_refused(shown, number):
    with pytest.raises(CanisterOutOfRangeError, match=str(canister(number))):
        verify_for_canister(certificate(delegation(shown)), ROOT.public_key_der, canister(number))


@pytest.mark.parametrize("shown", RangesFormat)
def test_ranges_in_the_other_format_are_refused(shown):
    (other,) = set(RangesFormat) - {shown}
    with pytest.raises(MalformedCertificateError, match=other.value):
        verify_for_canister(
            certificate(delegation(shown)), ROOT.public_key_der, canister(10), other
        )


def test_a_delegation_without_ranges_verifies_for_its_subnet_alone():
    one = certificate(delegation(None))
    verify_for_subnet(one, ROOT.public_key_der, SUBNET_ID)
    with pytest.raises(MalformedCertificateError, match="no canister ranges"):
        verify_for_canister(one, ROOT.public_key_der, canister(10))


def test_another_subnet_is_refused():
    with pytest.raises(WrongSubnetError, match=str(OTHER_SUBNET_ID)):
        verify_for_subnet(certificate(delegation()), ROOT.public_key_der, OTHER_SUBNET_ID)


def test_a_delegation_renamed_to_another_subnet_shows_no_key_of_it():
    renamed = CertificateDelegation(OTHER_SUBNET_ID, delegation().certificate)
    with pytest.raises(MalformedCertificateError, match="no key"):
        verify_for_subnet(certificate(renamed), ROOT.public_key_der, OTHER_SUBNET_ID)


@pytest.mark.parametrize(
    "bad",
    [
        certificate(key=SUBNET),
        certificate(delegation(), key=ROOT),
        certificate(delegation(key=SUBNET)),
        Certificate(certificate(key=ROOT).tree, b"\x00" * 48),
        Certificate(certificate(key=ROOT).tree, b""),
        Certificate(from_mapping({b"time": b"\x01"}), certificate(key=ROOT).signature),
    ],
)
def test_bad_signatures_are_refused(bad):
    with pytest.raises(CertificateSignatureError):
        verify_for_canister(bad, ROOT.public_key_der, canister(10))
    with pytest.raises(CertificateSignatureError):
        verify_for_subnet(bad, ROOT.public_key_der, SUBNET_ID)


def test_nested_delegations_are_refused():
    nested = Certificate.decode(delegation().certificate)
    twice = Certificate(nested.tree, nested.signature, delegation()).encode()
    with pytest.raises(NestedDelegationError):
        verify_for_subnet(
            certificate(CertificateDelegation(SUBNET_ID, twice)), ROOT.public_key_der, SUBNET_ID
        )


@pytest.mark.parametrize(
    "ranges", [b"", b"\x00", b"\x81\x00", b"\x81\x81\x40", b"\x81\x82\x00\x00"]
)
def test_bad_ranges_are_refused(ranges):
    tree = {b"subnet": {SUBNET_ID.bytes: {b"canister_ranges": ranges}}}
    bad = certificate(CertificateDelegation(SUBNET_ID, signed(ROOT, tree).encode()))
    with pytest.raises(MalformedCertificateError, match="range"):
        verify_for_canister(bad, ROOT.public_key_der, canister(10))


def test_a_bad_root_key_is_no_fault_of_the_certificate():
    with pytest.raises(KeyFormatError):
        verify_for_subnet(certificate(key=ROOT), b"key", SUBNET_ID)


def test_a_witness_verifies_as_the_whole_tree_does():
    whole = signed(ROOT, {b"a": b"1", b"b": {b"c": b"2"}, b"time": b"\x03"})
    pruned = Certificate(witness(whole.tree, [(b"b", b"c")]), whole.signature)
    verify_for_canister(pruned, ROOT.public_key_der, canister(1))
    assert lookup_path(Certificate.decode(pruned.encode()).tree, (b"b", b"c")) == Found(b"2")


def test_age_is_bounded_on_both_sides():
    one = certificate(time=NOW)
    assert certified_time(one) == NOW
    for now in (NOW, NOW + FIVE_MINUTES, NOW - FIVE_MINUTES):
        check_age(one, now)
    with pytest.raises(CertificateTooOldError, match=r"300\.000 s"):
        check_age(one, NOW + FIVE_MINUTES + 1)
    with pytest.raises(CertificateFromFutureError, match=r"300\.000 s"):
        check_age(one, NOW - FIVE_MINUTES - 1)
    check_age(one, NOW + 7 * FIVE_MINUTES, max_age=7 * FIVE_MINUTES)


@pytest.mark.parametrize(
    "tree",
    [
        EMPTY,
        from_mapping({b"time": {b"x": b""}}),
        from_mapping({b"time": b""}),
        from_mapping({b"time": b"\x00\x00"}),
        from_mapping({b"time": b"\x80" * 10 + b"\x01"}),
    ],
)
def test_a_certificate_without_a_readable_time_is_refused(tree):
    with pytest.raises(MalformedCertificateError, match="time"):
        check_age(Certificate(tree, b""), NOW)


@settings(max_examples=50)
@given(
    st.dictionaries(st.binary(max_size=3), st.binary(max_size=3)),
    st.binary(max_size=48),
    st.none()
    | st.builds(
        CertificateDelegation, st.binary(max_size=29).map(Principal), st.binary(max_size=9)
    ),
)
def test_certificates_round_trip(mapping, signature, delegated):
    one = Certificate(from_mapping(mapping), signature, delegated)
    assert Certificate.decode(one.encode()) == one
    assert one.encode().startswith(b"\xd9\xd9\xf7")


@given(st.binary(max_size=100))
def test_any_bytes_are_refused_by_the_typed_error(data):
    with pytest.raises(MalformedCertificateError):
        Certificate.decode(data)


ENCODED = certificate(delegation()).encode()


@given(st.integers(0, len(ENCODED) - 1), st.integers(1, 255))
def test_any_changed_byte_is_noticed(index, difference):
    changed = bytearray(ENCODED)
    changed[index] ^= difference
    with pytest.raises(CertificateError):
        verify_for_subnet(Certificate.decode(bytes(changed)), ROOT.public_key_der, SUBNET_ID)


@pytest.mark.parametrize(
    "value",
    [
        [],
        {},
        {"tree": [0]},
        {"tree": [0], "signature": ""},
        {"tree": [7], "signature": b""},
        {"tree": [0], "signature": b"", "delegation": []},
        {"tree": [0], "signature": b"", "delegation": {}},
        {"tree": [0], "signature": b"", "delegation": {"subnet_id": b""}},
        {"tree": [0], "signature": b"", "delegation": {"subnet_id": 1, "certificate": b""}},
        {
            "tree": [0],
            "signature": b"",
            "delegation": {"subnet_id": b"x" * 30, "certificate": b""},
        },
    ],
)
def test_other_shapes_are_refused(value):
    with pytest.raises(MalformedCertificateError, match="certificate"):
        Certificate.decode(cbor.encode(value))


ranges = st.lists(
    st.builds(
        CanisterIdRange,
        st.binary(max_size=29).map(Principal),
        st.binary(max_size=29).map(Principal),
    ),
    max_size=5,
).map(tuple)


@given(ranges)
def test_ranges_round_trip(some):
    assert decode_ranges(encode_ranges(some)) == some


@given(st.binary(max_size=40))
def test_any_ranges_are_decoded_or_refused_by_the_typed_error(data):
    try:
        assert isinstance(decode_ranges(data), tuple)
    except MalformedCertificateError:
        return


def test_sharded_ranges_are_put_together_in_order():
    tree = Certificate.decode(delegation(RangesFormat.SHARDED).certificate).tree
    assert ranges_of(tree, SUBNET_ID, RangesFormat.SHARDED) == RANGES
    assert ranges_of(tree, SUBNET_ID, RangesFormat.WHOLE) is None
    assert ranges_of(tree, OTHER_SUBNET_ID, RangesFormat.SHARDED) is None
