//! What has become of all attempts.

use std::cell::RefCell;
use std::collections::BTreeMap;

use candid::Deserialize;
use ic_stable_structures::StableCell;
use serde::Serialize;
use stable_record::storable_as_cbor;

use crate::creation::error::CreationError;
use crate::creation::types::ErrorRate;
use crate::memory::{self, Memory};

#[derive(Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
#[serde(default)]
pub struct Statistics {
    /// Attempts that were begun; also the latest place in the queue.
    pub attempts: u64,
    pub retries: u64,
    pub completed: u64,
    pub failed: u64,
    pub cleared: u64,
    pub memories_moved: u64,
    pub bytes_moved: u64,
    pub hub_copies_released: u64,
    pub cycles_recovered: u128,
    pub errors: BTreeMap<String, u64>,
}

storable_as_cbor!(Statistics);

thread_local! {
    static STATISTICS: RefCell<StableCell<Statistics, Memory>> = RefCell::new(
        StableCell::init(memory::memory(memory::creation::CREATION_STATISTICS), Statistics::default())
    );
}

pub fn get() -> Statistics {
    STATISTICS.with_borrow(|statistics| statistics.get().clone())
}

pub fn change(change: impl FnOnce(&mut Statistics)) {
    STATISTICS.with_borrow_mut(|cell| {
        let mut statistics = cell.get().clone();
        change(&mut statistics);
        cell.set(statistics);
    });
}

/// Counts an attempt that has failed.
pub fn note_failed(error: &CreationError) {
    change(|statistics| {
        statistics.failed += 1;
        *statistics.errors.entry(error.kind().to_owned()).or_default() += 1;
    });
}

impl Statistics {
    pub fn error_rates(&self) -> Vec<ErrorRate> {
        let ended = (self.completed + self.failed).max(1);
        let rate = |(kind, count): (&String, &u64)| ErrorRate {
            kind: kind.clone(),
            count: *count,
            per_thousand: (count * 1000 / ended) as u32,
        };
        self.errors.iter().map(rate).collect()
    }
}
