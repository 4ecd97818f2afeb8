//! Users: who they are to the backend.

use candid::{CandidType, Deserialize, Principal};
use ic_cdk::api::msg_caller;

use crate::access::{self, Access};
use crate::api::{caller_with, typed};
use crate::environment::{Environment, Ic};
use crate::error::BackendResult;
use crate::{host, users};

#[derive(CandidType, Deserialize, Clone, Debug)]
pub struct Whoami {
    pub principal: Principal,
    /// Nothing before `register`.
    pub registered_at_time_ns: Option<u64>,
    pub is_admin: bool,
    pub capsules: u32,
    /// Bytes of all different assets, capsule by capsule.
    pub bytes: u64,
}

/// Registers the caller, who may have capsules then. Again, it changes nothing.
#[ic_cdk::update]
fn register() -> BackendResult<Whoami> {
    let registered = caller_with(Access::Signed).and_then(|caller| {
        users::register(caller, Ic.now())?;
        Ok(whoami())
    });
    typed("register", registered)
}

/// What the backend knows of the caller.
#[ic_cdk::query]
fn whoami() -> Whoami {
    let caller = msg_caller();
    let (capsules, bytes) =
        host::read(|host| (host.capsules.count_of(caller), host.capsules.bytes_of(caller)));
    Whoami {
        principal: caller,
        registered_at_time_ns: users::get(caller).map(|user| user.registered_at),
        is_admin: access::is_admin(&Ic, caller),
        capsules,
        bytes,
    }
}

/// The same as `whoami`.
#[ic_cdk::query]
fn my_stats() -> Whoami {
    whoami()
}
