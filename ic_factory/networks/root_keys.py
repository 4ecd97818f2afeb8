"""What any root key must look like."""

from __future__ import annotations

from ic_factory.networks.errors import RootKeyError
from ic_factory.protocol.root_key import MAINNET_ROOT_KEY

ROOT_KEY_BYTES = len(MAINNET_ROOT_KEY)
_PREFIX = MAINNET_ROOT_KEY[:-96]
"""DER of any BLS12-381 public key, up to its 96 bytes (specification, "Certification")."""


def checked_root_key(key: bytes) -> bytes:
    """The key itself, where it is a BLS12-381 public key in DER.

    Raises:
        RootKeyError: it is something else.
    """
    if len(key) != ROOT_KEY_BYTES or not key.startswith(_PREFIX):
        raise RootKeyError(
            f"a root key is a BLS12-381 key in DER, {ROOT_KEY_BYTES} bytes that begin with "
            f"{_PREFIX[:4].hex()}; these are {len(key)} bytes"
        )
    return key


def root_key_from_hex(text: str) -> bytes:
    """The key in DER that a text in hex stands for.

    Raises:
        RootKeyError: it is not hex, or no root key.
    """
    try:
        key = bytes.fromhex(text)
    except ValueError as error:
        raise RootKeyError(f"a root key is {2 * ROOT_KEY_BYTES} hex digits: {error}") from error
    return checked_root_key(key)
