# Generated from ic_factory/canisters/personal.did; changes here are lost.
# To generate it again: scripts/generate-drivers
# ruff: noqa: D205
"""The types and the client of `ic_factory/canisters/personal.did`."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TypeAlias

from ic_factory.bindgen.runtime import CanisterClient, CaseBinding, MethodBinding, TypeBindings
from ic_factory.drivers.generated.backend import (
    AccessInfo,
    AssetContentBlob,
    AssetContentInline,
    AssetInfo,
    AssetToken,
    CapsuleError,
    CapsuleErrorAssetNotFound,
    CapsuleErrorBlobNotFound,
    CapsuleErrorCapsuleFrozen,
    CapsuleErrorCapsuleFull,
    CapsuleErrorCapsuleNotFound,
    CapsuleErrorConnectionExists,
    CapsuleErrorConnectionNotFound,
    CapsuleErrorCyclicGallery,
    CapsuleErrorDanglingReference,
    CapsuleErrorGalleryNotFound,
    CapsuleErrorInlineTooLarge,
    CapsuleErrorInvalidArgument,
    CapsuleErrorMemoryNotFound,
    CapsuleErrorMoved,
    CapsuleErrorNoCapsule,
    CapsuleErrorNotFound,
    CapsuleErrorNotOwner,
    CapsuleErrorReadOnly,
    CapsuleErrorStorageFull,
    CapsuleErrorTooMany,
    CapsuleInfo,
    CapsuleList,
    ChunkRange,
    ConnectionInfo,
    ConnectionList,
    CreateUploadRequest,
    CreateUploadResponse,
    ExportedAsset,
    ExportedCapsule,
    ExportedGallery,
    ExportedMemory,
    ExportPage,
    GalleryInfo,
    GalleryList,
    Grant,
    HttpRequest,
    HttpResponse,
    Level,
    Manifest,
    MemoryFilter,
    MemoryInfo,
    MemoryList,
    MemoryType,
    MetadataEntry,
    NewAsset,
    NewConnection,
    NewGallery,
    NewMemory,
    Page,
    Permission,
    SharedList,
    StreamingPiece,
    StreamingStrategyCallback,
    StreamingToken,
    UpdateConnection,
    UpdateGallery,
    UpdateMemory,
    UploadCommit,
    UploadError,
    UploadErrorAlreadyCommitted,
    UploadErrorChunkConflict,
    UploadErrorChunkTooLarge,
    UploadErrorEmptyChunk,
    UploadErrorHashMismatch,
    UploadErrorInvalidChunkSize,
    UploadErrorInvalidHash,
    UploadErrorMissingChunks,
    UploadErrorNameTooLong,
    UploadErrorNotCommitted,
    UploadErrorStorageFull,
    UploadErrorTooManyChunks,
    UploadErrorTooManyOpenUploads,
    UploadErrorTooManyUploads,
    UploadErrorUploadNotFound,
    UploadErrorUploadTooLarge,
    UploadErrorWrongChunkSize,
    UploadErrorWrongLength,
    UploadInfo,
    Version,
    Visibility,
)
from ic_factory.protocol.candid import types as t
from ic_factory.protocol.principal import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class BeginImport:
    """What will come."""

    capsule: ExportedCapsule
    manifest: Manifest


@dataclass(frozen=True, slots=True, kw_only=True)
class CanisterInfo:
    """Whose the canister is, and where its capsule comes from.

    Attributes:
        is_handed_off: The hub is no controller any more, so nothing comes from it and
            writing has begun.
    """

    capsule_id: str
    hub: Principal
    is_handed_off: bool
    owner: Principal
    stage: ImportStage
    version: Version


@dataclass(frozen=True, slots=True, kw_only=True)
class CanisterStats:
    """The record `CanisterStats`.

    Attributes:
        blobs: Different contents that are committed or come with a memory.
        certified_memories: Memories whose assets are certified.
        stored_bytes: Of uploads and assets.
    """

    blobs: int
    certified_memories: int
    connections: int
    cycles_balance: int
    events: int
    galleries: int
    grants: int
    memories: int
    open_uploads: int
    stored_bytes: int
    uploads: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """Some bytes of a content.

    Attributes:
        offset: Where these begin: a multiple of the chunk size.
        sha256: Of the whole content.
        size: Bytes of the whole content.
    """

    bytes_: bytes
    offset: int
    sha256: bytes
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigInfo:
    """All limits as they are in force.

    Sizes in bytes.
    """

    import_ttl_seconds: int
    max_assets_per_memory: int
    max_bytes_per_capsule: int
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
    min_cycles: int
    upload_ttl_seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigUpdate:
    """Limits to change; what is left out stays.

    Attributes:
        import_ttl_seconds: Seconds after which an import that nobody goes on with
            expires.
        max_assets_per_memory: At most 32.
        max_bytes_per_capsule: Bytes of all different assets.
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

    import_ttl_seconds: int | None = None
    max_assets_per_memory: int | None = None
    max_bytes_per_capsule: int | None = None
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
    min_cycles: int | None = None
    upload_ttl_seconds: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CyclesStatus:
    """The record `CyclesStatus`.

    Attributes:
        is_low: Less is there than `min_cycles`: time to top up.
        spendable: What can be spent before the canister freezes.
    """

    balance: int
    is_low: bool
    min_cycles: int
    spendable: int


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
class EventKindCanisterInstalled:
    """The case `CanisterInstalled` of `EventKind`."""

    build: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EventKindCanisterUpgraded:
    """The case `CanisterUpgraded` of `EventKind`."""

    build: str


@dataclass(frozen=True, slots=True)
class EventKindConfigUpdated:
    """The case `ConfigUpdated` of `EventKind`."""


@dataclass(frozen=True, slots=True)
class EventKindImportAborted:
    """The case `ImportAborted` of `EventKind`."""


@dataclass(frozen=True, slots=True)
class EventKindImportBegun:
    """The case `ImportBegun` of `EventKind`."""


@dataclass(frozen=True, slots=True)
class EventKindImportExpired:
    """The case `ImportExpired` of `EventKind`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventKindImportFinalized:
    """The case `ImportFinalized` of `EventKind`."""

    root_hash_hex: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EventKindUploadsExpired:
    """The case `UploadsExpired` of `EventKind`."""

    count: int


EventKind: TypeAlias = (
    EventKindCanisterInstalled
    | EventKindCanisterUpgraded
    | EventKindConfigUpdated
    | EventKindImportAborted
    | EventKindImportBegun
    | EventKindImportExpired
    | EventKindImportFinalized
    | EventKindUploadsExpired
)
"""What happened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthReport:
    """The record `HealthReport`.

    Attributes:
        problems: Nothing where all is well.
        storage_used_percent: How much of `max_stored_bytes` is used, in percent.
    """

    cycles_balance: int
    min_cycles: int
    problems: list[str]
    storage_used_percent: int
    time_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportErrorAlreadyFinalized:
    """What came has been checked, and the capsule is open."""

    session_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportErrorApiVersionMismatch:
    """The case `ApiVersionMismatch` of `ImportError`."""

    actual: int
    expected: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportErrorBeingChecked:
    """It has begun to check what has come, and takes nothing more."""

    session_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportErrorBytesMissing:
    """The bytes of an asset have not all come."""

    sha256_hex: str


@dataclass(frozen=True, slots=True)
class ImportErrorCapsule:
    """What has come is nothing that a capsule may hold."""

    value: CapsuleError


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportErrorChunkTooLarge:
    """The case `ChunkTooLarge` of `ImportError`."""

    limit: int
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportErrorHashMismatch:
    """The bytes are not those of the hash; all of them have been forgotten."""

    actual_sha256_hex: str
    expected_sha256_hex: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportErrorImportTooLarge:
    """The case `ImportTooLarge` of `ImportError`."""

    limit: int
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportErrorItemConflict:
    """It came before, and was different."""

    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportErrorPieceConflict:
    """Other bytes have come at this offset before."""

    offset: int
    sha256_hex: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportErrorSessionNotFound:
    """There is no such session, or it is over."""

    session_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportErrorSessionOpen:
    """An import of another manifest is under way."""

    expires_at_time_ns: int
    session_id: int


@dataclass(frozen=True, slots=True)
class ImportErrorStillClearing:
    """What an earlier session brought is being cleared away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportErrorStillHashing:
    """The bytes of an asset have come and are being hashed; ask again."""

    sha256_hex: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportErrorStoredBytesDiffer:
    """Stored bytes are not what they were when they came."""

    actual_sha256_hex: str
    sha256_hex: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportErrorTooMany:
    """More has come than the manifest says."""

    limit: int
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportErrorWrongCapsule:
    """This canister is for another capsule, or another owner."""

    actual: str
    expected: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportErrorWrongPiece:
    """Offsets are multiples of the chunk size, and each piece but the last one has that size."""

    offset: int
    sha256_hex: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportErrorWrongSize:
    """It was said to have another size before."""

    expected: int
    sha256_hex: str
    size: int


ImportError: TypeAlias = (
    ImportErrorAlreadyFinalized
    | ImportErrorApiVersionMismatch
    | ImportErrorBeingChecked
    | ImportErrorBytesMissing
    | ImportErrorCapsule
    | ImportErrorChunkTooLarge
    | ImportErrorHashMismatch
    | ImportErrorImportTooLarge
    | ImportErrorItemConflict
    | ImportErrorPieceConflict
    | ImportErrorSessionNotFound
    | ImportErrorSessionOpen
    | ImportErrorStillClearing
    | ImportErrorStillHashing
    | ImportErrorStoredBytesDiffer
    | ImportErrorTooMany
    | ImportErrorWrongCapsule
    | ImportErrorWrongPiece
    | ImportErrorWrongSize
)
"""Why a request about an import is refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportSession:
    """The record `ImportSession`.

    Attributes:
        expires_at_time_ns: Each message that goes on with the session puts this off.
        max_chunk_size: The most bytes of a message, and the size of the pieces of a
            content but the last one.
    """

    expires_at_time_ns: int
    max_chunk_size: int
    session_id: int


class ImportStage(enum.Enum):
    """How far an import has come.

    Attributes:
        CLEARING: What a session brought that is over is cleared away.
    """

    CHECKING = "Checking"
    CLEARING = "Clearing"
    EMPTY = "Empty"
    FINALIZED = "Finalized"
    OPEN = "Open"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportStatus:
    """The record `ImportStatus`.

    Attributes:
        blobs: Contents that have come as a whole.
        received_bytes: Bytes that have come.
        announced: What the sender says that comes.
    """

    blobs: int
    connections: int
    galleries: int
    memories: int
    received_bytes: int
    stage: ImportStage
    announced: Manifest | None = None
    expires_at_time_ns: int | None = None
    session_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedManifest:
    """The manifest of what an import has brought.

    Attributes:
        has_changed: Something may have been changed since.
    """

    computed_at_time_ns: int
    has_changed: bool
    manifest: Manifest


@dataclass(frozen=True, slots=True, kw_only=True)
class InitArgument:
    """The argument of the installation.

    Attributes:
        hub: Imports the capsule, while it is a controller.
        limits: What is left out has its default.
    """

    capsule_id: str
    hub: Principal
    owner: Principal
    limits: ConfigUpdate | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalError:
    """A refusal.

    Methods with a plain result reject with the message.

    Attributes:
        message: For people; begins with a fixed wording for each reason.
        reason: For programs.
    """

    message: str
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressChecking:
    """So many bytes and items are checked: call again."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class ProgressFinalized:
    """What is stored."""

    value: Manifest


Progress: TypeAlias = ProgressChecking | ProgressFinalized
"""How far the check of an import has come."""


@dataclass(frozen=True, slots=True)
class ReasonAnonymousCaller:
    """The case `AnonymousCaller` of `Reason`."""


@dataclass(frozen=True, slots=True)
class ReasonCapsule:
    """The case `Capsule` of `Reason`."""

    value: CapsuleError


@dataclass(frozen=True, slots=True)
class ReasonImport:
    """The case `Import` of `Reason`."""

    value: ImportError


@dataclass(frozen=True, slots=True)
class ReasonImportUnfinished:
    """The capsule is on its way here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonInvalidArgument:
    """The case `InvalidArgument` of `Reason`."""

    argument: str
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonNotHandedOff:
    """The hub is a controller still: nothing may be changed before it has checked what came."""

    hub: Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonNotHub:
    """Only the hub imports, and only while it is a controller."""

    caller: Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonNotInvited:
    """Neither the owner, nor has the owner granted the caller anything."""

    caller: Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonNotOwner:
    """The owner's to do, or a controller's."""

    caller: Principal


@dataclass(frozen=True, slots=True)
class ReasonNotReady:
    """The canister was installed a moment ago and waits for randomness."""


@dataclass(frozen=True, slots=True)
class ReasonUpload:
    """The case `Upload` of `Reason`."""

    value: UploadError


Reason: TypeAlias = (
    ReasonAnonymousCaller
    | ReasonCapsule
    | ReasonImport
    | ReasonImportUnfinished
    | ReasonInvalidArgument
    | ReasonNotHandedOff
    | ReasonNotHub
    | ReasonNotInvited
    | ReasonNotOwner
    | ReasonNotReady
    | ReasonUpload
)


@dataclass(frozen=True, slots=True)
class ResultOk:
    """The case `Ok` of `Result`."""


@dataclass(frozen=True, slots=True)
class ResultErr:
    """The case `Err` of `Result`."""

    value: PersonalError


Result: TypeAlias = ResultOk | ResultErr


@dataclass(frozen=True, slots=True)
class Result1Ok:
    """The case `Ok` of `Result1`."""

    value: ConnectionInfo


@dataclass(frozen=True, slots=True)
class Result1Err:
    """The case `Err` of `Result1`."""

    value: PersonalError


Result1: TypeAlias = Result1Ok | Result1Err


@dataclass(frozen=True, slots=True)
class Result10Ok:
    """The case `Ok` of `Result10`."""

    value: AssetToken


@dataclass(frozen=True, slots=True)
class Result10Err:
    """The case `Err` of `Result10`."""

    value: PersonalError


Result10: TypeAlias = Result10Ok | Result10Err


@dataclass(frozen=True, slots=True)
class Result11Ok:
    """The case `Ok` of `Result11`."""

    value: bytes


@dataclass(frozen=True, slots=True)
class Result11Err:
    """The case `Err` of `Result11`."""

    value: PersonalError


Result11: TypeAlias = Result11Ok | Result11Err


@dataclass(frozen=True, slots=True)
class Result12Ok:
    """The case `Ok` of `Result12`."""

    value: CapsuleInfo


@dataclass(frozen=True, slots=True)
class Result12Err:
    """The case `Err` of `Result12`."""

    value: PersonalError


Result12: TypeAlias = Result12Ok | Result12Err


@dataclass(frozen=True, slots=True)
class Result13Ok:
    """The case `Ok` of `Result13`."""

    value: GalleryInfo


@dataclass(frozen=True, slots=True)
class Result13Err:
    """The case `Err` of `Result13`."""

    value: PersonalError


Result13: TypeAlias = Result13Ok | Result13Err


@dataclass(frozen=True, slots=True)
class Result14Ok:
    """The case `Ok` of `Result14`."""

    value: ImportedManifest


@dataclass(frozen=True, slots=True)
class Result14Err:
    """The case `Err` of `Result14`."""

    value: PersonalError


Result14: TypeAlias = Result14Ok | Result14Err


@dataclass(frozen=True, slots=True)
class Result15Ok:
    """The case `Ok` of `Result15`."""

    value: GalleryList


@dataclass(frozen=True, slots=True)
class Result15Err:
    """The case `Err` of `Result15`."""

    value: PersonalError


Result15: TypeAlias = Result15Ok | Result15Err


@dataclass(frozen=True, slots=True)
class Result16Ok:
    """The case `Ok` of `Result16`."""

    value: MemoryList


@dataclass(frozen=True, slots=True)
class Result16Err:
    """The case `Err` of `Result16`."""

    value: PersonalError


Result16: TypeAlias = Result16Ok | Result16Err


@dataclass(frozen=True, slots=True)
class Result17Ok:
    """The case `Ok` of `Result17`."""

    value: ConnectionList


@dataclass(frozen=True, slots=True)
class Result17Err:
    """The case `Err` of `Result17`."""

    value: PersonalError


Result17: TypeAlias = Result17Ok | Result17Err


@dataclass(frozen=True, slots=True)
class Result18Ok:
    """The case `Ok` of `Result18`."""

    value: CapsuleList


@dataclass(frozen=True, slots=True)
class Result18Err:
    """The case `Err` of `Result18`."""

    value: PersonalError


Result18: TypeAlias = Result18Ok | Result18Err


@dataclass(frozen=True, slots=True)
class Result19Ok:
    """The case `Ok` of `Result19`."""

    value: SharedList


@dataclass(frozen=True, slots=True)
class Result19Err:
    """The case `Err` of `Result19`."""

    value: PersonalError


Result19: TypeAlias = Result19Ok | Result19Err


@dataclass(frozen=True, slots=True)
class Result2Ok:
    """The case `Ok` of `Result2`."""

    value: MemoryInfo


@dataclass(frozen=True, slots=True)
class Result2Err:
    """The case `Err` of `Result2`."""

    value: PersonalError


Result2: TypeAlias = Result2Ok | Result2Err


@dataclass(frozen=True, slots=True)
class Result20Ok:
    """The case `Ok` of `Result20`."""

    value: bool


@dataclass(frozen=True, slots=True)
class Result20Err:
    """The case `Err` of `Result20`."""

    value: PersonalError


Result20: TypeAlias = Result20Ok | Result20Err


@dataclass(frozen=True, slots=True)
class Result21Ok:
    """The case `Ok` of `Result21`."""

    value: ConfigInfo


@dataclass(frozen=True, slots=True)
class Result21Err:
    """The case `Err` of `Result21`."""

    value: PersonalError


Result21: TypeAlias = Result21Ok | Result21Err


@dataclass(frozen=True, slots=True)
class Result3Ok:
    """The case `Ok` of `Result3`."""

    value: ImportSession


@dataclass(frozen=True, slots=True)
class Result3Err:
    """The case `Err` of `Result3`."""

    value: PersonalError


Result3: TypeAlias = Result3Ok | Result3Err


@dataclass(frozen=True, slots=True)
class Result4Ok:
    """The case `Ok` of `Result4`."""

    value: int


@dataclass(frozen=True, slots=True)
class Result4Err:
    """The case `Err` of `Result4`."""

    value: PersonalError


Result4: TypeAlias = Result4Ok | Result4Err


@dataclass(frozen=True, slots=True)
class Result5Ok:
    """The case `Ok` of `Result5`."""

    value: UploadInfo


@dataclass(frozen=True, slots=True)
class Result5Err:
    """The case `Err` of `Result5`."""

    value: PersonalError


Result5: TypeAlias = Result5Ok | Result5Err


@dataclass(frozen=True, slots=True)
class Result6Ok:
    """The case `Ok` of `Result6`."""

    value: CreateUploadResponse


@dataclass(frozen=True, slots=True)
class Result6Err:
    """The case `Err` of `Result6`."""

    value: PersonalError


Result6: TypeAlias = Result6Ok | Result6Err


@dataclass(frozen=True, slots=True)
class Result7Ok:
    """The case `Ok` of `Result7`."""

    value: ExportPage


@dataclass(frozen=True, slots=True)
class Result7Err:
    """The case `Err` of `Result7`."""

    value: PersonalError


Result7: TypeAlias = Result7Ok | Result7Err


@dataclass(frozen=True, slots=True)
class Result8Ok:
    """The case `Ok` of `Result8`."""

    value: Progress


@dataclass(frozen=True, slots=True)
class Result8Err:
    """The case `Err` of `Result8`."""

    value: PersonalError


Result8: TypeAlias = Result8Ok | Result8Err


@dataclass(frozen=True, slots=True)
class Result9Ok:
    """The case `Ok` of `Result9`."""

    value: AccessInfo


@dataclass(frozen=True, slots=True)
class Result9Err:
    """The case `Err` of `Result9`."""

    value: PersonalError


Result9: TypeAlias = Result9Ok | Result9Err


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateCapsule:
    """What is to change; what is left out stays."""

    description: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Whoami:
    """The record `Whoami`.

    Attributes:
        is_invited: The owner has granted the caller something.
    """

    is_controller: bool
    is_invited: bool
    is_owner: bool
    principal: Principal


class PersonalClient(CanisterClient):
    """The methods of the canister, each of which is a call.

    All raise BindingError for what does not fit its type, besides what the caller raises.
    """

    def abort_import(self, arg: int) -> Result:
        """Ends a session and leaves nothing of it.

        Again, it changes nothing.
        """
        return self._update(_ABORT_IMPORT, arg)

    def add_connection(self, arg: str, arg1: NewConnection) -> Result1:
        """Connects a capsule of the caller's with somebody.

        It gives no access by itself.
        """
        return self._update(_ADD_CONNECTION, arg, arg1)

    def add_memory_to_capsule(self, arg: str, arg1: NewMemory) -> Result2:
        """Adds a memory to a capsule that the caller may write to."""
        return self._update(_ADD_MEMORY_TO_CAPSULE, arg, arg1)

    def api_version(self) -> int:
        """Of the methods of the import, and of the manifest's hashes."""
        return self._query(_API_VERSION)

    def begin_import(self, arg: BeginImport) -> Result3:
        """Begins the import of a capsule.

        The same manifest again goes on with the same session; another one is refused until
        the session is aborted or has expired.
        """
        return self._update(_BEGIN_IMPORT, arg)

    def cleanup_expired_uploads_manual(self) -> Result4:
        """Deletes uploads that have expired, as the timer does; returns how many."""
        return self._update(_CLEANUP_EXPIRED_UPLOADS_MANUAL)

    def commit_connection(self, arg: int, arg1: list[ConnectionInfo]) -> Result:
        """Takes connections.

        The same again change nothing; where one is refused, those before it stay.
        """
        return self._update(_COMMIT_CONNECTION, arg, arg1)

    def commit_gallery(self, arg: int, arg1: list[ExportedGallery]) -> Result:
        """Takes galleries; what they hold may come later.

        The same again change nothing; where one is refused, those before it stay.
        """
        return self._update(_COMMIT_GALLERY, arg, arg1)

    def commit_memory(self, arg: int, arg1: list[ExportedMemory]) -> Result:
        """Takes memories, all bytes of which must be there.

        The same again change nothing; where one is refused, those before it stay.
        """
        return self._update(_COMMIT_MEMORY, arg, arg1)

    def commit_upload(self, arg: int, arg1: UploadCommit) -> bool:
        """Commits an upload by the SHA-256 of all its bytes."""
        return self._update(_COMMIT_UPLOAD, arg, arg1)

    def commit_upload_with(self, arg: int, arg1: UploadCommit) -> Result5:
        """Commits an upload, and tells what has been committed."""
        return self._update(_COMMIT_UPLOAD_WITH, arg, arg1)

    def create_upload(self) -> int:
        """Begins an upload of any length, filled by `put_chunk` or `put_chunk_at`."""
        return self._update(_CREATE_UPLOAD)

    def create_upload_with(self, arg: CreateUploadRequest) -> Result6:
        """Begins an upload whose sizes are checked from the start.

        Where the caller has bytes of that hash here already, uploaded or in a capsule,
        nothing needs to be sent.
        """
        return self._update(_CREATE_UPLOAD_WITH, arg)

    def cycles_status(self) -> CyclesStatus:
        """How many cycles there are."""
        return self._query(_CYCLES_STATUS)

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

    def export_capsule_data(self, arg: str | None = None, arg1: Page | None = None) -> Result7:
        """A page of all that a capsule of the caller's holds, at most 100 things: its memories,
        galleries and connections with who may see them; the caller's first capsule where
        none is named.
        """
        return self._query(_EXPORT_CAPSULE_DATA, arg, arg1)

    def finalize_import(self, arg: int) -> Result8:
        """Hashes all stored bytes again and makes the manifest of what is stored, as much as
        one message may: call it until it is `Finalized`.

        Then the capsule is open to be read, and the manifest is the hub's to compare.
        """
        return self._update(_FINALIZE_IMPORT, arg)

    def get_access(self, arg: str) -> Result9:
        """Who may see and change something of the caller's."""
        return self._query(_GET_ACCESS, arg)

    def get_asset_token(self, arg: str, arg1: int | None = None) -> Result10:
        """A token that opens the assets of a memory over HTTP for as long as the caller may see
        it, and no longer than it is good for: `max_token_seconds` where nothing else is
        asked for.
        """
        return self._query(_GET_ASSET_TOKEN, arg, arg1)

    def get_blob_chunk(self, arg: str, arg1: str, arg2: int, arg3: int | None = None) -> Result11:
        """Up to 2,000,000 bytes of an asset, from an offset on; none at its end."""
        return self._query(_GET_BLOB_CHUNK, arg, arg1, arg2, arg3)

    def get_canister_info(self) -> CanisterInfo:
        return self._query(_GET_CANISTER_INFO)

    def get_canister_stats(self) -> CanisterStats | None:
        """What the canister holds; nothing but for the owner, controllers and the hub."""
        return self._query(_GET_CANISTER_STATS)

    def get_capsule(self, arg: str | None = None) -> Result12:
        """A capsule that the caller may see; the caller's first one, where none is named."""
        return self._query(_GET_CAPSULE, arg)

    def get_config(self) -> ConfigInfo:
        return self._query(_GET_CONFIG)

    def get_events(self, arg: int | None = None, arg1: int | None = None) -> list[Event]:
        """Events behind an id, oldest first, at most 500; for the owner and controllers,
        nothing for others.
        """
        return self._query(_GET_EVENTS, arg, arg1)

    def get_gallery_by_id(self, arg: str) -> Result13:
        """A gallery that the caller may see, with those of its items that the caller may see."""
        return self._query(_GET_GALLERY_BY_ID, arg)

    def get_import_status(self) -> ImportStatus:
        """How far the import has come; its stage only, but for the hub, the owner and
        controllers.
        """
        return self._query(_GET_IMPORT_STATUS)

    def get_manifest(self) -> Result14:
        """What the import has brought, as it was checked; for the hub, the owner and
        controllers.
        """
        return self._query(_GET_MANIFEST)

    def get_memory(self, arg: str) -> Result2:
        """The same, wherever it is."""
        return self._query(_GET_MEMORY, arg)

    def get_memory_from_capsule(self, arg: str, arg1: str) -> Result2:
        """A memory of a capsule, with the bytes of its assets of at most 32 KiB."""
        return self._query(_GET_MEMORY_FROM_CAPSULE, arg, arg1)

    def get_my_galleries(self, arg: Page | None = None) -> Result15:
        """The galleries of the caller's capsules, oldest first, in pages of at most 100."""
        return self._query(_GET_MY_GALLERIES, arg)

    def get_owner(self) -> Principal:
        return self._query(_GET_OWNER)

    def get_upload_info(self, arg: int) -> UploadInfo | None:
        """What is known of an upload of the caller, or of anybody where an admin asks."""
        return self._query(_GET_UPLOAD_INFO, arg)

    def get_user_galleries(self, arg: Principal, arg1: Page | None = None) -> Result15:
        """The galleries of a user's capsules that the caller may see, oldest first, in pages of
        at most 100.
        """
        return self._query(_GET_USER_GALLERIES, arg, arg1)

    def grant_access(self, arg: str, arg1: Principal, arg2: Permission) -> Result:
        """Lets a principal read or change a capsule, memory or gallery of the caller's."""
        return self._update(_GRANT_ACCESS, arg, arg1, arg2)

    def health_check(self) -> HealthReport:
        """Whether the canister can do its work, and what keeps it from it."""
        return self._query(_HEALTH_CHECK)

    def http_request(self, arg: HttpRequest) -> HttpResponse:
        """Serves `/`: a page of what is public; `/asset/<memory>/<variant>`, public ones
        certified and private ones by `?token=`; `/metrics` in the format of Prometheus; and
        `/health`: 200 or 503, with the problems.
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
    ) -> Result16:
        """Memories of a capsule that the caller may see, in pages of at most 100."""
        return self._query(_LIST_CAPSULE_MEMORIES, arg, arg1, arg2)

    def list_connections(
        self,
        arg: str,
        arg1: Principal | None = None,
        arg2: int | None = None,
    ) -> Result17:
        """Connections behind a peer, in order of their peers, at most 100."""
        return self._query(_LIST_CONNECTIONS, arg, arg1, arg2)

    def list_my_capsules(self, arg: Page | None = None) -> Result18:
        """The caller's capsules, oldest first."""
        return self._query(_LIST_MY_CAPSULES, arg)

    def list_shared_with_me(self, arg: Page | None = None) -> Result19:
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

    def put_chunk(self, arg: int, arg1: bytes) -> bool:
        """Stores a chunk of at most 1 MiB behind the ones that are there."""
        return self._update(_PUT_CHUNK, arg, arg1)

    def put_chunk_at(self, arg: int, arg1: int, arg2: bytes) -> Result:
        """Stores the chunk of an index, in any order and at the same time as others.

        The same bytes again change nothing; other bytes are refused.
        """
        return self._update(_PUT_CHUNK_AT, arg, arg1, arg2)

    def put_memory_chunk(self, arg: int, arg1: list[Chunk]) -> Result:
        """Takes bytes of assets by the SHA-256 of the whole content, together at most
        `max_chunk_size`.

        The same again change nothing. A content is kept when it is complete, and forgotten
        where it is not of its hash; where one is refused, those before it stay.
        """
        return self._update(_PUT_MEMORY_CHUNK, arg, arg1)

    def remove_connection(self, arg: str, arg1: Principal) -> Result:
        return self._update(_REMOVE_CONNECTION, arg, arg1)

    def revoke_access(self, arg: str, arg1: Principal) -> Result20:
        """Takes a grant back; false where there was none."""
        return self._update(_REVOKE_ACCESS, arg, arg1)

    def search_my_memories(
        self,
        arg: MemoryFilter | None = None,
        arg1: Page | None = None,
    ) -> Result16:
        """Memories of all of the caller's capsules, in pages of at most 100."""
        return self._query(_SEARCH_MY_MEMORIES, arg, arg1)

    def set_visibility(self, arg: str, arg1: Visibility) -> Result:
        """Shows a capsule, memory or gallery of the caller's to everybody, or only to those who
        were named.

        What is in a public capsule is public.
        """
        return self._update(_SET_VISIBILITY, arg, arg1)

    def store_gallery_forever(self, arg: NewGallery) -> Result13:
        """Keeps a gallery, in a capsule that the caller may write to, until it is deleted."""
        return self._update(_STORE_GALLERY_FOREVER, arg)

    def update_capsule(self, arg: str, arg1: UpdateCapsule) -> Result12:
        """Changes a capsule of the caller's."""
        return self._update(_UPDATE_CAPSULE, arg, arg1)

    def update_config(self, arg: ConfigUpdate) -> Result21:
        """Changes limits, all that are given or none."""
        return self._update(_UPDATE_CONFIG, arg)

    def update_connection(self, arg: str, arg1: Principal, arg2: UpdateConnection) -> Result1:
        """Changes what is said of a connection."""
        return self._update(_UPDATE_CONNECTION, arg, arg1, arg2)

    def update_gallery(self, arg: str, arg1: UpdateGallery) -> Result13:
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
        """What the canister knows of the caller."""
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
_TYPES.record(BeginImport, {"capsule": _TYPES["ExportedCapsule"], "manifest": _TYPES["Manifest"]})
_TYPES.record(
    CanisterInfo,
    {
        "capsule_id": t.TEXT,
        "hub": t.PRINCIPAL,
        "is_handed_off": t.BOOL,
        "owner": t.PRINCIPAL,
        "stage": _TYPES["ImportStage"],
        "version": _TYPES["Version"],
    },
)
_TYPES.record(
    CanisterStats,
    {
        "blobs": t.NAT64,
        "certified_memories": t.NAT64,
        "connections": t.NAT64,
        "cycles_balance": t.NAT,
        "events": t.NAT64,
        "galleries": t.NAT64,
        "grants": t.NAT64,
        "memories": t.NAT64,
        "open_uploads": t.NAT64,
        "stored_bytes": t.NAT64,
        "uploads": t.NAT64,
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
_TYPES.record(
    Chunk,
    {
        "bytes_": t.Field.named("bytes", t.BLOB),
        "offset": t.NAT64,
        "sha256": t.BLOB,
        "size": t.NAT64,
    },
)
_TYPES.record(ChunkRange, {"first": t.NAT32, "last": t.NAT32})
_TYPES.record(
    ConfigInfo,
    {
        "import_ttl_seconds": t.NAT64,
        "max_assets_per_memory": t.NAT32,
        "max_bytes_per_capsule": t.NAT64,
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
        "min_cycles": t.NAT,
        "upload_ttl_seconds": t.NAT64,
    },
)
_TYPES.record(
    ConfigUpdate,
    {
        "import_ttl_seconds": t.Opt(t.NAT64),
        "max_assets_per_memory": t.Opt(t.NAT32),
        "max_bytes_per_capsule": t.Opt(t.NAT64),
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
    CyclesStatus,
    {"balance": t.NAT, "is_low": t.BOOL, "min_cycles": t.NAT, "spendable": t.NAT},
)
_TYPES.record(
    Event,
    {"caller": t.PRINCIPAL, "event": _TYPES["EventKind"], "id": t.NAT64, "time_ns": t.NAT64},
)
_TYPES.variant(
    "EventKind",
    CaseBinding(EventKindCanisterInstalled, "CanisterInstalled", {"build": t.TEXT}),
    CaseBinding(EventKindCanisterUpgraded, "CanisterUpgraded", {"build": t.TEXT}),
    CaseBinding(EventKindConfigUpdated, "ConfigUpdated"),
    CaseBinding(EventKindImportAborted, "ImportAborted"),
    CaseBinding(EventKindImportBegun, "ImportBegun"),
    CaseBinding(EventKindImportExpired, "ImportExpired"),
    CaseBinding(EventKindImportFinalized, "ImportFinalized", {"root_hash_hex": t.TEXT}),
    CaseBinding(EventKindUploadsExpired, "UploadsExpired", {"count": t.NAT64}),
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
    "ImportError",
    CaseBinding(ImportErrorAlreadyFinalized, "AlreadyFinalized", {"session_id": t.NAT64}),
    CaseBinding(
        ImportErrorApiVersionMismatch,
        "ApiVersionMismatch",
        {"actual": t.NAT32, "expected": t.NAT32},
    ),
    CaseBinding(ImportErrorBeingChecked, "BeingChecked", {"session_id": t.NAT64}),
    CaseBinding(ImportErrorBytesMissing, "BytesMissing", {"sha256_hex": t.TEXT}),
    CaseBinding(ImportErrorCapsule, "Capsule", _TYPES["CapsuleError"]),
    CaseBinding(ImportErrorChunkTooLarge, "ChunkTooLarge", {"limit": t.NAT64, "size": t.NAT64}),
    CaseBinding(
        ImportErrorHashMismatch,
        "HashMismatch",
        {"actual_sha256_hex": t.TEXT, "expected_sha256_hex": t.TEXT},
    ),
    CaseBinding(ImportErrorImportTooLarge, "ImportTooLarge", {"limit": t.NAT64, "size": t.NAT64}),
    CaseBinding(ImportErrorItemConflict, "ItemConflict", {"id": t.TEXT}),
    CaseBinding(
        ImportErrorPieceConflict,
        "PieceConflict",
        {"offset": t.NAT64, "sha256_hex": t.TEXT},
    ),
    CaseBinding(ImportErrorSessionNotFound, "SessionNotFound", {"session_id": t.NAT64}),
    CaseBinding(
        ImportErrorSessionOpen,
        "SessionOpen",
        {"expires_at_time_ns": t.NAT64, "session_id": t.NAT64},
    ),
    CaseBinding(ImportErrorStillClearing, "StillClearing"),
    CaseBinding(ImportErrorStillHashing, "StillHashing", {"sha256_hex": t.TEXT}),
    CaseBinding(
        ImportErrorStoredBytesDiffer,
        "StoredBytesDiffer",
        {"actual_sha256_hex": t.TEXT, "sha256_hex": t.TEXT},
    ),
    CaseBinding(ImportErrorTooMany, "TooMany", {"limit": t.NAT64, "what": t.TEXT}),
    CaseBinding(ImportErrorWrongCapsule, "WrongCapsule", {"actual": t.TEXT, "expected": t.TEXT}),
    CaseBinding(
        ImportErrorWrongPiece,
        "WrongPiece",
        {"offset": t.NAT64, "sha256_hex": t.TEXT, "size": t.NAT64},
    ),
    CaseBinding(
        ImportErrorWrongSize,
        "WrongSize",
        {"expected": t.NAT64, "sha256_hex": t.TEXT, "size": t.NAT64},
    ),
)
_TYPES.record(
    ImportSession,
    {"expires_at_time_ns": t.NAT64, "max_chunk_size": t.NAT32, "session_id": t.NAT64},
)
_TYPES.enum(ImportStage)
_TYPES.record(
    ImportStatus,
    {
        "blobs": t.NAT64,
        "connections": t.NAT64,
        "galleries": t.NAT64,
        "memories": t.NAT64,
        "received_bytes": t.NAT64,
        "stage": _TYPES["ImportStage"],
        "announced": t.Opt(_TYPES["Manifest"]),
        "expires_at_time_ns": t.Opt(t.NAT64),
        "session_id": t.Opt(t.NAT64),
    },
)
_TYPES.record(
    ImportedManifest,
    {"computed_at_time_ns": t.NAT64, "has_changed": t.BOOL, "manifest": _TYPES["Manifest"]},
)
_TYPES.record(
    InitArgument,
    {
        "capsule_id": t.TEXT,
        "hub": t.PRINCIPAL,
        "owner": t.PRINCIPAL,
        "limits": t.Opt(_TYPES["ConfigUpdate"]),
    },
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
_TYPES.record(PersonalError, {"message": t.TEXT, "reason": _TYPES["Reason"]})
_TYPES.variant(
    "Progress",
    CaseBinding(ProgressChecking, "Checking", {"done": t.NAT64, "total": t.NAT64}),
    CaseBinding(ProgressFinalized, "Finalized", _TYPES["Manifest"]),
)
_TYPES.variant(
    "Reason",
    CaseBinding(ReasonAnonymousCaller, "AnonymousCaller"),
    CaseBinding(ReasonCapsule, "Capsule", _TYPES["CapsuleError"]),
    CaseBinding(ReasonImport, "Import", _TYPES["ImportError"]),
    CaseBinding(ReasonImportUnfinished, "ImportUnfinished"),
    CaseBinding(ReasonInvalidArgument, "InvalidArgument", {"argument": t.TEXT, "problem": t.TEXT}),
    CaseBinding(ReasonNotHandedOff, "NotHandedOff", {"hub": t.PRINCIPAL}),
    CaseBinding(ReasonNotHub, "NotHub", {"caller": t.PRINCIPAL}),
    CaseBinding(ReasonNotInvited, "NotInvited", {"caller": t.PRINCIPAL}),
    CaseBinding(ReasonNotOwner, "NotOwner", {"caller": t.PRINCIPAL}),
    CaseBinding(ReasonNotReady, "NotReady"),
    CaseBinding(ReasonUpload, "Upload", _TYPES["UploadError"]),
)
_TYPES.variant(
    "Result",
    CaseBinding(ResultOk, "Ok"),
    CaseBinding(ResultErr, "Err", _TYPES["PersonalError"]),
)
_TYPES.variant(
    "Result1",
    CaseBinding(Result1Ok, "Ok", _TYPES["ConnectionInfo"]),
    CaseBinding(Result1Err, "Err", _TYPES["PersonalError"]),
)
_TYPES.variant(
    "Result10",
    CaseBinding(Result10Ok, "Ok", _TYPES["AssetToken"]),
    CaseBinding(Result10Err, "Err", _TYPES["PersonalError"]),
)
_TYPES.variant(
    "Result11",
    CaseBinding(Result11Ok, "Ok", t.BLOB),
    CaseBinding(Result11Err, "Err", _TYPES["PersonalError"]),
)
_TYPES.variant(
    "Result12",
    CaseBinding(Result12Ok, "Ok", _TYPES["CapsuleInfo"]),
    CaseBinding(Result12Err, "Err", _TYPES["PersonalError"]),
)
_TYPES.variant(
    "Result13",
    CaseBinding(Result13Ok, "Ok", _TYPES["GalleryInfo"]),
    CaseBinding(Result13Err, "Err", _TYPES["PersonalError"]),
)
_TYPES.variant(
    "Result14",
    CaseBinding(Result14Ok, "Ok", _TYPES["ImportedManifest"]),
    CaseBinding(Result14Err, "Err", _TYPES["PersonalError"]),
)
_TYPES.variant(
    "Result15",
    CaseBinding(Result15Ok, "Ok", _TYPES["GalleryList"]),
    CaseBinding(Result15Err, "Err", _TYPES["PersonalError"]),
)
_TYPES.variant(
    "Result16",
    CaseBinding(Result16Ok, "Ok", _TYPES["MemoryList"]),
    CaseBinding(Result16Err, "Err", _TYPES["PersonalError"]),
)
_TYPES.variant(
    "Result17",
    CaseBinding(Result17Ok, "Ok", _TYPES["ConnectionList"]),
    CaseBinding(Result17Err, "Err", _TYPES["PersonalError"]),
)
_TYPES.variant(
    "Result18",
    CaseBinding(Result18Ok, "Ok", _TYPES["CapsuleList"]),
    CaseBinding(Result18Err, "Err", _TYPES["PersonalError"]),
)
_TYPES.variant(
    "Result19",
    CaseBinding(Result19Ok, "Ok", _TYPES["SharedList"]),
    CaseBinding(Result19Err, "Err", _TYPES["PersonalError"]),
)
_TYPES.variant(
    "Result2",
    CaseBinding(Result2Ok, "Ok", _TYPES["MemoryInfo"]),
    CaseBinding(Result2Err, "Err", _TYPES["PersonalError"]),
)
_TYPES.variant(
    "Result20",
    CaseBinding(Result20Ok, "Ok", t.BOOL),
    CaseBinding(Result20Err, "Err", _TYPES["PersonalError"]),
)
_TYPES.variant(
    "Result21",
    CaseBinding(Result21Ok, "Ok", _TYPES["ConfigInfo"]),
    CaseBinding(Result21Err, "Err", _TYPES["PersonalError"]),
)
_TYPES.variant(
    "Result3",
    CaseBinding(Result3Ok, "Ok", _TYPES["ImportSession"]),
    CaseBinding(Result3Err, "Err", _TYPES["PersonalError"]),
)
_TYPES.variant(
    "Result4",
    CaseBinding(Result4Ok, "Ok", t.NAT64),
    CaseBinding(Result4Err, "Err", _TYPES["PersonalError"]),
)
_TYPES.variant(
    "Result5",
    CaseBinding(Result5Ok, "Ok", _TYPES["UploadInfo"]),
    CaseBinding(Result5Err, "Err", _TYPES["PersonalError"]),
)
_TYPES.variant(
    "Result6",
    CaseBinding(Result6Ok, "Ok", _TYPES["CreateUploadResponse"]),
    CaseBinding(Result6Err, "Err", _TYPES["PersonalError"]),
)
_TYPES.variant(
    "Result7",
    CaseBinding(Result7Ok, "Ok", _TYPES["ExportPage"]),
    CaseBinding(Result7Err, "Err", _TYPES["PersonalError"]),
)
_TYPES.variant(
    "Result8",
    CaseBinding(Result8Ok, "Ok", _TYPES["Progress"]),
    CaseBinding(Result8Err, "Err", _TYPES["PersonalError"]),
)
_TYPES.variant(
    "Result9",
    CaseBinding(Result9Ok, "Ok", _TYPES["AccessInfo"]),
    CaseBinding(Result9Err, "Err", _TYPES["PersonalError"]),
)
_TYPES.record(SharedList, {"ids": t.Vec(t.TEXT), "next": t.Opt(t.TEXT)})
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
_TYPES.record(UpdateCapsule, {"description": t.Opt(t.TEXT), "name": t.Opt(t.TEXT)})
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
    {"is_controller": t.BOOL, "is_invited": t.BOOL, "is_owner": t.BOOL, "principal": t.PRINCIPAL},
)

_ABORT_IMPORT: MethodBinding[Result] = _TYPES.method("abort_import", [t.NAT64], [_TYPES["Result"]])
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
_API_VERSION: MethodBinding[int] = _TYPES.method("api_version", [], [t.NAT32])
_BEGIN_IMPORT: MethodBinding[Result3] = _TYPES.method(
    "begin_import",
    [_TYPES["BeginImport"]],
    [_TYPES["Result3"]],
)
_CLEANUP_EXPIRED_UPLOADS_MANUAL: MethodBinding[Result4] = _TYPES.method(
    "cleanup_expired_uploads_manual",
    [],
    [_TYPES["Result4"]],
)
_COMMIT_CONNECTION: MethodBinding[Result] = _TYPES.method(
    "commit_connection",
    [t.NAT64, t.Vec(_TYPES["ConnectionInfo"])],
    [_TYPES["Result"]],
)
_COMMIT_GALLERY: MethodBinding[Result] = _TYPES.method(
    "commit_gallery",
    [t.NAT64, t.Vec(_TYPES["ExportedGallery"])],
    [_TYPES["Result"]],
)
_COMMIT_MEMORY: MethodBinding[Result] = _TYPES.method(
    "commit_memory",
    [t.NAT64, t.Vec(_TYPES["ExportedMemory"])],
    [_TYPES["Result"]],
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
_CREATE_UPLOAD: MethodBinding[int] = _TYPES.method("create_upload", [], [t.NAT64])
_CREATE_UPLOAD_WITH: MethodBinding[Result6] = _TYPES.method(
    "create_upload_with",
    [_TYPES["CreateUploadRequest"]],
    [_TYPES["Result6"]],
)
_CYCLES_STATUS: MethodBinding[CyclesStatus] = _TYPES.method(
    "cycles_status",
    [],
    [_TYPES["CyclesStatus"]],
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
_EXPORT_CAPSULE_DATA: MethodBinding[Result7] = _TYPES.method(
    "export_capsule_data",
    [t.Opt(t.TEXT), t.Opt(_TYPES["Page"])],
    [_TYPES["Result7"]],
)
_FINALIZE_IMPORT: MethodBinding[Result8] = _TYPES.method(
    "finalize_import",
    [t.NAT64],
    [_TYPES["Result8"]],
)
_GET_ACCESS: MethodBinding[Result9] = _TYPES.method("get_access", [t.TEXT], [_TYPES["Result9"]])
_GET_ASSET_TOKEN: MethodBinding[Result10] = _TYPES.method(
    "get_asset_token",
    [t.TEXT, t.Opt(t.NAT64)],
    [_TYPES["Result10"]],
)
_GET_BLOB_CHUNK: MethodBinding[Result11] = _TYPES.method(
    "get_blob_chunk",
    [t.TEXT, t.TEXT, t.NAT64, t.Opt(t.NAT32)],
    [_TYPES["Result11"]],
)
_GET_CANISTER_INFO: MethodBinding[CanisterInfo] = _TYPES.method(
    "get_canister_info",
    [],
    [_TYPES["CanisterInfo"]],
)
_GET_CANISTER_STATS: MethodBinding[CanisterStats | None] = _TYPES.method(
    "get_canister_stats",
    [],
    [t.Opt(_TYPES["CanisterStats"])],
)
_GET_CAPSULE: MethodBinding[Result12] = _TYPES.method(
    "get_capsule",
    [t.Opt(t.TEXT)],
    [_TYPES["Result12"]],
)
_GET_CONFIG: MethodBinding[ConfigInfo] = _TYPES.method("get_config", [], [_TYPES["ConfigInfo"]])
_GET_EVENTS: MethodBinding[list[Event]] = _TYPES.method(
    "get_events",
    [t.Opt(t.NAT64), t.Opt(t.NAT32)],
    [t.Vec(_TYPES["Event"])],
)
_GET_GALLERY_BY_ID: MethodBinding[Result13] = _TYPES.method(
    "get_gallery_by_id",
    [t.TEXT],
    [_TYPES["Result13"]],
)
_GET_IMPORT_STATUS: MethodBinding[ImportStatus] = _TYPES.method(
    "get_import_status",
    [],
    [_TYPES["ImportStatus"]],
)
_GET_MANIFEST: MethodBinding[Result14] = _TYPES.method("get_manifest", [], [_TYPES["Result14"]])
_GET_MEMORY: MethodBinding[Result2] = _TYPES.method("get_memory", [t.TEXT], [_TYPES["Result2"]])
_GET_MEMORY_FROM_CAPSULE: MethodBinding[Result2] = _TYPES.method(
    "get_memory_from_capsule",
    [t.TEXT, t.TEXT],
    [_TYPES["Result2"]],
)
_GET_MY_GALLERIES: MethodBinding[Result15] = _TYPES.method(
    "get_my_galleries",
    [t.Opt(_TYPES["Page"])],
    [_TYPES["Result15"]],
)
_GET_OWNER: MethodBinding[Principal] = _TYPES.method("get_owner", [], [t.PRINCIPAL])
_GET_UPLOAD_INFO: MethodBinding[UploadInfo | None] = _TYPES.method(
    "get_upload_info",
    [t.NAT64],
    [t.Opt(_TYPES["UploadInfo"])],
)
_GET_USER_GALLERIES: MethodBinding[Result15] = _TYPES.method(
    "get_user_galleries",
    [t.PRINCIPAL, t.Opt(_TYPES["Page"])],
    [_TYPES["Result15"]],
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
_LIST_CAPSULE_MEMORIES: MethodBinding[Result16] = _TYPES.method(
    "list_capsule_memories",
    [t.TEXT, t.Opt(_TYPES["MemoryFilter"]), t.Opt(_TYPES["Page"])],
    [_TYPES["Result16"]],
)
_LIST_CONNECTIONS: MethodBinding[Result17] = _TYPES.method(
    "list_connections",
    [t.TEXT, t.Opt(t.PRINCIPAL), t.Opt(t.NAT32)],
    [_TYPES["Result17"]],
)
_LIST_MY_CAPSULES: MethodBinding[Result18] = _TYPES.method(
    "list_my_capsules",
    [t.Opt(_TYPES["Page"])],
    [_TYPES["Result18"]],
)
_LIST_SHARED_WITH_ME: MethodBinding[Result19] = _TYPES.method(
    "list_shared_with_me",
    [t.Opt(_TYPES["Page"])],
    [_TYPES["Result19"]],
)
_LIST_UPLOADS: MethodBinding[list[UploadInfo]] = _TYPES.method(
    "list_uploads",
    [t.Opt(t.NAT64), t.Opt(t.NAT32), t.Opt(t.PRINCIPAL)],
    [t.Vec(_TYPES["UploadInfo"])],
)
_PUT_CHUNK: MethodBinding[bool] = _TYPES.method("put_chunk", [t.NAT64, t.BLOB], [t.BOOL])
_PUT_CHUNK_AT: MethodBinding[Result] = _TYPES.method(
    "put_chunk_at",
    [t.NAT64, t.NAT32, t.BLOB],
    [_TYPES["Result"]],
)
_PUT_MEMORY_CHUNK: MethodBinding[Result] = _TYPES.method(
    "put_memory_chunk",
    [t.NAT64, t.Vec(_TYPES["Chunk"])],
    [_TYPES["Result"]],
)
_REMOVE_CONNECTION: MethodBinding[Result] = _TYPES.method(
    "remove_connection",
    [t.TEXT, t.PRINCIPAL],
    [_TYPES["Result"]],
)
_REVOKE_ACCESS: MethodBinding[Result20] = _TYPES.method(
    "revoke_access",
    [t.TEXT, t.PRINCIPAL],
    [_TYPES["Result20"]],
)
_SEARCH_MY_MEMORIES: MethodBinding[Result16] = _TYPES.method(
    "search_my_memories",
    [t.Opt(_TYPES["MemoryFilter"]), t.Opt(_TYPES["Page"])],
    [_TYPES["Result16"]],
)
_SET_VISIBILITY: MethodBinding[Result] = _TYPES.method(
    "set_visibility",
    [t.TEXT, _TYPES["Visibility"]],
    [_TYPES["Result"]],
)
_STORE_GALLERY_FOREVER: MethodBinding[Result13] = _TYPES.method(
    "store_gallery_forever",
    [_TYPES["NewGallery"]],
    [_TYPES["Result13"]],
)
_UPDATE_CAPSULE: MethodBinding[Result12] = _TYPES.method(
    "update_capsule",
    [t.TEXT, _TYPES["UpdateCapsule"]],
    [_TYPES["Result12"]],
)
_UPDATE_CONFIG: MethodBinding[Result21] = _TYPES.method(
    "update_config",
    [_TYPES["ConfigUpdate"]],
    [_TYPES["Result21"]],
)
_UPDATE_CONNECTION: MethodBinding[Result1] = _TYPES.method(
    "update_connection",
    [t.TEXT, t.PRINCIPAL, _TYPES["UpdateConnection"]],
    [_TYPES["Result1"]],
)
_UPDATE_GALLERY: MethodBinding[Result13] = _TYPES.method(
    "update_gallery",
    [t.TEXT, _TYPES["UpdateGallery"]],
    [_TYPES["Result13"]],
)
_UPDATE_MEMORY_IN_CAPSULE: MethodBinding[Result2] = _TYPES.method(
    "update_memory_in_capsule",
    [t.TEXT, t.TEXT, _TYPES["UpdateMemory"]],
    [_TYPES["Result2"]],
)
_UPLOAD_CHUNK: MethodBinding[bool] = _TYPES.method("upload_chunk", [t.NAT64, t.BLOB], [t.BOOL])
_VERSION: MethodBinding[Version] = _TYPES.method("version", [], [_TYPES["Version"]])
_WHOAMI: MethodBinding[Whoami] = _TYPES.method("whoami", [], [_TYPES["Whoami"]])
_INIT_ARGS: MethodBinding[None] = _TYPES.method("init", [_TYPES["InitArgument"]], [])


def encode_init_args(arg: InitArgument) -> bytes:
    """Returns the argument to install the canister with."""
    return _INIT_ARGS.encode_args([arg])
