//! Who has registered.

use std::cell::RefCell;

use candid::Principal;
use ic_stable_structures::StableBTreeMap;
use serde::{Deserialize, Serialize};
use stable_record::storable_as_cbor;

use crate::config;
use crate::error::{BackendResult, Reason};
use crate::events::{self, EventKind};
use crate::memory::{self, Memory};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct User {
    pub registered_at: u64,
}

storable_as_cbor!(User);

thread_local! {
    static USERS: RefCell<StableBTreeMap<Principal, User, Memory>> =
        RefCell::new(StableBTreeMap::init(memory::memory(memory::USERS)));
}

pub fn get(user: Principal) -> Option<User> {
    USERS.with_borrow(|users| users.get(&user))
}

pub fn count() -> u64 {
    USERS.with_borrow(|users| users.len())
}

/// Registers a user; again, it changes nothing.
pub fn register(user: Principal, now: u64) -> BackendResult<User> {
    if let Some(user) = get(user) {
        return Ok(user);
    }
    let limit = config::get().max_users;
    if count() >= limit {
        return Err(Reason::TooManyUsers { limit }.into());
    }
    let registered = User { registered_at: now };
    USERS.with_borrow_mut(|users| users.insert(user, registered.clone()));
    events::record(now, user, EventKind::UserRegistered);
    Ok(registered)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::ConfigUpdate;

    #[test]
    fn whoever_registers_again_stays_who_they_are() {
        let user = |number: u8| Principal::from_slice(&[number]);
        config::update(ConfigUpdate { max_users: Some(1), ..Default::default() }).unwrap();
        assert_eq!(register(user(1), 5), Ok(User { registered_at: 5 }));
        assert_eq!(register(user(1), 6), Ok(User { registered_at: 5 }));
        assert_eq!(register(user(2), 7).unwrap_err().reason, Reason::TooManyUsers { limit: 1 });
        assert_eq!((count(), events::count()), (1, 1));
    }
}
