"""A manifest tells any two capsules apart, and follows from what is exported alone."""

from __future__ import annotations

import hashlib
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ic_factory.drivers.generated.backend import (
    ConnectionInfo,
    ExportedAsset,
    ExportedCapsule,
    ExportedGallery,
    ExportedMemory,
    Grant,
    MemoryType,
    MetadataEntry,
    Permission,
    Visibility,
)
from ic_factory.operations.capsule_manifest import item_hash
from ic_factory.operations.capsule_records import CapsuleRecords
from ic_factory.protocol.principal import Principal
from tests.personal.hashes import hash_of
from tests.unit.operations.capsule_strategies import CAPSULES, MEMORIES, RECORDS

SPELT_OUT = "36f6aac743744c319415975967b904960dd21733191a03e5749134a62c853956"
"""The root hash of `spelt_out`, as the tests of the crate `capsule` have it."""


def spelt_out() -> CapsuleRecords:
    owner, bob = Principal(b"\1\1\1"), Principal(b"\2\2")
    sha256_hex = hashlib.sha256(b"hello").hexdigest()
    assets = [
        ExportedAsset(
            variant=variant,
            content_type="text/plain",
            file_name=file_name,
            size=5,
            sha256_hex=sha256_hex,
        )
        for variant, file_name in (("original", "hello.txt"), ("copy", None))
    ]
    memory_id = "m" + "02" * 15 + "01"
    return CapsuleRecords(
        capsule=ExportedCapsule(
            capsule_id="c" + "01" * 15 + "00",
            owner=owner,
            name="Ada's",
            description="",
            visibility=Visibility.PRIVATE,
            created_at_time_ns=1000,
            updated_at_time_ns=2000,
            grants=[
                Grant(grantee=Principal(b"\x09"), permission=Permission.WRITE),
                Grant(grantee=bob, permission=Permission.READ),
            ],
        ),
        memories=[
            ExportedMemory(
                memory_id=memory_id,
                created_by=owner,
                memory_type=MemoryType.NOTE,
                title="Grüße",
                description="first",
                tags=["a", "b"],
                metadata=[MetadataEntry(key="place", value="Zürich")],
                date_ns=1_700_000_000_000_000_000,
                assets=assets,
                visibility=Visibility.PUBLIC,
                created_at_time_ns=3000,
                updated_at_time_ns=3000,
                grants=[],
            )
        ],
        galleries=[
            ExportedGallery(
                gallery_id="g" + "03" * 15 + "02",
                created_by=owner,
                title="All",
                description="",
                items=[memory_id],
                visibility=Visibility.PRIVATE,
                created_at_time_ns=4000,
                updated_at_time_ns=5000,
                grants=[Grant(grantee=bob, permission=Permission.READ)],
            )
        ],
        connections=[
            ConnectionInfo(
                peer=Principal(peer),
                name="Bob",
                relation="friend",
                note="",
                created_at_time_ns=6000,
                updated_at_time_ns=6000,
            )
            for peer in (b"\x07", b"\4\4")
        ],
    )


def test_it_is_the_one_that_the_canisters_compute() -> None:
    manifest = spelt_out().manifest()
    assert (manifest.blobs, manifest.total_bytes) == (1, 5)
    assert manifest.root_hash_hex == SPELT_OUT == slow_root(spelt_out())


def plain(value: object) -> Any:
    """A value with its records as maps of what is there, and variants as the text of their name."""
    match value:
        case Principal():
            return value
        case Enum():
            return value.value
        case list():
            return [plain(each) for each in value]
        case dict():
            return {name: plain(each) for name, each in value.items() if each is not None}
    if is_dataclass(value):
        return plain({each.name: getattr(value, each.name) for each in fields(value)})
    return value


def slow_root(records: CapsuleRecords) -> str:
    end = bytes(32)
    for kind, items in (
        ("capsule", [records.capsule]),
        ("memory", records.memories),
        ("gallery", records.galleries),
        ("connection", records.connections),
    ):
        for item in items:
            end = hashlib.sha256(end + hash_of({**plain(item), "kind": kind})).digest()
    sizes = {each.sha256_hex: each.size for _, each in records.assets()}
    root = {
        "api_version": 1,
        "blobs": len(sizes),
        "capsule_id": records.capsule.capsule_id,
        "connections": len(records.connections),
        "galleries": len(records.galleries),
        "items": end,
        "memories": len(records.memories),
        "total_bytes": sum(sizes.values()),
    }
    return hash_of(root).hex()


@given(RECORDS)
def test_it_is_what_the_description_says(records: CapsuleRecords) -> None:
    assert records.manifest().root_hash_hex == slow_root(records)


@given(RECORDS)
def test_the_order_of_items_counts(records: CapsuleRecords) -> None:
    turned = replace(records, memories=records.memories[::-1])
    same = turned.memories == records.memories
    assert (turned.manifest() == records.manifest()) == same


@given(RECORDS, st.integers(1, 2**32))
def test_the_version_counts(records: CapsuleRecords, version: int) -> None:
    assert (records.manifest(version) == records.manifest(1)) == (version == 1)


@given(MEMORIES, st.data())
def test_each_field_of_a_memory_counts(memory: ExportedMemory, data: st.DataObject) -> None:
    other = data.draw(MEMORIES)
    for field in fields(memory):
        value = getattr(other, field.name)
        changed = replace(memory, **{field.name: value})
        assert (item_hash("memory", changed) == item_hash("memory", memory)) == (
            value == getattr(memory, field.name)
        )


@given(MEMORIES)
def test_a_date_that_is_absent_is_no_date_of_any_kind(memory: ExportedMemory) -> None:
    hashes = {item_hash("memory", replace(memory, date_ns=each)) for each in (None, 0, 1)}
    assert len(hashes) == 3


@given(CAPSULES)
def test_the_kind_of_an_item_counts(capsule: object) -> None:
    assert is_dataclass(capsule)
    assert item_hash("capsule", capsule) != item_hash("gallery", capsule)


@given(RECORDS)
def test_a_content_that_is_there_twice_counts_once(records: CapsuleRecords) -> None:
    assets = [asset for _, asset in records.assets()]
    manifest = records.manifest()
    assert manifest.blobs == len({each.sha256_hex for each in assets})
    assert manifest.total_bytes <= sum(each.size for each in assets)
