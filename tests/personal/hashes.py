"""The manifest of an exported capsule, computed from the documentation of the crate `capsule`.

It shares no code with the canisters, nor with the package.
"""

from __future__ import annotations

import hashlib
from typing import Any

from ic_factory.protocol.principal import Principal

API_VERSION = 1


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def leb128(number: int) -> bytes:
    encoded = bytearray()
    while number > 0x7F:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*encoded, number])


def hash_of(value: Any) -> bytes:
    """The representation-independent hash of a value: a map is a dict without absent entries."""
    match value:
        case str():
            return sha256(value.encode())
        case bytes():
            return sha256(value)
        case Principal():
            return sha256(value.bytes)
        case int():
            return sha256(leb128(value))
        case list():
            return sha256(b"".join(map(hash_of, value)))
        case dict():
            pairs = (hash_of(name) + hash_of(each) for name, each in value.items())
            return sha256(b"".join(sorted(pairs)))
    raise TypeError(type(value))


OPTIONAL = {"date_ns", "file_name"}
VARIANTS = {"visibility", "memory_type", "permission"}


def plain(record: dict[str, Any]) -> dict[str, Any]:
    """A record as Candid has it, made a map: variants are texts, absent options left out."""
    fields: dict[str, Any] = {}
    for name, value in record.items():
        if name in OPTIONAL:
            fields.update((name, each) for each in value)
        elif name in VARIANTS:
            fields[name] = next(iter(value))
        elif isinstance(value, list):
            fields[name] = [plain(each) if isinstance(each, dict) else each for each in value]
        else:
            fields[name] = value
    return fields


def principal_order(principal: Principal) -> tuple[int, bytes]:
    return len(principal.bytes), principal.bytes


def manifest_of(
    capsule: dict[str, Any],
    memories: list[dict[str, Any]],
    galleries: list[dict[str, Any]],
    connections: list[dict[str, Any]],
) -> dict[str, Any]:
    """The manifest as Candid has it."""
    items = [("capsule", capsule)]
    items += [("memory", each) for each in sorted(memories, key=lambda each: each["memory_id"])]
    items += [("gallery", each) for each in sorted(galleries, key=lambda each: each["gallery_id"])]
    ordered = sorted(connections, key=lambda each: principal_order(each["peer"]))
    items += [("connection", each) for each in ordered]
    chain = bytes(32)
    for kind, item in items:
        chain = sha256(chain + hash_of({**plain(item), "kind": kind}))
    contents = {asset["sha256_hex"]: asset["size"] for each in memories for asset in each["assets"]}
    figures = {
        "api_version": API_VERSION,
        "capsule_id": capsule["capsule_id"],
        "memories": len(memories),
        "galleries": len(galleries),
        "connections": len(connections),
        "blobs": len(contents),
        "total_bytes": sum(contents.values()),
    }
    return {**figures, "root_hash_hex": hash_of({**figures, "items": chain}).hex()}
