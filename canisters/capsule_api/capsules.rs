//! Capsules, seen and changed.

use capsule::{CapsuleInfo, CapsuleList, Page, UpdateCapsule};

use crate::api::{caller_user, reader, typed};
use crate::environment::Ic;
use crate::error::ApiResult;
use crate::host;

/// A capsule that the caller may see; the caller's first one, where none is named.
#[ic_cdk::query]
fn get_capsule(capsule_id: Option<String>) -> ApiResult<CapsuleInfo> {
    let reader = reader()?;
    Ok(host::read(|host| host.capsules.get_capsule(reader, capsule_id.as_deref()))?)
}

/// The caller's capsules, oldest first.
#[ic_cdk::query]
fn list_my_capsules(page: Option<Page>) -> ApiResult<CapsuleList> {
    let (reader, page) = (reader()?, page.unwrap_or_default());
    Ok(host::read(|host| host.capsules.list_capsules(reader, &page))?)
}

/// Changes a capsule of the caller's.
#[ic_cdk::update]
fn update_capsule(capsule_id: String, update: UpdateCapsule) -> ApiResult<CapsuleInfo> {
    let updated = caller_user().and_then(|caller| {
        host::act(&Ic, caller, |capsules, context| {
            capsules.update_capsule(context, &capsule_id, update)
        })
    });
    typed("update_capsule", updated)
}
