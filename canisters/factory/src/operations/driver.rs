//! Brings an operation forward, call by call, and ends it.

use std::time::Duration;

use candid::Principal;
use serde_bytes::ByteBuf;

use crate::environment::Environment;
use crate::error::{FactoryError, FactoryResult, Reason};
use crate::events::{self, EventKind};
use crate::in_flight::{self, Work};
use crate::operations::calls::calls_of;
use crate::operations::record::{Kind, Operation, Stage};
use crate::operations::requests::check_balance;
use crate::operations::stages::{self, Next};
use crate::operations::table;
use crate::registry::{self, CanisterInfo, Status};
use crate::{callers, config, statistics, uploads};

/// Doubled with each attempt, up to a minute or so.
const FIRST_RETRY: Duration = Duration::from_secs(1);
const MOST_DOUBLINGS: u32 = 6;

/// Drives an operation until it ends, has to wait, or the factory is being stopped; whoever calls it
/// for an operation that is being driven returns at once.
pub async fn drive(environment: &impl Environment, operation_id: u64) {
    let Some(_ticket) = in_flight::begin(Work::Operation(operation_id)) else {
        return;
    };
    while let Some(mut operation) = table::get(operation_id) {
        if operation.stage.is_final() {
            return;
        }
        if environment.is_stopping() {
            // A timer of a stopped canister waits until the canister runs again.
            environment.drive_later(operation_id, Duration::ZERO);
            return;
        }
        stages::resume(&mut operation);
        refuse_if_poor(environment, &mut operation);
        if operation.stage.is_final() {
            finish(environment, operation_id, &operation);
            return;
        }
        let calls = calls_of(&operation, operation_id, environment.canister_id());
        operation.announce(environment.now());
        table::put(operation_id, &operation);

        let answer = environment.perform(calls).await;

        let is_new = operation.canister_id.is_none();
        let next = stages::advance(&mut operation, answer, environment.canister_id());
        operation.updated_at = environment.now();
        if operation.stage.is_final() {
            finish(environment, operation_id, &operation);
            return;
        }
        table::put(operation_id, &operation);
        if let Some(canister_id) = operation.canister_id.filter(|_| is_new) {
            register(environment, operation_id, &operation, canister_id);
        }
        if next == Next::Retry {
            let doublings = (operation.attempts - 1).min(MOST_DOUBLINGS);
            let delay = FIRST_RETRY * 2u32.pow(doublings);
            environment.drive_later(operation_id, delay);
            return;
        }
    }
}

/// How an operation has ended: its record, or why it failed.
pub fn outcome(operation_id: u64) -> FactoryResult<Operation> {
    let unfinished = || FactoryError::from(Reason::OperationUnfinished { operation_id });
    let operation = table::get(operation_id).ok_or_else(unfinished)?;
    match operation.stage {
        Stage::Completed => Ok(operation),
        Stage::Failed => Err(operation.error(operation_id).unwrap_or_else(unfinished)),
        _ => Err(unfinished()),
    }
}

/// Cycles may have gone since the request was checked.
fn refuse_if_poor(environment: &impl Environment, operation: &mut Operation) {
    if operation.stage != Stage::Creating {
        return;
    }
    let minimum = config::get().min_factory_cycles;
    if let Err(poor) = check_balance(environment, operation.cycles, 0, minimum) {
        operation.fail(Stage::Creating, poor.reason);
        operation.stage = Stage::Failed;
    }
}

/// Notes a canister the moment that its id is known.
fn register(
    environment: &impl Environment,
    operation_id: u64,
    operation: &Operation,
    canister_id: Principal,
) {
    let now = environment.now();
    registry::put(CanisterInfo {
        canister_id,
        created_by: operation.caller,
        owner: operation.owner,
        created_at: now,
        canister_type: operation.canister_type.clone(),
        status: Status::Creating,
        cycles_balance: operation.cycles.saturating_sub(environment.creation_fee()),
        module_hash: None,
        upload_id: None,
        controllers: vec![environment.canister_id()],
    });
    let cycles = operation.cycles;
    events::record(
        now,
        operation.caller,
        EventKind::CanisterCreated { operation_id, canister_id, cycles },
    );
}

/// Writes the end of an operation, and all that follows from it, in one message.
fn finish(environment: &impl Environment, operation_id: u64, operation: &Operation) {
    table::put(operation_id, operation);
    if let Some(module) = operation.module {
        uploads::change(|uploads| uploads.release(&module.hash));
    }
    match operation.canister_id {
        Some(_) if operation.canister_deleted => note_deleted(environment, operation),
        Some(canister_id) => note_present(operation, canister_id),
        None => release_reservation(operation),
    }
    statistics::note_ended(operation);
    record_end(environment, operation_id, operation);
}

fn release_reservation(operation: &Operation) {
    callers::change(operation.caller, |caller| caller.canisters_held -= 1);
}

/// The canister is there, with the new code or without.
fn note_present(operation: &Operation, canister_id: Principal) {
    let has_succeeded = operation.stage == Stage::Completed;
    let former_upload = registry::get(canister_id).and_then(|info| info.upload_id);
    registry::change(canister_id, |info| {
        let is_down = operation.is_left_stopped
            || !operation.was_running
            || (operation.kind == Kind::Create && !has_succeeded);
        info.status = if is_down { Status::Stopped } else { Status::Active };
        if let Some(module) = operation.module.filter(|_| operation.is_installed) {
            info.module_hash = Some(ByteBuf::from(module.hash));
            info.upload_id = operation.upload_id;
        }
        if operation.hands_off && has_succeeded {
            info.controllers = operation.controllers.clone();
        }
    });
    if !operation.is_installed {
        return;
    }
    if operation.kind == Kind::Create && has_succeeded {
        callers::change(operation.caller, |caller| {
            caller.canisters_created += 1;
            caller.cycles_used += operation.cycles;
        });
    }
    count_use(former_upload, operation.upload_id, operation.updated_at);
}

/// An upload is used by the canisters that run its module.
fn count_use(former: Option<u64>, upload_id: Option<u64>, now: u64) {
    let policy = config::upload_policy();
    uploads::change(|uploads| {
        if let Some(upload_id) = upload_id {
            uploads.used(upload_id);
        }
        if let Some(former) = former {
            uploads.unused(former, now, &policy);
        }
    });
}

fn note_deleted(environment: &impl Environment, operation: &Operation) {
    let Some(canister_id) = operation.canister_id else {
        return;
    };
    mark_deleted(canister_id, operation.updated_at);
    let (cycles_recovered, cycles_lost) = (operation.cycles_recovered, operation.cycles_lost);
    events::record(
        environment.now(),
        operation.caller,
        EventKind::CanisterDeleted { canister_id, cycles_recovered, cycles_lost },
    );
}

/// Notes that a canister is gone, and gives its creator the place back.
pub fn mark_deleted(canister_id: Principal, now: u64) {
    let Some(info) = registry::get(canister_id).filter(|info| info.status != Status::Deleted)
    else {
        return;
    };
    callers::change(info.created_by, |caller| caller.canisters_held -= 1);
    statistics::change(|totals| totals.canisters_deleted += 1);
    count_use(info.upload_id, None, now);
    registry::change(canister_id, |info| {
        info.status = Status::Deleted;
        info.cycles_balance = 0;
        info.controllers.clear();
    });
}

fn record_end(environment: &impl Environment, operation_id: u64, operation: &Operation) {
    let (kind, canister_id) = (operation.kind, operation.canister_id);
    let event = match operation.error(operation_id) {
        None => EventKind::OperationCompleted { operation_id, kind, canister_id },
        Some(error) => {
            let error = error.message;
            EventKind::OperationFailed { operation_id, kind, canister_id, error }
        }
    };
    events::record(environment.now(), operation.caller, event);
}
