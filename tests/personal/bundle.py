"""A capsule as a hub exports it, made up."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ic_factory.protocol.principal import Principal
from tests.personal.hashes import manifest_of, principal_order

Record = dict[str, Any]
MEBIBYTE = 1024 * 1024
MOMENT = 1_740_000_000 * 10**9
PUBLIC: Record = {"Public": None}
PRIVATE: Record = {"Private": None}


@dataclass
class Bundle:
    """All that a hub sends of a capsule."""

    capsule: Record
    memories: list[Record] = field(default_factory=list)
    galleries: list[Record] = field(default_factory=list)
    connections: list[Record] = field(default_factory=list)
    contents: list[bytes] = field(default_factory=list)

    @property
    def manifest(self) -> Record:
        """What the hub says that it sends."""
        return manifest_of(self.capsule, self.memories, self.galleries, self.connections)

    @property
    def capsule_id(self) -> str:
        """The id of the capsule."""
        capsule_id: str = self.capsule["capsule_id"]
        return capsule_id

    def add(self, title: str, *contents: bytes, **fields: Any) -> str:
        """Adds a memory; returns its id."""
        memory_id = new_id("m", len(self.memories))
        assets = [
            asset(content, "original" if not index else f"other{index}")
            for index, content in enumerate(contents)
        ]
        record = {
            "memory_id": memory_id,
            "created_by": self.capsule["owner"],
            "memory_type": {"Image": None},
            "title": title,
            "description": "",
            "tags": [],
            "metadata": [],
            "date_ns": [],
            "assets": assets,
            "visibility": PRIVATE,
            "grants": [],
            **times(),
        }
        self.memories.append({**record, **fields})
        self.contents += contents
        return memory_id

    def gallery(self, *items: str, **fields: Any) -> str:
        """Adds a gallery; returns its id."""
        gallery_id = new_id("g", len(self.galleries))
        record = {
            "gallery_id": gallery_id,
            "created_by": self.capsule["owner"],
            "title": "a gallery",
            "description": "",
            "items": list(items),
            "visibility": PRIVATE,
            "grants": [],
            **times(),
        }
        self.galleries.append({**record, **fields})
        return gallery_id

    def connect(self, peer: Principal) -> None:
        """Adds a connection."""
        texts = {"name": "", "relation": "family", "note": ""}
        self.connections.append({"peer": peer, **texts, **times()})

    def chunks(self) -> Iterator[Record]:
        """All bytes, piece by piece."""
        for content in dict.fromkeys(self.contents):
            yield from chunks_of(content)


def new_bundle(owner: Principal, **grants: list[Principal]) -> Bundle:
    """A capsule with nothing in it, which some may `read` or `write`."""
    capsule = {
        "capsule_id": new_id("c", 0),
        "owner": owner,
        "name": "holidays",
        "description": "",
        "visibility": PRIVATE,
        "grants": grants_of(**grants),
        **times(),
    }
    return Bundle(capsule)


def grants_of(read: list[Principal] = [], write: list[Principal] = []) -> list[Record]:  # noqa: B006
    """Grants in their order."""
    named = [(each, "Read") for each in read] + [(each, "Write") for each in write]
    named.sort(key=lambda grant: principal_order(grant[0]))
    return [{"grantee": each, "permission": {permission: None}} for each, permission in named]


def new_id(kind: str, number: int) -> str:
    """An id of a hub, of a time before."""
    last = {"c": 0, "m": 1, "g": 2}[kind]
    time = (MOMENT // 2**16 + number).to_bytes(6, "big")
    rest = random.Random(f"{kind} {number}").randbytes(9)
    return kind + (time + rest + bytes([last])).hex()


def times() -> Record:
    return {"created_at_time_ns": MOMENT, "updated_at_time_ns": MOMENT + 1}


def asset(content: bytes, variant: str = "original") -> Record:
    """What is exported of an asset."""
    return {
        "variant": variant,
        "content_type": "image/png",
        "file_name": [],
        "size": len(content),
        "sha256_hex": hashlib.sha256(content).hexdigest(),
    }


def chunks_of(content: bytes) -> list[Record]:
    """The pieces of a content; an empty one has one piece."""
    digest = hashlib.sha256(content).digest()
    return [
        {
            "sha256": digest,
            "size": len(content),
            "offset": offset,
            "bytes": content[offset : offset + MEBIBYTE],
        }
        for offset in range(0, max(1, len(content)), MEBIBYTE)
    ]
