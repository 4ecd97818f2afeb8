//! Memories, and the bytes of their assets.

use capsule::{MemoryFilter, MemoryInfo, MemoryList, NewMemory, Page, ReadBlobs, UpdateMemory};
use serde_bytes::ByteBuf;

use crate::api::{caller_user, reader, typed};
use crate::environment::Ic;
use crate::error::ApiResult;
use crate::host;

/// The most bytes of a chunk; a reply has 2 MiB.
const MAX_CHUNK_BYTES: u32 = 2_000_000;

/// Adds a memory to a capsule that the caller may write to.
#[ic_cdk::update]
fn add_memory_to_capsule(capsule_id: String, memory: NewMemory) -> ApiResult<MemoryInfo> {
    let added = caller_user().and_then(|caller| {
        host::act(&Ic, caller, |capsules, context| {
            capsules.add_memory(context, &capsule_id, memory)
        })
    });
    typed("add_memory_to_capsule", added)
}

/// A memory of a capsule, with the bytes of its assets of at most 32 KiB.
#[ic_cdk::query]
fn get_memory_from_capsule(capsule_id: String, memory_id: String) -> ApiResult<MemoryInfo> {
    let reader = reader()?;
    Ok(host::read(|host| {
        host.capsules.get_memory_in(reader, &capsule_id, &memory_id, &host.blobs())
    })?)
}

/// The same, wherever it is.
#[ic_cdk::query]
fn get_memory(memory_id: String) -> ApiResult<MemoryInfo> {
    let reader = reader()?;
    Ok(host::read(|host| host.capsules.get_memory(reader, &memory_id, &host.blobs()))?)
}

/// Changes a memory that the caller may write to.
#[ic_cdk::update]
fn update_memory_in_capsule(
    capsule_id: String,
    memory_id: String,
    update: UpdateMemory,
) -> ApiResult<MemoryInfo> {
    let updated = caller_user().and_then(|caller| {
        host::act(&Ic, caller, |capsules, context| {
            capsules.update_memory(context, &capsule_id, &memory_id, update)
        })
    });
    typed("update_memory_in_capsule", updated)
}

/// Deletes a memory, and takes it out of all galleries.
#[ic_cdk::update]
fn delete_memory_from_capsule(capsule_id: String, memory_id: String) -> ApiResult<()> {
    let deleted = caller_user().and_then(|caller| {
        host::act(&Ic, caller, |capsules, context| {
            capsules.delete_memory(context, &capsule_id, &memory_id)
        })
    });
    typed("delete_memory_from_capsule", deleted)
}

/// Memories of a capsule that the caller may see, in pages of at most 100.
#[ic_cdk::query]
fn list_capsule_memories(
    capsule_id: String,
    filter: Option<MemoryFilter>,
    page: Option<Page>,
) -> ApiResult<MemoryList> {
    let reader = reader()?;
    let (filter, page) = (filter.unwrap_or_default(), page.unwrap_or_default());
    Ok(host::read(|host| host.capsules.list_memories(reader, &capsule_id, &filter, &page))?)
}

/// Memories of all of the caller's capsules, in pages of at most 100.
#[ic_cdk::query]
fn search_my_memories(filter: Option<MemoryFilter>, page: Option<Page>) -> ApiResult<MemoryList> {
    let reader = reader()?;
    let (filter, page) = (filter.unwrap_or_default(), page.unwrap_or_default());
    Ok(host::read(|host| host.capsules.search_memories(reader, &filter, &page))?)
}

/// Up to 2,000,000 bytes of an asset, from an offset on; none at its end.
#[ic_cdk::query]
fn get_blob_chunk(
    memory_id: String,
    variant: String,
    offset: u64,
    len: Option<u32>,
) -> ApiResult<ByteBuf> {
    let reader = reader()?;
    let len = len.unwrap_or(MAX_CHUNK_BYTES).min(MAX_CHUNK_BYTES);
    let bytes = host::read(|host| {
        let asset = host.capsules.asset(reader, &memory_id, &variant)?;
        Ok::<_, capsule::CapsuleError>(host.blobs().read(&asset.hash, offset, len.into()))
    })?;
    Ok(ByteBuf::from(bytes.unwrap_or_default()))
}
