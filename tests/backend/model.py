"""The hub as plain Python has it: slow, obvious, without indexes or references."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field

from ic_factory.protocol.principal import Principal

Refusal = str
"""The wording of a refusal."""


def hex_of(content: bytes) -> str:
    """The SHA-256 of bytes."""
    return hashlib.sha256(content).hexdigest()


@dataclass
class Item:
    """A capsule, memory or gallery: who owns it, and who else may see or change it."""

    owner: Principal
    capsule: str
    is_public: bool = False
    grants: dict[Principal, str] = field(default_factory=dict)


@dataclass
class Memory(Item):
    """A memory with its assets by variant."""

    kind: str = "Note"
    title: str = ""
    tags: list[str] = field(default_factory=list)
    assets: dict[str, bytes] = field(default_factory=dict)

    def matches(
        self, kind: str | None, tag: str | None, prefix: str | None, sha256_hex: str | None
    ) -> bool:
        words = re.findall(r"\w+", self.title.lower())
        return (
            kind in (None, self.kind)
            and (tag is None or tag.lower() in [each.lower() for each in self.tags])
            and (not prefix or any(word.startswith(prefix.lower()) for word in words))
            and (sha256_hex is None or sha256_hex in map(hex_of, self.assets.values()))
        )


@dataclass
class Gallery(Item):
    """A gallery with the ids of what it holds."""

    items: list[str] = field(default_factory=list)


@dataclass
class Hub:
    """All that there is, by id; ids are those that the canister gave."""

    capsules: dict[str, Item] = field(default_factory=dict)
    memories: dict[str, Memory] = field(default_factory=dict)
    galleries: dict[str, Gallery] = field(default_factory=dict)

    def item(self, item_id: str) -> Item | None:
        return (
            self.capsules.get(item_id) or self.memories.get(item_id) or self.galleries.get(item_id)
        )

    def level(self, caller: Principal, item_id: str) -> str:
        """`None`, `Read`, `Write` or `Owner`."""
        item = self.item(item_id)
        if item is None:
            return "None"
        if item.owner == caller:
            return "Owner"
        around = [item, self.capsules[item.capsule]]
        levels = {each.grants.get(caller, "None") for each in around}
        if any(each.is_public for each in around):
            levels.add("Read")
        return next(level for level in ("Write", "Read", "None") if level in levels)

    def refusal(self, caller: Principal, item_id: str, needed: str) -> Refusal | None:
        """How a caller is refused who needs a level."""
        level = self.level(caller, item_id)
        kinds = {"c": "Capsule", "m": "Memory", "g": "Gallery"}
        order = ("None", "Read", "Write", "Owner")
        if level == "None":
            return f"{kinds[item_id[0]]} not found"
        if order.index(level) >= order.index(needed):
            return None
        return "Not the owner" if needed == "Owner" else "Read only"

    def shown_items(self, caller: Principal, gallery_id: str) -> list[str]:
        items = self.galleries[gallery_id].items
        return [item for item in items if self.level(caller, item) != "None"]

    def memories_of(self, capsule: str) -> dict[str, Memory]:
        return {key: each for key, each in self.memories.items() if each.capsule == capsule}

    def galleries_of(self, owner: Principal) -> list[str]:
        return [key for key, each in self.galleries.items() if each.owner == owner]

    def reaches(self, start: list[str], gallery_id: str) -> bool:
        """Whether a gallery is among items, or in galleries among them."""
        return gallery_id in start or any(
            self.reaches(self.galleries[each].items, gallery_id)
            for each in start
            if each in self.galleries
        )

    def forget(self, item_id: str) -> None:
        """Deletes a memory or gallery."""
        self.memories.pop(item_id, None)
        self.galleries.pop(item_id, None)
        for gallery in self.galleries.values():
            gallery.items = [item for item in gallery.items if item != item_id]

    def forget_capsule(self, capsule: str) -> None:
        for things in (self.memories, self.galleries):
            for key in [key for key, each in things.items() if each.capsule == capsule]:
                del things[key]
        del self.capsules[capsule]

    def contents_of(self, capsule: str) -> set[bytes]:
        """The different contents that a capsule holds."""
        memories = self.memories_of(capsule).values()
        return {content for memory in memories for content in memory.assets.values()}

    def contents(self) -> set[bytes]:
        return {content for capsule in self.capsules for content in self.contents_of(capsule)}
