//! The event log: every act of an admin, and every turn in a user's or capsule's life. It only grows.

use std::cell::RefCell;

use candid::{CandidType, Deserialize, Principal};
use ic_stable_structures::StableLog;
use serde::Serialize;
use serde_bytes::ByteBuf;
use stable_record::storable_as_cbor;

use crate::memory::{self, Memory};

pub const MOST_LISTED: u32 = 500;

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

#[derive(CandidType, Serialize, Deserialize, Clone, Debug, PartialEq)]
pub struct Event {
    /// Counts from 1.
    pub id: u64,
    pub time_ns: u64,
    /// On whose behalf; the backend itself for what a timer did.
    pub caller: Principal,
    pub event: EventKind,
}

storable_as_cbor!(Event);

thread_local! {
    static EVENTS: RefCell<StableLog<Event, Memory, Memory>> = RefCell::new(StableLog::init(
        memory::memory(memory::EVENTS_INDEX),
        memory::memory(memory::EVENTS_DATA),
    ));
}

pub fn record(time_ns: u64, caller: Principal, event: EventKind) {
    EVENTS.with_borrow(|events| {
        let id = events.len() + 1;
        let event = Event { id, time_ns, caller, event };
        events.append(&event).expect("stable memory has room for an event");
    });
}

/// Events behind an id, oldest first.
pub fn list(after: u64, limit: u32) -> Vec<Event> {
    EVENTS.with_borrow(|events| {
        let ids = after..events.len().min(after.saturating_add(u64::from(limit)));
        ids.filter_map(|index| events.get(index)).collect()
    })
}

pub fn count() -> u64 {
    EVENTS.with_borrow(|events| events.len())
}
