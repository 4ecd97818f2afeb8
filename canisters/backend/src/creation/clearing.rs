//! An unfinished canister goes, and its cycles come back.

use candid::Principal;
use ic_management_canister_types::CanisterSettings;
use management_calls::{Call, CallError, Reply};

use crate::creation::cycles;
use crate::creation::network::{Answer, Network};
use crate::creation::orchestrator::Plan;
use crate::creation::record::{Creation, Step};

pub fn plan(environment: &impl Network, creation: &Creation, canister_id: Principal) -> Plan {
    let call = match creation.step {
        Step::StoppingForDeletion | Step::StoppingRecovery => Call::StopCanister { canister_id },
        Step::LiftingReserve => {
            let settings = nothing_reserved(environment.canister_id());
            Call::UpdateSettings { canister_id, settings }
        }
        Step::InstallingRecovery => {
            Call::InstallRecovery { canister_id, receiver: environment.canister_id() }
        }
        Step::StartingRecovery => Call::StartCanister { canister_id },
        Step::RecoveringCycles => Call::RecoverCycles { canister_id },
        Step::ReadingBalance => Call::CanisterStatus { canister_id },
        Step::Deleting => Call::DeleteCanister { canister_id },
        other => unreachable!("{other:?} is no step of clearing away"),
    };
    Plan::Calls(vec![call.into()])
}

/// All cycles may leave, and nobody else may put other code in the place of what sends them.
fn nothing_reserved(hub: Principal) -> CanisterSettings {
    let nothing = Some(0u8.into());
    CanisterSettings {
        controllers: Some(vec![hub]),
        compute_allocation: nothing.clone(),
        memory_allocation: nothing.clone(),
        freezing_threshold: nothing,
        ..CanisterSettings::default()
    }
}

/// Notes an answer; the step that comes next.
pub fn settle(environment: &impl Network, creation: &mut Creation, answers: Vec<Answer>) -> Step {
    if let Some(Answer::Management(Reply::Recovered(recovered))) = answers.first() {
        cycles::recover(environment, creation, *recovered);
    }
    if let Some(Answer::Management(Reply::Status(status))) = answers.first() {
        creation.cycles_lost = status.cycles;
    }
    match creation.step {
        Step::StoppingForDeletion => Step::LiftingReserve,
        Step::LiftingReserve => Step::InstallingRecovery,
        Step::InstallingRecovery => Step::StartingRecovery,
        Step::StartingRecovery => Step::RecoveringCycles,
        Step::RecoveringCycles => Step::StoppingRecovery,
        Step::StoppingRecovery => Step::ReadingBalance,
        Step::ReadingBalance => Step::Deleting,
        _ => Step::Cleared,
    }
}

/// The step behind one that failed for good; nothing where the canister can't be deleted.
pub fn settle_error(step: Step, error: &CallError) -> Option<Step> {
    match step {
        _ if error.is_not_found() => Some(Step::Cleared),
        Step::LiftingReserve | Step::InstallingRecovery | Step::StartingRecovery => {
            Some(Step::ReadingBalance)
        }
        Step::RecoveringCycles => Some(Step::StoppingRecovery),
        Step::StoppingRecovery => Some(Step::ReadingBalance),
        Step::ReadingBalance => Some(Step::Deleting),
        _ => None,
    }
}
