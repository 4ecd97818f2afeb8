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
const UPLOADS: [MemoryId; 12] = [
    MemoryId::new(32),
    MemoryId::new(33),
    MemoryId::new(34),
    MemoryId::new(35),
    MemoryId::new(36),
    MemoryId::new(37),
    MemoryId::new(38),
    MemoryId::new(39),
    MemoryId::new(40),
    MemoryId::new(41),
    MemoryId::new(42),
    MemoryId::new(43),
];

thread_local! {
    static MANAGER: RefCell<MemoryManager<DefaultMemoryImpl>> = RefCell::new(
        MemoryManager::init_with_bucket_size(DefaultMemoryImpl::default(), BUCKET_PAGES)
    );
}

pub fn memory(id: MemoryId) -> Memory {
    MANAGER.with_borrow(|manager| manager.get(id))
}

/// The memories of the uploads, in an order that must not change.
pub fn upload_memories() -> Memories<Memory> {
    let [
        bytes,
        free_by_start,
        free_by_size,
        end,
        pieces,
        contents,
        uploads,
        by_owner,
        open_by_owner,
        by_owner_and_hash,
        expiries,
        totals,
    ] = UPLOADS.map(memory);
    Memories {
        bytes,
        free_by_start,
        free_by_size,
        end,
        pieces,
        contents,
        uploads,
        by_owner,
        open_by_owner,
        by_owner_and_hash,
        expiries,
        totals,
    }
}
