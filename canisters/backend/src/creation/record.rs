//! What is kept of a user's creation.

use blob_store::Hash;
use candid::Principal;
use capsule::{Id, Manifest, ManifestBuilder};
use serde::{Deserialize, Serialize};
use stable_record::storable_as_cbor;

use crate::creation::error::CreationError;
use crate::creation::types::{CreationStatus, StageTime};
use crate::creation::wasm::Module;

/// What is done next, or was announced. Each is a call to another canister, or several at a time, but
/// for the first two, which the hub does by itself, and the last three.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Queued,
    Exporting,
    Creating,
    /// The canister of an earlier attempt is looked at.
    CheckingCanister,
    ToppingUp,
    ClearingOldChunks,
    StoringChunks,
    Installing,
    ClearingChunks,
    CheckingVersion,
    BeginningImport,
    ImportingBlobs,
    ImportingMemories,
    ImportingGalleries,
    ImportingConnections,
    Finalizing,
    CheckingModule,
    HandingOff,
    ConfirmingHandOff,
    /// Something went wrong: does the canister run, and is it the hub's still?
    Diagnosing,
    /// The hub is refused: is it off the controllers?
    CheckingControllers,
    /// It was found stopped.
    Starting,
    StoppingForDeletion,
    /// Nothing is set aside any more, so that all cycles may leave.
    LiftingReserve,
    InstallingRecovery,
    StartingRecovery,
    RecoveringCycles,
    StoppingRecovery,
    ReadingBalance,
    Deleting,
    /// The record goes.
    Cleared,
    Completed,
    Failed,
}

/// Why a creation has failed: the first thing that went wrong.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
pub struct Failure {
    pub stage: CreationStatus,
    pub error: CreationError,
}

/// A step that failed, while it is found out why.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
pub struct Trouble {
    pub step: Step,
    pub error: CreationError,
}

/// How far the bytes of the capsule's assets are.
#[derive(Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
#[serde(default)]
pub struct BlobProgress {
    /// The last content of which all bytes are there.
    #[serde(with = "serde_bytes")]
    pub after: Option<Hash>,
    /// How many bytes of the next one are there.
    pub offset: u64,
    pub blobs: u64,
    pub bytes: u64,
}

/// How far records of one kind are.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
pub struct ItemProgress<K> {
    pub after: Option<K>,
    pub count: u64,
}

impl<K> Default for ItemProgress<K> {
    fn default() -> Self {
        Self { after: None, count: 0 }
    }
}

/// How far an attempt is; a new attempt begins with nothing.
#[derive(Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
#[serde(default)]
pub struct Progress {
    pub builder: Option<ManifestBuilder>,
    pub items_exported: u64,
    pub items_total: u64,
    pub manifest: Option<Manifest>,
    pub module: Option<Module>,
    /// The hub holds the module's bytes until it is installed.
    pub is_module_held: bool,
    pub chunks_stored: Vec<serde_bytes::ByteBuf>,
    pub session_id: u64,
    pub max_chunk_size: u32,
    pub blobs: BlobProgress,
    /// What these become when the calls that are under way have succeeded.
    pub next_blobs: BlobProgress,
    pub memories: ItemProgress<Id>,
    pub next_memories: ItemProgress<Id>,
    pub galleries: ItemProgress<Id>,
    pub next_galleries: ItemProgress<Id>,
    pub connections: ItemProgress<Principal>,
    pub next_connections: ItemProgress<Principal>,
    pub checked_done: u64,
    pub checked_total: u64,
    pub personal_manifest: Option<Manifest>,
    /// The hand-off was answered as made.
    pub is_handed_off: bool,
    /// How often the hand-off was found not made.
    pub hand_offs: u32,
    /// How often the personal canister was not ready.
    pub asked_again: u32,
    /// How often the session of the import had ended.
    pub sessions_lost: u32,
    /// How often it went on where the canister had been stopped.
    pub interruptions: u32,
}

#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
pub struct Creation {
    pub user: Principal,
    pub capsule: Id,
    pub name: String,
    /// Its place in the queue.
    pub sequence: u64,
    pub created_at: u64,
    /// When the latest attempt was begun.
    pub begun_at: u64,
    pub updated_at: u64,
    pub completed_at: Option<u64>,

    pub step: Step,
    /// The calls of this step were made, and no answer is noted yet.
    pub is_announced: bool,
    /// How often in a row the calls of this step were refused for the moment.
    pub step_attempts: u32,
    pub next_attempt_at: Option<u64>,
    /// How often it was begun.
    pub attempts: u32,
    pub failure: Option<Failure>,
    pub trouble: Option<Trouble>,
    pub is_clearing: bool,
    pub stages: Vec<StageTime>,

    pub canister_id: Option<Principal>,
    pub is_taken: bool,
    /// Code may be there, of an earlier attempt or of an installation whose answer was lost.
    pub installs_again: bool,
    pub module_hash: Option<serde_bytes::ByteBuf>,
    pub controllers: Vec<Principal>,
    pub progress: Progress,

    /// Cycles of the reserve that are promised to it and not attached yet.
    pub cycles_promised: u128,
    /// Cycles of the latest call that was to make its canister.
    pub cycles_sent: u128,
    pub cycles_attached: u128,
    pub cycles_recovered: u128,
    /// Cycles that were in the canister when it was deleted.
    pub cycles_lost: u128,
    /// Cycles that the canister had before a top-up whose answer is due, and the top-up.
    pub top_up: Option<(u128, u128)>,

    /// The receipt's bytes, which are what is certified.
    pub receipt: Option<serde_bytes::ByteBuf>,
    /// The hub's copy is compared once more, to be given up.
    pub release: Option<ManifestBuilder>,
    pub released_at: Option<u64>,
}

storable_as_cbor!(Creation);

impl Step {
    pub fn is_final(self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Cleared)
    }

    /// Whether nothing is done until somebody asks for it, or others have ended.
    pub fn is_at_rest(self) -> bool {
        matches!(self, Self::Queued | Self::Completed | Self::Failed)
    }

    /// Whether it is a call to the personal canister's methods for imports.
    pub fn is_import(self) -> bool {
        matches!(
            self,
            Self::BeginningImport
                | Self::ImportingBlobs
                | Self::ImportingMemories
                | Self::ImportingGalleries
                | Self::ImportingConnections
                | Self::Finalizing
        )
    }

    /// Whether it is part of making a canister go.
    pub fn is_clearing(self) -> bool {
        matches!(
            self,
            Self::StoppingForDeletion
                | Self::LiftingReserve
                | Self::InstallingRecovery
                | Self::StartingRecovery
                | Self::RecoveringCycles
                | Self::StoppingRecovery
                | Self::ReadingBalance
                | Self::Deleting
                | Self::Cleared
        )
    }

    fn status(self) -> CreationStatus {
        match self {
            Self::Queued => CreationStatus::Queued,
            Self::Exporting => CreationStatus::Exporting,
            Self::Creating | Self::CheckingCanister | Self::Starting | Self::ToppingUp => {
                CreationStatus::Creating
            }
            Self::ClearingOldChunks
            | Self::StoringChunks
            | Self::Installing
            | Self::ClearingChunks
            | Self::CheckingVersion => CreationStatus::Installing,
            Self::BeginningImport
            | Self::ImportingBlobs
            | Self::ImportingMemories
            | Self::ImportingGalleries
            | Self::ImportingConnections => CreationStatus::Importing,
            Self::Finalizing | Self::CheckingModule => CreationStatus::Verifying,
            Self::HandingOff | Self::ConfirmingHandOff => CreationStatus::HandingOff,
            Self::Completed => CreationStatus::Completed,
            // These are about a creation that has failed, or a step that has.
            _ => CreationStatus::Failed,
        }
    }
}

impl Creation {
    pub fn new(user: Principal, capsule: Id, now: u64) -> Self {
        Self {
            user,
            capsule,
            name: String::new(),
            sequence: 0,
            created_at: now,
            begun_at: now,
            updated_at: now,
            completed_at: None,
            step: Step::Queued,
            is_announced: false,
            step_attempts: 0,
            next_attempt_at: None,
            attempts: 0,
            failure: None,
            trouble: None,
            is_clearing: false,
            stages: Vec::new(),
            canister_id: None,
            is_taken: false,
            installs_again: false,
            module_hash: None,
            controllers: Vec::new(),
            progress: Progress::default(),
            cycles_promised: 0,
            cycles_sent: 0,
            cycles_attached: 0,
            cycles_recovered: 0,
            cycles_lost: 0,
            top_up: None,
            receipt: None,
            release: None,
            released_at: None,
        }
    }

    /// What its user is told: while it is found out why a step failed, that step's stage.
    pub fn status(&self) -> CreationStatus {
        match &self.trouble {
            Some(trouble) => trouble.step.status(),
            None => self.step.status(),
        }
    }

    /// Begins an attempt, behind all that wait.
    pub fn begin(&mut self, sequence: u64, now: u64) {
        self.sequence = sequence;
        self.begun_at = now;
        self.attempts += 1;
        self.failure = None;
        self.trouble = None;
        self.stages.clear();
        self.progress = Progress::default();
        self.go_to(Step::Queued, now);
    }

    /// Goes on with a step, and notes when a stage ends and the next one begins.
    pub fn go_to(&mut self, step: Step, now: u64) {
        self.step = step;
        self.is_announced = false;
        self.step_attempts = 0;
        self.next_attempt_at = None;
        self.note_stage(now);
    }

    fn note_stage(&mut self, now: u64) {
        let stage = self.status();
        if self.stages.last().is_some_and(|last| last.stage == stage) {
            return;
        }
        if let Some(last) = self.stages.last_mut() {
            last.ended_at_time_ns = Some(now);
        }
        if !matches!(stage, CreationStatus::Completed | CreationStatus::Failed) {
            let (started_at_time_ns, ended_at_time_ns) = (now, None);
            self.stages.push(StageTime { stage, started_at_time_ns, ended_at_time_ns });
        }
    }

    /// Ends an attempt; the first thing that went wrong stands.
    pub fn fail(&mut self, error: CreationError, now: u64) {
        let stage = self.status();
        self.failure.get_or_insert(Failure { stage, error });
        self.trouble = None;
        self.go_to(Step::Failed, now);
    }

    /// What the hub's reserve has paid for it.
    pub fn cycles_consumed(&self) -> u128 {
        self.cycles_attached.saturating_sub(self.cycles_recovered)
    }
}
