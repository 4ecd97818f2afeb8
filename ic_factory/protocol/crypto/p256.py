"""ECDSA on the curve P-256, or secp256r1 (specification, "Ed25519 and ECDSA signatures")."""

from __future__ import annotations

from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric import ec

from ic_factory.protocol.crypto import ecdsa
from ic_factory.protocol.crypto.der import P256

CURVE = ecdsa.EcdsaCurve(
    name="P-256",
    identifier=P256,
    order=0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    curve=ec.SECP256R1(),
)


@dataclass(frozen=True, slots=True)
class P256PublicKey:
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
class P256SigningKey:
    """A secret key."""

    _key: ec.EllipticCurvePrivateKey = field(repr=False)

    @staticmethod
    def from_seed(seed: bytes) -> P256SigningKey:
        """The key whose secret number is `seed`, 32 bytes, big-endian.

        Raises:
            KeyFormatError: The number is zero or too large, or not of 32 bytes.
        """
        return P256SigningKey(CURVE.secret_key(seed))

    @staticmethod
    def generate() -> P256SigningKey:
        """A new key, from the host's entropy."""
        return P256SigningKey(ec.generate_private_key(CURVE.curve))

    @property
    def public_key(self) -> P256PublicKey:
        """The public key that belongs to it."""
        return P256PublicKey(ecdsa.point_of(self._key.public_key()))

    @property
    def public_key_der(self) -> bytes:
        """The public key in DER."""
        return self.public_key.der

    def sign(self, message: bytes) -> bytes:
        """Signs the SHA-256 hash of a message; 64 bytes."""
        return ecdsa.sign(self._key, message)
