"""Representation-independent hashes (specification, "Representation-independent hashing")."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256


def hash_of_map(fields: Mapping[str, object]) -> bytes:
    """The hash of a map; every field counts."""
    pairs = [sha256(name.encode()).digest() + _hash_of(value) for name, value in fields.items()]
    return sha256(b"".join(sorted(pairs))).digest()


def _hash_of(value: object) -> bytes:
    if isinstance(value, bytes):
        return sha256(value).digest()
    if isinstance(value, str):
        return sha256(value.encode()).digest()
    if isinstance(value, int):
        return sha256(leb128(value)).digest()
    if isinstance(value, Mapping):
        return hash_of_map(value)
    if isinstance(value, Sequence):
        return sha256(b"".join(map(_hash_of, value))).digest()
    raise TypeError(f"no hash for a {type(value).__name__}")


def leb128(value: int) -> bytes:
    """The shortest unsigned LEB128."""
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*encoded, value])


def from_leb128(encoded: bytes) -> int:
    """The natural number in an unsigned LEB128."""
    return sum((byte & 0x7F) << (7 * index) for index, byte in enumerate(encoded))
