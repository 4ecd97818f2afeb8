//! The creations of all users, those that wait and those that run apart.

use std::cell::RefCell;

use candid::Principal;
use ic_stable_structures::{StableBTreeMap, StableBTreeSet};

use crate::creation::record::{Creation, Step};
use crate::creation::types::CreationStatus;
use crate::memory::{self, Memory};

thread_local! {
    static CREATIONS: RefCell<StableBTreeMap<Principal, Creation, Memory>> =
        RefCell::new(StableBTreeMap::init(memory::memory(memory::creation::CREATIONS)));
    static BY_STATUS: RefCell<StableBTreeSet<(u8, Principal), Memory>> =
        RefCell::new(StableBTreeSet::init(memory::memory(memory::creation::CREATIONS_BY_STATUS)));
    /// In the order in which they were asked for.
    static QUEUE: RefCell<StableBTreeMap<u64, Principal, Memory>> =
        RefCell::new(StableBTreeMap::init(memory::memory(memory::creation::CREATION_QUEUE)));
    static RUNNING: RefCell<StableBTreeSet<Principal, Memory>> =
        RefCell::new(StableBTreeSet::init(memory::memory(memory::creation::RUNNING_CREATIONS)));
}

pub fn get(user: Principal) -> Option<Creation> {
    CREATIONS.with_borrow(|creations| creations.get(&user))
}

/// Writes a record, and lists its user where it belongs.
pub fn put(creation: &Creation) {
    let user = creation.user;
    let former = CREATIONS.with_borrow_mut(|all| all.insert(user, creation.clone()));
    BY_STATUS.with_borrow_mut(|by_status| {
        if let Some(former) = &former {
            by_status.remove(&(number_of(former.status()), user));
        }
        by_status.insert((number_of(creation.status()), user));
    });
    QUEUE.with_borrow_mut(|queue| match creation.step {
        Step::Queued => drop(queue.insert(creation.sequence, user)),
        _ => drop(queue.remove(&creation.sequence)),
    });
    RUNNING.with_borrow_mut(|running| match creation.step.is_at_rest() {
        true => running.remove(&user),
        false => running.insert(user),
    });
}

/// Forgets a creation.
pub fn remove(creation: &Creation) {
    let user = creation.user;
    let former = CREATIONS.with_borrow_mut(|all| all.remove(&user));
    if let Some(former) = former {
        let status = number_of(former.status());
        BY_STATUS.with_borrow_mut(|by_status| by_status.remove(&(status, user)));
    }
    QUEUE.with_borrow_mut(|queue| queue.remove(&creation.sequence));
    RUNNING.with_borrow_mut(|running| running.remove(&user));
}

/// Who comes next.
pub fn first_in_queue() -> Option<Principal> {
    QUEUE.with_borrow(|queue| queue.first_key_value().map(|(_, user)| user))
}

/// How many come before a place in the queue, and it.
pub fn position(sequence: u64) -> u64 {
    QUEUE.with_borrow(|queue| queue.keys_range(..=sequence).count() as u64)
}

pub fn queued() -> u64 {
    QUEUE.with_borrow(|queue| queue.len())
}

pub fn running() -> Vec<Principal> {
    RUNNING.with_borrow(|running| running.iter().collect())
}

pub fn running_count() -> u64 {
    RUNNING.with_borrow(|running| running.len())
}

/// Users of a status behind one of them, in order of their principals.
pub fn with_status(
    status: CreationStatus,
    after: Option<Principal>,
    most: usize,
) -> Vec<Principal> {
    let number = number_of(status);
    let first = after.unwrap_or(Principal::management_canister());
    BY_STATUS.with_borrow(|by_status| {
        let there = by_status.range((number, first)..).take_while(|(each, _)| *each == number);
        there.map(|(_, user)| user).filter(|user| Some(*user) != after).take(most).collect()
    })
}

fn number_of(status: CreationStatus) -> u8 {
    match status {
        CreationStatus::NotStarted => 0,
        CreationStatus::Queued => 1,
        CreationStatus::Exporting => 2,
        CreationStatus::Creating => 3,
        CreationStatus::Installing => 4,
        CreationStatus::Importing => 5,
        CreationStatus::Verifying => 6,
        CreationStatus::HandingOff => 7,
        CreationStatus::Completed => 8,
        CreationStatus::Failed => 9,
    }
}
