//! What the factory needs of the IC around it, so that its rules can be tested without one.

use std::future::Future;
use std::time::Duration;

use candid::Principal;

use management_calls::{Call, CallError, Reply};

pub trait Environment {
    /// Nanoseconds since 1970-01-01.
    fn now(&self) -> u64;
    fn canister_id(&self) -> Principal;
    fn cycles_balance(&self) -> u128;
    /// What the IC takes for a new canister out of the cycles attached.
    fn creation_fee(&self) -> u128;
    fn is_controller(&self, principal: Principal) -> bool;
    /// Whether somebody stops the factory: nothing new is begun then.
    fn is_stopping(&self) -> bool;
    /// Goes on with an operation in a message of its own.
    fn drive_later(&self, operation_id: u64, delay: Duration);
    /// Makes all calls at the same time and waits for all answers; the first failure stands for all.
    fn perform(&self, calls: Vec<Call>) -> impl Future<Output = Result<Vec<Reply>, CallError>>;
}

/// The IC itself.
#[derive(Clone, Copy)]
pub struct Ic;

impl Environment for Ic {
    fn now(&self) -> u64 {
        ic_cdk::api::time()
    }

    fn canister_id(&self) -> Principal {
        ic_cdk::api::canister_self()
    }

    fn cycles_balance(&self) -> u128 {
        ic_cdk::api::canister_cycle_balance()
    }

    fn creation_fee(&self) -> u128 {
        ic_cdk::api::cost_create_canister()
    }

    fn is_controller(&self, principal: Principal) -> bool {
        ic_cdk::api::is_controller(&principal)
    }

    fn is_stopping(&self) -> bool {
        ic_cdk::api::canister_status() != ic_cdk::api::CanisterStatusCode::Running
    }

    fn drive_later(&self, operation_id: u64, delay: Duration) {
        ic_cdk_timers::set_timer(delay, async move {
            crate::operations::drive(&Ic, operation_id).await;
        });
    }

    async fn perform(&self, calls: Vec<Call>) -> Result<Vec<Reply>, CallError> {
        let calls = calls.into_iter().map(management_calls::perform);
        futures::future::join_all(calls).await.into_iter().collect()
    }
}
