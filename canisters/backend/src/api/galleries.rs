//! Galleries.

use candid::Principal;
use capsule::{GalleryInfo, GalleryList, NewGallery, Page, UpdateGallery};
use ic_cdk::api::msg_caller;

use crate::api::{caller_user, typed};
use crate::environment::Ic;
use crate::error::BackendResult;
use crate::hub;

/// Keeps a gallery, in a capsule that the caller may write to, until it is deleted.
#[ic_cdk::update]
fn store_gallery_forever(gallery: NewGallery) -> BackendResult<GalleryInfo> {
    let stored = caller_user().and_then(|caller| {
        hub::act(&Ic, caller, |capsules, context| capsules.store_gallery(context, gallery))
    });
    typed("store_gallery_forever", stored)
}

/// A gallery that the caller may see, with those of its items that the caller may see.
#[ic_cdk::query]
fn get_gallery_by_id(gallery_id: String) -> BackendResult<GalleryInfo> {
    Ok(hub::read(|hub| hub.capsules.get_gallery(msg_caller(), &gallery_id))?)
}

/// Changes a gallery that the caller may write to.
#[ic_cdk::update]
fn update_gallery(gallery_id: String, update: UpdateGallery) -> BackendResult<GalleryInfo> {
    let updated = caller_user().and_then(|caller| {
        hub::act(&Ic, caller, |capsules, context| {
            capsules.update_gallery(context, &gallery_id, update)
        })
    });
    typed("update_gallery", updated)
}

/// Deletes a gallery; what is in it stays.
#[ic_cdk::update]
fn delete_gallery(gallery_id: String) -> BackendResult<()> {
    let deleted = caller_user().and_then(|caller| {
        hub::act(&Ic, caller, |capsules, context| capsules.delete_gallery(context, &gallery_id))
    });
    typed("delete_gallery", deleted)
}

/// The galleries of the caller's capsules, oldest first, in pages of at most 100.
#[ic_cdk::query]
fn get_my_galleries(page: Option<Page>) -> BackendResult<GalleryList> {
    get_user_galleries(msg_caller(), page)
}

/// The galleries of a user's capsules that the caller may see, oldest first, in pages of at most 100.
#[ic_cdk::query]
fn get_user_galleries(user: Principal, page: Option<Page>) -> BackendResult<GalleryList> {
    let page = page.unwrap_or_default();
    Ok(hub::read(|hub| hub.capsules.list_galleries(msg_caller(), user, &page))?)
}
