//! What takes one call to a canister: start, stop, hand-off, top-up, and a new look at it.

use candid::Principal;
use ic_management_canister_types::CanisterSettings;
use serde_bytes::ByteBuf;

use crate::environment::Environment;
use crate::error::{FactoryError, FactoryResult, Reason};
use crate::events::{self, EventKind};
use crate::in_flight::{self, Ticket, Work};
use crate::operations::{self, Controllers, check_balance, managed};
use crate::registry::{self, CanisterInfo, Status};
use crate::{access, config};
use management_calls::{Call, CallError, Reply};

pub async fn start(
    environment: &impl Environment,
    caller: Principal,
    canister_id: Principal,
) -> FactoryResult<()> {
    let (_info, _ticket) = claim(environment, caller, canister_id)?;
    perform(environment, Call::StartCanister { canister_id }).await?;
    registry::change(canister_id, |info| info.status = Status::Active);
    events::record(environment.now(), caller, EventKind::CanisterStarted { canister_id });
    Ok(())
}

pub async fn stop(
    environment: &impl Environment,
    caller: Principal,
    canister_id: Principal,
) -> FactoryResult<()> {
    let (_info, _ticket) = claim(environment, caller, canister_id)?;
    perform(environment, Call::StopCanister { canister_id }).await?;
    registry::change(canister_id, |info| info.status = Status::Stopped);
    events::record(environment.now(), caller, EventKind::CanisterStopped { canister_id });
    Ok(())
}

/// The owner takes the factory's place among the controllers.
pub async fn hand_off(
    environment: &impl Environment,
    caller: Principal,
    canister_id: Principal,
) -> FactoryResult<()> {
    let (info, _ticket) = claim(environment, caller, canister_id)?;
    let controllers =
        Controllers { present: &info.controllers, owner: info.owner, extra: &[], handoff: true };
    let controllers = controllers.in_the_end(environment.canister_id())?;
    let settings =
        CanisterSettings { controllers: Some(controllers.clone()), ..CanisterSettings::default() };
    perform(environment, Call::UpdateSettings { canister_id, settings }).await?;
    registry::change(canister_id, |info| info.controllers = controllers);
    events::record(environment.now(), caller, EventKind::CanisterHandedOff { canister_id });
    Ok(())
}

/// Sends cycles to a canister of the registry: the factory's own where an admin asks, otherwise as
/// many as `attached` says the caller has sent along.
pub async fn top_up(
    environment: &impl Environment,
    caller: Principal,
    canister_id: Principal,
    cycles: u128,
    attached: u128,
) -> FactoryResult<()> {
    let is_admin = access::is_admin(environment, caller);
    let is_paid_for = attached >= cycles;
    if !is_paid_for && !is_admin {
        let problem = format!(
            "are {cycles}, and {attached} are attached to the call; an admin may send the factory's"
        );
        return Err(FactoryError::invalid("cycles", problem));
    }
    registry::managed(canister_id, caller, is_admin)?;
    operations::check_free(canister_id)?;
    let _ticket = ticket(canister_id)?;
    let minimum = if is_paid_for { 0 } else { config::get().min_factory_cycles };
    check_balance(environment, cycles, operations::promised_cycles(), minimum)?;
    perform(environment, Call::DepositCycles { canister_id, cycles }).await?;
    registry::change(canister_id, |info| info.cycles_balance += cycles);
    events::record(environment.now(), caller, EventKind::CanisterToppedUp { canister_id, cycles });
    Ok(())
}

/// Asks the IC how a canister is, and notes it in the registry.
pub async fn refresh(
    environment: &impl Environment,
    caller: Principal,
    canister_id: Principal,
) -> FactoryResult<CanisterInfo> {
    registry::managed(canister_id, caller, access::is_admin(environment, caller))?;
    operations::check_free(canister_id)?;
    let _ticket = ticket(canister_id)?;
    match look_at(environment, canister_id).await {
        Ok(Reply::Status(status)) => registry::change(canister_id, |info| {
            let is_active = status.is_running;
            info.status = if is_active { Status::Active } else { Status::Stopped };
            info.cycles_balance = status.cycles;
            info.controllers = status.controllers;
            info.module_hash = status.module_hash.map(ByteBuf::from);
        }),
        Ok(Reply::Info(answer)) => registry::change(canister_id, |info| {
            info.controllers = answer.controllers;
            info.module_hash = answer.module_hash;
        }),
        Ok(_) => {}
        Err(error) if error.is_not_found() => {
            operations::mark_deleted(canister_id, environment.now());
            let event = EventKind::CanisterFoundGone { canister_id };
            events::record(environment.now(), caller, event);
        }
        Err(error) => return Err(Reason::from(error).into()),
    }
    registry::get(canister_id).ok_or_else(|| Reason::CanisterNotFound { canister_id }.into())
}

/// All there is to see for a controller; for others, who controls it and what code it has.
async fn look_at(
    environment: &impl Environment,
    canister_id: Principal,
) -> Result<Reply, CallError> {
    match answer_of(environment, Call::CanisterStatus { canister_id }).await {
        Err(error) if !error.is_not_found() => {
            answer_of(environment, Call::CanisterInfo { canister_id }).await
        }
        status => status,
    }
}

/// A canister that the caller may have changed, and that nobody else changes meanwhile.
fn claim(
    environment: &impl Environment,
    caller: Principal,
    canister_id: Principal,
) -> FactoryResult<(CanisterInfo, Ticket)> {
    let info = managed(environment, caller, canister_id)?;
    Ok((info, ticket(canister_id)?))
}

fn ticket(canister_id: Principal) -> FactoryResult<Ticket> {
    let ticket = in_flight::begin(Work::Canister(canister_id));
    ticket.ok_or_else(|| Reason::CanisterBusy { canister_id }.into())
}

async fn perform(environment: &impl Environment, call: Call) -> FactoryResult<()> {
    answer_of(environment, call).await.map_err(Reason::from)?;
    Ok(())
}

async fn answer_of(environment: &impl Environment, call: Call) -> Result<Reply, CallError> {
    let replies = environment.perform(vec![call]).await?;
    Ok(replies.into_iter().next().unwrap_or(Reply::Done))
}
