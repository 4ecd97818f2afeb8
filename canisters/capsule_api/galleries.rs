//! Galleries.

use candid::Principal;
use capsule::{GalleryInfo, GalleryList, NewGallery, Page, UpdateGallery};

use crate::api::{caller_user, reader, typed};
use crate::environment::Ic;
use crate::error::ApiResult;
use crate::host;

/// Keeps a gallery, in a capsule that the caller may write to, until it is deleted.
#[ic_cdk::update]
fn store_gallery_forever(gallery: NewGallery) -> ApiResult<GalleryInfo> {
    let stored = caller_user().and_then(|caller| {
        host::act(&Ic, caller, |capsules, context| capsules.store_gallery(context, gallery))
    });
    typed("store_gallery_forever", stored)
}

/// A gallery that the caller may see, with those of its items that the caller may see.
#[ic_cdk::query]
fn get_gallery_by_id(gallery_id: String) -> ApiResult<GalleryInfo> {
    let reader = reader()?;
    Ok(host::read(|host| host.capsules.get_gallery(reader, &gallery_id))?)
}

/// Changes a gallery that the caller may write to.
#[ic_cdk::update]
fn update_gallery(gallery_id: String, update: UpdateGallery) -> ApiResult<GalleryInfo> {
    let updated = caller_user().and_then(|caller| {
        host::act(&Ic, caller, |capsules, context| {
            capsules.update_gallery(context, &gallery_id, update)
        })
    });
    typed("update_gallery", updated)
}

/// Deletes a gallery; what is in it stays.
#[ic_cdk::update]
fn delete_gallery(gallery_id: String) -> ApiResult<()> {
    let deleted = caller_user().and_then(|caller| {
        host::act(&Ic, caller, |capsules, context| capsules.delete_gallery(context, &gallery_id))
    });
    typed("delete_gallery", deleted)
}

/// The galleries of the caller's capsules, oldest first, in pages of at most 100.
#[ic_cdk::query]
fn get_my_galleries(page: Option<Page>) -> ApiResult<GalleryList> {
    get_user_galleries(reader()?, page)
}

/// The galleries of a user's capsules that the caller may see, oldest first, in pages of at most 100.
#[ic_cdk::query]
fn get_user_galleries(user: Principal, page: Option<Page>) -> ApiResult<GalleryList> {
    let (reader, page) = (reader()?, page.unwrap_or_default());
    Ok(host::read(|host| host.capsules.list_galleries(reader, user, &page))?)
}
