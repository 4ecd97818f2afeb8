"""Random capsules, as they are exported."""

from __future__ import annotations

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
from ic_factory.operations.capsule_records import CapsuleRecords
from ic_factory.protocol.principal import Principal

TIMES = st.integers(0, 2**64 - 1)
TEXTS = st.text(max_size=12)
NAMES = st.sampled_from(
    ["sea.png", "../../etc/passwd", "CON", "a/b.txt", "Ünï.txt", "", ".", "A.TXT"]
)
PRINCIPALS = st.binary(max_size=29).map(Principal)
HASHES = st.binary(min_size=32, max_size=32).map(bytes.hex)
GRANTS = st.lists(
    st.builds(Grant, grantee=PRINCIPALS, permission=st.sampled_from(Permission)),
    max_size=3,
    unique_by=lambda each: each.grantee,
).map(lambda found: sorted(found, key=lambda each: (len(each.grantee.bytes), each.grantee.bytes)))


def ids(kind: str) -> st.SearchStrategy[str]:
    return st.integers(0, 2**32).map(lambda number: f"{kind}{number:032x}")


ASSETS = st.builds(
    ExportedAsset,
    variant=st.sampled_from(["original", "thumbnail", "small"]),
    content_type=st.sampled_from(["text/plain", "image/png"]),
    file_name=st.none() | NAMES,
    size=st.integers(0, 2**40),
    sha256_hex=HASHES,
)
MEMORIES = st.builds(
    ExportedMemory,
    memory_id=ids("m"),
    created_by=PRINCIPALS,
    memory_type=st.sampled_from(MemoryType),
    title=TEXTS,
    description=TEXTS,
    tags=st.lists(TEXTS, max_size=3),
    metadata=st.lists(
        st.builds(MetadataEntry, key=st.just("path") | TEXTS, value=NAMES), max_size=2
    ),
    date_ns=st.none() | TIMES,
    assets=st.lists(ASSETS, max_size=3, unique_by=lambda each: each.variant),
    visibility=st.sampled_from(Visibility),
    created_at_time_ns=TIMES,
    updated_at_time_ns=TIMES,
    grants=GRANTS,
)
GALLERIES = st.builds(
    ExportedGallery,
    gallery_id=ids("g"),
    created_by=PRINCIPALS,
    title=TEXTS,
    description=TEXTS,
    items=st.lists(ids("m"), max_size=3),
    visibility=st.sampled_from(Visibility),
    created_at_time_ns=TIMES,
    updated_at_time_ns=TIMES,
    grants=GRANTS,
)
CONNECTIONS = st.builds(
    ConnectionInfo,
    peer=PRINCIPALS,
    name=TEXTS,
    relation=TEXTS,
    note=TEXTS,
    created_at_time_ns=TIMES,
    updated_at_time_ns=TIMES,
)
CAPSULES = st.builds(
    ExportedCapsule,
    capsule_id=ids("c"),
    owner=PRINCIPALS,
    name=TEXTS,
    description=TEXTS,
    visibility=st.sampled_from(Visibility),
    created_at_time_ns=TIMES,
    updated_at_time_ns=TIMES,
    grants=GRANTS,
)
RECORDS = st.builds(
    CapsuleRecords,
    capsule=CAPSULES,
    memories=st.lists(MEMORIES, max_size=4, unique_by=lambda each: each.memory_id),
    galleries=st.lists(GALLERIES, max_size=3, unique_by=lambda each: each.gallery_id),
    connections=st.lists(CONNECTIONS, max_size=3, unique_by=lambda each: each.peer),
)
