//! The methods, by concern. Each says who may call it, and leaves the rest to the modules above.
//!
//! Methods that older texts describe keep the plain results that those have, and reject with the
//! error's message. The others return the typed error.

use std::marker::PhantomData;

use candid::{CandidType, Principal};
use ic_cdk::api::{msg_caller, msg_reject, msg_reply};

use crate::environment::Ic;
use crate::error::FactoryResult;
use crate::{access, metering};

pub mod administration;
pub mod canisters;
pub mod creation;
pub mod monitoring;
pub mod uploads;

/// The caller of an update method, if it is let in.
fn caller_let_in() -> FactoryResult<Principal> {
    let caller = msg_caller();
    access::let_in(&Ic, caller)?;
    Ok(caller)
}

/// The caller of an update method that is for admins.
fn caller_admin() -> FactoryResult<Principal> {
    let caller = msg_caller();
    access::admin(&Ic, caller)?;
    Ok(caller)
}

/// Replies with the plain value, or rejects with the error's message.
fn answer<T: CandidType>(method: &'static str, result: FactoryResult<T>) -> PhantomData<T> {
    metering::note(method);
    match result {
        Ok(value) => msg_reply(candid::encode_one(value).expect("results have a form in Candid")),
        Err(error) => msg_reject(error.message),
    }
    PhantomData
}

/// Replies with no value, or rejects with the error's message.
fn answer_nothing(method: &'static str, result: FactoryResult<()>) {
    metering::note(method);
    match result {
        Ok(()) => msg_reply(candid::encode_args(()).expect("nothing has a form in Candid")),
        Err(error) => msg_reject(error.message),
    }
}

/// Returns the result as it is.
fn typed<T>(method: &'static str, result: FactoryResult<T>) -> FactoryResult<T> {
    metering::note(method);
    result
}
