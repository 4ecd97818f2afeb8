//! Capsules, made and deleted.

use candid::Principal;
use capsule::{CapsuleError, CapsuleInfo, CreateCapsule};

use crate::access::Access;
use crate::api::{caller_user, caller_with, typed};
use crate::environment::{Environment, Ic};
use crate::error::BackendResult;
use crate::events::{self, EventKind};
use crate::{host, users};

/// Makes a capsule of the caller's.
#[ic_cdk::update]
fn create_capsule(request: Option<CreateCapsule>) -> BackendResult<CapsuleInfo> {
    let request = request.unwrap_or_default();
    typed("create_capsule", caller_user().and_then(|caller| create(caller, request)))
}

/// Registers the caller, and returns their first capsule, which is made where there is none. Again,
/// it changes nothing.
#[ic_cdk::update]
fn register_capsule() -> BackendResult<CapsuleInfo> {
    let capsule = caller_with(Access::Signed).and_then(|caller| {
        users::register(caller, Ic.now())?;
        match host::read(|host| host.capsules.get_capsule(caller, None)) {
            Err(CapsuleError::NoCapsule) => create(caller, CreateCapsule::default()),
            first => Ok(first?),
        }
    });
    typed("register_capsule", capsule)
}

fn create(caller: Principal, request: CreateCapsule) -> BackendResult<CapsuleInfo> {
    let capsule =
        host::act(&Ic, caller, |capsules, context| capsules.create_capsule(context, request))?;
    let capsule_id = capsule.capsule_id.clone();
    events::record(Ic.now(), caller, EventKind::CapsuleCreated { capsule_id });
    Ok(capsule)
}

/// Deletes a capsule of the caller's for good, with all that is in it.
#[ic_cdk::update]
fn delete_capsule(capsule_id: String) -> BackendResult<()> {
    let deleted = caller_user().and_then(|caller| {
        host::act(&Ic, caller, |capsules, context| capsules.delete_capsule(context, &capsule_id))?;
        events::record(Ic.now(), caller, EventKind::CapsuleDeleted { capsule_id });
        Ok(())
    });
    typed("delete_capsule", deleted)
}
