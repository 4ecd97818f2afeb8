//! What users and admins ask for: everything is checked, then put aside, before any call.

use candid::Principal;
use capsule::{Id, Seal};

use crate::creation::error::CreationError;
use crate::creation::network::Network;
use crate::creation::orchestrator;
use crate::creation::record::{Creation, Step};
use crate::creation::types::{ClearedCreation, CreatePersonalCanisterConfig, CreationStatus};
use crate::creation::{auth, cycles, factory, settings, statistics, table, wasm};
use crate::error::BackendResult;
use crate::events::Turning;
use crate::host;

const MAX_NAME_BYTES: usize = 200;

/// Takes in a user's wish for a canister. Again, it changes nothing, unless the last attempt has
/// failed: then it begins another.
pub fn create(
    environment: &impl Network,
    user: Principal,
    config: CreatePersonalCanisterConfig,
) -> BackendResult<()> {
    let former = table::get(user);
    let named = config.capsule_id.as_deref();
    if let Some(former) = &former
        && former.step != Step::Failed
    {
        return Ok(check_same(former, named)?);
    }
    let capsule = match (&former, named) {
        (Some(former), None) if is_owner(user, former.capsule) => former.capsule,
        _ => auth::ensure_owner(user, named)?,
    };
    check_name(config.name.as_deref())?;
    let mut creation = former.unwrap_or(Creation::new(user, capsule, environment.now()));
    creation.capsule = capsule;
    creation.name = config.name.unwrap_or(creation.name);
    Ok(begin(environment, creation)?)
}

/// Begins another attempt for a user, where the last one has failed; otherwise it changes nothing.
pub fn retry(environment: &impl Network, user: Principal) -> BackendResult<()> {
    let creation = table::get(user).ok_or_else(|| not_found(user))?;
    match creation.step {
        Step::Failed => Ok(begin(environment, creation)?),
        _ => Ok(()),
    }
}

/// Lets an unfinished creation be forgotten: its canister goes, its cycles come back, the capsule
/// stays in the hub.
pub async fn clear(
    environment: &impl Network,
    admin: Principal,
    user: Principal,
) -> BackendResult<ClearedCreation> {
    let mut creation = table::get(user).ok_or_else(|| not_found(user))?;
    if creation.step == Step::Completed {
        let (status, what) = (CreationStatus::Completed, "the canister is its user's".to_owned());
        return Err(CreationError::WrongStatus { status, what }.into());
    }
    let now = environment.now();
    orchestrator::note(environment, &creation, Turning::ClearingRequested, admin, None);
    creation.is_clearing = true;
    if matches!(creation.step, Step::Queued | Step::Failed) {
        // It is among those that run from here on, so that it is gone on with.
        cycles::forgo(&mut creation);
        orchestrator::turn_to_clearing(&mut creation, now);
    }
    creation.next_attempt_at = None;
    table::put(&creation);
    environment.drive_later(user, std::time::Duration::ZERO);
    orchestrator::drive(environment, user).await;
    let left = table::get(user);
    if let Some(error) = left.as_ref().filter(|it| !it.is_clearing).and_then(failure_of) {
        return Err(error.into());
    }
    Ok(ClearedCreation {
        user,
        is_cleared: left.is_none(),
        personal_canister_id: creation.canister_id,
        cycles_recovered: left.map_or_else(|| recovered(&creation), |it| it.cycles_recovered),
    })
}

fn recovered(creation: &Creation) -> u128 {
    let record = creation.canister_id.and_then(crate::creation::registry::get);
    record.map_or(0, |it| creation.cycles_attached.saturating_sub(it.cycles_consumed))
}

fn failure_of(creation: &Creation) -> Option<CreationError> {
    creation.failure.as_ref().map(|failure| failure.error.clone())
}

fn not_found(user: Principal) -> CreationError {
    CreationError::NotFound { what: format!("a creation of {user}") }
}

/// Whether a capsule is there still.
fn is_owner(user: Principal, capsule: Id) -> bool {
    auth::ensure_owner(user, Some(&capsule.to_string())).is_ok()
}

/// A user has one canister, of one capsule.
fn check_same(creation: &Creation, named: Option<&str>) -> Result<(), CreationError> {
    if creation.is_clearing {
        let what = "an admin has it cleared away; try again in a moment".to_owned();
        return Err(CreationError::WrongStatus { status: creation.status(), what });
    }
    if named.is_none_or(|named| named == creation.capsule.to_string()) {
        return Ok(());
    }
    match (creation.step, creation.canister_id) {
        (Step::Completed, Some(canister_id)) => Err(CreationError::AlreadyExists { canister_id }),
        _ => {
            let problem = format!("is not {}, whose canister is being made", creation.capsule);
            Err(CreationError::invalid("capsule_id", problem))
        }
    }
}

fn check_name(name: Option<&str>) -> Result<(), CreationError> {
    let is_bad = |name: &str| name.len() > MAX_NAME_BYTES || name.chars().any(char::is_control);
    match name.is_some_and(is_bad) {
        true => {
            let problem = format!("may have {MAX_NAME_BYTES} bytes, and no control characters");
            Err(CreationError::invalid("name", problem))
        }
        false => Ok(()),
    }
}

/// Puts a creation that has not begun, or has failed, behind all that wait.
fn begin(environment: &impl Network, mut creation: Creation) -> Result<(), CreationError> {
    let limits = settings::get();
    if !limits.enabled {
        let why = "an admin has switched them off; try again when they are on".to_owned();
        return Err(CreationError::Disabled { why });
    }
    if wasm::module().is_none() {
        return Err(CreationError::Disabled { why: factory::NO_MODULE.to_owned() });
    }
    check_here(creation.capsule)?;
    if let Some(canister_id) = creation.canister_id.filter(|_| creation.is_taken) {
        return Err(CreationError::CanisterTaken { canister_id, is_deleted: false });
    }
    if table::queued() >= u64::from(limits.max_queued_creations) {
        return Err(CreationError::TooManyConcurrent { limit: limits.max_queued_creations });
    }
    if creation.canister_id.is_none() {
        cycles::promise(environment, &mut creation)?;
    }
    let is_retry = creation.attempts > 0;
    statistics::change(|statistics| {
        statistics.attempts += 1;
        statistics.retries += u64::from(is_retry);
    });
    let now = environment.now();
    creation.is_clearing = false;
    creation.begin(statistics::get().attempts, now);
    table::put(&creation);
    orchestrator::note(environment, &creation, Turning::Requested, creation.user, None);
    orchestrator::admit(environment);
    Ok(())
}

/// A capsule that is in a canister of its own already gets no other one.
fn check_here(capsule: Id) -> Result<(), CreationError> {
    match host::read(|hub| hub.capsules.seal(capsule)) {
        Some(Seal::Moved { canister_id }) => Err(CreationError::AlreadyExists { canister_id }),
        _ => Ok(()),
    }
}
