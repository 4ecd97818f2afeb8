//! A map from text to bytes in stable memory.

use std::cell::RefCell;

use ic_stable_structures::StableBTreeMap;
use serde_bytes::ByteBuf;

use crate::memory::{self, Memory};

thread_local! {
    static ENTRIES: RefCell<StableBTreeMap<String, Vec<u8>, Memory>> =
        RefCell::new(StableBTreeMap::init(memory::memory(memory::ENTRIES)));
}

/// Stores a value and returns the former one.
#[ic_cdk::update]
pub fn put(key: String, value: ByteBuf) -> Option<ByteBuf> {
    let value = value.into_vec();
    let former = ENTRIES.with_borrow_mut(|entries| entries.insert(key, value));
    former.map(ByteBuf::from)
}

#[ic_cdk::query]
pub fn get(key: String) -> Option<ByteBuf> {
    ENTRIES.with_borrow(|entries| entries.get(&key)).map(ByteBuf::from)
}

#[ic_cdk::update]
fn remove(key: String) -> Option<ByteBuf> {
    ENTRIES.with_borrow_mut(|entries| entries.remove(&key)).map(ByteBuf::from)
}

#[ic_cdk::query]
fn len() -> u64 {
    ENTRIES.with_borrow(|entries| entries.len())
}

/// At most `limit` keys after the given one, in order.
#[ic_cdk::query]
fn keys(after: Option<String>, limit: u32) -> Vec<String> {
    let start = after.map_or(std::ops::Bound::Unbounded, std::ops::Bound::Excluded);
    ENTRIES.with_borrow(|entries| {
        let range = entries.keys_range((start, std::ops::Bound::Unbounded));
        range.take(limit as usize).collect()
    })
}
