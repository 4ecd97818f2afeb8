"""What the data of a capsule hash to, computed from what was exported, by nobody's word.

The hub and the personal canister compute the same: each item is a map of its fields and its kind,
hashed as the IC hashes structured data (specification, "Representation-independent hashing of
structured data"), with variants as the text of their name and absent values left out. The hashes
make a chain, and the chain's end with the counts makes the root hash. The order is that of export:
the capsule, memories by id, galleries by id, connections by the bytes of their peer.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from typing import Any, Final, Literal

from ic_factory.protocol.principal import Principal
from ic_factory.protocol.request_id import hash_of_map

Kind = Literal["capsule", "memory", "gallery", "connection"]

_START: Final = bytes(32)


@dataclass(frozen=True, slots=True)
class ManifestFields:
    """A manifest: what one is compared by, whichever canister's record it comes from.

    Attributes:
        api_version: The interface between hub and personal canister that it is made by.
        capsule_id: The capsule.
        memories: How many.
        galleries: How many.
        connections: How many.
        blobs: Different contents of all assets.
        total_bytes: Their bytes, each content once.
        root_hash_hex: SHA-256 over all of it, 64 hexadecimal digits.
    """

    api_version: int
    capsule_id: str
    memories: int
    galleries: int
    connections: int
    blobs: int
    total_bytes: int
    root_hash_hex: str

    @classmethod
    def of(cls, record: Any) -> ManifestFields:
        """The same of a generated record."""
        return cls(**{field.name: getattr(record, field.name) for field in fields(cls)})


def manifest_of(
    api_version: int,
    capsule: Any,
    memories: Iterable[Any],
    galleries: Iterable[Any],
    connections: Iterable[Any],
) -> ManifestFields:
    """The manifest of exported records, in the order in which they were exported.

    Args:
        api_version: The version that it is to be compared with.
        capsule: The record `ExportedCapsule`.
        memories: Records `ExportedMemory`.
        galleries: Records `ExportedGallery`.
        connections: Records `ConnectionInfo`.
    """
    chain = _Chain()
    sizes: dict[str, int] = {}
    chain.add("capsule", capsule)
    for memory in memories:
        chain.add("memory", memory)
        sizes.update((asset.sha256_hex, asset.size) for asset in memory.assets)
    for gallery in galleries:
        chain.add("gallery", gallery)
    for connection in connections:
        chain.add("connection", connection)
    counts = {
        "api_version": api_version,
        "capsule_id": capsule.capsule_id,
        "memories": chain.counts["memory"],
        "galleries": chain.counts["gallery"],
        "connections": chain.counts["connection"],
        "blobs": len(sizes),
        "total_bytes": sum(sizes.values()),
    }
    root_hash = hash_of_map({**counts, "items": chain.end})
    return ManifestFields(**counts, root_hash_hex=root_hash.hex())


def item_hash(kind: Kind, record: Any) -> bytes:
    """The hash of one exported record, 32 bytes."""
    return hash_of_map({**_fields_of(record), "kind": kind})


class _Chain:
    """The hashes of items, each over all before it."""

    def __init__(self) -> None:
        self.end = _START
        self.counts: dict[Kind, int] = dict.fromkeys(
            ("capsule", "memory", "gallery", "connection"), 0
        )

    def add(self, kind: Kind, record: Any) -> None:
        self.end = hashlib.sha256(self.end + item_hash(kind, record)).digest()
        self.counts[kind] += 1


def _fields_of(record: Any) -> dict[str, Any]:
    return {field.name: _value(getattr(record, field.name)) for field in fields(record)}


def _value(value: Any) -> Any:
    """A value as the hash takes it: records as maps, variants as the text of their name."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Principal):
        return value
    if is_dataclass(value):
        return _fields_of(value)
    if isinstance(value, list | tuple):
        return [_value(each) for each in value]
    return value
