//! The hub's side of the move: the capsule is frozen, and its manifest made, some items a message.

use capsule::ManifestBuilder;

use crate::creation::auth;
use crate::creation::orchestrator::Plan;
use crate::creation::record::{Creation, Step};
use crate::environment::Environment;
use crate::error::Reason;
use crate::host;

use super::error::CreationError;

/// Items that one message hashes: each takes some hundred thousand instructions.
pub const MOST_ITEMS: usize = 1000;

/// Freezes the capsule at first, and brings the manifest forward.
pub fn plan(environment: &impl Environment, creation: &mut Creation) -> Plan {
    if creation.progress.builder.is_none()
        && let Err(error) = freeze(environment, creation)
    {
        return Plan::Fail(error);
    }
    let builder = creation.progress.builder.get_or_insert(ManifestBuilder::new(creation.capsule));
    let manifest = host::read(|hub| builder.step(&hub.capsules, MOST_ITEMS));
    let (done, total) = builder.progress();
    (creation.progress.items_exported, creation.progress.items_total) = (done, total);
    if manifest.is_none() {
        return Plan::Later;
    }
    creation.progress.manifest = manifest;
    Plan::Step(match creation.canister_id {
        None => Step::Creating,
        Some(_) => Step::CheckingCanister,
    })
}

/// Its user may have deleted it while it waited.
fn freeze(environment: &impl Environment, creation: &Creation) -> Result<(), CreationError> {
    let capsule_id = creation.capsule.to_string();
    auth::ensure_owner(creation.user, Some(&capsule_id))
        .map_err(|refused| CreationError::NotFound { what: Reason::to_string(&refused.reason) })?;
    seal(environment, creation, |capsules, creation| capsules.freeze(creation.capsule));
    Ok(())
}

/// Lets the capsule change again.
pub fn thaw(environment: &impl Environment, creation: &Creation) {
    seal(environment, creation, |capsules, creation| capsules.thaw(creation.capsule));
}

/// Has the hub answer that the capsule is in its own canister.
pub fn mark_moved(environment: &impl Environment, creation: &Creation) {
    seal(environment, creation, |capsules, creation| {
        if let Some(canister_id) = creation.canister_id {
            capsules.mark_moved(creation.capsule, canister_id);
        }
    });
}

fn seal(
    environment: &impl Environment,
    creation: &Creation,
    seal: impl FnOnce(&mut capsule::Capsules<crate::memory::Memory>, &Creation),
) {
    let sealed = host::act(environment, creation.user, |capsules, _| {
        seal(capsules, creation);
        Ok(())
    });
    sealed.expect("this act refuses nothing");
}
