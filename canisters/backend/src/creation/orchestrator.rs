//! Brings creations forward, step by step and call by call, and ends them.
//!
//! A record is written before its calls and again after their answers, so that whatever interrupts
//! the hub in between, a timer goes on: calls whose answer is lost are made again, which does no harm,
//! or it is asked what has become of them.

use std::time::Duration;

use candid::Principal;
use management_calls::CallError;

use crate::creation::error::{CreationError, FailedCall};
use crate::creation::network::{Answer, Network, Request};
use crate::creation::personal::{ImportRefusal, Refusal};
use crate::creation::record::{Creation, Failure, Step, Trouble};
use crate::creation::types::{CreationStatus, PersonalCanisterRecord, RecordStatus};
use crate::creation::{
    clearing, cycles, export, factory, import, in_flight, receipts, registry, settings, statistics,
    table, wasm,
};
use crate::environment::Environment;
use crate::events::{self, EventKind, PersonalCanisterEvent, Turning};

/// Doubled with each attempt, up to a minute or so.
const FIRST_RETRY: Duration = Duration::from_secs(1);
const MOST_DOUBLINGS: u32 = 6;
/// How often a personal canister may say that it is not ready; each time it hashes 64 MiB.
const MOST_ASKED: u32 = 1000;

/// What a step consists of.
pub enum Plan {
    Calls(Vec<Request>),
    /// Nothing: on with another step.
    Step(Step),
    /// Some of it was done; the rest is for further messages.
    Later,
    Fail(CreationError),
}

/// What comes after an answer.
pub enum Turn {
    To(Step),
    /// A step that was made so often already, after a while.
    Later(Step, u32),
}

/// Lets those who wait begin, as many as may run.
pub fn admit(environment: &impl Network) {
    let limits = settings::get();
    while limits.enabled && table::running_count() < u64::from(limits.max_concurrent_creations) {
        let Some(mut creation) = table::first_in_queue().and_then(table::get) else {
            return;
        };
        creation.go_to(Step::Exporting, environment.now());
        table::put(&creation);
        environment.drive_later(creation.user, Duration::ZERO);
    }
}

/// Goes on with all that have not ended, and lets others begin; after an upgrade there are no timers.
pub fn resume_all(environment: &impl Network) {
    for user in table::running() {
        if !in_flight::contains(user) {
            environment.drive_later(user, Duration::ZERO);
        }
    }
    admit(environment);
    cycles::watch(environment);
}

/// Drives a user's creation until it ends, has to wait, or the hub is being stopped; whoever calls it
/// for one that is being driven returns at once.
pub async fn drive(environment: &impl Network, user: Principal) {
    let Some(_ticket) = in_flight::begin(user) else {
        return;
    };
    while let Some(mut creation) = table::get(user).filter(|it| is_due(environment, it)) {
        if environment.is_stopping() {
            // A timer of a stopped canister waits until the canister runs again.
            environment.drive_later(user, Duration::ZERO);
            return;
        }
        resume(environment, &mut creation);
        turn_to_clearing(&mut creation, environment.now());
        let plan = plan(environment, &mut creation);
        let Plan::Calls(requests) = plan else {
            if goes_on(environment, creation, plan) {
                continue;
            }
            return;
        };
        creation.is_announced = true;
        creation.updated_at = environment.now();
        table::put(&creation);

        let answer = environment.perform(requests).await;

        // An admin may have asked for it to be cleared meanwhile.
        let Some(creation) = table::get(user) else {
            return;
        };
        if !take(environment, creation, answer) {
            return;
        }
    }
}

/// Whether there is something to do now: it runs, and does not wait for another attempt.
fn is_due(environment: &impl Environment, creation: &Creation) -> bool {
    let waits_until = creation.next_attempt_at;
    !creation.step.is_at_rest() && waits_until.is_none_or(|time| time <= environment.now())
}

/// Notes that the answer to the calls of a step is lost, and what finds out how they went.
fn resume(environment: &impl Network, creation: &mut Creation) {
    if !std::mem::take(&mut creation.is_announced) {
        return;
    }
    let now = environment.now();
    match creation.step {
        Step::Creating => {
            let call = FailedCall {
                method: "create_canister".to_owned(),
                reject_code: None,
                reject_message: "the answer was lost".to_owned(),
            };
            creation.fail(CreationError::CreateFailed { call, is_answer_lost: true }, now);
        }
        Step::ToppingUp => creation.go_to(Step::CheckingCanister, now),
        Step::HandingOff => creation.go_to(Step::ConfirmingHandOff, now),
        // All others do no harm when they are made again.
        _ => {}
    }
}

/// Makes the canister go where an admin wants it, unless it may be its user's already.
pub fn turn_to_clearing(creation: &mut Creation, now: u64) {
    let may_be_done = matches!(creation.step, Step::HandingOff | Step::ConfirmingHandOff);
    if !creation.is_clearing || troubled_step(creation).is_clearing() || may_be_done {
        return;
    }
    creation.trouble = None;
    let has_canister = creation.canister_id.is_some() && !creation.is_taken;
    let step = if has_canister { Step::StoppingForDeletion } else { Step::Cleared };
    creation.go_to(step, now);
}

fn plan(environment: &impl Network, creation: &mut Creation) -> Plan {
    let canister_id = creation.canister_id;
    match (creation.step, canister_id) {
        (step, _) if step.is_final() => Plan::Step(step),
        (Step::Exporting, _) => export::plan(environment, creation),
        (Step::Creating, _) => factory::plan_creation(environment, creation),
        (step, Some(canister_id)) if step.is_clearing() => {
            clearing::plan(environment, creation, canister_id)
        }
        (step, Some(canister_id)) if step.is_import() => import::plan(creation, canister_id),
        (_, Some(canister_id)) => factory::plan(environment, creation, canister_id),
        (step, None) => unreachable!("{step:?} is about a canister"),
    }
}

/// Follows a plan that makes no calls; whether there is more to do in this message.
fn goes_on(environment: &impl Network, mut creation: Creation, plan: Plan) -> bool {
    let now = environment.now();
    creation.updated_at = now;
    match plan {
        Plan::Step(step) => creation.go_to(step, now),
        Plan::Fail(error) => creation.fail(error, now),
        Plan::Later | Plan::Calls(_) => {
            table::put(&creation);
            environment.drive_later(creation.user, Duration::ZERO);
            return false;
        }
    }
    keep(environment, creation)
}

/// Notes the answer to the calls of a step; whether there is more to do in this message.
fn take(
    environment: &impl Network,
    mut creation: Creation,
    answer: Result<Vec<Answer>, CallError>,
) -> bool {
    creation.is_announced = false;
    let now = environment.now();
    creation.updated_at = now;
    let turn = match answer {
        Ok(answers) => settle(environment, &mut creation, answers),
        Err(error) => match settle_error(environment, &mut creation, error) {
            Some(turn) => turn,
            None => return wait(environment, creation),
        },
    };
    match turn {
        Ok(Turn::To(step)) => creation.go_to(step, now),
        Ok(Turn::Later(step, tries)) => {
            creation.go_to(step, now);
            creation.step_attempts = tries;
            return wait_for(environment, creation, tries);
        }
        Err(error) => fail(&mut creation, error, now),
    }
    keep(environment, creation)
}

/// The step that is made, or that failed while it is found out why.
fn troubled_step(creation: &Creation) -> Step {
    creation.trouble.as_ref().map_or(creation.step, |trouble| trouble.step)
}

/// Ends an attempt, or the clearing of one: a canister that is its user's is not the hub's to delete.
fn fail(creation: &mut Creation, error: CreationError, now: u64) {
    if !troubled_step(creation).is_clearing() {
        return creation.fail(error, now);
    }
    creation.trouble = None;
    if let CreationError::CanisterTaken { .. } = error {
        creation.is_taken = true;
        return creation.go_to(Step::Cleared, now);
    }
    creation.is_clearing = false;
    creation.failure = Some(Failure { stage: CreationStatus::Failed, error });
    creation.go_to(Step::Failed, now);
}

fn settle(
    environment: &impl Network,
    creation: &mut Creation,
    answers: Vec<Answer>,
) -> Result<Turn, CreationError> {
    let step = creation.step;
    if step.is_clearing() {
        return Ok(Turn::To(clearing::settle(environment, creation, answers)));
    }
    if !step.is_import() {
        return factory::settle(environment, creation, answers);
    }
    let next = match import::settle(creation, &answers) {
        Ok(next) => next,
        Err(refusal) => return refused(creation, refusal),
    };
    if next == Step::CheckingModule {
        import::check(creation, creation.canister_id.unwrap_or(environment.canister_id()))?;
    }
    Ok(Turn::To(next))
}

/// The personal canister refuses something, perhaps only for now. Its session may have ended while
/// the hub was stopped: then it is asked for another one, once.
fn refused(creation: &mut Creation, refusal: Refusal) -> Result<Turn, CreationError> {
    let progress = &mut creation.progress;
    match refusal.reason {
        Some(ImportRefusal::StillHashing {}) if progress.asked_again < MOST_ASKED => {
            progress.asked_again += 1;
            return Ok(Turn::To(creation.step));
        }
        Some(ImportRefusal::StillClearing) if progress.asked_again < MOST_ASKED => {
            progress.asked_again += 1;
            return Ok(Turn::Later(creation.step, progress.asked_again));
        }
        Some(ImportRefusal::SessionNotFound {}) if progress.sessions_lost == 0 => {
            import::start_over(progress);
            return Ok(Turn::To(Step::BeginningImport));
        }
        _ => {}
    }
    let canister_id = creation.canister_id.unwrap_or(Principal::anonymous());
    let call = refusal.call;
    Err(match creation.step {
        Step::Finalizing => {
            let (differences, call) = (Vec::new(), Some(call));
            CreationError::VerifyFailed { canister_id, differences, call }
        }
        _ => CreationError::ImportFailed { canister_id, call },
    })
}

/// What comes after a call that failed; nothing where it is made again after a while.
fn settle_error(
    environment: &impl Network,
    creation: &mut Creation,
    error: CallError,
) -> Option<Result<Turn, CreationError>> {
    give_back(environment, creation);
    let step = creation.step;
    if is_tried_again(creation, &error) {
        return None;
    }
    if step.is_clearing()
        && let Some(next) = clearing::settle_error(step, &error)
    {
        return Some(Ok(Turn::To(next)));
    }
    let is_gone = error.is_not_found();
    Some(match (step, creation.canister_id) {
        (Step::Creating, _) | (_, None) => Err(factory::error_of(creation, error)),
        (_, Some(canister_id)) if is_gone => {
            Err(CreationError::CanisterTaken { canister_id, is_deleted: true })
        }
        (Step::ClearingChunks, _) => Ok(Turn::To(Step::CheckingVersion)),
        (Step::HandingOff, _) => {
            let error = factory::error_of(creation, error);
            creation.trouble = Some(Trouble { step, error });
            Ok(Turn::To(Step::ConfirmingHandOff))
        }
        (Step::ConfirmingHandOff, _) => {
            creation.controllers = vec![creation.user];
            Ok(Turn::To(Step::Completed))
        }
        (Step::CheckingControllers, _) => Err(factory::trouble_of(creation)),
        (Step::Diagnosing | Step::Starting, _) if creation.trouble.is_some() => {
            Ok(Turn::To(Step::CheckingControllers))
        }
        _ => {
            let error = factory::error_of(creation, error);
            creation.trouble = Some(Trouble { step, error });
            // A canister that can't be deleted need not be started again.
            let next =
                if step.is_clearing() { Step::CheckingControllers } else { Step::Diagnosing };
            Ok(Turn::To(next))
        }
    })
}

/// What the IC refuses for the moment is tried some more times. Giving up the last steps of clearing
/// would leave a canister behind; and whether a hand-off was made must be known, for the capsule
/// would be in two places.
fn is_tried_again(creation: &Creation, error: &CallError) -> bool {
    let has_attempts = creation.step_attempts + 1 < settings::get().max_attempts;
    match creation.step {
        Step::StoppingForDeletion | Step::Deleting => error.is_transient(),
        Step::ConfirmingHandOff if error.is_not_found() => false,
        Step::ConfirmingHandOff => has_attempts || !creation.progress.is_handed_off,
        _ => error.is_transient() && has_attempts,
    }
}

/// A call that fails brings its cycles back.
fn give_back(environment: &impl Network, creation: &mut Creation) {
    match (creation.step, creation.top_up) {
        (Step::Creating, _) => {
            let attached = creation.cycles_sent;
            cycles::give_back(environment, creation, attached);
            cycles::promise_again(creation, attached);
        }
        (Step::ToppingUp, Some((_, top_up))) => cycles::give_back(environment, creation, top_up),
        _ => {}
    }
}

/// The same calls again, after a while.
fn wait(environment: &impl Network, mut creation: Creation) -> bool {
    creation.step_attempts += 1;
    let attempts = creation.step_attempts;
    wait_for(environment, creation, attempts)
}

fn wait_for(environment: &impl Network, mut creation: Creation, attempts: u32) -> bool {
    let delay = FIRST_RETRY * 2u32.pow(attempts.saturating_sub(1).min(MOST_DOUBLINGS));
    creation.next_attempt_at = Some(environment.now() + delay.as_nanos() as u64);
    table::put(&creation);
    environment.drive_later(creation.user, delay);
    false
}

/// Writes a record, and all that follows from it; whether there is more to do.
fn keep(environment: &impl Network, mut creation: Creation) -> bool {
    register(environment, &creation);
    if creation.step.is_final() {
        release_module(environment, &mut creation);
        cycles::forgo(&mut creation);
    }
    match creation.step {
        Step::Completed => complete(environment, &mut creation),
        Step::Failed => {
            note_failure(environment, &mut creation);
            if creation.is_clearing {
                turn_to_clearing(&mut creation, environment.now());
            }
        }
        Step::Cleared => note_cleared(environment, &creation),
        Step::ClearingChunks => release_module(environment, &mut creation),
        _ => {}
    }
    if creation.step == Step::Cleared {
        table::remove(&creation);
    } else {
        table::put(&creation);
    }
    if creation.step.is_final() {
        admit(environment);
    }
    true
}

/// The hub holds the module until it is installed.
fn release_module(environment: &impl Network, creation: &mut Creation) {
    if !std::mem::take(&mut creation.progress.is_module_held) {
        return;
    }
    if let Some(module) = creation.progress.module {
        wasm::release(environment, &module);
    }
}

/// Notes a canister the moment that its id is known, and what becomes of it.
fn register(environment: &impl Network, creation: &Creation) {
    let Some(canister_id) = creation.canister_id else {
        return;
    };
    let now = environment.now();
    let status = match creation.step {
        Step::Completed => RecordStatus::Completed,
        Step::Cleared if !creation.is_taken => RecordStatus::Deleted,
        Step::Failed if !is_taken(creation) => RecordStatus::Failed,
        Step::Failed | Step::Cleared => RecordStatus::Taken,
        _ => RecordStatus::Creating,
    };
    let known = registry::get(canister_id);
    if known.as_ref().is_some_and(|record| {
        record.status == status && record.cycles_consumed == creation.cycles_consumed()
    }) {
        return;
    }
    registry::put(PersonalCanisterRecord {
        canister_id,
        created_by: creation.user,
        capsule_id: creation.capsule.to_string(),
        name: creation.name.clone(),
        created_at_time_ns: known.as_ref().map_or(now, |record| record.created_at_time_ns),
        updated_at_time_ns: now,
        status,
        cycles_consumed: creation.cycles_consumed(),
        module_hash: creation.module_hash.clone(),
    });
    if known.is_none() {
        let cycles = Some(creation.cycles_sent);
        note(environment, creation, Turning::Created, creation.user, cycles);
    }
}

fn is_taken(creation: &Creation) -> bool {
    let error = creation.failure.as_ref().map(|failure| &failure.error);
    matches!(error, Some(CreationError::CanisterTaken { .. }))
}

fn complete(environment: &impl Network, creation: &mut Creation) {
    let now = environment.now();
    creation.completed_at = Some(now);
    creation.is_clearing = false;
    export::mark_moved(environment, creation);
    receipts::issue(environment, creation);
    let manifest = creation.progress.manifest.clone();
    let (memories, bytes) = manifest.map_or((0, 0), |it| (it.memories, it.total_bytes));
    statistics::change(|statistics| {
        statistics.completed += 1;
        statistics.memories_moved += memories;
        statistics.bytes_moved += bytes;
    });
    let consumed = Some(creation.cycles_consumed());
    note(environment, creation, Turning::Completed, creation.user, consumed);
}

/// The capsule is the hub's again, as it was.
fn note_failure(environment: &impl Network, creation: &mut Creation) {
    export::thaw(environment, creation);
    creation.is_taken |= is_taken(creation);
    if let Some(failure) = &creation.failure {
        statistics::note_failed(&failure.error);
    }
    note(environment, creation, Turning::Failed, creation.user, None);
}

fn note_cleared(environment: &impl Network, creation: &Creation) {
    export::thaw(environment, creation);
    statistics::change(|statistics| statistics.cleared += 1);
    if creation.canister_id.is_some() && !creation.is_taken {
        let recovered = Some(creation.cycles_recovered);
        note(environment, creation, Turning::Deleted, creation.user, recovered);
    }
    note(environment, creation, Turning::Cleared, creation.user, None);
}

/// An event in a creation's life.
pub fn note(
    environment: &impl Environment,
    creation: &Creation,
    what: Turning,
    caller: Principal,
    cycles: Option<u128>,
) {
    let note = match (what, &creation.failure) {
        (Turning::Failed, Some(Failure { stage, error })) => format!("{stage:?}: {error}"),
        (Turning::Deleted, _) => format!("{} cycles went with it", creation.cycles_lost),
        (Turning::Requested, _) => format!("attempt {}", creation.attempts),
        _ => String::new(),
    };
    let event = PersonalCanisterEvent {
        what,
        user: Some(creation.user),
        canister_id: creation.canister_id,
        capsule_id: Some(creation.capsule.to_string()),
        cycles,
        note,
    };
    events::record(environment.now(), caller, EventKind::PersonalCanister(event));
}
