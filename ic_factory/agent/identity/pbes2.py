"""Password-protected PKCS#8: `EncryptedPrivateKeyInfo` with PBES2 (RFC 8018, RFC 7914).

`cryptography` reads such files as well, but not where the key inside has its public key beside it,
and icp-cli writes those.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

from ic_factory.agent.identity import asn1
from ic_factory.agent.identity.asn1 import Asn1Error, Element

ITERATIONS = 600_000
"""Rounds of PBKDF2 for what is written here; about 0.2 s."""

MAX_ITERATIONS = 20_000_000
MAX_SCRYPT_BYTES = 1 << 30

_SALT_LENGTH = 16
_BLOCK_BITS = 128
_BLOCK = _BLOCK_BITS // 8

_PBES2 = bytes.fromhex("2a864886f70d01050d")
_PBKDF2 = bytes.fromhex("2a864886f70d01050c")
_SCRYPT = bytes.fromhex("2b06010401da47040b")
_AES_256_CBC = bytes.fromhex("60864801650304012a")
_HMAC_SHA256 = bytes.fromhex("2a864886f70d0209")

_KEY_LENGTHS = {
    bytes.fromhex("608648016503040102"): 16,
    bytes.fromhex("608648016503040116"): 24,
    _AES_256_CBC: 32,
}
_HASHES = {
    bytes.fromhex("2a864886f70d0207"): "sha1",
    bytes.fromhex("2a864886f70d0208"): "sha224",
    _HMAC_SHA256: "sha256",
    bytes.fromhex("2a864886f70d020a"): "sha384",
    bytes.fromhex("2a864886f70d020b"): "sha512",
}

Derivation = Callable[[bytes, int], bytes]
"""From a password, and the length of a key in bytes, to the key."""


class PasswordRefused(Exception):
    """The password does not open the bytes."""


def encrypt(private_key_info: bytes, password: str) -> bytes:
    """Encrypts a `PrivateKeyInfo` with PBKDF2 (HMAC-SHA-256) and AES-256-CBC.

    All usual tools read that. Salt and nonce are new each time.
    """
    salt, nonce = secrets.token_bytes(_SALT_LENGTH), secrets.token_bytes(_BLOCK)
    key = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, ITERATIONS)
    padder = PKCS7(_BLOCK_BITS).padder()
    encryptor = _cipher(key, nonce).encryptor()
    padded = padder.update(private_key_info) + padder.finalize()
    prf = asn1.encode(
        asn1.SEQUENCE, asn1.encode(asn1.OBJECT_IDENTIFIER, _HMAC_SHA256), asn1.encode(asn1.NULL)
    )
    derivation = _algorithm(
        _PBKDF2,
        asn1.encode(
            asn1.SEQUENCE,
            asn1.encode(asn1.OCTET_STRING, salt),
            asn1.encode_number(ITERATIONS),
            prf,
        ),
    )
    cipher = _algorithm(_AES_256_CBC, asn1.encode(asn1.OCTET_STRING, nonce))
    return asn1.encode(
        asn1.SEQUENCE,
        _algorithm(_PBES2, asn1.encode(asn1.SEQUENCE, derivation, cipher)),
        asn1.encode(asn1.OCTET_STRING, encryptor.update(padded) + encryptor.finalize()),
    )


def decrypt(encrypted: bytes, password: Callable[[], str]) -> bytes:
    """Decrypts an `EncryptedPrivateKeyInfo`.

    Args:
        encrypted: Its DER.
        password: Asked only when the bytes have proved to be well formed.

    Raises:
        Asn1Error: The bytes are something else, or a scheme is used that is not known here.
        PasswordRefused: The password is wrong, or the encrypted bytes are damaged.
    """
    outer = asn1.only(encrypted, asn1.SEQUENCE).inside()
    parameters = _parameters(asn1.expect(outer, 0, asn1.SEQUENCE), _PBES2).inside()
    ciphertext = asn1.expect(outer, 1, asn1.OCTET_STRING).content
    derive = _derivation(asn1.expect(parameters, 0, asn1.SEQUENCE))
    key_length, nonce = _encryption(asn1.expect(parameters, 1, asn1.SEQUENCE))
    if len(nonce) != _BLOCK or not ciphertext or len(ciphertext) % _BLOCK:
        raise Asn1Error("the encrypted key is not of whole blocks")
    return _open(ciphertext, derive(password().encode(), key_length), nonce)


def _open(ciphertext: bytes, key: bytes, nonce: bytes) -> bytes:
    decryptor = _cipher(key, nonce).decryptor()
    unpadder = PKCS7(_BLOCK_BITS).unpadder()
    padded = decryptor.update(ciphertext) + decryptor.finalize()
    try:
        opened = unpadder.update(padded) + unpadder.finalize()
        # A wrong password gives good padding once in 256 times, but hardly ever DER.
        asn1.only(opened, asn1.SEQUENCE)
    except ValueError:
        raise PasswordRefused from None
    return opened


def _derivation(algorithm: Element) -> Derivation:
    identifier = asn1.expect(algorithm.inside(), 0, asn1.OBJECT_IDENTIFIER).content
    if identifier == _SCRYPT:
        return _scrypt(_parameters(algorithm, _SCRYPT).inside())
    return _pbkdf2(_parameters(algorithm, _PBKDF2).inside())


def _pbkdf2(parameters: list[Element]) -> Derivation:
    salt = asn1.expect(parameters, 0, asn1.OCTET_STRING).content
    iterations = asn1.number(asn1.expect(parameters, 1, asn1.INTEGER))
    if not 0 < iterations <= MAX_ITERATIONS:
        raise Asn1Error(f"the encrypted key asks for {iterations} rounds of PBKDF2")
    prf = asn1.with_tag(parameters, asn1.SEQUENCE)
    name = "sha1"
    if prf is not None:
        identifier = asn1.expect(prf.inside(), 0, asn1.OBJECT_IDENTIFIER).content
        if identifier not in _HASHES:
            raise Asn1Error("the encrypted key uses a hash for PBKDF2 that is not known here")
        name = _HASHES[identifier]
    return lambda password, length: hashlib.pbkdf2_hmac(name, password, salt, iterations, length)


def _scrypt(parameters: list[Element]) -> Derivation:
    salt = asn1.expect(parameters, 0, asn1.OCTET_STRING).content
    n, r, p = (asn1.number(asn1.expect(parameters, place, asn1.INTEGER)) for place in (1, 2, 3))
    memory = 128 * r * (n + p)
    if n < 2 or n & (n - 1) or not r or not p or p > 16 or memory > MAX_SCRYPT_BYTES:
        raise Asn1Error(f"the encrypted key asks for scrypt with N = {n}, r = {r}, p = {p}")
    # OpenSSL counts a little more than the formula.
    bound = memory + (1 << 20)
    return lambda password, length: hashlib.scrypt(
        password, salt=salt, n=n, r=r, p=p, maxmem=bound, dklen=length
    )


def _encryption(algorithm: Element) -> tuple[int, bytes]:
    """The length of the key in bytes, and the nonce."""
    parts = algorithm.inside()
    identifier = asn1.expect(parts, 0, asn1.OBJECT_IDENTIFIER).content
    if identifier not in _KEY_LENGTHS:
        raise Asn1Error("the encrypted key uses a cipher other than AES-CBC")
    return _KEY_LENGTHS[identifier], asn1.expect(parts, 1, asn1.OCTET_STRING).content


def _parameters(algorithm: Element, identifier: bytes) -> Element:
    parts = algorithm.inside()
    if asn1.expect(parts, 0, asn1.OBJECT_IDENTIFIER).content != identifier:
        raise Asn1Error("the encrypted key uses a scheme other than PBES2 with PBKDF2 or scrypt")
    return asn1.expect(parts, 1, asn1.SEQUENCE)


def _algorithm(identifier: bytes, parameters: bytes) -> bytes:
    return asn1.encode(asn1.SEQUENCE, asn1.encode(asn1.OBJECT_IDENTIFIER, identifier), parameters)


def _cipher(key: bytes, nonce: bytes) -> Cipher[Any]:
    return Cipher(algorithms.AES(key), modes.CBC(nonce))
