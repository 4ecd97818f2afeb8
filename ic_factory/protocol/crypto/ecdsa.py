"""ECDSA over SHA-256, with signatures of 64 bytes (specification, "Ed25519 and ECDSA signatures").

A signature is *r* and *s* in 32 bytes each. Both values of *s* are accepted, as by the IC.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from ic_factory.errors import KeyFormatError, SignatureError
from ic_factory.protocol.crypto import der

SECRET_LENGTH = 32
POINT_LENGTH = 65
SIGNATURE_LENGTH = 64

_HALF = 32
_UNCOMPRESSED = 0x04
_SHA_256 = ec.ECDSA(hashes.SHA256())


@dataclass(frozen=True, slots=True)
class EcdsaCurve:
    """A curve of 256 bits.

    Attributes:
        name: As the specification calls it.
        identifier: Its object identifier.
        order: How many points it has.
        curve: The curve in `cryptography`.
    """

    name: str
    identifier: str
    order: int
    curve: ec.EllipticCurve

    def public_key(self, point: bytes) -> ec.EllipticCurvePublicKey:
        """Reads an uncompressed point of 65 bytes.

        Raises:
            KeyFormatError: It is in another form, or not on the curve.
        """
        if len(point) != POINT_LENGTH or point[0] != _UNCOMPRESSED:
            raise KeyFormatError(
                f"a {self.name} public key is an uncompressed point of {POINT_LENGTH} bytes"
                f" (0x04, x, y), got {len(point)} bytes"
            )
        try:
            return ec.EllipticCurvePublicKey.from_encoded_point(self.curve, point)
        except ValueError as error:
            raise KeyFormatError(f"a {self.name} public key is not on its curve") from error

    def secret_key(self, secret: bytes) -> ec.EllipticCurvePrivateKey:
        """Reads a secret number of 32 bytes, big-endian.

        Raises:
            KeyFormatError: It has another length, is zero, or not below the curve's order.
        """
        number = int.from_bytes(secret, "big")
        if len(secret) != SECRET_LENGTH or not 0 < number < self.order:
            raise KeyFormatError(
                f"a {self.name} secret key is a number of {SECRET_LENGTH} bytes, over zero and"
                f" below the curve's order; got {len(secret)} bytes"
            )
        return ec.derive_private_key(number, self.curve)

    def der(self, point: bytes) -> bytes:
        """A public key in DER."""
        return der.SubjectPublicKeyInfo(der.EC_PUBLIC_KEY, self.identifier, point).encode()


P256 = EcdsaCurve(
    name="P-256",
    identifier=der.P256,
    order=0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    curve=ec.SECP256R1(),
)

SECP256K1 = EcdsaCurve(
    name="secp256k1",
    identifier=der.SECP256K1,
    order=0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141,
    curve=ec.SECP256K1(),
)


@dataclass(frozen=True, slots=True)
class EcdsaPublicKey:
    """A public key.

    Raises:
        KeyFormatError: `point` is not an uncompressed point on the curve.
    """

    curve: EcdsaCurve
    point: bytes
    _key: ec.EllipticCurvePublicKey = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_key", self.curve.public_key(self.point))

    @property
    def der(self) -> bytes:
        """The key in DER."""
        return self.curve.der(self.point)

    def verify(self, message: bytes, signature: bytes) -> None:
        """Checks a signature of 64 bytes.

        Raises:
            SignatureError: It is not this key's signature on the message.
        """
        if len(signature) != SIGNATURE_LENGTH:
            raise SignatureError(
                f"a {self.curve.name} signature has {SIGNATURE_LENGTH} bytes (r, s), "
                f"got {len(signature)}"
            )
        r = int.from_bytes(signature[:_HALF], "big")
        s = int.from_bytes(signature[_HALF:], "big")
        try:
            self._key.verify(encode_dss_signature(r, s), message, _SHA_256)
        except InvalidSignature as error:
            raise SignatureError(
                f"not a valid {self.curve.name} signature by key {self.point.hex()}"
            ) from error


@dataclass(frozen=True, slots=True)
class EcdsaSigningKey:
    """A secret key. `Secp256k1SigningKey` and `P256SigningKey` make one on their curve."""

    curve: ClassVar[EcdsaCurve]

    _key: ec.EllipticCurvePrivateKey = field(repr=False)

    @classmethod
    def from_seed(cls, seed: bytes) -> Self:
        """The key whose secret number is `seed`, 32 bytes, big-endian.

        Raises:
            KeyFormatError: The number is zero or too large, or not of 32 bytes.
        """
        return cls(cls.curve.secret_key(seed))

    @classmethod
    def generate(cls) -> Self:
        """A new key, from the host's entropy."""
        return cls(ec.generate_private_key(cls.curve.curve))

    @property
    def public_key(self) -> EcdsaPublicKey:
        """The public key that belongs to it."""
        point = self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return EcdsaPublicKey(self.curve, point)

    @property
    def public_key_der(self) -> bytes:
        """The public key in DER."""
        return self.public_key.der

    def sign(self, message: bytes) -> bytes:
        """Signs the SHA-256 hash of a message; 64 bytes."""
        r, s = decode_dss_signature(self._key.sign(message, _SHA_256))
        return r.to_bytes(_HALF, "big") + s.to_bytes(_HALF, "big")


class Secp256k1SigningKey(EcdsaSigningKey):
    """A secret key on the Koblitz curve secp256k1."""

    curve = SECP256K1


class P256SigningKey(EcdsaSigningKey):
    """A secret key on the curve P-256, also called secp256r1 and prime256v1."""

    curve = P256
