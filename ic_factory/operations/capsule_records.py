"""All that a capsule holds but the bytes, as records that can be hashed and kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ic_factory.drivers.capsule_host import CapsuleHost
from ic_factory.drivers.generated.backend import (
    AssetInfo,
    ConnectionInfo,
    ExportedAsset,
    ExportedCapsule,
    ExportedGallery,
    ExportedMemory,
    MemoryInfo,
)
from ic_factory.operations.capsule_manifest import ManifestFields, manifest_of
from ic_factory.operations.errors import OperationError

API_VERSION = 1
"""Of the methods by which capsules are moved, and of the hashes in their manifests."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CapsuleRecords:
    """What a capsule holds.

    Attributes:
        capsule: The capsule itself.
        memories: In order of their ids.
        galleries: In order of their ids.
        connections: In order of their peers.
    """

    capsule: ExportedCapsule
    memories: list[ExportedMemory]
    galleries: list[ExportedGallery]
    connections: list[ConnectionInfo]

    def manifest(self, api_version: int = API_VERSION) -> ManifestFields:
        """What they hash to, by nobody's word."""
        return manifest_of(
            api_version, self.capsule, self.memories, self.galleries, self.connections
        )

    def assets(self) -> Iterator[tuple[ExportedMemory, ExportedAsset]]:
        """Each asset with its memory."""
        for memory in self.memories:
            for asset in memory.assets:
                yield memory, asset


def read_records(host: CapsuleHost, capsule_id: str | None = None) -> CapsuleRecords:
    """Reads all that a capsule holds but the bytes.

    Args:
        host: The hub or a personal canister, as the capsule's owner; `certified` where the word of
            one node is not enough.
        capsule_id: The capsule; the caller's first one where it is left out.

    Raises:
        OperationError: It was changed while it was read.
        CanisterRefused: It is not the caller's.
        AgentError: The canister can't be reached.
    """
    pages = list(host.export(capsule_id))
    [capsule] = (each.capsule for each in pages if each.capsule is not None)
    found = CapsuleRecords(
        capsule=capsule,
        memories=[each for page in pages for each in page.memories],
        galleries=[each for page in pages for each in page.galleries],
        connections=[each for page in pages for each in page.connections],
    )
    # An id that was listed twice, or out of order, would be hashed so.
    ids = [each.memory_id for each in found.memories]
    if ids != sorted(set(ids)):
        raise OperationError(f"{capsule.capsule_id} was changed while it was read; try again")
    return found


def as_memory(memory: ExportedMemory, capsule_id: str) -> MemoryInfo:
    """A memory as the canister shows it, without bytes."""
    return MemoryInfo(
        memory_id=memory.memory_id,
        capsule_id=capsule_id,
        created_by=memory.created_by,
        memory_type=memory.memory_type,
        title=memory.title,
        description=memory.description,
        tags=memory.tags,
        metadata=memory.metadata,
        date_ns=memory.date_ns,
        assets=[_as_asset(each, memory.memory_id) for each in memory.assets],
        visibility=memory.visibility,
        created_at_time_ns=memory.created_at_time_ns,
        updated_at_time_ns=memory.updated_at_time_ns,
    )


def _as_asset(asset: ExportedAsset, memory_id: str) -> AssetInfo:
    return AssetInfo(
        variant=asset.variant,
        content_type=asset.content_type,
        file_name=asset.file_name,
        size=asset.size,
        sha256_hex=asset.sha256_hex,
        path=f"/asset/{memory_id}/{asset.variant}",
    )
