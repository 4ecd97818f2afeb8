//! The event log: how the capsule came, and what was changed of the canister itself.

use candid::{CandidType, Deserialize};
use serde::Serialize;

pub use log::{Event, MOST_LISTED, count, list, record};

#[path = "../../capsule_api/event_log.rs"]
mod log;

/// What happened.
#[derive(CandidType, Serialize, Deserialize, Clone, Debug, PartialEq)]
pub enum EventKind {
    CanisterInstalled { build: String },
    CanisterUpgraded { build: String },
    ImportBegun,
    ImportAborted,
    ImportExpired,
    ImportFinalized { root_hash_hex: String },
    ConfigUpdated,
    UploadsExpired { count: u64 },
}
