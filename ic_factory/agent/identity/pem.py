"""Secret keys as PEM (RFC 7468): PKCS#8, with a password or without, and SEC1.

What dfx, icp-cli, OpenSSL and ring write is read; what is written is PKCS#8.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable

from ic_factory.agent.identity import pbes2, private_key_info
from ic_factory.agent.identity.asn1 import Asn1Error
from ic_factory.agent.identity.errors import (
    PasswordNeeded,
    UnreadablePem,
    UnusableKey,
    WrongPassword,
)
from ic_factory.agent.identity.keys import SecretKey

Password = Callable[[str], str]
"""Gets what a password is for, such as `dfx:alice`, and returns the password."""

PKCS8 = "PRIVATE KEY"
ENCRYPTED_PKCS8 = "ENCRYPTED PRIVATE KEY"
SEC1 = "EC PRIVATE KEY"
EC_PARAMETERS = "EC PARAMETERS"

_LINE_LENGTH = 64
_BLOCK = re.compile(
    r"-----BEGIN ([A-Z0-9 ]+)-----[ \t]*\r?\n(.*?)-----END \1-----", re.DOTALL | re.ASCII
)
_SPACE = re.compile(r"\s+")


def read_pem(pem: bytes | str, password: Password | None, where: str) -> SecretKey:
    """Reads the one secret key of a PEM.

    Args:
        pem: The file's content. Text around its blocks is passed over.
        password: Asked if the key is encrypted; None where nobody can say.
        where: What is read, for messages and for `password`.

    Raises:
        UnreadablePem: There is no key in it, more than one, or one of a scheme that isn't the IC's.
        PasswordNeeded: The key is encrypted, and there is nobody to ask.
        WrongPassword: The password does not open it.
    """
    blocks = _blocks(pem, where)
    label, body = _secret_block(blocks, where)
    try:
        if label == SEC1:
            return private_key_info.read_sec1(body, blocks.get(EC_PARAMETERS))
        if label == ENCRYPTED_PKCS8:
            body = pbes2.decrypt(body, lambda: _asked(password, where))
        return private_key_info.read(body)
    except (Asn1Error, UnusableKey) as error:
        raise UnreadablePem(f"{where}: {error}") from error
    except pbes2.PasswordRefused:
        raise WrongPassword(
            f"{where}: the password does not open the key (or the file is damaged)"
        ) from None


def is_encrypted(pem: bytes) -> bool:
    """Whether a password will be asked for to read the PEM."""
    return f"-----BEGIN {ENCRYPTED_PKCS8}-----".encode() in pem


def write_pem(key: SecretKey, password: str | None = None) -> bytes:
    """Writes PKCS#8, encrypted where there is a password."""
    body = private_key_info.write(key)
    if password is None:
        return _block(PKCS8, body)
    return _block(ENCRYPTED_PKCS8, pbes2.encrypt(body, password))


def _block(label: str, body: bytes) -> bytes:
    digits = base64.b64encode(body).decode()
    lines = [digits[start : start + _LINE_LENGTH] for start in range(0, len(digits), _LINE_LENGTH)]
    return "\n".join((f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", "")).encode()


def _blocks(pem: bytes | str, where: str) -> dict[str, bytes]:
    """The content of each block by its label."""
    text = pem if isinstance(pem, str) else pem.decode("utf-8", "replace")
    blocks: dict[str, bytes] = {}
    for match in _BLOCK.finditer(text):
        label, body = match.groups()
        if label in blocks:
            raise UnreadablePem(f"{where}: there are several blocks of {label}, one was expected")
        blocks[label] = _decode(label, body, where)
    return blocks


def _decode(label: str, body: str, where: str) -> bytes:
    if ":" in body:
        raise UnreadablePem(
            f"{where}: {label} has headers, as old OpenSSL encrypted it;"
            " rewrite it by `openssl pkcs8 -topk8`"
        )
    try:
        return base64.b64decode(_SPACE.sub("", body), validate=True)
    except ValueError:
        # No cause: it could show what stands in the file.
        raise UnreadablePem(f"{where}: {label} is not base64") from None


def _secret_block(blocks: dict[str, bytes], where: str) -> tuple[str, bytes]:
    secret = [label for label in blocks if label in (PKCS8, ENCRYPTED_PKCS8, SEC1)]
    if len(secret) == 1:
        return secret[0], blocks[secret[0]]
    if secret:
        raise UnreadablePem(f"{where}: one key was expected, there are {', '.join(secret)}")
    found = f"only {', '.join(blocks)}" if blocks else "no whole block"
    raise UnreadablePem(f"{where}: no {PKCS8}, {ENCRYPTED_PKCS8} or {SEC1} in it, but {found}")


def _asked(password: Password | None, where: str) -> str:
    if password is None:
        raise PasswordNeeded(f"{where}: the key is encrypted, and no password was given")
    return password(where)
