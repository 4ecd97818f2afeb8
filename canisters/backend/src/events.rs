//! The event log: every act of an admin, and every turn in a user's or capsule's life.

use candid::{CandidType, Deserialize, Principal};
use serde::Serialize;

use kept::Kept;
pub use log::{Event, MOST_LISTED, count, list, record};

mod kept;
#[path = "../../capsule_api/event_log.rs"]
mod log;

/// What happened. It is kept as a `Kept` event: what reads each case of its own from stable memory
/// would be a fortieth of the module.
#[derive(CandidType, Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(from = "Kept", into = "Kept")]
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
    PersonalCanister(PersonalCanisterEvent),
}

/// A turn in the life of a personal canister, or of what they need. One flat record: what reads each
/// kind of its own from stable memory would be a tenth of the module.
#[derive(CandidType, Serialize, Deserialize, Clone, Debug, PartialEq)]
pub struct PersonalCanisterEvent {
    pub what: Turning,
    pub user: Option<Principal>,
    pub canister_id: Option<Principal>,
    pub capsule_id: Option<String>,
    /// Attached, recovered, consumed or available, as `what` has it.
    pub cycles: Option<u128>,
    /// For people.
    pub note: String,
}

#[derive(CandidType, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turning {
    Requested,
    /// A canister is there, with `cycles` attached.
    Created,
    /// `cycles` were consumed.
    Completed,
    /// `note` says why.
    Failed,
    /// By an admin, of `user`.
    ClearingRequested,
    /// `cycles` came back.
    Deleted,
    Cleared,
    HubCopyReleased,
    SwitchedOn,
    SwitchedOff,
    ConfigUpdated,
    /// To `cycles`.
    ReserveSet,
    /// `cycles` are available, which do not last for one more personal canister.
    ReserveLow,
    WasmSet,
}

#[cfg(feature = "personal_canister_creation")]
impl PersonalCanisterEvent {
    /// About no canister.
    pub fn general(what: Turning, cycles: Option<u128>, note: String) -> EventKind {
        let (user, canister_id, capsule_id) = (None, None, None);
        EventKind::PersonalCanister(Self { what, user, canister_id, capsule_id, cycles, note })
    }
}
