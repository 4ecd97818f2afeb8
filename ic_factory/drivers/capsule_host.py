"""What every canister with capsules does, the hub and personal canisters alike.

Both interfaces have the same methods of the same types for it; the hub's generated module has the
classes of these.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from typing import Any, ClassVar, Protocol, Self, TypeVar

from ic_factory.drivers.generated.backend import (
    AccessInfo,
    AssetToken,
    CapsuleInfo,
    CapsuleList,
    ConnectionInfo,
    ConnectionList,
    CreateUploadRequest,
    ExportPage,
    GalleryInfo,
    GalleryList,
    MemoryFilter,
    MemoryInfo,
    MemoryList,
    NewConnection,
    NewGallery,
    NewMemory,
    Page,
    Permission,
    SharedList,
    UpdateConnection,
    UpdateGallery,
    UpdateMemory,
    UploadCommit,
    UploadInfo,
    Visibility,
)
from ic_factory.drivers.pages import pages
from ic_factory.drivers.upload_sessions import SessionsClient, UploadSessions
from ic_factory.protocol.principal import Principal

ITEMS_A_PAGE = 100

BLOB_CHUNK_SIZE = 2_000_000
"""The most bytes of an asset that one answer brings."""

Value = TypeVar("Value")


class CapsuleUpdateType(Protocol):
    """The generated record that a capsule is changed by."""

    def __call__(self, *, name: str | None, description: str | None) -> Any: ...


class HostClient(SessionsClient, Protocol):
    """The generated client of a canister with capsules; its results have classes of its own."""

    def get_capsule(self, capsule_id: str | None, /) -> Any: ...
    def list_my_capsules(self, page: Page, /) -> Any: ...
    def update_capsule(self, capsule_id: str, update: Any, /) -> Any: ...
    def add_memory_to_capsule(self, capsule_id: str, memory: NewMemory, /) -> Any: ...
    def get_memory(self, memory_id: str, /) -> Any: ...
    def list_capsule_memories(
        self, capsule_id: str, wanted: MemoryFilter | None, page: Page, /
    ) -> Any: ...
    def search_my_memories(self, wanted: MemoryFilter | None, page: Page, /) -> Any: ...
    def update_memory_in_capsule(
        self, capsule_id: str, memory_id: str, update: UpdateMemory, /
    ) -> Any: ...
    def delete_memory_from_capsule(self, capsule_id: str, memory_id: str, /) -> Any: ...
    def get_blob_chunk(self, memory_id: str, variant: str, offset: int, limit: int, /) -> Any: ...
    def get_asset_token(self, memory_id: str, seconds: int | None, /) -> Any: ...
    def store_gallery_forever(self, gallery: NewGallery, /) -> Any: ...
    def get_gallery_by_id(self, gallery_id: str, /) -> Any: ...
    def get_my_galleries(self, page: Page, /) -> Any: ...
    def get_user_galleries(self, owner: Principal, page: Page, /) -> Any: ...
    def update_gallery(self, gallery_id: str, update: UpdateGallery, /) -> Any: ...
    def delete_gallery(self, gallery_id: str, /) -> Any: ...
    def add_connection(self, capsule_id: str, connection: NewConnection, /) -> Any: ...
    def list_connections(self, capsule_id: str, after: Principal | None, limit: int, /) -> Any: ...
    def update_connection(
        self, capsule_id: str, peer: Principal, update: UpdateConnection, /
    ) -> Any: ...
    def remove_connection(self, capsule_id: str, peer: Principal, /) -> Any: ...
    def get_access(self, item_id: str, /) -> Any: ...
    def grant_access(self, item_id: str, grantee: Principal, permission: Permission, /) -> Any: ...
    def revoke_access(self, item_id: str, grantee: Principal, /) -> Any: ...
    def set_visibility(self, item_id: str, visibility: Visibility, /) -> Any: ...
    def list_shared_with_me(self, page: Page, /) -> Any: ...
    def export_capsule_data(self, capsule_id: str | None, page: Page, /) -> Any: ...


class CapsuleHost(UploadSessions[UploadInfo]):
    """A canister with capsules, as one caller sees it: the base of `Backend` and `Personal`.

    Each method raises CanisterRefused where the canister refuses, CanisterReject where the call is
    rejected, and another AgentError where it brings no answer. Lists are read page by page.

    Attributes:
        kind: What the canister is, in a word.
        client: The generated client.
    """

    kind: ClassVar[str]
    client: HostClient
    _capsule_update: ClassVar[CapsuleUpdateType]
    _upload_request = CreateUploadRequest
    _upload_commit = UploadCommit

    def capsule(self, capsule_id: str | None = None) -> CapsuleInfo:
        """A capsule; the caller's first one where none is named."""
        return self._value(self.client.get_capsule(capsule_id), CapsuleInfo)

    def capsules(self) -> Iterator[CapsuleInfo]:
        """The caller's capsules, oldest first."""
        for page in pages(
            lambda after: self._value(self.client.list_my_capsules(_page(after)), CapsuleList)
        ):
            yield from page.capsules

    def update_capsule(
        self, capsule_id: str, *, name: str | None = None, description: str | None = None
    ) -> CapsuleInfo:
        """Changes a capsule; what is left out stays."""
        update = self._capsule_update(name=name, description=description)
        return self._value(self.client.update_capsule(capsule_id, update), CapsuleInfo)

    def add_memory(self, capsule_id: str, memory: NewMemory) -> MemoryInfo:
        """Adds a memory to a capsule."""
        return self._value(self.client.add_memory_to_capsule(capsule_id, memory), MemoryInfo)

    def memory(self, memory_id: str) -> MemoryInfo:
        """A memory, wherever it is, with the bytes of its assets of at most 32 KiB."""
        return self._value(self.client.get_memory(memory_id), MemoryInfo)

    def memories(self, capsule_id: str, wanted: MemoryFilter | None = None) -> Iterator[MemoryInfo]:
        """The memories of a capsule that match a filter, without bytes."""

        def ask(after: str | None) -> MemoryList:
            answer = self.client.list_capsule_memories(capsule_id, wanted, _page(after))
            return self._value(answer, MemoryList)

        for page in pages(ask):
            yield from page.memories

    def search(self, wanted: MemoryFilter | None = None) -> Iterator[MemoryInfo]:
        """The memories of all of the caller's capsules that match a filter, without bytes."""
        for page in pages(
            lambda after: self._value(
                self.client.search_my_memories(wanted, _page(after)), MemoryList
            )
        ):
            yield from page.memories

    def update_memory(self, capsule_id: str, memory_id: str, update: UpdateMemory) -> MemoryInfo:
        """Changes a memory; what is left out stays."""
        answer = self.client.update_memory_in_capsule(capsule_id, memory_id, update)
        return self._value(answer, MemoryInfo)

    def delete_memory(self, capsule_id: str, memory_id: str) -> None:
        """Deletes a memory, and takes it out of all galleries."""
        self._accepted(self.client.delete_memory_from_capsule(capsule_id, memory_id))

    def read_asset(self, memory_id: str, variant: str, offset: int, limit: int) -> bytes:
        """Bytes of an asset; none at its end.

        Args:
            memory_id: The memory.
            variant: Which of its assets.
            offset: Where they begin, in bytes.
            limit: How many, at most `BLOB_CHUNK_SIZE`.
        """
        answer = self.client.get_blob_chunk(memory_id, variant, offset, limit)
        return self._value(answer, bytes)

    def asset_token(self, memory_id: str, seconds: int | None = None) -> AssetToken:
        """What opens a memory's assets over HTTP.

        Args:
            memory_id: The memory.
            seconds: How long it is good for; as long as may be where it is left out.
        """
        return self._value(self.client.get_asset_token(memory_id, seconds), AssetToken)

    def store_gallery(self, gallery: NewGallery) -> GalleryInfo:
        """Keeps a gallery until it is deleted."""
        return self._value(self.client.store_gallery_forever(gallery), GalleryInfo)

    def gallery(self, gallery_id: str) -> GalleryInfo:
        """A gallery, with those of its items that the caller may see."""
        return self._value(self.client.get_gallery_by_id(gallery_id), GalleryInfo)

    def galleries(self, owner: Principal | None = None) -> Iterator[GalleryInfo]:
        """The caller's galleries, or those of another that the caller may see, oldest first."""

        def ask(after: str | None) -> GalleryList:
            if owner is None:
                answer = self.client.get_my_galleries(_page(after))
            else:
                answer = self.client.get_user_galleries(owner, _page(after))
            return self._value(answer, GalleryList)

        for page in pages(ask):
            yield from page.galleries

    def update_gallery(self, gallery_id: str, update: UpdateGallery) -> GalleryInfo:
        """Changes a gallery; what is left out stays."""
        return self._value(self.client.update_gallery(gallery_id, update), GalleryInfo)

    def delete_gallery(self, gallery_id: str) -> None:
        """Deletes a gallery; what is in it stays."""
        self._accepted(self.client.delete_gallery(gallery_id))

    def add_connection(self, capsule_id: str, connection: NewConnection) -> ConnectionInfo:
        """Connects a capsule with somebody, who may do no more by it than before."""
        return self._value(self.client.add_connection(capsule_id, connection), ConnectionInfo)

    def connections(self, capsule_id: str) -> Iterator[ConnectionInfo]:
        """The connections of a capsule, in the order of their principals."""

        def ask(after: Principal | None) -> ConnectionList:
            answer = self.client.list_connections(capsule_id, after, ITEMS_A_PAGE)
            return self._value(answer, ConnectionList)

        for page in pages(ask):
            yield from page.connections

    def update_connection(
        self, capsule_id: str, peer: Principal, update: UpdateConnection
    ) -> ConnectionInfo:
        """Changes what is said of a connection; what is left out stays."""
        return self._value(self.client.update_connection(capsule_id, peer, update), ConnectionInfo)

    def remove_connection(self, capsule_id: str, peer: Principal) -> None:
        """Removes a connection."""
        self._accepted(self.client.remove_connection(capsule_id, peer))

    def access(self, item_id: str) -> AccessInfo:
        """Who may see and change a capsule, memory or gallery; told to its owner."""
        return self._value(self.client.get_access(item_id), AccessInfo)

    def grant(self, item_id: str, grantee: Principal, permission: Permission) -> None:
        """Lets a principal read or change a capsule, memory or gallery."""
        self._accepted(self.client.grant_access(item_id, grantee, permission))

    def revoke(self, item_id: str, grantee: Principal) -> bool:
        """Takes a grant back; false where there was none."""
        return self._value(self.client.revoke_access(item_id, grantee), bool)

    def set_visibility(self, item_id: str, visibility: Visibility) -> None:
        """Shows a capsule, memory or gallery to everybody, or only to those who were named."""
        self._accepted(self.client.set_visibility(item_id, visibility))

    def shared_with_me(self) -> Iterator[str]:
        """Ids of capsules, memories and galleries that others have granted the caller."""
        for page in pages(
            lambda after: self._value(self.client.list_shared_with_me(_page(after)), SharedList)
        ):
            yield from page.ids

    def export(self, capsule_id: str | None = None) -> Iterator[ExportPage]:
        """All that a capsule of the caller's holds but the bytes; its first one by default.

        The capsule comes first, then memories and galleries in order of their ids, then connections
        in order of their peers.
        """
        yield from pages(
            lambda after: self._value(
                self.client.export_capsule_data(capsule_id, _page(after)), ExportPage
            )
        )

    @property
    @abstractmethod
    def canister_id(self) -> Principal:
        """The canister."""

    @property
    @abstractmethod
    def certified(self) -> Self:
        """The same canister, whose queries are answered by consensus and not by one node."""

    @abstractmethod
    def _value(self, result: Any, kind: type[Value]) -> Value:
        """What a result brings, where it is no refusal."""


def _page(after: str | None) -> Page:
    return Page(after=after, limit=ITEMS_A_PAGE)
