//! Calls to other canisters and to itself.

use candid::{CandidType, Deserialize, Principal};
use futures::future::join_all;
use ic_cdk::api::canister_self;
use ic_cdk::call::{Call, CallFailed};
use serde_bytes::ByteBuf;

use crate::counter::increment;

#[derive(CandidType, Deserialize)]
pub struct CallError {
    /// The reject code; nothing where the call could not be made at all.
    pub code: Option<u32>,
    pub message: String,
}

impl From<CallFailed> for CallError {
    fn from(error: CallFailed) -> Self {
        match error {
            CallFailed::CallRejected(rejected) => Self {
                code: Some(rejected.raw_reject_code()),
                message: rejected.reject_message().to_owned(),
            },
            other => Self { code: None, message: other.to_string() },
        }
    }
}

pub type CallOutcome = Result<ByteBuf, CallError>;

async fn call(call: Call<'_, '_>, argument: &[u8]) -> CallOutcome {
    let response = call.with_raw_args(argument).await?;
    Ok(ByteBuf::from(response.into_bytes()))
}

/// Calls a method with this argument and returns the reply as it came.
#[ic_cdk::update]
async fn call_other(callee: Principal, method: String, argument: ByteBuf) -> CallOutcome {
    call(Call::unbounded_wait(callee, &method), &argument).await
}

/// The same with a call that may time out.
#[ic_cdk::update]
async fn call_other_bounded(
    callee: Principal,
    method: String,
    argument: ByteBuf,
    timeout_seconds: u32,
) -> CallOutcome {
    let bounded = Call::bounded_wait(callee, &method).change_timeout(timeout_seconds);
    call(bounded, &argument).await
}

/// Calls itself this deep; returns the depth that was reached.
#[ic_cdk::update]
async fn chain(depth: u32) -> u32 {
    if depth == 0 {
        return 0;
    }
    let call = Call::unbounded_wait(canister_self(), "chain").with_arg(depth - 1);
    let reached: u32 = call.await.expect("self-call").candid().expect("a nat32");
    reached + 1
}

/// Calls `increment` of itself this often at the same time; returns the replies in call order.
#[ic_cdk::update]
async fn fan_out(count: u32) -> Vec<u64> {
    let calls =
        (0..count).map(|_| Call::unbounded_wait(canister_self(), "increment").into_future());
    let replies = join_all(calls).await.into_iter();
    let values = replies.map(|reply| reply.expect("self-call").candid().expect("a nat64"));
    values.collect()
}

/// Counts, calls itself, counts again and traps: the first count stays, the second does not.
#[ic_cdk::update]
async fn trap_after_await() {
    increment();
    let note = Call::unbounded_wait(canister_self(), "note").await;
    note.expect("self-call");
    increment();
    ic_cdk::trap("after the await");
}

/// Reads an entry of another canister of this kind.
#[ic_cdk::query(composite = true)]
async fn get_from(callee: Principal, key: String) -> Result<Option<ByteBuf>, CallError> {
    let call = Call::bounded_wait(callee, "get").with_arg(key);
    let response = call.await.map_err(CallError::from)?;
    Ok(response.candid().expect("an optional blob"))
}
