//! From a stage and its answer to the next stage. Pure: what must happen besides is the driver's.

use candid::Principal;
use serde_bytes::ByteBuf;

use crate::error::Reason;
use crate::operations::record::{Kind, Operation, Stage};
use management_calls::{CallError, Reply, Snapshot, Status};

/// How often a call is tried that could not be sent.
pub const MOST_ATTEMPTS: u32 = 5;

pub type Answer = Result<Vec<Reply>, CallError>;

/// What comes next.
#[derive(Debug, PartialEq, Eq)]
pub enum Next {
    /// On with the stage that is noted, at once.
    Proceed,
    /// The same calls again, after a while.
    Retry,
}

/// Notes the answer to the calls of a stage, and the stage after it.
pub fn advance(operation: &mut Operation, answer: Answer, factory: Principal) -> Next {
    operation.is_announced = false;
    if let Err(error) = &answer
        && is_tried_again(operation, error)
    {
        operation.attempts += 1;
        return Next::Retry;
    }
    operation.attempts = 0;
    operation.stage = match answer {
        Ok(replies) => after_replies(operation, replies, factory),
        Err(error) => after_error(operation, error),
    };
    Next::Proceed
}

/// A call that could not be sent is tried some more times. What the IC refuses for the moment is
/// told to the caller, who may know better: it calls it transient when a canister has too few cycles.
/// But giving up the last steps of an undoing would leave a canister behind, so they go on for as
/// long as it takes.
fn is_tried_again(operation: &Operation, error: &CallError) -> bool {
    let is_undoing = match operation.stage {
        Stage::Deleting => true,
        Stage::StoppingForDeletion | Stage::Starting => operation.failure.is_some(),
        _ => false,
    };
    (is_undoing && error.is_transient())
        || (error.is_unsent() && operation.attempts + 1 < MOST_ATTEMPTS)
}

/// Notes that the answer to the calls of a stage is lost, and what finds out how they went.
pub fn resume(operation: &mut Operation) {
    if !operation.is_announced {
        return;
    }
    operation.is_announced = false;
    match operation.stage {
        Stage::Creating => {
            let lost = Reason::CallFailed {
                method: "create_canister".to_owned(),
                reject_code: None,
                reject_message: "the answer was lost; whether there is a canister is not known"
                    .to_owned(),
            };
            operation.fail(Stage::Creating, lost);
            operation.stage = Stage::Failed;
        }
        Stage::TakingSnapshot => operation.stage = Stage::FindingSnapshot,
        Stage::Installing if operation.snapshot.is_some() => operation.stage = Stage::RollingBack,
        Stage::Installing => operation.installs_again = true,
        _ => {}
    }
}

fn after_replies(operation: &mut Operation, replies: Vec<Reply>, factory: Principal) -> Stage {
    match operation.stage {
        Stage::StoringChunks => return after_chunks(operation, replies),
        Stage::CheckingStatus => return after_status(operation, replies),
        Stage::FindingSnapshot => return after_snapshots(operation, replies),
        _ => {}
    }
    match (operation.stage, replies.into_iter().next()) {
        (Stage::Creating, Some(Reply::Created(canister_id))) => {
            operation.canister_id = Some(canister_id);
            Stage::StoringChunks
        }
        (Stage::TakingSnapshot, Some(Reply::Snapshot(id))) => {
            operation.snapshot = Some(ByteBuf::from(id));
            Stage::StoringChunks
        }
        (Stage::ConfirmingHandOff, Some(Reply::Info(info))) => {
            confirmed(operation, info.controllers, factory)
        }
        (Stage::RecoveringCycles, Some(Reply::Recovered(cycles))) => {
            operation.cycles_recovered += cycles;
            Stage::StoppingRecovery
        }
        (Stage::ReadingBalance, Some(Reply::Status(status))) => {
            operation.cycles_lost = status.cycles;
            Stage::Deleting
        }
        (stage, _) => after_success(operation, stage),
    }
}

/// The stage behind one whose reply says no more than that it succeeded.
fn after_success(operation: &mut Operation, stage: Stage) -> Stage {
    match stage {
        Stage::Stopping => after_stopping(operation),
        Stage::Installing => {
            operation.is_installed = true;
            Stage::ClearingChunks
        }
        Stage::RollingBack if operation.failure.is_none() => Stage::Installing,
        Stage::RollingBack => Stage::ClearingChunks,
        Stage::ClearingChunks => after_clearing(operation),
        Stage::DeletingSnapshot => after_snapshot(operation),
        Stage::Starting => after_starting(operation),
        Stage::HandingOff => Stage::Completed,
        Stage::StoppingForDeletion => Stage::LiftingReserve,
        Stage::LiftingReserve => Stage::InstallingRecovery,
        Stage::InstallingRecovery => Stage::StartingRecovery,
        Stage::StartingRecovery => Stage::RecoveringCycles,
        Stage::StoppingRecovery => Stage::ReadingBalance,
        Stage::Deleting => deleted(operation),
        // An answer of another kind than the call's is a bug of the replica or of ours.
        other => unreachable!("{other:?} has a reply of its own"),
    }
}

fn after_error(operation: &mut Operation, error: CallError) -> Stage {
    let stage = operation.stage;
    if is_gone(stage, &error) {
        if operation.kind != Kind::Delete {
            operation.fail(stage, error);
        }
        return deleted(operation);
    }
    match stage {
        Stage::Creating | Stage::CheckingStatus => {
            operation.fail(stage, error);
            Stage::Failed
        }
        Stage::Stopping | Stage::TakingSnapshot | Stage::FindingSnapshot => {
            operation.fail(stage, error);
            after_snapshot(operation)
        }
        Stage::StoringChunks => undone(operation, error, Stage::ClearingChunks),
        Stage::Installing => {
            let rolls_back = operation.snapshot.is_some();
            let stage = if rolls_back { Stage::RollingBack } else { Stage::ClearingChunks };
            undone(operation, error, stage)
        }
        Stage::RollingBack => {
            operation.fail(stage, error);
            operation.keeps_snapshot = true;
            Stage::ClearingChunks
        }
        // What stays costs its owner memory, and undoes nothing that was asked for.
        Stage::ClearingChunks => {
            operation.left_behind.push(format!("chunks in the chunk store: {}", error.message));
            after_clearing(operation)
        }
        Stage::DeletingSnapshot => {
            operation.left_behind.push(format!("the snapshot: {}", error.message));
            after_snapshot(operation)
        }
        Stage::Starting => {
            operation.fail(stage, error);
            operation.is_left_stopped = true;
            Stage::Failed
        }
        Stage::HandingOff => {
            operation.fail(stage, error);
            Stage::ConfirmingHandOff
        }
        Stage::ConfirmingHandOff => not_handed_off(operation),
        Stage::StoppingForDeletion | Stage::Deleting => not_deleted(operation, error),
        Stage::LiftingReserve | Stage::InstallingRecovery | Stage::StartingRecovery => {
            Stage::ReadingBalance
        }
        Stage::RecoveringCycles => Stage::StoppingRecovery,
        Stage::StoppingRecovery => Stage::ReadingBalance,
        Stage::ReadingBalance => Stage::Deleting,
        Stage::Completed | Stage::Failed => unreachable!("{stage:?} makes no calls"),
    }
}

/// Whether the canister is not there any more. With a snapshot, it may be that which is not there.
fn is_gone(stage: Stage, error: &CallError) -> bool {
    let is_about_canister =
        !matches!(stage, Stage::Creating | Stage::RollingBack | Stage::DeletingSnapshot);
    is_about_canister && error.is_not_found()
}

fn after_status(operation: &mut Operation, replies: Vec<Reply>) -> Stage {
    let Some(Reply::Status(status)) = replies.into_iter().next() else {
        unreachable!("a status is answered with a status");
    };
    let Status { is_stopped, module_hash, .. } = status;
    operation.was_running = !is_stopped;
    // Without code there is nothing to take a snapshot of.
    operation.takes_snapshot &= module_hash.is_some();
    if is_stopped { after_stopping(operation) } else { Stage::Stopping }
}

fn after_stopping(operation: &Operation) -> Stage {
    if operation.takes_snapshot { Stage::TakingSnapshot } else { Stage::StoringChunks }
}

/// The snapshot whose id was lost is the newest one since it was asked for.
fn after_snapshots(operation: &mut Operation, replies: Vec<Reply>) -> Stage {
    let Some(Reply::Snapshots(snapshots)) = replies.into_iter().next() else {
        unreachable!("a list of snapshots is answered with one");
    };
    let asked_at = operation.snapshot_asked_at;
    let taken = snapshots.into_iter().filter(|each| each.taken_at_timestamp >= asked_at);
    match taken.max_by_key(|each| each.taken_at_timestamp) {
        Some(Snapshot { id, .. }) => {
            operation.snapshot = Some(id);
            Stage::StoringChunks
        }
        None => Stage::TakingSnapshot,
    }
}

fn after_chunks(operation: &mut Operation, replies: Vec<Reply>) -> Stage {
    for reply in replies {
        let Reply::ChunkHash(hash) = reply else {
            unreachable!("a chunk is answered with its hash");
        };
        operation.stored_chunks.push(ByteBuf::from(hash));
    }
    let is_all = operation.stored_chunks.len() as u32 >= operation.chunks_total();
    if is_all { Stage::Installing } else { Stage::StoringChunks }
}

fn after_clearing(operation: &mut Operation) -> Stage {
    if operation.snapshot.is_some() && !operation.keeps_snapshot {
        return Stage::DeletingSnapshot;
    }
    after_snapshot(operation)
}

/// Snapshot and chunks are gone, or never were: the canister runs again if it did before.
fn after_snapshot(operation: &mut Operation) -> Stage {
    if operation.kind != Kind::Create && operation.was_running {
        return Stage::Starting;
    }
    after_starting(operation)
}

fn after_starting(operation: &Operation) -> Stage {
    match operation.failure {
        Some(_) => Stage::Failed,
        None if operation.hands_off => Stage::HandingOff,
        None => Stage::Completed,
    }
}

/// What follows a failure: a new canister goes, an old one comes back by way of `stage`.
fn undone(operation: &mut Operation, error: CallError, stage: Stage) -> Stage {
    operation.fail(operation.stage, error);
    match operation.kind {
        Kind::Create => Stage::StoppingForDeletion,
        _ => stage,
    }
}

/// A hand-off that was rejected may have been made before, by a call whose answer was lost.
fn confirmed(
    operation: &mut Operation,
    mut controllers: Vec<Principal>,
    factory: Principal,
) -> Stage {
    let mut wanted = operation.controllers.clone();
    controllers.sort();
    wanted.sort();
    let is_given_up = !wanted.contains(&factory) && !controllers.contains(&factory);
    if controllers != wanted && !is_given_up {
        return not_handed_off(operation);
    }
    operation.failure = None;
    Stage::Completed
}

fn not_handed_off(operation: &Operation) -> Stage {
    match operation.kind {
        Kind::Create => Stage::StoppingForDeletion,
        _ => Stage::Failed,
    }
}

fn not_deleted(operation: &mut Operation, error: CallError) -> Stage {
    let stage = operation.stage;
    operation.fail(stage, error);
    if operation.kind == Kind::Delete && stage == Stage::StoppingForDeletion {
        return Stage::Starting;
    }
    operation.is_left_stopped = true;
    Stage::Failed
}

fn deleted(operation: &mut Operation) -> Stage {
    operation.canister_deleted = true;
    match operation.failure {
        Some(_) => Stage::Failed,
        None => Stage::Completed,
    }
}
