//! Chunks of up to 1 MiB, stored in two ways: as one write at a fixed place in stable memory, and
//! as values of a map, which costs many small writes.

use std::cell::RefCell;

use ic_stable_structures::{Memory as _, StableBTreeMap};
use serde_bytes::ByteBuf;

use crate::memory::{self, Memory};

const CHUNK_SIZE: u64 = 1 << 20;
const PAGE_SIZE: u64 = 1 << 16;

thread_local! {
    static CHUNK_MAP: RefCell<StableBTreeMap<u32, Vec<u8>, Memory>> =
        RefCell::new(StableBTreeMap::init(memory::memory(memory::CHUNK_MAP)));
}

fn check_size(bytes: &[u8]) {
    if bytes.len() as u64 > CHUNK_SIZE {
        ic_cdk::trap("chunk larger than 1 MiB");
    }
}

#[ic_cdk::update]
fn store_chunk(index: u32, bytes: ByteBuf) {
    check_size(&bytes);
    let extent = memory::memory(memory::CHUNK_EXTENT);
    let start = u64::from(index) * CHUNK_SIZE;
    let pages = (start + CHUNK_SIZE) / PAGE_SIZE;
    let missing = pages.saturating_sub(extent.size());
    if extent.grow(missing) < 0 {
        ic_cdk::trap("stable memory is full");
    }
    extent.write(start, &bytes);
}

/// The first bytes of a chunk that was written straight to stable memory.
#[ic_cdk::query]
fn load_chunk(index: u32, length: u32) -> ByteBuf {
    let mut bytes = vec![0; length as usize];
    let extent = memory::memory(memory::CHUNK_EXTENT);
    extent.read(u64::from(index) * CHUNK_SIZE, &mut bytes);
    ByteBuf::from(bytes)
}

#[ic_cdk::update]
fn store_chunk_in_map(index: u32, bytes: ByteBuf) {
    check_size(&bytes);
    CHUNK_MAP.with_borrow_mut(|chunks| chunks.insert(index, bytes.into_vec()));
}

#[ic_cdk::query]
fn load_chunk_from_map(index: u32) -> Option<ByteBuf> {
    chunk(index).map(ByteBuf::from)
}

pub fn chunk(index: u32) -> Option<Vec<u8>> {
    CHUNK_MAP.with_borrow(|chunks| chunks.get(&index))
}
