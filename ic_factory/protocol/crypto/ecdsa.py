"""ECDSA over SHA-256, with signatures of 64 bytes (specification, "Ed25519 and ECDSA signatures").

A signature is *r* and *s* in 32 bytes each. Both values of *s* are accepted, as by the IC.
"""

from __future__ import annotations

from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from ic_factory.errors import KeyFormatError, SignatureError
from ic_factory.protocol.crypto.der import EC_PUBLIC_KEY, SubjectPublicKeyInfo

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
        return SubjectPublicKeyInfo(EC_PUBLIC_KEY, self.identifier, point).encode()


def point_of(key: ec.EllipticCurvePublicKey) -> bytes:
    """A public key as an uncompressed point."""
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def sign(key: ec.EllipticCurvePrivateKey, message: bytes) -> bytes:
    """Signs a message; 64 bytes."""
    r, s = decode_dss_signature(key.sign(message, _SHA_256))
    return r.to_bytes(_HALF, "big") + s.to_bytes(_HALF, "big")


def verify(
    curve: EcdsaCurve, key: ec.EllipticCurvePublicKey, message: bytes, signature: bytes
) -> None:
    """Checks a signature of 64 bytes.

    Raises:
        SignatureError: It is not the key's signature on the message.
    """
    if len(signature) != SIGNATURE_LENGTH:
        raise SignatureError(
            f"a {curve.name} signature has {SIGNATURE_LENGTH} bytes (r, s), got {len(signature)}"
        )
    r = int.from_bytes(signature[:_HALF], "big")
    s = int.from_bytes(signature[_HALF:], "big")
    try:
        key.verify(encode_dss_signature(r, s), message, _SHA_256)
    except InvalidSignature as error:
        raise SignatureError(
            f"not a valid {curve.name} signature by key {point_of(key).hex()}"
        ) from error
