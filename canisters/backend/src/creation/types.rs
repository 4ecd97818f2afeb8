//! What callers send and are told about personal canisters.

use candid::{CandidType, Deserialize, Principal};
use capsule::Manifest;
use serde::Serialize;
use serde_bytes::ByteBuf;

use crate::error::BackendError;

/// The most users or canisters in a page of a list.
pub const MOST_LISTED: u32 = 100;

/// How far a personal canister is.
#[derive(
    CandidType, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash,
)]
pub enum CreationStatus {
    NotStarted,
    /// Others come first.
    Queued,
    /// The capsule is frozen, and its manifest made.
    Exporting,
    Creating,
    Installing,
    Importing,
    /// The personal canister hashes what it has, and the manifests are compared.
    Verifying,
    /// The user becomes the only controller.
    HandingOff,
    Completed,
    /// The capsule is in the hub as before; to ask again begins again.
    Failed,
}

#[derive(CandidType, Deserialize, Clone, Debug, Default)]
pub struct CreatePersonalCanisterConfig {
    /// Of the entry in the registry: at most 200 bytes, with no control characters.
    pub name: Option<String>,
    /// Taken and ignored: the canister is made where the hub is.
    pub subnet_id: Option<Principal>,
    /// The caller's first capsule, where it is left out.
    pub capsule_id: Option<String>,
}

#[derive(CandidType, Deserialize, Clone, Debug, PartialEq)]
pub struct CreationStatusResponse {
    pub user: Principal,
    pub status: CreationStatus,
    pub capsule_id: Option<String>,
    /// As soon as it is known; it is of use when the status is `Completed`.
    pub personal_canister_id: Option<Principal>,
    /// 1 is the next one.
    pub queue_position: Option<u64>,
    pub failed_stage: Option<CreationStatus>,
    pub error: Option<BackendError>,
}

/// When a stage began and ended, of the latest attempt.
#[derive(CandidType, Serialize, Deserialize, Clone, Debug, PartialEq)]
pub struct StageTime {
    pub stage: CreationStatus,
    pub started_at_time_ns: u64,
    pub ended_at_time_ns: Option<u64>,
}

#[derive(CandidType, Deserialize, Clone, Debug, PartialEq)]
pub struct DetailedCreationStatus {
    pub user: Principal,
    pub status: CreationStatus,
    pub capsule_id: Option<String>,
    pub personal_canister_id: Option<Principal>,
    pub queue_position: Option<u64>,
    pub failed_stage: Option<CreationStatus>,
    pub error: Option<BackendError>,
    pub name: String,
    pub created_at_time_ns: u64,
    pub updated_at_time_ns: u64,
    pub completed_at_time_ns: Option<u64>,
    pub stages: Vec<StageTime>,
    /// Items whose hashes are in the manifest.
    pub items_exported: u64,
    pub items_total: u64,
    pub memories_done: u64,
    pub memories_total: u64,
    pub galleries_done: u64,
    pub galleries_total: u64,
    pub connections_done: u64,
    pub connections_total: u64,
    /// Different contents of assets.
    pub blobs_done: u64,
    pub blobs_total: u64,
    pub bytes_done: u64,
    pub bytes_total: u64,
    /// How far the personal canister is with hashing what it has, in its own measure.
    pub checked_done: u64,
    pub checked_total: u64,
    /// Cycles that went into the personal canister, the fee for its creation included.
    pub cycles_attached: u128,
    /// Those that did not come back.
    pub cycles_consumed: u128,
    pub cycles_recovered: u128,
    /// How often it was begun.
    pub attempts: u32,
    /// How often in a row the call that is due was refused for the moment.
    pub stage_attempts: u32,
    pub next_attempt_at_time_ns: Option<u64>,
    /// An admin has it cleared away.
    pub is_clearing: bool,
    /// The hub's.
    pub manifest: Option<Manifest>,
    pub module_hash: Option<ByteBuf>,
    pub hub_copy_released_at_time_ns: Option<u64>,
}

/// A page of creations.
#[derive(CandidType, Deserialize, Clone, Debug)]
pub struct CreationList {
    pub creations: Vec<CreationStatusResponse>,
    /// Where to go on, where there may be more.
    pub next: Option<Principal>,
}

/// What has become of a canister.
#[derive(CandidType, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordStatus {
    Creating,
    Completed,
    /// It is kept for another attempt.
    Failed,
    /// An admin had it cleared away.
    Deleted,
    /// Its user took the hub off its controllers or deleted it before it was done.
    Taken,
}

#[derive(CandidType, Serialize, Deserialize, Clone, Debug, PartialEq)]
pub struct PersonalCanisterRecord {
    pub canister_id: Principal,
    pub created_by: Principal,
    pub capsule_id: String,
    pub name: String,
    pub created_at_time_ns: u64,
    pub updated_at_time_ns: u64,
    pub status: RecordStatus,
    /// Cycles of the reserve that went into it and did not come back.
    pub cycles_consumed: u128,
    pub module_hash: Option<ByteBuf>,
}

/// Which canisters are listed; what is left out is not asked for.
#[derive(CandidType, Deserialize, Clone, Debug, Default)]
pub struct PersonalCanisterRecordFilter {
    pub created_by: Option<Principal>,
    pub status: Option<RecordStatus>,
}

/// Which part of the list of canisters.
#[derive(CandidType, Deserialize, Clone, Debug, Default)]
pub struct PersonalCanisterRecordPage {
    /// The `next` of the page before.
    pub after: Option<Principal>,
    /// At most 100, which is also what it is where it is left out.
    pub limit: Option<u32>,
}

#[derive(CandidType, Deserialize, Clone, Debug)]
pub struct PersonalCanisterRecordList {
    pub records: Vec<PersonalCanisterRecord>,
    /// Where to go on, where there may be more.
    pub next: Option<Principal>,
}

/// The cycles for personal canisters.
#[derive(CandidType, Deserialize, Clone, Debug, PartialEq)]
pub struct CyclesReserve {
    /// What admins have put aside, in all.
    pub reserve: u128,
    /// Nothing is created where less would be available afterwards.
    pub min_threshold: u128,
    /// What has gone into personal canisters and did not come back.
    pub consumed: u128,
    /// For creations that have been begun and have no canister yet.
    pub promised: u128,
    /// What is left of the reserve, as far as the hub's balance has it beyond `min_cycles`.
    pub available: u128,
    pub balance: u128,
    pub cycles_per_creation: u128,
}

/// What is to change; what is left out stays.
#[derive(CandidType, Deserialize, Clone, Debug, Default)]
pub struct CyclesReserveUpdate {
    pub reserve: Option<u128>,
    pub min_threshold: Option<u128>,
}

/// The module that personal canisters run.
#[derive(CandidType, Serialize, Deserialize, Clone, Debug, PartialEq)]
pub struct PersonalCanisterWasm {
    pub module_hash: ByteBuf,
    /// Bytes.
    pub size: u64,
    pub upload_id: u64,
    pub set_by: Principal,
    pub set_at_time_ns: u64,
}

#[derive(CandidType, Deserialize, Clone, Debug, PartialEq)]
pub struct ErrorRate {
    /// The name of the error's case.
    pub kind: String,
    pub count: u64,
    /// Of all attempts that have ended.
    pub per_thousand: u32,
}

#[derive(CandidType, Deserialize, Clone, Debug, PartialEq)]
pub struct PersonalCanisterCreationStats {
    pub is_enabled: bool,
    /// Attempts that were begun.
    pub attempts: u64,
    /// Those of them that were not a user's first.
    pub retries: u64,
    pub completed: u64,
    pub failed: u64,
    pub cleared: u64,
    pub running: u64,
    pub queued: u64,
    /// Personal canisters that ever were.
    pub canisters: u64,
    pub memories_moved: u64,
    pub bytes_moved: u64,
    pub hub_copies_released: u64,
    pub cycles_consumed: u128,
    pub cycles_recovered: u128,
    pub errors: Vec<ErrorRate>,
}

/// What has become of a creation that was cleared.
#[derive(CandidType, Deserialize, Clone, Debug, PartialEq)]
pub struct ClearedCreation {
    pub user: Principal,
    /// False while it goes on: a call was under way; it goes on by itself.
    pub is_cleared: bool,
    pub personal_canister_id: Option<Principal>,
    /// Since its canister was made.
    pub cycles_recovered: u128,
}

/// How far the hub's copy of a moved capsule is on its way out.
#[derive(CandidType, Deserialize, Clone, Debug, PartialEq)]
pub enum HubCopyRelease {
    /// The copy's hashes are computed anew; call again.
    Checking { done: u64, total: u64 },
    /// Both hashes are equal, and the copy is gone.
    Released { root_hash_hex: String },
}

/// What a creation has come to, as the hub certifies it.
#[derive(CandidType, Serialize, Deserialize, Clone, Debug, PartialEq)]
pub struct Receipt {
    pub user: Principal,
    pub capsule_id: String,
    pub hub: Principal,
    pub personal_canister_id: Principal,
    /// Computed by the hub from what it exported.
    pub hub_manifest: Manifest,
    /// Computed by the personal canister from what it stores.
    pub personal_manifest: Manifest,
    pub module_hash: ByteBuf,
    pub controllers: Vec<Principal>,
    pub started_at_time_ns: u64,
    pub completed_at_time_ns: u64,
    pub cycles_attached: u128,
    pub cycles_consumed: u128,
    pub api_version: u32,
}

#[derive(CandidType, Deserialize, Clone, Debug, PartialEq)]
pub struct SignedReceipt {
    pub receipt: Receipt,
    /// The receipt in Candid: these bytes are what is certified.
    pub content: ByteBuf,
    /// Of the hub's certified data; empty in an update call.
    pub certificate: ByteBuf,
    /// A hash tree in CBOR: at `receipts`, the capsule's id, is the SHA-256 of `content`.
    pub witness: ByteBuf,
}
