//! The hub's copy of a capsule that has moved goes when its owner asks, once both hashes were
//! compared again.

use candid::Principal;
use capsule::ManifestBuilder;

use crate::creation::error::{CreationError, FailedCall};
use crate::creation::export::MOST_ITEMS;
use crate::creation::network::Network;
use crate::creation::personal::{self, StoredManifest};
use crate::creation::record::{Creation, Step};
use crate::creation::types::{CreationStatus, HubCopyRelease};
use crate::creation::{auth, in_flight, orchestrator, statistics, table, verify};
use crate::environment::Environment;
use crate::error::BackendResult;
use crate::events::Turning;
use crate::host;

/// Brings the comparison forward, some items a message; called until it says `Released`.
pub async fn release_hub_copy(
    environment: &impl Network,
    owner: Principal,
    capsule_id: &str,
) -> BackendResult<HubCopyRelease> {
    let mut creation = moved(owner, capsule_id)?;
    let (Some(canister_id), Some(manifest)) =
        (creation.canister_id, creation.progress.manifest.clone())
    else {
        return Err(not_completed(&creation).into());
    };
    let root_hash_hex = manifest.root_hash_hex.clone();
    if creation.released_at.is_some() {
        return Ok(HubCopyRelease::Released { root_hash_hex });
    }
    let Some(_ticket) = in_flight::begin(owner) else {
        let (status, what) = (CreationStatus::Completed, "it is compared at this moment".into());
        return Err(CreationError::WrongStatus { status, what }.into());
    };
    let builder = creation.release.get_or_insert(ManifestBuilder::new(creation.capsule));
    let again = host::read(|hub| builder.step(&hub.capsules, MOST_ITEMS));
    let (done, total) = builder.progress();
    let Some(again) = again else {
        table::put(&creation);
        return Ok(HubCopyRelease::Checking { done, total });
    };
    creation.release = None;
    table::put(&creation);
    verify::check_manifest(canister_id, &manifest, &again)?;

    let asked = vec![personal::call(canister_id, "get_manifest", ())];
    let answers =
        environment.perform(asked).await.map_err(|error| unverified(canister_id, error.into()))?;

    let stored: StoredManifest =
        personal::result(&answers[0]).map_err(|refusal| unverified(canister_id, refusal.call))?;
    verify::check_manifest(canister_id, &again, &stored.manifest)?;
    let_go(environment, &mut creation);
    Ok(HubCopyRelease::Released { root_hash_hex })
}

/// The owner's creation, if it is of this capsule and completed.
fn moved(owner: Principal, capsule_id: &str) -> BackendResult<Creation> {
    let capsule = auth::ensure_owner(owner, Some(capsule_id))?;
    let creation = table::get(owner).filter(|creation| creation.capsule == capsule);
    let what = || CreationError::NotFound { what: format!("a personal canister of {capsule_id}") };
    let creation = creation.ok_or_else(what)?;
    match creation.step {
        Step::Completed => Ok(creation),
        _ => Err(not_completed(&creation).into()),
    }
}

fn not_completed(creation: &Creation) -> CreationError {
    let what = "the hub's copy is the only one until it is Completed".to_owned();
    CreationError::WrongStatus { status: creation.status(), what }
}

fn unverified(canister_id: Principal, call: FailedCall) -> CreationError {
    CreationError::VerifyFailed { canister_id, differences: Vec::new(), call: Some(call) }
}

fn let_go(environment: &impl Environment, creation: &mut Creation) {
    let released = host::act(environment, creation.user, |capsules, _| {
        capsules.release_copy(creation.capsule);
        Ok(())
    });
    released.expect("this act refuses nothing");
    environment.work_later();
    let now = environment.now();
    creation.released_at = Some(now);
    table::put(creation);
    statistics::change(|statistics| statistics.hub_copies_released += 1);
    orchestrator::note(environment, creation, Turning::HubCopyReleased, creation.user, None);
}
