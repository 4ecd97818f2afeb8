//! The factory's uploads, and the modules that they hold.

use std::cell::RefCell;

use candid::{CandidType, Deserialize, Principal};
use chunked_upload::{
    CreateUploadRequest, CreateUploadResponse, Hash, MAX_CHUNK_BYTES, Upload, UploadError, Uploads,
    sha256, to_hex,
};
use serde::Serialize;
use serde_bytes::ByteBuf;

use crate::error::{FactoryResult, Reason};
use crate::events::{self, EventKind};
use crate::memory::{self, Memory};
use crate::{callers, config};

const WASM_MAGIC: &[u8] = b"\0asm";
const GZIP_MAGIC: &[u8] = &[0x1f, 0x8b];

thread_local! {
    static UPLOADS: RefCell<Uploads<Memory>> =
        RefCell::new(Uploads::init(memory::upload_memories()));
}

/// A committed module, held by whoever installs it.
#[derive(CandidType, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub struct Module {
    pub hash: Hash,
    pub len: u64,
}

pub fn read<T>(read: impl FnOnce(&Uploads<Memory>) -> T) -> T {
    UPLOADS.with_borrow(read)
}

pub fn change<T>(change: impl FnOnce(&mut Uploads<Memory>) -> T) -> T {
    UPLOADS.with_borrow_mut(change)
}

/// Begins an upload, or finds the caller's own of these bytes.
pub fn begin(
    owner: Principal,
    request: CreateUploadRequest,
    now: u64,
) -> FactoryResult<CreateUploadResponse> {
    let policy = config::upload_policy();
    let before = read(|uploads| uploads.totals().begun);
    let response = change(|uploads| uploads.create(owner, request, now, &policy))?;
    if response.upload_id > before {
        callers::change(owner, |caller| caller.uploads_begun += 1);
    }
    Ok(response)
}

/// Commits an upload if its bytes look like a module and have the hash.
pub fn commit(upload_id: u64, owner: Principal, expected: &str, now: u64) -> FactoryResult<Upload> {
    let policy = config::upload_policy();
    let (was_open, upload) = change(|uploads| {
        uploads.check_complete(upload_id, owner)?;
        let first_bytes = uploads.first_bytes(upload_id, WASM_MAGIC.len());
        if !first_bytes.starts_with(WASM_MAGIC) && !first_bytes.starts_with(GZIP_MAGIC) {
            return Err(Reason::NotWasm.into());
        }
        let was_open = uploads.owned(upload_id, owner)?.committed_hash.is_none();
        uploads.commit(upload_id, owner, expected, now, &policy)?;
        FactoryResult::Ok((was_open, uploads.owned(upload_id, owner)?))
    })?;
    if was_open {
        let module_hash = ByteBuf::from(upload.committed_hash.unwrap_or_default());
        callers::change(owner, |caller| caller.bytes_uploaded += upload.total_len);
        events::record(now, owner, EventKind::UploadCommitted { upload_id, module_hash });
    }
    Ok(upload)
}

/// The module of a committed upload. Whoever is let in may install it: an upload's id or a module's
/// hash is no secret, and what is installed can be read by its controllers anyway.
pub fn module_of(upload_id: u64) -> FactoryResult<Module> {
    read(|uploads| {
        let upload = uploads.get(upload_id).ok_or(UploadError::UploadNotFound { upload_id })?;
        let hash = upload.committed_hash.ok_or(UploadError::NotCommitted { upload_id })?;
        Ok(Module { hash, len: upload.total_len })
    })
}

/// Makes a module that came in one message an upload of its sender, committed.
pub fn from_blob(owner: Principal, wasm: &[u8], name: String, now: u64) -> FactoryResult<u64> {
    let policy = config::upload_policy();
    let hash = to_hex(&sha256(wasm));
    let request = CreateUploadRequest {
        name: Some(name),
        expected_len: Some(wasm.len() as u64),
        chunk_size: None,
        expected_sha256_hex: Some(hash.clone()),
    };
    let created = begin(owner, request, now)?;
    if created.deduplicated {
        return Ok(created.upload_id);
    }
    let filled = wasm.chunks(MAX_CHUNK_BYTES as usize).try_for_each(|chunk| {
        change(|uploads| uploads.append(created.upload_id, owner, chunk, now, &policy))?;
        Ok(())
    });
    let committed = filled.and_then(|()| commit(created.upload_id, owner, &hash, now));
    if let Err(refused) = committed {
        change(|uploads| uploads.delete(created.upload_id));
        return Err(refused);
    }
    Ok(created.upload_id)
}
