//! The event log: every act of an admin, and every turn in a canister's life. It only grows.

use std::cell::RefCell;

use candid::{CandidType, Deserialize, Principal};
use ic_stable_structures::StableLog;
use serde::Serialize;
use serde_bytes::ByteBuf;
use stable_record::storable_as_cbor;

use crate::memory::{self, Memory};
use crate::operations::Kind;

pub const MOST_LISTED: u32 = 500;

/// What happened.
#[derive(CandidType, Serialize, Deserialize, Clone, Debug, PartialEq)]
pub enum EventKind {
    FactoryInstalled {
        build: String,
    },
    FactoryUpgraded {
        build: String,
    },
    AdminAdded {
        admin: Principal,
    },
    AdminRemoved {
        admin: Principal,
    },
    /// How many may call; everybody where nothing is there.
    AllowlistSet {
        callers: Option<u32>,
    },
    EmergencyStopSet {
        stopped: bool,
    },
    ConfigUpdated,
    TemplateSet {
        name: String,
        version: u32,
        module_hash: ByteBuf,
    },
    TemplateRemoved {
        name: String,
    },
    UploadCommitted {
        upload_id: u64,
        module_hash: ByteBuf,
    },
    UploadDeleted {
        upload_id: u64,
    },
    UploadsExpired {
        count: u64,
    },
    OperationStarted {
        operation_id: u64,
        kind: Kind,
        canister_id: Option<Principal>,
    },
    CanisterCreated {
        operation_id: u64,
        canister_id: Principal,
        cycles: u128,
    },
    OperationCompleted {
        operation_id: u64,
        kind: Kind,
        canister_id: Option<Principal>,
    },
    OperationFailed {
        operation_id: u64,
        kind: Kind,
        canister_id: Option<Principal>,
        error: String,
    },
    CanisterDeleted {
        canister_id: Principal,
        cycles_recovered: u128,
        cycles_lost: u128,
    },
    CanisterStarted {
        canister_id: Principal,
    },
    CanisterStopped {
        canister_id: Principal,
    },
    CanisterHandedOff {
        canister_id: Principal,
    },
    CanisterToppedUp {
        canister_id: Principal,
        cycles: u128,
    },
    /// It was deleted by its controllers.
    CanisterFoundGone {
        canister_id: Principal,
    },
}

#[derive(CandidType, Serialize, Deserialize, Clone, Debug, PartialEq)]
pub struct Event {
    /// Counts from 1.
    pub id: u64,
    pub time_ns: u64,
    /// On whose behalf; the factory itself for what a timer did.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_listed_in_pages_behind_an_id() {
        for _ in 0..5 {
            record(7, Principal::anonymous(), EventKind::ConfigUpdated);
        }
        let ids = |after, limit| -> Vec<u64> {
            list(after, limit).into_iter().map(|event| event.id).collect()
        };
        assert_eq!(ids(0, 2), [1, 2]);
        assert_eq!(ids(3, 9), [4, 5]);
        assert_eq!(ids(5, 9), [0; 0]);
        assert_eq!(ids(u64::MAX, 9), [0; 0]);
    }
}
