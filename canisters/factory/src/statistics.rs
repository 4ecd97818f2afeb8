//! Figures over the factory's whole life.

use std::cell::RefCell;

use ic_stable_structures::StableCell;
use serde::{Deserialize, Serialize};
use stable_record::storable_as_cbor;

use crate::memory::{self, Memory};
use crate::operations::{Kind, Operation, Stage};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Totals {
    pub canisters_created: u64,
    pub canisters_upgraded: u64,
    pub canisters_deleted: u64,
    pub operations_failed: u64,
    pub cycles_spent: u128,
    pub cycles_recovered: u128,
    pub cycles_lost: u128,
}

storable_as_cbor!(Totals);

thread_local! {
    static TOTALS: RefCell<StableCell<Totals, Memory>> =
        RefCell::new(StableCell::init(memory::memory(memory::TOTALS), Totals::default()));
}

pub fn get() -> Totals {
    TOTALS.with_borrow(|totals| totals.get().clone())
}

pub fn change(change: impl FnOnce(&mut Totals)) {
    let mut totals = get();
    change(&mut totals);
    TOTALS.with_borrow_mut(|cell| cell.set(totals));
}

/// Counts an operation that has ended.
pub fn note_ended(operation: &Operation) {
    change(|totals| {
        match (operation.kind, operation.stage) {
            (_, Stage::Failed) => totals.operations_failed += 1,
            (Kind::Create, _) => totals.canisters_created += 1,
            (Kind::Upgrade | Kind::Reinstall, _) => totals.canisters_upgraded += 1,
            (Kind::Delete, _) => {}
        }
        if operation.canister_id.is_some() {
            totals.cycles_spent += operation.cycles;
        }
        totals.cycles_recovered += operation.cycles_recovered;
        totals.cycles_lost += operation.cycles_lost;
    });
}
