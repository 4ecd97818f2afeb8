//! What a creation needs of the IC besides what all of the hub needs.

use std::time::Duration;

use candid::Principal;
use management_calls::{Call, CallError, Reply};

use crate::environment::{Environment, Ic};

/// A call to another canister.
#[derive(Clone, Debug, PartialEq)]
pub enum Request {
    Management(Box<Call>),
    /// Arguments in Candid.
    Personal {
        canister_id: Principal,
        method: &'static str,
        arguments: Vec<u8>,
    },
}

/// What a call was answered with.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    Management(Reply),
    /// In Candid.
    Personal {
        method: &'static str,
        bytes: Vec<u8>,
    },
}

impl From<Call> for Request {
    fn from(call: Call) -> Self {
        Self::Management(Box::new(call))
    }
}

pub trait Network: Environment {
    /// What the IC takes for a new canister out of the cycles attached.
    fn creation_fee(&self) -> u128;
    /// Whether somebody stops the hub: nothing new is begun then.
    fn is_stopping(&self) -> bool;
    /// Goes on with a user's creation in a message of its own.
    fn drive_later(&self, user: Principal, delay: Duration);
    /// Makes all calls at the same time and waits for all answers; the first failure stands for all.
    fn perform(
        &self,
        requests: Vec<Request>,
    ) -> impl Future<Output = Result<Vec<Answer>, CallError>>;
}

impl Network for Ic {
    fn creation_fee(&self) -> u128 {
        ic_cdk::api::cost_create_canister()
    }

    fn is_stopping(&self) -> bool {
        ic_cdk::api::canister_status() != ic_cdk::api::CanisterStatusCode::Running
    }

    fn drive_later(&self, user: Principal, delay: Duration) {
        ic_cdk_timers::set_timer(delay, async move {
            crate::creation::drive(&Ic, user).await;
        });
    }

    async fn perform(&self, requests: Vec<Request>) -> Result<Vec<Answer>, CallError> {
        let answers = requests.into_iter().map(send);
        futures::future::join_all(answers).await.into_iter().collect()
    }
}

async fn send(request: Request) -> Result<Answer, CallError> {
    match request {
        Request::Management(call) => management_calls::perform(*call).await.map(Answer::Management),
        Request::Personal { canister_id, method, arguments } => {
            let response = management_calls::ask(canister_id, method, arguments).await?;
            Ok(Answer::Personal { method, bytes: response.into_bytes() })
        }
    }
}
