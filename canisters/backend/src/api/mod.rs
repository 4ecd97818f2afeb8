//! The methods, by concern. Each says who may call it, and leaves the rest to the modules above.
//!
//! The methods of uploads that the factory has too keep its plain results, and reject with the
//! error's message. The others return the typed error.

use std::marker::PhantomData;

use candid::{CandidType, Principal};
use ic_cdk::api::{msg_caller, msg_reject, msg_reply};

use crate::access::{self, Access};
use crate::environment::Ic;
use crate::error::BackendResult;
use crate::metering;

pub mod administration;
pub mod capsules;
pub mod connections;
pub mod galleries;
pub mod memories;
pub mod monitoring;
#[cfg(feature = "personal_canister_creation")]
pub mod personal_canisters;
pub mod sharing;
pub mod uploads;
pub mod users;

/// The caller of an update method, if it has registered.
fn caller_user() -> BackendResult<Principal> {
    caller_with(Access::User)
}

fn caller_with(access: Access) -> BackendResult<Principal> {
    let caller = msg_caller();
    access::check(access, &Ic, caller)?;
    Ok(caller)
}

/// Replies with the plain value, or rejects with the error's message.
fn answer<T: CandidType>(method: &'static str, result: BackendResult<T>) -> PhantomData<T> {
    metering::note(method);
    match result {
        Ok(value) => msg_reply(candid::encode_one(value).expect("results have a form in Candid")),
        Err(error) => msg_reject(error.message),
    }
    PhantomData
}

/// Returns the result as it is.
fn typed<T>(method: &'static str, result: BackendResult<T>) -> BackendResult<T> {
    metering::note(method);
    result
}
