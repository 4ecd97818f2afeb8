//! What is told of creations.

use candid::Principal;

use crate::creation::record::{Creation, Step};
use crate::creation::types::{
    CreationList, CreationStatus, CreationStatusResponse, DetailedCreationStatus,
    PersonalCanisterCreationStats,
};
use crate::creation::{cycles, registry, settings, statistics, table};
use crate::environment::Environment;
use crate::error::BackendError;

/// The most creations of a page, each of which is a look-up.
const MOST_LISTED: u32 = super::types::MOST_LISTED;

pub fn status_of(user: Principal) -> CreationStatusResponse {
    match table::get(user) {
        Some(creation) => brief(&creation),
        None => CreationStatusResponse {
            user,
            status: CreationStatus::NotStarted,
            capsule_id: None,
            personal_canister_id: None,
            queue_position: None,
            failed_stage: None,
            error: None,
        },
    }
}

fn brief(creation: &Creation) -> CreationStatusResponse {
    CreationStatusResponse {
        user: creation.user,
        status: creation.status(),
        capsule_id: Some(creation.capsule.to_string()),
        personal_canister_id: creation.canister_id,
        queue_position: queue_position(creation),
        failed_stage: creation.failure.as_ref().map(|failure| failure.stage),
        error: error_of(creation),
    }
}

/// All that is known of a user's creation; of one that was not begun, nothing.
pub fn details_of(user: Principal) -> Option<DetailedCreationStatus> {
    let creation = table::get(user)?;
    let progress = &creation.progress;
    let total =
        |figure: fn(&capsule::Manifest) -> u64| progress.manifest.as_ref().map_or(0, figure);
    Some(DetailedCreationStatus {
        user,
        status: creation.status(),
        capsule_id: Some(creation.capsule.to_string()),
        personal_canister_id: creation.canister_id,
        queue_position: queue_position(&creation),
        failed_stage: creation.failure.as_ref().map(|failure| failure.stage),
        error: error_of(&creation),
        name: creation.name.clone(),
        created_at_time_ns: creation.created_at,
        updated_at_time_ns: creation.updated_at,
        completed_at_time_ns: creation.completed_at,
        stages: creation.stages.clone(),
        items_exported: progress.items_exported,
        items_total: progress.items_total,
        memories_done: progress.memories.count,
        memories_total: total(|manifest| manifest.memories),
        galleries_done: progress.galleries.count,
        galleries_total: total(|manifest| manifest.galleries),
        connections_done: progress.connections.count,
        connections_total: total(|manifest| manifest.connections),
        blobs_done: progress.blobs.blobs,
        blobs_total: total(|manifest| manifest.blobs),
        bytes_done: progress.blobs.bytes,
        bytes_total: total(|manifest| manifest.total_bytes),
        checked_done: progress.checked_done,
        checked_total: progress.checked_total,
        cycles_attached: creation.cycles_attached,
        cycles_consumed: creation.cycles_consumed(),
        cycles_recovered: creation.cycles_recovered,
        attempts: creation.attempts,
        stage_attempts: creation.step_attempts,
        next_attempt_at_time_ns: creation.next_attempt_at,
        is_clearing: creation.is_clearing,
        manifest: progress.manifest.clone(),
        module_hash: creation.module_hash.clone(),
        hub_copy_released_at_time_ns: creation.released_at,
    })
}

/// The canister that a user's capsule has moved to.
pub fn personal_canister_of(user: Principal) -> Option<Principal> {
    let creation = table::get(user).filter(|it| it.step == Step::Completed)?;
    creation.canister_id
}

pub fn with_status(
    status: CreationStatus,
    after: Option<Principal>,
    limit: Option<u32>,
) -> CreationList {
    let limit = limit.unwrap_or(MOST_LISTED).clamp(1, MOST_LISTED) as usize;
    let users = table::with_status(status, after, limit);
    let next = users.last().copied().filter(|_| users.len() == limit);
    CreationList { creations: users.into_iter().map(status_of).collect(), next }
}

pub fn totals(environment: &impl Environment) -> PersonalCanisterCreationStats {
    let statistics = statistics::get();
    PersonalCanisterCreationStats {
        is_enabled: settings::get().enabled,
        attempts: statistics.attempts,
        retries: statistics.retries,
        completed: statistics.completed,
        failed: statistics.failed,
        cleared: statistics.cleared,
        running: table::running_count(),
        queued: table::queued(),
        canisters: registry::count(),
        memories_moved: statistics.memories_moved,
        bytes_moved: statistics.bytes_moved,
        hub_copies_released: statistics.hub_copies_released,
        cycles_consumed: cycles::info(environment).consumed,
        cycles_recovered: statistics.cycles_recovered,
        errors: statistics.error_rates(),
    }
}

fn queue_position(creation: &Creation) -> Option<u64> {
    (creation.step == Step::Queued).then(|| table::position(creation.sequence))
}

fn error_of(creation: &Creation) -> Option<BackendError> {
    creation.failure.as_ref().map(|failure| failure.error.clone().into())
}
