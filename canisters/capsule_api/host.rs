//! The canister's uploads and capsules, and what is certified of them.

use std::cell::RefCell;

use candid::Principal;
use capsule::{CapsuleResult, Capsules, Context};
use capsule_host::{HostBlobs, memory};
use chunked_upload::{
    CreateUploadRequest, CreateUploadResponse, Hash, Policy, Upload, UploadError, Uploads,
};

use crate::config;
use crate::environment::Environment;
use crate::error::ApiResult;
use crate::memory::Memory;

pub type Host = capsule_host::Host<Memory>;

thread_local! {
    static HOST: RefCell<Host> = RefCell::new(Host::init(memory::memories()));
}

pub fn read<T>(read: impl FnOnce(&Host) -> T) -> T {
    HOST.with_borrow(read)
}

pub fn change<T>(change: impl FnOnce(&mut Host) -> T) -> T {
    HOST.with_borrow_mut(change)
}

/// Changes capsules on a caller's behalf, and certifies what has become public.
pub fn act<T>(
    environment: &impl Environment,
    caller: Principal,
    act: impl FnOnce(&mut Capsules<Memory>, &mut Context<HostBlobs<Memory>>) -> CapsuleResult<T>,
) -> ApiResult<T> {
    let (limits, policy) = (config::get().capsules, config::upload_policy());
    let now = environment.now();
    let result = change(|host| host.act(caller, now, &limits, policy, act))?;
    environment.note_change();
    settle(environment);
    Ok(result)
}

/// Certifies what has changed, and leaves to a timer what is too much for one message.
pub fn settle(environment: &impl Environment) {
    let has_more = change(Host::settle);
    environment.certify(root_hash());
    if has_more {
        environment.work_later();
    }
}

pub fn begin_upload(
    owner: Principal,
    request: CreateUploadRequest,
    now: u64,
) -> ApiResult<CreateUploadResponse> {
    let policy = config::upload_policy();
    Ok(change(|host| host.begin_upload(owner, request, now, &policy))?)
}

pub fn change_uploads<T>(
    change_them: impl FnOnce(&mut Uploads<Memory>, &Policy) -> Result<T, UploadError>,
) -> ApiResult<T> {
    let policy = config::upload_policy();
    Ok(change(|host| change_them(&mut host.uploads, &policy))?)
}

/// Removes an upload; its bytes stay while a capsule or another upload has the same.
pub fn delete_upload(upload_id: u64) -> Option<Upload> {
    change(|host| host.delete_upload(upload_id))
}

/// Deletes an upload that has expired; returns whether there was one.
pub fn expire_upload(now: u64) -> bool {
    let expired = read(|host| host.uploads.next_expired(now));
    expired.and_then(delete_upload).is_some()
}

pub fn mix_entropy(bytes: &[u8]) {
    change(|host| host.capsules.mix_entropy(bytes));
}

/// What the canister certifies.
pub fn root_hash() -> Hash {
    read(|host| host.publication.root_hash())
}

/// Does one piece of what is left to do; returns whether there was any.
pub fn work() -> bool {
    let policy = config::upload_policy();
    change(|host| host.work(policy))
}
