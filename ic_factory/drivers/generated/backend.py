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
class CapsuleErrorCapsuleFrozen:
    """It is on its way to a canister of its own."""

    capsule_id: str


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


@dataclass(frozen=True, slots=True, kw_only=True)
class CapsuleErrorMoved:
    """It is in a canister of its own."""

    canister_id: Principal
    capsule_id: str


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
    | CapsuleErrorCapsuleFrozen
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
    | CapsuleErrorMoved
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
class ClearedCreation:
    """What has become of a creation that was cleared.

    Attributes:
        cycles_recovered: Since its canister was made.
        is_cleared: False while it goes on: a call was under way; it goes on by itself.
    """

    cycles_recovered: int
    is_cleared: bool
    user: Principal
    personal_canister_id: Principal | None = None


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
class CreatePersonalCanisterConfig:
    """The record `CreatePersonalCanisterConfig`.

    Attributes:
        capsule_id: The caller's first capsule, where it is left out.
        name: Of the entry in the registry: at most 200 bytes, with no control
            characters.
        subnet_id: Taken and ignored: the canister is made where the hub is.
    """

    capsule_id: str | None = None
    name: str | None = None
    subnet_id: Principal | None = None


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
class CreationErrorAlreadyExists:
    """The user has a personal canister, of another capsule."""

    canister_id: Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class CreationErrorApiVersionMismatch:
    """The case `ApiVersionMismatch` of `CreationError`."""

    actual: int
    canister_id: Principal
    expected: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CreationErrorCanisterTaken:
    """The user took the hub off the canister's controllers, or deleted it, before it was done."""

    canister_id: Principal
    is_deleted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CreationErrorClearFailed:
    """The canister could not be deleted."""

    call: FailedCall
    canister_id: Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class CreationErrorCreateFailed:
    """The case `CreateFailed` of `CreationError`.

    Attributes:
        is_answer_lost: The answer was lost: there may be a canister that nobody knows
            of.
    """

    call: FailedCall
    is_answer_lost: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CreationErrorDisabled:
    """The case `Disabled` of `CreationError`."""

    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CreationErrorHandoffFailed:
    """The case `HandoffFailed` of `CreationError`.

    Attributes:
        controllers: As they were read last.
    """

    canister_id: Principal
    controllers: list[Principal]
    call: FailedCall | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CreationErrorImportFailed:
    """The case `ImportFailed` of `CreationError`."""

    call: FailedCall
    canister_id: Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class CreationErrorInstallFailed:
    """The case `InstallFailed` of `CreationError`."""

    call: FailedCall
    canister_id: Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class CreationErrorInvalidArgument:
    """The case `InvalidArgument` of `CreationError`."""

    argument: str
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CreationErrorNotFound:
    """The case `NotFound` of `CreationError`."""

    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CreationErrorReserveInsufficient:
    """The case `ReserveInsufficient` of `CreationError`."""

    available: int
    min_threshold: int
    needed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CreationErrorTooManyConcurrent:
    """The case `TooManyConcurrent` of `CreationError`."""

    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CreationErrorUnauthorized:
    """The case `Unauthorized` of `CreationError`."""

    caller: Principal
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CreationErrorVerifyFailed:
    """The case `VerifyFailed` of `CreationError`.

    Attributes:
        differences: What is not as the hub has it.
        call: Nothing where the comparison came to an end.
    """

    canister_id: Principal
    differences: list[str]
    call: FailedCall | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CreationErrorWrongStatus:
    """This can't be done at this stage."""

    status: CreationStatus
    what: str


CreationError: TypeAlias = (
    CreationErrorAlreadyExists
    | CreationErrorApiVersionMismatch
    | CreationErrorCanisterTaken
    | CreationErrorClearFailed
    | CreationErrorCreateFailed
    | CreationErrorDisabled
    | CreationErrorHandoffFailed
    | CreationErrorImportFailed
    | CreationErrorInstallFailed
    | CreationErrorInvalidArgument
    | CreationErrorNotFound
    | CreationErrorReserveInsufficient
    | CreationErrorTooManyConcurrent
    | CreationErrorUnauthorized
    | CreationErrorVerifyFailed
    | CreationErrorWrongStatus
)
"""It is kept as a `Kept` error: what reads each case of its own from stable memory would be a
tenth of the module.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class CreationList:
    """A page of creations.

    Attributes:
        next: Where to go on, where there may be more.
    """

    creations: list[CreationStatusResponse]
    next: Principal | None = None


class CreationStatus(enum.Enum):
    """How far a personal canister is.

    Attributes:
        EXPORTING: The capsule is frozen, and its manifest made.
        FAILED: The capsule is in the hub as before; to ask again begins again.
        HANDING_OFF: The user becomes the only controller.
        QUEUED: Others come first.
        VERIFYING: The personal canister hashes what it has, and the manifests are
            compared.
    """

    COMPLETED = "Completed"
    CREATING = "Creating"
    EXPORTING = "Exporting"
    FAILED = "Failed"
    HANDING_OFF = "HandingOff"
    IMPORTING = "Importing"
    INSTALLING = "Installing"
    NOT_STARTED = "NotStarted"
    QUEUED = "Queued"
    VERIFYING = "Verifying"


@dataclass(frozen=True, slots=True, kw_only=True)
class CreationStatusResponse:
    """The record `CreationStatusResponse`.

    Attributes:
        personal_canister_id: As soon as it is known; it is of use when the status is
            `Completed`.
        queue_position: 1 is the next one.
    """

    status: CreationStatus
    user: Principal
    capsule_id: str | None = None
    error: BackendError | None = None
    failed_stage: CreationStatus | None = None
    personal_canister_id: Principal | None = None
    queue_position: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CyclesReserve:
    """The cycles for personal canisters.

    Attributes:
        available: What is left of the reserve, as far as the hub's balance has it beyond
            `min_cycles`.
        consumed: What has gone into personal canisters and did not come back.
        min_threshold: Nothing is created where less would be available afterwards.
        promised: For creations that have been begun and have no canister yet.
        reserve: What admins have put aside, in all.
    """

    available: int
    balance: int
    consumed: int
    cycles_per_creation: int
    min_threshold: int
    promised: int
    reserve: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CyclesReserveUpdate:
    """What is to change; what is left out stays."""

    min_threshold: int | None = None
    reserve: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DetailedCreationStatus:
    """The record `DetailedCreationStatus`.

    Attributes:
        attempts: How often it was begun.
        blobs_done: Different contents of assets.
        checked_done: How far the personal canister is with hashing what it has, in its
            own measure.
        cycles_attached: Cycles that went into the personal canister, the fee for its
            creation included.
        cycles_consumed: Those that did not come back.
        is_clearing: An admin has it cleared away.
        items_exported: Items whose hashes are in the manifest.
        stage_attempts: How often in a row the call that is due was refused for the
            moment.
        manifest: The hub's.
    """

    attempts: int
    blobs_done: int
    blobs_total: int
    bytes_done: int
    bytes_total: int
    checked_done: int
    checked_total: int
    connections_done: int
    connections_total: int
    created_at_time_ns: int
    cycles_attached: int
    cycles_consumed: int
    cycles_recovered: int
    galleries_done: int
    galleries_total: int
    is_clearing: bool
    items_exported: int
    items_total: int
    memories_done: int
    memories_total: int
    name: str
    stage_attempts: int
    stages: list[StageTime]
    status: CreationStatus
    updated_at_time_ns: int
    user: Principal
    capsule_id: str | None = None
    completed_at_time_ns: int | None = None
    error: BackendError | None = None
    failed_stage: CreationStatus | None = None
    hub_copy_released_at_time_ns: int | None = None
    manifest: Manifest | None = None
    module_hash: bytes | None = None
    next_attempt_at_time_ns: int | None = None
    personal_canister_id: Principal | None = None
    queue_position: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorRate:
    """The record `ErrorRate`.

    Attributes:
        kind: The name of the error's case.
        per_thousand: Of all attempts that have ended.
    """

    count: int
    kind: str
    per_thousand: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """The record `Event`.

    Attributes:
        caller: On whose behalf; the canister itself for what a timer did.
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


@dataclass(frozen=True, slots=True)
class EventKindPersonalCanister:
    """The case `PersonalCanister` of `EventKind`."""

    value: PersonalCanisterEvent


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
    | EventKindPersonalCanister
    | EventKindUploadsExpired
    | EventKindUserRegistered
)
"""What happened.

It is kept as a `Kept` event: what reads each case of its own from stable memory would be a
fortieth of the module.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportPage:
    """A part of all that a capsule holds but the bytes, which `get_blob_chunk` reads.

    Attributes:
        memories: In order of their ids, as galleries are.
        capsule: On the first page.
        next: Where to go on, where there may be more.
    """

    connections: list[ConnectionInfo]
    galleries: list[ExportedGallery]
    memories: list[ExportedMemory]
    capsule: ExportedCapsule | None = None
    next: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedAsset:
    """The record `ExportedAsset`.

    Attributes:
        size: Bytes.
    """

    content_type: str
    sha256_hex: str
    size: int
    variant: str
    file_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedCapsule:
    """The record `ExportedCapsule`.

    Attributes:
        grants: In order of the grantees.
    """

    capsule_id: str
    created_at_time_ns: int
    description: str
    grants: list[Grant]
    name: str
    owner: Principal
    updated_at_time_ns: int
    visibility: Visibility


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedGallery:
    """The record `ExportedGallery`.

    Attributes:
        grants: In order of the grantees.
        items: Ids of memories and galleries.
    """

    created_at_time_ns: int
    created_by: Principal
    description: str
    gallery_id: str
    grants: list[Grant]
    items: list[str]
    title: str
    updated_at_time_ns: int
    visibility: Visibility


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedMemory:
    """The record `ExportedMemory`.

    Attributes:
        grants: In order of the grantees.
    """

    assets: list[ExportedAsset]
    created_at_time_ns: int
    created_by: Principal
    description: str
    grants: list[Grant]
    memory_id: str
    memory_type: MemoryType
    metadata: list[MetadataEntry]
    tags: list[str]
    title: str
    updated_at_time_ns: int
    visibility: Visibility
    date_ns: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedCall:
    """A call to another canister that failed; no reject code where it could not be sent, its
    answer was lost, or the canister answered with an error of its own.
    """

    method: str
    reject_message: str
    reject_code: int | None = None


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
class HubCopyReleaseChecking:
    """The copy's hashes are computed anew; call again."""

    done: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HubCopyReleaseReleased:
    """Both hashes are equal, and the copy is gone."""

    root_hash_hex: str


HubCopyRelease: TypeAlias = HubCopyReleaseChecking | HubCopyReleaseReleased
"""How far the hub's copy of a moved capsule is on its way out."""


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
class Manifest:
    """What a capsule holds, in figures and one hash.

    Attributes:
        blobs: Different contents of assets.
        root_hash_hex: Over all items and figures, in 64 hexadecimal digits.
        total_bytes: Bytes of all different contents.
    """

    api_version: int
    blobs: int
    capsule_id: str
    connections: int
    galleries: int
    memories: int
    root_hash_hex: str
    total_bytes: int


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


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalCanisterCreationConfig:
    """All limits as they are in force.

    Attributes:
        cycles_per_creation: Attached to a new canister, the fee for its creation
            included.
        enabled: Where it is off nothing new is taken in and nothing that is queued
            begins; what runs goes on.
        max_attempts: How often in a row a call is made that is refused for the moment.
    """

    cycles_per_creation: int
    enabled: bool
    max_attempts: int
    max_concurrent_creations: int
    max_queued_creations: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalCanisterCreationConfigUpdate:
    """What is to change; what is left out stays.

    Attributes:
        max_attempts: At most 20.
        max_concurrent_creations: At most 50.
        max_queued_creations: At most 100,000.
    """

    cycles_per_creation: int | None = None
    enabled: bool | None = None
    max_attempts: int | None = None
    max_concurrent_creations: int | None = None
    max_queued_creations: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalCanisterCreationStats:
    """The record `PersonalCanisterCreationStats`.

    Attributes:
        attempts: Attempts that were begun.
        canisters: Personal canisters that ever were.
        retries: Those of them that were not a user's first.
    """

    attempts: int
    bytes_moved: int
    canisters: int
    cleared: int
    completed: int
    cycles_consumed: int
    cycles_recovered: int
    errors: list[ErrorRate]
    failed: int
    hub_copies_released: int
    is_enabled: bool
    memories_moved: int
    queued: int
    retries: int
    running: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalCanisterEvent:
    """A turn in the life of a personal canister, or of what they need.

    One flat record: what reads each kind of its own from stable memory would be a tenth of
    the module.

    Attributes:
        note: For people.
        cycles: Attached, recovered, consumed or available, as `what` has it.
    """

    note: str
    what: Turning
    canister_id: Principal | None = None
    capsule_id: str | None = None
    cycles: int | None = None
    user: Principal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalCanisterRecord:
    """The record `PersonalCanisterRecord`.

    Attributes:
        cycles_consumed: Cycles of the reserve that went into it and did not come back.
    """

    canister_id: Principal
    capsule_id: str
    created_at_time_ns: int
    created_by: Principal
    cycles_consumed: int
    name: str
    status: RecordStatus
    updated_at_time_ns: int
    module_hash: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalCanisterRecordFilter:
    """Which canisters are listed; what is left out is not asked for."""

    created_by: Principal | None = None
    status: RecordStatus | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalCanisterRecordList:
    """The record `PersonalCanisterRecordList`.

    Attributes:
        next: Where to go on, where there may be more.
    """

    records: list[PersonalCanisterRecord]
    next: Principal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalCanisterRecordPage:
    """Which part of the list of canisters.

    Attributes:
        after: The `next` of the page before.
        limit: At most 100, which is also what it is where it is left out.
    """

    after: Principal | None = None
    limit: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalCanisterWasm:
    """The module that personal canisters run.

    Attributes:
        size: Bytes.
    """

    module_hash: bytes
    set_at_time_ns: int
    set_by: Principal
    size: int
    upload_id: int


@dataclass(frozen=True, slots=True)
class ReasonAnonymousCaller:
    """The case `AnonymousCaller` of `Reason`."""


@dataclass(frozen=True, slots=True)
class ReasonCapsule:
    """The case `Capsule` of `Reason`."""

    value: CapsuleError


@dataclass(frozen=True, slots=True)
class ReasonCreation:
    """The case `Creation` of `Reason`."""

    value: CreationError


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
    | ReasonCreation
    | ReasonEmergencyStop
    | ReasonInvalidArgument
    | ReasonLastAdmin
    | ReasonNotAdmin
    | ReasonNotReady
    | ReasonNotRegistered
    | ReasonTooManyUsers
    | ReasonUpload
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What a creation has come to, as the hub certifies it.

    Attributes:
        hub_manifest: Computed by the hub from what it exported.
        personal_manifest: Computed by the personal canister from what it stores.
    """

    api_version: int
    capsule_id: str
    completed_at_time_ns: int
    controllers: list[Principal]
    cycles_attached: int
    cycles_consumed: int
    hub: Principal
    hub_manifest: Manifest
    module_hash: bytes
    personal_canister_id: Principal
    personal_manifest: Manifest
    started_at_time_ns: int
    user: Principal


class RecordStatus(enum.Enum):
    """What has become of a canister.

    Attributes:
        DELETED: An admin had it cleared away.
        FAILED: It is kept for another attempt.
        TAKEN: Its user took the hub off its controllers or deleted it before it was
            done.
    """

    COMPLETED = "Completed"
    CREATING = "Creating"
    DELETED = "Deleted"
    FAILED = "Failed"
    TAKEN = "Taken"


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

    value: AccessInfo


@dataclass(frozen=True, slots=True)
class Result10Err:
    """The case `Err` of `Result10`."""

    value: BackendError


Result10: TypeAlias = Result10Ok | Result10Err


@dataclass(frozen=True, slots=True)
class Result11Ok:
    """The case `Ok` of `Result11`."""

    value: AssetToken


@dataclass(frozen=True, slots=True)
class Result11Err:
    """The case `Err` of `Result11`."""

    value: BackendError


Result11: TypeAlias = Result11Ok | Result11Err


@dataclass(frozen=True, slots=True)
class Result12Ok:
    """The case `Ok` of `Result12`."""

    value: bytes


@dataclass(frozen=True, slots=True)
class Result12Err:
    """The case `Err` of `Result12`."""

    value: BackendError


Result12: TypeAlias = Result12Ok | Result12Err


@dataclass(frozen=True, slots=True)
class Result13Ok:
    """The case `Ok` of `Result13`."""

    value: SignedReceipt


@dataclass(frozen=True, slots=True)
class Result13Err:
    """The case `Err` of `Result13`."""

    value: BackendError


Result13: TypeAlias = Result13Ok | Result13Err


@dataclass(frozen=True, slots=True)
class Result14Ok:
    """The case `Ok` of `Result14`."""

    value: CreationList


@dataclass(frozen=True, slots=True)
class Result14Err:
    """The case `Err` of `Result14`."""

    value: BackendError


Result14: TypeAlias = Result14Ok | Result14Err


@dataclass(frozen=True, slots=True)
class Result15Ok:
    """The case `Ok` of `Result15`."""

    value: DetailedCreationStatus


@dataclass(frozen=True, slots=True)
class Result15Err:
    """The case `Err` of `Result15`."""

    value: BackendError


Result15: TypeAlias = Result15Ok | Result15Err


@dataclass(frozen=True, slots=True)
class Result16Ok:
    """The case `Ok` of `Result16`."""

    value: GalleryInfo


@dataclass(frozen=True, slots=True)
class Result16Err:
    """The case `Err` of `Result16`."""

    value: BackendError


Result16: TypeAlias = Result16Ok | Result16Err


@dataclass(frozen=True, slots=True)
class Result17Ok:
    """The case `Ok` of `Result17`."""

    value: GalleryList


@dataclass(frozen=True, slots=True)
class Result17Err:
    """The case `Err` of `Result17`."""

    value: BackendError


Result17: TypeAlias = Result17Ok | Result17Err


@dataclass(frozen=True, slots=True)
class Result18Ok:
    """The case `Ok` of `Result18`."""

    value: PersonalCanisterRecordList


@dataclass(frozen=True, slots=True)
class Result18Err:
    """The case `Err` of `Result18`."""

    value: BackendError


Result18: TypeAlias = Result18Ok | Result18Err


@dataclass(frozen=True, slots=True)
class Result19Ok:
    """The case `Ok` of `Result19`."""

    value: MemoryList


@dataclass(frozen=True, slots=True)
class Result19Err:
    """The case `Err` of `Result19`."""

    value: BackendError


Result19: TypeAlias = Result19Ok | Result19Err


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
class Result20Ok:
    """The case `Ok` of `Result20`."""

    value: ConnectionList


@dataclass(frozen=True, slots=True)
class Result20Err:
    """The case `Err` of `Result20`."""

    value: BackendError


Result20: TypeAlias = Result20Ok | Result20Err


@dataclass(frozen=True, slots=True)
class Result21Ok:
    """The case `Ok` of `Result21`."""

    value: CapsuleList


@dataclass(frozen=True, slots=True)
class Result21Err:
    """The case `Err` of `Result21`."""

    value: BackendError


Result21: TypeAlias = Result21Ok | Result21Err


@dataclass(frozen=True, slots=True)
class Result22Ok:
    """The case `Ok` of `Result22`."""

    value: SharedList


@dataclass(frozen=True, slots=True)
class Result22Err:
    """The case `Err` of `Result22`."""

    value: BackendError


Result22: TypeAlias = Result22Ok | Result22Err


@dataclass(frozen=True, slots=True)
class Result23Ok:
    """The case `Ok` of `Result23`."""

    value: Whoami


@dataclass(frozen=True, slots=True)
class Result23Err:
    """The case `Err` of `Result23`."""

    value: BackendError


Result23: TypeAlias = Result23Ok | Result23Err


@dataclass(frozen=True, slots=True)
class Result24Ok:
    """The case `Ok` of `Result24`."""

    value: HubCopyRelease


@dataclass(frozen=True, slots=True)
class Result24Err:
    """The case `Err` of `Result24`."""

    value: BackendError


Result24: TypeAlias = Result24Ok | Result24Err


@dataclass(frozen=True, slots=True)
class Result25Ok:
    """The case `Ok` of `Result25`."""

    value: bool


@dataclass(frozen=True, slots=True)
class Result25Err:
    """The case `Err` of `Result25`."""

    value: BackendError


Result25: TypeAlias = Result25Ok | Result25Err


@dataclass(frozen=True, slots=True)
class Result26Ok:
    """The case `Ok` of `Result26`."""

    value: CyclesReserve


@dataclass(frozen=True, slots=True)
class Result26Err:
    """The case `Err` of `Result26`."""

    value: BackendError


Result26: TypeAlias = Result26Ok | Result26Err


@dataclass(frozen=True, slots=True)
class Result27Ok:
    """The case `Ok` of `Result27`."""

    value: PersonalCanisterWasm


@dataclass(frozen=True, slots=True)
class Result27Err:
    """The case `Err` of `Result27`."""

    value: BackendError


Result27: TypeAlias = Result27Ok | Result27Err


@dataclass(frozen=True, slots=True)
class Result28Ok:
    """The case `Ok` of `Result28`."""

    value: ConfigInfo


@dataclass(frozen=True, slots=True)
class Result28Err:
    """The case `Err` of `Result28`."""

    value: BackendError


Result28: TypeAlias = Result28Ok | Result28Err


@dataclass(frozen=True, slots=True)
class Result29Ok:
    """The case `Ok` of `Result29`."""

    value: PersonalCanisterCreationConfig


@dataclass(frozen=True, slots=True)
class Result29Err:
    """The case `Err` of `Result29`."""

    value: BackendError


Result29: TypeAlias = Result29Ok | Result29Err


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

    value: ClearedCreation


@dataclass(frozen=True, slots=True)
class Result4Err:
    """The case `Err` of `Result4`."""

    value: BackendError


Result4: TypeAlias = Result4Ok | Result4Err


@dataclass(frozen=True, slots=True)
class Result5Ok:
    """The case `Ok` of `Result5`."""

    value: UploadInfo


@dataclass(frozen=True, slots=True)
class Result5Err:
    """The case `Err` of `Result5`."""

    value: BackendError


Result5: TypeAlias = Result5Ok | Result5Err


@dataclass(frozen=True, slots=True)
class Result6Ok:
    """The case `Ok` of `Result6`."""

    value: CapsuleInfo


@dataclass(frozen=True, slots=True)
class Result6Err:
    """The case `Err` of `Result6`."""

    value: BackendError


Result6: TypeAlias = Result6Ok | Result6Err


@dataclass(frozen=True, slots=True)
class Result7Ok:
    """The case `Ok` of `Result7`."""

    value: CreationStatusResponse


@dataclass(frozen=True, slots=True)
class Result7Err:
    """The case `Err` of `Result7`."""

    value: BackendError


Result7: TypeAlias = Result7Ok | Result7Err


@dataclass(frozen=True, slots=True)
class Result8Ok:
    """The case `Ok` of `Result8`."""

    value: CreateUploadResponse


@dataclass(frozen=True, slots=True)
class Result8Err:
    """The case `Err` of `Result8`."""

    value: BackendError


Result8: TypeAlias = Result8Ok | Result8Err


@dataclass(frozen=True, slots=True)
class Result9Ok:
    """The case `Ok` of `Result9`."""

    value: ExportPage


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
class SignedReceipt:
    """The record `SignedReceipt`.

    Attributes:
        certificate: Of the hub's certified data; empty in an update call.
        content: The receipt in Candid: these bytes are what is certified.
        witness: A hash tree in CBOR: at `receipts`, the capsule's id, is the SHA-256 of
            `content`.
    """

    certificate: bytes
    content: bytes
    receipt: Receipt
    witness: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class StageTime:
    """When a stage began and ended, of the latest attempt."""

    stage: CreationStatus
    started_at_time_ns: int
    ended_at_time_ns: int | None = None


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


class Turning(enum.Enum):
    """The variant `Turning`.

    Attributes:
        CLEARING_REQUESTED: By an admin, of `user`.
        COMPLETED: `cycles` were consumed.
        CREATED: A canister is there, with `cycles` attached.
        DELETED: `cycles` came back.
        FAILED: `note` says why.
        RESERVE_LOW: `cycles` are available, which do not last for one more personal
            canister.
        RESERVE_SET: To `cycles`.
    """

    CLEARED = "Cleared"
    CLEARING_REQUESTED = "ClearingRequested"
    COMPLETED = "Completed"
    CONFIG_UPDATED = "ConfigUpdated"
    CREATED = "Created"
    DELETED = "Deleted"
    FAILED = "Failed"
    HUB_COPY_RELEASED = "HubCopyReleased"
    REQUESTED = "Requested"
    RESERVE_LOW = "ReserveLow"
    RESERVE_SET = "ReserveSet"
    SWITCHED_OFF = "SwitchedOff"
    SWITCHED_ON = "SwitchedOn"
    WASM_SET = "WasmSet"


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

    def clear_creation_state(self, arg: Principal) -> Result4:
        """Stops and deletes a user's unfinished canister, gets its cycles back, and forgets the
        creation; the capsule stays in the hub.
        """
        return self._update(_CLEAR_CREATION_STATE, arg)

    def commit_upload(self, arg: int, arg1: UploadCommit) -> bool:
        """Commits an upload by the SHA-256 of all its bytes."""
        return self._update(_COMMIT_UPLOAD, arg, arg1)

    def commit_upload_with(self, arg: int, arg1: UploadCommit) -> Result5:
        """Commits an upload, and tells what has been committed."""
        return self._update(_COMMIT_UPLOAD_WITH, arg, arg1)

    def create_capsule(self, arg: CreateCapsule | None = None) -> Result6:
        """Makes a capsule of the caller's."""
        return self._update(_CREATE_CAPSULE, arg)

    def create_personal_canister(self, arg: CreatePersonalCanisterConfig | None = None) -> Result7:
        """Moves a capsule of the caller's to a canister of its own: returns at once, and
        `get_creation_status` tells how it goes.

        Again, it changes nothing, unless it has failed: then it begins again.
        """
        return self._update(_CREATE_PERSONAL_CANISTER, arg)

    def create_upload(self) -> int:
        """Begins an upload of any length, filled by `put_chunk` or `put_chunk_at`."""
        return self._update(_CREATE_UPLOAD)

    def create_upload_with(self, arg: CreateUploadRequest) -> Result8:
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

    def export_capsule_data(self, arg: str | None = None, arg1: Page | None = None) -> Result9:
        """A page of all that a capsule of the caller's holds, at most 100 things: its memories,
        galleries and connections with who may see them; the caller's first capsule where
        none is named.
        """
        return self._query(_EXPORT_CAPSULE_DATA, arg, arg1)

    def get_access(self, arg: str) -> Result10:
        """Who may see and change something of the caller's."""
        return self._query(_GET_ACCESS, arg)

    def get_asset_token(self, arg: str, arg1: int | None = None) -> Result11:
        """A token that opens the assets of a memory over HTTP for as long as the caller may see
        it, and no longer than it is good for: `max_token_seconds` where nothing else is
        asked for.
        """
        return self._query(_GET_ASSET_TOKEN, arg, arg1)

    def get_backend_stats(self) -> BackendStats:
        return self._query(_GET_BACKEND_STATS)

    def get_blob_chunk(self, arg: str, arg1: str, arg2: int, arg3: int | None = None) -> Result12:
        """Up to 2,000,000 bytes of an asset, from an offset on; none at its end."""
        return self._query(_GET_BLOB_CHUNK, arg, arg1, arg2, arg3)

    def get_capsule(self, arg: str | None = None) -> Result6:
        """A capsule that the caller may see; the caller's first one, where none is named."""
        return self._query(_GET_CAPSULE, arg)

    def get_config(self) -> ConfigInfo:
        """All limits; the admins for admins only."""
        return self._query(_GET_CONFIG)

    def get_creation_receipt(self, arg: Principal | None = None) -> Result13:
        """What a completed creation has come to, with the hub's proof of it."""
        return self._query(_GET_CREATION_RECEIPT, arg)

    def get_creation_states_by_status(
        self,
        arg: CreationStatus,
        arg1: Principal | None = None,
        arg2: int | None = None,
    ) -> Result14:
        """Creations of a status, in order of their users, in pages of at most 100; for admins."""
        return self._query(_GET_CREATION_STATES_BY_STATUS, arg, arg1, arg2)

    def get_creation_status(self, arg: Principal | None = None) -> Result7:
        """How far the caller's personal canister is, or that of a user whom an admin names."""
        return self._query(_GET_CREATION_STATUS, arg)

    def get_cycles_reserve(self) -> CyclesReserve:
        """The cycles for personal canisters."""
        return self._query(_GET_CYCLES_RESERVE)

    def get_detailed_creation_status(self, arg: Principal | None = None) -> Result15:
        """The same in detail, with times, counts and cycles; refused where nothing was begun."""
        return self._query(_GET_DETAILED_CREATION_STATUS, arg)

    def get_detailed_migration_status(self, arg: Principal | None = None) -> Result15:
        """The same as `get_detailed_creation_status`."""
        return self._query(_GET_DETAILED_MIGRATION_STATUS, arg)

    def get_events(self, arg: int | None = None, arg1: int | None = None) -> list[Event]:
        """Events behind an id, oldest first, at most 500; for admins, nothing for others."""
        return self._query(_GET_EVENTS, arg, arg1)

    def get_gallery_by_id(self, arg: str) -> Result16:
        """A gallery that the caller may see, with those of its items that the caller may see."""
        return self._query(_GET_GALLERY_BY_ID, arg)

    def get_memory(self, arg: str) -> Result2:
        """The same, wherever it is."""
        return self._query(_GET_MEMORY, arg)

    def get_memory_from_capsule(self, arg: str, arg1: str) -> Result2:
        """A memory of a capsule, with the bytes of its assets of at most 32 KiB."""
        return self._query(_GET_MEMORY_FROM_CAPSULE, arg, arg1)

    def get_migration_stats(self) -> PersonalCanisterCreationStats:
        """The same as `get_personal_canister_creation_stats`."""
        return self._query(_GET_MIGRATION_STATS)

    def get_migration_status(self, arg: Principal | None = None) -> Result7:
        """The same as `get_creation_status`."""
        return self._query(_GET_MIGRATION_STATUS, arg)

    def get_my_galleries(self, arg: Page | None = None) -> Result17:
        """The galleries of the caller's capsules, oldest first, in pages of at most 100."""
        return self._query(_GET_MY_GALLERIES, arg)

    def get_my_personal_canister_id(self) -> Principal | None:
        """The canister that the caller's capsule has moved to; nothing before it is
        `Completed`.
        """
        return self._query(_GET_MY_PERSONAL_CANISTER_ID)

    def get_personal_canister_creation_config(self) -> PersonalCanisterCreationConfig:
        return self._query(_GET_PERSONAL_CANISTER_CREATION_CONFIG)

    def get_personal_canister_creation_stats(self) -> PersonalCanisterCreationStats:
        return self._query(_GET_PERSONAL_CANISTER_CREATION_STATS)

    def get_personal_canister_id(self, arg: Principal) -> Principal | None:
        """The canister that a user's capsule has moved to; nothing before it is `Completed`."""
        return self._query(_GET_PERSONAL_CANISTER_ID, arg)

    def get_personal_canister_records(
        self,
        arg: PersonalCanisterRecordFilter | None = None,
        arg1: PersonalCanisterRecordPage | None = None,
    ) -> Result18:
        """Personal canisters that the hub has made, in pages of at most 100; for admins."""
        return self._query(_GET_PERSONAL_CANISTER_RECORDS, arg, arg1)

    def get_personal_canister_wasm(self) -> PersonalCanisterWasm | None:
        """The module that personal canisters run; nothing before it is set."""
        return self._query(_GET_PERSONAL_CANISTER_WASM)

    def get_upload_info(self, arg: int) -> UploadInfo | None:
        """What is known of an upload of the caller, or of anybody where an admin asks."""
        return self._query(_GET_UPLOAD_INFO, arg)

    def get_user_galleries(self, arg: Principal, arg1: Page | None = None) -> Result17:
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
    ) -> Result19:
        """Memories of a capsule that the caller may see, in pages of at most 100."""
        return self._query(_LIST_CAPSULE_MEMORIES, arg, arg1, arg2)

    def list_connections(
        self,
        arg: str,
        arg1: Principal | None = None,
        arg2: int | None = None,
    ) -> Result20:
        """Connections behind a peer, in order of their peers, at most 100."""
        return self._query(_LIST_CONNECTIONS, arg, arg1, arg2)

    def list_my_capsules(self, arg: Page | None = None) -> Result21:
        """The caller's capsules, oldest first."""
        return self._query(_LIST_MY_CAPSULES, arg)

    def list_shared_with_me(self, arg: Page | None = None) -> Result22:
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

    def migrate_capsule(self, arg: CreatePersonalCanisterConfig | None = None) -> Result7:
        """The same as `create_personal_canister`."""
        return self._update(_MIGRATE_CAPSULE, arg)

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

    def register(self) -> Result23:
        """Registers the caller, who may have capsules then.

        Again, it changes nothing.
        """
        return self._update(_REGISTER)

    def register_capsule(self) -> Result6:
        """Registers the caller, and returns their first capsule, which is made where there is
        none.

        Again, it changes nothing.
        """
        return self._update(_REGISTER_CAPSULE)

    def release_hub_copy(self, arg: str) -> Result24:
        """Gives up the hub's copy of a capsule of the caller's that has moved, once the hashes
        of both sides were compared again; called until it says `Released`.
        """
        return self._update(_RELEASE_HUB_COPY, arg)

    def remove_admin(self, arg: Principal) -> Result:
        """Removes an admin, but never the last one."""
        return self._update(_REMOVE_ADMIN, arg)

    def remove_connection(self, arg: str, arg1: Principal) -> Result:
        return self._update(_REMOVE_CONNECTION, arg, arg1)

    def retry_creation(self, arg: Principal) -> Result7:
        """Begins a user's creation again that has failed."""
        return self._update(_RETRY_CREATION, arg)

    def revoke_access(self, arg: str, arg1: Principal) -> Result25:
        """Takes a grant back; false where there was none."""
        return self._update(_REVOKE_ACCESS, arg, arg1)

    def search_my_memories(
        self,
        arg: MemoryFilter | None = None,
        arg1: Page | None = None,
    ) -> Result19:
        """Memories of all of the caller's capsules, in pages of at most 100."""
        return self._query(_SEARCH_MY_MEMORIES, arg, arg1)

    def set_cycles_reserve(self, arg: CyclesReserveUpdate) -> Result26:
        return self._update(_SET_CYCLES_RESERVE, arg)

    def set_emergency_stop(self, arg: bool) -> Result:
        """Refuses all requests but those of admins."""
        return self._update(_SET_EMERGENCY_STOP, arg)

    def set_migration_enabled(self, arg: bool) -> Result:
        """The same as `set_personal_canister_creation_enabled`."""
        return self._update(_SET_MIGRATION_ENABLED, arg)

    def set_personal_canister_creation_enabled(self, arg: bool) -> Result:
        """Takes in new creations, or none, and begins none that are queued; what runs goes on."""
        return self._update(_SET_PERSONAL_CANISTER_CREATION_ENABLED, arg)

    def set_personal_canister_wasm(self, arg: int) -> Result27:
        """Makes a committed upload the module of all installations that begin from here on."""
        return self._update(_SET_PERSONAL_CANISTER_WASM, arg)

    def set_visibility(self, arg: str, arg1: Visibility) -> Result:
        """Shows a capsule, memory or gallery of the caller's to everybody, or only to those who
        were named.

        What is in a public capsule is public.
        """
        return self._update(_SET_VISIBILITY, arg, arg1)

    def store_gallery_forever(self, arg: NewGallery) -> Result16:
        """Keeps a gallery, in a capsule that the caller may write to, until it is deleted."""
        return self._update(_STORE_GALLERY_FOREVER, arg)

    def update_capsule(self, arg: str, arg1: CreateCapsule) -> Result6:
        """Changes a capsule of the caller's."""
        return self._update(_UPDATE_CAPSULE, arg, arg1)

    def update_config(self, arg: ConfigUpdate) -> Result28:
        """Changes limits, all that are given or none."""
        return self._update(_UPDATE_CONFIG, arg)

    def update_connection(self, arg: str, arg1: Principal, arg2: UpdateConnection) -> Result1:
        """Changes what is said of a connection."""
        return self._update(_UPDATE_CONNECTION, arg, arg1, arg2)

    def update_gallery(self, arg: str, arg1: UpdateGallery) -> Result16:
        """Changes a gallery that the caller may write to."""
        return self._update(_UPDATE_GALLERY, arg, arg1)

    def update_memory_in_capsule(self, arg: str, arg1: str, arg2: UpdateMemory) -> Result2:
        """Changes a memory that the caller may write to."""
        return self._update(_UPDATE_MEMORY_IN_CAPSULE, arg, arg1, arg2)

    def update_personal_canister_creation_config(
        self,
        arg: PersonalCanisterCreationConfigUpdate,
    ) -> Result29:
        """Changes limits, all that are given or none."""
        return self._update(_UPDATE_PERSONAL_CANISTER_CREATION_CONFIG, arg)

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
    CaseBinding(CapsuleErrorCapsuleFrozen, "CapsuleFrozen", {"capsule_id": t.TEXT}),
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
    CaseBinding(CapsuleErrorMoved, "Moved", {"canister_id": t.PRINCIPAL, "capsule_id": t.TEXT}),
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
    ClearedCreation,
    {
        "cycles_recovered": t.NAT,
        "is_cleared": t.BOOL,
        "user": t.PRINCIPAL,
        "personal_canister_id": t.Opt(t.PRINCIPAL),
    },
)
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
    CreatePersonalCanisterConfig,
    {"capsule_id": t.Opt(t.TEXT), "name": t.Opt(t.TEXT), "subnet_id": t.Opt(t.PRINCIPAL)},
)
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
_TYPES.variant(
    "CreationError",
    CaseBinding(CreationErrorAlreadyExists, "AlreadyExists", {"canister_id": t.PRINCIPAL}),
    CaseBinding(
        CreationErrorApiVersionMismatch,
        "ApiVersionMismatch",
        {"actual": t.NAT32, "canister_id": t.PRINCIPAL, "expected": t.NAT32},
    ),
    CaseBinding(
        CreationErrorCanisterTaken,
        "CanisterTaken",
        {"canister_id": t.PRINCIPAL, "is_deleted": t.BOOL},
    ),
    CaseBinding(
        CreationErrorClearFailed,
        "ClearFailed",
        {"call": _TYPES["FailedCall"], "canister_id": t.PRINCIPAL},
    ),
    CaseBinding(
        CreationErrorCreateFailed,
        "CreateFailed",
        {"call": _TYPES["FailedCall"], "is_answer_lost": t.BOOL},
    ),
    CaseBinding(CreationErrorDisabled, "Disabled", {"why": t.TEXT}),
    CaseBinding(
        CreationErrorHandoffFailed,
        "HandoffFailed",
        {
            "canister_id": t.PRINCIPAL,
            "controllers": t.Vec(t.PRINCIPAL),
            "call": t.Opt(_TYPES["FailedCall"]),
        },
    ),
    CaseBinding(
        CreationErrorImportFailed,
        "ImportFailed",
        {"call": _TYPES["FailedCall"], "canister_id": t.PRINCIPAL},
    ),
    CaseBinding(
        CreationErrorInstallFailed,
        "InstallFailed",
        {"call": _TYPES["FailedCall"], "canister_id": t.PRINCIPAL},
    ),
    CaseBinding(
        CreationErrorInvalidArgument,
        "InvalidArgument",
        {"argument": t.TEXT, "problem": t.TEXT},
    ),
    CaseBinding(CreationErrorNotFound, "NotFound", {"what": t.TEXT}),
    CaseBinding(
        CreationErrorReserveInsufficient,
        "ReserveInsufficient",
        {"available": t.NAT, "min_threshold": t.NAT, "needed": t.NAT},
    ),
    CaseBinding(CreationErrorTooManyConcurrent, "TooManyConcurrent", {"limit": t.NAT32}),
    CaseBinding(CreationErrorUnauthorized, "Unauthorized", {"caller": t.PRINCIPAL, "what": t.TEXT}),
    CaseBinding(
        CreationErrorVerifyFailed,
        "VerifyFailed",
        {
            "canister_id": t.PRINCIPAL,
            "differences": t.Vec(t.TEXT),
            "call": t.Opt(_TYPES["FailedCall"]),
        },
    ),
    CaseBinding(
        CreationErrorWrongStatus,
        "WrongStatus",
        {"status": _TYPES["CreationStatus"], "what": t.TEXT},
    ),
)
_TYPES.record(
    CreationList,
    {"creations": t.Vec(_TYPES["CreationStatusResponse"]), "next": t.Opt(t.PRINCIPAL)},
)
_TYPES.enum(CreationStatus)
_TYPES.record(
    CreationStatusResponse,
    {
        "status": _TYPES["CreationStatus"],
        "user": t.PRINCIPAL,
        "capsule_id": t.Opt(t.TEXT),
        "error": t.Opt(_TYPES["BackendError"]),
        "failed_stage": t.Opt(_TYPES["CreationStatus"]),
        "personal_canister_id": t.Opt(t.PRINCIPAL),
        "queue_position": t.Opt(t.NAT64),
    },
)
_TYPES.record(
    CyclesReserve,
    {
        "available": t.NAT,
        "balance": t.NAT,
        "consumed": t.NAT,
        "cycles_per_creation": t.NAT,
        "min_threshold": t.NAT,
        "promised": t.NAT,
        "reserve": t.NAT,
    },
)
_TYPES.record(CyclesReserveUpdate, {"min_threshold": t.Opt(t.NAT), "reserve": t.Opt(t.NAT)})
_TYPES.record(
    DetailedCreationStatus,
    {
        "attempts": t.NAT32,
        "blobs_done": t.NAT64,
        "blobs_total": t.NAT64,
        "bytes_done": t.NAT64,
        "bytes_total": t.NAT64,
        "checked_done": t.NAT64,
        "checked_total": t.NAT64,
        "connections_done": t.NAT64,
        "connections_total": t.NAT64,
        "created_at_time_ns": t.NAT64,
        "cycles_attached": t.NAT,
        "cycles_consumed": t.NAT,
        "cycles_recovered": t.NAT,
        "galleries_done": t.NAT64,
        "galleries_total": t.NAT64,
        "is_clearing": t.BOOL,
        "items_exported": t.NAT64,
        "items_total": t.NAT64,
        "memories_done": t.NAT64,
        "memories_total": t.NAT64,
        "name": t.TEXT,
        "stage_attempts": t.NAT32,
        "stages": t.Vec(_TYPES["StageTime"]),
        "status": _TYPES["CreationStatus"],
        "updated_at_time_ns": t.NAT64,
        "user": t.PRINCIPAL,
        "capsule_id": t.Opt(t.TEXT),
        "completed_at_time_ns": t.Opt(t.NAT64),
        "error": t.Opt(_TYPES["BackendError"]),
        "failed_stage": t.Opt(_TYPES["CreationStatus"]),
        "hub_copy_released_at_time_ns": t.Opt(t.NAT64),
        "manifest": t.Opt(_TYPES["Manifest"]),
        "module_hash": t.Opt(t.BLOB),
        "next_attempt_at_time_ns": t.Opt(t.NAT64),
        "personal_canister_id": t.Opt(t.PRINCIPAL),
        "queue_position": t.Opt(t.NAT64),
    },
)
_TYPES.record(ErrorRate, {"count": t.NAT64, "kind": t.TEXT, "per_thousand": t.NAT32})
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
    CaseBinding(EventKindPersonalCanister, "PersonalCanister", _TYPES["PersonalCanisterEvent"]),
    CaseBinding(EventKindUploadsExpired, "UploadsExpired", {"count": t.NAT64}),
    CaseBinding(EventKindUserRegistered, "UserRegistered"),
)
_TYPES.record(
    ExportPage,
    {
        "connections": t.Vec(_TYPES["ConnectionInfo"]),
        "galleries": t.Vec(_TYPES["ExportedGallery"]),
        "memories": t.Vec(_TYPES["ExportedMemory"]),
        "capsule": t.Opt(_TYPES["ExportedCapsule"]),
        "next": t.Opt(t.TEXT),
    },
)
_TYPES.record(
    ExportedAsset,
    {
        "content_type": t.TEXT,
        "sha256_hex": t.TEXT,
        "size": t.NAT64,
        "variant": t.TEXT,
        "file_name": t.Opt(t.TEXT),
    },
)
_TYPES.record(
    ExportedCapsule,
    {
        "capsule_id": t.TEXT,
        "created_at_time_ns": t.NAT64,
        "description": t.TEXT,
        "grants": t.Vec(_TYPES["Grant"]),
        "name": t.TEXT,
        "owner": t.PRINCIPAL,
        "updated_at_time_ns": t.NAT64,
        "visibility": _TYPES["Visibility"],
    },
)
_TYPES.record(
    ExportedGallery,
    {
        "created_at_time_ns": t.NAT64,
        "created_by": t.PRINCIPAL,
        "description": t.TEXT,
        "gallery_id": t.TEXT,
        "grants": t.Vec(_TYPES["Grant"]),
        "items": t.Vec(t.TEXT),
        "title": t.TEXT,
        "updated_at_time_ns": t.NAT64,
        "visibility": _TYPES["Visibility"],
    },
)
_TYPES.record(
    ExportedMemory,
    {
        "assets": t.Vec(_TYPES["ExportedAsset"]),
        "created_at_time_ns": t.NAT64,
        "created_by": t.PRINCIPAL,
        "description": t.TEXT,
        "grants": t.Vec(_TYPES["Grant"]),
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
_TYPES.record(
    FailedCall,
    {"method": t.TEXT, "reject_message": t.TEXT, "reject_code": t.Opt(t.NAT32)},
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
_TYPES.variant(
    "HubCopyRelease",
    CaseBinding(HubCopyReleaseChecking, "Checking", {"done": t.NAT64, "total": t.NAT64}),
    CaseBinding(HubCopyReleaseReleased, "Released", {"root_hash_hex": t.TEXT}),
)
_TYPES.record(
    InitArgument,
    {"admins": t.Opt(t.Vec(t.PRINCIPAL)), "config": t.Opt(_TYPES["ConfigUpdate"])},
)
_TYPES.enum(Level)
_TYPES.record(
    Manifest,
    {
        "api_version": t.NAT32,
        "blobs": t.NAT64,
        "capsule_id": t.TEXT,
        "connections": t.NAT64,
        "galleries": t.NAT64,
        "memories": t.NAT64,
        "root_hash_hex": t.TEXT,
        "total_bytes": t.NAT64,
    },
)
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
_TYPES.record(
    PersonalCanisterCreationConfig,
    {
        "cycles_per_creation": t.NAT,
        "enabled": t.BOOL,
        "max_attempts": t.NAT32,
        "max_concurrent_creations": t.NAT32,
        "max_queued_creations": t.NAT32,
    },
)
_TYPES.record(
    PersonalCanisterCreationConfigUpdate,
    {
        "cycles_per_creation": t.Opt(t.NAT),
        "enabled": t.Opt(t.BOOL),
        "max_attempts": t.Opt(t.NAT32),
        "max_concurrent_creations": t.Opt(t.NAT32),
        "max_queued_creations": t.Opt(t.NAT32),
    },
)
_TYPES.record(
    PersonalCanisterCreationStats,
    {
        "attempts": t.NAT64,
        "bytes_moved": t.NAT64,
        "canisters": t.NAT64,
        "cleared": t.NAT64,
        "completed": t.NAT64,
        "cycles_consumed": t.NAT,
        "cycles_recovered": t.NAT,
        "errors": t.Vec(_TYPES["ErrorRate"]),
        "failed": t.NAT64,
        "hub_copies_released": t.NAT64,
        "is_enabled": t.BOOL,
        "memories_moved": t.NAT64,
        "queued": t.NAT64,
        "retries": t.NAT64,
        "running": t.NAT64,
    },
)
_TYPES.record(
    PersonalCanisterEvent,
    {
        "note": t.TEXT,
        "what": _TYPES["Turning"],
        "canister_id": t.Opt(t.PRINCIPAL),
        "capsule_id": t.Opt(t.TEXT),
        "cycles": t.Opt(t.NAT),
        "user": t.Opt(t.PRINCIPAL),
    },
)
_TYPES.record(
    PersonalCanisterRecord,
    {
        "canister_id": t.PRINCIPAL,
        "capsule_id": t.TEXT,
        "created_at_time_ns": t.NAT64,
        "created_by": t.PRINCIPAL,
        "cycles_consumed": t.NAT,
        "name": t.TEXT,
        "status": _TYPES["RecordStatus"],
        "updated_at_time_ns": t.NAT64,
        "module_hash": t.Opt(t.BLOB),
    },
)
_TYPES.record(
    PersonalCanisterRecordFilter,
    {"created_by": t.Opt(t.PRINCIPAL), "status": t.Opt(_TYPES["RecordStatus"])},
)
_TYPES.record(
    PersonalCanisterRecordList,
    {"records": t.Vec(_TYPES["PersonalCanisterRecord"]), "next": t.Opt(t.PRINCIPAL)},
)
_TYPES.record(PersonalCanisterRecordPage, {"after": t.Opt(t.PRINCIPAL), "limit": t.Opt(t.NAT32)})
_TYPES.record(
    PersonalCanisterWasm,
    {
        "module_hash": t.BLOB,
        "set_at_time_ns": t.NAT64,
        "set_by": t.PRINCIPAL,
        "size": t.NAT64,
        "upload_id": t.NAT64,
    },
)
_TYPES.variant(
    "Reason",
    CaseBinding(ReasonAnonymousCaller, "AnonymousCaller"),
    CaseBinding(ReasonCapsule, "Capsule", _TYPES["CapsuleError"]),
    CaseBinding(ReasonCreation, "Creation", _TYPES["CreationError"]),
    CaseBinding(ReasonEmergencyStop, "EmergencyStop"),
    CaseBinding(ReasonInvalidArgument, "InvalidArgument", {"argument": t.TEXT, "problem": t.TEXT}),
    CaseBinding(ReasonLastAdmin, "LastAdmin"),
    CaseBinding(ReasonNotAdmin, "NotAdmin", {"caller": t.PRINCIPAL}),
    CaseBinding(ReasonNotReady, "NotReady"),
    CaseBinding(ReasonNotRegistered, "NotRegistered", {"caller": t.PRINCIPAL}),
    CaseBinding(ReasonTooManyUsers, "TooManyUsers", {"limit": t.NAT64}),
    CaseBinding(ReasonUpload, "Upload", _TYPES["UploadError"]),
)
_TYPES.record(
    Receipt,
    {
        "api_version": t.NAT32,
        "capsule_id": t.TEXT,
        "completed_at_time_ns": t.NAT64,
        "controllers": t.Vec(t.PRINCIPAL),
        "cycles_attached": t.NAT,
        "cycles_consumed": t.NAT,
        "hub": t.PRINCIPAL,
        "hub_manifest": _TYPES["Manifest"],
        "module_hash": t.BLOB,
        "personal_canister_id": t.PRINCIPAL,
        "personal_manifest": _TYPES["Manifest"],
        "started_at_time_ns": t.NAT64,
        "user": t.PRINCIPAL,
    },
)
_TYPES.enum(RecordStatus)
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
    CaseBinding(Result10Ok, "Ok", _TYPES["AccessInfo"]),
    CaseBinding(Result10Err, "Err", _TYPES["BackendError"]),
)
_TYPES.variant(
    "Result11",
    CaseBinding(Result11Ok, "Ok", _TYPES["AssetToken"]),
    CaseBinding(Result11Err, "Err", _TYPES["BackendError"]),
)
_TYPES.variant(
    "Result12",
    CaseBinding(Result12Ok, "Ok", t.BLOB),
    CaseBinding(Result12Err, "Err", _TYPES["BackendError"]),
)
_TYPES.variant(
    "Result13",
    CaseBinding(Result13Ok, "Ok", _TYPES["SignedReceipt"]),
    CaseBinding(Result13Err, "Err", _TYPES["BackendError"]),
)
_TYPES.variant(
    "Result14",
    CaseBinding(Result14Ok, "Ok", _TYPES["CreationList"]),
    CaseBinding(Result14Err, "Err", _TYPES["BackendError"]),
)
_TYPES.variant(
    "Result15",
    CaseBinding(Result15Ok, "Ok", _TYPES["DetailedCreationStatus"]),
    CaseBinding(Result15Err, "Err", _TYPES["BackendError"]),
)
_TYPES.variant(
    "Result16",
    CaseBinding(Result16Ok, "Ok", _TYPES["GalleryInfo"]),
    CaseBinding(Result16Err, "Err", _TYPES["BackendError"]),
)
_TYPES.variant(
    "Result17",
    CaseBinding(Result17Ok, "Ok", _TYPES["GalleryList"]),
    CaseBinding(Result17Err, "Err", _TYPES["BackendError"]),
)
_TYPES.variant(
    "Result18",
    CaseBinding(Result18Ok, "Ok", _TYPES["PersonalCanisterRecordList"]),
    CaseBinding(Result18Err, "Err", _TYPES["BackendError"]),
)
_TYPES.variant(
    "Result19",
    CaseBinding(Result19Ok, "Ok", _TYPES["MemoryList"]),
    CaseBinding(Result19Err, "Err", _TYPES["BackendError"]),
)
_TYPES.variant(
    "Result2",
    CaseBinding(Result2Ok, "Ok", _TYPES["MemoryInfo"]),
    CaseBinding(Result2Err, "Err", _TYPES["BackendError"]),
)
_TYPES.variant(
    "Result20",
    CaseBinding(Result20Ok, "Ok", _TYPES["ConnectionList"]),
    CaseBinding(Result20Err, "Err", _TYPES["BackendError"]),
)
_TYPES.variant(
    "Result21",
    CaseBinding(Result21Ok, "Ok", _TYPES["CapsuleList"]),
    CaseBinding(Result21Err, "Err", _TYPES["BackendError"]),
)
_TYPES.variant(
    "Result22",
    CaseBinding(Result22Ok, "Ok", _TYPES["SharedList"]),
    CaseBinding(Result22Err, "Err", _TYPES["BackendError"]),
)
_TYPES.variant(
    "Result23",
    CaseBinding(Result23Ok, "Ok", _TYPES["Whoami"]),
    CaseBinding(Result23Err, "Err", _TYPES["BackendError"]),
)
_TYPES.variant(
    "Result24",
    CaseBinding(Result24Ok, "Ok", _TYPES["HubCopyRelease"]),
    CaseBinding(Result24Err, "Err", _TYPES["BackendError"]),
)
_TYPES.variant(
    "Result25",
    CaseBinding(Result25Ok, "Ok", t.BOOL),
    CaseBinding(Result25Err, "Err", _TYPES["BackendError"]),
)
_TYPES.variant(
    "Result26",
    CaseBinding(Result26Ok, "Ok", _TYPES["CyclesReserve"]),
    CaseBinding(Result26Err, "Err", _TYPES["BackendError"]),
)
_TYPES.variant(
    "Result27",
    CaseBinding(Result27Ok, "Ok", _TYPES["PersonalCanisterWasm"]),
    CaseBinding(Result27Err, "Err", _TYPES["BackendError"]),
)
_TYPES.variant(
    "Result28",
    CaseBinding(Result28Ok, "Ok", _TYPES["ConfigInfo"]),
    CaseBinding(Result28Err, "Err", _TYPES["BackendError"]),
)
_TYPES.variant(
    "Result29",
    CaseBinding(Result29Ok, "Ok", _TYPES["PersonalCanisterCreationConfig"]),
    CaseBinding(Result29Err, "Err", _TYPES["BackendError"]),
)
_TYPES.variant(
    "Result3",
    CaseBinding(Result3Ok, "Ok", t.NAT64),
    CaseBinding(Result3Err, "Err", _TYPES["BackendError"]),
)
_TYPES.variant(
    "Result4",
    CaseBinding(Result4Ok, "Ok", _TYPES["ClearedCreation"]),
    CaseBinding(Result4Err, "Err", _TYPES["BackendError"]),
)
_TYPES.variant(
    "Result5",
    CaseBinding(Result5Ok, "Ok", _TYPES["UploadInfo"]),
    CaseBinding(Result5Err, "Err", _TYPES["BackendError"]),
)
_TYPES.variant(
    "Result6",
    CaseBinding(Result6Ok, "Ok", _TYPES["CapsuleInfo"]),
    CaseBinding(Result6Err, "Err", _TYPES["BackendError"]),
)
_TYPES.variant(
    "Result7",
    CaseBinding(Result7Ok, "Ok", _TYPES["CreationStatusResponse"]),
    CaseBinding(Result7Err, "Err", _TYPES["BackendError"]),
)
_TYPES.variant(
    "Result8",
    CaseBinding(Result8Ok, "Ok", _TYPES["CreateUploadResponse"]),
    CaseBinding(Result8Err, "Err", _TYPES["BackendError"]),
)
_TYPES.variant(
    "Result9",
    CaseBinding(Result9Ok, "Ok", _TYPES["ExportPage"]),
    CaseBinding(Result9Err, "Err", _TYPES["BackendError"]),
)
_TYPES.record(SharedList, {"ids": t.Vec(t.TEXT), "next": t.Opt(t.TEXT)})
_TYPES.record(
    SignedReceipt,
    {"certificate": t.BLOB, "content": t.BLOB, "receipt": _TYPES["Receipt"], "witness": t.BLOB},
)
_TYPES.record(
    StageTime,
    {
        "stage": _TYPES["CreationStatus"],
        "started_at_time_ns": t.NAT64,
        "ended_at_time_ns": t.Opt(t.NAT64),
    },
)
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
_TYPES.enum(Turning)
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
_CLEAR_CREATION_STATE: MethodBinding[Result4] = _TYPES.method(
    "clear_creation_state",
    [t.PRINCIPAL],
    [_TYPES["Result4"]],
)
_COMMIT_UPLOAD: MethodBinding[bool] = _TYPES.method(
    "commit_upload",
    [t.NAT64, _TYPES["UploadCommit"]],
    [t.BOOL],
)
_COMMIT_UPLOAD_WITH: MethodBinding[Result5] = _TYPES.method(
    "commit_upload_with",
    [t.NAT64, _TYPES["UploadCommit"]],
    [_TYPES["Result5"]],
)
_CREATE_CAPSULE: MethodBinding[Result6] = _TYPES.method(
    "create_capsule",
    [t.Opt(_TYPES["CreateCapsule"])],
    [_TYPES["Result6"]],
)
_CREATE_PERSONAL_CANISTER: MethodBinding[Result7] = _TYPES.method(
    "create_personal_canister",
    [t.Opt(_TYPES["CreatePersonalCanisterConfig"])],
    [_TYPES["Result7"]],
)
_CREATE_UPLOAD: MethodBinding[int] = _TYPES.method("create_upload", [], [t.NAT64])
_CREATE_UPLOAD_WITH: MethodBinding[Result8] = _TYPES.method(
    "create_upload_with",
    [_TYPES["CreateUploadRequest"]],
    [_TYPES["Result8"]],
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
_EXPORT_CAPSULE_DATA: MethodBinding[Result9] = _TYPES.method(
    "export_capsule_data",
    [t.Opt(t.TEXT), t.Opt(_TYPES["Page"])],
    [_TYPES["Result9"]],
)
_GET_ACCESS: MethodBinding[Result10] = _TYPES.method("get_access", [t.TEXT], [_TYPES["Result10"]])
_GET_ASSET_TOKEN: MethodBinding[Result11] = _TYPES.method(
    "get_asset_token",
    [t.TEXT, t.Opt(t.NAT64)],
    [_TYPES["Result11"]],
)
_GET_BACKEND_STATS: MethodBinding[BackendStats] = _TYPES.method(
    "get_backend_stats",
    [],
    [_TYPES["BackendStats"]],
)
_GET_BLOB_CHUNK: MethodBinding[Result12] = _TYPES.method(
    "get_blob_chunk",
    [t.TEXT, t.TEXT, t.NAT64, t.Opt(t.NAT32)],
    [_TYPES["Result12"]],
)
_GET_CAPSULE: MethodBinding[Result6] = _TYPES.method(
    "get_capsule",
    [t.Opt(t.TEXT)],
    [_TYPES["Result6"]],
)
_GET_CONFIG: MethodBinding[ConfigInfo] = _TYPES.method("get_config", [], [_TYPES["ConfigInfo"]])
_GET_CREATION_RECEIPT: MethodBinding[Result13] = _TYPES.method(
    "get_creation_receipt",
    [t.Opt(t.PRINCIPAL)],
    [_TYPES["Result13"]],
)
_GET_CREATION_STATES_BY_STATUS: MethodBinding[Result14] = _TYPES.method(
    "get_creation_states_by_status",
    [_TYPES["CreationStatus"], t.Opt(t.PRINCIPAL), t.Opt(t.NAT32)],
    [_TYPES["Result14"]],
)
_GET_CREATION_STATUS: MethodBinding[Result7] = _TYPES.method(
    "get_creation_status",
    [t.Opt(t.PRINCIPAL)],
    [_TYPES["Result7"]],
)
_GET_CYCLES_RESERVE: MethodBinding[CyclesReserve] = _TYPES.method(
    "get_cycles_reserve",
    [],
    [_TYPES["CyclesReserve"]],
)
_GET_DETAILED_CREATION_STATUS: MethodBinding[Result15] = _TYPES.method(
    "get_detailed_creation_status",
    [t.Opt(t.PRINCIPAL)],
    [_TYPES["Result15"]],
)
_GET_DETAILED_MIGRATION_STATUS: MethodBinding[Result15] = _TYPES.method(
    "get_detailed_migration_status",
    [t.Opt(t.PRINCIPAL)],
    [_TYPES["Result15"]],
)
_GET_EVENTS: MethodBinding[list[Event]] = _TYPES.method(
    "get_events",
    [t.Opt(t.NAT64), t.Opt(t.NAT32)],
    [t.Vec(_TYPES["Event"])],
)
_GET_GALLERY_BY_ID: MethodBinding[Result16] = _TYPES.method(
    "get_gallery_by_id",
    [t.TEXT],
    [_TYPES["Result16"]],
)
_GET_MEMORY: MethodBinding[Result2] = _TYPES.method("get_memory", [t.TEXT], [_TYPES["Result2"]])
_GET_MEMORY_FROM_CAPSULE: MethodBinding[Result2] = _TYPES.method(
    "get_memory_from_capsule",
    [t.TEXT, t.TEXT],
    [_TYPES["Result2"]],
)
_GET_MIGRATION_STATS: MethodBinding[PersonalCanisterCreationStats] = _TYPES.method(
    "get_migration_stats",
    [],
    [_TYPES["PersonalCanisterCreationStats"]],
)
_GET_MIGRATION_STATUS: MethodBinding[Result7] = _TYPES.method(
    "get_migration_status",
    [t.Opt(t.PRINCIPAL)],
    [_TYPES["Result7"]],
)
_GET_MY_GALLERIES: MethodBinding[Result17] = _TYPES.method(
    "get_my_galleries",
    [t.Opt(_TYPES["Page"])],
    [_TYPES["Result17"]],
)
_GET_MY_PERSONAL_CANISTER_ID: MethodBinding[Principal | None] = _TYPES.method(
    "get_my_personal_canister_id",
    [],
    [t.Opt(t.PRINCIPAL)],
)
_GET_PERSONAL_CANISTER_CREATION_CONFIG: MethodBinding[PersonalCanisterCreationConfig] = (
    _TYPES.method(
        "get_personal_canister_creation_config",
        [],
        [_TYPES["PersonalCanisterCreationConfig"]],
    )
)
_GET_PERSONAL_CANISTER_CREATION_STATS: MethodBinding[PersonalCanisterCreationStats] = _TYPES.method(
    "get_personal_canister_creation_stats",
    [],
    [_TYPES["PersonalCanisterCreationStats"]],
)
_GET_PERSONAL_CANISTER_ID: MethodBinding[Principal | None] = _TYPES.method(
    "get_personal_canister_id",
    [t.PRINCIPAL],
    [t.Opt(t.PRINCIPAL)],
)
_GET_PERSONAL_CANISTER_RECORDS: MethodBinding[Result18] = _TYPES.method(
    "get_personal_canister_records",
    [t.Opt(_TYPES["PersonalCanisterRecordFilter"]), t.Opt(_TYPES["PersonalCanisterRecordPage"])],
    [_TYPES["Result18"]],
)
_GET_PERSONAL_CANISTER_WASM: MethodBinding[PersonalCanisterWasm | None] = _TYPES.method(
    "get_personal_canister_wasm",
    [],
    [t.Opt(_TYPES["PersonalCanisterWasm"])],
)
_GET_UPLOAD_INFO: MethodBinding[UploadInfo | None] = _TYPES.method(
    "get_upload_info",
    [t.NAT64],
    [t.Opt(_TYPES["UploadInfo"])],
)
_GET_USER_GALLERIES: MethodBinding[Result17] = _TYPES.method(
    "get_user_galleries",
    [t.PRINCIPAL, t.Opt(_TYPES["Page"])],
    [_TYPES["Result17"]],
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
_LIST_CAPSULE_MEMORIES: MethodBinding[Result19] = _TYPES.method(
    "list_capsule_memories",
    [t.TEXT, t.Opt(_TYPES["MemoryFilter"]), t.Opt(_TYPES["Page"])],
    [_TYPES["Result19"]],
)
_LIST_CONNECTIONS: MethodBinding[Result20] = _TYPES.method(
    "list_connections",
    [t.TEXT, t.Opt(t.PRINCIPAL), t.Opt(t.NAT32)],
    [_TYPES["Result20"]],
)
_LIST_MY_CAPSULES: MethodBinding[Result21] = _TYPES.method(
    "list_my_capsules",
    [t.Opt(_TYPES["Page"])],
    [_TYPES["Result21"]],
)
_LIST_SHARED_WITH_ME: MethodBinding[Result22] = _TYPES.method(
    "list_shared_with_me",
    [t.Opt(_TYPES["Page"])],
    [_TYPES["Result22"]],
)
_LIST_UPLOADS: MethodBinding[list[UploadInfo]] = _TYPES.method(
    "list_uploads",
    [t.Opt(t.NAT64), t.Opt(t.NAT32), t.Opt(t.PRINCIPAL)],
    [t.Vec(_TYPES["UploadInfo"])],
)
_MIGRATE_CAPSULE: MethodBinding[Result7] = _TYPES.method(
    "migrate_capsule",
    [t.Opt(_TYPES["CreatePersonalCanisterConfig"])],
    [_TYPES["Result7"]],
)
_MY_STATS: MethodBinding[Whoami] = _TYPES.method("my_stats", [], [_TYPES["Whoami"]])
_PUT_CHUNK: MethodBinding[bool] = _TYPES.method("put_chunk", [t.NAT64, t.BLOB], [t.BOOL])
_PUT_CHUNK_AT: MethodBinding[Result] = _TYPES.method(
    "put_chunk_at",
    [t.NAT64, t.NAT32, t.BLOB],
    [_TYPES["Result"]],
)
_REGISTER: MethodBinding[Result23] = _TYPES.method("register", [], [_TYPES["Result23"]])
_REGISTER_CAPSULE: MethodBinding[Result6] = _TYPES.method(
    "register_capsule",
    [],
    [_TYPES["Result6"]],
)
_RELEASE_HUB_COPY: MethodBinding[Result24] = _TYPES.method(
    "release_hub_copy",
    [t.TEXT],
    [_TYPES["Result24"]],
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
_RETRY_CREATION: MethodBinding[Result7] = _TYPES.method(
    "retry_creation",
    [t.PRINCIPAL],
    [_TYPES["Result7"]],
)
_REVOKE_ACCESS: MethodBinding[Result25] = _TYPES.method(
    "revoke_access",
    [t.TEXT, t.PRINCIPAL],
    [_TYPES["Result25"]],
)
_SEARCH_MY_MEMORIES: MethodBinding[Result19] = _TYPES.method(
    "search_my_memories",
    [t.Opt(_TYPES["MemoryFilter"]), t.Opt(_TYPES["Page"])],
    [_TYPES["Result19"]],
)
_SET_CYCLES_RESERVE: MethodBinding[Result26] = _TYPES.method(
    "set_cycles_reserve",
    [_TYPES["CyclesReserveUpdate"]],
    [_TYPES["Result26"]],
)
_SET_EMERGENCY_STOP: MethodBinding[Result] = _TYPES.method(
    "set_emergency_stop",
    [t.BOOL],
    [_TYPES["Result"]],
)
_SET_MIGRATION_ENABLED: MethodBinding[Result] = _TYPES.method(
    "set_migration_enabled",
    [t.BOOL],
    [_TYPES["Result"]],
)
_SET_PERSONAL_CANISTER_CREATION_ENABLED: MethodBinding[Result] = _TYPES.method(
    "set_personal_canister_creation_enabled",
    [t.BOOL],
    [_TYPES["Result"]],
)
_SET_PERSONAL_CANISTER_WASM: MethodBinding[Result27] = _TYPES.method(
    "set_personal_canister_wasm",
    [t.NAT64],
    [_TYPES["Result27"]],
)
_SET_VISIBILITY: MethodBinding[Result] = _TYPES.method(
    "set_visibility",
    [t.TEXT, _TYPES["Visibility"]],
    [_TYPES["Result"]],
)
_STORE_GALLERY_FOREVER: MethodBinding[Result16] = _TYPES.method(
    "store_gallery_forever",
    [_TYPES["NewGallery"]],
    [_TYPES["Result16"]],
)
_UPDATE_CAPSULE: MethodBinding[Result6] = _TYPES.method(
    "update_capsule",
    [t.TEXT, _TYPES["CreateCapsule"]],
    [_TYPES["Result6"]],
)
_UPDATE_CONFIG: MethodBinding[Result28] = _TYPES.method(
    "update_config",
    [_TYPES["ConfigUpdate"]],
    [_TYPES["Result28"]],
)
_UPDATE_CONNECTION: MethodBinding[Result1] = _TYPES.method(
    "update_connection",
    [t.TEXT, t.PRINCIPAL, _TYPES["UpdateConnection"]],
    [_TYPES["Result1"]],
)
_UPDATE_GALLERY: MethodBinding[Result16] = _TYPES.method(
    "update_gallery",
    [t.TEXT, _TYPES["UpdateGallery"]],
    [_TYPES["Result16"]],
)
_UPDATE_MEMORY_IN_CAPSULE: MethodBinding[Result2] = _TYPES.method(
    "update_memory_in_capsule",
    [t.TEXT, t.TEXT, _TYPES["UpdateMemory"]],
    [_TYPES["Result2"]],
)
_UPDATE_PERSONAL_CANISTER_CREATION_CONFIG: MethodBinding[Result29] = _TYPES.method(
    "update_personal_canister_creation_config",
    [_TYPES["PersonalCanisterCreationConfigUpdate"]],
    [_TYPES["Result29"]],
)
_UPLOAD_CHUNK: MethodBinding[bool] = _TYPES.method("upload_chunk", [t.NAT64, t.BLOB], [t.BOOL])
_VERSION: MethodBinding[Version] = _TYPES.method("version", [], [_TYPES["Version"]])
_WHOAMI: MethodBinding[Whoami] = _TYPES.method("whoami", [], [_TYPES["Whoami"]])
_INIT_ARGS: MethodBinding[None] = _TYPES.method("init", [t.Opt(_TYPES["InitArgument"])], [])


def encode_init_args(arg: InitArgument | None = None) -> bytes:
    """Returns the argument to install the canister with."""
    return _INIT_ARGS.encode_args([arg])
