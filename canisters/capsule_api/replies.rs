//! How methods answer, and what they cost is noted.

use std::marker::PhantomData;

use candid::CandidType;
use ic_cdk::api::{msg_reject, msg_reply};

use crate::error::ApiResult;
use crate::metering;

/// Replies with the plain value, or rejects with the error's message.
pub fn answer<T: CandidType>(method: &'static str, result: ApiResult<T>) -> PhantomData<T> {
    metering::note(method);
    match result {
        Ok(value) => msg_reply(candid::encode_one(value).expect("results have a form in Candid")),
        Err(error) => msg_reject(error.message),
    }
    PhantomData
}

/// Returns the result as it is.
pub fn typed<T>(method: &'static str, result: ApiResult<T>) -> ApiResult<T> {
    metering::note(method);
    result
}
