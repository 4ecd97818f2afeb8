"""BLS signatures on BLS12-381: signatures in G1 (48 bytes), public keys in G2 (96 bytes).

Specification, "Certificate" and "Delegation"; draft-irtf-cfrg-bls-signature-04, ciphersuite
BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from py_arkworks_bls12381 import GT, G1Point, G2Point, Scalar

from ic_factory.errors import KeyFormatError, SignatureError
from ic_factory.protocol.crypto.der import BLS12381, BLS12381_G2, SubjectPublicKeyInfo

SEED_LENGTH = 32
PUBLIC_KEY_LENGTH = 96
SIGNATURE_LENGTH = 48

_CIPHERSUITE = b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_"

# The DER of a key is this and the key: all of these keys have one length.
_DER_LENGTH = 133
_DER_PREFIX = SubjectPublicKeyInfo(BLS12381, BLS12381_G2, bytes(PUBLIC_KEY_LENGTH)).encode()[
    : _DER_LENGTH - PUBLIC_KEY_LENGTH
]


def wrap_public_key(raw: bytes) -> bytes:
    """Puts a public key of 96 bytes into DER, 133 bytes.

    Raises:
        KeyFormatError: The key has another length.
    """
    if len(raw) != PUBLIC_KEY_LENGTH:
        raise KeyFormatError(f"a BLS public key has {PUBLIC_KEY_LENGTH} bytes, got {len(raw)}")
    return _DER_PREFIX + raw


def unwrap_public_key(der: bytes) -> bytes:
    """Takes the public key, 96 bytes, out of its DER.

    Raises:
        KeyFormatError: The bytes are not the DER of a BLS key.
    """
    if len(der) != _DER_LENGTH or not der.startswith(_DER_PREFIX):
        raise KeyFormatError(
            f"not the DER of a BLS public key: {len(der)} bytes, expected {_DER_LENGTH}"
        )
    return der[len(_DER_PREFIX) :]


@dataclass(frozen=True, slots=True)
class BlsPublicKey:
    """A public key: a point of G2 in the right subgroup, other than the identity.

    Raises:
        KeyFormatError: `raw` is no such point in its compressed form.
    """

    raw: bytes
    _point: G2Point = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if len(self.raw) != PUBLIC_KEY_LENGTH:
            raise KeyFormatError(
                f"a BLS public key has {PUBLIC_KEY_LENGTH} bytes, got {len(self.raw)}"
            )
        try:
            point = G2Point.from_compressed_bytes(self.raw)
        except ValueError as error:
            raise KeyFormatError(
                f"a BLS public key is not a point of G2: {self.raw.hex()}"
            ) from error
        if point == G2Point.identity() or point.to_compressed_bytes() != self.raw:
            raise KeyFormatError(f"a BLS public key is no usable point of G2: {self.raw.hex()}")
        object.__setattr__(self, "_point", point)

    @staticmethod
    def from_der(der: bytes) -> BlsPublicKey:
        """Reads a key in DER.

        Raises:
            KeyFormatError: The bytes are not the DER of a usable BLS key.
        """
        return BlsPublicKey(unwrap_public_key(der))

    @property
    def der(self) -> bytes:
        """The key in DER, 133 bytes."""
        return wrap_public_key(self.raw)

    def verify(self, message: bytes, signature: bytes) -> None:
        """Checks a signature of 48 bytes.

        Raises:
            SignatureError: It is not this key's signature on the message.
        """
        point = _signature_point(signature)
        hashed = G1Point.hash_to_curve(message, _CIPHERSUITE)
        if not GT.pairing_check([point, -hashed], [G2Point(), self._point]):
            raise SignatureError(f"not a valid BLS signature by key {self.raw.hex()}")


@dataclass(frozen=True, slots=True)
class BlsSecretKey:
    """A secret key."""

    _scalar: Scalar = field(repr=False)
    public_key: BlsPublicKey = field(init=False)

    def __post_init__(self) -> None:
        point = G2Point() * self._scalar
        object.__setattr__(self, "public_key", BlsPublicKey(point.to_compressed_bytes()))

    @staticmethod
    def from_seed(seed: bytes) -> BlsSecretKey:
        """The key whose secret number is `seed`, 32 bytes, big-endian, modulo the group's order.

        Raises:
            KeyFormatError: The seed has another length, or stands for zero.
        """
        if len(seed) != SEED_LENGTH:
            raise KeyFormatError(f"a BLS seed has {SEED_LENGTH} bytes, got {len(seed)}")
        scalar = Scalar.from_be_bytes_mod_order(seed)
        if scalar.is_zero():
            raise KeyFormatError("a BLS seed must not stand for zero")
        return BlsSecretKey(scalar)

    @property
    def public_key_der(self) -> bytes:
        """The public key in DER, 133 bytes."""
        return self.public_key.der

    def sign(self, message: bytes) -> bytes:
        """Signs a message; 48 bytes."""
        signature = G1Point.hash_to_curve(message, _CIPHERSUITE) * self._scalar
        return bytes(signature.to_compressed_bytes())


def _signature_point(signature: bytes) -> G1Point:
    if len(signature) != SIGNATURE_LENGTH:
        raise SignatureError(f"a BLS signature has {SIGNATURE_LENGTH} bytes, got {len(signature)}")
    try:
        point = G1Point.from_compressed_bytes(signature)
    except ValueError as error:
        raise SignatureError(f"a BLS signature is not a point of G1: {signature.hex()}") from error
    if point.to_compressed_bytes() != signature:
        raise SignatureError(f"a BLS signature is not in its canonical form: {signature.hex()}")
    return point
