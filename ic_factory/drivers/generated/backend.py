# Generated from ic_factory/canisters/backend.did; changes here are lost.
# To generate it again: scripts/generate-drivers
# ruff: noqa: D205
"""The types and the client of `ic_factory/canisters/backend.did`."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TypeAlias

from ic_factory.bindgen.runtime import (
    CanisterClient,
    CaseBinding,
    FuncReference,
    MethodBinding,
    TypeBindings,
)
from ic_factory.protocol.candid import types as t
from ic_factory.protocol.principal import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessInfo:
    """Who may read or write something besides its owner, told to the owner."""

    grants: list[Grant]
    visibility: Visibility


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetContentBlob:
    """Of a committed upload of the caller, or of another asset of the capsule."""

    sha256_hex: str


@dataclass(frozen=True, slots=True)
class AssetContentInline:
    """At most 32 KiB."""

    value: bytes


AssetContent: TypeAlias = AssetContentBlob | AssetContentInline
"""The bytes of an asset."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetInfo:
    """The record `AssetInfo`.

    Attributes:
        path: Where it is served over HTTP.
        size: Bytes.
        content: The bytes, where one memory is asked for and they are at most 32 KiB.
    """

    content_type: str
    path: str
    sha256_hex: str
    size: int
    variant: str
    content: bytes | None = None
    file_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetToken:
    """What opens a private memory's assets over HTTP, as
    `/asset/<memory>/<variant>?token=<token>`.
    """

    expires_at_time_ns: int
    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BackendError:
    """A refusal.

    Methods with a plain result reject with the message.

    Attributes:
        message: For people; begins with a fixed wording for each reason.
        reason: For programs.
    """

    message: str
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class BackendStats:
    """The record `BackendStats`.

    Attributes:
        certified_memories: Memories whose assets are certified.
        deleted_capsules: Capsules that are being cleared away.
        storage: Told to admins only: by these a stranger could find out whether somebody
            has certain bytes.
    """

    capsules: int
    certified_memories: int
    connections: int
    cycles_balance: int
    deleted_capsules: int
    events: int
    galleries: int
    grants: int
    memories: int
    users: int
    storage: StorageStats | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CapsuleErrorAssetNotFound:
    """The case `AssetNotFound` of `CapsuleError`."""

    memory_id: str
    variant: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CapsuleErrorBlobNotFound:
    """Neither the caller has uploaded such bytes, nor does the capsule hold them."""

    sha256_hex: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CapsuleErrorCapsuleFull:
    """The case `CapsuleFull` of `CapsuleError`."""

    limit: int
    needed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CapsuleErrorCapsuleNotFound:
    """There is none of this id, or the caller may not read it."""

    capsule_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CapsuleErrorConnectionExists:
    """The case `ConnectionExists` of `CapsuleError`."""

    peer: Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class CapsuleErrorConnectionNotFound:
    """The case `ConnectionNotFound` of `CapsuleError`."""

    peer: Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class CapsuleErrorCyclicGallery:
    """The gallery would hold itself."""

    gallery_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CapsuleErrorDanglingReference:
    """A gallery holds what is in the same capsule, and this is not."""

    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CapsuleErrorGalleryNotFound:
    """There is none of this id, or the caller may not read it."""

    gallery_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CapsuleErrorInlineTooLarge:
    """The case `InlineTooLarge` of `CapsuleError`."""

    limit: int
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CapsuleErrorInvalidArgument:
    """The case `InvalidArgument` of `CapsuleError`."""

    argument: str
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CapsuleErrorMemoryNotFound:
    """There is none of this id, or the caller may not read it."""

    memory_id: str


@dataclass(frozen=True, slots=True)
class CapsuleErrorNoCapsule:
    """The caller has no capsule."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CapsuleErrorNotFound:
    """It names nothing that the caller may read."""

    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CapsuleErrorNotOwner:
    """The caller may read or change it, and it is the owner's to decide."""

    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CapsuleErrorReadOnly:
    """The caller may read it, and not change it."""

    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CapsuleErrorStorageFull:
    """The case `StorageFull` of `CapsuleError`."""

    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CapsuleErrorTooMany:
    """The case `TooMany` of `CapsuleError`."""

    limit: int
    what: str


CapsuleError: TypeAlias = (
    CapsuleErrorAssetNotFound
    | CapsuleErrorBlobNotFound
    | CapsuleErrorCapsuleFull
    | CapsuleErrorCapsuleNotFound
    | CapsuleErrorConnectionExists
    | CapsuleErrorConnectionNotFound
    | CapsuleErrorCyclicGallery
    | CapsuleErrorDanglingReference
    | CapsuleErrorGalleryNotFound
    | CapsuleErrorInlineTooLarge
    | CapsuleErrorInvalidArgument
    | CapsuleErrorMemoryNotFound
    | CapsuleErrorNoCapsule
    | CapsuleErrorNotFound
    | CapsuleErrorNotOwner
    | CapsuleErrorReadOnly
    | CapsuleErrorStorageFull
    | CapsuleErrorTooMany
)
"""Why a request is refused; nothing has changed then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CapsuleInfo:
    """The record `CapsuleInfo`.

    Attributes:
        bytes_: Bytes of all different assets.
        my_access: What the caller may do with it.
    """

    bytes_: int
    capsule_id: str
    connections: int
    created_at_time_ns: int
    description: str
    galleries: int
    memories: int
    my_access: Level
    name: str
    owner: Principal
    updated_at_time_ns: int
    visibility: Visibility


@dataclass(frozen=True, slots=True, kw_only=True)
class CapsuleList:
    capsules: list[CapsuleInfo]
    next: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChunkRange:
    """First and last index of chunks that have arrived without a gap."""

    first: int
    last: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigInfo:
    """All limits as they are in force.

    Sizes in bytes.

    Attributes:
        admins: Told to admins only.
    """

    emergency_stop: bool
    max_assets_per_memory: int
    max_bytes_per_capsule: int
    max_capsules_per_user: int
    max_chunk_size: int
    max_chunks_per_upload: int
    max_connections_per_capsule: int
    max_description_size: int
    max_file_name_size: int
    max_galleries_per_capsule: int
    max_grants_per_item: int
    max_inline_size: int
    max_items_per_gallery: int
    max_memories_per_capsule: int
    max_metadata_key_size: int
    max_metadata_per_memory: int
    max_metadata_value_size: int
    max_name_size: int
    max_open_uploads_per_user: int
    max_page: int
    max_stored_bytes: int
    max_tag_size: int
    max_tags_per_memory: int
    max_token_seconds: int
    max_upload_size: int
    max_uploads_per_user: int
    max_users: int
    min_cycles: int
    upload_ttl_seconds: int
    admins: list[Principal] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigUpdate:
    """Limits to change; what is left out stays.

    Attributes:
        max_assets_per_memory: At most 32.
        max_bytes_per_capsule: Bytes of all different assets of a capsule.
        max_capsules_per_user: At most 1,000.
        max_galleries_per_capsule: At most 10,000.
        max_items_per_gallery: At most 10,000.
        max_metadata_per_memory: At most 200.
        max_stored_bytes: Bytes of all uploads and assets together, at most 450 GiB.
        max_tags_per_memory: At most 200.
        max_token_seconds: Seconds that a token for a private asset is good for.
        max_upload_size: Bytes of one upload, at most 400 MiB.
        min_cycles: Cycles below which `health_check` finds a problem.
        upload_ttl_seconds: Seconds after which an upload that nobody touches expires.
    """

    max_assets_per_memory: int | None = None
    max_bytes_per_capsule: int | None = None
    max_capsules_per_user: int | None = None
    max_connections_per_capsule: int | None = None
    max_galleries_per_capsule: int | None = None
    max_grants_per_item: int | None = None
    max_items_per_gallery: int | None = None
    max_memories_per_capsule: int | None = None
    max_metadata_per_memory: int | None = None
    max_open_uploads_per_user: int | None = None
    max_stored_bytes: int | None = None
    max_tags_per_memory: int | None = None
    max_token_seconds: int | None = None
    max_upload_size: int | None = None
    max_uploads_per_user: int | None = None
    max_users: int | None = None
    min_cycles: int | None = None
    upload_ttl_seconds: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionInfo:
    created_at_time_ns: int
    name: str
    note: str
    peer: Principal
    relation: str
    updated_at_time_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionList:
    connections: list[ConnectionInfo]
    next: Principal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateCapsule:
    """How a capsule is made; all may be left out.

    Attributes:
        description: At most 4,000 bytes.
        name: At most 200 bytes, with no control characters.
    """

    description: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateUploadRequest:
    """How an upload is begun; what is left out is not checked.

    Attributes:
        chunk_size: Bytes of each chunk but the last one; 1 MiB where it is left out,
            which is also the most.
        expected_len: Bytes that will arrive in all.
        expected_sha256_hex: Where these bytes are there already, no chunk needs to be
            sent.
        name: What people know it by, at most 200 bytes.
    """

    chunk_size: int | None = None
    expected_len: int | None = None
    expected_sha256_hex: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateUploadResponse:
    """The record `CreateUploadResponse`.

    Attributes:
        deduplicated: The bytes are there already, and the upload is committed: nothing
            is left to do.
    """

    chunk_size: int
    deduplicated: bool
    upload_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """The record `Event`.

    Attributes:
        caller: On whose behalf; the backend itself for what a timer did.
        id: Counts from 1.
    """

    caller: Principal
    event: EventKind
    id: int
    time_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EventKindAdminAdded:
    """The case `AdminAdded` of `EventKind`."""

    admin: Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class EventKindAdminRemoved:
    """The case `AdminRemoved` of `EventKind`."""

    admin: Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class EventKindBackendInstalled:
    """The case `BackendInstalled` of `EventKind`."""

    build: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EventKindBackendUpgraded:
    """The case `BackendUpgraded` of `EventKind`."""

    build: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EventKindCapsuleCreated:
    """The case `CapsuleCreated` of `EventKind`."""

    capsule_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EventKindCapsuleDeleted:
    """The case `CapsuleDeleted` of `EventKind`."""

    capsule_id: str


@dataclass(frozen=True, slots=True)
class EventKindConfigUpdated:
    """The case `ConfigUpdated` of `EventKind`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventKindEmergencyStopSet:
    """The case `EmergencyStopSet` of `EventKind`."""

    stopped: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EventKindUploadsExpired:
    """The case `UploadsExpired` of `EventKind`."""

    count: int


@dataclass(frozen=True, slots=True)
class EventKindUserRegistered:
    """The case `UserRegistered` of `EventKind`."""


EventKind: TypeAlias = (
    EventKindAdminAdded
    | EventKindAdminRemoved
    | EventKindBackendInstalled
    | EventKindBackendUpgraded
    | EventKindCapsuleCreated
    | EventKindCapsuleDeleted
    | EventKindConfigUpdated
    | EventKindEmergencyStopSet
    | EventKindUploadsExpired
    | EventKindUserRegistered
)
"""What happened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GalleryInfo:
    """The record `GalleryInfo`.

    Attributes:
        items: Those that the caller may see.
    """

    capsule_id: str
    created_at_time_ns: int
    created_by: Principal
    description: str
    gallery_id: str
    items: list[str]
    title: str
    updated_at_time_ns: int
    visibility: Visibility


@dataclass(frozen=True, slots=True, kw_only=True)
class GalleryList:
    galleries: list[GalleryInfo]
    next: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    grantee: Principal
    permission: Permission


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthReport:
    """The record `HealthReport`.

    Attributes:
        problems: Nothing where all is well.
        storage_used_percent: How much of `max_stored_bytes` is used, in percent.
    """

    cycles_balance: int
    emergency_stop: bool
    min_cycles: int
    problems: list[str]
    storage_used_percent: int
    time_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpRequest:
    body: bytes
    headers: list[tuple[str, str]]
    method: str
    url: str
    certificate_version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpResponse:
    body: bytes
    headers: list[tuple[str, str]]
    status_code: int
    streaming_strategy: StreamingStrategy | None = None
    upgrade: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InitArgument:
    """The argument of the installation; what is left out has its default.

    Attributes:
        admins: Who administrates; the installer where it is left out.
    """

    admins: list[Principal] | None = None
    config: ConfigUpdate | None = None


class Level(enum.Enum):
    """What a caller may do."""

    NONE = "None"
    OWNER = "Owner"
    READ = "Read"
    WRITE = "Write"


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryFilter:
    """Which memories are listed; what is left out is not asked for.

    Attributes:
        sha256_hex: The SHA-256 of an asset, as 64 hexadecimal digits.
        tag: A whole tag; letters of any case are the same.
        text_prefix: The beginning of a word of the title; letters of any case are the
            same.
    """

    memory_type: MemoryType | None = None
    sha256_hex: str | None = None
    tag: str | None = None
    text_prefix: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryInfo:
    assets: list[AssetInfo]
    capsule_id: str
    created_at_time_ns: int
    created_by: Principal
    description: str
    memory_id: str
    memory_type: MemoryType
    metadata: list[MetadataEntry]
    tags: list[str]
    title: str
    updated_at_time_ns: int
    visibility: Visibility
    date_ns: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryList:
    """A page may be shorter than asked for, or empty, where there is a `next`.

    Attributes:
        next: Where to go on, where there may be more.
    """

    memories: list[MemoryInfo]
    next: str | None = None


class MemoryType(enum.Enum):
    AUDIO = "Audio"
    DOCUMENT = "Document"
    IMAGE = "Image"
    NOTE = "Note"
    TEXT = "Text"
    VIDEO = "Video"


@dataclass(frozen=True, slots=True, kw_only=True)
class MetadataEntry:
    """The record `MetadataEntry`.

    Attributes:
        key: 1 to 64 bytes.
        value: At most 1,024 bytes.
    """

    key: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAsset:
    """The record `NewAsset`.

    Attributes:
        content_type: A MIME type with no parameters.
        variant: `original`, `thumbnail` or the like: 1 to 32 of the characters `a-z 0-9
            _ -`.
        file_name: At most 255 bytes.
    """

    content: AssetContent
    content_type: str
    variant: str
    file_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewConnection:
    """Somebody whom the capsule's owner knows.

    It gives no access by itself.

    Attributes:
        name: At most 200 bytes.
        note: At most 4,000 bytes.
        relation: What they are to each other, as "family": at most 200 bytes.
    """

    peer: Principal
    name: str | None = None
    note: str | None = None
    relation: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewGallery:
    """The record `NewGallery`.

    Attributes:
        items: Ids of memories and galleries of the capsule, each once.
        title: At most 200 bytes.
        capsule_id: The caller's first capsule, where it is left out.
        description: At most 4,000 bytes.
        visibility: Private, where it is left out.
    """

    items: list[str]
    title: str
    capsule_id: str | None = None
    description: str | None = None
    visibility: Visibility | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMemory:
    """The record `NewMemory`.

    Attributes:
        title: At most 200 bytes. The memory is found by the beginnings of its words.
        date_ns: When it happened, in nanoseconds since 1970.
        description: At most 4,000 bytes.
        tags: Each of 1 to 64 bytes.
        visibility: Private, where it is left out.
    """

    assets: list[NewAsset]
    memory_type: MemoryType
    title: str
    date_ns: int | None = None
    description: str | None = None
    metadata: list[MetadataEntry] | None = None
    tags: list[str] | None = None
    visibility: Visibility | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Which part of a list.

    Attributes:
        after: The `next` of the page before.
        limit: At most 100, which is also what it is where it is left out.
    """

    after: str | None = None
    limit: int | None = None


class Permission(enum.Enum):
    """What a named principal may do.

    Attributes:
        WRITE: Read, change, and delete what is in it.
    """

    READ = "Read"
    WRITE = "Write"


@dataclass(frozen=True, slots=True)
class ReasonAnonymousCaller:
    """The case `AnonymousCaller` of `Reason`."""


@dataclass(frozen=True, slots=True)
class ReasonCapsule:
    """The case `Capsule` of `Reason`."""

    value: CapsuleError


@dataclass(frozen=True, slots=True)
class ReasonEmergencyStop:
    """The case `EmergencyStop` of `Reason`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonInvalidArgument:
    """The case `InvalidArgument` of `Reason`."""

    argument: str
    problem: str


@dataclass(frozen=True, slots=True)
class ReasonLastAdmin:
    """The case `LastAdmin` of `Reason`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonNotAdmin:
    """The case `NotAdmin` of `Reason`."""

    caller: Principal


@dataclass(frozen=True, slots=True)
class ReasonNotReady:
    """The backend was installed a moment ago and waits for randomness."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonNotRegistered:
    """The case `NotRegistered` of `Reason`."""

    caller: Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonTooManyUsers:
    """The case `TooManyUsers` of `Reason`."""

    limit: int


@dataclass(frozen=True, slots=True)
class ReasonUpload:
    """The case `Upload` of `Reason`."""

    value: UploadError


Reason: TypeAlias = (
    ReasonAnonymousCaller
    | ReasonCapsule
    | ReasonEmergencyStop
    | ReasonInvalidArgument
    | ReasonLastAdmin
    | ReasonNotAdmin
    | ReasonNotReady
    | ReasonNotRegistered
    | ReasonTooManyUsers
    | ReasonUpload
)


@dataclass(frozen=True, slots=True)
class ResultOk:
    """The case `Ok` of `Result`."""


@dataclass(frozen=True, slots=True)
class ResultErr:
    """The case `Err` of `Result`."""

    value: BackendError


Result: TypeAlias = ResultOk | ResultErr


@dataclass(frozen=True, slots=True)
class Result1Ok:
    """The case `Ok` of `Result1`."""

    value: ConnectionInfo


@dataclass(frozen=True, slots=True)
class Result1Err:
    """The case `Err` of `Result1`."""

    value: BackendError


Result1: TypeAlias = Result1Ok | Result1Err


@dataclass(frozen=True, slots=True)
class Result10Ok:
    """The case `Ok` of `Result10`."""

    value: GalleryInfo


@dataclass(frozen=True, slots=True)
class Result10Err:
    """The case `Err` of `Result10`."""

    value: BackendError


Result10: TypeAlias = Result10Ok | Result10Err


@dataclass(frozen=True, slots=True)
class Result11Ok:
    """The case `Ok` of `Result11`."""

    value: GalleryList


@dataclass(frozen=True, slots=True)
class Result11Err:
    """The case `Err` of `Result11`."""

    value: BackendError


Result11: TypeAlias = Result11Ok | Result11Err


@dataclass(frozen=True, slots=True)
class Result12Ok:
    """The case `Ok` of `Result12`."""

    value: MemoryList


@dataclass(frozen=True, slots=True)
class Result12Err:
    """The case `Err` of `Result12`."""

    value: BackendError


Result12: TypeAlias = Result12Ok | Result12Err


@dataclass(frozen=True, slots=True)
class Result13Ok:
    """The case `Ok` of `Result13`."""

    value: ConnectionList


@dataclass(frozen=True, slots=True)
class Result13Err:
    """The case `Err` of `Result13`."""

    value: BackendError


Result13: TypeAlias = Result13Ok | Result13Err


@dataclass(frozen=True, slots=True)
class Result14Ok:
    """The case `Ok` of `Result14`."""

    value: CapsuleList


@dataclass(frozen=True, slots=True)
class Result14Err:
    """The case `Err` of `Result14`."""

    value: BackendError


Result14: TypeAlias = Result14Ok | Result14Err


@dataclass(frozen=True, slots=True)
class Result15Ok:
    """The case `Ok` of `Result15`."""

    value: SharedList


@dataclass(frozen=True, slots=True)
class Result15Err:
    """The case `Err` of `Result15`."""

    value: BackendError


Result15: TypeAlias = Result15Ok | Result15Err


@dataclass(frozen=True, slots=True)
class Result16Ok:
    """The case `Ok` of `Result16`."""

    value: Whoami


@dataclass(frozen=True, slots=True)
class Result16Err:
    """The case `Err` of `Result16`."""

    value: BackendError


Result16: TypeAlias = Result16Ok | Result16Err


@dataclass(frozen=True, slots=True)
class Result17Ok:
    """The case `Ok` of `Result17`."""

    value: bool


@dataclass(frozen=True, slots=True)
class Result17Err:
    """The case `Err` of `Result17`."""

    value: BackendError


Result17: TypeAlias = Result17Ok | Result17Err


@dataclass(frozen=True, slots=True)
class Result18Ok:
    """The case `Ok` of `Result18`."""

    value: ConfigInfo


@dataclass(frozen=True, slots=True)
class Result18Err:
    """The case `Err` of `Result18`."""

    value: BackendError


Result18: TypeAlias = Result18Ok | Result18Err


@dataclass(frozen=True, slots=True)
class Result2Ok:
    """The case `Ok` of `Result2`."""

    value: MemoryInfo


@dataclass(frozen=True, slots=True)
class Result2Err:
    """The case `Err` of `Result2`."""

    value: BackendError


Result2: TypeAlias = Result2Ok | Result2Err


@dataclass(frozen=True, slots=True)
class Result3Ok:
    """The case `Ok` of `Result3`."""

    value: int


@dataclass(frozen=True, slots=True)
class Result3Err:
    """The case `Err` of `Result3`."""

    value: BackendError


Result3: TypeAlias = Result3Ok | Result3Err


@dataclass(frozen=True, slots=True)
class Result4Ok:
    """The case `Ok` of `Result4`."""

    value: UploadInfo


@dataclass(frozen=True, slots=True)
class Result4Err:
    """The case `Err` of `Result4`."""

    value: BackendError


Result4: TypeAlias = Result4Ok | Result4Err


@dataclass(frozen=True, slots=True)
class Result5Ok:
    """The case `Ok` of `Result5`."""

    value: CapsuleInfo


@dataclass(frozen=True, slots=True)
class Result5Err:
    """The case `Err` of `Result5`."""

    value: BackendError


Result5: TypeAlias = Result5Ok | Result5Err


@dataclass(frozen=True, slots=True)
class Result6Ok:
    """The case `Ok` of `Result6`."""

    value: CreateUploadResponse


@dataclass(frozen=True, slots=True)
class Result6Err:
    """The case `Err` of `Result6`."""

    value: BackendError


Result6: TypeAlias = Result6Ok | Result6Err


@dataclass(frozen=True, slots=True)
class Result7Ok:
    """The case `Ok` of `Result7`."""

    value: AccessInfo


@dataclass(frozen=True, slots=True)
class Result7Err:
    """The case `Err` of `Result7`."""

    value: BackendError


Result7: TypeAlias = Result7Ok | Result7Err


@dataclass(frozen=True, slots=True)
class Result8Ok:
    """The case `Ok` of `Result8`."""

    value: AssetToken


@dataclass(frozen=True, slots=True)
class Result8Err:
    """The case `Err` of `Result8`."""

    value: BackendError


Result8: TypeAlias = Result8Ok | Result8Err


@dataclass(frozen=True, slots=True)
class Result9Ok:
    """The case `Ok` of `Result9`."""

    value: bytes


@dataclass(frozen=True, slots=True)
class Result9Err:
    """The case `Err` of `Result9`."""

    value: BackendError


Result9: TypeAlias = Result9Ok | Result9Err


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedList:
    """Ids of capsules, memories and galleries that others let the caller read or change."""

    ids: list[str]
    next: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageStats:
    """The record `StorageStats`.

    Attributes:
        blobs: Different contents that are committed or come with a memory.
        stored_bytes: Of uploads and assets.
    """

    blobs: int
    open_uploads: int
    stored_bytes: int
    uploads: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamingPiece:
    body: bytes
    token: StreamingToken | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamingStrategyCallback:
    """The case `Callback` of `StreamingStrategy`."""

    callback: FuncReference
    token: StreamingToken


StreamingStrategy: TypeAlias = StreamingStrategyCallback


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamingToken:
    """Where a body goes on that no message can hold.

    Attributes:
        sha256_hex: Of the asset that is being sent: when it changes meanwhile, nothing
            more is sent.
        token: By which a private asset is seen.
    """

    memory_id: str
    offset: int
    sha256_hex: str
    variant: str
    token: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateConnection:
    """What is to change; what is left out stays."""

    name: str | None = None
    note: str | None = None
    relation: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateGallery:
    """What is to change; what is left out stays.

    Attributes:
        add_items: Put behind those that are there.
        items: All items, in their new order.
    """

    add_items: list[str] | None = None
    description: str | None = None
    items: list[str] | None = None
    remove_items: list[str] | None = None
    title: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateMemory:
    """What is to change; what is left out stays.

    Attributes:
        remove_assets: Variants that go; those that are not there are passed over.
        set_assets: Added, or put in the place of those of the same variant.
    """

    date_ns: int | None = None
    description: str | None = None
    memory_type: MemoryType | None = None
    metadata: list[MetadataEntry] | None = None
    remove_assets: list[str] | None = None
    set_assets: list[NewAsset] | None = None
    tags: list[str] | None = None
    title: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadCommit:
    """The hash that the bytes must have.

    Attributes:
        expected_sha256_hex: 64 hexadecimal digits.
    """

    expected_sha256_hex: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadErrorAlreadyCommitted:
    """The case `AlreadyCommitted` of `UploadError`."""

    upload_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadErrorChunkConflict:
    """Other bytes have arrived at this index before."""

    index: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadErrorChunkTooLarge:
    """The case `ChunkTooLarge` of `UploadError`."""

    limit: int
    size: int


@dataclass(frozen=True, slots=True)
class UploadErrorEmptyChunk:
    """The case `EmptyChunk` of `UploadError`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadErrorHashMismatch:
    """The case `HashMismatch` of `UploadError`."""

    actual_sha256_hex: str
    expected_sha256_hex: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadErrorInvalidChunkSize:
    """The case `InvalidChunkSize` of `UploadError`."""

    chunk_size: int
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadErrorInvalidHash:
    """It is not the 64 hexadecimal digits of a SHA-256."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadErrorMissingChunks:
    """The case `MissingChunks` of `UploadError`."""

    first_missing: int
    received: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadErrorNameTooLong:
    """The case `NameTooLong` of `UploadError`."""

    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadErrorNotCommitted:
    """The case `NotCommitted` of `UploadError`."""

    upload_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadErrorStorageFull:
    """The case `StorageFull` of `UploadError`."""

    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadErrorTooManyChunks:
    """The case `TooManyChunks` of `UploadError`."""

    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadErrorTooManyOpenUploads:
    """The case `TooManyOpenUploads` of `UploadError`."""

    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadErrorTooManyUploads:
    """The case `TooManyUploads` of `UploadError`."""

    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadErrorUploadNotFound:
    """There is no such upload, or it is another caller's."""

    upload_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadErrorUploadTooLarge:
    """The case `UploadTooLarge` of `UploadError`."""

    limit: int
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadErrorWrongChunkSize:
    """An upload of known length has chunks of one size and a last one of the rest."""

    expected: int
    index: int
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadErrorWrongLength:
    """The case `WrongLength` of `UploadError`."""

    expected: int
    received: int


UploadError: TypeAlias = (
    UploadErrorAlreadyCommitted
    | UploadErrorChunkConflict
    | UploadErrorChunkTooLarge
    | UploadErrorEmptyChunk
    | UploadErrorHashMismatch
    | UploadErrorInvalidChunkSize
    | UploadErrorInvalidHash
    | UploadErrorMissingChunks
    | UploadErrorNameTooLong
    | UploadErrorNotCommitted
    | UploadErrorStorageFull
    | UploadErrorTooManyChunks
    | UploadErrorTooManyOpenUploads
    | UploadErrorTooManyUploads
    | UploadErrorUploadNotFound
    | UploadErrorUploadTooLarge
    | UploadErrorWrongChunkSize
    | UploadErrorWrongLength
)
"""Why a request about an upload is refused; nothing has changed then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadInfo:
    """What is told of an upload.

    Attributes:
        received_chunks: Indexes of the chunks that have arrived, the first 1,024 of them
            at most.
        received_ranges: All of them, as ranges.
        total_len: Bytes received.
        used_by: How many are installed from it.
        expected_hash: The SHA-256 that was announced, by which an upload that broke off
            can be found again.
        expires_at_time_ns: Nothing while something that was installed from it is there.
    """

    chunk_size: int
    created_at_time_ns: int
    owner: Principal
    received_chunks: list[int]
    received_ranges: list[ChunkRange]
    total_len: int
    upload_id: int
    used_by: int
    committed_hash: bytes | None = None
    expected_hash: bytes | None = None
    expected_len: int | None = None
    expires_at_time_ns: int | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    api_version: int
    build: str


class Visibility(enum.Enum):
    """Whether those may read it who were named nowhere."""

    PRIVATE = "Private"
    PUBLIC = "Public"


@dataclass(frozen=True, slots=True, kw_only=True)
class Whoami:
    """The record `Whoami`.

    Attributes:
        bytes_: Bytes of all different assets, capsule by capsule.
        registered_at_time_ns: Nothing before `register`.
    """

    bytes_: int
    capsules: int
    is_admin: bool
    principal: Principal
    registered_at_time_ns: int | None = None


class BackendClient(CanisterClient):
    """The methods of the canister, each of which is a call.

    All raise BindingError for what does not fit its type, besides what the caller raises.
    """

    def add_admin(self, arg: Principal) -> Result:
        return self._update(_ADD_ADMIN, arg)

    def add_connection(self, arg: str, arg1: NewConnection) -> Result1:
        """Connects a capsule of the caller's with somebody.

        It gives no access by itself.
        """
        return self._update(_ADD_CONNECTION, arg, arg1)

    def add_memory_to_capsule(self, arg: str, arg1: NewMemory) -> Result2:
        """Adds a memory to a capsule that the caller may write to."""
        return self._update(_ADD_MEMORY_TO_CAPSULE, arg, arg1)

    def cleanup_expired_uploads_manual(self) -> Result3:
        """Deletes uploads that have expired, as the timer does; returns how many."""
        return self._update(_CLEANUP_EXPIRED_UPLOADS_MANUAL)

    def commit_upload(self, arg: int, arg1: UploadCommit) -> bool:
        """Commits an upload by the SHA-256 of all its bytes."""
        return self._update(_COMMIT_UPLOAD, arg, arg1)

    def commit_upload_with(self, arg: int, arg1: UploadCommit) -> Result4:
        """Commits an upload, and tells what has been committed."""
        return self._update(_COMMIT_UPLOAD_WITH, arg, arg1)

    def create_capsule(self, arg: CreateCapsule | None = None) -> Result5:
        """Makes a capsule of the caller's."""
        return self._update(_CREATE_CAPSULE, arg)

    def create_upload(self) -> int:
        """Begins an upload of any length, filled by `put_chunk` or `put_chunk_at`."""
        return self._update(_CREATE_UPLOAD)

    def create_upload_with(self, arg: CreateUploadRequest) -> Result6:
        """Begins an upload whose sizes are checked from the start.

        Where the caller has bytes of that hash here already, uploaded or in a capsule,
        nothing needs to be sent.
        """
        return self._update(_CREATE_UPLOAD_WITH, arg)

    def delete_capsule(self, arg: str) -> Result:
        """Deletes a capsule of the caller's for good, with all that is in it."""
        return self._update(_DELETE_CAPSULE, arg)

    def delete_gallery(self, arg: str) -> Result:
        """Deletes a gallery; what is in it stays."""
        return self._update(_DELETE_GALLERY, arg)

    def delete_memory_from_capsule(self, arg: str, arg1: str) -> Result:
        """Deletes a memory, and takes it out of all galleries."""
        return self._update(_DELETE_MEMORY_FROM_CAPSULE, arg, arg1)

    def delete_upload(self, arg: int) -> bool:
        """Deletes an upload of the caller, or of anybody where an admin asks.

        Its bytes stay while a capsule or another upload has the same.
        """
        return self._update(_DELETE_UPLOAD, arg)

    def get_access(self, arg: str) -> Result7:
        """Who may see and change something of the caller's."""
        return self._query(_GET_ACCESS, arg)

    def get_asset_token(self, arg: str, arg1: int | None = None) -> Result8:
        """A token that opens the assets of a memory over HTTP for as long as the caller may see
        it, and no longer than it is good for: `max_token_seconds` where nothing else is
        asked for.
        """
        return self._query(_GET_ASSET_TOKEN, arg, arg1)

    def get_backend_stats(self) -> BackendStats:
        return self._query(_GET_BACKEND_STATS)

    def get_blob_chunk(self, arg: str, arg1: str, arg2: int, arg3: int | None = None) -> Result9:
        """Up to 2,000,000 bytes of an asset, from an offset on; none at its end."""
        return self._query(_GET_BLOB_CHUNK, arg, arg1, arg2, arg3)

    def get_capsule(self, arg: str | None = None) -> Result5:
        """A capsule that the caller may see; the caller's first one, where none is named."""
        return self._query(_GET_CAPSULE, arg)

    def get_config(self) -> ConfigInfo:
        """All limits; the admins for admins only."""
        return self._query(_GET_CONFIG)

    def get_events(self, arg: int | None = None, arg1: int | None = None) -> list[Event]:
        """Events behind an id, oldest first, at most 500; for admins, nothing for others."""
        return self._query(_GET_EVENTS, arg, arg1)

    def get_gallery_by_id(self, arg: str) -> Result10:
        """A gallery that the caller may see, with those of its items that the caller may see."""
        return self._query(_GET_GALLERY_BY_ID, arg)

    def get_memory(self, arg: str) -> Result2:
        """The same, wherever it is."""
        return self._query(_GET_MEMORY, arg)

    def get_memory_from_capsule(self, arg: str, arg1: str) -> Result2:
        """A memory of a capsule, with the bytes of its assets of at most 32 KiB."""
        return self._query(_GET_MEMORY_FROM_CAPSULE, arg, arg1)

    def get_my_galleries(self, arg: Page | None = None) -> Result11:
        """The galleries of the caller's capsules, oldest first, in pages of at most 100."""
        return self._query(_GET_MY_GALLERIES, arg)

    def get_upload_info(self, arg: int) -> UploadInfo | None:
        """What is known of an upload of the caller, or of anybody where an admin asks."""
        return self._query(_GET_UPLOAD_INFO, arg)

    def get_user_galleries(self, arg: Principal, arg1: Page | None = None) -> Result11:
        """The galleries of a user's capsules that the caller may see, oldest first, in pages of
        at most 100.
        """
        return self._query(_GET_USER_GALLERIES, arg, arg1)

    def grant_access(self, arg: str, arg1: Principal, arg2: Permission) -> Result:
        """Lets a principal read or change a capsule, memory or gallery of the caller's."""
        return self._update(_GRANT_ACCESS, arg, arg1, arg2)

    def health_check(self) -> HealthReport:
        """Whether the backend can do its work, and what keeps it from it."""
        return self._query(_HEALTH_CHECK)

    def http_request(self, arg: HttpRequest) -> HttpResponse:
        """Serves `/asset/<memory>/<variant>`, public ones certified and private ones by
        `?token=`; `/metrics` in the format of Prometheus; and `/health`: 200 or 503, with
        the problems.
        """
        return self._query(_HTTP_REQUEST, arg)

    def http_streaming_callback(self, arg: StreamingToken) -> StreamingPiece | None:
        """The rest of an asset that no message can hold."""
        return self._query(_HTTP_STREAMING_CALLBACK, arg)

    def list_capsule_memories(
        self,
        arg: str,
        arg1: MemoryFilter | None = None,
        arg2: Page | None = None,
    ) -> Result12:
        """Memories of a capsule that the caller may see, in pages of at most 100."""
        return self._query(_LIST_CAPSULE_MEMORIES, arg, arg1, arg2)

    def list_connections(
        self,
        arg: str,
        arg1: Principal | None = None,
        arg2: int | None = None,
    ) -> Result13:
        """Connections behind a peer, in order of their peers, at most 100."""
        return self._query(_LIST_CONNECTIONS, arg, arg1, arg2)

    def list_my_capsules(self, arg: Page | None = None) -> Result14:
        """The caller's capsules, oldest first."""
        return self._query(_LIST_MY_CAPSULES, arg)

    def list_shared_with_me(self, arg: Page | None = None) -> Result15:
        """Ids of what others have granted the caller, in pages of at most 100."""
        return self._query(_LIST_SHARED_WITH_ME, arg)

    def list_uploads(
        self,
        arg: int | None = None,
        arg1: int | None = None,
        arg2: Principal | None = None,
    ) -> list[UploadInfo]:
        """Uploads behind an id, at most 50: the caller's own, or those of an owner that an
        admin names; all, where an admin names none.
        """
        return self._query(_LIST_UPLOADS, arg, arg1, arg2)

    def my_stats(self) -> Whoami:
        """The same as `whoami`."""
        return self._query(_MY_STATS)

    def put_chunk(self, arg: int, arg1: bytes) -> bool:
        """Stores a chunk of at most 1 MiB behind the ones that are there."""
        return self._update(_PUT_CHUNK, arg, arg1)

    def put_chunk_at(self, arg: int, arg1: int, arg2: bytes) -> Result:
        """Stores the chunk of an index, in any order and at the same time as others.

        The same bytes again change nothing; other bytes are refused.
        """
        return self._update(_PUT_CHUNK_AT, arg, arg1, arg2)

    def register(self) -> Result16:
        """Registers the caller, who may have capsules then.

        Again, it changes nothing.
        """
        return self._update(_REGISTER)

    def register_capsule(self) -> Result5:
        """Registers the caller, and returns their first capsule, which is made where there is
        none.

        Again, it changes nothing.
        """
        return self._update(_REGISTER_CAPSULE)

    def remove_admin(self, arg: Principal) -> Result:
        """Removes an admin, but never the last one."""
        return self._update(_REMOVE_ADMIN, arg)

    def remove_connection(self, arg: str, arg1: Principal) -> Result:
        return self._update(_REMOVE_CONNECTION, arg, arg1)

    def revoke_access(self, arg: str, arg1: Principal) -> Result17:
        """Takes a grant back; false where there was none."""
        return self._update(_REVOKE_ACCESS, arg, arg1)

    def search_my_memories(
        self,
        arg: MemoryFilter | None = None,
        arg1: Page | None = None,
    ) -> Result12:
        """Memories of all of the caller's capsules, in pages of at most 100."""
        return self._query(_SEARCH_MY_MEMORIES, arg, arg1)

    def set_emergency_stop(self, arg: bool) -> Result:
        """Refuses all requests but those of admins."""
        return self._update(_SET_EMERGENCY_STOP, arg)

    def set_visibility(self, arg: str, arg1: Visibility) -> Result:
        """Shows a capsule, memory or gallery of the caller's to everybody, or only to those who
        were named.

        What is in a public capsule is public.
        """
        return self._update(_SET_VISIBILITY, arg, arg1)

    def store_gallery_forever(self, arg: NewGallery) -> Result10:
        """Keeps a gallery, in a capsule that the caller may write to, until it is deleted."""
        return self._update(_STORE_GALLERY_FOREVER, arg)

    def update_capsule(self, arg: str, arg1: CreateCapsule) -> Result5:
        """Changes a capsule of the caller's."""
        return self._update(_UPDATE_CAPSULE, arg, arg1)

    def update_config(self, arg: ConfigUpdate) -> Result18:
        """Changes limits, all that are given or none."""
        return self._update(_UPDATE_CONFIG, arg)

    def update_connection(self, arg: str, arg1: Principal, arg2: UpdateConnection) -> Result1:
        """Changes what is said of a connection."""
        return self._update(_UPDATE_CONNECTION, arg, arg1, arg2)

    def update_gallery(self, arg: str, arg1: UpdateGallery) -> Result10:
        """Changes a gallery that the caller may write to."""
        return self._update(_UPDATE_GALLERY, arg, arg1)

    def update_memory_in_capsule(self, arg: str, arg1: str, arg2: UpdateMemory) -> Result2:
        """Changes a memory that the caller may write to."""
        return self._update(_UPDATE_MEMORY_IN_CAPSULE, arg, arg1, arg2)

    def upload_chunk(self, arg: int, arg1: bytes) -> bool:
        """The same as `put_chunk`."""
        return self._update(_UPLOAD_CHUNK, arg, arg1)

    def version(self) -> Version:
        return self._query(_VERSION)

    def whoami(self) -> Whoami:
        """What the backend knows of the caller."""
        return self._query(_WHOAMI)


# What all of this is in Candid.
_TYPES = TypeBindings()

_TYPES.record(AccessInfo, {"grants": t.Vec(_TYPES["Grant"]), "visibility": _TYPES["Visibility"]})
_TYPES.variant(
    "AssetContent",
    CaseBinding(AssetContentBlob, "Blob", {"sha256_hex": t.TEXT}),
    CaseBinding(AssetContentInline, "Inline", t.BLOB),
)
_TYPES.record(
    AssetInfo,
    {
        "content_type": t.TEXT,
        "path": t.TEXT,
        "sha256_hex": t.TEXT,
        "size": t.NAT64,
        "variant": t.TEXT,
        "content": t.Opt(t.BLOB),
        "file_name": t.Opt(t.TEXT),
    },
)
_TYPES.record(AssetToken, {"expires_at_time_ns": t.NAT64, "token": t.TEXT})
_TYPES.record(BackendError, {"message": t.TEXT, "reason": _TYPES["Reason"]})
_TYPES.record(
    BackendStats,
    {
        "capsules": t.NAT64,
        "certified_memories": t.NAT64,
        "connections": t.NAT64,
        "cycles_balance": t.NAT,
        "deleted_capsules": t.NAT64,
        "events": t.NAT64,
        "galleries": t.NAT64,
        "grants": t.NAT64,
        "memories": t.NAT64,
        "users": t.NAT64,
        "storage": t.Opt(_TYPES["StorageStats"]),
    },
)
_TYPES.variant(
    "CapsuleError",
    CaseBinding(
        CapsuleErrorAssetNotFound,
        "AssetNotFound",
        {"memory_id": t.TEXT, "variant": t.TEXT},
    ),
    CaseBinding(CapsuleErrorBlobNotFound, "BlobNotFound", {"sha256_hex": t.TEXT}),
    CaseBinding(CapsuleErrorCapsuleFull, "CapsuleFull", {"limit": t.NAT64, "needed": t.NAT64}),
    CaseBinding(CapsuleErrorCapsuleNotFound, "CapsuleNotFound", {"capsule_id": t.TEXT}),
    CaseBinding(CapsuleErrorConnectionExists, "ConnectionExists", {"peer": t.PRINCIPAL}),
    CaseBinding(CapsuleErrorConnectionNotFound, "ConnectionNotFound", {"peer": t.PRINCIPAL}),
    CaseBinding(CapsuleErrorCyclicGallery, "CyclicGallery", {"gallery_id": t.TEXT}),
    CaseBinding(CapsuleErrorDanglingReference, "DanglingReference", {"id": t.TEXT}),
    CaseBinding(CapsuleErrorGalleryNotFound, "GalleryNotFound", {"gallery_id": t.TEXT}),
    CaseBinding(CapsuleErrorInlineTooLarge, "InlineTooLarge", {"limit": t.NAT64, "size": t.NAT64}),
    CaseBinding(
        CapsuleErrorInvalidArgument,
        "InvalidArgument",
        {"argument": t.TEXT, "problem": t.TEXT},
    ),
    CaseBinding(CapsuleErrorMemoryNotFound, "MemoryNotFound", {"memory_id": t.TEXT}),
    CaseBinding(CapsuleErrorNoCapsule, "NoCapsule"),
    CaseBinding(CapsuleErrorNotFound, "NotFound", {"id": t.TEXT}),
    CaseBinding(CapsuleErrorNotOwner, "NotOwner", {"id": t.TEXT}),
    CaseBinding(CapsuleErrorReadOnly, "ReadOnly", {"id": t.TEXT}),
    CaseBinding(CapsuleErrorStorageFull, "StorageFull", {"limit": t.NAT64}),
    CaseBinding(CapsuleErrorTooMany, "TooMany", {"limit": t.NAT64, "what": t.TEXT}),
)
_TYPES.record(
    CapsuleInfo,
    {
        "bytes_": t.Field.named("bytes", t.NAT64),
        "capsule_id": t.TEXT,
        "connections": t.NAT32,
        "created_at_time_ns": t.NAT64,
        "description": t.TEXT,
        "galleries": t.NAT32,
        "memories": t.NAT64,
        "my_access": _TYPES["Level"],
        "name": t.TEXT,
        "owner": t.PRINCIPAL,
        "updated_at_time_ns": t.NAT64,
        "visibility": _TYPES["Visibility"],
    },
)
_TYPES.record(CapsuleList, {"capsules": t.Vec(_TYPES["CapsuleInfo"]), "next": t.Opt(t.TEXT)})
_TYPES.record(ChunkRange, {"first": t.NAT32, "last": t.NAT32})
_TYPES.record(
    ConfigInfo,
    {
        "emergency_stop": t.BOOL,
        "max_assets_per_memory": t.NAT32,
        "max_bytes_per_capsule": t.NAT64,
        "max_capsules_per_user": t.NAT32,
        "max_chunk_size": t.NAT32,
        "max_chunks_per_upload": t.NAT32,
        "max_connections_per_capsule": t.NAT32,
        "max_description_size": t.NAT32,
        "max_file_name_size": t.NAT32,
        "max_galleries_per_capsule": t.NAT32,
        "max_grants_per_item": t.NAT32,
        "max_inline_size": t.NAT32,
        "max_items_per_gallery": t.NAT32,
        "max_memories_per_capsule": t.NAT64,
        "max_metadata_key_size": t.NAT32,
        "max_metadata_per_memory": t.NAT32,
        "max_metadata_value_size": t.NAT32,
        "max_name_size": t.NAT32,
        "max_open_uploads_per_user": t.NAT32,
        "max_page": t.NAT32,
        "max_stored_bytes": t.NAT64,
        "max_tag_size": t.NAT32,
        "max_tags_per_memory": t.NAT32,
        "max_token_seconds": t.NAT64,
        "max_upload_size": t.NAT64,
        "max_uploads_per_user": t.NAT32,
        "max_users": t.NAT64,
        "min_cycles": t.NAT,
        "upload_ttl_seconds": t.NAT64,
        "admins": t.Opt(t.Vec(t.PRINCIPAL)),
    },
)
_TYPES.record(
    ConfigUpdate,
    {
        "max_assets_per_memory": t.Opt(t.NAT32),
        "max_bytes_per_capsule": t.Opt(t.NAT64),
        "max_capsules_per_user": t.Opt(t.NAT32),
        "max_connections_per_capsule": t.Opt(t.NAT32),
        "max_galleries_per_capsule": t.Opt(t.NAT32),
        "max_grants_per_item": t.Opt(t.NAT32),
        "max_items_per_gallery": t.Opt(t.NAT32),
        "max_memories_per_capsule": t.Opt(t.NAT64),
        "max_metadata_per_memory": t.Opt(t.NAT32),
        "max_open_uploads_per_user": t.Opt(t.NAT32),
        "max_stored_bytes": t.Opt(t.NAT64),
        "max_tags_per_memory": t.Opt(t.NAT32),
        "max_token_seconds": t.Opt(t.NAT64),
        "max_upload_size": t.Opt(t.NAT64),
        "max_uploads_per_user": t.Opt(t.NAT32),
        "max_users": t.Opt(t.NAT64),
        "min_cycles": t.Opt(t.NAT),
        "upload_ttl_seconds": t.Opt(t.NAT64),
    },
)
_TYPES.record(
    ConnectionInfo,
    {
        "created_at_time_ns": t.NAT64,
        "name": t.TEXT,
        "note": t.TEXT,
        "peer": t.PRINCIPAL,
        "relation": t.TEXT,
        "updated_at_time_ns": t.NAT64,
    },
)
_TYPES.record(
    ConnectionList,
    {"connections": t.Vec(_TYPES["ConnectionInfo"]), "next": t.Opt(t.PRINCIPAL)},
)
_TYPES.record(CreateCapsule, {"description": t.Opt(t.TEXT), "name": t.Opt(t.TEXT)})
_TYPES.record(
    CreateUploadRequest,
    {
        "chunk_size": t.Opt(t.NAT32),
        "expected_len": t.Opt(t.NAT64),
        "expected_sha256_hex": t.Opt(t.TEXT),
        "name": t.Opt(t.TEXT),
    },
)
_TYPES.record(
    CreateUploadResponse,
    {"chunk_size": t.NAT32, "deduplicated": t.BOOL, "upload_id": t.NAT64},
)
_TYPES.record(
    Event,
    {"caller": t.PRINCIPAL, "event": _TYPES["EventKind"], "id": t.NAT64, "time_ns": t.NAT64},
)
_TYPES.variant(
    "EventKind",
    CaseBinding(EventKindAdminAdded, "AdminAdded", {"admin": t.PRINCIPAL}),
    CaseBinding(EventKindAdminRemoved, "AdminRemoved", {"admin": t.PRINCIPAL}),
    CaseBinding(EventKindBackendInstalled, "BackendInstalled", {"build": t.TEXT}),
    CaseBinding(EventKindBackendUpgraded, "BackendUpgraded", {"build": t.TEXT}),
    CaseBinding(EventKindCapsuleCreated, "CapsuleCreated", {"capsule_id": t.TEXT}),
    CaseBinding(EventKindCapsuleDeleted, "CapsuleDeleted", {"capsule_id": t.TEXT}),
    CaseBinding(EventKindConfigUpdated, "ConfigUpdated"),
    CaseBinding(EventKindEmergencyStopSet, "EmergencyStopSet", {"stopped": t.BOOL}),
    CaseBinding(EventKindUploadsExpired, "UploadsExpired", {"count": t.NAT64}),
    CaseBinding(EventKindUserRegistered, "UserRegistered"),
)
_TYPES.record(
    GalleryInfo,
    {
        "capsule_id": t.TEXT,
        "created_at_time_ns": t.NAT64,
        "created_by": t.PRINCIPAL,
        "description": t.TEXT,
        "gallery_id": t.TEXT,
        "items": t.Vec(t.TEXT),
        "title": t.TEXT,
        "updated_at_time_ns": t.NAT64,
        "visibility": _TYPES["Visibility"],
    },
)
_TYPES.record(GalleryList, {"galleries": t.Vec(_TYPES["GalleryInfo"]), "next": t.Opt(t.TEXT)})
_TYPES.record(Grant, {"grantee": t.PRINCIPAL, "permission": _TYPES["Permission"]})
_TYPES.record(
    HealthReport,
    {
        "cycles_balance": t.NAT,
        "emergency_stop": t.BOOL,
        "min_cycles": t.NAT,
        "problems": t.Vec(t.TEXT),
        "storage_used_percent": t.NAT64,
        "time_ns": t.NAT64,
    },
)
_TYPES.record(
    HttpRequest,
    {
        "body": t.BLOB,
        "headers": t.Vec(t.Record.tuple_of(t.TEXT, t.TEXT)),
        "method": t.TEXT,
        "url": t.TEXT,
        "certificate_version": t.Opt(t.NAT16),
    },
)
_TYPES.record(
    HttpResponse,
    {
        "body": t.BLOB,
        "headers": t.Vec(t.Record.tuple_of(t.TEXT, t.TEXT)),
        "status_code": t.NAT16,
        "streaming_strategy": t.Opt(_TYPES["StreamingStrategy"]),
        "upgrade": t.Opt(t.BOOL),
    },
)
_TYPES.record(
    InitArgument,
    {"admins": t.Opt(t.Vec(t.PRINCIPAL)), "config": t.Opt(_TYPES["ConfigUpdate"])},
)
_TYPES.enum(Level)
_TYPES.record(
    MemoryFilter,
    {
        "memory_type": t.Opt(_TYPES["MemoryType"]),
        "sha256_hex": t.Opt(t.TEXT),
        "tag": t.Opt(t.TEXT),
        "text_prefix": t.Opt(t.TEXT),
    },
)
_TYPES.record(
    MemoryInfo,
    {
        "assets": t.Vec(_TYPES["AssetInfo"]),
        "capsule_id": t.TEXT,
        "created_at_time_ns": t.NAT64,
        "created_by": t.PRINCIPAL,
        "description": t.TEXT,
        "memory_id": t.TEXT,
        "memory_type": _TYPES["MemoryType"],
        "metadata": t.Vec(_TYPES["MetadataEntry"]),
        "tags": t.Vec(t.TEXT),
        "title": t.TEXT,
        "updated_at_time_ns": t.NAT64,
        "visibility": _TYPES["Visibility"],
        "date_ns": t.Opt(t.NAT64),
    },
)
_TYPES.record(MemoryList, {"memories": t.Vec(_TYPES["MemoryInfo"]), "next": t.Opt(t.TEXT)})
_TYPES.enum(MemoryType)
_TYPES.record(MetadataEntry, {"key": t.TEXT, "value": t.TEXT})
_TYPES.record(
    NewAsset,
    {
        "content": _TYPES["AssetContent"],
        "content_type": t.TEXT,
        "variant": t.TEXT,
        "file_name": t.Opt(t.TEXT),
    },
)
_TYPES.record(
    NewConnection,
    {"peer": t.PRINCIPAL, "name": t.Opt(t.TEXT), "note": t.Opt(t.TEXT), "relation": t.Opt(t.TEXT)},
)
_TYPES.record(
    NewGallery,
    {
        "items": t.Vec(t.TEXT),
        "title": t.TEXT,
        "capsule_id": t.Opt(t.TEXT),
        "description": t.Opt(t.TEXT),
        "visibility": t.Opt(_TYPES["Visibility"]),
    },
)
_TYPES.record(
    NewMemory,
    {
        "assets": t.Vec(_TYPES["NewAsset"]),
        "memory_type": _TYPES["MemoryType"],
        "title": t.TEXT,
        "date_ns": t.Opt(t.NAT64),
        "description": t.Opt(t.TEXT),
        "metadata": t.Opt(t.Vec(_TYPES["MetadataEntry"])),
        "tags": t.Opt(t.Vec(t.TEXT)),
        "visibility": t.Opt(_TYPES["Visibility"]),
    },
)
_TYPES.record(Page, {"after": t.Opt(t.TEXT), "limit": t.Opt(t.NAT32)})
_TYPES.enum(Permission)
_TYPES.variant(
    "Reason",
    CaseBinding(ReasonAnonymousCaller, "AnonymousCaller"),
    CaseBinding(ReasonCapsule, "Capsule", _TYPES["CapsuleError"]),
    CaseBinding(ReasonEmergencyStop, "EmergencyStop"),
    CaseBinding(ReasonInvalidArgument, "InvalidArgument", {"argument": t.TEXT, "problem": t.TEXT}),
    CaseBinding(ReasonLastAdmin, "LastAdmin"),
    CaseBinding(ReasonNotAdmin, "NotAdmin", {"caller": t.PRINCIPAL}),
    CaseBinding(ReasonNotReady, "NotReady"),
    CaseBinding(ReasonNotRegistered, "NotRegistered", {"caller": t.PRINCIPAL}),
    CaseBinding(ReasonTooManyUsers, "TooManyUsers", {"limit": t.NAT64}),
    CaseBinding(ReasonUpload, "Upload", _TYPES["UploadError"]),
)
_TYPES.variant(
    "Result",
    CaseBinding(ResultOk, "Ok"),
    CaseBinding(ResultErr, "Err", _TYPES["BackendError"]),
)
_TYPES.variant(
    "Result1",
    CaseBinding(Result1Ok, "Ok", _TYPES["ConnectionInfo"]),
    CaseBinding(Result1Err, "Err", _TYPES["BackendError"]),
)
_TYPES.variant(
    "Result10",
    CaseBinding(Result10Ok, "Ok", _TYPES["GalleryInfo"]),
    CaseBinding(Result10Err, "Err", _TYPES["BackendError"]),
)
_TYPES.variant(
    "Result11",
    CaseBinding(Result11Ok, "Ok", _TYPES["GalleryList"]),
    CaseBinding(Result11Err, "Err", _TYPES["BackendError"]),
)
_TYPES.variant(
    "Result12",
    CaseBinding(Result12Ok, "Ok", _TYPES["MemoryList"]),
    CaseBinding(Result12Err, "Err", _TYPES["BackendError"]),
)
_TYPES.variant(
    "Result13",
    CaseBinding(Result13Ok, "Ok", _TYPES["ConnectionList"]),
    CaseBinding(Result13Err, "Err", _TYPES["BackendError"]),
)
_TYPES.variant(
    "Result14",
    CaseBinding(Result14Ok, "Ok", _TYPES["CapsuleList"]),
    CaseBinding(Result14Err, "Err", _TYPES["BackendError"]),
)
_TYPES.variant(
    "Result15",
    CaseBinding(Result15Ok, "Ok", _TYPES["SharedList"]),
    CaseBinding(Result15Err, "Err", _TYPES["BackendError"]),
)
_TYPES.variant(
    "Result16",
    CaseBinding(Result16Ok, "Ok", _TYPES["Whoami"]),
    CaseBinding(Result16Err, "Err", _TYPES["BackendError"]),
)
_TYPES.variant(
    "Result17",
    CaseBinding(Result17Ok, "Ok", t.BOOL),
    CaseBinding(Result17Err, "Err", _TYPES["BackendError"]),
)
_TYPES.variant(
    "Result18",
    CaseBinding(Result18Ok, "Ok", _TYPES["ConfigInfo"]),
    CaseBinding(Result18Err, "Err", _TYPES["BackendError"]),
)
_TYPES.variant(
    "Result2",
    CaseBinding(Result2Ok, "Ok", _TYPES["MemoryInfo"]),
    CaseBinding(Result2Err, "Err", _TYPES["BackendError"]),
)
_TYPES.variant(
    "Result3",
    CaseBinding(Result3Ok, "Ok", t.NAT64),
    CaseBinding(Result3Err, "Err", _TYPES["BackendError"]),
)
_TYPES.variant(
    "Result4",
    CaseBinding(Result4Ok, "Ok", _TYPES["UploadInfo"]),
    CaseBinding(Result4Err, "Err", _TYPES["BackendError"]),
)
_TYPES.variant(
    "Result5",
    CaseBinding(Result5Ok, "Ok", _TYPES["CapsuleInfo"]),
    CaseBinding(Result5Err, "Err", _TYPES["BackendError"]),
)
_TYPES.variant(
    "Result6",
    CaseBinding(Result6Ok, "Ok", _TYPES["CreateUploadResponse"]),
    CaseBinding(Result6Err, "Err", _TYPES["BackendError"]),
)
_TYPES.variant(
    "Result7",
    CaseBinding(Result7Ok, "Ok", _TYPES["AccessInfo"]),
    CaseBinding(Result7Err, "Err", _TYPES["BackendError"]),
)
_TYPES.variant(
    "Result8",
    CaseBinding(Result8Ok, "Ok", _TYPES["AssetToken"]),
    CaseBinding(Result8Err, "Err", _TYPES["BackendError"]),
)
_TYPES.variant(
    "Result9",
    CaseBinding(Result9Ok, "Ok", t.BLOB),
    CaseBinding(Result9Err, "Err", _TYPES["BackendError"]),
)
_TYPES.record(SharedList, {"ids": t.Vec(t.TEXT), "next": t.Opt(t.TEXT)})
_TYPES.record(
    StorageStats,
    {"blobs": t.NAT64, "open_uploads": t.NAT64, "stored_bytes": t.NAT64, "uploads": t.NAT64},
)
_TYPES.record(StreamingPiece, {"body": t.BLOB, "token": t.Opt(_TYPES["StreamingToken"])})
_TYPES.variant(
    "StreamingStrategy",
    CaseBinding(
        StreamingStrategyCallback,
        "Callback",
        {
            "callback": t.Func(
                (_TYPES["StreamingToken"],),
                (t.Opt(_TYPES["StreamingPiece"]),),
                (t.FuncMode.QUERY,),
            ),
            "token": _TYPES["StreamingToken"],
        },
    ),
)
_TYPES.record(
    StreamingToken,
    {
        "memory_id": t.TEXT,
        "offset": t.NAT64,
        "sha256_hex": t.TEXT,
        "variant": t.TEXT,
        "token": t.Opt(t.TEXT),
    },
)
_TYPES.record(
    UpdateConnection,
    {"name": t.Opt(t.TEXT), "note": t.Opt(t.TEXT), "relation": t.Opt(t.TEXT)},
)
_TYPES.record(
    UpdateGallery,
    {
        "add_items": t.Opt(t.Vec(t.TEXT)),
        "description": t.Opt(t.TEXT),
        "items": t.Opt(t.Vec(t.TEXT)),
        "remove_items": t.Opt(t.Vec(t.TEXT)),
        "title": t.Opt(t.TEXT),
    },
)
_TYPES.record(
    UpdateMemory,
    {
        "date_ns": t.Opt(t.NAT64),
        "description": t.Opt(t.TEXT),
        "memory_type": t.Opt(_TYPES["MemoryType"]),
        "metadata": t.Opt(t.Vec(_TYPES["MetadataEntry"])),
        "remove_assets": t.Opt(t.Vec(t.TEXT)),
        "set_assets": t.Opt(t.Vec(_TYPES["NewAsset"])),
        "tags": t.Opt(t.Vec(t.TEXT)),
        "title": t.Opt(t.TEXT),
    },
)
_TYPES.record(UploadCommit, {"expected_sha256_hex": t.TEXT})
_TYPES.variant(
    "UploadError",
    CaseBinding(UploadErrorAlreadyCommitted, "AlreadyCommitted", {"upload_id": t.NAT64}),
    CaseBinding(UploadErrorChunkConflict, "ChunkConflict", {"index": t.NAT32}),
    CaseBinding(UploadErrorChunkTooLarge, "ChunkTooLarge", {"limit": t.NAT64, "size": t.NAT64}),
    CaseBinding(UploadErrorEmptyChunk, "EmptyChunk"),
    CaseBinding(
        UploadErrorHashMismatch,
        "HashMismatch",
        {"actual_sha256_hex": t.TEXT, "expected_sha256_hex": t.TEXT},
    ),
    CaseBinding(
        UploadErrorInvalidChunkSize,
        "InvalidChunkSize",
        {"chunk_size": t.NAT32, "limit": t.NAT32},
    ),
    CaseBinding(UploadErrorInvalidHash, "InvalidHash", {"text": t.TEXT}),
    CaseBinding(
        UploadErrorMissingChunks,
        "MissingChunks",
        {"first_missing": t.NAT32, "received": t.NAT32},
    ),
    CaseBinding(UploadErrorNameTooLong, "NameTooLong", {"limit": t.NAT32}),
    CaseBinding(UploadErrorNotCommitted, "NotCommitted", {"upload_id": t.NAT64}),
    CaseBinding(UploadErrorStorageFull, "StorageFull", {"limit": t.NAT64}),
    CaseBinding(UploadErrorTooManyChunks, "TooManyChunks", {"limit": t.NAT32}),
    CaseBinding(UploadErrorTooManyOpenUploads, "TooManyOpenUploads", {"limit": t.NAT32}),
    CaseBinding(UploadErrorTooManyUploads, "TooManyUploads", {"limit": t.NAT32}),
    CaseBinding(UploadErrorUploadNotFound, "UploadNotFound", {"upload_id": t.NAT64}),
    CaseBinding(UploadErrorUploadTooLarge, "UploadTooLarge", {"limit": t.NAT64, "size": t.NAT64}),
    CaseBinding(
        UploadErrorWrongChunkSize,
        "WrongChunkSize",
        {"expected": t.NAT64, "index": t.NAT32, "size": t.NAT64},
    ),
    CaseBinding(UploadErrorWrongLength, "WrongLength", {"expected": t.NAT64, "received": t.NAT64}),
)
_TYPES.record(
    UploadInfo,
    {
        "chunk_size": t.NAT32,
        "created_at_time_ns": t.NAT64,
        "owner": t.PRINCIPAL,
        "received_chunks": t.Vec(t.NAT32),
        "received_ranges": t.Vec(_TYPES["ChunkRange"]),
        "total_len": t.NAT64,
        "upload_id": t.NAT64,
        "used_by": t.NAT64,
        "committed_hash": t.Opt(t.BLOB),
        "expected_hash": t.Opt(t.BLOB),
        "expected_len": t.Opt(t.NAT64),
        "expires_at_time_ns": t.Opt(t.NAT64),
        "name": t.Opt(t.TEXT),
    },
)
_TYPES.record(Version, {"api_version": t.NAT32, "build": t.TEXT})
_TYPES.enum(Visibility)
_TYPES.record(
    Whoami,
    {
        "bytes_": t.Field.named("bytes", t.NAT64),
        "capsules": t.NAT32,
        "is_admin": t.BOOL,
        "principal": t.PRINCIPAL,
        "registered_at_time_ns": t.Opt(t.NAT64),
    },
)

_ADD_ADMIN: MethodBinding[Result] = _TYPES.method("add_admin", [t.PRINCIPAL], [_TYPES["Result"]])
_ADD_CONNECTION: MethodBinding[Result1] = _TYPES.method(
    "add_connection",
    [t.TEXT, _TYPES["NewConnection"]],
    [_TYPES["Result1"]],
)
_ADD_MEMORY_TO_CAPSULE: MethodBinding[Result2] = _TYPES.method(
    "add_memory_to_capsule",
    [t.TEXT, _TYPES["NewMemory"]],
    [_TYPES["Result2"]],
)
_CLEANUP_EXPIRED_UPLOADS_MANUAL: MethodBinding[Result3] = _TYPES.method(
    "cleanup_expired_uploads_manual",
    [],
    [_TYPES["Result3"]],
)
_COMMIT_UPLOAD: MethodBinding[bool] = _TYPES.method(
    "commit_upload",
    [t.NAT64, _TYPES["UploadCommit"]],
    [t.BOOL],
)
_COMMIT_UPLOAD_WITH: MethodBinding[Result4] = _TYPES.method(
    "commit_upload_with",
    [t.NAT64, _TYPES["UploadCommit"]],
    [_TYPES["Result4"]],
)
_CREATE_CAPSULE: MethodBinding[Result5] = _TYPES.method(
    "create_capsule",
    [t.Opt(_TYPES["CreateCapsule"])],
    [_TYPES["Result5"]],
)
_CREATE_UPLOAD: MethodBinding[int] = _TYPES.method("create_upload", [], [t.NAT64])
_CREATE_UPLOAD_WITH: MethodBinding[Result6] = _TYPES.method(
    "create_upload_with",
    [_TYPES["CreateUploadRequest"]],
    [_TYPES["Result6"]],
)
_DELETE_CAPSULE: MethodBinding[Result] = _TYPES.method(
    "delete_capsule",
    [t.TEXT],
    [_TYPES["Result"]],
)
_DELETE_GALLERY: MethodBinding[Result] = _TYPES.method(
    "delete_gallery",
    [t.TEXT],
    [_TYPES["Result"]],
)
_DELETE_MEMORY_FROM_CAPSULE: MethodBinding[Result] = _TYPES.method(
    "delete_memory_from_capsule",
    [t.TEXT, t.TEXT],
    [_TYPES["Result"]],
)
_DELETE_UPLOAD: MethodBinding[bool] = _TYPES.method("delete_upload", [t.NAT64], [t.BOOL])
_GET_ACCESS: MethodBinding[Result7] = _TYPES.method("get_access", [t.TEXT], [_TYPES["Result7"]])
_GET_ASSET_TOKEN: MethodBinding[Result8] = _TYPES.method(
    "get_asset_token",
    [t.TEXT, t.Opt(t.NAT64)],
    [_TYPES["Result8"]],
)
_GET_BACKEND_STATS: MethodBinding[BackendStats] = _TYPES.method(
    "get_backend_stats",
    [],
    [_TYPES["BackendStats"]],
)
_GET_BLOB_CHUNK: MethodBinding[Result9] = _TYPES.method(
    "get_blob_chunk",
    [t.TEXT, t.TEXT, t.NAT64, t.Opt(t.NAT32)],
    [_TYPES["Result9"]],
)
_GET_CAPSULE: MethodBinding[Result5] = _TYPES.method(
    "get_capsule",
    [t.Opt(t.TEXT)],
    [_TYPES["Result5"]],
)
_GET_CONFIG: MethodBinding[ConfigInfo] = _TYPES.method("get_config", [], [_TYPES["ConfigInfo"]])
_GET_EVENTS: MethodBinding[list[Event]] = _TYPES.method(
    "get_events",
    [t.Opt(t.NAT64), t.Opt(t.NAT32)],
    [t.Vec(_TYPES["Event"])],
)
_GET_GALLERY_BY_ID: MethodBinding[Result10] = _TYPES.method(
    "get_gallery_by_id",
    [t.TEXT],
    [_TYPES["Result10"]],
)
_GET_MEMORY: MethodBinding[Result2] = _TYPES.method("get_memory", [t.TEXT], [_TYPES["Result2"]])
_GET_MEMORY_FROM_CAPSULE: MethodBinding[Result2] = _TYPES.method(
    "get_memory_from_capsule",
    [t.TEXT, t.TEXT],
    [_TYPES["Result2"]],
)
_GET_MY_GALLERIES: MethodBinding[Result11] = _TYPES.method(
    "get_my_galleries",
    [t.Opt(_TYPES["Page"])],
    [_TYPES["Result11"]],
)
_GET_UPLOAD_INFO: MethodBinding[UploadInfo | None] = _TYPES.method(
    "get_upload_info",
    [t.NAT64],
    [t.Opt(_TYPES["UploadInfo"])],
)
_GET_USER_GALLERIES: MethodBinding[Result11] = _TYPES.method(
    "get_user_galleries",
    [t.PRINCIPAL, t.Opt(_TYPES["Page"])],
    [_TYPES["Result11"]],
)
_GRANT_ACCESS: MethodBinding[Result] = _TYPES.method(
    "grant_access",
    [t.TEXT, t.PRINCIPAL, _TYPES["Permission"]],
    [_TYPES["Result"]],
)
_HEALTH_CHECK: MethodBinding[HealthReport] = _TYPES.method(
    "health_check",
    [],
    [_TYPES["HealthReport"]],
)
_HTTP_REQUEST: MethodBinding[HttpResponse] = _TYPES.method(
    "http_request",
    [_TYPES["HttpRequest"]],
    [_TYPES["HttpResponse"]],
)
_HTTP_STREAMING_CALLBACK: MethodBinding[StreamingPiece | None] = _TYPES.method(
    "http_streaming_callback",
    [_TYPES["StreamingToken"]],
    [t.Opt(_TYPES["StreamingPiece"])],
)
_LIST_CAPSULE_MEMORIES: MethodBinding[Result12] = _TYPES.method(
    "list_capsule_memories",
    [t.TEXT, t.Opt(_TYPES["MemoryFilter"]), t.Opt(_TYPES["Page"])],
    [_TYPES["Result12"]],
)
_LIST_CONNECTIONS: MethodBinding[Result13] = _TYPES.method(
    "list_connections",
    [t.TEXT, t.Opt(t.PRINCIPAL), t.Opt(t.NAT32)],
    [_TYPES["Result13"]],
)
_LIST_MY_CAPSULES: MethodBinding[Result14] = _TYPES.method(
    "list_my_capsules",
    [t.Opt(_TYPES["Page"])],
    [_TYPES["Result14"]],
)
_LIST_SHARED_WITH_ME: MethodBinding[Result15] = _TYPES.method(
    "list_shared_with_me",
    [t.Opt(_TYPES["Page"])],
    [_TYPES["Result15"]],
)
_LIST_UPLOADS: MethodBinding[list[UploadInfo]] = _TYPES.method(
    "list_uploads",
    [t.Opt(t.NAT64), t.Opt(t.NAT32), t.Opt(t.PRINCIPAL)],
    [t.Vec(_TYPES["UploadInfo"])],
)
_MY_STATS: MethodBinding[Whoami] = _TYPES.method("my_stats", [], [_TYPES["Whoami"]])
_PUT_CHUNK: MethodBinding[bool] = _TYPES.method("put_chunk", [t.NAT64, t.BLOB], [t.BOOL])
_PUT_CHUNK_AT: MethodBinding[Result] = _TYPES.method(
    "put_chunk_at",
    [t.NAT64, t.NAT32, t.BLOB],
    [_TYPES["Result"]],
)
_REGISTER: MethodBinding[Result16] = _TYPES.method("register", [], [_TYPES["Result16"]])
_REGISTER_CAPSULE: MethodBinding[Result5] = _TYPES.method(
    "register_capsule",
    [],
    [_TYPES["Result5"]],
)
_REMOVE_ADMIN: MethodBinding[Result] = _TYPES.method(
    "remove_admin",
    [t.PRINCIPAL],
    [_TYPES["Result"]],
)
_REMOVE_CONNECTION: MethodBinding[Result] = _TYPES.method(
    "remove_connection",
    [t.TEXT, t.PRINCIPAL],
    [_TYPES["Result"]],
)
_REVOKE_ACCESS: MethodBinding[Result17] = _TYPES.method(
    "revoke_access",
    [t.TEXT, t.PRINCIPAL],
    [_TYPES["Result17"]],
)
_SEARCH_MY_MEMORIES: MethodBinding[Result12] = _TYPES.method(
    "search_my_memories",
    [t.Opt(_TYPES["MemoryFilter"]), t.Opt(_TYPES["Page"])],
    [_TYPES["Result12"]],
)
_SET_EMERGENCY_STOP: MethodBinding[Result] = _TYPES.method(
    "set_emergency_stop",
    [t.BOOL],
    [_TYPES["Result"]],
)
_SET_VISIBILITY: MethodBinding[Result] = _TYPES.method(
    "set_visibility",
    [t.TEXT, _TYPES["Visibility"]],
    [_TYPES["Result"]],
)
_STORE_GALLERY_FOREVER: MethodBinding[Result10] = _TYPES.method(
    "store_gallery_forever",
    [_TYPES["NewGallery"]],
    [_TYPES["Result10"]],
)
_UPDATE_CAPSULE: MethodBinding[Result5] = _TYPES.method(
    "update_capsule",
    [t.TEXT, _TYPES["CreateCapsule"]],
    [_TYPES["Result5"]],
)
_UPDATE_CONFIG: MethodBinding[Result18] = _TYPES.method(
    "update_config",
    [_TYPES["ConfigUpdate"]],
    [_TYPES["Result18"]],
)
_UPDATE_CONNECTION: MethodBinding[Result1] = _TYPES.method(
    "update_connection",
    [t.TEXT, t.PRINCIPAL, _TYPES["UpdateConnection"]],
    [_TYPES["Result1"]],
)
_UPDATE_GALLERY: MethodBinding[Result10] = _TYPES.method(
    "update_gallery",
    [t.TEXT, _TYPES["UpdateGallery"]],
    [_TYPES["Result10"]],
)
_UPDATE_MEMORY_IN_CAPSULE: MethodBinding[Result2] = _TYPES.method(
    "update_memory_in_capsule",
    [t.TEXT, t.TEXT, _TYPES["UpdateMemory"]],
    [_TYPES["Result2"]],
)
_UPLOAD_CHUNK: MethodBinding[bool] = _TYPES.method("upload_chunk", [t.NAT64, t.BLOB], [t.BOOL])
_VERSION: MethodBinding[Version] = _TYPES.method("version", [], [_TYPES["Version"]])
_WHOAMI: MethodBinding[Whoami] = _TYPES.method("whoami", [], [_TYPES["Whoami"]])
_INIT_ARGS: MethodBinding[None] = _TYPES.method("init", [t.Opt(_TYPES["InitArgument"])], [])


def encode_init_args(arg: InitArgument | None = None) -> bytes:
    """Returns the argument to install the canister with."""
    return _INIT_ARGS.encode_args([arg])
