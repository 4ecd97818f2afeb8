//! Who may call what.

use candid::Principal;

use crate::environment::Environment;
use crate::error::{PersonalResult, Reason};
use crate::{host, import, setup};

/// Who may call an update method at all; the method checks further what belongs to whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// The hub, while it is a controller.
    Hub,
    /// The owner, and those who have a grant; once the hub is no controller any more.
    Writer,
    /// The owner, and the canister's controllers.
    Admin,
}

/// Each update method. What is not here is a query, which anybody may call.
pub const UPDATE_METHODS: &[(&str, Access)] = &[
    ("abort_import", Access::Hub),
    ("add_connection", Access::Writer),
    ("add_memory_to_capsule", Access::Writer),
    ("begin_import", Access::Hub),
    ("cleanup_expired_uploads_manual", Access::Admin),
    ("commit_connection", Access::Hub),
    ("commit_gallery", Access::Hub),
    ("commit_memory", Access::Hub),
    ("commit_upload", Access::Writer),
    ("commit_upload_with", Access::Writer),
    ("create_upload", Access::Writer),
    ("create_upload_with", Access::Writer),
    ("delete_gallery", Access::Writer),
    ("delete_memory_from_capsule", Access::Writer),
    ("delete_upload", Access::Writer),
    ("finalize_import", Access::Hub),
    ("grant_access", Access::Writer),
    ("put_chunk", Access::Writer),
    ("put_chunk_at", Access::Writer),
    ("put_memory_chunk", Access::Hub),
    ("remove_connection", Access::Writer),
    ("revoke_access", Access::Writer),
    ("set_visibility", Access::Writer),
    ("store_gallery_forever", Access::Writer),
    ("update_capsule", Access::Writer),
    ("update_config", Access::Admin),
    ("update_connection", Access::Writer),
    ("update_gallery", Access::Writer),
    ("update_memory_in_capsule", Access::Writer),
    ("upload_chunk", Access::Writer),
];

/// Refuses a caller who may not call an update method.
pub fn check(
    access: Access,
    environment: &impl Environment,
    caller: Principal,
) -> PersonalResult<()> {
    signed(caller)?;
    match access {
        Access::Hub => hub(environment, caller),
        Access::Writer => writer(environment, caller),
        Access::Admin if is_admin(environment, caller) => Ok(()),
        Access::Admin => Err(Reason::NotOwner { caller }.into()),
    }
}

/// Refuses the anonymous caller.
pub fn signed(caller: Principal) -> PersonalResult<()> {
    match caller == Principal::anonymous() {
        true => Err(Reason::AnonymousCaller.into()),
        false => Ok(()),
    }
}

/// Refuses to show what has not been checked, but to those who check it.
pub fn reader(environment: &impl Environment, caller: Principal) -> PersonalResult<()> {
    match import::is_finalized() || sees_import(environment, caller) {
        true => Ok(()),
        false => Err(Reason::ImportUnfinished.into()),
    }
}

/// Whether a caller is told how the import goes, and what it has brought.
pub fn sees_import(environment: &impl Environment, caller: Principal) -> bool {
    caller == setup::get().hub || is_admin(environment, caller)
}

/// Controllers can replace the code, so they may do what it lets the owner do with the canister; the
/// capsule is the owner's alone.
pub fn is_admin(environment: &impl Environment, caller: Principal) -> bool {
    caller == setup::get().owner || environment.is_controller(caller)
}

fn hub(environment: &impl Environment, caller: Principal) -> PersonalResult<()> {
    match caller == setup::get().hub && environment.is_controller(caller) {
        true => Ok(()),
        false => Err(Reason::NotHub { caller }.into()),
    }
}

fn writer(environment: &impl Environment, caller: Principal) -> PersonalResult<()> {
    let setup = setup::get();
    let has_grants = || host::read(|host| host.capsules.has_grants(caller));
    if caller != setup.owner && !has_grants() {
        return Err(Reason::NotInvited { caller }.into());
    }
    if !import::is_finalized() {
        return Err(Reason::ImportUnfinished.into());
    }
    match setup::is_handed_off(environment) {
        true => Ok(()),
        false => Err(Reason::NotHandedOff { hub: setup.hub }.into()),
    }
}
