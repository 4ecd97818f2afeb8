"""A module of several megabytes that can be installed: the factory, padded."""

from __future__ import annotations

import gzip
import hashlib

from ic_factory.canisters import factory_wasm
from ic_factory.protocol.leb128 import encode_unsigned

SAMPLE_SIZE = 6 * 1024 * 1024

_CUSTOM_SECTION = b"\0"
_NAME = b"padding"
_HEADERS = 32
"""Bytes for the section's id, length and name, and some more."""


def sample_module(size: int = SAMPLE_SIZE) -> bytes:
    """The factory's module with a custom section behind it, so that there is something to upload.

    The same size gives the same bytes each time.

    Args:
        size: How many bytes it shall have at most; a few less are there.
    """
    module = gzip.decompress(factory_wasm())
    content = encode_unsigned(len(_NAME)) + _NAME + _padding(max(0, size - len(module) - _HEADERS))
    return module + _CUSTOM_SECTION + encode_unsigned(len(content)) + content


def _padding(size: int) -> bytes:
    """Bytes that don't compress, as code of real canisters hardly does."""
    blocks = (hashlib.sha256(number.to_bytes(8, "big")).digest() for number in range(size // 32))
    return b"".join(blocks)
