//! From a caller's wish to an operation: everything is checked, then reserved, before any call.

use std::collections::BTreeSet;

use candid::Principal;

use crate::environment::Environment;
use crate::error::{FactoryError, FactoryResult, Reason};
use crate::events::{self, EventKind};
use crate::operations::record::{Kind, Operation, Stage};
use crate::operations::{CanisterSettings, table};
use crate::registry::{self, CanisterInfo, Status};
use crate::uploads::Module;
use crate::{access, callers, config, uploads};

/// The IC's limit.
const MOST_CONTROLLERS: usize = 10;
const MOST_KEY_BYTES: usize = 64;

/// A new canister.
#[derive(Clone, Debug)]
pub struct CreatePlan {
    pub owner: Principal,
    pub canister_type: String,
    pub upload_id: u64,
    pub module: Module,
    pub init_arg: Vec<u8>,
    pub cycles: u128,
    /// Whether `cycles` is what an admin has set, which no limit binds.
    pub is_template: bool,
    pub settings: CanisterSettings,
    pub extra_controllers: Vec<Principal>,
    pub handoff: bool,
    pub key: Option<String>,
}

/// Other code for a canister that is there.
#[derive(Clone, Debug)]
pub struct InstallPlan {
    /// `Upgrade` or `Reinstall`.
    pub kind: Kind,
    pub canister_id: Principal,
    pub upload_id: u64,
    pub module: Module,
    pub arg: Vec<u8>,
    pub snapshot_first: bool,
    pub extra_controllers: Vec<Principal>,
    pub handoff: bool,
}

pub fn begin_creation(
    environment: &impl Environment,
    caller: Principal,
    plan: CreatePlan,
) -> FactoryResult<u64> {
    access::for_owner(environment, caller, plan.owner)?;
    check_key(plan.key.as_deref())?;
    check_room()?;
    callers::check_limit(caller)?;
    check_cycles(environment, caller, &plan)?;
    let factory = environment.canister_id();
    let controllers = Controllers {
        present: &[factory],
        owner: plan.owner,
        extra: &plan.extra_controllers,
        handoff: plan.handoff,
    };
    let controllers = controllers.in_the_end(factory)?;

    callers::change(caller, |caller| caller.canisters_held += 1);
    uploads::change(|uploads| uploads.hold(&plan.module.hash));
    let now = environment.now();
    let operation = Operation {
        canister_type: plan.canister_type,
        key: plan.key,
        hands_off: controllers != [factory],
        controllers,
        settings: plan.settings,
        cycles: plan.cycles,
        upload_id: Some(plan.upload_id),
        module: Some(plan.module),
        ..Operation::new(Kind::Create, caller, plan.owner, Stage::Creating, now)
    };
    Ok(start(environment, &operation, plan.init_arg))
}

pub fn begin_installation(
    environment: &impl Environment,
    caller: Principal,
    plan: InstallPlan,
) -> FactoryResult<u64> {
    let info = managed(environment, caller, plan.canister_id)?;
    check_room()?;
    let factory = environment.canister_id();
    let controllers = Controllers {
        present: &info.controllers,
        owner: info.owner,
        extra: &plan.extra_controllers,
        handoff: plan.handoff,
    };
    let controllers = controllers.in_the_end(factory)?;
    let present: BTreeSet<Principal> = info.controllers.iter().copied().collect();

    uploads::change(|uploads| uploads.hold(&plan.module.hash));
    registry::change(plan.canister_id, |info| info.status = Status::Upgrading);
    let now = environment.now();
    let operation = Operation {
        canister_type: info.canister_type,
        canister_id: Some(plan.canister_id),
        hands_off: !controllers.iter().copied().eq(present),
        controllers,
        upload_id: Some(plan.upload_id),
        module: Some(plan.module),
        takes_snapshot: plan.snapshot_first,
        was_running: info.status != Status::Stopped,
        ..Operation::new(plan.kind, caller, info.owner, Stage::CheckingStatus, now)
    };
    Ok(start(environment, &operation, plan.arg))
}

pub fn begin_deletion(
    environment: &impl Environment,
    caller: Principal,
    canister_id: Principal,
) -> FactoryResult<u64> {
    let info = managed(environment, caller, canister_id)?;
    check_room()?;
    let now = environment.now();
    let operation = Operation {
        canister_type: info.canister_type,
        canister_id: Some(canister_id),
        was_running: info.status != Status::Stopped,
        ..Operation::new(Kind::Delete, caller, info.owner, Stage::StoppingForDeletion, now)
    };
    Ok(start(environment, &operation, Vec::new()))
}

fn start(environment: &impl Environment, operation: &Operation, argument: Vec<u8>) -> u64 {
    let operation_id = table::add(operation, argument);
    let (kind, canister_id) = (operation.kind, operation.canister_id);
    let event = EventKind::OperationStarted { operation_id, kind, canister_id };
    events::record(environment.now(), operation.caller, event);
    operation_id
}

/// A canister that the caller may have changed, that the factory controls, and that nothing else is
/// done with.
pub fn managed(
    environment: &impl Environment,
    caller: Principal,
    canister_id: Principal,
) -> FactoryResult<CanisterInfo> {
    let is_admin = access::is_admin(environment, caller);
    let info = registry::managed(canister_id, caller, is_admin)?;
    table::check_free(canister_id)?;
    if !info.controllers.contains(&environment.canister_id()) {
        return Err(Reason::NotController { canister_id }.into());
    }
    Ok(info)
}

fn check_room() -> FactoryResult<()> {
    let limit = config::get().max_operations;
    match table::open_count() >= u64::from(limit) {
        true => Err(Reason::TooManyOperations { limit }.into()),
        false => Ok(()),
    }
}

fn check_key(key: Option<&str>) -> FactoryResult<()> {
    match key.is_some_and(|key| key.is_empty() || key.len() > MOST_KEY_BYTES) {
        true => {
            let problem = format!("must have 1 to {MOST_KEY_BYTES} bytes");
            Err(FactoryError::invalid("idempotency_key", problem))
        }
        false => Ok(()),
    }
}

fn check_cycles(
    environment: &impl Environment,
    caller: Principal,
    plan: &CreatePlan,
) -> FactoryResult<()> {
    let config = config::get();
    check_fee(environment, plan.cycles)?;
    let limit = config.max_cycles_per_creation;
    let is_bound = !plan.is_template && !access::is_admin(environment, caller);
    if plan.cycles > limit && is_bound {
        return Err(Reason::TooManyCycles { cycles: plan.cycles, limit }.into());
    }
    check_balance(environment, plan.cycles, table::promised_cycles(), config.min_factory_cycles)
}

/// Refuses cycles that do not even pay for the creation of a canister.
pub fn check_fee(environment: &impl Environment, cycles: u128) -> FactoryResult<()> {
    let fee = environment.creation_fee();
    if cycles >= fee {
        return Ok(());
    }
    let problem = format!("are {cycles}, and the IC takes {fee} for a new canister");
    Err(FactoryError::invalid("cycles", problem))
}

/// Refuses where the factory would keep less than `minimum`, what is promised to others put aside.
pub fn check_balance(
    environment: &impl Environment,
    needed: u128,
    reserved: u128,
    minimum: u128,
) -> FactoryResult<()> {
    let balance = environment.cycles_balance();
    if balance >= needed.saturating_add(reserved).saturating_add(minimum) {
        return Ok(());
    }
    Err(Reason::FactoryLowOnCycles { balance, reserved, needed, minimum }.into())
}

/// Who controls a canister now, and who is to.
pub struct Controllers<'a> {
    pub present: &'a [Principal],
    pub owner: Principal,
    pub extra: &'a [Principal],
    /// The owner takes the factory's place.
    pub handoff: bool,
}

impl Controllers<'_> {
    /// All controllers in the end, in order.
    pub fn in_the_end(&self, factory: Principal) -> FactoryResult<Vec<Principal>> {
        if self.extra.contains(&Principal::anonymous()) {
            let problem = "may not hold the anonymous principal: everybody would be a controller";
            return Err(FactoryError::invalid("extra_controllers", problem));
        }
        let mut all: BTreeSet<Principal> = self.present.iter().chain(self.extra).copied().collect();
        if self.handoff {
            all.remove(&factory);
            all.insert(self.owner);
        }
        if all.len() > MOST_CONTROLLERS {
            let problem = format!("make {} in all; the IC allows {MOST_CONTROLLERS}", all.len());
            return Err(FactoryError::invalid("extra_controllers", problem));
        }
        Ok(all.into_iter().collect())
    }
}
