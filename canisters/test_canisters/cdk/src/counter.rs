//! A counter in stable memory.

use std::cell::RefCell;

use ic_stable_structures::StableCell;

use crate::memory::{self, Memory};

thread_local! {
    static COUNTER: RefCell<StableCell<u64, Memory>> =
        RefCell::new(StableCell::init(memory::memory(memory::COUNTER), 0));
}

#[ic_cdk::update]
pub fn increment() -> u64 {
    COUNTER.with_borrow_mut(|counter| {
        let value = counter.get() + 1;
        counter.set(value);
        value
    })
}

#[ic_cdk::query]
fn counter() -> u64 {
    COUNTER.with_borrow(|counter| *counter.get())
}
