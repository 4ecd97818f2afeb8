//! For admins: templates, limits, who may call.

use candid::{CandidType, Deserialize, Principal};
use ic_cdk::api::msg_caller;
use serde_bytes::ByteBuf;

use crate::access;
use crate::api::{caller_admin, typed};
use crate::config::{self, Config, ConfigUpdate};
use crate::environment::{Environment, Ic};
use crate::error::FactoryResult;
use crate::events::{self, EventKind};
use crate::operations::check_fee;
use crate::templates::{self, SetTemplate, TemplateInfo};

const MOST_LISTED: u32 = 100;

/// All limits as they are in force.
#[derive(CandidType, Deserialize, Clone, Debug)]
pub struct ConfigInfo {
    pub max_canisters_per_caller: u32,
    pub min_factory_cycles: u128,
    pub max_upload_size: u64,
    pub upload_ttl_seconds: u64,
    pub max_open_uploads_per_caller: u32,
    pub max_uploads_per_caller: u32,
    pub max_stored_bytes: u64,
    pub max_cycles_per_creation: u128,
    pub max_operations: u32,
    pub max_chunk_size: u32,
    pub max_chunks_per_upload: u32,
    pub emergency_stop: bool,
    /// Whether only callers in the allowlist are let in.
    pub has_allowlist: bool,
    /// Told to admins only, as are the admins.
    pub allowlist: Option<Vec<Principal>>,
    pub admins: Option<Vec<Principal>>,
}

/// Registers a committed upload under a name, or sets a new version of it.
#[ic_cdk::update]
fn set_template(request: SetTemplate) -> FactoryResult<()> {
    typed("set_template", try_set_template(request))
}

fn try_set_template(request: SetTemplate) -> FactoryResult<()> {
    let caller = caller_admin()?;
    check_fee(&Ic, request.cycles)?;
    let name = request.name.clone();
    let template = templates::set(request, Ic.now())?;
    let (version, module_hash) = (template.version, ByteBuf::from(template.module.hash));
    events::record(Ic.now(), caller, EventKind::TemplateSet { name, version, module_hash });
    Ok(())
}

/// Removes a template; canisters that were made from it stay.
#[ic_cdk::update]
fn remove_template(name: String) -> FactoryResult<()> {
    typed("remove_template", try_remove_template(name))
}

fn try_remove_template(name: String) -> FactoryResult<()> {
    let caller = caller_admin()?;
    templates::remove(&name)?;
    events::record(Ic.now(), caller, EventKind::TemplateRemoved { name });
    Ok(())
}

/// Templates behind a name, at most 100.
#[ic_cdk::query]
fn list_templates(after: Option<String>, limit: Option<u32>) -> Vec<TemplateInfo> {
    templates::list(after, limit.unwrap_or(MOST_LISTED).min(MOST_LISTED) as usize)
}

/// Refuses all requests but those of admins. What is under way goes on.
#[ic_cdk::update]
fn set_emergency_stop(stopped: bool) -> FactoryResult<()> {
    let result = caller_admin().map(|caller| {
        config::set(Config { emergency_stop: stopped, ..config::get() });
        events::record(Ic.now(), caller, EventKind::EmergencyStopSet { stopped });
    });
    typed("set_emergency_stop", result)
}

/// Lets in these callers only; everybody, where there is no list.
#[ic_cdk::update]
fn set_allowlist(callers: Option<Vec<Principal>>) -> FactoryResult<()> {
    typed("set_allowlist", try_set_allowlist(callers.as_deref()))
}

fn try_set_allowlist(callers: Option<&[Principal]>) -> FactoryResult<()> {
    let caller = caller_admin()?;
    let callers = access::set_allowlist(callers)?;
    events::record(Ic.now(), caller, EventKind::AllowlistSet { callers });
    Ok(())
}

#[ic_cdk::update]
fn add_admin(admin: Principal) -> FactoryResult<()> {
    typed("add_admin", try_add_admin(admin))
}

fn try_add_admin(admin: Principal) -> FactoryResult<()> {
    let caller = caller_admin()?;
    access::add_admin(admin)?;
    events::record(Ic.now(), caller, EventKind::AdminAdded { admin });
    Ok(())
}

/// Removes an admin, but never the last one.
#[ic_cdk::update]
fn remove_admin(admin: Principal) -> FactoryResult<()> {
    typed("remove_admin", try_remove_admin(admin))
}

fn try_remove_admin(admin: Principal) -> FactoryResult<()> {
    let caller = caller_admin()?;
    if access::remove_admin(admin)? {
        events::record(Ic.now(), caller, EventKind::AdminRemoved { admin });
    }
    Ok(())
}

/// Changes limits, all that are given or none.
#[ic_cdk::update]
fn update_config(update: ConfigUpdate) -> FactoryResult<ConfigInfo> {
    typed("update_config", try_update_config(update))
}

fn try_update_config(update: ConfigUpdate) -> FactoryResult<ConfigInfo> {
    let caller = caller_admin()?;
    config::update(update)?;
    events::record(Ic.now(), caller, EventKind::ConfigUpdated);
    Ok(get_config())
}

/// All limits; the lists of principals for admins only.
#[ic_cdk::query]
fn get_config() -> ConfigInfo {
    let config = config::get();
    let is_admin = access::is_admin(&Ic, msg_caller());
    ConfigInfo {
        max_canisters_per_caller: config.max_canisters_per_caller,
        min_factory_cycles: config.min_factory_cycles,
        max_upload_size: config.max_upload_size,
        upload_ttl_seconds: config.upload_ttl_seconds,
        max_open_uploads_per_caller: config.max_open_uploads_per_caller,
        max_uploads_per_caller: config.max_uploads_per_caller,
        max_stored_bytes: config.max_stored_bytes,
        max_cycles_per_creation: config.max_cycles_per_creation,
        max_operations: config.max_operations,
        max_chunk_size: chunked_upload::MAX_CHUNK_BYTES,
        max_chunks_per_upload: chunked_upload::MAX_CHUNKS,
        emergency_stop: config.emergency_stop,
        has_allowlist: config.has_allowlist,
        allowlist: access::allowlist().filter(|_| is_admin),
        admins: is_admin.then(access::admins),
    }
}
