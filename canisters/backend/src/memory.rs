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
