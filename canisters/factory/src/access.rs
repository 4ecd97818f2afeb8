//! Who may call what.

use std::cell::RefCell;

use candid::Principal;
use ic_stable_structures::StableBTreeSet;

use crate::config;
use crate::environment::Environment;
use crate::error::{FactoryError, FactoryResult, Reason};
use crate::memory::{self, Memory};

/// The most principals in a list of admins or allowed callers.
const MOST_PRINCIPALS: usize = 10_000;

/// Who may call an update method at all; the method checks further what belongs to whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Whoever is let in: signed, in the allowlist where there is one, and no emergency stop.
    LetIn,
    /// Admins, and the factory's controllers.
    Admin,
}

/// Each update method. What is not here is a query, which anybody may call.
pub const UPDATE_METHODS: &[(&str, Access)] = &[
    ("add_admin", Access::Admin),
    ("cleanup_expired_uploads_manual", Access::Admin),
    ("commit_upload", Access::LetIn),
    ("commit_upload_with", Access::LetIn),
    ("create_and_install_with", Access::LetIn),
    ("create_canister_install", Access::LetIn),
    ("create_canister_install_with_extra_controllers", Access::LetIn),
    ("create_feature_canister", Access::LetIn),
    ("create_upload", Access::LetIn),
    ("create_upload_with", Access::LetIn),
    ("create_user_canister", Access::LetIn),
    ("delete_canister", Access::LetIn),
    ("delete_upload", Access::LetIn),
    ("handoff_canister", Access::LetIn),
    ("put_chunk", Access::LetIn),
    ("put_chunk_at", Access::LetIn),
    ("refresh_canister_info", Access::LetIn),
    ("remove_admin", Access::Admin),
    ("remove_template", Access::Admin),
    ("set_allowlist", Access::Admin),
    ("set_emergency_stop", Access::Admin),
    ("set_template", Access::Admin),
    ("start_canister", Access::LetIn),
    ("start_creation", Access::LetIn),
    ("stop_canister", Access::LetIn),
    ("top_up_canister", Access::LetIn),
    ("update_config", Access::Admin),
    ("upgrade_canister", Access::LetIn),
    ("upgrade_canister_with", Access::LetIn),
    ("upload_chunk", Access::LetIn),
];

thread_local! {
    static ADMINS: RefCell<StableBTreeSet<Principal, Memory>> =
        RefCell::new(StableBTreeSet::init(memory::memory(memory::ADMINS)));
    static ALLOWLIST: RefCell<StableBTreeSet<Principal, Memory>> =
        RefCell::new(StableBTreeSet::init(memory::memory(memory::ALLOWLIST)));
}

/// Refuses a caller who may not call an update method.
pub fn check(
    access: Access,
    environment: &impl Environment,
    caller: Principal,
) -> FactoryResult<()> {
    match access {
        Access::LetIn => let_in(environment, caller),
        Access::Admin => admin(environment, caller),
    }
}

/// Refuses the anonymous caller.
pub fn signed(caller: Principal) -> FactoryResult<()> {
    match caller == Principal::anonymous() {
        true => Err(Reason::AnonymousCaller.into()),
        false => Ok(()),
    }
}

pub fn let_in(environment: &impl Environment, caller: Principal) -> FactoryResult<()> {
    signed(caller)?;
    let config = config::get();
    if (!config.emergency_stop && (!config.has_allowlist || is_allowlisted(caller)))
        || is_admin(environment, caller)
    {
        return Ok(());
    }
    if config.emergency_stop {
        return Err(Reason::EmergencyStop.into());
    }
    Err(Reason::NotAllowlisted { caller }.into())
}

pub fn admin(environment: &impl Environment, caller: Principal) -> FactoryResult<()> {
    signed(caller)?;
    if is_admin(environment, caller) {
        return Ok(());
    }
    Err(Reason::NotAdmin { caller }.into())
}

/// Whether a caller may name another owner than itself: admins, and those whom an admin listed.
pub fn for_owner(
    environment: &impl Environment,
    caller: Principal,
    owner: Principal,
) -> FactoryResult<()> {
    if owner == Principal::anonymous() || owner == Principal::management_canister() {
        return Err(FactoryError::invalid("owner", "can be nobody's principal: it signs nothing"));
    }
    let is_listed = config::get().has_allowlist && is_allowlisted(caller);
    if caller == owner || is_listed || is_admin(environment, caller) {
        return Ok(());
    }
    Err(Reason::NotForAnotherOwner { owner }.into())
}

/// Controllers can replace the code, so they may do what it lets admins do.
pub fn is_admin(environment: &impl Environment, caller: Principal) -> bool {
    ADMINS.with_borrow(|admins| admins.contains(&caller)) || environment.is_controller(caller)
}

fn is_allowlisted(caller: Principal) -> bool {
    ALLOWLIST.with_borrow(|allowlist| allowlist.contains(&caller))
}

pub fn admins() -> Vec<Principal> {
    ADMINS.with_borrow(|admins| admins.iter().collect())
}

pub fn allowlist() -> Option<Vec<Principal>> {
    let has_allowlist = config::get().has_allowlist;
    has_allowlist.then(|| ALLOWLIST.with_borrow(|allowlist| allowlist.iter().collect()))
}

pub fn add_admin(admin: Principal) -> FactoryResult<()> {
    check_list("admins", &[admin])?;
    ADMINS.with_borrow_mut(|admins| {
        if admins.len() >= MOST_PRINCIPALS as u64 {
            return Err(too_many("admins"));
        }
        admins.insert(admin);
        Ok(())
    })
}

/// Returns whether it was one.
pub fn remove_admin(admin: Principal) -> FactoryResult<bool> {
    ADMINS.with_borrow_mut(|admins| {
        if admins.contains(&admin) && admins.len() == 1 {
            return Err(Reason::LastAdmin.into());
        }
        Ok(admins.remove(&admin))
    })
}

/// Lets in these callers only, or everybody; returns how many may call where not everybody may.
pub fn set_allowlist(callers: Option<&[Principal]>) -> FactoryResult<Option<u32>> {
    check_list("allowlist", callers.unwrap_or_default())?;
    ALLOWLIST.with_borrow_mut(|allowlist| {
        allowlist.clear();
        for caller in callers.unwrap_or_default() {
            allowlist.insert(*caller);
        }
    });
    let has_allowlist = callers.is_some();
    config::set(config::Config { has_allowlist, ..config::get() });
    Ok(callers.map(|_| ALLOWLIST.with_borrow(|allowlist| allowlist.len() as u32)))
}

fn check_list(argument: &str, principals: &[Principal]) -> FactoryResult<()> {
    if principals.contains(&Principal::anonymous()) {
        return Err(FactoryError::invalid(argument, "may not hold the anonymous principal"));
    }
    match principals.len() > MOST_PRINCIPALS {
        true => Err(too_many(argument)),
        false => Ok(()),
    }
}

fn too_many(argument: &str) -> FactoryError {
    FactoryError::invalid(argument, format!("may hold {MOST_PRINCIPALS} principals at most"))
}
