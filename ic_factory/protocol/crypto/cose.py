"""Public keys in COSE, as authenticators give them (RFC 9052, RFC 9053, RFC 8230).

Specification, "Web Authentication": ECDSA on P-256, or RSA by PKCS #1 v1.5, each over SHA-256.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from ic_factory.errors import CborError, KeyFormatError, SignatureError
from ic_factory.protocol import cbor
from ic_factory.protocol.crypto.ecdsa import P256, EcdsaPublicKey

MIN_RSA_BITS = 2048
MAX_RSA_BITS = 8192
MAX_RSA_EXPONENT = 2**33 - 1
"""Larger ones are not in use, and would make a signature slow to check."""

_KEY_TYPE, _ALGORITHM, _KEY_OPERATIONS = 1, 3, 4
_CURVE, _X, _Y = -1, -2, -3
_MODULUS, _EXPONENT = -1, -2

_EC2, _RSA = 2, 3
_ES256, _RS256 = -7, -257
_CURVE_P256 = 1

_COORDINATE_LENGTH = 32


class CoseKey(Protocol):
    """A key whose signatures are in the form that WebAuthn gives them."""

    def verify(self, message: bytes, signature: bytes) -> None:
        """Checks a signature.

        Raises:
            SignatureError: It is not this key's signature on the message.
        """
        ...


@dataclass(frozen=True, slots=True)
class CoseEcdsaKey:
    """A key on P-256; signatures are *r* and *s* in DER."""

    key: EcdsaPublicKey

    def verify(self, message: bytes, signature: bytes) -> None:
        """Checks a signature in DER.

        Raises:
            SignatureError: It is not this key's signature on the message.
        """
        try:
            r, s = decode_dss_signature(signature)
            raw = r.to_bytes(_COORDINATE_LENGTH, "big") + s.to_bytes(_COORDINATE_LENGTH, "big")
        except (ValueError, OverflowError) as error:
            raise SignatureError("a P-256 signature by WebAuthn is not r and s in DER") from error
        self.key.verify(message, raw)


@dataclass(frozen=True, slots=True)
class CoseRsaKey:
    """An RSA key of 2048 to 8192 bits.

    Raises:
        KeyFormatError: The numbers are no such key.
    """

    modulus: int
    exponent: int
    _key: rsa.RSAPublicKey = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        bits = self.modulus.bit_length()
        if not MIN_RSA_BITS <= bits <= MAX_RSA_BITS:
            raise KeyFormatError(
                f"an RSA key of {bits} bits: {MIN_RSA_BITS} to {MAX_RSA_BITS} are accepted"
            )
        if self.modulus % 2 == 0 or self.exponent > MAX_RSA_EXPONENT:
            raise KeyFormatError("an RSA key with an even modulus, or an exponent over 2^33 - 1")
        try:
            key = rsa.RSAPublicNumbers(self.exponent, self.modulus).public_key()
        except ValueError as error:
            raise KeyFormatError(f"not a usable RSA key: {error}") from error
        object.__setattr__(self, "_key", key)

    def verify(self, message: bytes, signature: bytes) -> None:
        """Checks a signature as long as the modulus.

        Raises:
            SignatureError: It is not this key's signature on the message.
        """
        try:
            self._key.verify(signature, message, PKCS1v15(), hashes.SHA256())
        except InvalidSignature as error:
            raise SignatureError("not a valid RSA signature by the WebAuthn key") from error


def key_from_cose(encoded: bytes) -> CoseKey:
    """Reads a key in COSE.

    Raises:
        KeyFormatError: The bytes are not the CBOR of a key, or it is of another scheme than
            ECDSA on P-256 or RSA with PKCS #1 v1.5.
    """
    try:
        key = cbor.decode(encoded)
    except CborError as error:
        raise KeyFormatError(f"a COSE key: {error}") from error
    if type(key) is not dict:
        raise KeyFormatError("a COSE key is a map")
    scheme = (key.get(_KEY_TYPE), key.get(_ALGORITHM))
    if key.get(_KEY_OPERATIONS, "verify") != "verify":
        raise KeyFormatError("a COSE key that is not for verifying signatures")
    if scheme == (_EC2, _ES256):
        return _ecdsa_key(key)
    if scheme == (_RSA, _RS256):
        return CoseRsaKey(_number(key, _MODULUS, "modulus"), _number(key, _EXPONENT, "exponent"))
    raise KeyFormatError(
        f"a COSE key of type {scheme[0]!r} and algorithm {scheme[1]!r} is not of a scheme of the"
        " IC: ES256 on P-256, or RS256"
    )


def _ecdsa_key(key: Mapping[Any, Any]) -> CoseEcdsaKey:
    if key.get(_CURVE) != _CURVE_P256:
        raise KeyFormatError(f"a COSE key on curve {key.get(_CURVE)!r}, not P-256 (1)")
    x, y = _bytes(key, _X, "x"), _bytes(key, _Y, "y")
    if not len(x) == len(y) == _COORDINATE_LENGTH:
        raise KeyFormatError(f"a COSE key on P-256 has coordinates of {_COORDINATE_LENGTH} bytes")
    return CoseEcdsaKey(EcdsaPublicKey(P256, b"\x04" + x + y))


def _number(key: Mapping[Any, Any], label: int, name: str) -> int:
    return int.from_bytes(_bytes(key, label, name), "big")


def _bytes(key: Mapping[Any, Any], label: int, name: str) -> bytes:
    value = key.get(label)
    if type(value) is not bytes:
        raise KeyFormatError(f"a COSE key whose {name} ({label}) is missing or no byte string")
    return value
