//! Who may call what.

use std::cell::RefCell;

use candid::Principal;
use ic_stable_structures::StableBTreeSet;

use crate::environment::Environment;
use crate::error::{BackendError, BackendResult, Reason};
use crate::memory::{self, Memory};
use crate::{config, users};

const MOST_ADMINS: u64 = 1000;

/// Who may call an update method at all; the method checks further what belongs to whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Whoever signs, while there is no emergency stop.
    Signed,
    /// Who has registered, while there is no emergency stop.
    User,
    /// Admins, and the backend's controllers.
    Admin,
}

/// Each update method. What is not here is a query, which anybody may call.
const UPDATE_METHODS: &[(&str, Access)] = &[
    ("add_admin", Access::Admin),
    ("add_connection", Access::User),
    ("add_memory_to_capsule", Access::User),
    ("cleanup_expired_uploads_manual", Access::Admin),
    ("commit_upload", Access::User),
    ("commit_upload_with", Access::User),
    ("create_capsule", Access::User),
    ("create_upload", Access::User),
    ("create_upload_with", Access::User),
    ("delete_capsule", Access::User),
    ("delete_gallery", Access::User),
    ("delete_memory_from_capsule", Access::User),
    ("delete_upload", Access::User),
    ("grant_access", Access::User),
    ("put_chunk", Access::User),
    ("put_chunk_at", Access::User),
    ("register", Access::Signed),
    ("register_capsule", Access::Signed),
    ("remove_admin", Access::Admin),
    ("remove_connection", Access::User),
    ("revoke_access", Access::User),
    ("set_emergency_stop", Access::Admin),
    ("set_visibility", Access::User),
    ("store_gallery_forever", Access::User),
    ("update_capsule", Access::User),
    ("update_config", Access::Admin),
    ("update_connection", Access::User),
    ("update_gallery", Access::User),
    ("update_memory_in_capsule", Access::User),
    ("upload_chunk", Access::User),
];

/// Those of personal canisters.
#[cfg(feature = "personal_canister_creation")]
const CREATION_METHODS: &[(&str, Access)] = &[
    ("clear_creation_state", Access::Admin),
    ("create_personal_canister", Access::User),
    ("migrate_capsule", Access::User),
    ("release_hub_copy", Access::User),
    ("retry_creation", Access::Admin),
    ("set_cycles_reserve", Access::Admin),
    ("set_migration_enabled", Access::Admin),
    ("set_personal_canister_creation_enabled", Access::Admin),
    ("set_personal_canister_wasm", Access::Admin),
    ("update_personal_canister_creation_config", Access::Admin),
];
#[cfg(not(feature = "personal_canister_creation"))]
const CREATION_METHODS: &[(&str, Access)] = &[];

/// Who may call an update method; nothing for queries.
pub fn access_of(method: &str) -> Option<Access> {
    update_methods().find(|(name, _)| *name == method).map(|(_, access)| access)
}

pub fn update_methods() -> impl Iterator<Item = (&'static str, Access)> {
    UPDATE_METHODS.iter().chain(CREATION_METHODS).copied()
}

thread_local! {
    static ADMINS: RefCell<StableBTreeSet<Principal, Memory>> =
        RefCell::new(StableBTreeSet::init(memory::memory(memory::ADMINS)));
}

/// Refuses a caller who may not call an update method.
pub fn check(
    access: Access,
    environment: &impl Environment,
    caller: Principal,
) -> BackendResult<()> {
    signed(caller)?;
    if access == Access::Admin {
        return admin(environment, caller);
    }
    if config::get().emergency_stop && !is_admin(environment, caller) {
        return Err(Reason::EmergencyStop.into());
    }
    match access == Access::User && users::get(caller).is_none() {
        true => Err(Reason::NotRegistered { caller }.into()),
        false => Ok(()),
    }
}

/// Refuses the anonymous caller.
pub fn signed(caller: Principal) -> BackendResult<()> {
    match caller == Principal::anonymous() {
        true => Err(Reason::AnonymousCaller.into()),
        false => Ok(()),
    }
}

fn admin(environment: &impl Environment, caller: Principal) -> BackendResult<()> {
    match is_admin(environment, caller) {
        true => Ok(()),
        false => Err(Reason::NotAdmin { caller }.into()),
    }
}

/// Controllers can replace the code, so they may do what it lets admins do.
pub fn is_admin(environment: &impl Environment, caller: Principal) -> bool {
    ADMINS.with_borrow(|admins| admins.contains(&caller)) || environment.is_controller(caller)
}

pub fn admins() -> Vec<Principal> {
    ADMINS.with_borrow(|admins| admins.iter().collect())
}

pub fn add_admin(admin: Principal) -> BackendResult<()> {
    if admin == Principal::anonymous() {
        return Err(BackendError::invalid("admin", "may not be the anonymous principal"));
    }
    ADMINS.with_borrow_mut(|admins| {
        if admins.len() >= MOST_ADMINS {
            let problem = format!("is one more than the {MOST_ADMINS} that there may be");
            return Err(BackendError::invalid("admin", problem));
        }
        admins.insert(admin);
        Ok(())
    })
}

/// Returns whether it was one.
pub fn remove_admin(admin: Principal) -> BackendResult<bool> {
    ADMINS.with_borrow_mut(|admins| {
        if admins.contains(&admin) && admins.len() == 1 {
            return Err(Reason::LastAdmin.into());
        }
        Ok(admins.remove(&admin))
    })
}
