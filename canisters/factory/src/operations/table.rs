//! All operations, those under way apart.

use std::cell::RefCell;

use candid::{CandidType, Deserialize, Principal};
use ic_stable_structures::{StableBTreeMap, StableBTreeSet};

use crate::error::{FactoryResult, Reason};
use crate::in_flight::{self, Work};
use crate::memory::{self, Memory};
use crate::operations::record::{Operation, OperationInfo, Stage};

/// How many records one call looks through.
const MOST_SCANNED: usize = 1000;

/// A page of operations.
#[derive(CandidType, Deserialize, Clone, Debug)]
pub struct OperationList {
    pub operations: Vec<OperationInfo>,
    /// Where to go on, where there may be more.
    pub next: Option<u64>,
}

thread_local! {
    static OPERATIONS: RefCell<StableBTreeMap<u64, Operation, Memory>> =
        RefCell::new(StableBTreeMap::init(memory::memory(memory::OPERATIONS)));
    static OPEN: RefCell<StableBTreeSet<u64, Memory>> =
        RefCell::new(StableBTreeSet::init(memory::memory(memory::OPEN_OPERATIONS)));
    static BY_KEY: RefCell<StableBTreeMap<(Principal, [u8; 32]), u64, Memory>> =
        RefCell::new(StableBTreeMap::init(memory::memory(memory::OPERATIONS_BY_KEY)));
    /// Arguments for `init` and `post_upgrade`: written once, while records are written often.
    static ARGUMENTS: RefCell<StableBTreeMap<u64, Vec<u8>, Memory>> =
        RefCell::new(StableBTreeMap::init(memory::memory(memory::ARGUMENTS)));
}

pub fn get(operation_id: u64) -> Option<Operation> {
    OPERATIONS.with_borrow(|operations| operations.get(&operation_id))
}

/// How many there ever were; also the latest id.
pub fn count() -> u64 {
    OPERATIONS.with_borrow(|operations| operations.len())
}

/// Ids of those that have not ended, oldest first.
pub fn open() -> Vec<u64> {
    OPEN.with_borrow(|open| open.iter().collect())
}

pub fn open_count() -> u64 {
    OPEN.with_borrow(|open| open.len())
}

pub fn add(operation: &Operation, argument: Vec<u8>) -> u64 {
    let operation_id = count() + 1;
    ARGUMENTS.with_borrow_mut(|arguments| arguments.insert(operation_id, argument));
    if let Some(key) = &operation.key {
        let index = (operation.caller, chunked_upload::sha256(key.as_bytes()));
        BY_KEY.with_borrow_mut(|by_key| by_key.insert(index, operation_id));
    }
    OPEN.with_borrow_mut(|open| open.insert(operation_id));
    put(operation_id, operation);
    operation_id
}

/// Writes a record; one that has ended is not open any more.
pub fn put(operation_id: u64, operation: &Operation) {
    OPERATIONS.with_borrow_mut(|operations| operations.insert(operation_id, operation.clone()));
    if operation.stage.is_final() {
        OPEN.with_borrow_mut(|open| open.remove(&operation_id));
        ARGUMENTS.with_borrow_mut(|arguments| arguments.remove(&operation_id));
    }
}

pub fn argument(operation_id: u64) -> Vec<u8> {
    ARGUMENTS.with_borrow(|arguments| arguments.get(&operation_id)).unwrap_or_default()
}

/// The latest operation that a caller has begun with this key.
pub fn with_key(caller: Principal, key: &str) -> Option<u64> {
    let index = (caller, chunked_upload::sha256(key.as_bytes()));
    BY_KEY.with_borrow(|by_key| by_key.get(&index))
}

/// Refuses where something else is done with the canister.
pub fn check_free(canister_id: Principal) -> FactoryResult<()> {
    let mut operations = open().into_iter().filter_map(get);
    let is_busy = operations.any(|operation| operation.canister_id == Some(canister_id))
        || in_flight::contains(Work::Canister(canister_id));
    match is_busy {
        true => Err(Reason::CanisterBusy { canister_id }.into()),
        false => Ok(()),
    }
}

/// Cycles of creations that wait for their turn.
pub fn promised_cycles() -> u128 {
    let operations = open().into_iter().filter_map(get);
    operations
        .filter(|operation| operation.stage == Stage::Creating && !operation.is_announced)
        .map(|operation| operation.cycles)
        .sum()
}

/// Operations behind an id, of one caller or of all.
pub fn list(caller: Option<Principal>, after: u64, limit: usize) -> OperationList {
    OPERATIONS.with_borrow(|all| {
        let mut operations = Vec::new();
        let mut last = None;
        let range = all.range(after.saturating_add(1)..).take(MOST_SCANNED);
        for (operation_id, operation) in range.map(|entry| entry.into_pair()) {
            last = Some(operation_id);
            if caller.is_none_or(|caller| [operation.caller, operation.owner].contains(&caller)) {
                operations.push(operation.info(operation_id));
            }
            if operations.len() == limit {
                break;
            }
        }
        OperationList { operations, next: last.filter(|last| *last < all.len()) }
    })
}
