"""Public keys of any scheme, by their DER (specification, "Signatures")."""

from __future__ import annotations

from typing import Protocol

from ic_factory.errors import KeyFormatError
from ic_factory.protocol.crypto import der
from ic_factory.protocol.crypto.canister_signature import CanisterPublicKey, CanisterSignatureKey
from ic_factory.protocol.crypto.der import SubjectPublicKeyInfo
from ic_factory.protocol.crypto.ecdsa import (
    P256,
    SECP256K1,
    EcdsaPublicKey,
    P256SigningKey,
    Secp256k1SigningKey,
)
from ic_factory.protocol.crypto.ed25519 import DER_PREFIX as ED25519_PREFIX
from ic_factory.protocol.crypto.ed25519 import Ed25519PublicKey, Ed25519SigningKey
from ic_factory.protocol.crypto.webauthn import webauthn_key_from_info

__all__ = [
    "CanisterPublicKey",
    "CanisterSignatureKey",
    "EcdsaPublicKey",
    "Ed25519PublicKey",
    "Ed25519SigningKey",
    "P256SigningKey",
    "PublicKey",
    "Secp256k1SigningKey",
    "SigningKey",
    "public_key_from_der",
]


class PublicKey(Protocol):
    """A key that checks signatures."""

    @property
    def der(self) -> bytes:
        """The key in DER."""
        ...

    def verify(self, message: bytes, signature: bytes) -> None:
        """Checks a signature.

        Raises:
            SignatureError: It is not this key's signature on the message.
        """
        ...


class SigningKey(Protocol):
    """A key that signs."""

    @property
    def public_key_der(self) -> bytes:
        """The public key in DER."""
        ...

    def sign(self, message: bytes) -> bytes:
        """Signs a message."""
        ...


def public_key_from_der(encoded: bytes, root_key: bytes | None = None) -> PublicKey:
    """Reads the public key of a sender, a delegation or a node.

    BLS keys are no such keys: they sign certificates alone, see `bls`.

    Args:
        encoded: The key in DER.
        root_key: The network's root key in DER, which signatures by canisters are verified with;
            without it their keys are refused.

    Raises:
        KeyFormatError: The bytes are not the DER of a key, or one of a scheme that the IC does not
            know, or a canister's where there is no root key.
    """
    if len(encoded) == 44 and encoded.startswith(ED25519_PREFIX):
        return Ed25519PublicKey(encoded[12:])
    info = SubjectPublicKeyInfo.decode(encoded)
    match info.algorithm, info.parameter:
        case der.EC_PUBLIC_KEY, der.SECP256K1:
            return EcdsaPublicKey(SECP256K1, info.public_key)
        case der.EC_PUBLIC_KEY, der.P256:
            return EcdsaPublicKey(P256, info.public_key)
        case der.ED25519, None:
            return Ed25519PublicKey(info.public_key)
        case der.COSE, _:
            return webauthn_key_from_info(info)
        case der.CANISTER_SIGNATURE, _:
            return _canister_key(info, root_key)
    raise KeyFormatError(
        f"a public key of algorithm {info.algorithm} with parameter {info.parameter} is not of a"
        " scheme of the IC: Ed25519, ECDSA on secp256k1 or P-256, WebAuthn, canister signatures"
    )


def _canister_key(info: SubjectPublicKeyInfo, root_key: bytes | None) -> CanisterPublicKey:
    key = CanisterSignatureKey.from_info(info)
    if root_key is None:
        raise KeyFormatError(
            f"signatures by canister {key.canister_id} can't be verified without the root key"
        )
    return CanisterPublicKey(key, root_key)
