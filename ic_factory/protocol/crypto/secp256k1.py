"""ECDSA on the Koblitz curve secp256k1 (specification, "Ed25519 and ECDSA signatures")."""

from __future__ import annotations

from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric import ec

from ic_factory.protocol.crypto import ecdsa
from ic_factory.protocol.crypto.der import SECP256K1

CURVE = ecdsa.EcdsaCurve(
    name="secp256k1",
    identifier=SECP256K1,
    order=0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141,
    curve=ec.SECP256K1(),
)


@dataclass(frozen=True, slots=True)
class Secp256k1PublicKey:
    """A public key.

    Raises:
        KeyFormatError: `point` is not an uncompressed point on the curve.
    """

    point: bytes
    _key: ec.EllipticCurvePublicKey = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_key", CURVE.public_key(self.point))

    @property
    def der(self) -> bytes:
        """The key in DER."""
        return CURVE.der(self.point)

    def verify(self, message: bytes, signature: bytes) -> None:
        """Checks a signature of 64 bytes.

        Raises:
            SignatureError: It is not this key's signature on the message.
        """
        ecdsa.verify(CURVE, self._key, message, signature)


@dataclass(frozen=True, slots=True)
class Secp256k1SigningKey:
    """A secret key."""

    _key: ec.EllipticCurvePrivateKey = field(repr=False)

    @staticmethod
    def from_seed(seed: bytes) -> Secp256k1SigningKey:
        """The key whose secret number is `seed`, 32 bytes, big-endian.

        Raises:
            KeyFormatError: The number is zero or too large, or not of 32 bytes.
        """
        return Secp256k1SigningKey(CURVE.secret_key(seed))

    @staticmethod
    def generate() -> Secp256k1SigningKey:
        """A new key, from the host's entropy."""
        return Secp256k1SigningKey(ec.generate_private_key(CURVE.curve))

    @property
    def public_key(self) -> Secp256k1PublicKey:
        """The public key that belongs to it."""
        return Secp256k1PublicKey(ecdsa.point_of(self._key.public_key()))

    @property
    def public_key_der(self) -> bytes:
        """The public key in DER."""
        return self.public_key.der

    def sign(self, message: bytes) -> bytes:
        """Signs the SHA-256 hash of a message; 64 bytes."""
        return ecdsa.sign(self._key, message)
