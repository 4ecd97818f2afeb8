//! Stable memory: one virtual memory for each structure, numbered here and nowhere else.

use std::cell::RefCell;

use chunked_upload::Memories;
use ic_stable_structures::DefaultMemoryImpl;
use ic_stable_structures::memory_manager::{MemoryId, MemoryManager, VirtualMemory};

pub type Memory = VirtualMemory<DefaultMemoryImpl>;

/// 1 MiB a bucket: up to 32 GiB in all, and an empty structure costs no more than one bucket.
const BUCKET_PAGES: u16 = 16;

pub const CONFIG: MemoryId = MemoryId::new(0);
pub const ADMINS: MemoryId = MemoryId::new(1);
pub const ALLOWLIST: MemoryId = MemoryId::new(2);
pub const CALLERS: MemoryId = MemoryId::new(3);
pub const TOTALS: MemoryId = MemoryId::new(4);
pub const EVENTS_INDEX: MemoryId = MemoryId::new(5);
pub const EVENTS_DATA: MemoryId = MemoryId::new(6);
pub const CANISTERS: MemoryId = MemoryId::new(7);
pub const CANISTERS_BY_OWNER: MemoryId = MemoryId::new(8);
pub const CANISTERS_BY_CREATOR: MemoryId = MemoryId::new(9);
pub const TEMPLATES: MemoryId = MemoryId::new(10);
pub const OPERATIONS: MemoryId = MemoryId::new(11);
pub const OPEN_OPERATIONS: MemoryId = MemoryId::new(12);
pub const OPERATIONS_BY_KEY: MemoryId = MemoryId::new(13);
pub const ARGUMENTS: MemoryId = MemoryId::new(14);
/// The memories of the uploads are numbered from here on.
const UPLOADS: u8 = 32;

thread_local! {
    static MANAGER: RefCell<MemoryManager<DefaultMemoryImpl>> = RefCell::new(
        MemoryManager::init_with_bucket_size(DefaultMemoryImpl::default(), BUCKET_PAGES)
    );
}

pub fn memory(id: MemoryId) -> Memory {
    MANAGER.with_borrow(|manager| manager.get(id))
}

pub fn upload_memories() -> Memories<Memory> {
    let memory = |number: u8| memory(MemoryId::new(UPLOADS + number));
    Memories {
        bytes: memory(0),
        free_by_start: memory(1),
        free_by_size: memory(2),
        end: memory(3),
        pieces: memory(4),
        contents: memory(5),
        uploads: memory(6),
        by_owner: memory(7),
        open_by_owner: memory(8),
        by_owner_and_hash: memory(9),
        expiries: memory(10),
        totals: memory(11),
    }
}
