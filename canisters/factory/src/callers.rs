//! What each caller has had of the factory.

use std::cell::RefCell;

use candid::Principal;
use ic_stable_structures::StableBTreeMap;
use serde::{Deserialize, Serialize};
use stable_record::storable_as_cbor;

use crate::config;
use crate::error::{FactoryResult, Reason};
use crate::memory::{self, Memory};

/// Figures of one caller.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Caller {
    pub canisters_created: u64,
    /// Canisters that count against the limit: not deleted, or being created.
    pub canisters_held: u32,
    pub uploads_begun: u64,
    pub bytes_uploaded: u64,
    pub cycles_used: u128,
}

storable_as_cbor!(Caller);

thread_local! {
    static CALLERS: RefCell<StableBTreeMap<Principal, Caller, Memory>> =
        RefCell::new(StableBTreeMap::init(memory::memory(memory::CALLERS)));
}

pub fn get(caller: Principal) -> Caller {
    CALLERS.with_borrow(|callers| callers.get(&caller)).unwrap_or_default()
}

pub fn count() -> u64 {
    CALLERS.with_borrow(|callers| callers.len())
}

pub fn change(caller: Principal, change: impl FnOnce(&mut Caller)) {
    let mut figures = get(caller);
    change(&mut figures);
    CALLERS.with_borrow_mut(|callers| callers.insert(caller, figures));
}

/// Refuses a caller who has as many canisters as one may have.
pub fn check_limit(caller: Principal) -> FactoryResult<()> {
    let limit = config::get().max_canisters_per_caller;
    let held = get(caller).canisters_held;
    if held >= limit {
        return Err(Reason::CanisterLimitReached { held, limit }.into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caller_at_the_limit_is_refused() {
        let (one, other) = (Principal::from_slice(&[1]), Principal::from_slice(&[2]));
        change(one, |caller| caller.canisters_held = 99);
        assert_eq!(check_limit(one), Ok(()));
        change(one, |caller| caller.canisters_held += 1);
        let refused = check_limit(one).unwrap_err();
        assert!(refused.message.starts_with("Per-caller canister limit reached"));
        assert_eq!(check_limit(other), Ok(()));
    }
}
