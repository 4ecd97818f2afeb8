//! The creations of all users, those that wait and those that run apart.

use std::cell::RefCell;

use candid::Principal;
use ic_stable_structures::{StableBTreeMap, StableBTreeSet};

use crate::creation::record::{Creation, Step};
use crate::creation::types::CreationStatus;
use crate::memory::{self, Memory};

const QUEUED: u8 = 1;
const RUNNING: u8 = u8::MAX;
/// More than may run.
const MOST_AT_ONCE: usize = 1000;

thread_local! {
    static CREATIONS: RefCell<StableBTreeMap<Principal, Creation, Memory>> =
        RefCell::new(StableBTreeMap::init(memory::memory(memory::creation::CREATIONS)));
    /// A list, a place in it, and a user: the users of each status, those that are queued in the
    /// order in which they asked, and those that run.
    static LISTS: RefCell<StableBTreeSet<(u8, u64, Principal), Memory>> =
        RefCell::new(StableBTreeSet::init(memory::memory(memory::creation::CREATION_LISTS)));
}

pub fn get(user: Principal) -> Option<Creation> {
    CREATIONS.with_borrow(|creations| creations.get(&user))
}

/// Writes a record, and lists its user where it belongs.
pub fn put(creation: &Creation) {
    let former = CREATIONS.with_borrow_mut(|all| all.insert(creation.user, creation.clone()));
    LISTS.with_borrow_mut(|lists| {
        for place in former.iter().flat_map(places_of).flatten() {
            lists.remove(&place);
        }
        for place in places_of(creation).into_iter().flatten() {
            lists.insert(place);
        }
    });
}

/// Forgets a creation.
pub fn remove(creation: &Creation) {
    let former = CREATIONS.with_borrow_mut(|all| all.remove(&creation.user));
    LISTS.with_borrow_mut(|lists| {
        for place in former.iter().flat_map(places_of).flatten() {
            lists.remove(&place);
        }
    });
}

fn places_of(creation: &Creation) -> [Option<(u8, u64, Principal)>; 2] {
    let place = if creation.step == Step::Queued { creation.sequence } else { 0 };
    let with_status = (number_of(creation.status()), place, creation.user);
    let running = (!creation.step.is_at_rest()).then_some((RUNNING, 0, creation.user));
    [Some(with_status), running]
}

/// Who comes next.
pub fn first_in_queue() -> Option<Principal> {
    listed((QUEUED, 0, Principal::management_canister()), 1).pop()
}

/// How many come before a place in the queue, and it.
pub fn position(sequence: u64) -> u64 {
    let first = (QUEUED, 0, Principal::management_canister());
    let behind = (QUEUED, sequence + 1, Principal::management_canister());
    LISTS.with_borrow(|lists| lists.range(first..behind).count() as u64)
}

pub fn queued() -> u64 {
    position(u64::MAX - 1)
}

pub fn running() -> Vec<Principal> {
    listed((RUNNING, 0, Principal::management_canister()), MOST_AT_ONCE)
}

pub fn running_count() -> u64 {
    running().len() as u64
}

/// Users of a status behind one of them, in order of their principals; those that are queued in the
/// order in which they asked.
pub fn with_status(
    status: CreationStatus,
    after: Option<Principal>,
    most: usize,
) -> Vec<Principal> {
    let user = after.unwrap_or(Principal::management_canister());
    let is_queued = |creation: &Creation| creation.step == Step::Queued;
    let place = after.and_then(get).filter(is_queued).map_or(0, |it| it.sequence);
    let mut users = listed((number_of(status), place, user), most + 1);
    users.retain(|user| Some(*user) != after);
    users.truncate(most);
    users
}

/// Users of a list from a place on.
fn listed(first: (u8, u64, Principal), most: usize) -> Vec<Principal> {
    LISTS.with_borrow(|lists| {
        let there = lists.range(first..).take_while(|(list, ..)| *list == first.0);
        there.take(most).map(|(.., user)| user).collect()
    })
}

fn number_of(status: CreationStatus) -> u8 {
    match status {
        CreationStatus::NotStarted => 0,
        CreationStatus::Queued => QUEUED,
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
