"""ic-py's `Identity`, signed by `cryptography`, that doesn't show its key."""

from __future__ import annotations

import hashlib
from typing import Any

import ecdsa  # type: ignore[import-untyped]  # it has no types
import ic.identity
from mnemonic import Mnemonic

from ic_factory.agent.identity.errors import NoKey, UnusableKey
from ic_factory.agent.identity.keys import SECRET_LENGTH, KeyType, SecretKey, known_type
from ic_factory.agent.identity.pem import read_pem, write_pem
from ic_factory.errors import SignatureError
from ic_factory.protocol.crypto.der import SubjectPublicKeyInfo
from ic_factory.protocol.crypto.keys import public_key_from_der
from ic_factory.protocol.principal import Principal

_UNCOMPRESSED = b"\x04"
_ECDSA_CURVES: dict[KeyType, ecdsa.curves.Curve] = {
    "ed25519": ecdsa.Ed25519,
    "secp256k1": ecdsa.SECP256k1,
    "p256": ecdsa.NIST256p,
}


class BadSignature(SignatureError, ecdsa.BadSignatureError):  # type: ignore[misc]  # no types
    """A signature that is not the identity's; code written for ic-py catches it as before."""


class Identity(ic.identity.Identity):  # type: ignore[misc]  # ic-py has no types
    """Someone who signs requests, or the anonymous caller, who doesn't.

    It takes what ic-py's own takes, has its attributes, and gives the same values for the same key.
    It shows its principal, never the secret key.

    Attributes:
        anonymous: Whether it is the caller who doesn't sign.
        key_type: `ed25519`, `secp256k1` or `p256`; the anonymous identity has none.
    """

    anonymous: bool
    key_type: KeyType

    def __init__(self, privkey: str = "", type: str = "ed25519", anonymous: bool = False) -> None:
        """Takes a key, or makes a new one.

        Args:
            privkey: The seed or the secret number in hexadecimal digits, 32 bytes; a new one where
                it is empty.
            type: `ed25519`, `secp256k1` or `p256`.
            anonymous: Whether it is the caller who doesn't sign; the other arguments are not used.

        Raises:
            UnusableKey: The digits are no key of this type, or there is no such type.
        """
        secret = _from_hex(privkey)
        self.anonymous = anonymous
        if not anonymous:
            key_type = known_type(type)
            self._hold(SecretKey(key_type, secret) if secret else SecretKey.generate(key_type))

    def _hold(self, key: SecretKey) -> None:
        self._key = key
        self._sender = key.principal
        self._public_key = public_key_from_der(key.public_key_der)
        self.key_type = key.type

    @staticmethod
    def of(key: SecretKey) -> Identity:
        """The identity whose key this is."""
        identity = Identity(anonymous=True)
        identity.anonymous = False
        identity._hold(key)
        return identity

    @staticmethod
    def generate(type: str = "ed25519") -> Identity:
        """An identity with a new key of type `ed25519`, `secp256k1` or `p256`.

        Raises:
            UnusableKey: There is no such type.
        """
        return Identity(type=type)

    @staticmethod
    def from_seed(mnemonic: str) -> Identity:
        """The Ed25519 identity that ic-py derives from English words (BIP 39).

        dfx and icp-cli derive another from the same words.
        """
        seed: bytes = Mnemonic("english").to_seed(mnemonic)
        return Identity.of(SecretKey("ed25519", seed[:SECRET_LENGTH]))

    @staticmethod
    def from_pem(pem: str | bytes, password: str | None = None) -> Identity:
        """Reads a secret key in PKCS#8 or SEC1, as dfx, icp-cli, OpenSSL and ic-py write it.

        Args:
            pem: The text of the file.
            password: Opens `ENCRYPTED PRIVATE KEY`.

        Raises:
            UnreadablePem: There is no key in it, more than one, or one that isn't for the IC.
            PasswordNeeded: It is encrypted, and no password was given.
            WrongPassword: The password does not open it.
        """
        asked = None if password is None else lambda _: password
        return Identity.of(read_pem(pem, asked, "the PEM"))

    def to_pem(self, password: str | None = None) -> bytes:
        """The secret key in PKCS#8, encrypted where there is a password.

        Raises:
            NoKey: The identity is anonymous.
        """
        return write_pem(self._secret_key, password)

    def sender(self) -> Principal:
        """The principal that requests are from."""
        return Principal.anonymous() if self.anonymous else self._sender

    def sign(self, msg: bytes) -> tuple[bytes | None, bytes | None]:
        """The public key in DER, and the signature in 64 bytes; None twice if it is anonymous."""
        if self.anonymous:
            return None, None
        return self._key.public_key_der, self._key.signing_key.sign(msg)

    def verify(self, msg: bytes | str, sig: bytes) -> bool:
        """Whether it has signed the message; False if it is anonymous.

        Args:
            msg: The message, or its hexadecimal digits.
            sig: The signature.

        Raises:
            BadSignature: It has not; ic-py raises where one would expect False, and code may rely
                on that.
            UnusableKey: The text is not hexadecimal.
        """
        message = _from_hex(msg) if isinstance(msg, str) else msg
        if self.anonymous:
            return False
        try:
            self._public_key.verify(message, sig)
        except SignatureError as error:
            raise BadSignature(str(error)) from error
        return True

    @property
    def privkey(self) -> str:
        """The seed or the secret number, in hexadecimal digits."""
        return self._secret_key.secret.hex()

    @property
    def pubkey(self) -> str:
        """The public key (Ed25519), or x and y (ECDSA), in hexadecimal digits."""
        raw = SubjectPublicKeyInfo.decode(self.der_pubkey).public_key
        return (raw if self.key_type == "ed25519" else raw.removeprefix(_UNCOMPRESSED)).hex()

    @property
    def der_pubkey(self) -> bytes:
        """The public key in DER."""
        return self._secret_key.public_key_der

    @property
    def sk(self) -> ecdsa.SigningKey:
        """The secret key as ic-py has it."""
        key = self._secret_key
        return ecdsa.SigningKey.from_string(
            key.secret, curve=_ECDSA_CURVES[key.type], hashfunc=_hash_function(key.type)
        )

    @property
    def vk(self) -> ecdsa.VerifyingKey:
        """The public key as ic-py has it."""
        return self.sk.get_verifying_key()

    @property
    def _secret_key(self) -> SecretKey:
        if self.anonymous:
            raise NoKey("the anonymous identity has no key; it signs nothing and can't be kept")
        return self._key

    def __repr__(self) -> str:
        return f"Identity{self}"

    def __str__(self) -> str:
        return "(anonymous)" if self.anonymous else f"({self.key_type}, {self._sender})"


def _hash_function(key_type: KeyType) -> Any:
    return None if key_type == "ed25519" else hashlib.sha256


def _from_hex(digits: str) -> bytes:
    try:
        return bytes.fromhex(digits)
    except (ValueError, TypeError):
        # No cause: it could show the digits.
        raise UnusableKey("a key or a message was expected in hexadecimal digits") from None
