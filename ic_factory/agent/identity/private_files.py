"""Files that only their owner should read."""

from __future__ import annotations

import json
import logging
import os
from pathlib import Path
from typing import Any

from ic_factory.agent.identity.errors import StoreUnusable
from ic_factory.agent.identity.keys import SecretKey
from ic_factory.agent.identity.pem import Password, is_encrypted, read_pem

MAX_LENGTH = 1 << 20
"""Bytes that no file of a store has."""

DIRECTORY_MODE = 0o700
FILE_MODE = 0o600

_OTHERS = 0o077
_POSIX = os.name == "posix"

_log = logging.getLogger(__name__)


def read(path: Path) -> bytes:
    """Reads a whole file.

    Raises:
        StoreUnusable: It is not there, can't be read, or is too large.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MAX_LENGTH + 1)
    except OSError as error:
        raise unusable(path, error) from error
    if len(content) > MAX_LENGTH:
        raise StoreUnusable(f"{path} is larger than {MAX_LENGTH} bytes")
    return content


def read_key(path: Path, password: Password | None, where: str) -> SecretKey:
    """Reads the PEM of a secret key, and warns if it is not encrypted and others can read it.

    Args:
        path: The file.
        password: Asked if the key is encrypted; None where nobody can say.
        where: Whose key it is, for messages and for `password`.

    Raises:
        StoreUnusable: The file is not there, can't be read, or is too large.
        UnreadablePem: It holds no key that the IC knows.
        PasswordNeeded: The key is encrypted, and there is nobody to ask.
        WrongPassword: The password does not open it.
    """
    pem = read(path)
    if _POSIX and not is_encrypted(pem) and path.stat().st_mode & _OTHERS:
        _log.warning("the key in %s can be read by others; run chmod 600 on it", path)
    return read_pem(pem, password, where)


def read_json(path: Path) -> dict[str, Any]:
    """Reads a JSON object.

    Raises:
        StoreUnusable: The file can't be read, or is something else.
    """
    try:
        value = json.loads(read(path))
    except (ValueError, RecursionError):
        # No cause: the parser keeps the text.
        raise StoreUnusable(f"{path} is not JSON") from None
    if type(value) is not dict:
        raise StoreUnusable(f"{path} is not a JSON object")
    return value


def write(path: Path, content: bytes) -> None:
    """Writes a new file for its owner alone, down to the disk.

    Raises:
        OSError: It is there, or can't be written.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def unusable(path: Path, error: OSError) -> StoreUnusable:
    """The error that says what the system said of a path."""
    return StoreUnusable(f"{path}: {error.strerror or error}")
