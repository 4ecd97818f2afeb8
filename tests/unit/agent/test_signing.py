"""Requests as an identity signs them; the replica checks the signatures in tests/interop."""

import json

import pytest
from ic.identity import DelegateIdentity, Identity

from ic_factory.agent.signing import NONCE_BYTES, Signer, random_nonce
from ic_factory.protocol.content import CallContent
from ic_factory.protocol.crypto.keys import public_key_from_der
from ic_factory.protocol.delegation import Delegation, SignedDelegation
from ic_factory.protocol.envelope import Envelope
from ic_factory.protocol.principal import Principal

CANISTER = Principal(b"\x00" * 7 + b"\x0c\x01\x01")


def content(signer):
    return CallContent(CANISTER, "go", b"", signer.sender, 7, signer.nonce())


def sealed(identity):
    signer = Signer(identity, random_nonce)
    one = content(signer)
    return Envelope.decode(signer.seal(one)), one


def test_the_anonymous_caller_signs_nothing():
    envelope, one = sealed(Identity(anonymous=True))
    assert envelope.content == one
    assert one.sender == Principal.anonymous()
    assert (envelope.sender_pubkey, envelope.sender_sig) == (None, None)
    assert envelope.sender_delegation is None


@pytest.mark.parametrize("kind", ["ed25519", "secp256k1"])
def test_keys_of_ic_py_sign_the_request(kind):
    identity = Identity(type=kind)
    envelope, one = sealed(identity)
    assert one.sender == Principal.self_authenticating(identity.der_pubkey)
    assert envelope.sender_pubkey == identity.der_pubkey
    public_key_from_der(envelope.sender_pubkey).verify(one_signed(one), envelope.sender_sig)
    assert envelope.sender_delegation is None


def one_signed(one):
    return b"\x0aic-request" + one.request_id


def chain(root, session):
    return {
        "publicKey": root.der_pubkey.hex(),
        "delegations": [
            {
                "delegation": {"expiration": f"{2**62:x}", "pubkey": session.der_pubkey.hex()},
                "signature": "ab" * 64,
            }
        ],
    }


def test_a_delegation_of_ic_py_goes_along_each_time():
    root, session = Identity(), Identity()
    identity = DelegateIdentity(session, chain(root, session))
    for _ in range(2):
        envelope, one = sealed(identity)
        assert one.sender == Principal.self_authenticating(root.der_pubkey)
        assert envelope.sender_pubkey == root.der_pubkey
        (delegated,) = envelope.sender_delegation
        assert delegated.delegation.pubkey == session.der_pubkey
        assert delegated.delegation.expiration == 2**62
        public_key_from_der(session.der_pubkey).verify(one_signed(one), envelope.sender_sig)


def test_delegations_that_are_typed_go_along_as_they_are():
    root, session = Identity(), Identity()

    class Delegated:
        der_pubkey = root.der_pubkey
        signed_delegations = (SignedDelegation(Delegation(session.der_pubkey, 2**62), b"s"),)

        def sender(self):
            return Principal.self_authenticating(self.der_pubkey)

        def sign(self, message):
            return session.sign(message)

    envelope, _ = sealed(Delegated())
    assert envelope.sender_delegation == Delegated.signed_delegations
    assert envelope.sender_pubkey == root.der_pubkey


def test_a_delegation_from_a_browser_is_read():
    root, session = Identity(), Identity()
    browser = json.dumps(["", session.privkey + session.pubkey])
    identity = DelegateIdentity.from_json(browser, json.dumps(chain(root, session)))
    envelope, one = sealed(identity)
    public_key_from_der(session.der_pubkey).verify(one_signed(one), envelope.sender_sig)


def test_nonces_differ():
    assert len({random_nonce() for _ in range(1000)}) == 1000
    assert len(random_nonce()) == NONCE_BYTES
