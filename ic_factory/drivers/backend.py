"""The backend as Python sees it: plain arguments, typed results, refusals raised.

`Backend.client` is the generated client, with each method of the canister as its interface has it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, TypeAlias, TypeVar, cast

from ic_factory.drivers.canister_driver import CanisterDriver
from ic_factory.drivers.generated.backend import (
    AccessInfo,
    AssetToken,
    BackendClient,
    BackendStats,
    CapsuleInfo,
    ConfigInfo,
    ConfigUpdate,
    ConnectionInfo,
    ConnectionList,
    CreateCapsule,
    CreateUploadRequest,
    Event,
    GalleryInfo,
    GalleryList,
    HealthReport,
    MemoryFilter,
    MemoryInfo,
    MemoryList,
    NewConnection,
    NewGallery,
    NewMemory,
    Page,
    Permission,
    Reason,
    ReasonUpload,
    Result1Err,
    Result2Err,
    Result3Err,
    Result4Err,
    Result5Err,
    Result6Err,
    Result7Err,
    Result8Err,
    Result9Err,
    Result10Err,
    Result11Err,
    Result12Err,
    Result13Err,
    Result14Err,
    Result15Err,
    Result16Err,
    Result17Err,
    Result18Err,
    ResultErr,
    UpdateConnection,
    UpdateGallery,
    UpdateMemory,
    UploadCommit,
    UploadError,
    UploadInfo,
    Version,
    Visibility,
    Whoami,
)
from ic_factory.drivers.pages import items_until_none, pages
from ic_factory.drivers.refusals import CanisterRefused
from ic_factory.drivers.upload_sessions import UploadSessions
from ic_factory.protocol.principal import Principal

ITEMS_A_PAGE = 100
EVENTS_A_PAGE = 500

BLOB_CHUNK_SIZE = 2_000_000
"""The most bytes of an asset that one answer brings."""

Result = TypeVar("Result")
Refused: TypeAlias = (
    ResultErr
    | Result1Err
    | Result2Err
    | Result3Err
    | Result4Err
    | Result5Err
    | Result6Err
    | Result7Err
    | Result8Err
    | Result9Err
    | Result10Err
    | Result11Err
    | Result12Err
    | Result13Err
    | Result14Err
    | Result15Err
    | Result16Err
    | Result17Err
    | Result18Err
)


class BackendRefused(CanisterRefused):
    """The backend refused a request, and nothing was changed by it."""

    kind: ClassVar[str] = "backend"

    @property
    def reason(self) -> Reason:
        """The typed reason, with fields."""
        return cast(Reason, super().reason)

    @property
    def upload_error(self) -> UploadError | None:
        """What is wrong with an upload, where that is the reason."""
        return self.reason.value if isinstance(self.reason, ReasonUpload) else None


class Backend(CanisterDriver, UploadSessions[UploadInfo]):
    """One backend, as one caller sees it.

    Each method raises BackendRefused where the backend refuses, CanisterReject where the call is
    rejected, and another AgentError where it brings no answer. Lists are read page by page.

    Attributes:
        kind: What the canister is, in a word.
        client: The generated client.
    """

    kind = BackendRefused.kind
    client: BackendClient
    _client_type = BackendClient
    _upload_request = CreateUploadRequest
    _upload_commit = UploadCommit

    def register(self) -> Whoami:
        """Registers the caller, who may have capsules then; again, it changes nothing."""
        return self._accepted(self.client.register()).value

    def whoami(self) -> Whoami:
        """What the backend knows of the caller."""
        return self.client.whoami()

    def register_capsule(self) -> CapsuleInfo:
        """The caller's first capsule; caller and capsule are registered where they are not."""
        return self._accepted(self.client.register_capsule()).value

    def create_capsule(
        self, name: str | None = None, description: str | None = None
    ) -> CapsuleInfo:
        """Makes a capsule.

        Args:
            name: At most 200 bytes.
            description: At most 4,000 bytes.
        """
        request = CreateCapsule(name=name, description=description)
        return self._accepted(self.client.create_capsule(request)).value

    def capsule(self, capsule_id: str | None = None) -> CapsuleInfo:
        """A capsule; the caller's first one where none is named."""
        return self._accepted(self.client.get_capsule(capsule_id)).value

    def capsules(self) -> Iterator[CapsuleInfo]:
        """The caller's capsules, oldest first."""
        for page in pages(
            lambda after: self._accepted(self.client.list_my_capsules(_page(after))).value
        ):
            yield from page.capsules

    def update_capsule(
        self, capsule_id: str, *, name: str | None = None, description: str | None = None
    ) -> CapsuleInfo:
        """Changes a capsule; what is left out stays."""
        update = CreateCapsule(name=name, description=description)
        return self._accepted(self.client.update_capsule(capsule_id, update)).value

    def delete_capsule(self, capsule_id: str) -> None:
        """Deletes a capsule for good, with all that is in it."""
        self._accepted(self.client.delete_capsule(capsule_id))

    def add_memory(self, capsule_id: str, memory: NewMemory) -> MemoryInfo:
        """Adds a memory to a capsule."""
        return self._accepted(self.client.add_memory_to_capsule(capsule_id, memory)).value

    def memory(self, memory_id: str) -> MemoryInfo:
        """A memory, wherever it is, with the bytes of its assets of at most 32 KiB."""
        return self._accepted(self.client.get_memory(memory_id)).value

    def memories(self, capsule_id: str, wanted: MemoryFilter | None = None) -> Iterator[MemoryInfo]:
        """The memories of a capsule that match a filter, without bytes."""

        def ask(after: str | None) -> MemoryList:
            answer = self.client.list_capsule_memories(capsule_id, wanted, _page(after))
            return self._accepted(answer).value

        for page in pages(ask):
            yield from page.memories

    def search(self, wanted: MemoryFilter | None = None) -> Iterator[MemoryInfo]:
        """The memories of all of the caller's capsules that match a filter, without bytes."""
        for page in pages(
            lambda after: self._accepted(self.client.search_my_memories(wanted, _page(after))).value
        ):
            yield from page.memories

    def update_memory(self, capsule_id: str, memory_id: str, update: UpdateMemory) -> MemoryInfo:
        """Changes a memory; what is left out stays."""
        answer = self.client.update_memory_in_capsule(capsule_id, memory_id, update)
        return self._accepted(answer).value

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
        return self._accepted(answer).value

    def asset_token(self, memory_id: str, seconds: int | None = None) -> AssetToken:
        """What opens a memory's assets over HTTP.

        Args:
            memory_id: The memory.
            seconds: How long it is good for; as long as may be where it is left out.
        """
        return self._accepted(self.client.get_asset_token(memory_id, seconds)).value

    def store_gallery(self, gallery: NewGallery) -> GalleryInfo:
        """Keeps a gallery until it is deleted."""
        return self._accepted(self.client.store_gallery_forever(gallery)).value

    def gallery(self, gallery_id: str) -> GalleryInfo:
        """A gallery, with those of its items that the caller may see."""
        return self._accepted(self.client.get_gallery_by_id(gallery_id)).value

    def galleries(self, owner: Principal | None = None) -> Iterator[GalleryInfo]:
        """The caller's galleries, or those of another that the caller may see, oldest first."""

        def ask(after: str | None) -> GalleryList:
            if owner is None:
                answer = self.client.get_my_galleries(_page(after))
            else:
                answer = self.client.get_user_galleries(owner, _page(after))
            return self._accepted(answer).value

        for page in pages(ask):
            yield from page.galleries

    def update_gallery(self, gallery_id: str, update: UpdateGallery) -> GalleryInfo:
        """Changes a gallery; what is left out stays."""
        return self._accepted(self.client.update_gallery(gallery_id, update)).value

    def delete_gallery(self, gallery_id: str) -> None:
        """Deletes a gallery; what is in it stays."""
        self._accepted(self.client.delete_gallery(gallery_id))

    def add_connection(self, capsule_id: str, connection: NewConnection) -> ConnectionInfo:
        """Connects a capsule with somebody, who may do no more by it than before."""
        return self._accepted(self.client.add_connection(capsule_id, connection)).value

    def connections(self, capsule_id: str) -> Iterator[ConnectionInfo]:
        """The connections of a capsule, in the order of their principals."""

        def ask(after: Principal | None) -> ConnectionList:
            answer = self.client.list_connections(capsule_id, after, ITEMS_A_PAGE)
            return self._accepted(answer).value

        for page in pages(ask):
            yield from page.connections

    def update_connection(
        self, capsule_id: str, peer: Principal, update: UpdateConnection
    ) -> ConnectionInfo:
        """Changes what is said of a connection; what is left out stays."""
        return self._accepted(self.client.update_connection(capsule_id, peer, update)).value

    def remove_connection(self, capsule_id: str, peer: Principal) -> None:
        """Removes a connection."""
        self._accepted(self.client.remove_connection(capsule_id, peer))

    def access(self, item_id: str) -> AccessInfo:
        """Who may see and change a capsule, memory or gallery; told to its owner."""
        return self._accepted(self.client.get_access(item_id)).value

    def grant(self, item_id: str, grantee: Principal, permission: Permission) -> None:
        """Lets a principal read or change a capsule, memory or gallery."""
        self._accepted(self.client.grant_access(item_id, grantee, permission))

    def revoke(self, item_id: str, grantee: Principal) -> bool:
        """Takes a grant back; false where there was none."""
        return self._accepted(self.client.revoke_access(item_id, grantee)).value

    def set_visibility(self, item_id: str, visibility: Visibility) -> None:
        """Shows a capsule, memory or gallery to everybody, or only to those who were named."""
        self._accepted(self.client.set_visibility(item_id, visibility))

    def shared_with_me(self) -> Iterator[str]:
        """Ids of capsules, memories and galleries that others have granted the caller."""
        for page in pages(
            lambda after: self._accepted(self.client.list_shared_with_me(_page(after))).value
        ):
            yield from page.ids

    def config(self) -> ConfigInfo:
        """All limits; the admins for admins only."""
        return self.client.get_config()

    def update_config(self, update: ConfigUpdate) -> ConfigInfo:
        """Changes limits, all that are given or none; for admins."""
        return self._accepted(self.client.update_config(update)).value

    def add_admin(self, admin: Principal) -> None:
        """Adds an admin."""
        self._accepted(self.client.add_admin(admin))

    def remove_admin(self, admin: Principal) -> None:
        """Removes an admin, but never the last one."""
        self._accepted(self.client.remove_admin(admin))

    def set_emergency_stop(self, stopped: bool) -> None:
        """Refuses all requests but those of admins, or lets them in again."""
        self._accepted(self.client.set_emergency_stop(stopped))

    def health(self) -> HealthReport:
        """Whether the backend can do its work, and what keeps it from it."""
        return self.client.health_check()

    def stats(self) -> BackendStats:
        """What the backend holds."""
        return self.client.get_backend_stats()

    def events(self, after: int | None = None) -> Iterator[Event]:
        """Events behind an id, oldest first; for admins."""
        return items_until_none(
            lambda place: self.client.get_events(place, EVENTS_A_PAGE), lambda each: each.id, after
        )

    def version(self) -> Version:
        """The backend's build and the version of its interface."""
        return self.client.version()

    def _accepted(self, result: Result | Refused) -> Result:
        if isinstance(result, Refused):
            raise BackendRefused(self.canister_id, result.value)
        return result


def _page(after: str | None) -> Page:
    return Page(after=after, limit=ITEMS_A_PAGE)
