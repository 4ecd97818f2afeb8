//! What is kept of an operation, and what is told of it.

use candid::{CandidType, Deserialize, Principal};
use serde::Serialize;
use serde_bytes::ByteBuf;
use stable_record::storable_as_cbor;

use crate::error::{FactoryError, OperationFailure, Reason};
use crate::operations::CanisterSettings;
use crate::uploads::Module;

/// The chunk size of the IC's chunk store.
pub const STORE_CHUNK_BYTES: u64 = 1 << 20;

#[derive(CandidType, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Create,
    Reinstall,
    Upgrade,
    Delete,
}

/// Where an operation is. Each stage but the last two is a call to the management canister, or
/// several at a time.
#[derive(CandidType, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    Creating,
    CheckingStatus,
    Stopping,
    TakingSnapshot,
    /// The answer to `TakingSnapshot` was lost.
    FindingSnapshot,
    StoringChunks,
    Installing,
    RollingBack,
    ClearingChunks,
    DeletingSnapshot,
    Starting,
    HandingOff,
    /// The hand-off was rejected, which an earlier one that succeeded would explain.
    ConfirmingHandOff,
    StoppingForDeletion,
    /// Nothing is set aside any more, so that all cycles may leave.
    LiftingReserve,
    InstallingRecovery,
    StartingRecovery,
    RecoveringCycles,
    StoppingRecovery,
    ReadingBalance,
    Deleting,
    Completed,
    Failed,
}

impl Stage {
    pub fn is_final(self) -> bool {
        matches!(self, Self::Completed | Self::Failed)
    }
}

/// Why an operation is undone or has failed: the first thing that went wrong.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
pub struct Failure {
    pub stage: Stage,
    pub reason: Reason,
}

#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
pub struct Operation {
    pub kind: Kind,
    pub caller: Principal,
    pub owner: Principal,
    pub canister_type: String,
    pub key: Option<String>,
    pub created_at: u64,
    pub updated_at: u64,

    pub stage: Stage,
    /// The calls of this stage were made, and no answer is noted yet.
    pub is_announced: bool,
    /// How often the calls of this stage were refused for the moment.
    pub attempts: u32,
    pub failure: Option<Failure>,

    pub canister_id: Option<Principal>,
    pub canister_deleted: bool,
    /// Controllers that the canister has in the end.
    pub controllers: Vec<Principal>,
    pub hands_off: bool,
    pub settings: CanisterSettings,

    /// Cycles that are attached to a creation.
    pub cycles: u128,
    pub cycles_recovered: u128,
    pub cycles_lost: u128,

    pub upload_id: Option<u64>,
    pub module: Option<Module>,
    /// Hashes of the chunks that the canister's chunk store has.
    pub stored_chunks: Vec<ByteBuf>,
    /// Code may be there from an installation whose answer was lost.
    pub installs_again: bool,
    /// The canister has the module.
    pub is_installed: bool,

    pub takes_snapshot: bool,
    pub snapshot_asked_at: u64,
    pub snapshot: Option<ByteBuf>,
    /// The snapshot could not be loaded, and stays.
    pub keeps_snapshot: bool,
    /// The canister ran before, and runs again in the end.
    pub was_running: bool,
    pub is_left_stopped: bool,
    /// What could not be cleared away, and why.
    pub left_behind: Vec<String>,
}

storable_as_cbor!(Operation);

/// What is told of an operation.
#[derive(CandidType, Deserialize, Clone, Debug, PartialEq)]
pub struct OperationInfo {
    pub operation_id: u64,
    pub kind: Kind,
    pub caller: Principal,
    pub owner: Principal,
    pub canister_id: Option<Principal>,
    pub canister_type: String,
    pub stage: Stage,
    /// Where the stage failed that is being undone, or why the operation has failed.
    pub error: Option<FactoryError>,
    pub attempts: u32,
    pub created_at_time_ns: u64,
    pub updated_at_time_ns: u64,
    pub upload_id: Option<u64>,
    pub module_hash: Option<ByteBuf>,
    pub chunks_stored: u32,
    pub chunks_total: u32,
    pub cycles_attached: u128,
    pub cycles_recovered: u128,
    pub cycles_lost: u128,
    pub canister_deleted: bool,
    /// What could not be cleared away in the canister, and why: chunks, a snapshot.
    pub left_behind: Vec<String>,
}

impl Operation {
    /// A record with nothing done yet.
    pub fn new(kind: Kind, caller: Principal, owner: Principal, stage: Stage, now: u64) -> Self {
        Self {
            kind,
            caller,
            owner,
            canister_type: String::new(),
            key: None,
            created_at: now,
            updated_at: now,
            stage,
            is_announced: false,
            attempts: 0,
            failure: None,
            canister_id: None,
            canister_deleted: false,
            controllers: Vec::new(),
            hands_off: false,
            settings: CanisterSettings::default(),
            cycles: 0,
            cycles_recovered: 0,
            cycles_lost: 0,
            upload_id: None,
            module: None,
            stored_chunks: Vec::new(),
            installs_again: false,
            is_installed: false,
            takes_snapshot: false,
            snapshot_asked_at: 0,
            snapshot: None,
            keeps_snapshot: false,
            was_running: true,
            is_left_stopped: false,
            left_behind: Vec::new(),
        }
    }

    /// How many chunks the chunk store needs for the module.
    pub fn chunks_total(&self) -> u32 {
        let len = self.module.map_or(0, |module| module.len);
        len.div_ceil(STORE_CHUNK_BYTES) as u32
    }

    /// Notes that the calls of the stage are about to be made.
    pub fn announce(&mut self, now: u64) {
        self.is_announced = true;
        self.updated_at = now;
        if self.stage == Stage::TakingSnapshot {
            self.snapshot_asked_at = now;
        }
    }

    /// The first thing that went wrong stands; what goes wrong while it is undone does not hide it.
    pub fn fail(&mut self, stage: Stage, reason: impl Into<Reason>) {
        self.failure.get_or_insert(Failure { stage, reason: reason.into() });
    }

    /// What went wrong, with what has become of the canister.
    pub fn error(&self, operation_id: u64) -> Option<FactoryError> {
        let failure = self.failure.as_ref()?;
        if self.canister_id.is_none() && matches!(failure.reason, Reason::FactoryLowOnCycles { .. })
        {
            return Some(failure.reason.clone().into());
        }
        let reason = Reason::OperationFailed(Box::new(OperationFailure {
            operation_id,
            stage: failure.stage,
            cause: failure.reason.to_string(),
            canister_id: self.canister_id,
            canister_deleted: self.canister_deleted,
            is_installed: self.is_installed,
            cycles_recovered: self.cycles_recovered,
            cycles_lost: self.cycles_lost,
            kept_snapshot: self.snapshot.clone().filter(|_| self.keeps_snapshot),
        }));
        Some(reason.into())
    }

    pub fn info(&self, operation_id: u64) -> OperationInfo {
        OperationInfo {
            operation_id,
            kind: self.kind,
            caller: self.caller,
            owner: self.owner,
            canister_id: self.canister_id,
            canister_type: self.canister_type.clone(),
            stage: self.stage,
            error: self.error(operation_id),
            attempts: self.attempts,
            created_at_time_ns: self.created_at,
            updated_at_time_ns: self.updated_at,
            upload_id: self.upload_id,
            module_hash: self.module.map(|module| ByteBuf::from(module.hash)),
            chunks_stored: self.stored_chunks.len() as u32,
            chunks_total: self.chunks_total(),
            cycles_attached: self.cycles,
            cycles_recovered: self.cycles_recovered,
            cycles_lost: self.cycles_lost,
            canister_deleted: self.canister_deleted,
            left_behind: self.left_behind.clone(),
        }
    }
}
