# Generated from ic_factory/drivers/interfaces/management.did; changes here are lost.
# To generate it again: scripts/generate-drivers
"""The types and the client of `ic_factory/drivers/interfaces/management.did`."""

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
class HttpHeader:
    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpResponse:
    body: bytes
    headers: list[HttpHeader]
    status: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpTransform:
    """The record `HttpTransform`.

    Attributes:
        function: Takes out what differs between the answers that the nodes got.
    """

    context: bytes
    function: FuncReference


class EcdsaKeyIdCurve(enum.Enum):
    SECP256K1 = "secp256k1"


@dataclass(frozen=True, slots=True, kw_only=True)
class EcdsaKeyId:
    curve: EcdsaKeyIdCurve
    name: str


class SchnorrKeyIdAlgorithm(enum.Enum):
    BIP340SECP256K1 = "bip340secp256k1"
    ED25519 = "ed25519"


@dataclass(frozen=True, slots=True, kw_only=True)
class SchnorrKeyId:
    algorithm: SchnorrKeyIdAlgorithm
    name: str


class VetkdKeyIdCurve(enum.Enum):
    BLS12_381_G2 = "bls12_381_g2"


@dataclass(frozen=True, slots=True, kw_only=True)
class VetkdKeyId:
    curve: VetkdKeyIdCurve
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicKey:
    """A public key, and the chain code to derive others of it."""

    chain_code: bytes
    public_key: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    signature: bytes


class BitcoinNetwork(enum.Enum):
    MAINNET = "mainnet"
    REGTEST = "regtest"
    TESTNET = "testnet"


@dataclass(frozen=True, slots=True, kw_only=True)
class UtxoOutpoint:
    txid: bytes
    vout: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Utxo:
    """An output that has not been spent.

    Attributes:
        value: Satoshi.
    """

    height: int
    outpoint: UtxoOutpoint
    value: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Canister:
    """What a method is about."""

    canister_id: Principal


@dataclass(frozen=True, slots=True)
class LogVisibilityAllowedViewers:
    """Controllers, and these."""

    value: list[Principal]


@dataclass(frozen=True, slots=True)
class LogVisibilityControllers:
    """The case `controllers` of `LogVisibility`."""


@dataclass(frozen=True, slots=True)
class LogVisibilityPublic:
    """The case `public` of `LogVisibility`."""


LogVisibility: TypeAlias = (
    LogVisibilityAllowedViewers | LogVisibilityControllers | LogVisibilityPublic
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentVariable:
    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What is left out has the IC's default in a new canister, and stays in another.

    Attributes:
        compute_allocation: Percent of a core that is kept free.
        controllers: At most 10.
        freezing_threshold: Seconds that the balance must last for, or the canister
            freezes.
        log_memory_limit: Bytes of logs that are kept.
        log_visibility: Who may read the logs.
        memory_allocation: Bytes that are set aside; 0 for as many as there are.
        minimum_incoming_canister_call_cycles: Cycles that a call from another canister
            must bring along.
        reserved_cycles_limit: Cycles that may be set aside for storage.
        snapshot_visibility: Who may list and read snapshots.
        status_visibility: Who may ask for the status.
        wasm_memory_limit: Bytes of WASM memory; an update that would need more fails.
        wasm_memory_threshold: Bytes below that limit at which
            `canister_on_low_wasm_memory` runs.
    """

    compute_allocation: int | None = None
    controllers: list[Principal] | None = None
    environment_variables: list[EnvironmentVariable] | None = None
    freezing_threshold: int | None = None
    log_memory_limit: int | None = None
    log_visibility: LogVisibility | None = None
    memory_allocation: int | None = None
    minimum_incoming_canister_call_cycles: int | None = None
    reserved_cycles_limit: int | None = None
    snapshot_visibility: LogVisibility | None = None
    status_visibility: LogVisibility | None = None
    wasm_memory_limit: int | None = None
    wasm_memory_threshold: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DefiniteSettings:
    """The settings that are in force.

    Attributes:
        compute_allocation: Percent of a core.
        freezing_threshold: Seconds.
        memory_allocation: Bytes.
        reserved_cycles_limit: Cycles.
        log_memory_limit: Bytes.
        minimum_incoming_canister_call_cycles: Cycles.
        wasm_memory_limit: Bytes.
        wasm_memory_threshold: Bytes.
    """

    compute_allocation: int
    controllers: list[Principal]
    freezing_threshold: int
    memory_allocation: int
    reserved_cycles_limit: int
    environment_variables: list[EnvironmentVariable] | None = None
    log_memory_limit: int | None = None
    log_visibility: LogVisibility | None = None
    minimum_incoming_canister_call_cycles: int | None = None
    snapshot_visibility: LogVisibility | None = None
    status_visibility: LogVisibility | None = None
    wasm_memory_limit: int | None = None
    wasm_memory_threshold: int | None = None


@dataclass(frozen=True, slots=True)
class InstallModeInstall:
    """Code for an empty canister."""


@dataclass(frozen=True, slots=True)
class InstallModeReinstall:
    """Other code; the state is wiped."""


@dataclass(frozen=True, slots=True)
class InstallModeUpgrade:
    """Other code; stable memory stays."""

    value: UpgradeOptions | None = None


InstallMode: TypeAlias = InstallModeInstall | InstallModeReinstall | InstallModeUpgrade


class UpgradeOptionsWasmMemoryPersistence(enum.Enum):
    KEEP = "keep"
    REPLACE = "replace"


@dataclass(frozen=True, slots=True, kw_only=True)
class UpgradeOptions:
    """The record `UpgradeOptions`.

    Attributes:
        skip_pre_upgrade: Whether `canister_pre_upgrade` is left out.
        wasm_memory_persistence: What becomes of the WASM memory.
    """

    skip_pre_upgrade: bool | None = None
    wasm_memory_persistence: UpgradeOptionsWasmMemoryPersistence | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChunkHash:
    """The SHA-256 of a chunk, by which the chunk store knows it."""

    hash: bytes


class RunState(enum.Enum):
    RUNNING = "running"
    STOPPED = "stopped"
    STOPPING = "stopping"


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """The record `Status`.

    Attributes:
        memory_size: Bytes in all.
        reserved_cycles: Cycles that are set aside for storage.
        module_hash: SHA-256 of the code; nothing without code.
        ready_for_migration: Whether the canister is stopped, and nothing is in its way
            to another subnet.
        version: Counts changes of code and settings.
    """

    cycles: int
    idle_cycles_burned_per_day: int
    memory_size: int
    reserved_cycles: int
    settings: DefiniteSettings
    status: RunState
    memory_metrics: MemoryMetrics | None = None
    module_hash: bytes | None = None
    query_stats: QueryStats | None = None
    ready_for_migration: bool | None = None
    version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryMetrics:
    """Bytes, by what they are used for."""

    canister_history_size: int
    custom_sections_size: int
    global_memory_size: int
    snapshots_size: int
    stable_memory_size: int
    wasm_binary_size: int
    wasm_chunk_store_size: int
    wasm_memory_size: int
    log_memory_store_size: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryStats:
    """What all queries took together."""

    num_calls_total: int
    num_instructions_total: int
    request_payload_bytes_total: int
    response_payload_bytes_total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """The record `Change`.

    Attributes:
        details: Nothing where it is of a kind that is not listed.
        origin: Nothing where it is of a kind that is not listed.
    """

    canister_version: int
    timestamp_nanos: int
    details: ChangeDetails | None = None
    origin: ChangeOrigin | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeOriginFromCanister:
    """The case `from_canister` of `ChangeOrigin`."""

    canister_id: Principal
    canister_version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeOriginFromUser:
    """The case `from_user` of `ChangeOrigin`."""

    user_id: Principal


ChangeOrigin: TypeAlias = ChangeOriginFromCanister | ChangeOriginFromUser


class ChangeDetailsCodeDeploymentMode(enum.Enum):
    INSTALL = "install"
    REINSTALL = "reinstall"
    UPGRADE = "upgrade"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeDetailsRenameCanisterRenameTo:
    canister_id: Principal
    total_num_changes: int
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeDetailsCodeDeployment:
    """The case `code_deployment` of `ChangeDetails`."""

    mode: ChangeDetailsCodeDeploymentMode
    module_hash: bytes


@dataclass(frozen=True, slots=True)
class ChangeDetailsCodeUninstall:
    """The case `code_uninstall` of `ChangeDetails`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeDetailsControllersChange:
    """The case `controllers_change` of `ChangeDetails`."""

    controllers: list[Principal]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeDetailsCreation:
    """The case `creation` of `ChangeDetails`."""

    controllers: list[Principal]
    environment_variables_hash: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeDetailsLoadSnapshot:
    """The case `load_snapshot` of `ChangeDetails`.

    Attributes:
        canister_version: Of the canister when the snapshot was taken.
        from_canister_id: The canister that the snapshot was taken of, if another.
    """

    canister_version: int
    snapshot_id: bytes
    taken_at_timestamp: int
    from_canister_id: Principal | None = None
    source: SnapshotSource | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeDetailsRenameCanister:
    """The case `rename_canister` of `ChangeDetails`."""

    canister_id: Principal
    rename_to: ChangeDetailsRenameCanisterRenameTo
    requested_by: Principal
    total_num_changes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeDetailsSettingsChange:
    """The case `settings_change` of `ChangeDetails`."""

    controllers: list[Principal] | None = None
    environment_variables_hash: bytes | None = None


ChangeDetails: TypeAlias = (
    ChangeDetailsCodeDeployment
    | ChangeDetailsCodeUninstall
    | ChangeDetailsControllersChange
    | ChangeDetailsCreation
    | ChangeDetailsLoadSnapshot
    | ChangeDetailsRenameCanister
    | ChangeDetailsSettingsChange
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRecord:
    """The record `LogRecord`.

    Attributes:
        idx: Counts from 0.
    """

    content: bytes
    idx: int
    timestamp_nanos: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRange:
    """From `start` on, up to and without `end`."""

    end: int
    start: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A snapshot of a canister.

    Attributes:
        taken_at_timestamp: Nanoseconds since 1970.
        total_size: Bytes.
    """

    id: bytes
    taken_at_timestamp: int
    total_size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotOfCanister:
    canister_id: Principal
    snapshot_id: bytes


class SnapshotSource(enum.Enum):
    METADATA_UPLOAD = "metadata_upload"
    TAKEN_FROM_CANISTER = "taken_from_canister"


@dataclass(frozen=True, slots=True)
class GlobalValueF32:
    """The case `f32` of `GlobalValue`."""

    value: float


@dataclass(frozen=True, slots=True)
class GlobalValueF64:
    """The case `f64` of `GlobalValue`."""

    value: float


@dataclass(frozen=True, slots=True)
class GlobalValueI32:
    """The case `i32` of `GlobalValue`."""

    value: int


@dataclass(frozen=True, slots=True)
class GlobalValueI64:
    """The case `i64` of `GlobalValue`."""

    value: int


@dataclass(frozen=True, slots=True)
class GlobalValueV128:
    """The case `v128` of `GlobalValue`."""

    value: int


GlobalValue: TypeAlias = (
    GlobalValueF32 | GlobalValueF64 | GlobalValueI32 | GlobalValueI64 | GlobalValueV128
)


@dataclass(frozen=True, slots=True)
class GlobalTimerActive:
    """Nanoseconds since 1970."""

    value: int


@dataclass(frozen=True, slots=True)
class GlobalTimerInactive:
    """The case `inactive` of `GlobalTimer`."""


GlobalTimer: TypeAlias = GlobalTimerActive | GlobalTimerInactive


class LowWasmMemoryHookStatus(enum.Enum):
    CONDITION_NOT_SATISFIED = "condition_not_satisfied"
    EXECUTED = "executed"
    READY = "ready"


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotSlice:
    """Some bytes of a snapshot."""

    offset: int
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CyclesConsumed:
    """The management canister of a subnet.

    Cycles consumed since the canister was created, by what they were consumed for.

    Attributes:
        uninstall: What was left of it when it could not pay for what it holds.
    """

    burned_cycles: int
    canister_creation: int
    compute_allocation: int
    http_outcalls: int
    ingress_induction: int
    instructions: int
    memory: int
    request_and_response_transmission: int
    uninstall: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BitcoinGetBalanceArg:
    address: str
    network: BitcoinNetwork
    min_confirmations: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BitcoinGetBlockHeadersArg:
    network: BitcoinNetwork
    start_height: int
    end_height: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BitcoinGetBlockHeadersResult:
    block_headers: list[bytes]
    tip_height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BitcoinGetCurrentFeePercentilesArg:
    network: BitcoinNetwork


@dataclass(frozen=True, slots=True)
class BitcoinGetUtxosArgFilterMinConfirmations:
    """The case `min_confirmations` of `BitcoinGetUtxosArgFilter`."""

    value: int


@dataclass(frozen=True, slots=True)
class BitcoinGetUtxosArgFilterPage:
    """The case `page` of `BitcoinGetUtxosArgFilter`."""

    value: bytes


BitcoinGetUtxosArgFilter: TypeAlias = (
    BitcoinGetUtxosArgFilterMinConfirmations | BitcoinGetUtxosArgFilterPage
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BitcoinGetUtxosArg:
    address: str
    network: BitcoinNetwork
    filter: BitcoinGetUtxosArgFilter | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BitcoinGetUtxosResult:
    tip_block_hash: bytes
    tip_height: int
    utxos: list[Utxo]
    next_page: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BitcoinSendTransactionArg:
    network: BitcoinNetwork
    transaction: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class CanisterInfoArg:
    canister_id: Principal
    num_requested_changes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CanisterInfoResult:
    """The record `CanisterInfoResult`.

    Attributes:
        recent_changes: The latest of them, oldest first.
        total_num_changes: How many changes there have been since the canister was
            created.
    """

    controllers: list[Principal]
    recent_changes: list[Change]
    total_num_changes: int
    module_hash: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CanisterMetadataArg:
    canister_id: Principal
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CanisterMetadataResult:
    value: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class CanisterMetricsResult:
    cycles_consumed: CyclesConsumed


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateCanisterArg:
    sender_canister_version: int | None = None
    settings: Settings | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EcdsaPublicKeyArg:
    """The record `EcdsaPublicKeyArg`.

    Attributes:
        canister_id: Whose key; the caller's where it is left out.
    """

    derivation_path: list[bytes]
    key_id: EcdsaKeyId
    canister_id: Principal | None = None


@dataclass(frozen=True, slots=True)
class FetchCanisterLogsArgFilterByIdx:
    """The case `by_idx` of `FetchCanisterLogsArgFilter`."""

    value: LogRange


@dataclass(frozen=True, slots=True)
class FetchCanisterLogsArgFilterByTimestampNanos:
    """The case `by_timestamp_nanos` of `FetchCanisterLogsArgFilter`."""

    value: LogRange


FetchCanisterLogsArgFilter: TypeAlias = (
    FetchCanisterLogsArgFilterByIdx | FetchCanisterLogsArgFilterByTimestampNanos
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchCanisterLogsArg:
    canister_id: Principal
    filter: FetchCanisterLogsArgFilter | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchCanisterLogsResult:
    canister_log_records: list[LogRecord]


class HttpRequestArgMethod(enum.Enum):
    GET = "get"
    HEAD = "head"
    POST = "post"


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpRequestArg:
    """The record `HttpRequestArg`.

    Attributes:
        is_replicated: Whether all nodes ask, and must agree: true by default.
    """

    headers: list[HttpHeader]
    method: HttpRequestArgMethod
    url: str
    body: bytes | None = None
    is_replicated: bool | None = None
    max_response_bytes: int | None = None
    pricing_version: int | None = None
    transform: HttpTransform | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallChunkedCodeArg:
    """The record `InstallChunkedCodeArg`.

    Attributes:
        arg: Candid, for `canister_init` or `canister_post_upgrade`.
        chunk_hashes_list: In the order of the module.
        wasm_module_hash: SHA-256 of all chunks together.
        store_canister: Whose chunk store has the chunks; the target's where it is left
            out.
    """

    arg: bytes
    chunk_hashes_list: list[ChunkHash]
    mode: InstallMode
    target_canister: Principal
    wasm_module_hash: bytes
    sender_canister_version: int | None = None
    store_canister: Principal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallCodeArg:
    """The record `InstallCodeArg`.

    Attributes:
        arg: Candid, for `canister_init` or `canister_post_upgrade`.
        wasm_module: The module, gzipped or not.
    """

    arg: bytes
    canister_id: Principal
    mode: InstallMode
    wasm_module: bytes
    sender_canister_version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListCanistersResultCanisters:
    end: Principal
    start: Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class ListCanistersResult:
    canisters: list[ListCanistersResultCanisters]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadCanisterSnapshotArg:
    canister_id: Principal
    snapshot_id: bytes
    sender_canister_version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeMetricsHistoryArg:
    start_at_timestamp_nanos: int
    subnet_id: Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeMetricsHistoryResultNodeMetrics:
    node_id: Principal
    num_block_failures_total: int
    num_blocks_proposed_total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeMetricsHistoryResult:
    node_metrics: list[NodeMetricsHistoryResultNodeMetrics]
    timestamp_nanos: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvisionalCreateCanisterWithCyclesArg:
    """The record `ProvisionalCreateCanisterWithCyclesArg`.

    Attributes:
        amount: Cycles; a default of the replica where it is left out.
        specified_id: The id that the canister shall have.
    """

    amount: int | None = None
    sender_canister_version: int | None = None
    settings: Settings | None = None
    specified_id: Principal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvisionalTopUpCanisterArg:
    amount: int
    canister_id: Principal


@dataclass(frozen=True, slots=True)
class ReadCanisterSnapshotDataArgKindStableMemory:
    """The case `stable_memory` of `ReadCanisterSnapshotDataArgKind`."""

    value: SnapshotSlice


@dataclass(frozen=True, slots=True)
class ReadCanisterSnapshotDataArgKindWasmChunk:
    """The case `wasm_chunk` of `ReadCanisterSnapshotDataArgKind`."""

    value: ChunkHash


@dataclass(frozen=True, slots=True)
class ReadCanisterSnapshotDataArgKindWasmMemory:
    """The case `wasm_memory` of `ReadCanisterSnapshotDataArgKind`."""

    value: SnapshotSlice


@dataclass(frozen=True, slots=True)
class ReadCanisterSnapshotDataArgKindWasmModule:
    """The case `wasm_module` of `ReadCanisterSnapshotDataArgKind`."""

    value: SnapshotSlice


ReadCanisterSnapshotDataArgKind: TypeAlias = (
    ReadCanisterSnapshotDataArgKindStableMemory
    | ReadCanisterSnapshotDataArgKindWasmChunk
    | ReadCanisterSnapshotDataArgKindWasmMemory
    | ReadCanisterSnapshotDataArgKindWasmModule
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadCanisterSnapshotDataArg:
    canister_id: Principal
    kind: ReadCanisterSnapshotDataArgKind
    snapshot_id: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadCanisterSnapshotDataResult:
    chunk: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadCanisterSnapshotMetadataResult:
    canister_version: int
    certified_data: bytes
    globals: list[GlobalValue]
    stable_memory_size: int
    taken_at_timestamp: int
    wasm_chunk_store: list[ChunkHash]
    wasm_memory_size: int
    wasm_module_size: int
    global_timer: GlobalTimer | None = None
    on_low_wasm_memory_hook_status: LowWasmMemoryHookStatus | None = None
    source: SnapshotSource | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SchnorrPublicKeyArg:
    """The record `SchnorrPublicKeyArg`.

    Attributes:
        canister_id: Whose key; the caller's where it is left out.
    """

    derivation_path: list[bytes]
    key_id: SchnorrKeyId
    canister_id: Principal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignWithEcdsaArg:
    """The record `SignWithEcdsaArg`.

    Attributes:
        message_hash: 32 bytes.
    """

    derivation_path: list[bytes]
    key_id: EcdsaKeyId
    message_hash: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class SignWithSchnorrArgAuxBip341:
    """The case `bip341` of `SignWithSchnorrArgAux`."""

    merkle_root_hash: bytes


SignWithSchnorrArgAux: TypeAlias = SignWithSchnorrArgAuxBip341


@dataclass(frozen=True, slots=True, kw_only=True)
class SignWithSchnorrArg:
    derivation_path: list[bytes]
    key_id: SchnorrKeyId
    message: bytes
    aux: SignWithSchnorrArgAux | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SubnetInfoArg:
    subnet_id: Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class SubnetInfoResult:
    replica_version: str
    registry_version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeCanisterSnapshotArg:
    canister_id: Principal
    replace_snapshot: bytes | None = None
    sender_canister_version: int | None = None
    uninstall_code: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UninstallCodeArg:
    canister_id: Principal
    sender_canister_version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateSettingsArg:
    canister_id: Principal
    settings: Settings
    sender_canister_version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadCanisterSnapshotDataArgKindStableMemory:
    """The case `stable_memory` of `UploadCanisterSnapshotDataArgKind`."""

    offset: int


@dataclass(frozen=True, slots=True)
class UploadCanisterSnapshotDataArgKindWasmChunk:
    """The case `wasm_chunk` of `UploadCanisterSnapshotDataArgKind`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadCanisterSnapshotDataArgKindWasmMemory:
    """The case `wasm_memory` of `UploadCanisterSnapshotDataArgKind`."""

    offset: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadCanisterSnapshotDataArgKindWasmModule:
    """The case `wasm_module` of `UploadCanisterSnapshotDataArgKind`."""

    offset: int


UploadCanisterSnapshotDataArgKind: TypeAlias = (
    UploadCanisterSnapshotDataArgKindStableMemory
    | UploadCanisterSnapshotDataArgKindWasmChunk
    | UploadCanisterSnapshotDataArgKindWasmMemory
    | UploadCanisterSnapshotDataArgKindWasmModule
)


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadCanisterSnapshotDataArg:
    canister_id: Principal
    chunk: bytes
    kind: UploadCanisterSnapshotDataArgKind
    snapshot_id: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadCanisterSnapshotMetadataArg:
    canister_id: Principal
    certified_data: bytes
    globals: list[GlobalValue]
    stable_memory_size: int
    wasm_memory_size: int
    wasm_module_size: int
    global_timer: GlobalTimer | None = None
    on_low_wasm_memory_hook_status: LowWasmMemoryHookStatus | None = None
    replace_snapshot: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadCanisterSnapshotMetadataResult:
    snapshot_id: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadChunkArg:
    canister_id: Principal
    chunk: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class VetkdDeriveKeyArg:
    context: bytes
    input: bytes
    key_id: VetkdKeyId
    transport_public_key: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class VetkdDeriveKeyResult:
    encrypted_key: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class VetkdPublicKeyArg:
    """The record `VetkdPublicKeyArg`.

    Attributes:
        canister_id: Whose key; the caller's where it is left out.
    """

    context: bytes
    key_id: VetkdKeyId
    canister_id: Principal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VetkdPublicKeyResult:
    public_key: bytes


class ManagementClient(CanisterClient):
    """The methods of the canister, each of which is a call.

    All raise BindingError for what does not fit its type, besides what the caller raises.
    """

    def bitcoin_get_balance(self, arg: BitcoinGetBalanceArg) -> int:
        """Satoshi of an address."""
        return self._update(_BITCOIN_GET_BALANCE, arg)

    def bitcoin_get_block_headers(
        self,
        arg: BitcoinGetBlockHeadersArg,
    ) -> BitcoinGetBlockHeadersResult:
        return self._update(_BITCOIN_GET_BLOCK_HEADERS, arg)

    def bitcoin_get_current_fee_percentiles(
        self,
        arg: BitcoinGetCurrentFeePercentilesArg,
    ) -> list[int]:
        """Millisatoshi per byte."""
        return self._update(_BITCOIN_GET_CURRENT_FEE_PERCENTILES, arg)

    def bitcoin_get_utxos(self, arg: BitcoinGetUtxosArg) -> BitcoinGetUtxosResult:
        """What an address has not spent."""
        return self._update(_BITCOIN_GET_UTXOS, arg)

    def bitcoin_send_transaction(self, arg: BitcoinSendTransactionArg) -> None:
        self._update(_BITCOIN_SEND_TRANSACTION, arg)

    def canister_info(self, arg: CanisterInfoArg) -> CanisterInfoResult:
        """What everybody may know of a canister."""
        return self._update(_CANISTER_INFO, arg)

    def canister_metadata(self, arg: CanisterMetadataArg) -> CanisterMetadataResult:
        """A custom section `icp:public <name>` or `icp:private <name>` of a canister's code."""
        return self._update(_CANISTER_METADATA, arg)

    def canister_metrics(self, arg: Canister) -> CanisterMetricsResult:
        """The cycles that a canister has consumed, for its controllers."""
        return self._update(_CANISTER_METRICS, arg)

    def canister_status(self, arg: Canister) -> Status:
        """What controllers may know of a canister."""
        return self._update(_CANISTER_STATUS, arg)

    def clear_chunk_store(self, arg: Canister) -> None:
        """Empties a canister's chunk store."""
        self._update(_CLEAR_CHUNK_STORE, arg)

    def create_canister(self, arg: CreateCanisterArg) -> Canister:
        """Makes an empty canister on the subnet of the calling canister."""
        return self._update(_CREATE_CANISTER, arg)

    def delete_canister(self, arg: Canister) -> None:
        """Deletes a stopped canister; its cycles are lost."""
        self._update(_DELETE_CANISTER, arg)

    def delete_canister_snapshot(self, arg: SnapshotOfCanister) -> None:
        self._update(_DELETE_CANISTER_SNAPSHOT, arg)

    def deposit_cycles(self, arg: Canister) -> None:
        """Adds the cycles of the call to a canister."""
        self._update(_DEPOSIT_CYCLES, arg)

    def ecdsa_public_key(self, arg: EcdsaPublicKeyArg) -> PublicKey:
        return self._update(_ECDSA_PUBLIC_KEY, arg)

    def fetch_canister_logs(self, arg: FetchCanisterLogsArg) -> FetchCanisterLogsResult:
        """The latest logs of a canister, oldest first."""
        return self._query(_FETCH_CANISTER_LOGS, arg)

    def http_request(self, arg: HttpRequestArg) -> HttpResponse:
        """Asks a web server."""
        return self._update(_HTTP_REQUEST, arg)

    def install_chunked_code(self, arg: InstallChunkedCodeArg) -> None:
        """Installs, reinstalls or upgrades code from chunks that were uploaded."""
        self._update(_INSTALL_CHUNKED_CODE, arg)

    def install_code(self, arg: InstallCodeArg) -> None:
        """Installs, reinstalls or upgrades code that fits in one message."""
        self._update(_INSTALL_CODE, arg)

    def list_canister_snapshots(self, arg: Canister) -> list[Snapshot]:
        return self._update(_LIST_CANISTER_SNAPSHOTS, arg)

    def list_canisters(self) -> ListCanistersResult:
        """The canister ids of the subnet that are in use, as ranges.

        For the subnet's admins.
        """
        return self._query(_LIST_CANISTERS)

    def load_canister_snapshot(self, arg: LoadCanisterSnapshotArg) -> None:
        """Puts a canister back to a snapshot."""
        self._update(_LOAD_CANISTER_SNAPSHOT, arg)

    def node_metrics_history(self, arg: NodeMetricsHistoryArg) -> list[NodeMetricsHistoryResult]:
        """How many blocks each node of a subnet has made and missed."""
        return self._update(_NODE_METRICS_HISTORY, arg)

    def provisional_create_canister_with_cycles(
        self,
        arg: ProvisionalCreateCanisterWithCyclesArg,
    ) -> Canister:
        """Makes a canister out of nothing, with cycles out of nothing.

        Local replicas only.
        """
        return self._update(_PROVISIONAL_CREATE_CANISTER_WITH_CYCLES, arg)

    def provisional_top_up_canister(self, arg: ProvisionalTopUpCanisterArg) -> None:
        """Adds cycles out of nothing.

        Local replicas only.
        """
        self._update(_PROVISIONAL_TOP_UP_CANISTER, arg)

    def raw_rand(self) -> bytes:
        """32 bytes that nobody could foretell."""
        return self._update(_RAW_RAND)

    def read_canister_snapshot_data(
        self,
        arg: ReadCanisterSnapshotDataArg,
    ) -> ReadCanisterSnapshotDataResult:
        """Bytes of a snapshot."""
        return self._update(_READ_CANISTER_SNAPSHOT_DATA, arg)

    def read_canister_snapshot_metadata(
        self,
        arg: SnapshotOfCanister,
    ) -> ReadCanisterSnapshotMetadataResult:
        """All of a snapshot but its bytes."""
        return self._update(_READ_CANISTER_SNAPSHOT_METADATA, arg)

    def schnorr_public_key(self, arg: SchnorrPublicKeyArg) -> PublicKey:
        return self._update(_SCHNORR_PUBLIC_KEY, arg)

    def sign_with_ecdsa(self, arg: SignWithEcdsaArg) -> Signature:
        return self._update(_SIGN_WITH_ECDSA, arg)

    def sign_with_schnorr(self, arg: SignWithSchnorrArg) -> Signature:
        return self._update(_SIGN_WITH_SCHNORR, arg)

    def start_canister(self, arg: Canister) -> None:
        """Lets a canister take calls."""
        self._update(_START_CANISTER, arg)

    def stop_canister(self, arg: Canister) -> None:
        """Answers once the canister has no calls under way."""
        self._update(_STOP_CANISTER, arg)

    def stored_chunks(self, arg: Canister) -> list[ChunkHash]:
        """What is in a canister's chunk store."""
        return self._update(_STORED_CHUNKS, arg)

    def subnet_info(self, arg: SubnetInfoArg) -> SubnetInfoResult:
        return self._update(_SUBNET_INFO, arg)

    def take_canister_snapshot(self, arg: TakeCanisterSnapshotArg) -> Snapshot:
        """Takes a snapshot, in place of another one if that is given."""
        return self._update(_TAKE_CANISTER_SNAPSHOT, arg)

    def uninstall_code(self, arg: UninstallCodeArg) -> None:
        """Removes code and state."""
        self._update(_UNINSTALL_CODE, arg)

    def update_settings(self, arg: UpdateSettingsArg) -> None:
        """Changes the settings that are given."""
        self._update(_UPDATE_SETTINGS, arg)

    def upload_canister_snapshot_data(self, arg: UploadCanisterSnapshotDataArg) -> None:
        """Puts bytes into a snapshot."""
        self._update(_UPLOAD_CANISTER_SNAPSHOT_DATA, arg)

    def upload_canister_snapshot_metadata(
        self,
        arg: UploadCanisterSnapshotMetadataArg,
    ) -> UploadCanisterSnapshotMetadataResult:
        """Begins a snapshot that is filled by `upload_canister_snapshot_data`."""
        return self._update(_UPLOAD_CANISTER_SNAPSHOT_METADATA, arg)

    def upload_chunk(self, arg: UploadChunkArg) -> ChunkHash:
        """Puts a chunk of at most 1 MiB in a canister's chunk store."""
        return self._update(_UPLOAD_CHUNK, arg)

    def vetkd_derive_key(self, arg: VetkdDeriveKeyArg) -> VetkdDeriveKeyResult:
        return self._update(_VETKD_DERIVE_KEY, arg)

    def vetkd_public_key(self, arg: VetkdPublicKeyArg) -> VetkdPublicKeyResult:
        return self._update(_VETKD_PUBLIC_KEY, arg)


# What all of this is in Candid.
_TYPES = TypeBindings()

_TYPES.record(HttpHeader, {"name": t.TEXT, "value": t.TEXT})
_TYPES.record(
    HttpResponse,
    {"body": t.BLOB, "headers": t.Vec(_TYPES["HttpHeader"]), "status": t.NAT},
)
_TYPES.record(
    HttpTransform,
    {
        "context": t.BLOB,
        "function": t.Func(
            (t.Record.of({"context": t.BLOB, "response": _TYPES["HttpResponse"]}),),
            (_TYPES["HttpResponse"],),
            (t.FuncMode.QUERY,),
        ),
    },
)
_TYPES.enum(EcdsaKeyIdCurve)
_TYPES.record(EcdsaKeyId, {"curve": _TYPES["EcdsaKeyIdCurve"], "name": t.TEXT})
_TYPES.enum(SchnorrKeyIdAlgorithm)
_TYPES.record(SchnorrKeyId, {"algorithm": _TYPES["SchnorrKeyIdAlgorithm"], "name": t.TEXT})
_TYPES.enum(VetkdKeyIdCurve)
_TYPES.record(VetkdKeyId, {"curve": _TYPES["VetkdKeyIdCurve"], "name": t.TEXT})
_TYPES.record(PublicKey, {"chain_code": t.BLOB, "public_key": t.BLOB})
_TYPES.record(Signature, {"signature": t.BLOB})
_TYPES.enum(BitcoinNetwork)
_TYPES.record(UtxoOutpoint, {"txid": t.BLOB, "vout": t.NAT32})
_TYPES.record(Utxo, {"height": t.NAT32, "outpoint": _TYPES["UtxoOutpoint"], "value": t.NAT64})
_TYPES.record(Canister, {"canister_id": t.PRINCIPAL})
_TYPES.variant(
    "LogVisibility",
    CaseBinding(LogVisibilityAllowedViewers, "allowed_viewers", t.Vec(t.PRINCIPAL)),
    CaseBinding(LogVisibilityControllers, "controllers"),
    CaseBinding(LogVisibilityPublic, "public"),
)
_TYPES.record(EnvironmentVariable, {"name": t.TEXT, "value": t.TEXT})
_TYPES.record(
    Settings,
    {
        "compute_allocation": t.Opt(t.NAT),
        "controllers": t.Opt(t.Vec(t.PRINCIPAL)),
        "environment_variables": t.Opt(t.Vec(_TYPES["EnvironmentVariable"])),
        "freezing_threshold": t.Opt(t.NAT),
        "log_memory_limit": t.Opt(t.NAT),
        "log_visibility": t.Opt(_TYPES["LogVisibility"]),
        "memory_allocation": t.Opt(t.NAT),
        "minimum_incoming_canister_call_cycles": t.Opt(t.NAT),
        "reserved_cycles_limit": t.Opt(t.NAT),
        "snapshot_visibility": t.Opt(_TYPES["LogVisibility"]),
        "status_visibility": t.Opt(_TYPES["LogVisibility"]),
        "wasm_memory_limit": t.Opt(t.NAT),
        "wasm_memory_threshold": t.Opt(t.NAT),
    },
)
_TYPES.record(
    DefiniteSettings,
    {
        "compute_allocation": t.NAT,
        "controllers": t.Vec(t.PRINCIPAL),
        "freezing_threshold": t.NAT,
        "memory_allocation": t.NAT,
        "reserved_cycles_limit": t.NAT,
        "environment_variables": t.Opt(t.Vec(_TYPES["EnvironmentVariable"])),
        "log_memory_limit": t.Opt(t.NAT),
        "log_visibility": t.Opt(_TYPES["LogVisibility"]),
        "minimum_incoming_canister_call_cycles": t.Opt(t.NAT),
        "snapshot_visibility": t.Opt(_TYPES["LogVisibility"]),
        "status_visibility": t.Opt(_TYPES["LogVisibility"]),
        "wasm_memory_limit": t.Opt(t.NAT),
        "wasm_memory_threshold": t.Opt(t.NAT),
    },
)
_TYPES.variant(
    "InstallMode",
    CaseBinding(InstallModeInstall, "install"),
    CaseBinding(InstallModeReinstall, "reinstall"),
    CaseBinding(InstallModeUpgrade, "upgrade", t.Opt(_TYPES["UpgradeOptions"])),
)
_TYPES.enum(UpgradeOptionsWasmMemoryPersistence)
_TYPES.record(
    UpgradeOptions,
    {
        "skip_pre_upgrade": t.Opt(t.BOOL),
        "wasm_memory_persistence": t.Opt(_TYPES["UpgradeOptionsWasmMemoryPersistence"]),
    },
)
_TYPES.record(ChunkHash, {"hash": t.BLOB})
_TYPES.enum(RunState)
_TYPES.record(
    Status,
    {
        "cycles": t.NAT,
        "idle_cycles_burned_per_day": t.NAT,
        "memory_size": t.NAT,
        "reserved_cycles": t.NAT,
        "settings": _TYPES["DefiniteSettings"],
        "status": _TYPES["RunState"],
        "memory_metrics": t.Opt(_TYPES["MemoryMetrics"]),
        "module_hash": t.Opt(t.BLOB),
        "query_stats": t.Opt(_TYPES["QueryStats"]),
        "ready_for_migration": t.Opt(t.BOOL),
        "version": t.Opt(t.NAT64),
    },
)
_TYPES.record(
    MemoryMetrics,
    {
        "canister_history_size": t.NAT,
        "custom_sections_size": t.NAT,
        "global_memory_size": t.NAT,
        "snapshots_size": t.NAT,
        "stable_memory_size": t.NAT,
        "wasm_binary_size": t.NAT,
        "wasm_chunk_store_size": t.NAT,
        "wasm_memory_size": t.NAT,
        "log_memory_store_size": t.Opt(t.NAT),
    },
)
_TYPES.record(
    QueryStats,
    {
        "num_calls_total": t.NAT,
        "num_instructions_total": t.NAT,
        "request_payload_bytes_total": t.NAT,
        "response_payload_bytes_total": t.NAT,
    },
)
_TYPES.record(
    Change,
    {
        "canister_version": t.NAT64,
        "timestamp_nanos": t.NAT64,
        "details": t.Opt(_TYPES["ChangeDetails"]),
        "origin": t.Opt(_TYPES["ChangeOrigin"]),
    },
)
_TYPES.variant(
    "ChangeOrigin",
    CaseBinding(
        ChangeOriginFromCanister,
        "from_canister",
        {"canister_id": t.PRINCIPAL, "canister_version": t.Opt(t.NAT64)},
    ),
    CaseBinding(ChangeOriginFromUser, "from_user", {"user_id": t.PRINCIPAL}),
)
_TYPES.enum(ChangeDetailsCodeDeploymentMode)
_TYPES.record(
    ChangeDetailsRenameCanisterRenameTo,
    {"canister_id": t.PRINCIPAL, "total_num_changes": t.NAT64, "version": t.NAT64},
)
_TYPES.variant(
    "ChangeDetails",
    CaseBinding(
        ChangeDetailsCodeDeployment,
        "code_deployment",
        {"mode": _TYPES["ChangeDetailsCodeDeploymentMode"], "module_hash": t.BLOB},
    ),
    CaseBinding(ChangeDetailsCodeUninstall, "code_uninstall"),
    CaseBinding(
        ChangeDetailsControllersChange,
        "controllers_change",
        {"controllers": t.Vec(t.PRINCIPAL)},
    ),
    CaseBinding(
        ChangeDetailsCreation,
        "creation",
        {"controllers": t.Vec(t.PRINCIPAL), "environment_variables_hash": t.Opt(t.BLOB)},
    ),
    CaseBinding(
        ChangeDetailsLoadSnapshot,
        "load_snapshot",
        {
            "canister_version": t.NAT64,
            "snapshot_id": t.BLOB,
            "taken_at_timestamp": t.NAT64,
            "from_canister_id": t.Opt(t.PRINCIPAL),
            "source": t.Opt(_TYPES["SnapshotSource"]),
        },
    ),
    CaseBinding(
        ChangeDetailsRenameCanister,
        "rename_canister",
        {
            "canister_id": t.PRINCIPAL,
            "rename_to": _TYPES["ChangeDetailsRenameCanisterRenameTo"],
            "requested_by": t.PRINCIPAL,
            "total_num_changes": t.NAT64,
        },
    ),
    CaseBinding(
        ChangeDetailsSettingsChange,
        "settings_change",
        {"controllers": t.Opt(t.Vec(t.PRINCIPAL)), "environment_variables_hash": t.Opt(t.BLOB)},
    ),
)
_TYPES.record(LogRecord, {"content": t.BLOB, "idx": t.NAT64, "timestamp_nanos": t.NAT64})
_TYPES.record(LogRange, {"end": t.NAT64, "start": t.NAT64})
_TYPES.record(Snapshot, {"id": t.BLOB, "taken_at_timestamp": t.NAT64, "total_size": t.NAT64})
_TYPES.record(SnapshotOfCanister, {"canister_id": t.PRINCIPAL, "snapshot_id": t.BLOB})
_TYPES.enum(
    SnapshotSource,
    reserved=[SnapshotSource.METADATA_UPLOAD, SnapshotSource.TAKEN_FROM_CANISTER],
)
_TYPES.variant(
    "GlobalValue",
    CaseBinding(GlobalValueF32, "f32", t.FLOAT32),
    CaseBinding(GlobalValueF64, "f64", t.FLOAT64),
    CaseBinding(GlobalValueI32, "i32", t.INT32),
    CaseBinding(GlobalValueI64, "i64", t.INT64),
    CaseBinding(GlobalValueV128, "v128", t.NAT),
)
_TYPES.variant(
    "GlobalTimer",
    CaseBinding(GlobalTimerActive, "active", t.NAT64),
    CaseBinding(GlobalTimerInactive, "inactive"),
)
_TYPES.enum(LowWasmMemoryHookStatus)
_TYPES.record(SnapshotSlice, {"offset": t.NAT64, "size": t.NAT64})
_TYPES.record(
    CyclesConsumed,
    {
        "burned_cycles": t.NAT,
        "canister_creation": t.NAT,
        "compute_allocation": t.NAT,
        "http_outcalls": t.NAT,
        "ingress_induction": t.NAT,
        "instructions": t.NAT,
        "memory": t.NAT,
        "request_and_response_transmission": t.NAT,
        "uninstall": t.NAT,
    },
)
_TYPES.record(
    BitcoinGetBalanceArg,
    {"address": t.TEXT, "network": _TYPES["BitcoinNetwork"], "min_confirmations": t.Opt(t.NAT32)},
)
_TYPES.record(
    BitcoinGetBlockHeadersArg,
    {"network": _TYPES["BitcoinNetwork"], "start_height": t.NAT32, "end_height": t.Opt(t.NAT32)},
)
_TYPES.record(BitcoinGetBlockHeadersResult, {"block_headers": t.Vec(t.BLOB), "tip_height": t.NAT32})
_TYPES.record(BitcoinGetCurrentFeePercentilesArg, {"network": _TYPES["BitcoinNetwork"]})
_TYPES.variant(
    "BitcoinGetUtxosArgFilter",
    CaseBinding(BitcoinGetUtxosArgFilterMinConfirmations, "min_confirmations", t.NAT32),
    CaseBinding(BitcoinGetUtxosArgFilterPage, "page", t.BLOB),
)
_TYPES.record(
    BitcoinGetUtxosArg,
    {
        "address": t.TEXT,
        "network": _TYPES["BitcoinNetwork"],
        "filter": t.Opt(_TYPES["BitcoinGetUtxosArgFilter"]),
    },
)
_TYPES.record(
    BitcoinGetUtxosResult,
    {
        "tip_block_hash": t.BLOB,
        "tip_height": t.NAT32,
        "utxos": t.Vec(_TYPES["Utxo"]),
        "next_page": t.Opt(t.BLOB),
    },
)
_TYPES.record(
    BitcoinSendTransactionArg,
    {"network": _TYPES["BitcoinNetwork"], "transaction": t.BLOB},
)
_TYPES.record(
    CanisterInfoArg,
    {"canister_id": t.PRINCIPAL, "num_requested_changes": t.Opt(t.NAT64)},
)
_TYPES.record(
    CanisterInfoResult,
    {
        "controllers": t.Vec(t.PRINCIPAL),
        "recent_changes": t.Vec(_TYPES["Change"]),
        "total_num_changes": t.NAT64,
        "module_hash": t.Opt(t.BLOB),
    },
)
_TYPES.record(CanisterMetadataArg, {"canister_id": t.PRINCIPAL, "name": t.TEXT})
_TYPES.record(CanisterMetadataResult, {"value": t.BLOB})
_TYPES.record(CanisterMetricsResult, {"cycles_consumed": _TYPES["CyclesConsumed"]})
_TYPES.record(
    CreateCanisterArg,
    {"sender_canister_version": t.Opt(t.NAT64), "settings": t.Opt(_TYPES["Settings"])},
)
_TYPES.record(
    EcdsaPublicKeyArg,
    {
        "derivation_path": t.Vec(t.BLOB),
        "key_id": _TYPES["EcdsaKeyId"],
        "canister_id": t.Opt(t.PRINCIPAL),
    },
)
_TYPES.variant(
    "FetchCanisterLogsArgFilter",
    CaseBinding(FetchCanisterLogsArgFilterByIdx, "by_idx", _TYPES["LogRange"]),
    CaseBinding(
        FetchCanisterLogsArgFilterByTimestampNanos,
        "by_timestamp_nanos",
        _TYPES["LogRange"],
    ),
)
_TYPES.record(
    FetchCanisterLogsArg,
    {"canister_id": t.PRINCIPAL, "filter": t.Opt(_TYPES["FetchCanisterLogsArgFilter"])},
)
_TYPES.record(FetchCanisterLogsResult, {"canister_log_records": t.Vec(_TYPES["LogRecord"])})
_TYPES.enum(HttpRequestArgMethod)
_TYPES.record(
    HttpRequestArg,
    {
        "headers": t.Vec(_TYPES["HttpHeader"]),
        "method": _TYPES["HttpRequestArgMethod"],
        "url": t.TEXT,
        "body": t.Opt(t.BLOB),
        "is_replicated": t.Opt(t.BOOL),
        "max_response_bytes": t.Opt(t.NAT64),
        "pricing_version": t.Opt(t.NAT32),
        "transform": t.Opt(_TYPES["HttpTransform"]),
    },
)
_TYPES.record(
    InstallChunkedCodeArg,
    {
        "arg": t.BLOB,
        "chunk_hashes_list": t.Vec(_TYPES["ChunkHash"]),
        "mode": _TYPES["InstallMode"],
        "target_canister": t.PRINCIPAL,
        "wasm_module_hash": t.BLOB,
        "sender_canister_version": t.Opt(t.NAT64),
        "store_canister": t.Opt(t.PRINCIPAL),
    },
)
_TYPES.record(
    InstallCodeArg,
    {
        "arg": t.BLOB,
        "canister_id": t.PRINCIPAL,
        "mode": _TYPES["InstallMode"],
        "wasm_module": t.BLOB,
        "sender_canister_version": t.Opt(t.NAT64),
    },
)
_TYPES.record(ListCanistersResultCanisters, {"end": t.PRINCIPAL, "start": t.PRINCIPAL})
_TYPES.record(ListCanistersResult, {"canisters": t.Vec(_TYPES["ListCanistersResultCanisters"])})
_TYPES.record(
    LoadCanisterSnapshotArg,
    {"canister_id": t.PRINCIPAL, "snapshot_id": t.BLOB, "sender_canister_version": t.Opt(t.NAT64)},
)
_TYPES.record(
    NodeMetricsHistoryArg,
    {"start_at_timestamp_nanos": t.NAT64, "subnet_id": t.PRINCIPAL},
)
_TYPES.record(
    NodeMetricsHistoryResultNodeMetrics,
    {
        "node_id": t.PRINCIPAL,
        "num_block_failures_total": t.NAT64,
        "num_blocks_proposed_total": t.NAT64,
    },
)
_TYPES.record(
    NodeMetricsHistoryResult,
    {
        "node_metrics": t.Vec(_TYPES["NodeMetricsHistoryResultNodeMetrics"]),
        "timestamp_nanos": t.NAT64,
    },
)
_TYPES.record(
    ProvisionalCreateCanisterWithCyclesArg,
    {
        "amount": t.Opt(t.NAT),
        "sender_canister_version": t.Opt(t.NAT64),
        "settings": t.Opt(_TYPES["Settings"]),
        "specified_id": t.Opt(t.PRINCIPAL),
    },
)
_TYPES.record(ProvisionalTopUpCanisterArg, {"amount": t.NAT, "canister_id": t.PRINCIPAL})
_TYPES.variant(
    "ReadCanisterSnapshotDataArgKind",
    CaseBinding(
        ReadCanisterSnapshotDataArgKindStableMemory,
        "stable_memory",
        _TYPES["SnapshotSlice"],
    ),
    CaseBinding(ReadCanisterSnapshotDataArgKindWasmChunk, "wasm_chunk", _TYPES["ChunkHash"]),
    CaseBinding(ReadCanisterSnapshotDataArgKindWasmMemory, "wasm_memory", _TYPES["SnapshotSlice"]),
    CaseBinding(ReadCanisterSnapshotDataArgKindWasmModule, "wasm_module", _TYPES["SnapshotSlice"]),
)
_TYPES.record(
    ReadCanisterSnapshotDataArg,
    {
        "canister_id": t.PRINCIPAL,
        "kind": _TYPES["ReadCanisterSnapshotDataArgKind"],
        "snapshot_id": t.BLOB,
    },
)
_TYPES.record(ReadCanisterSnapshotDataResult, {"chunk": t.BLOB})
_TYPES.record(
    ReadCanisterSnapshotMetadataResult,
    {
        "canister_version": t.NAT64,
        "certified_data": t.BLOB,
        "globals": t.Vec(_TYPES["GlobalValue"]),
        "stable_memory_size": t.NAT64,
        "taken_at_timestamp": t.NAT64,
        "wasm_chunk_store": t.Vec(_TYPES["ChunkHash"]),
        "wasm_memory_size": t.NAT64,
        "wasm_module_size": t.NAT64,
        "global_timer": t.Opt(_TYPES["GlobalTimer"]),
        "on_low_wasm_memory_hook_status": t.Opt(_TYPES["LowWasmMemoryHookStatus"]),
        "source": t.Opt(_TYPES["SnapshotSource"]),
    },
)
_TYPES.record(
    SchnorrPublicKeyArg,
    {
        "derivation_path": t.Vec(t.BLOB),
        "key_id": _TYPES["SchnorrKeyId"],
        "canister_id": t.Opt(t.PRINCIPAL),
    },
)
_TYPES.record(
    SignWithEcdsaArg,
    {"derivation_path": t.Vec(t.BLOB), "key_id": _TYPES["EcdsaKeyId"], "message_hash": t.BLOB},
)
_TYPES.variant(
    "SignWithSchnorrArgAux",
    CaseBinding(SignWithSchnorrArgAuxBip341, "bip341", {"merkle_root_hash": t.BLOB}),
)
_TYPES.record(
    SignWithSchnorrArg,
    {
        "derivation_path": t.Vec(t.BLOB),
        "key_id": _TYPES["SchnorrKeyId"],
        "message": t.BLOB,
        "aux": t.Opt(_TYPES["SignWithSchnorrArgAux"]),
    },
)
_TYPES.record(SubnetInfoArg, {"subnet_id": t.PRINCIPAL})
_TYPES.record(SubnetInfoResult, {"replica_version": t.TEXT, "registry_version": t.Opt(t.NAT64)})
_TYPES.record(
    TakeCanisterSnapshotArg,
    {
        "canister_id": t.PRINCIPAL,
        "replace_snapshot": t.Opt(t.BLOB),
        "sender_canister_version": t.Opt(t.NAT64),
        "uninstall_code": t.Opt(t.BOOL),
    },
)
_TYPES.record(
    UninstallCodeArg,
    {"canister_id": t.PRINCIPAL, "sender_canister_version": t.Opt(t.NAT64)},
)
_TYPES.record(
    UpdateSettingsArg,
    {
        "canister_id": t.PRINCIPAL,
        "settings": _TYPES["Settings"],
        "sender_canister_version": t.Opt(t.NAT64),
    },
)
_TYPES.variant(
    "UploadCanisterSnapshotDataArgKind",
    CaseBinding(
        UploadCanisterSnapshotDataArgKindStableMemory,
        "stable_memory",
        {"offset": t.NAT64},
    ),
    CaseBinding(UploadCanisterSnapshotDataArgKindWasmChunk, "wasm_chunk"),
    CaseBinding(UploadCanisterSnapshotDataArgKindWasmMemory, "wasm_memory", {"offset": t.NAT64}),
    CaseBinding(UploadCanisterSnapshotDataArgKindWasmModule, "wasm_module", {"offset": t.NAT64}),
)
_TYPES.record(
    UploadCanisterSnapshotDataArg,
    {
        "canister_id": t.PRINCIPAL,
        "chunk": t.BLOB,
        "kind": _TYPES["UploadCanisterSnapshotDataArgKind"],
        "snapshot_id": t.BLOB,
    },
)
_TYPES.record(
    UploadCanisterSnapshotMetadataArg,
    {
        "canister_id": t.PRINCIPAL,
        "certified_data": t.BLOB,
        "globals": t.Vec(_TYPES["GlobalValue"]),
        "stable_memory_size": t.NAT64,
        "wasm_memory_size": t.NAT64,
        "wasm_module_size": t.NAT64,
        "global_timer": t.Opt(_TYPES["GlobalTimer"]),
        "on_low_wasm_memory_hook_status": t.Opt(_TYPES["LowWasmMemoryHookStatus"]),
        "replace_snapshot": t.Opt(t.BLOB),
    },
)
_TYPES.record(UploadCanisterSnapshotMetadataResult, {"snapshot_id": t.BLOB})
_TYPES.record(UploadChunkArg, {"canister_id": t.PRINCIPAL, "chunk": t.BLOB})
_TYPES.record(
    VetkdDeriveKeyArg,
    {
        "context": t.BLOB,
        "input": t.BLOB,
        "key_id": _TYPES["VetkdKeyId"],
        "transport_public_key": t.BLOB,
    },
)
_TYPES.record(VetkdDeriveKeyResult, {"encrypted_key": t.BLOB})
_TYPES.record(
    VetkdPublicKeyArg,
    {"context": t.BLOB, "key_id": _TYPES["VetkdKeyId"], "canister_id": t.Opt(t.PRINCIPAL)},
)
_TYPES.record(VetkdPublicKeyResult, {"public_key": t.BLOB})

_BITCOIN_GET_BALANCE: MethodBinding[int] = _TYPES.method(
    "bitcoin_get_balance",
    [_TYPES["BitcoinGetBalanceArg"]],
    [t.NAT64],
)
_BITCOIN_GET_BLOCK_HEADERS: MethodBinding[BitcoinGetBlockHeadersResult] = _TYPES.method(
    "bitcoin_get_block_headers",
    [_TYPES["BitcoinGetBlockHeadersArg"]],
    [_TYPES["BitcoinGetBlockHeadersResult"]],
)
_BITCOIN_GET_CURRENT_FEE_PERCENTILES: MethodBinding[list[int]] = _TYPES.method(
    "bitcoin_get_current_fee_percentiles",
    [_TYPES["BitcoinGetCurrentFeePercentilesArg"]],
    [t.Vec(t.NAT64)],
)
_BITCOIN_GET_UTXOS: MethodBinding[BitcoinGetUtxosResult] = _TYPES.method(
    "bitcoin_get_utxos",
    [_TYPES["BitcoinGetUtxosArg"]],
    [_TYPES["BitcoinGetUtxosResult"]],
)
_BITCOIN_SEND_TRANSACTION: MethodBinding[None] = _TYPES.method(
    "bitcoin_send_transaction",
    [_TYPES["BitcoinSendTransactionArg"]],
    [],
)
_CANISTER_INFO: MethodBinding[CanisterInfoResult] = _TYPES.method(
    "canister_info",
    [_TYPES["CanisterInfoArg"]],
    [_TYPES["CanisterInfoResult"]],
)
_CANISTER_METADATA: MethodBinding[CanisterMetadataResult] = _TYPES.method(
    "canister_metadata",
    [_TYPES["CanisterMetadataArg"]],
    [_TYPES["CanisterMetadataResult"]],
)
_CANISTER_METRICS: MethodBinding[CanisterMetricsResult] = _TYPES.method(
    "canister_metrics",
    [_TYPES["Canister"]],
    [_TYPES["CanisterMetricsResult"]],
)
_CANISTER_STATUS: MethodBinding[Status] = _TYPES.method(
    "canister_status",
    [_TYPES["Canister"]],
    [_TYPES["Status"]],
)
_CLEAR_CHUNK_STORE: MethodBinding[None] = _TYPES.method(
    "clear_chunk_store",
    [_TYPES["Canister"]],
    [],
)
_CREATE_CANISTER: MethodBinding[Canister] = _TYPES.method(
    "create_canister",
    [_TYPES["CreateCanisterArg"]],
    [_TYPES["Canister"]],
)
_DELETE_CANISTER: MethodBinding[None] = _TYPES.method("delete_canister", [_TYPES["Canister"]], [])
_DELETE_CANISTER_SNAPSHOT: MethodBinding[None] = _TYPES.method(
    "delete_canister_snapshot",
    [_TYPES["SnapshotOfCanister"]],
    [],
)
_DEPOSIT_CYCLES: MethodBinding[None] = _TYPES.method("deposit_cycles", [_TYPES["Canister"]], [])
_ECDSA_PUBLIC_KEY: MethodBinding[PublicKey] = _TYPES.method(
    "ecdsa_public_key",
    [_TYPES["EcdsaPublicKeyArg"]],
    [_TYPES["PublicKey"]],
)
_FETCH_CANISTER_LOGS: MethodBinding[FetchCanisterLogsResult] = _TYPES.method(
    "fetch_canister_logs",
    [_TYPES["FetchCanisterLogsArg"]],
    [_TYPES["FetchCanisterLogsResult"]],
)
_HTTP_REQUEST: MethodBinding[HttpResponse] = _TYPES.method(
    "http_request",
    [_TYPES["HttpRequestArg"]],
    [_TYPES["HttpResponse"]],
)
_INSTALL_CHUNKED_CODE: MethodBinding[None] = _TYPES.method(
    "install_chunked_code",
    [_TYPES["InstallChunkedCodeArg"]],
    [],
)
_INSTALL_CODE: MethodBinding[None] = _TYPES.method("install_code", [_TYPES["InstallCodeArg"]], [])
_LIST_CANISTER_SNAPSHOTS: MethodBinding[list[Snapshot]] = _TYPES.method(
    "list_canister_snapshots",
    [_TYPES["Canister"]],
    [t.Vec(_TYPES["Snapshot"])],
)
_LIST_CANISTERS: MethodBinding[ListCanistersResult] = _TYPES.method(
    "list_canisters",
    [],
    [_TYPES["ListCanistersResult"]],
)
_LOAD_CANISTER_SNAPSHOT: MethodBinding[None] = _TYPES.method(
    "load_canister_snapshot",
    [_TYPES["LoadCanisterSnapshotArg"]],
    [],
)
_NODE_METRICS_HISTORY: MethodBinding[list[NodeMetricsHistoryResult]] = _TYPES.method(
    "node_metrics_history",
    [_TYPES["NodeMetricsHistoryArg"]],
    [t.Vec(_TYPES["NodeMetricsHistoryResult"])],
)
_PROVISIONAL_CREATE_CANISTER_WITH_CYCLES: MethodBinding[Canister] = _TYPES.method(
    "provisional_create_canister_with_cycles",
    [_TYPES["ProvisionalCreateCanisterWithCyclesArg"]],
    [_TYPES["Canister"]],
)
_PROVISIONAL_TOP_UP_CANISTER: MethodBinding[None] = _TYPES.method(
    "provisional_top_up_canister",
    [_TYPES["ProvisionalTopUpCanisterArg"]],
    [],
)
_RAW_RAND: MethodBinding[bytes] = _TYPES.method("raw_rand", [], [t.BLOB])
_READ_CANISTER_SNAPSHOT_DATA: MethodBinding[ReadCanisterSnapshotDataResult] = _TYPES.method(
    "read_canister_snapshot_data",
    [_TYPES["ReadCanisterSnapshotDataArg"]],
    [_TYPES["ReadCanisterSnapshotDataResult"]],
)
_READ_CANISTER_SNAPSHOT_METADATA: MethodBinding[ReadCanisterSnapshotMetadataResult] = _TYPES.method(
    "read_canister_snapshot_metadata",
    [_TYPES["SnapshotOfCanister"]],
    [_TYPES["ReadCanisterSnapshotMetadataResult"]],
)
_SCHNORR_PUBLIC_KEY: MethodBinding[PublicKey] = _TYPES.method(
    "schnorr_public_key",
    [_TYPES["SchnorrPublicKeyArg"]],
    [_TYPES["PublicKey"]],
)
_SIGN_WITH_ECDSA: MethodBinding[Signature] = _TYPES.method(
    "sign_with_ecdsa",
    [_TYPES["SignWithEcdsaArg"]],
    [_TYPES["Signature"]],
)
_SIGN_WITH_SCHNORR: MethodBinding[Signature] = _TYPES.method(
    "sign_with_schnorr",
    [_TYPES["SignWithSchnorrArg"]],
    [_TYPES["Signature"]],
)
_START_CANISTER: MethodBinding[None] = _TYPES.method("start_canister", [_TYPES["Canister"]], [])
_STOP_CANISTER: MethodBinding[None] = _TYPES.method("stop_canister", [_TYPES["Canister"]], [])
_STORED_CHUNKS: MethodBinding[list[ChunkHash]] = _TYPES.method(
    "stored_chunks",
    [_TYPES["Canister"]],
    [t.Vec(_TYPES["ChunkHash"])],
)
_SUBNET_INFO: MethodBinding[SubnetInfoResult] = _TYPES.method(
    "subnet_info",
    [_TYPES["SubnetInfoArg"]],
    [_TYPES["SubnetInfoResult"]],
)
_TAKE_CANISTER_SNAPSHOT: MethodBinding[Snapshot] = _TYPES.method(
    "take_canister_snapshot",
    [_TYPES["TakeCanisterSnapshotArg"]],
    [_TYPES["Snapshot"]],
)
_UNINSTALL_CODE: MethodBinding[None] = _TYPES.method(
    "uninstall_code",
    [_TYPES["UninstallCodeArg"]],
    [],
)
_UPDATE_SETTINGS: MethodBinding[None] = _TYPES.method(
    "update_settings",
    [_TYPES["UpdateSettingsArg"]],
    [],
)
_UPLOAD_CANISTER_SNAPSHOT_DATA: MethodBinding[None] = _TYPES.method(
    "upload_canister_snapshot_data",
    [_TYPES["UploadCanisterSnapshotDataArg"]],
    [],
)
_UPLOAD_CANISTER_SNAPSHOT_METADATA: MethodBinding[UploadCanisterSnapshotMetadataResult] = (
    _TYPES.method(
        "upload_canister_snapshot_metadata",
        [_TYPES["UploadCanisterSnapshotMetadataArg"]],
        [_TYPES["UploadCanisterSnapshotMetadataResult"]],
    )
)
_UPLOAD_CHUNK: MethodBinding[ChunkHash] = _TYPES.method(
    "upload_chunk",
    [_TYPES["UploadChunkArg"]],
    [_TYPES["ChunkHash"]],
)
_VETKD_DERIVE_KEY: MethodBinding[VetkdDeriveKeyResult] = _TYPES.method(
    "vetkd_derive_key",
    [_TYPES["VetkdDeriveKeyArg"]],
    [_TYPES["VetkdDeriveKeyResult"]],
)
_VETKD_PUBLIC_KEY: MethodBinding[VetkdPublicKeyResult] = _TYPES.method(
    "vetkd_public_key",
    [_TYPES["VetkdPublicKeyArg"]],
    [_TYPES["VetkdPublicKeyResult"]],
)
