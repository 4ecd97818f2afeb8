import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ic.principal import AccountIdentifier
from ic.principal import Principal as IcPyPrincipal

from ic_factory.errors import PrincipalError, ProtocolError
from ic_factory.protocol.principal import Principal

blobs = st.binary(max_size=29)


def test_text_of_the_specifications_example():
    assert str(Principal(bytes.fromhex("abcd01"))) == "em77e-bvlzu-aq"


@pytest.mark.parametrize(
    ("text", "blob"),
    [
        ("aaaaa-aa", b""),
        ("2vxsx-fae", b"\x04"),
        ("rwlgt-iiaaa-aaaaa-aaaaa-cai", bytes.fromhex("00000000000000000101")),
        ("EM77E-BVLZU-AQ", bytes.fromhex("abcd01")),
    ],
)
def test_text_is_read_in_either_case(text, blob):
    assert Principal.from_str(text).bytes == blob


@given(blobs)
def test_text_and_hex_round_trip(blob):
    principal = Principal(blob)
    assert Principal.from_str(principal.to_str()) == principal
    assert Principal.from_hex(principal.hex) == principal
    assert len(principal.to_str()) <= 63


@given(blobs)
def test_text_is_the_one_of_ic_py(blob):
    theirs = IcPyPrincipal(blob)
    ours = Principal(blob)
    assert ours.to_str() == theirs.to_str()
    assert ours.hex == theirs.hex
    assert ours.len == theirs.len
    assert repr(ours) == repr(theirs)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "too short"),
        ("aaaaa", "too short"),
        ("em77e-bvlzu-aa", "check sequence"),
        ("em77ebvlzuaq", "grouped"),
        ("em77e-bvlzu-aq-", "grouped"),
        ("em77-ebvlz-uaq", "grouped"),
        ("em77e-bvlzu-a1", "base32"),
        ("em77e-bvlzu-aq===", "grouped"),
        ("em77e bvlzu aq", "base32"),
        ("2vxſx-fae", "letters, digits"),
        ("a" * 64, "letters, digits"),
    ],
)
def test_other_text_is_refused(text, reason):
    with pytest.raises(PrincipalError, match=reason):
        Principal.from_str(text)


@given(st.text(max_size=70))
def test_any_text_is_read_or_refused_by_the_typed_error(text):
    try:
        principal = Principal.from_str(text)
    except PrincipalError:
        return
    assert principal.to_str() == text.lower()


@pytest.mark.parametrize("value", [None, 3, "aaaaa-aa", bytearray(b"\x01"), b"x" * 30])
def test_only_up_to_29_bytes_make_a_principal(value):
    with pytest.raises(PrincipalError):
        Principal(value)


@pytest.mark.parametrize("value", [None, 3, [], "nonsense", b"x" * 30, IcPyPrincipal(b"x" * 30)])
def test_of_refuses_what_is_no_principal(value):
    with pytest.raises(PrincipalError):
        Principal.of(value)


@pytest.mark.parametrize("digits", ["0g", "012", "ab cd", "00" * 30, "ä"])
def test_bad_hexadecimal_is_refused(digits):
    with pytest.raises(PrincipalError):
        Principal.from_hex(digits)


@given(blobs)
def test_of_takes_every_usual_form(blob):
    principal = Principal(blob)
    for form in (principal, IcPyPrincipal(blob), principal.to_str(), blob, bytearray(blob)):
        assert Principal.of(form) == principal


@given(blobs, blobs)
def test_equality_order_and_hash_follow_the_bytes(one, other):
    assert (Principal(one) == Principal(other)) == (one == other)
    assert (Principal(one) < Principal(other)) == (one < other)
    assert len({Principal(one), Principal(other)}) == len({one, other})


@given(blobs, blobs)
def test_equals_ic_pys_principal_from_both_sides(one, other):
    assert (Principal(one) == IcPyPrincipal(other)) == (one == other)
    assert (IcPyPrincipal(one) == Principal(other)) == (one == other)


def test_equals_nothing_else():
    assert Principal.anonymous() != b"\x04"
    assert Principal.anonymous() != "2vxsx-fae"


def test_special_forms():
    key = b"some public key in DER"
    user = Principal.self_authenticating(key)
    assert user.bytes == hashlib.sha224(key).digest() + b"\x02"
    assert user == Principal.self_authenticating(key.hex())
    assert user == IcPyPrincipal.self_authenticating(key)
    assert user.is_self_authenticating
    assert not user.is_anonymous
    assert Principal.anonymous().is_anonymous
    assert not Principal.management_canister().is_self_authenticating


def test_account_ids_are_those_of_ic_py():
    user = Principal.self_authenticating(b"key")
    theirs = IcPyPrincipal(user.bytes)
    for subaccount in (0, 1, 2**255):
        account = user.to_account_id(subaccount)
        assert account.bytes == theirs.to_account_id(subaccount).bytes
        assert str(account) == str(AccountIdentifier.new(user, subaccount))
    with pytest.raises(ProtocolError):
        user.to_account_id(2**256)


def test_ic_py_takes_it_as_a_canister_id():
    from ic.agent import Agent
    from ic.client import Client
    from ic.identity import Identity

    class Recorder(Client):
        def query(self, canister_id, data):
            from ic_factory.protocol.envelope import Envelope

            self.received = Envelope.decode(data)
            raise EOFError

    recorder = Recorder("http://localhost")
    canister_id = Principal.from_str("rwlgt-iiaaa-aaaaa-aaaaa-cai")
    with pytest.raises(EOFError):
        Agent(Identity(anonymous=True), recorder).query_raw(canister_id, "greet", b"")
    assert recorder.received.content.canister_id == canister_id
    assert recorder.received.content.sender == Principal.anonymous()
