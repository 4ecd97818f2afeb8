"""Secret keys in DER: `PrivateKeyInfo` of PKCS#8 (RFC 5958, RFC 8410) and SEC1's (RFC 5915)."""

from __future__ import annotations

from ic_factory.agent.identity import asn1
from ic_factory.agent.identity.asn1 import Asn1Error, Element
from ic_factory.agent.identity.errors import UnusableKey
from ic_factory.agent.identity.keys import SECRET_LENGTH, KeyType, SecretKey
from ic_factory.protocol.crypto.der import SubjectPublicKeyInfo

_ED25519 = bytes.fromhex("2b6570")
_EC_PUBLIC_KEY = bytes.fromhex("2a8648ce3d0201")
_CURVES: dict[bytes, KeyType] = {
    bytes.fromhex("2b8104000a"): "secp256k1",
    bytes.fromhex("2a8648ce3d030107"): "p256",
}
_IDENTIFIERS = {key_type: identifier for identifier, key_type in _CURVES.items()}

_UNCOMPRESSED = 0x04
_WHOLE_BYTES = b"\x00"


def read(encoded: bytes) -> SecretKey:
    """Reads a `PrivateKeyInfo`, of version 1, or 2 with its public key.

    Of version 2 there are two forms: that of the standard, and one with a tag too many, which ring
    writes, and so dfx.

    Raises:
        Asn1Error: It is something else, of a scheme that isn't the IC's, or its public key belongs
            to another.
        UnusableKey: Its secret is no key of its scheme.
    """
    parts = asn1.only(encoded, asn1.SEQUENCE).inside()
    asn1.number(asn1.expect(parts, 0, asn1.INTEGER))
    algorithm = asn1.expect(parts, 1, asn1.SEQUENCE).inside()
    identifier = asn1.expect(algorithm, 0, asn1.OBJECT_IDENTIFIER).content
    secret = asn1.expect(parts, 2, asn1.OCTET_STRING).content
    if identifier == _EC_PUBLIC_KEY:
        return _read_ec(secret, asn1.expect(algorithm, 1, asn1.OBJECT_IDENTIFIER).content)
    if identifier != _ED25519:
        raise Asn1Error(
            "the key is of no scheme that the IC knows: Ed25519, or ECDSA on secp256k1 or P-256"
        )
    key = SecretKey("ed25519", asn1.only(secret, asn1.OCTET_STRING).content)
    _check_public_key(key, _public_key(parts))
    return key


def read_sec1(encoded: bytes, parameters: bytes | None) -> SecretKey:
    """Reads an `ECPrivateKey`.

    Where it doesn't name its curve, `parameters` do (the DER of its object identifier); where these
    don't either, it is the curve on which its public key belongs to it, and secp256k1 if there is
    no public key, as dfx has it.

    Raises:
        Asn1Error: It is something else, on another curve, or its public key belongs to another.
        UnusableKey: Its secret is no key of its curve.
    """
    named = asn1.with_tag(asn1.only(encoded, asn1.SEQUENCE).inside(), asn1.CONTEXT_0)
    if named is not None:
        return _read_ec(encoded, asn1.only(named.content, asn1.OBJECT_IDENTIFIER).content)
    if parameters is not None:
        return _read_ec(encoded, asn1.only(parameters, asn1.OBJECT_IDENTIFIER).content)
    return _read_on_some_curve(encoded)


def write(key: SecretKey) -> bytes:
    """Writes a `PrivateKeyInfo` of version 1; with the public key where the curve has it inside."""
    if key.type == "ed25519":
        algorithm = asn1.encode(asn1.OBJECT_IDENTIFIER, _ED25519)
        secret = asn1.encode(asn1.OCTET_STRING, key.secret)
    else:
        algorithm = asn1.encode(asn1.OBJECT_IDENTIFIER, _EC_PUBLIC_KEY) + asn1.encode(
            asn1.OBJECT_IDENTIFIER, _IDENTIFIERS[key.type]
        )
        secret = _write_sec1(key)
    return asn1.encode(
        asn1.SEQUENCE,
        asn1.encode_number(0),
        asn1.encode(asn1.SEQUENCE, algorithm),
        asn1.encode(asn1.OCTET_STRING, secret),
    )


def _write_sec1(key: SecretKey) -> bytes:
    point = asn1.encode(asn1.BIT_STRING, _WHOLE_BYTES, _raw_public_key(key))
    return asn1.encode(
        asn1.SEQUENCE,
        asn1.encode_number(1),
        asn1.encode(asn1.OCTET_STRING, key.secret),
        asn1.encode(asn1.CONTEXT_1, point),
    )


def _read_on_some_curve(encoded: bytes) -> SecretKey:
    for curve in _CURVES:
        try:
            return _read_ec(encoded, curve)
        except (Asn1Error, UnusableKey):
            continue
    raise Asn1Error("the key does not name its curve, and its public key lies on none of the IC's")


def _read_ec(encoded: bytes, curve: bytes) -> SecretKey:
    if curve not in _CURVES:
        raise Asn1Error("the key is on a curve that the IC doesn't know; it knows secp256k1, P-256")
    parts = asn1.only(encoded, asn1.SEQUENCE).inside()
    asn1.number(asn1.expect(parts, 0, asn1.INTEGER))
    secret = asn1.expect(parts, 1, asn1.OCTET_STRING).content
    # Some writers drop zeros in front.
    key = SecretKey(_CURVES[curve], secret.rjust(SECRET_LENGTH, b"\x00"))
    _check_public_key(key, _public_key(parts))
    return key


def _public_key(parts: list[Element]) -> bytes | None:
    """What stands in the field [1], in either form."""
    explicit = asn1.with_tag(parts, asn1.CONTEXT_1)
    if explicit is not None:
        bits = asn1.only(explicit.content, asn1.BIT_STRING).content
    else:
        implicit = asn1.with_tag(parts, asn1.CONTEXT_1_PRIMITIVE)
        if implicit is None:
            return None
        bits = implicit.content
    if bits[:1] != _WHOLE_BYTES:
        raise Asn1Error("the public key beside the secret key is not of whole bytes")
    return bits[1:]


def _check_public_key(key: SecretKey, public_key: bytes | None) -> None:
    own = _raw_public_key(key)
    # A compressed point has the x of the other form, and one bit of y, which is left unchecked.
    if public_key in (None, own) or (
        own[0] == _UNCOMPRESSED and public_key and public_key[1:] == own[1 : 1 + SECRET_LENGTH]
    ):
        return
    raise Asn1Error("the public key in it belongs to another secret key")


def _raw_public_key(key: SecretKey) -> bytes:
    return SubjectPublicKeyInfo.decode(key.public_key_der).public_key
