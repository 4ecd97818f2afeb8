//! Uploads: begun, filled, committed, deleted, listed.

use std::marker::PhantomData;

use candid::Principal;
use chunked_upload::{
    CreateUploadRequest, CreateUploadResponse, UploadCommit, UploadError, UploadInfo,
};
use ic_cdk::api::{instruction_counter, msg_caller};
use serde_bytes::ByteBuf;

use crate::access::{self, Access};
use crate::api::{answer, caller_user, caller_with, typed};
use crate::environment::{Environment, Ic};
use crate::error::ApiResult;
use crate::{host, maintenance};

/// An upload of many chunks is told in 20 kB, and a reply has 2 MiB.
const MOST_LISTED: u32 = 50;

/// Begins an upload of any length, filled by `put_chunk` or `put_chunk_at`.
#[ic_cdk::update(manual_reply = true)]
fn create_upload() -> PhantomData<u64> {
    let created = create(CreateUploadRequest::default()).map(|created| created.upload_id);
    answer("create_upload", created)
}

/// Begins an upload whose sizes are checked from the start. Where the caller has bytes of that hash
/// here already, uploaded or in a capsule, nothing needs to be sent.
#[ic_cdk::update]
fn create_upload_with(request: CreateUploadRequest) -> ApiResult<CreateUploadResponse> {
    typed("create_upload_with", create(request))
}

fn create(request: CreateUploadRequest) -> ApiResult<CreateUploadResponse> {
    host::begin_upload(caller_user()?, request, Ic.now())
}

/// Stores a chunk of at most 1 MiB behind the ones that are there.
#[ic_cdk::update(manual_reply = true)]
fn put_chunk(upload_id: u64, chunk: ByteBuf) -> PhantomData<bool> {
    answer("put_chunk", append(upload_id, &chunk))
}

/// The same as `put_chunk`.
#[ic_cdk::update(manual_reply = true)]
fn upload_chunk(upload_id: u64, chunk: ByteBuf) -> PhantomData<bool> {
    answer("upload_chunk", append(upload_id, &chunk))
}

fn append(upload_id: u64, chunk: &[u8]) -> ApiResult<bool> {
    let caller = caller_user()?;
    host::change_uploads(|uploads, policy| {
        uploads.append(upload_id, caller, chunk, Ic.now(), policy)
    })?;
    Ok(true)
}

/// Stores the chunk of an index, in any order and at the same time as others. The same bytes again
/// change nothing; other bytes are refused.
#[ic_cdk::update]
fn put_chunk_at(upload_id: u64, index: u32, chunk: ByteBuf) -> ApiResult<()> {
    typed("put_chunk_at", put_at(upload_id, index, &chunk))
}

fn put_at(upload_id: u64, index: u32, chunk: &[u8]) -> ApiResult<()> {
    let caller = caller_user()?;
    host::change_uploads(|uploads, policy| {
        uploads.put_at(upload_id, caller, index, chunk, Ic.now(), policy)
    })
}

/// Commits an upload by the SHA-256 of all its bytes.
#[ic_cdk::update(manual_reply = true)]
fn commit_upload(upload_id: u64, commit: UploadCommit) -> PhantomData<bool> {
    answer("commit_upload", commit_checked(upload_id, &commit).map(|_| true))
}

/// Commits an upload, and tells what has been committed.
#[ic_cdk::update]
fn commit_upload_with(upload_id: u64, commit: UploadCommit) -> ApiResult<UploadInfo> {
    typed("commit_upload_with", commit_checked(upload_id, &commit))
}

fn commit_checked(upload_id: u64, commit: &UploadCommit) -> ApiResult<UploadInfo> {
    let caller = caller_user()?;
    host::change_uploads(|uploads, policy| {
        uploads.commit(upload_id, caller, &commit.expected_sha256_hex, Ic.now(), policy)?;
        Ok(uploads.owned(upload_id, caller)?.info(upload_id))
    })
}

/// Deletes an upload of the caller, or of anybody where an admin asks. Its bytes stay while a capsule
/// or another upload has the same.
#[ic_cdk::update(manual_reply = true)]
fn delete_upload(upload_id: u64) -> PhantomData<bool> {
    answer("delete_upload", delete(upload_id).map(|()| true))
}

fn delete(upload_id: u64) -> ApiResult<()> {
    let caller = caller_user()?;
    if !access::is_admin(&Ic, caller) {
        host::read(|host| host.uploads.owned(upload_id, caller))?;
    }
    let deleted = host::delete_upload(upload_id);
    deleted.ok_or(UploadError::UploadNotFound { upload_id })?;
    Ok(())
}

/// Deletes uploads that have expired, as the timer does; returns how many.
#[ic_cdk::update]
fn cleanup_expired_uploads_manual() -> ApiResult<u64> {
    let cleaned = caller_with(Access::Admin);
    let cleaned = cleaned.map(|_| maintenance::expire_uploads(&Ic, instruction_counter));
    typed("cleanup_expired_uploads_manual", cleaned)
}

/// What is known of an upload of the caller, or of anybody where an admin asks.
#[ic_cdk::query]
fn get_upload_info(upload_id: u64) -> Option<UploadInfo> {
    let upload = host::read(|host| host.uploads.get(upload_id))?;
    let caller = msg_caller();
    let is_visible = upload.owner == caller || access::is_admin(&Ic, caller);
    is_visible.then(|| upload.info(upload_id))
}

/// Uploads behind an id, at most 50: the caller's own, or those of an owner that an admin names;
/// all, where an admin names none.
#[ic_cdk::query]
fn list_uploads(
    after: Option<u64>,
    limit: Option<u32>,
    owner: Option<Principal>,
) -> Vec<UploadInfo> {
    let caller = msg_caller();
    let owner = if access::is_admin(&Ic, caller) { owner } else { Some(caller) };
    let limit = limit.unwrap_or(MOST_LISTED).min(MOST_LISTED) as usize;
    let listed = host::read(|host| host.uploads.list(owner, after.unwrap_or(0), limit));
    listed.into_iter().map(|(upload_id, upload)| upload.info(upload_id)).collect()
}
