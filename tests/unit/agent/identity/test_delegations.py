"""Chains of delegations: made, written, read and checked."""

from __future__ import annotations

import json
from typing import Any

import cbor2
import ic.identity
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ic_factory.agent.identity import (
    DelegateIdentity,
    DelegationChain,
    DelegationExpired,
    DelegationInvalid,
    Identity,
    IdentityError,
    NoKey,
    UnusableKey,
    delegate,
)
from ic_factory.protocol.crypto import der
from ic_factory.protocol.crypto.der import SubjectPublicKeyInfo
from ic_factory.protocol.delegation import (
    Delegation,
    SignedDelegation,
    signed_delegations,
)
from ic_factory.protocol.principal import Principal

ROOT = Identity("01" * 32)
SESSION = Identity("02" * 32)
TYPES = ("ed25519", "secp256k1", "p256")
END = 1_900_000_000_000_000_000
CANISTER = Principal.from_str("rwlgt-iiaaa-aaaaa-aaaaa-cai")

targets = st.none() | st.lists(st.binary(max_size=29).map(Principal), max_size=4)
hashable = st.recursive(
    st.text(max_size=5) | st.integers(-(2**40), 2**70),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=5,
)
unknown_fields = st.dictionaries(
    st.text(min_size=1, max_size=8).filter(
        lambda name: name not in ("pubkey", "expiration", "targets", "permissions")
    ),
    hashable,
    max_size=3,
)
delegations = st.builds(
    SignedDelegation,
    st.builds(
        Delegation,
        pubkey=st.binary(max_size=50),
        expiration=st.integers(0, 2**64 - 1),
        targets=targets.map(lambda listed: None if listed is None else tuple(listed)),
        permissions=st.sampled_from([None, "queries", "all"]),
        other_fields=unknown_fields.map(lambda named: tuple(named.items())),
    ),
    st.binary(max_size=70),
)
chains = st.builds(
    DelegationChain, st.binary(max_size=50), st.lists(delegations, max_size=4).map(tuple)
)


json_names = [
    *("delegations", "publicKey", "delegation", "signature"),
    *("pubkey", "expiration", "targets", "other"),
]
json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(json_names), inner),
    max_leaves=12,
)


@given(chains)
def test_what_is_written_is_read_again(chain: DelegationChain) -> None:
    assert DelegationChain.from_json(chain.to_json()) == chain


@given(json_values)
def test_any_json_gives_a_typed_error_or_a_chain(value: Any) -> None:
    try:
        DelegationChain.from_json(json.dumps(value))
    except DelegationInvalid:
        return


@given(st.text() | st.binary())
def test_any_text_gives_a_typed_error(text: str | bytes) -> None:
    with pytest.raises(DelegationInvalid):
        DelegationChain.from_json(text)


@pytest.mark.parametrize("root_type", TYPES)
@pytest.mark.parametrize("session_type", TYPES)
def test_a_session_key_signs_for_who_delegated(root_type: str, session_type: str) -> None:
    root, session = Identity.generate(root_type), Identity.generate(session_type)
    chain = delegate(root, session.der_pubkey, END)
    delegated = DelegateIdentity(session, chain, now=END)
    assert delegated.sender() == root.sender()
    assert delegated.der_pubkey == root.der_pubkey
    assert delegated.signed_delegations == chain.delegations
    key, signature = delegated.sign(b"message")
    assert key == session.der_pubkey
    assert session.verify(b"message", signature)


def test_a_delegate_delegates_further() -> None:
    middle = DelegateIdentity(SESSION, delegate(ROOT, SESSION.der_pubkey, END))
    last = Identity.generate("p256")
    chain = delegate(middle, last.der_pubkey, END - 1, [CANISTER])
    delegated = DelegateIdentity(last, chain)
    assert delegated.sender() == ROOT.sender()
    assert len(delegated.signed_delegations) == 2
    assert chain.expiration == END - 1


def test_ic_py_reads_what_is_written() -> None:
    chain = delegate(ROOT, SESSION.der_pubkey, END)
    session = json.dumps([SESSION.der_pubkey.hex(), SESSION.privkey])
    stock = ic.identity.DelegateIdentity.from_json(session, chain.to_json())
    ours = DelegateIdentity.from_json(session, chain.to_json(), now=END)
    assert isinstance(ours, ic.identity.DelegateIdentity)
    assert ours.sender() == stock.sender()
    assert ours.der_pubkey == stock.der_pubkey
    assert ours.delegations == stock.delegations
    assert ours.sign(b"message") == stock.sign(b"message")


def test_targets_and_unknown_fields_are_kept() -> None:
    delegation = Delegation(
        SESSION.der_pubkey, END, (CANISTER,), "queries", (("purpose", "a test"),)
    )
    signature = ROOT.sign(delegation.signing_bytes)[1]
    assert signature is not None
    chain = DelegationChain(ROOT.der_pubkey, (SignedDelegation(delegation, signature),))
    delegated = DelegateIdentity(SESSION, json.loads(chain.to_json()))
    assert delegated.signed_delegations[0].delegation == delegation
    assert json.loads(delegated.to_json()) == json.loads(chain.to_json())
    received = cbor2.loads(cbor2.dumps(delegated.delegations))
    assert signed_delegations(received, "") == chain.delegations


def test_the_javascript_agents_form_is_met() -> None:
    chain = delegate(ROOT, SESSION.der_pubkey, END, [CANISTER])
    written = json.loads(chain.to_json())
    assert written["publicKey"] == ROOT.der_pubkey.hex()
    inside = written["delegations"][0]["delegation"]
    assert inside == {
        "pubkey": SESSION.der_pubkey.hex(),
        "expiration": "1a5e27eef13e0000",
        "targets": ["00000000000000000101"],
    }


@pytest.mark.parametrize("key_type", TYPES)
def test_session_keys_of_all_types_are_taken(key_type: str) -> None:
    session = Identity.generate(key_type)
    chain = delegate(ROOT, session.der_pubkey, END).to_json()
    for public_key in (session.der_pubkey.hex(), session.pubkey):
        # The JavaScript agent puts the public key behind an Ed25519 secret.
        kept = json.dumps([public_key, session.privkey + session.pubkey])
        assert DelegateIdentity.from_json(kept, chain).identity.privkey == session.privkey


def test_a_chain_that_is_over_is_refused_when_the_time_is_given() -> None:
    chain = delegate(ROOT, SESSION.der_pubkey, END)
    DelegateIdentity(SESSION, chain)
    DelegateIdentity(SESSION, chain, now=END)
    with pytest.raises(DelegationExpired, match="2030-03-17"):
        DelegateIdentity(SESSION, chain, now=END + 1)


@pytest.mark.parametrize("change", ["pubkey", "expiration", "targets", "signature", "added"])
def test_a_changed_delegation_is_refused(change: str) -> None:
    content = delegate(ROOT, SESSION.der_pubkey, END, [CANISTER]).to_dict()
    delegation = content["delegations"][0]["delegation"]
    session = SESSION
    if change == "pubkey":
        session = Identity()
        delegation["pubkey"] = session.der_pubkey.hex()
    elif change == "expiration":
        delegation["expiration"] = f"{END + 1:x}"
    elif change == "targets":
        del delegation["targets"]
    elif change == "signature":
        content["delegations"][0]["signature"] = "00" * 64
    else:
        delegation["added"] = 1
    with pytest.raises(DelegationInvalid, match=r"delegations\[0\] is not signed"):
        DelegateIdentity(session, content)


def test_a_chain_for_another_session_key_is_refused() -> None:
    chain = delegate(ROOT, SESSION.der_pubkey, END)
    with pytest.raises(DelegationInvalid, match="ends at another key"):
        DelegateIdentity(Identity(), chain)


def test_a_chain_in_a_circle_is_refused() -> None:
    there = DelegateIdentity(SESSION, delegate(ROOT, SESSION.der_pubkey, END))
    back = delegate(there, ROOT.der_pubkey, END)
    with pytest.raises(DelegationInvalid, match="twice"):
        DelegateIdentity(ROOT, back)


@pytest.mark.parametrize("algorithm", [der.CANISTER_SIGNATURE, der.COSE])
def test_what_only_the_ic_can_check_is_taken(algorithm: str) -> None:
    root = SubjectPublicKeyInfo(algorithm, None, b"canister and seed").encode()
    signed = SignedDelegation(Delegation(SESSION.der_pubkey, END), b"whatever")
    delegated = DelegateIdentity(SESSION, DelegationChain(root, (signed,)))
    assert delegated.sender() == Principal.self_authenticating(root)


@pytest.mark.parametrize("root", [b"", b"no key", bytes(44)])
def test_a_root_key_in_no_encoding_is_refused(root: bytes) -> None:
    signed = SignedDelegation(Delegation(SESSION.der_pubkey, END), b"whatever")
    with pytest.raises(DelegationInvalid):
        DelegateIdentity(SESSION, DelegationChain(root, (signed,)))


def test_more_than_20_delegations_are_refused() -> None:
    identity: Identity | DelegateIdentity = ROOT
    for number in range(20):
        session = Identity(f"{number + 16:02x}" * 32)
        identity = DelegateIdentity(session, delegate(identity, session.der_pubkey, END))
    with pytest.raises(DelegationInvalid, match="at most 20"):
        delegate(identity, SESSION.der_pubkey, END)
    content = delegate(ROOT, SESSION.der_pubkey, END).to_dict()
    content["delegations"] *= 21
    with pytest.raises(DelegationInvalid, match="at most 20"):
        DelegationChain.from_dict(content)


def test_more_than_1000_targets_are_refused() -> None:
    with pytest.raises(DelegationInvalid, match="at most 1000"):
        delegate(ROOT, SESSION.der_pubkey, END, [CANISTER] * 1001)


def test_the_anonymous_one_can_not_delegate_nor_be_delegated_to() -> None:
    anonymous = Identity(anonymous=True)
    with pytest.raises(NoKey):
        delegate(anonymous, SESSION.der_pubkey, END)
    with pytest.raises(NoKey):
        DelegateIdentity(anonymous, delegate(ROOT, SESSION.der_pubkey, END))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("publicKey",), None),
        (("publicKey",), "xx"),
        (("delegations",), None),
        (("delegations",), {}),
        (("delegations", 0), 7),
        (("delegations", 0, "signature"), 7),
        (("delegations", 0, "delegation"), []),
        (("delegations", 0, "delegation", "pubkey"), "0"),
        (("delegations", 0, "delegation", "expiration"), 7),
        (("delegations", 0, "delegation", "expiration"), "-1"),
        (("delegations", 0, "delegation", "expiration"), "1" * 17),
        (("delegations", 0, "delegation", "targets"), "00"),
        (("delegations", 0, "delegation", "targets"), ["zz"]),
        (("delegations", 0, "delegation", "targets"), ["00" * 30]),
        (("delegations", 0, "delegation", "permissions"), "none"),
        (("delegations", 0, "delegation", "other"), 0.5),
    ],
)
def test_a_damaged_chain_is_refused(path: tuple[Any, ...], value: Any) -> None:
    content: Any = delegate(ROOT, SESSION.der_pubkey, END).to_dict()
    *way, last = path
    inside = content
    for step in way:
        inside = inside[step]
    inside[last] = value
    with pytest.raises(DelegationInvalid):
        DelegateIdentity(SESSION, content)


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", "[1, 2]", '["", "abc"]', '["a", "' + "5f" * 31 + '"]']
)
def test_a_damaged_session_key_is_refused_and_not_shown(text: str) -> None:
    with pytest.raises(UnusableKey) as caught:
        DelegateIdentity.from_json(text, delegate(ROOT, SESSION.der_pubkey, END).to_json())
    assert caught.value.__suppress_context__
    assert "5f" not in str(caught.value)


def test_no_representation_shows_the_session_key() -> None:
    delegated = DelegateIdentity(SESSION, delegate(ROOT, SESSION.der_pubkey, END))
    shown = f"{delegated} {delegated!r} {vars(delegated)}"
    assert SESSION.privkey not in shown
    assert str(ROOT.sender()) in repr(delegated)


def test_all_its_errors_are_identity_errors() -> None:
    assert issubclass(DelegationExpired, IdentityError)
    assert issubclass(DelegationInvalid, IdentityError)
