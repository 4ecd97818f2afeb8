"""Who sends a request: keys, chains of delegations, or nobody.

Specification, "Signatures" and "Authentication"; the keys are the `cryptography` package's.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha224, sha256
from typing import Any, Protocol

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.conformance.spec_client.representation import hash_of_map

ANONYMOUS_SENDER = b"\x04"


class Identity(Protocol):
    """What authenticates a sender."""

    @property
    def sender(self) -> bytes: ...

    def authentication(self, payload: bytes) -> dict[str, Any]:
        """The fields of an envelope whose content has this signing payload."""


class Key(Protocol):
    """A key pair."""

    @property
    def public_key(self) -> bytes: ...

    def sign(self, payload: bytes) -> bytes: ...


class Nobody:
    """The anonymous sender."""

    sender = ANONYMOUS_SENDER

    def authentication(self, payload: bytes) -> dict[str, Any]:
        return {}


@dataclass(frozen=True)
class Ed25519Key:
    secret: Ed25519PrivateKey

    @property
    def public_key(self) -> bytes:
        return _der(self.secret)

    def sign(self, payload: bytes) -> bytes:
        return self.secret.sign(payload)


@dataclass(frozen=True)
class EcdsaKey:
    """A key on P-256 or secp256k1; signatures are r and s, 32 bytes each."""

    secret: ec.EllipticCurvePrivateKey

    @property
    def public_key(self) -> bytes:
        return _der(self.secret)

    def sign(self, payload: bytes) -> bytes:
        r, s = decode_dss_signature(self.secret.sign(payload, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def _der(secret: Ed25519PrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    return secret.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def ed25519_key(name: str) -> Key:
    """The Ed25519 key of this name."""
    return Ed25519Key(Ed25519PrivateKey.from_private_bytes(sha256(name.encode()).digest()))


def p256_key(name: str) -> Key:
    """The P-256 key of this name."""
    return EcdsaKey(ec.derive_private_key(_scalar(name), ec.SECP256R1()))


def secp256k1_key(name: str) -> Key:
    """The secp256k1 key of this name."""
    return EcdsaKey(ec.derive_private_key(_scalar(name), ec.SECP256K1()))


def _scalar(name: str) -> int:
    return int.from_bytes(sha256(name.encode()).digest(), "big") >> 2


KEY_KINDS: dict[str, Callable[[str], Key]] = {
    "Ed25519": ed25519_key,
    "P-256": p256_key,
    "secp256k1": secp256k1_key,
}


@dataclass(frozen=True)
class KeyHolder:
    """A user with one key, who signs for themselves."""

    key: Key

    @property
    def sender(self) -> bytes:
        return self_authenticating(self.key.public_key)

    def authentication(self, payload: bytes) -> dict[str, Any]:
        return {"sender_pubkey": self.key.public_key, "sender_sig": self.key.sign(payload)}


def user(name: str) -> KeyHolder:
    """The user of this name, with an Ed25519 key."""
    return KeyHolder(ed25519_key(name))


@dataclass(frozen=True)
class Delegate:
    """A user in whose name the last key of a chain signs."""

    root: Key
    chain: tuple[dict[str, Any], ...]
    signer: Key

    @property
    def sender(self) -> bytes:
        return self_authenticating(self.root.public_key)

    def authentication(self, payload: bytes) -> dict[str, Any]:
        return {
            "sender_pubkey": self.root.public_key,
            "sender_delegation": list(self.chain),
            "sender_sig": self.signer.sign(payload),
        }


def self_authenticating(public_key: bytes) -> bytes:
    """The principal that belongs to a public key."""
    return sha224(public_key).digest() + b"\x02"


def signed_delegation(by: Key, to: Key, expiration: int, **restrictions: Any) -> dict[str, Any]:
    """A delegation from one key to another; `restrictions` are targets and permissions."""
    delegation = {"pubkey": to.public_key, "expiration": expiration, **restrictions}
    signature = by.sign(b"\x1aic-request-auth-delegation" + hash_of_map(delegation))
    return {"delegation": delegation, "signature": signature}


def delegated(keys: list[Key], expiration: int, **restrictions: Any) -> Delegate:
    """The first key's user; each key delegates to the next one, with the same restrictions."""
    links = itertools.pairwise(keys)
    chain = tuple(signed_delegation(by, to, expiration, **restrictions) for by, to in links)
    return Delegate(keys[0], chain, keys[-1])
