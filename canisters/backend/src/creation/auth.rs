//! Who may ask for what.

use candid::Principal;
use capsule::Id;

use crate::access;
use crate::creation::error::CreationError;
use crate::environment::Environment;
use crate::error::{BackendResult, Reason};
use crate::host;

/// A capsule of the caller's, or refuses; the first one that has not moved where none is named.
pub fn ensure_owner(caller: Principal, capsule_id: Option<&str>) -> BackendResult<Id> {
    Ok(host::read(|hub| hub.capsules.owned_id(caller, capsule_id))?)
}

/// Refuses all but admins.
pub fn ensure_admin(environment: &impl Environment, caller: Principal) -> BackendResult<()> {
    match access::is_admin(environment, caller) {
        true => Ok(()),
        false => Err(Reason::NotAdmin { caller }.into()),
    }
}

/// Whose creation a caller asks about: their own, or anybody's where an admin asks.
pub fn ensure_self_or_admin(
    environment: &impl Environment,
    caller: Principal,
    user: Option<Principal>,
) -> BackendResult<Principal> {
    let user = user.unwrap_or(caller);
    if user == caller || access::is_admin(environment, caller) {
        return Ok(user);
    }
    let what = "see another user's creation".to_owned();
    Err(CreationError::Unauthorized { caller, what }.into())
}
