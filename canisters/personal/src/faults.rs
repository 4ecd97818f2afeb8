//! Faults of a canister that means ill or is broken, for tests of the hub: it must never take such a
//! canister for good. Which fault it is, a test writes into the module itself, over `FAULT`.

use std::cell::RefCell;

use blob_store::{Hash, sha256};
use candid::Principal;
use capsule::{Blobs, CapsuleResult, ExportedMemory, ReadBlobs, StagingBlobs};

/// As long as any fault's name.
#[used]
static FAULT: [u8; 32] = *b"personal canister fault: none...";

thread_local! {
    static LOST: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Whether the module has this fault: `none`, `byte`, `lost` or `lies`.
fn has(fault: &str) -> bool {
    // SAFETY: the static is there and is read as it is; otherwise the compiler would use what it is
    // in the source.
    let written = unsafe { std::ptr::read_volatile(&FAULT) };
    written == format!("personal canister fault: {fault}...").as_bytes()
}

/// Says that it is of another version.
pub fn api_version(version: u32) -> u32 {
    version + u32::from(has("lies"))
}

/// Loses the first memory that comes, whenever it comes.
pub fn kept(mut memories: Vec<ExportedMemory>) -> Vec<ExportedMemory> {
    if has("lost") {
        let first = memories.first().map(|memory| memory.memory_id.clone());
        let lost = LOST.with_borrow_mut(|lost| {
            *lost = lost.take().or(first);
            lost.clone()
        });
        memories.retain(|memory| Some(&memory.memory_id) != lost.as_ref());
    }
    memories
}

/// Stores a wrong byte of each content.
pub fn staging<B: StagingBlobs>(blobs: B) -> Staging<B> {
    Staging(blobs)
}

pub struct Staging<B>(B);

fn spoilt(bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    if let Some(last) = bytes.last_mut().filter(|_| has("byte")) {
        *last ^= 1;
    }
    bytes
}

impl<B: StagingBlobs> Blobs for Staging<B> {
    fn len_of(&self, hash: &Hash) -> Option<u64> {
        self.0.len_of(hash)
    }

    fn is_uploaded_by(&self, caller: Principal, hash: &Hash) -> bool {
        self.0.is_uploaded_by(caller, hash)
    }

    fn store(&mut self, bytes: &[u8]) -> CapsuleResult<Hash> {
        if bytes.is_empty() {
            return self.0.store(bytes);
        }
        let sequence = self.0.begin_pieces();
        self.0.put_piece(sequence, 0, &spoilt(bytes))?;
        let hash = sha256(bytes);
        self.0.commit_pieces(sequence, hash, bytes.len() as u64);
        Ok(hash)
    }

    fn hold(&mut self, hash: &Hash) {
        self.0.hold(hash);
    }

    fn release(&mut self, hash: &Hash) {
        self.0.release(hash);
    }
}

impl<B: StagingBlobs> ReadBlobs for Staging<B> {
    fn read(&self, hash: &Hash, offset: u64, len: u64) -> Option<Vec<u8>> {
        self.0.read(hash, offset, len)
    }
}

impl<B: StagingBlobs> StagingBlobs for Staging<B> {
    fn begin_pieces(&mut self) -> u64 {
        self.0.begin_pieces()
    }

    fn put_piece(&mut self, sequence: u64, index: u32, bytes: &[u8]) -> CapsuleResult<()> {
        self.0.put_piece(sequence, index, bytes)
    }

    fn piece(&self, sequence: u64, index: u32) -> Option<Vec<u8>> {
        self.0.piece(sequence, index)
    }

    fn commit_pieces(&mut self, sequence: u64, hash: Hash, len: u64) {
        self.0.commit_pieces(sequence, hash, len);
    }

    fn drop_pieces(&mut self, sequence: u64) {
        self.0.drop_pieces(sequence);
    }
}
