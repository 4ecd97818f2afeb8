//! Stable memory: which structure has which memory, here and nowhere else; those of uploads, capsules
//! and what is certified have theirs from the crate `capsule_host`.

pub use capsule_host::memory::{Memory, memory};
use ic_stable_structures::memory_manager::MemoryId;

pub const CONFIG: MemoryId = MemoryId::new(0);
pub const ADMINS: MemoryId = MemoryId::new(1);
pub const USERS: MemoryId = MemoryId::new(2);
pub const EVENTS_INDEX: MemoryId = MemoryId::new(3);
pub const EVENTS_DATA: MemoryId = MemoryId::new(4);
pub const ENTROPY: MemoryId = MemoryId::new(5);

/// Those of personal canisters.
#[cfg(feature = "personal_canister_creation")]
pub mod creation {
    use super::MemoryId;

    pub const CREATIONS: MemoryId = MemoryId::new(6);
    pub const CREATION_LISTS: MemoryId = MemoryId::new(7);
    pub const CREATION_CONFIG: MemoryId = MemoryId::new(10);
    pub const CREATION_STATISTICS: MemoryId = MemoryId::new(11);
    pub const CYCLES_RESERVE: MemoryId = MemoryId::new(12);
    pub const PERSONAL_WASM: MemoryId = MemoryId::new(13);
    pub const PERSONAL_CANISTERS: MemoryId = MemoryId::new(14);
    pub const PERSONAL_CANISTERS_BY_CREATOR: MemoryId = MemoryId::new(15);
    pub const RECEIPT_NODES: MemoryId = MemoryId::new(17);
    pub const RECEIPT_PLACES: MemoryId = MemoryId::new(18);
}
