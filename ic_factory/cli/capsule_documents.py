"""Capsules, memories and galleries as JSON, and as people read them."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from ic_factory.cli.documents import Shown, facts, plain, text_of, time_text
from ic_factory.cli.render import Table, bytes_text, show_facts, show_json, show_table

if TYPE_CHECKING:
    from ic_factory.cli.backend_session import HostSession
    from ic_factory.drivers.generated.backend import (
        CapsuleInfo,
        ConnectionInfo,
        GalleryInfo,
        MemoryInfo,
    )

_TIME = "_time_ns"


class Kind(StrEnum):
    """What a memory is."""

    TEXT = "text"
    IMAGE = "image"
    DOCUMENT = "document"
    AUDIO = "audio"
    VIDEO = "video"
    NOTE = "note"


class Sight(StrEnum):
    """Who may see something that they were not named for."""

    PRIVATE = "private"
    PUBLIC = "public"


FORMATS: dict[str, Shown] = {
    "bytes": bytes_text,
    "created_at_ns": time_text,
    "updated_at_ns": time_text,
    "date_ns": time_text,
}


def document_of(info: CapsuleInfo | ConnectionInfo | GalleryInfo) -> dict[str, Any]:
    """What a backend tells, with times named as in all documents."""
    return _renamed(plain(info))


def memory_document(info: MemoryInfo, target: HostSession) -> dict[str, Any]:
    """A memory; its bytes are left out, and its assets have the URLs that they are served at."""
    document = _renamed(plain(info))
    document["assets"] = [
        {
            "variant": each.variant,
            "file_name": each.file_name,
            "content_type": each.content_type,
            "size": each.size,
            "sha256": each.sha256_hex,
            "url": target.url(each.path),
        }
        for each in info.assets
    ]
    return document


def show_one(document: dict[str, Any], as_json: bool) -> None:
    """Writes a capsule, a connection or a gallery."""
    if as_json:
        show_json(document)
    else:
        show_facts(facts(document, FORMATS))


def show_memory(info: MemoryInfo, target: HostSession, as_json: bool) -> None:
    """Writes a memory."""
    document = memory_document(info, target)
    if as_json:
        show_json(document)
        return
    assets, metadata = document.pop("assets"), document.pop("metadata")
    shown = facts(document, FORMATS)
    for each in metadata:
        shown[f"metadata {each['key']}"] = each["value"]
    for each in assets:
        size = bytes_text(each["size"])
        shown[f"asset {each['variant']}"] = f"{each['content_type']}, {size}, {each['sha256']}"
        shown[f"url {each['variant']}"] = each["url"]
    show_facts(shown)


def show_memories(found: Iterable[MemoryInfo], target: HostSession, as_json: bool) -> None:
    """Writes several memories."""
    if as_json:
        show_json({"memories": [memory_document(each, target) for each in found]})
        return
    columns = ("title", "type", "size", "visibility", "date", "tags", "id")
    rows = (
        (
            each.title,
            each.memory_type.name.lower(),
            bytes_text(sum(asset.size for asset in each.assets)),
            each.visibility.name.lower(),
            "-" if each.date_ns is None else time_text(each.date_ns),
            text_of(list(each.tags)),
            each.memory_id,
        )
        for each in found
    )
    show_table(Table("memories", columns, tuple(rows)))


def _renamed(document: dict[str, Any]) -> dict[str, Any]:
    return {_named(name): value for name, value in document.items()}


def _named(name: str) -> str:
    """A field's name as in all documents; `_` at its end is Python's affair."""
    return f"{name.removesuffix(_TIME)}_ns" if name.endswith(_TIME) else name.rstrip("_")
