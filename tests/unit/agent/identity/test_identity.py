"""Our `Identity` is ic-py's, but for the key that it doesn't show."""

from __future__ import annotations

import copy
import subprocess
import sys

import ecdsa
import ic.identity
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ic.principal import Principal as StockPrincipal

from ic_factory.agent.identity import BadSignature, Identity, NoKey, UnusableKey
from ic_factory.errors import SignatureError
from ic_factory.protocol.crypto.keys import public_key_from_der
from ic_factory.protocol.principal import Principal

TYPES = ("ed25519", "secp256k1", "p256")
STOCK_TYPES = TYPES[:2]
SECRET = "5f" * 32
MNEMONIC = "abandon " * 11 + "about"

any_type = pytest.mark.parametrize("key_type", TYPES)
stock_type = pytest.mark.parametrize("key_type", STOCK_TYPES)


@stock_type
def test_has_the_values_of_ic_pys_own(key_type: str) -> None:
    ours, stock = Identity(SECRET, key_type), ic.identity.Identity(SECRET, key_type)
    assert isinstance(ours, ic.identity.Identity)
    for name in ("privkey", "pubkey", "der_pubkey", "key_type", "anonymous"):
        assert getattr(ours, name) == getattr(stock, name), name
    assert ours.sk.to_string() == stock.sk.to_string()
    assert ours.vk.to_string() == stock.vk.to_string()
    assert ours.sender() == stock.sender()
    assert ours.sender().to_str() == stock.sender().to_str()


@stock_type
@given(message=st.binary(max_size=200), secret=st.binary(min_size=32, max_size=32))
def test_ic_py_verifies_what_it_signs_and_the_other_way_round(
    key_type: str, message: bytes, secret: bytes
) -> None:
    secret = b"\x01" + secret[1:]
    ours = Identity(secret.hex(), key_type)
    stock = ic.identity.Identity(secret.hex(), key_type)
    key, signature = ours.sign(message)
    assert key == stock.der_pubkey
    assert signature is not None
    assert stock.verify(message, signature)
    assert ours.verify(message, stock.sign(message)[1])


@any_type
def test_a_new_one_signs_for_its_principal(key_type: str) -> None:
    identity = Identity.generate(key_type)
    assert type(identity.sender()) is Principal
    key, signature = identity.sign(b"message")
    assert key is not None
    assert signature is not None
    public_key_from_der(key).verify(b"message", signature)
    assert Principal.self_authenticating(key) == identity.sender()
    assert identity.verify(b"message".hex(), signature)
    assert identity.vk.verify(signature, b"message")
    assert Identity(type=key_type).sender() != identity.sender()


@any_type
def test_a_forged_signature_raises_what_both_libraries_call_it(key_type: str) -> None:
    identity = Identity(SECRET, key_type)
    signature = identity.sign(b"message")[1]
    assert signature is not None
    for kind in (BadSignature, SignatureError, ecdsa.BadSignatureError):
        with pytest.raises(kind):
            identity.verify(b"another", signature)


def test_the_anonymous_one_signs_nothing() -> None:
    anonymous, stock = Identity(anonymous=True), ic.identity.Identity(anonymous=True)
    assert anonymous.sender() == stock.sender() == Principal.anonymous()
    assert anonymous.sign(b"message") == stock.sign(b"message") == (None, None)
    assert anonymous.verify(b"message", b"") is stock.verify(b"message", b"") is False
    for name in ("privkey", "pubkey", "der_pubkey", "sk", "vk"):
        assert not hasattr(anonymous, name)
    with pytest.raises(NoKey, match="anonymous"):
        anonymous.to_pem()


def test_words_lead_to_the_key_that_ic_py_derives() -> None:
    ours, stock = Identity.from_seed(MNEMONIC), ic.identity.Identity.from_seed(MNEMONIC)
    assert type(ours) is Identity
    assert ours.privkey == stock.privkey


@stock_type
def test_pems_go_both_ways(key_type: str) -> None:
    ours, stock = Identity(SECRET, key_type), ic.identity.Identity(SECRET, key_type)
    assert Identity.from_pem(stock.to_pem()).privkey == SECRET
    assert ic.identity.Identity.from_pem(ours.to_pem().decode()).privkey == SECRET


def test_ic_pys_principals_equal_ours() -> None:
    identity = Identity(SECRET)
    stock = StockPrincipal.self_authenticating(identity.der_pubkey)
    assert identity.sender() == stock


@pytest.mark.parametrize("digits", [SECRET + "00", SECRET[2:], "zz" * 32, "5", SECRET[:-1] + "\n"])
@any_type
def test_digits_that_are_no_key_are_refused_and_not_shown(digits: str, key_type: str) -> None:
    with pytest.raises(UnusableKey) as caught:
        Identity(digits, key_type)
    assert digits not in everything_said(caught.value)


@pytest.mark.parametrize("digits", ["00" * 32, "ff" * 32])
@pytest.mark.parametrize("key_type", ["secp256k1", "p256"])
def test_a_number_beyond_the_curve_is_refused(digits: str, key_type: str) -> None:
    with pytest.raises(UnusableKey, match="order"):
        Identity(digits, key_type)


def test_an_unknown_type_is_refused() -> None:
    with pytest.raises(UnusableKey, match=r"'rsa'.*ed25519, secp256k1, p256"):
        Identity(SECRET, "rsa")
    with pytest.raises(UnusableKey):
        Identity.generate("rsa")


@any_type
def test_no_representation_shows_the_key(key_type: str) -> None:
    identity = Identity(SECRET, key_type)
    shown = f"{identity} {identity!r} {vars(identity)}"
    assert SECRET not in shown
    assert repr(bytes.fromhex(SECRET)) not in shown
    assert str(identity.sender()) in repr(identity)
    assert "anonymous" in repr(Identity(anonymous=True))


def test_a_shallow_copy_signs_as_well() -> None:
    identity = Identity(SECRET)
    assert copy.copy(identity).sign(b"message") == identity.sign(b"message")


def test_errors_load_without_ic_py() -> None:
    script = "import sys, ic_factory.errors; assert 'ic' not in sys.modules"
    subprocess.run([sys.executable, "-c", script], check=True)


def everything_said(error: BaseException) -> str:
    """The texts of an error and of all that it shows as its causes."""
    said = [repr(error), str(error)]
    if error.__cause__ is not None:
        said.append(everything_said(error.__cause__))
    elif error.__context__ is not None and not error.__suppress_context__:
        said.append(everything_said(error.__context__))
    return "\n".join(said)
