# Generated from ic_factory/canisters/factory.did; changes here are lost.
# To generate it again: scripts/generate-drivers
# ruff: noqa: D205
"""The types and the client of `ic_factory/canisters/factory.did`."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TypeAlias

from ic_factory.bindgen.runtime import CanisterClient, CaseBinding, MethodBinding, TypeBindings
from ic_factory.protocol.candid import types as t
from ic_factory.protocol.principal import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerStats:
    """The record `CallerStats`.

    Attributes:
        canisters_held: Those that count against the limit.
    """

    bytes_uploaded: int
    canisters_created: int
    canisters_held: int
    cycles_used: int
    max_canisters: int
    uploads_begun: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CanisterFilter:
    """Which canisters are listed; what is left out is not asked for.

    Attributes:
        status: Deleted canisters are listed only where they are asked for.
    """

    canister_type: str | None = None
    created_by: Principal | None = None
    owner: Principal | None = None
    status: Status | None = None
    upload_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CanisterInfo:
    """What is known of a canister.

    Attributes:
        canister_type: Its template, or `custom` where it was made from an upload.
        created_by: On whose request, and against whose limit, it was made.
        cycles_balance: As of the last look; `refresh_canister_info` looks again.
    """

    canister_id: Principal
    canister_type: str
    controllers: list[Principal]
    created_at: int
    created_by: Principal
    cycles_balance: int
    owner: Principal
    status: Status
    module_hash: bytes | None = None
    upload_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CanisterList:
    """The record `CanisterList`.

    Attributes:
        next: Where to go on, where there may be more.
    """

    canisters: list[CanisterInfo]
    next: Principal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CanisterPage:
    """Which part of a list.

    Attributes:
        after: The last canister, or the `next`, of the page before.
    """

    after: Principal | None = None
    limit: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CanisterSettings:
    """What is left out has the IC's default.

    Attributes:
        compute_allocation: Percent of a core.
        freezing_threshold: Seconds that the balance must last for, or the canister
            freezes.
        memory_allocation: Bytes.
        reserved_cycles_limit: Cycles.
        wasm_memory_limit: Bytes.
        wasm_memory_threshold: Bytes that are left when `canister_on_low_wasm_memory`
            runs.
    """

    compute_allocation: int | None = None
    environment_variables: list[EnvironmentVariable] | None = None
    freezing_threshold: int | None = None
    log_visibility: LogVisibility | None = None
    memory_allocation: int | None = None
    reserved_cycles_limit: int | None = None
    wasm_memory_limit: int | None = None
    wasm_memory_threshold: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChunkRange:
    """First and last index of chunks that have arrived without a gap."""

    first: int
    last: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigInfo:
    """All limits as they are in force.

    Attributes:
        has_allowlist: Whether only callers in the allowlist are let in.
        allowlist: Told to admins only, as are the admins.
    """

    emergency_stop: bool
    has_allowlist: bool
    max_canisters_per_caller: int
    max_chunk_size: int
    max_chunks_per_upload: int
    max_cycles_per_creation: int
    max_open_uploads_per_caller: int
    max_operations: int
    max_stored_bytes: int
    max_upload_size: int
    max_uploads_per_caller: int
    min_factory_cycles: int
    upload_ttl_seconds: int
    admins: list[Principal] | None = None
    allowlist: list[Principal] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigUpdate:
    """Limits to change; what is left out stays.

    Attributes:
        max_cycles_per_creation: Cycles that a caller who is no admin may have attached
            to a new canister.
        max_operations: Operations that are under way at the same time, at most 100.
        max_stored_bytes: Bytes of all uploads together.
        max_upload_size: Bytes of one upload, at most 100 MiB.
        min_factory_cycles: Cycles that the factory keeps for itself.
        upload_ttl_seconds: Seconds after which an upload that nobody touches or uses
            expires.
    """

    max_canisters_per_caller: int | None = None
    max_cycles_per_creation: int | None = None
    max_open_uploads_per_caller: int | None = None
    max_operations: int | None = None
    max_stored_bytes: int | None = None
    max_upload_size: int | None = None
    max_uploads_per_caller: int | None = None
    min_factory_cycles: int | None = None
    upload_ttl_seconds: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateInstallRequest:
    """The record `CreateInstallRequest`.

    Attributes:
        cycles: Attached to a new canister, the fee for its creation included. The other
            modes use none.
        handoff: Whether the caller takes the factory's place among the controllers.
        init_arg: Candid, for `init` or `post_upgrade`.
        upload_id: A committed upload.
        canister_id: For the modes `Reinstall` and `Upgrade`.
        extra_controllers: Controllers besides the factory, or besides the owner after a
            hand-off.
        idempotency_key: At most 64 bytes. A second request of the caller with the same
            key makes no second canister.
        settings: For the mode `Install`.
    """

    cycles: int
    handoff: bool
    init_arg: bytes
    mode: Mode
    upload_id: int
    canister_id: Principal | None = None
    extra_controllers: list[Principal] | None = None
    idempotency_key: str | None = None
    settings: CanisterSettings | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateInstallResponse:
    canister_id: Principal
    cycles_used: int
    module_hash: bytes


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
class EnvironmentVariable:
    """# Environment Variable.

    Attributes:
        name: Name of the environment variable.
        value: Value of the environment variable.
    """

    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """The record `Event`.

    Attributes:
        caller: On whose behalf; the factory itself for what a timer did.
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
class EventKindAllowlistSet:
    """How many may call; everybody where nothing is there."""

    callers: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventKindCanisterCreated:
    """The case `CanisterCreated` of `EventKind`."""

    canister_id: Principal
    cycles: int
    operation_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EventKindCanisterDeleted:
    """The case `CanisterDeleted` of `EventKind`."""

    canister_id: Principal
    cycles_lost: int
    cycles_recovered: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EventKindCanisterFoundGone:
    """It was deleted by its controllers."""

    canister_id: Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class EventKindCanisterHandedOff:
    """The case `CanisterHandedOff` of `EventKind`."""

    canister_id: Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class EventKindCanisterStarted:
    """The case `CanisterStarted` of `EventKind`."""

    canister_id: Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class EventKindCanisterStopped:
    """The case `CanisterStopped` of `EventKind`."""

    canister_id: Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class EventKindCanisterToppedUp:
    """The case `CanisterToppedUp` of `EventKind`."""

    canister_id: Principal
    cycles: int


@dataclass(frozen=True, slots=True)
class EventKindConfigUpdated:
    """The case `ConfigUpdated` of `EventKind`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventKindEmergencyStopSet:
    """The case `EmergencyStopSet` of `EventKind`."""

    stopped: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EventKindFactoryInstalled:
    """The case `FactoryInstalled` of `EventKind`."""

    build: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EventKindFactoryUpgraded:
    """The case `FactoryUpgraded` of `EventKind`."""

    build: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EventKindOperationCompleted:
    """The case `OperationCompleted` of `EventKind`."""

    kind: Kind
    operation_id: int
    canister_id: Principal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventKindOperationFailed:
    """The case `OperationFailed` of `EventKind`."""

    error: str
    kind: Kind
    operation_id: int
    canister_id: Principal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventKindOperationStarted:
    """The case `OperationStarted` of `EventKind`."""

    kind: Kind
    operation_id: int
    canister_id: Principal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventKindTemplateRemoved:
    """The case `TemplateRemoved` of `EventKind`."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EventKindTemplateSet:
    """The case `TemplateSet` of `EventKind`."""

    module_hash: bytes
    name: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EventKindUploadCommitted:
    """The case `UploadCommitted` of `EventKind`."""

    module_hash: bytes
    upload_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EventKindUploadDeleted:
    """The case `UploadDeleted` of `EventKind`."""

    upload_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EventKindUploadsExpired:
    """The case `UploadsExpired` of `EventKind`."""

    count: int


EventKind: TypeAlias = (
    EventKindAdminAdded
    | EventKindAdminRemoved
    | EventKindAllowlistSet
    | EventKindCanisterCreated
    | EventKindCanisterDeleted
    | EventKindCanisterFoundGone
    | EventKindCanisterHandedOff
    | EventKindCanisterStarted
    | EventKindCanisterStopped
    | EventKindCanisterToppedUp
    | EventKindConfigUpdated
    | EventKindEmergencyStopSet
    | EventKindFactoryInstalled
    | EventKindFactoryUpgraded
    | EventKindOperationCompleted
    | EventKindOperationFailed
    | EventKindOperationStarted
    | EventKindTemplateRemoved
    | EventKindTemplateSet
    | EventKindUploadCommitted
    | EventKindUploadDeleted
    | EventKindUploadsExpired
)
"""What happened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FactoryError:
    """A refusal.

    Methods with a plain result reject with the message.

    Attributes:
        message: For people; begins with a fixed wording for each reason.
        reason: For programs.
    """

    message: str
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class FactoryStats:
    """The record `FactoryStats`.

    Attributes:
        active_canisters: Canisters in the registry that are not deleted.
        active_uploads: Uploads that are not committed.
        cycles_lost: Gone with canisters that were deleted.
        cycles_recovered: Back from canisters before they were deleted.
        cycles_spent: Attached to new canisters.
        stored_modules: Different modules that are kept.
    """

    active_canisters: int
    active_uploads: int
    committed_uploads: int
    cycles_lost: int
    cycles_recovered: int
    cycles_spent: int
    events: int
    factory_cycles_balance: int
    failed_operations: int
    open_operations: int
    stored_bytes: int
    stored_modules: int
    total_canisters_created: int
    total_canisters_deleted: int
    total_canisters_upgraded: int
    total_uploads: int
    unique_callers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthReport:
    """The record `HealthReport`.

    Attributes:
        problems: Nothing where all is well.
        stuck_operations: Operations that have not moved for ten minutes, or are refused
            again and again.
    """

    cycles_balance: int
    emergency_stop: bool
    max_stored_bytes: int
    min_factory_cycles: int
    open_operations: int
    problems: list[str]
    stored_bytes: int
    stuck_operations: list[int]
    time_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpRequest:
    body: bytes
    headers: list[tuple[str, str]]
    method: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpResponse:
    body: bytes
    headers: list[tuple[str, str]]
    status_code: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InitArgument:
    """The argument of the installation; what is left out has its default.

    Attributes:
        admins: Who administrates; the installer where it is left out.
        allowlist: Who may call; everybody where it is left out.
    """

    admins: list[Principal] | None = None
    allowlist: list[Principal] | None = None
    max_canisters_per_caller: int | None = None
    max_cycles_per_creation: int | None = None
    max_open_uploads_per_caller: int | None = None
    max_operations: int | None = None
    max_stored_bytes: int | None = None
    max_upload_size: int | None = None
    max_uploads_per_caller: int | None = None
    min_factory_cycles: int | None = None
    upload_ttl_seconds: int | None = None


class Kind(enum.Enum):
    CREATE = "Create"
    DELETE = "Delete"
    REINSTALL = "Reinstall"
    UPGRADE = "Upgrade"


@dataclass(frozen=True, slots=True)
class LogVisibilityAllowedViewers:
    """Allowed viewers."""

    value: list[Principal]


@dataclass(frozen=True, slots=True)
class LogVisibilityControllers:
    """Controllers."""


@dataclass(frozen=True, slots=True)
class LogVisibilityPublic:
    """Public."""


LogVisibility: TypeAlias = (
    LogVisibilityAllowedViewers | LogVisibilityControllers | LogVisibilityPublic
)
"""# Log Visibility."""


class Mode(enum.Enum):
    """The variant `Mode`.

    Attributes:
        INSTALL: A new canister.
        REINSTALL: Other code for `canister_id`, whose state is wiped.
        UPGRADE: Other code for `canister_id`, which keeps its stable memory.
    """

    INSTALL = "Install"
    REINSTALL = "Reinstall"
    UPGRADE = "Upgrade"


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationFailure:
    """The record `OperationFailure`.

    Attributes:
        cycles_lost: Cycles that were still in the canister when it was deleted.
        cycles_recovered: Cycles that came back before the canister was deleted.
        is_installed: Whether the canister has the new code all the same.
        kept_snapshot: A snapshot from before the operation that could not be loaded and
            is kept.
    """

    canister_deleted: bool
    cause: str
    cycles_lost: int
    cycles_recovered: int
    is_installed: bool
    operation_id: int
    stage: Stage
    canister_id: Principal | None = None
    kept_snapshot: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationInfo:
    """What is told of an operation.

    Attributes:
        left_behind: What could not be cleared away in the canister, and why: chunks, a
            snapshot.
        error: Where the stage failed that is being undone, or why the operation has
            failed.
    """

    attempts: int
    caller: Principal
    canister_deleted: bool
    canister_type: str
    chunks_stored: int
    chunks_total: int
    created_at_time_ns: int
    cycles_attached: int
    cycles_lost: int
    cycles_recovered: int
    kind: Kind
    left_behind: list[str]
    operation_id: int
    owner: Principal
    stage: Stage
    updated_at_time_ns: int
    canister_id: Principal | None = None
    error: FactoryError | None = None
    module_hash: bytes | None = None
    upload_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationList:
    """A page of operations.

    Attributes:
        next: Where to go on, where there may be more.
    """

    operations: list[OperationInfo]
    next: int | None = None


@dataclass(frozen=True, slots=True)
class ReasonAnonymousCaller:
    """The case `AnonymousCaller` of `Reason`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonCallFailed:
    """A call to another canister failed; no reject code where it could not be made or its
    answer was lost.
    """

    method: str
    reject_message: str
    reject_code: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonCanisterBusy:
    """The case `CanisterBusy` of `Reason`."""

    canister_id: Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonCanisterDeleted:
    """The case `CanisterDeleted` of `Reason`."""

    canister_id: Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonCanisterLimitReached:
    """The case `CanisterLimitReached` of `Reason`."""

    held: int
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonCanisterNotFound:
    """There is no such canister in the registry, or it is another caller's."""

    canister_id: Principal


@dataclass(frozen=True, slots=True)
class ReasonEmergencyStop:
    """The case `EmergencyStop` of `Reason`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonFactoryLowOnCycles:
    """The factory would keep less than `minimum`."""

    balance: int
    minimum: int
    needed: int
    reserved: int


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


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonNotAllowlisted:
    """The case `NotAllowlisted` of `Reason`."""

    caller: Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonNotController:
    """It has been handed over."""

    canister_id: Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonNotForAnotherOwner:
    """The case `NotForAnotherOwner` of `Reason`."""

    owner: Principal


@dataclass(frozen=True, slots=True)
class ReasonNotWasm:
    """The bytes are neither a WASM module nor a gzipped one."""


@dataclass(frozen=True, slots=True)
class ReasonOperationFailed:
    """An operation failed at a stage and was undone as far as the fields tell."""

    value: OperationFailure


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonOperationUnfinished:
    """It was interrupted and goes on by itself."""

    operation_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonTemplateNotFound:
    """The case `TemplateNotFound` of `Reason`."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonTooManyCycles:
    """The case `TooManyCycles` of `Reason`."""

    cycles: int
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonTooManyOperations:
    """The case `TooManyOperations` of `Reason`."""

    limit: int


@dataclass(frozen=True, slots=True)
class ReasonUpload:
    """The case `Upload` of `Reason`."""

    value: UploadError


Reason: TypeAlias = (
    ReasonAnonymousCaller
    | ReasonCallFailed
    | ReasonCanisterBusy
    | ReasonCanisterDeleted
    | ReasonCanisterLimitReached
    | ReasonCanisterNotFound
    | ReasonEmergencyStop
    | ReasonFactoryLowOnCycles
    | ReasonInvalidArgument
    | ReasonLastAdmin
    | ReasonNotAdmin
    | ReasonNotAllowlisted
    | ReasonNotController
    | ReasonNotForAnotherOwner
    | ReasonNotWasm
    | ReasonOperationFailed
    | ReasonOperationUnfinished
    | ReasonTemplateNotFound
    | ReasonTooManyCycles
    | ReasonTooManyOperations
    | ReasonUpload
)


@dataclass(frozen=True, slots=True)
class ResultOk:
    """The case `Ok` of `Result`."""


@dataclass(frozen=True, slots=True)
class ResultErr:
    """The case `Err` of `Result`."""

    value: FactoryError


Result: TypeAlias = ResultOk | ResultErr


@dataclass(frozen=True, slots=True)
class Result1Ok:
    """The case `Ok` of `Result1`."""

    value: int


@dataclass(frozen=True, slots=True)
class Result1Err:
    """The case `Err` of `Result1`."""

    value: FactoryError


Result1: TypeAlias = Result1Ok | Result1Err


@dataclass(frozen=True, slots=True)
class Result2Ok:
    """The case `Ok` of `Result2`."""

    value: UploadInfo


@dataclass(frozen=True, slots=True)
class Result2Err:
    """The case `Err` of `Result2`."""

    value: FactoryError


Result2: TypeAlias = Result2Ok | Result2Err


@dataclass(frozen=True, slots=True)
class Result3Ok:
    """The case `Ok` of `Result3`."""

    value: CreateUploadResponse


@dataclass(frozen=True, slots=True)
class Result3Err:
    """The case `Err` of `Result3`."""

    value: FactoryError


Result3: TypeAlias = Result3Ok | Result3Err


@dataclass(frozen=True, slots=True)
class Result4Ok:
    """The case `Ok` of `Result4`."""

    value: CanisterInfo


@dataclass(frozen=True, slots=True)
class Result4Err:
    """The case `Err` of `Result4`."""

    value: FactoryError


Result4: TypeAlias = Result4Ok | Result4Err


@dataclass(frozen=True, slots=True)
class Result5Ok:
    """The case `Ok` of `Result5`."""

    value: ConfigInfo


@dataclass(frozen=True, slots=True)
class Result5Err:
    """The case `Err` of `Result5`."""

    value: FactoryError


Result5: TypeAlias = Result5Ok | Result5Err


@dataclass(frozen=True, slots=True)
class Result6Ok:
    """The case `Ok` of `Result6`."""

    value: UpgradeResponse


@dataclass(frozen=True, slots=True)
class Result6Err:
    """The case `Err` of `Result6`."""

    value: FactoryError


Result6: TypeAlias = Result6Ok | Result6Err


@dataclass(frozen=True, slots=True, kw_only=True)
class SetTemplate:
    """The record `SetTemplate`.

    Attributes:
        cycles: Attached to each new canister; the fee for its creation is taken from
            them.
        upload_id: A committed upload.
        compute_allocation: Percent of a core.
        handoff: Whether new canisters are handed over to their owners.
        init_arg: For `create_user_canister`, at most 10,000 bytes; `(record { owner =
            <the user> })` where it is left out.
        memory_allocation: Bytes.
        settings: Further settings; the two above go before theirs.
    """

    cycles: int
    name: str
    upload_id: int
    compute_allocation: int | None = None
    handoff: bool | None = None
    init_arg: bytes | None = None
    memory_allocation: int | None = None
    settings: CanisterSettings | None = None


class Stage(enum.Enum):
    """Where an operation is.

    Each stage but the last two is a call to the management canister, or several at a time.

    Attributes:
        CONFIRMING_HAND_OFF: The hand-off was rejected, which an earlier one that
            succeeded would explain.
        FINDING_SNAPSHOT: The answer to `TakingSnapshot` was lost.
        LIFTING_RESERVE: Nothing is set aside any more, so that all cycles may leave.
    """

    CHECKING_STATUS = "CheckingStatus"
    CLEARING_CHUNKS = "ClearingChunks"
    COMPLETED = "Completed"
    CONFIRMING_HAND_OFF = "ConfirmingHandOff"
    CREATING = "Creating"
    DELETING = "Deleting"
    DELETING_SNAPSHOT = "DeletingSnapshot"
    FAILED = "Failed"
    FINDING_SNAPSHOT = "FindingSnapshot"
    HANDING_OFF = "HandingOff"
    INSTALLING = "Installing"
    INSTALLING_RECOVERY = "InstallingRecovery"
    LIFTING_RESERVE = "LiftingReserve"
    READING_BALANCE = "ReadingBalance"
    RECOVERING_CYCLES = "RecoveringCycles"
    ROLLING_BACK = "RollingBack"
    STARTING = "Starting"
    STARTING_RECOVERY = "StartingRecovery"
    STOPPING = "Stopping"
    STOPPING_FOR_DELETION = "StoppingForDeletion"
    STOPPING_RECOVERY = "StoppingRecovery"
    STORING_CHUNKS = "StoringChunks"
    TAKING_SNAPSHOT = "TakingSnapshot"


class Status(enum.Enum):
    ACTIVE = "Active"
    CREATING = "Creating"
    DELETED = "Deleted"
    STOPPED = "Stopped"
    UPGRADING = "Upgrading"


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateInfo:
    """The record `TemplateInfo`.

    Attributes:
        version: Counts how often the template was set.
    """

    cycles: int
    handoff: bool
    module_hash: bytes
    module_size: int
    name: str
    set_at_time_ns: int
    settings: CanisterSettings
    upload_id: int
    version: int
    init_arg: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UpgradeRequest:
    """The record `UpgradeRequest`.

    Attributes:
        arg: Candid, for `post_upgrade`; no arguments where it is left out.
        snapshot_first: Whether a snapshot is taken before, and loaded where the upgrade
            fails: true by default.
        upload_id: A committed upload; the newest version of the canister's template
            where it is left out.
    """

    canister_id: Principal
    arg: bytes | None = None
    snapshot_first: bool | None = None
    upload_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UpgradeResponse:
    canister_id: Principal
    module_hash: bytes
    operation_id: int


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


class FactoryClient(CanisterClient):
    """The methods of the canister, each of which is a call.

    All raise BindingError for what does not fit its type, besides what the caller raises.
    """

    def add_admin(self, arg: Principal) -> Result:
        return self._update(_ADD_ADMIN, arg)

    def cleanup_expired_uploads_manual(self) -> Result1:
        """Deletes uploads that have expired, as the timer does; returns how many."""
        return self._update(_CLEANUP_EXPIRED_UPLOADS_MANUAL)

    def commit_upload(self, arg: int, arg1: UploadCommit) -> bool:
        """Commits an upload by the SHA-256 of all its bytes, which must be a WASM module,
        gzipped or not.
        """
        return self._update(_COMMIT_UPLOAD, arg, arg1)

    def commit_upload_with(self, arg: int, arg1: UploadCommit) -> Result2:
        """Commits an upload, and tells what has been committed."""
        return self._update(_COMMIT_UPLOAD_WITH, arg, arg1)

    def create_and_install_with(self, arg: CreateInstallRequest) -> CreateInstallResponse:
        """Makes a canister and installs an upload in it, or installs it in one that is there.

        A canister whose installation fails is deleted again.
        """
        return self._update(_CREATE_AND_INSTALL_WITH, arg)

    def create_canister_install(
        self,
        arg: int,
        arg1: CreateInstallRequest,
    ) -> CreateInstallResponse:
        """The same, with the upload as an argument of its own."""
        return self._update(_CREATE_CANISTER_INSTALL, arg, arg1)

    def create_canister_install_with_extra_controllers(
        self,
        arg: int,
        arg1: CreateInstallRequest,
        arg2: list[Principal],
    ) -> CreateInstallResponse:
        """The same, with more controllers besides those of the request."""
        return self._update(_CREATE_CANISTER_INSTALL_WITH_EXTRA_CONTROLLERS, arg, arg1, arg2)

    def create_feature_canister(self, arg: str, arg1: Principal, arg2: bytes) -> Principal:
        """Makes a canister from a template for an owner, with an argument for its `init`."""
        return self._update(_CREATE_FEATURE_CANISTER, arg, arg1, arg2)

    def create_upload(self) -> int:
        """Begins an upload of any length, filled by `put_chunk` or `put_chunk_at`."""
        return self._update(_CREATE_UPLOAD)

    def create_upload_with(self, arg: CreateUploadRequest) -> Result3:
        """Begins an upload whose sizes are checked from the start.

        Where bytes of that hash are committed already, nothing needs to be sent.
        """
        return self._update(_CREATE_UPLOAD_WITH, arg)

    def create_user_canister(self, arg: Principal) -> Principal:
        """Makes a canister from the template `user` for a user: oneself, or anybody where the
        caller is an admin or in the allowlist.
        """
        return self._update(_CREATE_USER_CANISTER, arg)

    def delete_canister(self, arg: Principal) -> None:
        """Deletes a canister for good, after its cycles have come back to the factory."""
        self._update(_DELETE_CANISTER, arg)

    def delete_upload(self, arg: int) -> bool:
        """Deletes an upload of the caller, or of anybody where an admin asks.

        Its bytes stay while another upload, a template or an operation has the same.
        """
        return self._update(_DELETE_UPLOAD, arg)

    def get_caller_stats(self) -> CallerStats:
        """The same as `my_stats`."""
        return self._query(_GET_CALLER_STATS)

    def get_canister_info(self, arg: Principal) -> CanisterInfo | None:
        """What the registry knows of a canister: for its owner, its creator and admins."""
        return self._query(_GET_CANISTER_INFO, arg)

    def get_config(self) -> ConfigInfo:
        """All limits; the lists of principals for admins only."""
        return self._query(_GET_CONFIG)

    def get_events(self, arg: int | None = None, arg1: int | None = None) -> list[Event]:
        """Events behind an id, oldest first, at most 500; for admins, nothing for others."""
        return self._query(_GET_EVENTS, arg, arg1)

    def get_factory_stats(self) -> FactoryStats:
        return self._query(_GET_FACTORY_STATS)

    def get_operation(self, arg: int) -> OperationInfo | None:
        """An operation that the caller has begun or that is about a canister of the caller's;
        any, where an admin asks.
        """
        return self._query(_GET_OPERATION, arg)

    def get_upload_info(self, arg: int) -> UploadInfo | None:
        """What is known of an upload: of one's own, of any where an admin asks, and of
        committed ones.
        """
        return self._query(_GET_UPLOAD_INFO, arg)

    def handoff_canister(self, arg: Principal) -> Result:
        """Hands a canister over: its owner takes the factory's place among the controllers."""
        return self._update(_HANDOFF_CANISTER, arg)

    def health_check(self) -> HealthReport:
        """Whether the factory can do its work, and what keeps it from it."""
        return self._query(_HEALTH_CHECK)

    def http_request(self, arg: HttpRequest) -> HttpResponse:
        """Serves `/metrics` in the format of Prometheus and `/health`: 200 or 503, with the
        problems.
        """
        return self._query(_HTTP_REQUEST, arg)

    def list_canisters(
        self,
        arg: CanisterFilter | None = None,
        arg1: CanisterPage | None = None,
    ) -> CanisterList:
        """Canisters that match a filter, in pages of at most 200: the caller's own, where the
        filter names no owner; of another owner's those that the caller created; any where an
        admin asks.
        """
        return self._query(_LIST_CANISTERS, arg, arg1)

    def list_operations(self, arg: int | None = None, arg1: int | None = None) -> OperationList:
        """Operations behind an id, at most 100: the caller's, or all where an admin asks."""
        return self._query(_LIST_OPERATIONS, arg, arg1)

    def list_templates(self, arg: str | None = None, arg1: int | None = None) -> list[TemplateInfo]:
        """Templates behind a name, at most 100."""
        return self._query(_LIST_TEMPLATES, arg, arg1)

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

    def list_user_canisters(self, arg: Principal) -> list[CanisterInfo]:
        """A user's canisters, the first 200 that are not deleted: for the user and for admins;
        others are told of those that they created.

        `list_canisters` has pages.
        """
        return self._query(_LIST_USER_CANISTERS, arg)

    def my_stats(self) -> CallerStats:
        """What the caller has had of the factory."""
        return self._query(_MY_STATS)

    def put_chunk(self, arg: int, arg1: bytes) -> bool:
        """Stores a chunk of at most 1 MiB behind the ones that are there."""
        return self._update(_PUT_CHUNK, arg, arg1)

    def put_chunk_at(self, arg: int, arg1: int, arg2: bytes) -> Result:
        """Stores the chunk of an index, in any order and at the same time as others.

        The same bytes again change nothing; other bytes are refused.
        """
        return self._update(_PUT_CHUNK_AT, arg, arg1, arg2)

    def refresh_canister_info(self, arg: Principal) -> Result4:
        """Asks the IC how a canister is, and brings the registry up to date."""
        return self._update(_REFRESH_CANISTER_INFO, arg)

    def remove_admin(self, arg: Principal) -> Result:
        """Removes an admin, but never the last one."""
        return self._update(_REMOVE_ADMIN, arg)

    def remove_template(self, arg: str) -> Result:
        """Removes a template; canisters that were made from it stay."""
        return self._update(_REMOVE_TEMPLATE, arg)

    def set_allowlist(self, arg: list[Principal] | None = None) -> Result:
        """Lets in these callers only; everybody, where there is no list."""
        return self._update(_SET_ALLOWLIST, arg)

    def set_emergency_stop(self, arg: bool) -> Result:
        """Refuses all requests but those of admins.

        What is under way goes on.
        """
        return self._update(_SET_EMERGENCY_STOP, arg)

    def set_template(self, arg: SetTemplate) -> Result:
        """Registers a committed upload under a name, or sets a new version of it."""
        return self._update(_SET_TEMPLATE, arg)

    def start_canister(self, arg: Principal) -> Result:
        """Starts a canister that was stopped."""
        return self._update(_START_CANISTER, arg)

    def start_creation(self, arg: CreateInstallRequest) -> Result1:
        """Begins what `create_and_install_with` does, and returns at once with the operation's
        id.
        """
        return self._update(_START_CREATION, arg)

    def stop_canister(self, arg: Principal) -> Result:
        """Stops a canister, once it has answered what it is asked."""
        return self._update(_STOP_CANISTER, arg)

    def top_up_canister(self, arg: Principal, arg1: int) -> Result:
        """Sends cycles to a canister: the factory's where an admin asks, or those attached to
        the call.
        """
        return self._update(_TOP_UP_CANISTER, arg, arg1)

    def update_config(self, arg: ConfigUpdate) -> Result5:
        """Changes limits, all that are given or none."""
        return self._update(_UPDATE_CONFIG, arg)

    def upgrade_canister(self, arg: Principal, arg1: bytes) -> None:
        """Upgrades a canister to a module of at most 1.9 MB, or, where no bytes are given, to
        the newest version of its template.
        """
        self._update(_UPGRADE_CANISTER, arg, arg1)

    def upgrade_canister_with(self, arg: UpgradeRequest) -> Result6:
        """Upgrades a canister to an upload.

        It is stopped meanwhile, and a failure brings back the snapshot that was taken
        before.
        """
        return self._update(_UPGRADE_CANISTER_WITH, arg)

    def upload_chunk(self, arg: int, arg1: bytes) -> bool:
        """The same as `put_chunk`."""
        return self._update(_UPLOAD_CHUNK, arg, arg1)

    def version(self) -> Version:
        return self._query(_VERSION)


# What all of this is in Candid.
_TYPES = TypeBindings()

_TYPES.record(
    CallerStats,
    {
        "bytes_uploaded": t.NAT64,
        "canisters_created": t.NAT64,
        "canisters_held": t.NAT32,
        "cycles_used": t.NAT,
        "max_canisters": t.NAT32,
        "uploads_begun": t.NAT64,
    },
)
_TYPES.record(
    CanisterFilter,
    {
        "canister_type": t.Opt(t.TEXT),
        "created_by": t.Opt(t.PRINCIPAL),
        "owner": t.Opt(t.PRINCIPAL),
        "status": t.Opt(_TYPES["Status"]),
        "upload_id": t.Opt(t.NAT64),
    },
)
_TYPES.record(
    CanisterInfo,
    {
        "canister_id": t.PRINCIPAL,
        "canister_type": t.TEXT,
        "controllers": t.Vec(t.PRINCIPAL),
        "created_at": t.NAT64,
        "created_by": t.PRINCIPAL,
        "cycles_balance": t.NAT,
        "owner": t.PRINCIPAL,
        "status": _TYPES["Status"],
        "module_hash": t.Opt(t.BLOB),
        "upload_id": t.Opt(t.NAT64),
    },
)
_TYPES.record(
    CanisterList,
    {"canisters": t.Vec(_TYPES["CanisterInfo"]), "next": t.Opt(t.PRINCIPAL)},
)
_TYPES.record(CanisterPage, {"after": t.Opt(t.PRINCIPAL), "limit": t.Opt(t.NAT32)})
_TYPES.record(
    CanisterSettings,
    {
        "compute_allocation": t.Opt(t.NAT),
        "environment_variables": t.Opt(t.Vec(_TYPES["EnvironmentVariable"])),
        "freezing_threshold": t.Opt(t.NAT),
        "log_visibility": t.Opt(_TYPES["LogVisibility"]),
        "memory_allocation": t.Opt(t.NAT),
        "reserved_cycles_limit": t.Opt(t.NAT),
        "wasm_memory_limit": t.Opt(t.NAT),
        "wasm_memory_threshold": t.Opt(t.NAT),
    },
)
_TYPES.record(ChunkRange, {"first": t.NAT32, "last": t.NAT32})
_TYPES.record(
    ConfigInfo,
    {
        "emergency_stop": t.BOOL,
        "has_allowlist": t.BOOL,
        "max_canisters_per_caller": t.NAT32,
        "max_chunk_size": t.NAT32,
        "max_chunks_per_upload": t.NAT32,
        "max_cycles_per_creation": t.NAT,
        "max_open_uploads_per_caller": t.NAT32,
        "max_operations": t.NAT32,
        "max_stored_bytes": t.NAT64,
        "max_upload_size": t.NAT64,
        "max_uploads_per_caller": t.NAT32,
        "min_factory_cycles": t.NAT,
        "upload_ttl_seconds": t.NAT64,
        "admins": t.Opt(t.Vec(t.PRINCIPAL)),
        "allowlist": t.Opt(t.Vec(t.PRINCIPAL)),
    },
)
_TYPES.record(
    ConfigUpdate,
    {
        "max_canisters_per_caller": t.Opt(t.NAT32),
        "max_cycles_per_creation": t.Opt(t.NAT),
        "max_open_uploads_per_caller": t.Opt(t.NAT32),
        "max_operations": t.Opt(t.NAT32),
        "max_stored_bytes": t.Opt(t.NAT64),
        "max_upload_size": t.Opt(t.NAT64),
        "max_uploads_per_caller": t.Opt(t.NAT32),
        "min_factory_cycles": t.Opt(t.NAT),
        "upload_ttl_seconds": t.Opt(t.NAT64),
    },
)
_TYPES.record(
    CreateInstallRequest,
    {
        "cycles": t.NAT,
        "handoff": t.BOOL,
        "init_arg": t.BLOB,
        "mode": _TYPES["Mode"],
        "upload_id": t.NAT64,
        "canister_id": t.Opt(t.PRINCIPAL),
        "extra_controllers": t.Opt(t.Vec(t.PRINCIPAL)),
        "idempotency_key": t.Opt(t.TEXT),
        "settings": t.Opt(_TYPES["CanisterSettings"]),
    },
)
_TYPES.record(
    CreateInstallResponse,
    {"canister_id": t.PRINCIPAL, "cycles_used": t.NAT, "module_hash": t.BLOB},
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
_TYPES.record(EnvironmentVariable, {"name": t.TEXT, "value": t.TEXT})
_TYPES.record(
    Event,
    {"caller": t.PRINCIPAL, "event": _TYPES["EventKind"], "id": t.NAT64, "time_ns": t.NAT64},
)
_TYPES.variant(
    "EventKind",
    CaseBinding(EventKindAdminAdded, "AdminAdded", {"admin": t.PRINCIPAL}),
    CaseBinding(EventKindAdminRemoved, "AdminRemoved", {"admin": t.PRINCIPAL}),
    CaseBinding(EventKindAllowlistSet, "AllowlistSet", {"callers": t.Opt(t.NAT32)}),
    CaseBinding(
        EventKindCanisterCreated,
        "CanisterCreated",
        {"canister_id": t.PRINCIPAL, "cycles": t.NAT, "operation_id": t.NAT64},
    ),
    CaseBinding(
        EventKindCanisterDeleted,
        "CanisterDeleted",
        {"canister_id": t.PRINCIPAL, "cycles_lost": t.NAT, "cycles_recovered": t.NAT},
    ),
    CaseBinding(EventKindCanisterFoundGone, "CanisterFoundGone", {"canister_id": t.PRINCIPAL}),
    CaseBinding(EventKindCanisterHandedOff, "CanisterHandedOff", {"canister_id": t.PRINCIPAL}),
    CaseBinding(EventKindCanisterStarted, "CanisterStarted", {"canister_id": t.PRINCIPAL}),
    CaseBinding(EventKindCanisterStopped, "CanisterStopped", {"canister_id": t.PRINCIPAL}),
    CaseBinding(
        EventKindCanisterToppedUp,
        "CanisterToppedUp",
        {"canister_id": t.PRINCIPAL, "cycles": t.NAT},
    ),
    CaseBinding(EventKindConfigUpdated, "ConfigUpdated"),
    CaseBinding(EventKindEmergencyStopSet, "EmergencyStopSet", {"stopped": t.BOOL}),
    CaseBinding(EventKindFactoryInstalled, "FactoryInstalled", {"build": t.TEXT}),
    CaseBinding(EventKindFactoryUpgraded, "FactoryUpgraded", {"build": t.TEXT}),
    CaseBinding(
        EventKindOperationCompleted,
        "OperationCompleted",
        {"kind": _TYPES["Kind"], "operation_id": t.NAT64, "canister_id": t.Opt(t.PRINCIPAL)},
    ),
    CaseBinding(
        EventKindOperationFailed,
        "OperationFailed",
        {
            "error": t.TEXT,
            "kind": _TYPES["Kind"],
            "operation_id": t.NAT64,
            "canister_id": t.Opt(t.PRINCIPAL),
        },
    ),
    CaseBinding(
        EventKindOperationStarted,
        "OperationStarted",
        {"kind": _TYPES["Kind"], "operation_id": t.NAT64, "canister_id": t.Opt(t.PRINCIPAL)},
    ),
    CaseBinding(EventKindTemplateRemoved, "TemplateRemoved", {"name": t.TEXT}),
    CaseBinding(
        EventKindTemplateSet,
        "TemplateSet",
        {"module_hash": t.BLOB, "name": t.TEXT, "version": t.NAT32},
    ),
    CaseBinding(
        EventKindUploadCommitted,
        "UploadCommitted",
        {"module_hash": t.BLOB, "upload_id": t.NAT64},
    ),
    CaseBinding(EventKindUploadDeleted, "UploadDeleted", {"upload_id": t.NAT64}),
    CaseBinding(EventKindUploadsExpired, "UploadsExpired", {"count": t.NAT64}),
)
_TYPES.record(FactoryError, {"message": t.TEXT, "reason": _TYPES["Reason"]})
_TYPES.record(
    FactoryStats,
    {
        "active_canisters": t.NAT64,
        "active_uploads": t.NAT64,
        "committed_uploads": t.NAT64,
        "cycles_lost": t.NAT,
        "cycles_recovered": t.NAT,
        "cycles_spent": t.NAT,
        "events": t.NAT64,
        "factory_cycles_balance": t.NAT,
        "failed_operations": t.NAT64,
        "open_operations": t.NAT64,
        "stored_bytes": t.NAT64,
        "stored_modules": t.NAT64,
        "total_canisters_created": t.NAT64,
        "total_canisters_deleted": t.NAT64,
        "total_canisters_upgraded": t.NAT64,
        "total_uploads": t.NAT64,
        "unique_callers": t.NAT64,
    },
)
_TYPES.record(
    HealthReport,
    {
        "cycles_balance": t.NAT,
        "emergency_stop": t.BOOL,
        "max_stored_bytes": t.NAT64,
        "min_factory_cycles": t.NAT,
        "open_operations": t.NAT64,
        "problems": t.Vec(t.TEXT),
        "stored_bytes": t.NAT64,
        "stuck_operations": t.Vec(t.NAT64),
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
    },
)
_TYPES.record(
    HttpResponse,
    {"body": t.BLOB, "headers": t.Vec(t.Record.tuple_of(t.TEXT, t.TEXT)), "status_code": t.NAT16},
)
_TYPES.record(
    InitArgument,
    {
        "admins": t.Opt(t.Vec(t.PRINCIPAL)),
        "allowlist": t.Opt(t.Vec(t.PRINCIPAL)),
        "max_canisters_per_caller": t.Opt(t.NAT32),
        "max_cycles_per_creation": t.Opt(t.NAT),
        "max_open_uploads_per_caller": t.Opt(t.NAT32),
        "max_operations": t.Opt(t.NAT32),
        "max_stored_bytes": t.Opt(t.NAT64),
        "max_upload_size": t.Opt(t.NAT64),
        "max_uploads_per_caller": t.Opt(t.NAT32),
        "min_factory_cycles": t.Opt(t.NAT),
        "upload_ttl_seconds": t.Opt(t.NAT64),
    },
)
_TYPES.enum(Kind)
_TYPES.variant(
    "LogVisibility",
    CaseBinding(LogVisibilityAllowedViewers, "allowed_viewers", t.Vec(t.PRINCIPAL)),
    CaseBinding(LogVisibilityControllers, "controllers"),
    CaseBinding(LogVisibilityPublic, "public"),
)
_TYPES.enum(Mode)
_TYPES.record(
    OperationFailure,
    {
        "canister_deleted": t.BOOL,
        "cause": t.TEXT,
        "cycles_lost": t.NAT,
        "cycles_recovered": t.NAT,
        "is_installed": t.BOOL,
        "operation_id": t.NAT64,
        "stage": _TYPES["Stage"],
        "canister_id": t.Opt(t.PRINCIPAL),
        "kept_snapshot": t.Opt(t.BLOB),
    },
)
_TYPES.record(
    OperationInfo,
    {
        "attempts": t.NAT32,
        "caller": t.PRINCIPAL,
        "canister_deleted": t.BOOL,
        "canister_type": t.TEXT,
        "chunks_stored": t.NAT32,
        "chunks_total": t.NAT32,
        "created_at_time_ns": t.NAT64,
        "cycles_attached": t.NAT,
        "cycles_lost": t.NAT,
        "cycles_recovered": t.NAT,
        "kind": _TYPES["Kind"],
        "left_behind": t.Vec(t.TEXT),
        "operation_id": t.NAT64,
        "owner": t.PRINCIPAL,
        "stage": _TYPES["Stage"],
        "updated_at_time_ns": t.NAT64,
        "canister_id": t.Opt(t.PRINCIPAL),
        "error": t.Opt(_TYPES["FactoryError"]),
        "module_hash": t.Opt(t.BLOB),
        "upload_id": t.Opt(t.NAT64),
    },
)
_TYPES.record(OperationList, {"operations": t.Vec(_TYPES["OperationInfo"]), "next": t.Opt(t.NAT64)})
_TYPES.variant(
    "Reason",
    CaseBinding(ReasonAnonymousCaller, "AnonymousCaller"),
    CaseBinding(
        ReasonCallFailed,
        "CallFailed",
        {"method": t.TEXT, "reject_message": t.TEXT, "reject_code": t.Opt(t.NAT32)},
    ),
    CaseBinding(ReasonCanisterBusy, "CanisterBusy", {"canister_id": t.PRINCIPAL}),
    CaseBinding(ReasonCanisterDeleted, "CanisterDeleted", {"canister_id": t.PRINCIPAL}),
    CaseBinding(
        ReasonCanisterLimitReached,
        "CanisterLimitReached",
        {"held": t.NAT32, "limit": t.NAT32},
    ),
    CaseBinding(ReasonCanisterNotFound, "CanisterNotFound", {"canister_id": t.PRINCIPAL}),
    CaseBinding(ReasonEmergencyStop, "EmergencyStop"),
    CaseBinding(
        ReasonFactoryLowOnCycles,
        "FactoryLowOnCycles",
        {"balance": t.NAT, "minimum": t.NAT, "needed": t.NAT, "reserved": t.NAT},
    ),
    CaseBinding(ReasonInvalidArgument, "InvalidArgument", {"argument": t.TEXT, "problem": t.TEXT}),
    CaseBinding(ReasonLastAdmin, "LastAdmin"),
    CaseBinding(ReasonNotAdmin, "NotAdmin", {"caller": t.PRINCIPAL}),
    CaseBinding(ReasonNotAllowlisted, "NotAllowlisted", {"caller": t.PRINCIPAL}),
    CaseBinding(ReasonNotController, "NotController", {"canister_id": t.PRINCIPAL}),
    CaseBinding(ReasonNotForAnotherOwner, "NotForAnotherOwner", {"owner": t.PRINCIPAL}),
    CaseBinding(ReasonNotWasm, "NotWasm"),
    CaseBinding(ReasonOperationFailed, "OperationFailed", _TYPES["OperationFailure"]),
    CaseBinding(ReasonOperationUnfinished, "OperationUnfinished", {"operation_id": t.NAT64}),
    CaseBinding(ReasonTemplateNotFound, "TemplateNotFound", {"name": t.TEXT}),
    CaseBinding(ReasonTooManyCycles, "TooManyCycles", {"cycles": t.NAT, "limit": t.NAT}),
    CaseBinding(ReasonTooManyOperations, "TooManyOperations", {"limit": t.NAT32}),
    CaseBinding(ReasonUpload, "Upload", _TYPES["UploadError"]),
)
_TYPES.variant(
    "Result",
    CaseBinding(ResultOk, "Ok"),
    CaseBinding(ResultErr, "Err", _TYPES["FactoryError"]),
)
_TYPES.variant(
    "Result1",
    CaseBinding(Result1Ok, "Ok", t.NAT64),
    CaseBinding(Result1Err, "Err", _TYPES["FactoryError"]),
)
_TYPES.variant(
    "Result2",
    CaseBinding(Result2Ok, "Ok", _TYPES["UploadInfo"]),
    CaseBinding(Result2Err, "Err", _TYPES["FactoryError"]),
)
_TYPES.variant(
    "Result3",
    CaseBinding(Result3Ok, "Ok", _TYPES["CreateUploadResponse"]),
    CaseBinding(Result3Err, "Err", _TYPES["FactoryError"]),
)
_TYPES.variant(
    "Result4",
    CaseBinding(Result4Ok, "Ok", _TYPES["CanisterInfo"]),
    CaseBinding(Result4Err, "Err", _TYPES["FactoryError"]),
)
_TYPES.variant(
    "Result5",
    CaseBinding(Result5Ok, "Ok", _TYPES["ConfigInfo"]),
    CaseBinding(Result5Err, "Err", _TYPES["FactoryError"]),
)
_TYPES.variant(
    "Result6",
    CaseBinding(Result6Ok, "Ok", _TYPES["UpgradeResponse"]),
    CaseBinding(Result6Err, "Err", _TYPES["FactoryError"]),
)
_TYPES.record(
    SetTemplate,
    {
        "cycles": t.NAT,
        "name": t.TEXT,
        "upload_id": t.NAT64,
        "compute_allocation": t.Opt(t.NAT),
        "handoff": t.Opt(t.BOOL),
        "init_arg": t.Opt(t.BLOB),
        "memory_allocation": t.Opt(t.NAT),
        "settings": t.Opt(_TYPES["CanisterSettings"]),
    },
)
_TYPES.enum(Stage)
_TYPES.enum(Status)
_TYPES.record(
    TemplateInfo,
    {
        "cycles": t.NAT,
        "handoff": t.BOOL,
        "module_hash": t.BLOB,
        "module_size": t.NAT64,
        "name": t.TEXT,
        "set_at_time_ns": t.NAT64,
        "settings": _TYPES["CanisterSettings"],
        "upload_id": t.NAT64,
        "version": t.NAT32,
        "init_arg": t.Opt(t.BLOB),
    },
)
_TYPES.record(
    UpgradeRequest,
    {
        "canister_id": t.PRINCIPAL,
        "arg": t.Opt(t.BLOB),
        "snapshot_first": t.Opt(t.BOOL),
        "upload_id": t.Opt(t.NAT64),
    },
)
_TYPES.record(
    UpgradeResponse,
    {"canister_id": t.PRINCIPAL, "module_hash": t.BLOB, "operation_id": t.NAT64},
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

_ADD_ADMIN: MethodBinding[Result] = _TYPES.method("add_admin", [t.PRINCIPAL], [_TYPES["Result"]])
_CLEANUP_EXPIRED_UPLOADS_MANUAL: MethodBinding[Result1] = _TYPES.method(
    "cleanup_expired_uploads_manual",
    [],
    [_TYPES["Result1"]],
)
_COMMIT_UPLOAD: MethodBinding[bool] = _TYPES.method(
    "commit_upload",
    [t.NAT64, _TYPES["UploadCommit"]],
    [t.BOOL],
)
_COMMIT_UPLOAD_WITH: MethodBinding[Result2] = _TYPES.method(
    "commit_upload_with",
    [t.NAT64, _TYPES["UploadCommit"]],
    [_TYPES["Result2"]],
)
_CREATE_AND_INSTALL_WITH: MethodBinding[CreateInstallResponse] = _TYPES.method(
    "create_and_install_with",
    [_TYPES["CreateInstallRequest"]],
    [_TYPES["CreateInstallResponse"]],
)
_CREATE_CANISTER_INSTALL: MethodBinding[CreateInstallResponse] = _TYPES.method(
    "create_canister_install",
    [t.NAT64, _TYPES["CreateInstallRequest"]],
    [_TYPES["CreateInstallResponse"]],
)
_CREATE_CANISTER_INSTALL_WITH_EXTRA_CONTROLLERS: MethodBinding[CreateInstallResponse] = (
    _TYPES.method(
        "create_canister_install_with_extra_controllers",
        [t.NAT64, _TYPES["CreateInstallRequest"], t.Vec(t.PRINCIPAL)],
        [_TYPES["CreateInstallResponse"]],
    )
)
_CREATE_FEATURE_CANISTER: MethodBinding[Principal] = _TYPES.method(
    "create_feature_canister",
    [t.TEXT, t.PRINCIPAL, t.BLOB],
    [t.PRINCIPAL],
)
_CREATE_UPLOAD: MethodBinding[int] = _TYPES.method("create_upload", [], [t.NAT64])
_CREATE_UPLOAD_WITH: MethodBinding[Result3] = _TYPES.method(
    "create_upload_with",
    [_TYPES["CreateUploadRequest"]],
    [_TYPES["Result3"]],
)
_CREATE_USER_CANISTER: MethodBinding[Principal] = _TYPES.method(
    "create_user_canister",
    [t.PRINCIPAL],
    [t.PRINCIPAL],
)
_DELETE_CANISTER: MethodBinding[None] = _TYPES.method("delete_canister", [t.PRINCIPAL], [])
_DELETE_UPLOAD: MethodBinding[bool] = _TYPES.method("delete_upload", [t.NAT64], [t.BOOL])
_GET_CALLER_STATS: MethodBinding[CallerStats] = _TYPES.method(
    "get_caller_stats",
    [],
    [_TYPES["CallerStats"]],
)
_GET_CANISTER_INFO: MethodBinding[CanisterInfo | None] = _TYPES.method(
    "get_canister_info",
    [t.PRINCIPAL],
    [t.Opt(_TYPES["CanisterInfo"])],
)
_GET_CONFIG: MethodBinding[ConfigInfo] = _TYPES.method("get_config", [], [_TYPES["ConfigInfo"]])
_GET_EVENTS: MethodBinding[list[Event]] = _TYPES.method(
    "get_events",
    [t.Opt(t.NAT64), t.Opt(t.NAT32)],
    [t.Vec(_TYPES["Event"])],
)
_GET_FACTORY_STATS: MethodBinding[FactoryStats] = _TYPES.method(
    "get_factory_stats",
    [],
    [_TYPES["FactoryStats"]],
)
_GET_OPERATION: MethodBinding[OperationInfo | None] = _TYPES.method(
    "get_operation",
    [t.NAT64],
    [t.Opt(_TYPES["OperationInfo"])],
)
_GET_UPLOAD_INFO: MethodBinding[UploadInfo | None] = _TYPES.method(
    "get_upload_info",
    [t.NAT64],
    [t.Opt(_TYPES["UploadInfo"])],
)
_HANDOFF_CANISTER: MethodBinding[Result] = _TYPES.method(
    "handoff_canister",
    [t.PRINCIPAL],
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
_LIST_CANISTERS: MethodBinding[CanisterList] = _TYPES.method(
    "list_canisters",
    [t.Opt(_TYPES["CanisterFilter"]), t.Opt(_TYPES["CanisterPage"])],
    [_TYPES["CanisterList"]],
)
_LIST_OPERATIONS: MethodBinding[OperationList] = _TYPES.method(
    "list_operations",
    [t.Opt(t.NAT64), t.Opt(t.NAT32)],
    [_TYPES["OperationList"]],
)
_LIST_TEMPLATES: MethodBinding[list[TemplateInfo]] = _TYPES.method(
    "list_templates",
    [t.Opt(t.TEXT), t.Opt(t.NAT32)],
    [t.Vec(_TYPES["TemplateInfo"])],
)
_LIST_UPLOADS: MethodBinding[list[UploadInfo]] = _TYPES.method(
    "list_uploads",
    [t.Opt(t.NAT64), t.Opt(t.NAT32), t.Opt(t.PRINCIPAL)],
    [t.Vec(_TYPES["UploadInfo"])],
)
_LIST_USER_CANISTERS: MethodBinding[list[CanisterInfo]] = _TYPES.method(
    "list_user_canisters",
    [t.PRINCIPAL],
    [t.Vec(_TYPES["CanisterInfo"])],
)
_MY_STATS: MethodBinding[CallerStats] = _TYPES.method("my_stats", [], [_TYPES["CallerStats"]])
_PUT_CHUNK: MethodBinding[bool] = _TYPES.method("put_chunk", [t.NAT64, t.BLOB], [t.BOOL])
_PUT_CHUNK_AT: MethodBinding[Result] = _TYPES.method(
    "put_chunk_at",
    [t.NAT64, t.NAT32, t.BLOB],
    [_TYPES["Result"]],
)
_REFRESH_CANISTER_INFO: MethodBinding[Result4] = _TYPES.method(
    "refresh_canister_info",
    [t.PRINCIPAL],
    [_TYPES["Result4"]],
)
_REMOVE_ADMIN: MethodBinding[Result] = _TYPES.method(
    "remove_admin",
    [t.PRINCIPAL],
    [_TYPES["Result"]],
)
_REMOVE_TEMPLATE: MethodBinding[Result] = _TYPES.method(
    "remove_template",
    [t.TEXT],
    [_TYPES["Result"]],
)
_SET_ALLOWLIST: MethodBinding[Result] = _TYPES.method(
    "set_allowlist",
    [t.Opt(t.Vec(t.PRINCIPAL))],
    [_TYPES["Result"]],
)
_SET_EMERGENCY_STOP: MethodBinding[Result] = _TYPES.method(
    "set_emergency_stop",
    [t.BOOL],
    [_TYPES["Result"]],
)
_SET_TEMPLATE: MethodBinding[Result] = _TYPES.method(
    "set_template",
    [_TYPES["SetTemplate"]],
    [_TYPES["Result"]],
)
_START_CANISTER: MethodBinding[Result] = _TYPES.method(
    "start_canister",
    [t.PRINCIPAL],
    [_TYPES["Result"]],
)
_START_CREATION: MethodBinding[Result1] = _TYPES.method(
    "start_creation",
    [_TYPES["CreateInstallRequest"]],
    [_TYPES["Result1"]],
)
_STOP_CANISTER: MethodBinding[Result] = _TYPES.method(
    "stop_canister",
    [t.PRINCIPAL],
    [_TYPES["Result"]],
)
_TOP_UP_CANISTER: MethodBinding[Result] = _TYPES.method(
    "top_up_canister",
    [t.PRINCIPAL, t.NAT],
    [_TYPES["Result"]],
)
_UPDATE_CONFIG: MethodBinding[Result5] = _TYPES.method(
    "update_config",
    [_TYPES["ConfigUpdate"]],
    [_TYPES["Result5"]],
)
_UPGRADE_CANISTER: MethodBinding[None] = _TYPES.method(
    "upgrade_canister",
    [t.PRINCIPAL, t.BLOB],
    [],
)
_UPGRADE_CANISTER_WITH: MethodBinding[Result6] = _TYPES.method(
    "upgrade_canister_with",
    [_TYPES["UpgradeRequest"]],
    [_TYPES["Result6"]],
)
_UPLOAD_CHUNK: MethodBinding[bool] = _TYPES.method("upload_chunk", [t.NAT64, t.BLOB], [t.BOOL])
_VERSION: MethodBinding[Version] = _TYPES.method("version", [], [_TYPES["Version"]])
_INIT_ARGS: MethodBinding[None] = _TYPES.method("init", [t.Opt(_TYPES["InitArgument"])], [])


def encode_init_args(arg: InitArgument | None = None) -> bytes:
    """Returns the argument to install the canister with."""
    return _INIT_ARGS.encode_args([arg])
