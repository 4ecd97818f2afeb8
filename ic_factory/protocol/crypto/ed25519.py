"""Ed25519 (RFC 8032), with keys in the DER of RFC 8410."""

from __future__ import annotations

from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey as _PublicKey

from ic_factory.errors import KeyFormatError, SignatureError

SEED_LENGTH = 32
KEY_LENGTH = 32
SIGNATURE_LENGTH = 64

DER_PREFIX = bytes.fromhex("302a300506032b6570032100")


@dataclass(frozen=True, slots=True)
class Ed25519PublicKey:
    """A public key.

    Raises:
        KeyFormatError: `raw` is not 32 bytes.
    """

    raw: bytes
    _key: _PublicKey = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if len(self.raw) != KEY_LENGTH:
            raise KeyFormatError(
                f"an Ed25519 public key has {KEY_LENGTH} bytes, got {len(self.raw)}"
            )
        object.__setattr__(self, "_key", _PublicKey.from_public_bytes(self.raw))

    @property
    def der(self) -> bytes:
        """The key in DER."""
        return DER_PREFIX + self.raw

    def verify(self, message: bytes, signature: bytes) -> None:
        """Checks a signature of 64 bytes.

        Raises:
            SignatureError: It is not this key's signature on the message.
        """
        try:
            self._key.verify(signature, message)
        except InvalidSignature as error:
            raise SignatureError(
                f"not a valid Ed25519 signature by key {self.raw.hex()}"
                f" ({len(signature)} bytes, expected {SIGNATURE_LENGTH})"
            ) from error


@dataclass(frozen=True, slots=True)
class Ed25519SigningKey:
    """A secret key."""

    _key: Ed25519PrivateKey = field(repr=False)

    @staticmethod
    def from_seed(seed: bytes) -> Ed25519SigningKey:
        """The key of a seed of 32 bytes, as RFC 8032 has it.

        Raises:
            KeyFormatError: The seed has another length.
        """
        if len(seed) != SEED_LENGTH:
            raise KeyFormatError(f"an Ed25519 seed has {SEED_LENGTH} bytes, got {len(seed)}")
        return Ed25519SigningKey(Ed25519PrivateKey.from_private_bytes(seed))

    @staticmethod
    def generate() -> Ed25519SigningKey:
        """A new key, from the host's entropy."""
        return Ed25519SigningKey(Ed25519PrivateKey.generate())

    @property
    def public_key(self) -> Ed25519PublicKey:
        """The public key that belongs to it."""
        return Ed25519PublicKey(self._key.public_key().public_bytes_raw())

    @property
    def public_key_der(self) -> bytes:
        """The public key in DER."""
        return self.public_key.der

    def sign(self, message: bytes) -> bytes:
        """Signs a message; 64 bytes."""
        return self._key.sign(message)
