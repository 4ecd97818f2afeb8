"""The backend as Python sees it: plain arguments, typed results, refusals raised.

`Backend.client` is the generated client, with each method of the canister as its interface has it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, TypeAlias, TypeVar, cast

from ic_factory.bindgen.runtime import Caller
from ic_factory.drivers.generated.backend import (
    AccessInfo,
    AssetToken,
    BackendClient,
    BackendStats,
    CapsuleInfo,
    ConfigInfo,
    ConfigUpdate,
    ConnectionInfo,
    CreateCapsule,
    CreateUploadRequest,
    Event,
    GalleryInfo,
    HealthReport,
    MemoryFilter,
    MemoryInfo,
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
from ic_factory.drivers.refusals import CanisterRefused
from ic_factory.drivers.replicated import Replicated
from ic_factory.protocol.principal import Principal

ITEMS_A_PAGE = 100
UPLOADS_A_PAGE = 50
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


class Backend:
    """One backend, as one caller sees it.

    Each method raises BackendRefused where the backend refuses, CanisterReject where the call is
    rejected, and another AgentError where it brings no answer. Lists are read page by page.

    Attributes:
        kind: What the canister is, in a word.
        client: The generated client.
    """

    kind = BackendRefused.kind

    def __init__(self, caller: Caller, canister_id: Principal | str) -> None:
        """Binds the driver to a backend; `caller` is an agent."""
        self.client = BackendClient(caller, canister_id)

    @property
    def certified(self) -> Backend:
        """The same backend, whose queries are answered by consensus and not by one node."""
        return Backend(Replicated(self.client.caller), self.canister_id)

    @property
    def canister_id(self) -> Principal:
        """The backend."""
        return self.client.canister_id

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
        after = None
        while True:
            page = self._accepted(self.client.list_my_capsules(_page(after))).value
            yield from page.capsules
            if page.next is None:
                return
            after = page.next

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
        after = None
        while True:
            answer = self.client.list_capsule_memories(capsule_id, wanted, _page(after))
            page = self._accepted(answer).value
            yield from page.memories
            if page.next is None:
                return
            after = page.next

    def search(self, wanted: MemoryFilter | None = None) -> Iterator[MemoryInfo]:
        """The memories of all of the caller's capsules that match a filter, without bytes."""
        after = None
        while True:
            page = self._accepted(self.client.search_my_memories(wanted, _page(after))).value
            yield from page.memories
            if page.next is None:
                return
            after = page.next

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
        after = None
        while True:
            if owner is None:
                answer = self.client.get_my_galleries(_page(after))
            else:
                answer = self.client.get_user_galleries(owner, _page(after))
            page = self._accepted(answer).value
            yield from page.galleries
            if page.next is None:
                return
            after = page.next

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
        after = None
        while True:
            answer = self.client.list_connections(capsule_id, after, ITEMS_A_PAGE)
            page = self._accepted(answer).value
            yield from page.connections
            if page.next is None:
                return
            after = page.next

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
        after = None
        while True:
            page = self._accepted(self.client.list_shared_with_me(_page(after))).value
            yield from page.ids
            if page.next is None:
                return
            after = page.next

    def begin_upload(
        self,
        *,
        name: str | None = None,
        expected_len: int | None = None,
        expected_sha256: bytes | None = None,
        chunk_size: int | None = None,
    ) -> int:
        """Begins an upload and returns its id.

        Where the caller has bytes of the expected hash there already, it is committed at once.

        Args:
            name: What people know it by, at most 200 bytes.
            expected_len: Bytes that will arrive in all.
            expected_sha256: Their hash, 32 bytes.
            chunk_size: Bytes of each chunk but the last one, at most 1 MiB.
        """
        request = CreateUploadRequest(
            name=name,
            expected_len=expected_len,
            expected_sha256_hex=None if expected_sha256 is None else expected_sha256.hex(),
            chunk_size=chunk_size,
        )
        return self._accepted(self.client.create_upload_with(request)).value.upload_id

    def put_chunk_at(self, upload_id: int, index: int, chunk: bytes) -> None:
        """Stores a chunk; chunks may come in any order and several at a time."""
        self._accepted(self.client.put_chunk_at(upload_id, index, chunk))

    def commit_upload(self, upload_id: int, sha256: bytes) -> UploadInfo:
        """Commits an upload by the hash of all its bytes."""
        commit = UploadCommit(expected_sha256_hex=sha256.hex())
        return self._accepted(self.client.commit_upload_with(upload_id, commit)).value

    def upload_info(self, upload_id: int) -> UploadInfo | None:
        """What is known of an upload; None where that is nothing."""
        return self.client.get_upload_info(upload_id)

    def uploads(self, owner: Principal | None = None) -> Iterator[UploadInfo]:
        """The caller's uploads, oldest first; an admin sees those of an owner, or all."""
        after = None
        while page := self.client.list_uploads(after, UPLOADS_A_PAGE, owner):
            yield from page
            after = page[-1].upload_id

    def delete_upload(self, upload_id: int) -> bool:
        """Deletes an upload. Its bytes stay while a capsule or another upload has the same."""
        return self.client.delete_upload(upload_id)

    def clean_up_uploads(self) -> int:
        """Deletes uploads that have expired and returns how many; for admins."""
        return self._accepted(self.client.cleanup_expired_uploads_manual()).value

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
        while page := self.client.get_events(after, EVENTS_A_PAGE):
            yield from page
            after = page[-1].id

    def version(self) -> Version:
        """The backend's build and the version of its interface."""
        return self.client.version()

    def _accepted(self, result: Result | Refused) -> Result:
        if isinstance(result, Refused):
            raise BackendRefused(self.canister_id, result.value)
        return result


def _page(after: str | None) -> Page:
    return Page(after=after, limit=ITEMS_A_PAGE)
