//! The methods, by concern. Each says who may call it, and leaves the rest to the modules above.
//!
//! The methods of uploads that the factory has too keep its plain results, and reject with the
//! error's message. The others return the typed error. Those that a personal canister has too are in
//! `capsule_api`, and modules of both: Candid's export sees the methods of one crate only.

use candid::Principal;
use ic_cdk::api::msg_caller;

use crate::access::{self, Access};
use crate::environment::Ic;
use crate::error::BackendResult;
use replies::{answer, typed};

pub mod administration;
#[path = "../../../capsule_api/capsules.rs"]
pub mod capsules;
#[path = "../../../capsule_api/connections.rs"]
pub mod connections;
#[path = "../../../capsule_api/export.rs"]
pub mod export;
#[path = "../../../capsule_api/galleries.rs"]
pub mod galleries;
pub mod life;
#[path = "../../../capsule_api/memories.rs"]
pub mod memories;
pub mod monitoring;
#[cfg(feature = "personal_canister_creation")]
pub mod personal_canisters;
#[path = "../../../capsule_api/replies.rs"]
mod replies;
#[path = "../../../capsule_api/sharing.rs"]
pub mod sharing;
#[path = "../../../capsule_api/uploads.rs"]
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

/// The caller of a query, who sees what each capsule lets them see.
fn reader() -> BackendResult<Principal> {
    Ok(msg_caller())
}
