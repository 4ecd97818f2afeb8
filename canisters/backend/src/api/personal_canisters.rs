//! Personal canisters: asked for, watched, administrated. The names with `migration` in them are
//! those of earlier versions, and do the same.

use candid::Principal;
use ic_cdk::api::{data_certificate, msg_caller};

use crate::access::Access;
use crate::api::{caller_user, caller_with, typed};
use crate::creation::settings::{
    self, PersonalCanisterCreationConfig, PersonalCanisterCreationConfigUpdate,
};
use crate::creation::types::*;
use crate::creation::{
    CreationError, Network, auth, cycles, orchestrator, receipts, registry, release, requests,
    status, wasm,
};
use crate::environment::{Environment, Ic};
use crate::error::BackendResult;
use crate::events::{self, PersonalCanisterEvent, Turning};

/// Moves a capsule of the caller's to a canister of its own: returns at once, and
/// `get_creation_status` tells how it goes. Again, it changes nothing, unless it has failed: then it
/// begins again.
#[ic_cdk::update]
fn create_personal_canister(
    config: Option<CreatePersonalCanisterConfig>,
) -> BackendResult<CreationStatusResponse> {
    typed("create_personal_canister", create(config))
}

/// The same as `create_personal_canister`.
#[ic_cdk::update]
fn migrate_capsule(
    config: Option<CreatePersonalCanisterConfig>,
) -> BackendResult<CreationStatusResponse> {
    typed("migrate_capsule", create(config))
}

fn create(config: Option<CreatePersonalCanisterConfig>) -> BackendResult<CreationStatusResponse> {
    let caller = caller_user()?;
    requests::create(&Ic, caller, config.unwrap_or_default())?;
    Ok(status::status_of(caller))
}

/// How far the caller's personal canister is, or that of a user whom an admin names.
#[ic_cdk::query]
fn get_creation_status(user: Option<Principal>) -> BackendResult<CreationStatusResponse> {
    Ok(status::status_of(auth::ensure_self_or_admin(&Ic, msg_caller(), user)?))
}

/// The same as `get_creation_status`.
#[ic_cdk::query]
fn get_migration_status(user: Option<Principal>) -> BackendResult<CreationStatusResponse> {
    get_creation_status(user)
}

/// The same in detail, with times, counts and cycles; refused where nothing was begun.
#[ic_cdk::query]
fn get_detailed_creation_status(user: Option<Principal>) -> BackendResult<DetailedCreationStatus> {
    let user = auth::ensure_self_or_admin(&Ic, msg_caller(), user)?;
    Ok(status::details_of(user).ok_or_else(|| not_found("a creation", user))?)
}

/// The same as `get_detailed_creation_status`.
#[ic_cdk::query]
fn get_detailed_migration_status(user: Option<Principal>) -> BackendResult<DetailedCreationStatus> {
    get_detailed_creation_status(user)
}

/// The canister that the caller's capsule has moved to; nothing before it is `Completed`.
#[ic_cdk::query]
fn get_my_personal_canister_id() -> Option<Principal> {
    status::personal_canister_of(msg_caller())
}

/// The canister that a user's capsule has moved to; nothing before it is `Completed`.
#[ic_cdk::query]
fn get_personal_canister_id(user: Principal) -> Option<Principal> {
    status::personal_canister_of(user)
}

/// What a completed creation has come to, with the hub's proof of it.
#[ic_cdk::query]
fn get_creation_receipt(user: Option<Principal>) -> BackendResult<SignedReceipt> {
    let user = auth::ensure_self_or_admin(&Ic, msg_caller(), user)?;
    let signed = receipts::signed(&Ic, user, data_certificate());
    Ok(signed.ok_or_else(|| not_found("a receipt", user))?)
}

/// Gives up the hub's copy of a capsule of the caller's that has moved, once the hashes of both sides
/// were compared again; called until it says `Released`.
#[ic_cdk::update]
async fn release_hub_copy(capsule_id: String) -> BackendResult<HubCopyRelease> {
    let released = async {
        let caller = caller_user()?;
        release::release_hub_copy(&Ic, caller, &capsule_id).await
    };
    typed("release_hub_copy", released.await)
}

/// Creations of a status, in order of their users, in pages of at most 100; for admins.
#[ic_cdk::query]
fn get_creation_states_by_status(
    status: CreationStatus,
    after: Option<Principal>,
    limit: Option<u32>,
) -> BackendResult<CreationList> {
    auth::ensure_admin(&Ic, msg_caller())?;
    Ok(status::with_status(status, after, limit))
}

/// Personal canisters that the hub has made, in pages of at most 100; for admins.
#[ic_cdk::query]
fn get_personal_canister_records(
    filter: Option<PersonalCanisterRecordFilter>,
    page: Option<PersonalCanisterRecordPage>,
) -> BackendResult<PersonalCanisterRecordList> {
    auth::ensure_admin(&Ic, msg_caller())?;
    Ok(registry::list(&filter.unwrap_or_default(), &page.unwrap_or_default()))
}

/// Stops and deletes a user's unfinished canister, gets its cycles back, and forgets the creation;
/// the capsule stays in the hub.
#[ic_cdk::update]
async fn clear_creation_state(user: Principal) -> BackendResult<ClearedCreation> {
    let cleared = async {
        let admin = caller_with(Access::Admin)?;
        requests::clear(&Ic, admin, user).await
    };
    typed("clear_creation_state", cleared.await)
}

/// Begins a user's creation again that has failed.
#[ic_cdk::update]
fn retry_creation(user: Principal) -> BackendResult<CreationStatusResponse> {
    let retried = caller_with(Access::Admin).and_then(|_| {
        requests::retry(&Ic, user)?;
        Ok(status::status_of(user))
    });
    typed("retry_creation", retried)
}

/// Takes in new creations, or none, and begins none that are queued; what runs goes on.
#[ic_cdk::update]
fn set_personal_canister_creation_enabled(enabled: bool) -> BackendResult<()> {
    typed("set_personal_canister_creation_enabled", switch(enabled))
}

/// The same as `set_personal_canister_creation_enabled`.
#[ic_cdk::update]
fn set_migration_enabled(enabled: bool) -> BackendResult<()> {
    typed("set_migration_enabled", switch(enabled))
}

fn switch(enabled: bool) -> BackendResult<()> {
    let admin = caller_with(Access::Admin)?;
    settings::set_enabled(enabled);
    let what = if enabled { Turning::SwitchedOn } else { Turning::SwitchedOff };
    note(admin, what, None);
    orchestrator::admit(&Ic);
    Ok(())
}

#[ic_cdk::query]
pub fn get_personal_canister_creation_stats() -> PersonalCanisterCreationStats {
    status::totals(&Ic)
}

/// The same as `get_personal_canister_creation_stats`.
#[ic_cdk::query]
fn get_migration_stats() -> PersonalCanisterCreationStats {
    status::totals(&Ic)
}

#[ic_cdk::query]
fn get_personal_canister_creation_config() -> PersonalCanisterCreationConfig {
    settings::get()
}

/// Changes limits, all that are given or none.
#[ic_cdk::update]
fn update_personal_canister_creation_config(
    update: PersonalCanisterCreationConfigUpdate,
) -> BackendResult<PersonalCanisterCreationConfig> {
    let updated = caller_with(Access::Admin).and_then(|admin| {
        settings::update(update, Ic.creation_fee())?;
        note(admin, Turning::ConfigUpdated, None);
        orchestrator::admit(&Ic);
        Ok(settings::get())
    });
    typed("update_personal_canister_creation_config", updated)
}

/// The cycles for personal canisters.
#[ic_cdk::query]
pub fn get_cycles_reserve() -> CyclesReserve {
    cycles::info(&Ic)
}

#[ic_cdk::update]
fn set_cycles_reserve(update: CyclesReserveUpdate) -> BackendResult<CyclesReserve> {
    let set = caller_with(Access::Admin).map(|admin| {
        cycles::update(&Ic, update);
        let info = cycles::info(&Ic);
        note(admin, Turning::ReserveSet, Some(info.reserve));
        info
    });
    typed("set_cycles_reserve", set)
}

/// Makes a committed upload the module of all installations that begin from here on.
#[ic_cdk::update]
fn set_personal_canister_wasm(upload_id: u64) -> BackendResult<PersonalCanisterWasm> {
    let set = caller_with(Access::Admin).and_then(|admin| wasm::set(&Ic, admin, upload_id));
    typed("set_personal_canister_wasm", set)
}

/// The module that personal canisters run; nothing before it is set.
#[ic_cdk::query]
fn get_personal_canister_wasm() -> Option<PersonalCanisterWasm> {
    wasm::info()
}

fn not_found(what: &str, user: Principal) -> CreationError {
    CreationError::NotFound { what: format!("{what} of {user}") }
}

fn note(admin: Principal, what: Turning, cycles: Option<u128>) {
    let event = PersonalCanisterEvent::general(what, cycles, String::new());
    events::record(Ic.now(), admin, event);
}
