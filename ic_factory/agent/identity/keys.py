"""Secret keys of the schemes that a user can sign with (specification, "Signatures")."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Literal, cast, get_args

from ic_factory.agent.identity.errors import UnusableKey
from ic_factory.errors import KeyFormatError
from ic_factory.protocol.crypto.ecdsa import (
    P256,
    SECP256K1,
    P256SigningKey,
    Secp256k1SigningKey,
)
from ic_factory.protocol.crypto.ed25519 import Ed25519SigningKey
from ic_factory.protocol.crypto.keys import SigningKey
from ic_factory.protocol.principal import Principal

KeyType = Literal["ed25519", "secp256k1", "p256"]
"""The name of a scheme; the first two are ic-py's."""

SECRET_LENGTH = 32

_SCHEMES: dict[KeyType, type[Ed25519SigningKey | Secp256k1SigningKey | P256SigningKey]] = {
    "ed25519": Ed25519SigningKey,
    "secp256k1": Secp256k1SigningKey,
    "p256": P256SigningKey,
}
_ORDERS: dict[KeyType, int] = {"secp256k1": SECP256K1.order, "p256": P256.order}


@dataclass(frozen=True, slots=True)
class SecretKey:
    """A secret key, which no representation shows.

    Attributes:
        type: Its scheme.
        secret: The seed or the secret number, 32 bytes.
        signing_key: The key, ready to sign.
        public_key_der: Its public key in DER.

    Raises:
        UnusableKey: The scheme is unknown, or the bytes are no key of it.
    """

    type: KeyType
    secret: bytes = field(repr=False)
    signing_key: SigningKey = field(init=False, repr=False, compare=False)
    public_key_der: bytes = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        try:
            key = _SCHEMES[known_type(self.type)].from_seed(self.secret)
        except KeyFormatError as error:
            raise UnusableKey(str(error)) from error
        object.__setattr__(self, "signing_key", key)
        object.__setattr__(self, "public_key_der", key.public_key_der)

    @staticmethod
    def generate(key_type: str) -> SecretKey:
        """A new key, from the host's entropy.

        Raises:
            UnusableKey: The scheme is unknown.
        """
        scheme = known_type(key_type)
        if scheme not in _ORDERS:
            return SecretKey(scheme, secrets.token_bytes(SECRET_LENGTH))
        number = 1 + secrets.randbelow(_ORDERS[scheme] - 1)
        return SecretKey(scheme, number.to_bytes(SECRET_LENGTH, "big"))

    @property
    def principal(self) -> Principal:
        """The user whose key it is."""
        return Principal.self_authenticating(self.public_key_der)


def known_type(key_type: str) -> KeyType:
    """The scheme of this name.

    Raises:
        UnusableKey: There is none.
    """
    if key_type not in get_args(KeyType):
        known = ", ".join(get_args(KeyType))
        raise UnusableKey(f"{key_type!r} is no type of key; there are {known}")
    return cast(KeyType, key_type)
