//! The event log, which only grows.

use std::cell::RefCell;

use candid::{CandidType, Deserialize, Principal};
use ic_stable_structures::StableLog;
use serde::Serialize;
use stable_record::storable_as_cbor;

use super::EventKind;
use crate::memory::{self, Memory};

/// The most events in a list.
pub const MOST_LISTED: u32 = 500;

#[derive(CandidType, Serialize, Deserialize, Clone, Debug, PartialEq)]
pub struct Event {
    /// Counts from 1.
    pub id: u64,
    pub time_ns: u64,
    /// On whose behalf; the canister itself for what a timer did.
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
