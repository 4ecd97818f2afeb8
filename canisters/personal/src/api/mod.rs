//! The methods, by concern. Each says who may call it, and leaves the rest to the modules above.
//!
//! Those that the hub has too are in `capsule_api`, and modules of both: Candid's export sees the
//! methods of one crate only.

use candid::Principal;
use ic_cdk::api::msg_caller;

use crate::access::{self, Access};
use crate::environment::Ic;
use crate::error::PersonalResult;
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
pub mod import;
#[path = "../../../capsule_api/memories.rs"]
pub mod memories;
pub mod monitoring;
#[path = "../../../capsule_api/replies.rs"]
mod replies;
#[path = "../../../capsule_api/sharing.rs"]
pub mod sharing;
#[path = "../../../capsule_api/uploads.rs"]
pub mod uploads;

/// The caller of an update method, if it may write anything at all.
fn caller_user() -> PersonalResult<Principal> {
    caller_with(Access::Writer)
}

fn caller_with(access: Access) -> PersonalResult<Principal> {
    let caller = msg_caller();
    access::check(access, &Ic, caller)?;
    Ok(caller)
}

/// The caller of a query, who sees what the capsule lets them see once it is here.
fn reader() -> PersonalResult<Principal> {
    let caller = msg_caller();
    access::reader(&Ic, caller)?;
    Ok(caller)
}
