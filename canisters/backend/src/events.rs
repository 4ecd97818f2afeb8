//! The event log: every act of an admin, and every turn in a user's or capsule's life.

use candid::{CandidType, Deserialize, Principal};
use serde::Serialize;
use serde_bytes::ByteBuf;

pub use log::{Event, MOST_LISTED, count, list, record};

#[path = "../../capsule_api/event_log.rs"]
mod log;

/// What happened.
#[derive(CandidType, Serialize, Deserialize, Clone, Debug, PartialEq)]
pub enum EventKind {
    BackendInstalled {
        build: String,
    },
    BackendUpgraded {
        build: String,
    },
    AdminAdded {
        admin: Principal,
    },
    AdminRemoved {
        admin: Principal,
    },
    EmergencyStopSet {
        stopped: bool,
    },
    ConfigUpdated,
    UserRegistered,
    CapsuleCreated {
        capsule_id: String,
    },
    CapsuleDeleted {
        capsule_id: String,
    },
    UploadsExpired {
        count: u64,
    },
    CreationsSwitched {
        enabled: bool,
    },
    CreationConfigUpdated,
    CyclesReserveSet {
        reserve: u128,
        min_threshold: u128,
    },
    /// It does not last for one more personal canister.
    CyclesReserveLow {
        available: u128,
        min_threshold: u128,
    },
    PersonalCanisterWasmSet {
        upload_id: u64,
        module_hash: ByteBuf,
    },
    CreationRequested {
        capsule_id: String,
        attempt: u32,
    },
    PersonalCanisterCreated {
        canister_id: Principal,
        cycles: u128,
    },
    CreationCompleted {
        canister_id: Principal,
        capsule_id: String,
    },
    CreationFailed {
        canister_id: Option<Principal>,
        capsule_id: String,
        stage: String,
        error: String,
    },
    CreationClearingRequested {
        user: Principal,
    },
    PersonalCanisterDeleted {
        canister_id: Principal,
        cycles_recovered: u128,
        cycles_lost: u128,
    },
    CreationCleared {
        canister_id: Option<Principal>,
    },
    HubCopyReleased {
        capsule_id: String,
    },
}
