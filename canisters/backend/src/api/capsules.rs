//! Capsules.

use candid::Principal;
use capsule::{CapsuleError, CapsuleInfo, CapsuleList, CreateCapsule, Page, UpdateCapsule};
use ic_cdk::api::msg_caller;

use crate::access::Access;
use crate::api::{caller_user, caller_with, typed};
use crate::environment::{Environment, Ic};
use crate::error::BackendResult;
use crate::events::{self, EventKind};
use crate::{hub, users};

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
        match hub::read(|hub| hub.capsules.get_capsule(caller, None)) {
            Err(CapsuleError::NoCapsule) => create(caller, CreateCapsule::default()),
            first => Ok(first?),
        }
    });
    typed("register_capsule", capsule)
}

fn create(caller: Principal, request: CreateCapsule) -> BackendResult<CapsuleInfo> {
    let capsule =
        hub::act(&Ic, caller, |capsules, context| capsules.create_capsule(context, request))?;
    let capsule_id = capsule.capsule_id.clone();
    events::record(Ic.now(), caller, EventKind::CapsuleCreated { capsule_id });
    Ok(capsule)
}

/// A capsule that the caller may see; the caller's first one, where none is named.
#[ic_cdk::query]
fn get_capsule(capsule_id: Option<String>) -> BackendResult<CapsuleInfo> {
    let capsule = capsule_id.as_deref();
    Ok(hub::read(|hub| hub.capsules.get_capsule(msg_caller(), capsule))?)
}

/// The caller's capsules, oldest first.
#[ic_cdk::query]
fn list_my_capsules(page: Option<Page>) -> BackendResult<CapsuleList> {
    let page = page.unwrap_or_default();
    Ok(hub::read(|hub| hub.capsules.list_capsules(msg_caller(), &page))?)
}

/// Changes a capsule of the caller's.
#[ic_cdk::update]
fn update_capsule(capsule_id: String, update: UpdateCapsule) -> BackendResult<CapsuleInfo> {
    let updated = caller_user().and_then(|caller| {
        hub::act(&Ic, caller, |capsules, context| {
            capsules.update_capsule(context, &capsule_id, update)
        })
    });
    typed("update_capsule", updated)
}

/// Deletes a capsule of the caller's for good, with all that is in it.
#[ic_cdk::update]
fn delete_capsule(capsule_id: String) -> BackendResult<()> {
    let deleted = caller_user().and_then(|caller| {
        hub::act(&Ic, caller, |capsules, context| capsules.delete_capsule(context, &capsule_id))?;
        events::record(Ic.now(), caller, EventKind::CapsuleDeleted { capsule_id });
        Ok(())
    });
    typed("delete_capsule", deleted)
}
