"""Root keys: the mainnet's, and what any must look like."""

from __future__ import annotations

from ic_factory.networks.errors import RootKeyError

_PREFIX = bytes.fromhex(
    "308182301d060d2b0601040182dc7c0503010201060c2b0601040182dc7c05030201036100"
)
"""DER of a BLS12-381 public key, up to its 96 bytes (interface specification, Certification)."""
ROOT_KEY_BYTES = len(_PREFIX) + 96

MAINNET_ROOT_KEY = _PREFIX + bytes.fromhex(
    "814c0e6ec71fab583b08bd81373c255c3c371b2e84863c98a4f1e08b74235d14fb5d9c0cd546d968"
    "5f913a0c0b2cc5341583bf4b4392e467db96d65b9bb4cb717112f8472e0d5a4d14505ffd7484b012"
    "91091c5f87b98883463f98091a0baaae"
)
"""The public key of the Internet Computer, in DER."""


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
