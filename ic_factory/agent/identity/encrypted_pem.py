"""`identity.pem.encrypted` as dfx has it: a PEM under AES-256-GCM, its key made by Argon2id.

Salt and nonce stand in `identity.json` beside it.
"""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from ic_factory.agent.identity.errors import StoreUnusable, WrongPassword

MEMORY_KIB = 64_000
ITERATIONS = 3
LANES = 1

_KEY_LENGTH = 32
_SALT_LENGTH = 32
_MIN_SALT_LENGTH = 8
_NONCE_LENGTH = 12
_TAG_LENGTH = 16


@dataclass(frozen=True, slots=True)
class EncryptionParameters:
    """What is needed beside the password.

    Attributes:
        pw_salt: The salt, as base64 without padding. dfx makes it of hexadecimal digits, and
            decodes these as base64 all the same.
        file_nonce: 12 bytes.
    """

    pw_salt: str
    file_nonce: bytes

    @staticmethod
    def generate() -> EncryptionParameters:
        """New ones, from the host's entropy; each serves for one encryption."""
        return EncryptionParameters(
            secrets.token_hex(_SALT_LENGTH), secrets.token_bytes(_NONCE_LENGTH)
        )

    @staticmethod
    def from_json(value: Any, where: str) -> EncryptionParameters:
        """Reads the field `encryption` of `identity.json`.

        Raises:
            StoreUnusable: It is not as dfx writes it.
        """
        try:
            parameters = EncryptionParameters(value["pw_salt"], bytes(value["file_nonce"]))
            parameters.salt  # noqa: B018 # raises if it can't be decoded
        except (KeyError, TypeError, ValueError):
            raise StoreUnusable(f"{where}: `encryption` is damaged") from None
        if len(parameters.file_nonce) != _NONCE_LENGTH:
            raise StoreUnusable(f"{where}: `file_nonce` has not {_NONCE_LENGTH} bytes")
        return parameters

    def to_json(self) -> dict[str, Any]:
        """The field `encryption` of `identity.json`."""
        return {"pw_salt": self.pw_salt, "file_nonce": list(self.file_nonce)}

    @property
    def salt(self) -> bytes:
        """The salt's bytes."""
        padding = "=" * (-len(self.pw_salt) % 4)
        salt = base64.b64decode(self.pw_salt + padding, validate=True)
        if len(salt) < _MIN_SALT_LENGTH:
            raise ValueError("the salt is too short")
        return salt


def encrypt(pem: bytes, parameters: EncryptionParameters, password: str) -> bytes:
    """Encrypts the content of a file; about 0.2 s and 64 MB."""
    return _cipher(parameters, password).encrypt(parameters.file_nonce, pem, None)


def decrypt(encrypted: bytes, parameters: EncryptionParameters, password: str, where: str) -> bytes:
    """Decrypts the content of a file; about 0.2 s and 64 MB.

    Raises:
        StoreUnusable: The file is too short.
        WrongPassword: The password is wrong, or the file damaged.
    """
    if len(encrypted) < _TAG_LENGTH:
        raise StoreUnusable(f"{where}: the encrypted file is cut off")
    try:
        return _cipher(parameters, password).decrypt(parameters.file_nonce, encrypted, None)
    except InvalidTag:
        raise WrongPassword(
            f"{where}: the password does not open the key (or the file is damaged)"
        ) from None


def _cipher(parameters: EncryptionParameters, password: str) -> AESGCM:
    key = Argon2id(
        salt=parameters.salt,
        length=_KEY_LENGTH,
        iterations=ITERATIONS,
        lanes=LANES,
        memory_cost=MEMORY_KIB,
    ).derive(password.encode())
    return AESGCM(key)
