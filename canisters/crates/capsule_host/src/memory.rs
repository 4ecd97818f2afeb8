//! Stable memory: one virtual memory for each structure.
//!
//! The numbers of those of uploads, capsules and what is certified are here; a canister numbers its
//! own ones from 0 to 31, and from 128 on.
//!
//! The bytes of blobs come in buckets of 16 MiB, so that there is room for 512 GiB. All other
//! structures share one memory of those, which is divided again, in buckets of 1 MiB: an empty
//! structure takes no more than that.

use std::cell::RefCell;

use ic_stable_structures::memory_manager::{MemoryId, MemoryManager, VirtualMemory};
use ic_stable_structures::{DefaultMemoryImpl, Memory as StableMemory};

use crate::host::Memories;

type Outer = VirtualMemory<DefaultMemoryImpl>;

/// The memory of a structure, or that of all bytes.
#[derive(Clone)]
pub enum Memory {
    Bytes(Outer),
    Structure(VirtualMemory<Outer>),
}

const OUTER_BUCKET_PAGES: u16 = 256;
const INNER_BUCKET_PAGES: u16 = 16;

const BYTES: MemoryId = MemoryId::new(0);
const STRUCTURES: MemoryId = MemoryId::new(1);

/// The memories of the uploads are numbered from here on.
const UPLOADS: u8 = 32;
/// Those of the capsules.
const CAPSULES: u8 = 64;
/// Those of what is certified.
const PUBLICATION: u8 = 96;

struct Managers {
    outer: MemoryManager<DefaultMemoryImpl>,
    inner: MemoryManager<Outer>,
}

thread_local! {
    static MANAGERS: RefCell<Managers> = RefCell::new(Managers::init());
}

impl Managers {
    fn init() -> Self {
        let stable = DefaultMemoryImpl::default();
        let outer = MemoryManager::init_with_bucket_size(stable, OUTER_BUCKET_PAGES);
        let structures = outer.get(STRUCTURES);
        let inner = MemoryManager::init_with_bucket_size(structures, INNER_BUCKET_PAGES);
        Self { outer, inner }
    }
}

pub fn memory(id: MemoryId) -> Memory {
    MANAGERS.with_borrow(|managers| Memory::Structure(managers.inner.get(id)))
}

fn numbered(first: u8, number: u8) -> Memory {
    memory(MemoryId::new(first + number))
}

/// The memories of a host.
pub fn memories() -> Memories<Memory> {
    Memories {
        uploads: upload_memories(),
        capsules: capsule_memories(),
        publication: publication_memories(),
    }
}

fn upload_memories() -> chunked_upload::Memories<Memory> {
    let memory = |number| numbered(UPLOADS, number);
    chunked_upload::Memories {
        bytes: MANAGERS.with_borrow(|managers| Memory::Bytes(managers.outer.get(BYTES))),
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

fn capsule_memories() -> capsule::Memories<Memory> {
    let memory = |number| numbered(CAPSULES, number);
    capsule::Memories {
        ids: memory(0),
        capsules: memory(1),
        by_owner: memory(2),
        memories: memory(3),
        galleries: memory(4),
        index: memory(5),
        gallery_refs: memory(6),
        connections: memory(7),
        grants: memory(8),
        by_grantee: memory(9),
        blob_refs: memory(10),
        deleted: memory(11),
        changed: memory(12),
    }
}

fn publication_memories() -> certified_http::Memories<Memory> {
    let memory = |number| numbered(PUBLICATION, number);
    certified_http::Memories {
        nodes: memory(0),
        places: memory(1),
        published: memory(2),
        parts: memory(3),
        waiting: memory(4),
    }
}

impl StableMemory for Memory {
    fn size(&self) -> u64 {
        match self {
            Self::Bytes(memory) => memory.size(),
            Self::Structure(memory) => memory.size(),
        }
    }

    fn grow(&self, pages: u64) -> i64 {
        match self {
            Self::Bytes(memory) => memory.grow(pages),
            Self::Structure(memory) => memory.grow(pages),
        }
    }

    fn read(&self, offset: u64, dst: &mut [u8]) {
        match self {
            Self::Bytes(memory) => memory.read(offset, dst),
            Self::Structure(memory) => memory.read(offset, dst),
        }
    }

    unsafe fn read_unsafe(&self, offset: u64, dst: *mut u8, count: usize) {
        // SAFETY: what the caller promises is what either memory asks for.
        unsafe {
            match self {
                Self::Bytes(memory) => memory.read_unsafe(offset, dst, count),
                Self::Structure(memory) => memory.read_unsafe(offset, dst, count),
            }
        }
    }

    fn write(&self, offset: u64, src: &[u8]) {
        match self {
            Self::Bytes(memory) => memory.write(offset, src),
            Self::Structure(memory) => memory.write(offset, src),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn structures_and_bytes_do_not_meet() {
        let bytes = upload_memories().bytes;
        let structures =
            [memory(MemoryId::new(0)), memory(MemoryId::new(2)), capsule_memories().memories];
        for (number, memory) in structures.iter().enumerate() {
            memory.grow(40);
            memory.write(2_000_000, &[number as u8 + 1; 9]);
        }
        bytes.grow(400);
        bytes.write(20_000_000, &[9; 9]);
        for (number, memory) in structures.iter().enumerate() {
            let mut found = [0; 9];
            memory.read(2_000_000, &mut found);
            assert_eq!(found, [number as u8 + 1; 9]);
        }
    }
}
