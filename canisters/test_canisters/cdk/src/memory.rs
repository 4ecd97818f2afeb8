//! Stable memory: one virtual memory for each structure.

use std::cell::RefCell;

use ic_stable_structures::DefaultMemoryImpl;
use ic_stable_structures::memory_manager::{MemoryId, MemoryManager, VirtualMemory};

pub type Memory = VirtualMemory<DefaultMemoryImpl>;

pub const ENTRIES: MemoryId = MemoryId::new(0);
pub const CHUNK_MAP: MemoryId = MemoryId::new(1);
pub const CHUNK_EXTENT: MemoryId = MemoryId::new(2);
pub const COUNTER: MemoryId = MemoryId::new(3);
pub const NOTE: MemoryId = MemoryId::new(4);

thread_local! {
    static MANAGER: RefCell<MemoryManager<DefaultMemoryImpl>> =
        RefCell::new(MemoryManager::init(DefaultMemoryImpl::default()));
}

pub fn memory(id: MemoryId) -> Memory {
    MANAGER.with_borrow(|manager| manager.get(id))
}
