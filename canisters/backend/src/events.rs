//! The event log: every act of an admin, and every turn in a user's or capsule's life.

use candid::{CandidType, Deserialize, Principal};
use serde::Serialize;

pub use log::{Event, MOST_LISTED, count, list, record};

#[path = "../../capsule_api/event_log.rs"]
mod log;

/// What happened.
#[derive(CandidType, Serialize, Deserialize, Clone, Debug, PartialEq)]
pub enum EventKind {
    BackendInstalled { build: String },
    BackendUpgraded { build: String },
    AdminAdded { admin: Principal },
    AdminRemoved { admin: Principal },
    EmergencyStopSet { stopped: bool },
    ConfigUpdated,
    UserRegistered,
    CapsuleCreated { capsule_id: String },
    CapsuleDeleted { capsule_id: String },
    UploadsExpired { count: u64 },
}
