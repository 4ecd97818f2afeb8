//! What an upload and its chunks must be like.

use blob_store::{Hash, to_hex};
use candid::Principal;

use crate::error::UploadError;
use crate::received::Received;
use crate::upload::{CreateUploadRequest, Upload};

/// The most bytes of one chunk.
pub const MAX_CHUNK_BYTES: u32 = 1 << 20;
/// The most chunks of one upload.
pub const MAX_CHUNKS: u32 = 4096;
const MAX_NAME_BYTES: u32 = 200;

/// What a canister lets its callers upload.
#[derive(Clone, Copy, Debug)]
pub struct Policy {
    /// Bytes of one upload.
    pub max_len: u64,
    /// Bytes of all uploads together.
    pub max_stored: u64,
    /// Open uploads of one caller.
    pub max_open: u32,
    /// Uploads of one caller, open and committed.
    pub max_per_owner: u32,
    /// Nanoseconds after which an upload that nobody touches expires.
    pub time_to_live: u64,
}

pub fn new_upload(
    owner: Principal,
    request: CreateUploadRequest,
    now: u64,
    policy: &Policy,
) -> Result<Upload, UploadError> {
    let chunk_size = request.chunk_size.unwrap_or(MAX_CHUNK_BYTES);
    if !(1..=MAX_CHUNK_BYTES).contains(&chunk_size) {
        return Err(UploadError::InvalidChunkSize { chunk_size, limit: MAX_CHUNK_BYTES });
    }
    if request.name.as_ref().is_some_and(|name| name.len() > MAX_NAME_BYTES as usize) {
        return Err(UploadError::NameTooLong { limit: MAX_NAME_BYTES });
    }
    if let Some(size) = request.expected_len {
        if size > policy.max_len {
            return Err(UploadError::UploadTooLarge { size, limit: policy.max_len });
        }
        if size.div_ceil(u64::from(chunk_size)) > u64::from(MAX_CHUNKS) {
            return Err(UploadError::TooManyChunks { limit: MAX_CHUNKS });
        }
    }
    let expected_hash = request.expected_sha256_hex.as_deref().map(hash_of_text).transpose()?;
    Ok(Upload {
        owner,
        name: request.name,
        total_len: 0,
        expected_len: request.expected_len,
        chunk_size,
        expected_hash,
        received: Received::default(),
        committed_hash: None,
        created_at: now,
        expires_at: Some(now.saturating_add(policy.time_to_live)),
        used_by: 0,
    })
}

pub fn check_chunk(
    upload: &Upload,
    index: u32,
    chunk: &[u8],
    policy: &Policy,
) -> Result<(), UploadError> {
    let size = chunk.len() as u64;
    if size == 0 {
        return Err(UploadError::EmptyChunk);
    }
    if size > u64::from(MAX_CHUNK_BYTES) {
        return Err(UploadError::ChunkTooLarge { size, limit: MAX_CHUNK_BYTES.into() });
    }
    if index >= MAX_CHUNKS {
        return Err(UploadError::TooManyChunks { limit: MAX_CHUNKS });
    }
    if let Some(expected) = upload.expected_chunk_len(index)
        && expected != size
    {
        return Err(UploadError::WrongChunkSize { index, size, expected });
    }
    let total = upload.total_len + size;
    if total > policy.max_len && !upload.received.contains(index) {
        return Err(UploadError::UploadTooLarge { size: total, limit: policy.max_len });
    }
    Ok(())
}

/// The hash that a text names.
pub fn hash_of_text(text: &str) -> Result<Hash, UploadError> {
    let invalid = || UploadError::InvalidHash { text: text.chars().take(80).collect() };
    blob_store::from_hex(text).ok_or_else(invalid)
}

pub fn matching(expected: Hash, actual: Hash) -> Result<Hash, UploadError> {
    if expected == actual {
        return Ok(actual);
    }
    Err(UploadError::HashMismatch {
        expected_sha256_hex: to_hex(&expected),
        actual_sha256_hex: to_hex(&actual),
    })
}
