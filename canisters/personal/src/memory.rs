//! Stable memory: which structure has which memory, here and nowhere else; those of uploads, the
//! capsule and what is certified have theirs from the crate `capsule_host`.

use capsule::ImportMemories;
pub use capsule_host::memory::{Memory, memory};
use ic_stable_structures::memory_manager::MemoryId;

pub const CONFIG: MemoryId = MemoryId::new(0);
pub const SETUP: MemoryId = MemoryId::new(1);
pub const EVENTS_INDEX: MemoryId = MemoryId::new(3);
pub const EVENTS_DATA: MemoryId = MemoryId::new(4);
pub const ENTROPY: MemoryId = MemoryId::new(5);
/// The memories of the import are numbered from here on.
const IMPORT: u8 = 16;

pub fn import_memories() -> ImportMemories<Memory> {
    let memory = |number| memory(MemoryId::new(IMPORT + number));
    ImportMemories { state: memory(0), open: memory(1), whole: memory(2), received: memory(3) }
}
