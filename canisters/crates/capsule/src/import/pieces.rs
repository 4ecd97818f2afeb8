//! Bytes that come piece by piece, by their hashes.

use std::collections::BTreeMap;

use blob_store::{Hash, Hasher, to_hex};
use candid::{CandidType, Deserialize};
use ic_stable_structures::{Memory, StableBTreeMap, StableBTreeSet, StableCell};
use serde::Serialize;
use serde_bytes::ByteBuf;
use stable_record::storable_as_cbor;

use super::error::{ImportError, ImportResult};
use crate::error::{CapsuleError, CapsuleResult};
use crate::store::{Blobs, ReadBlobs};

/// The most bytes of a piece, and of a message.
pub const MAX_CHUNK_BYTES: u32 = 1 << 20;
/// Pieces that one message hashes, where some have come before those ahead of them.
const MOST_HASHED_AT_ONCE: u32 = 64;

/// Some bytes of a content.
#[derive(CandidType, Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
pub struct Chunk {
    /// Of the whole content.
    pub sha256: ByteBuf,
    /// Bytes of the whole content.
    pub size: u64,
    /// Where these begin: a multiple of the chunk size.
    pub offset: u64,
    pub bytes: ByteBuf,
}

/// A store of bytes that takes contents piece by piece.
pub trait StagingBlobs: Blobs + ReadBlobs {
    /// Begins a sequence of pieces.
    fn begin_pieces(&mut self) -> u64;
    fn put_piece(&mut self, sequence: u64, index: u32, bytes: &[u8]) -> CapsuleResult<()>;
    fn piece(&self, sequence: u64, index: u32) -> Option<Vec<u8>>;
    /// Makes a sequence a content of this hash, and holds it.
    fn commit_pieces(&mut self, sequence: u64, hash: Hash, len: u64);
    fn drop_pieces(&mut self, sequence: u64);
}

/// A content of which not all pieces have come, or have been hashed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Open {
    sequence: u64,
    size: u64,
    received: u64,
}

storable_as_cbor!(Open);

/// How far a content has been hashed.
#[derive(Default)]
struct Hashing {
    hasher: Hasher,
    pieces: u32,
}

/// What has come, and is held by the import until it is over.
pub struct Pieces<M: Memory> {
    open: StableBTreeMap<Hash, Open, M>,
    whole: StableBTreeSet<Hash, M>,
    /// Bytes of both.
    received: StableCell<u64, M>,
    /// On the heap: an upgrade wipes them, and they begin anew.
    hashing: BTreeMap<Hash, Hashing>,
}

impl<M: Memory> Pieces<M> {
    pub fn init(open: M, whole: M, received: M) -> Self {
        Self {
            open: StableBTreeMap::init(open),
            whole: StableBTreeSet::init(whole),
            received: StableCell::init(received, 0),
            hashing: BTreeMap::new(),
        }
    }

    /// How many contents have come as a whole.
    pub fn count(&self) -> u64 {
        self.whole.len()
    }

    /// Bytes that have come.
    pub fn received(&self) -> u64 {
        *self.received.get()
    }

    /// Takes a piece, where all that has come is no more than `limit` bytes then.
    pub fn put(
        &mut self,
        blobs: &mut impl StagingBlobs,
        chunk: &Chunk,
        limit: u64,
    ) -> ImportResult<()> {
        let (hash, index) = placed(chunk)?;
        if self.whole.contains(&hash) {
            return self.check_whole(blobs, hash, chunk);
        }
        let len = chunk.bytes.len() as u64;
        if let Some(open) = self.open.get(&hash) {
            let expected = open.size;
            if chunk.size != expected {
                let (sha256_hex, size) = (to_hex(&hash), chunk.size);
                return Err(ImportError::WrongSize { sha256_hex, size, expected });
            }
            if let Some(there) = blobs.piece(open.sequence, index) {
                if there != *chunk.bytes {
                    let (sha256_hex, offset) = (to_hex(&hash), chunk.offset);
                    return Err(ImportError::PieceConflict { sha256_hex, offset });
                }
                return self.advance(blobs, hash).map(|_| ());
            }
        }
        let size = self.received().saturating_add(len);
        if size > limit {
            return Err(ImportError::ImportTooLarge { size, limit });
        }
        match len == chunk.size {
            true => self.take_whole(blobs, hash, &chunk.bytes),
            false => self.take_piece(blobs, hash, index, chunk),
        }
    }

    /// Refuses an asset whose bytes have not come, or are of another size.
    pub fn check_there(
        &mut self,
        blobs: &mut impl StagingBlobs,
        hash: Hash,
        expected: u64,
    ) -> ImportResult<()> {
        let sha256_hex = to_hex(&hash);
        if !self.whole.contains(&hash) && !self.advance(blobs, hash)? {
            let has_come = self.open.get(&hash).is_some_and(|open| open.received == open.size);
            return Err(match has_come {
                true => ImportError::StillHashing { sha256_hex },
                false => ImportError::BytesMissing { sha256_hex },
            });
        }
        match blobs.len_of(&hash) {
            Some(size) if size == expected => Ok(()),
            Some(size) => Err(ImportError::WrongSize { sha256_hex, size, expected }),
            None => Err(ImportError::BytesMissing { sha256_hex }),
        }
    }

    /// Gives up the next content, which stays while an asset has it; returns whether there was one.
    pub fn release_one(&mut self, blobs: &mut impl StagingBlobs) -> bool {
        self.hashing.clear();
        if let Some((hash, open)) = self.open.first_key_value() {
            self.open.remove(&hash);
            blobs.drop_pieces(open.sequence);
            return true;
        }
        self.received.set(0);
        let whole = self.whole.pop_first();
        whole.inspect(|hash| blobs.release(hash)).is_some()
    }

    fn check_whole(
        &self,
        blobs: &impl StagingBlobs,
        hash: Hash,
        chunk: &Chunk,
    ) -> ImportResult<()> {
        let sha256_hex = to_hex(&hash);
        let expected = blobs.len_of(&hash).unwrap_or_default();
        if chunk.size != expected {
            return Err(ImportError::WrongSize { sha256_hex, size: chunk.size, expected });
        }
        match blobs.read(&hash, chunk.offset, chunk.bytes.len() as u64) {
            Some(there) if there == *chunk.bytes => Ok(()),
            _ => Err(ImportError::PieceConflict { sha256_hex, offset: chunk.offset }),
        }
    }

    fn take_whole(
        &mut self,
        blobs: &mut impl StagingBlobs,
        hash: Hash,
        bytes: &[u8],
    ) -> ImportResult<()> {
        check_hash(hash, blob_store::sha256(bytes))?;
        blobs.store(bytes)?;
        self.whole.insert(hash);
        self.received.set(self.received() + bytes.len() as u64);
        Ok(())
    }

    fn take_piece(
        &mut self,
        blobs: &mut impl StagingBlobs,
        hash: Hash,
        index: u32,
        chunk: &Chunk,
    ) -> ImportResult<()> {
        let mut open = self.open.get(&hash).unwrap_or_else(|| Open {
            sequence: blobs.begin_pieces(),
            size: chunk.size,
            received: 0,
        });
        blobs.put_piece(open.sequence, index, &chunk.bytes)?;
        open.received += chunk.bytes.len() as u64;
        self.open.insert(hash, open);
        self.received.set(self.received() + chunk.bytes.len() as u64);
        self.advance(blobs, hash).map(|_| ())
    }

    /// Hashes pieces that have come, in order, and commits the content with the last one; returns
    /// whether it has. One that is not of its hash is forgotten.
    fn advance(&mut self, blobs: &mut impl StagingBlobs, hash: Hash) -> ImportResult<bool> {
        let Some(open) = self.open.get(&hash) else {
            return Ok(false);
        };
        let count = open.size.div_ceil(MAX_CHUNK_BYTES.into()) as u32;
        let hashing = self.hashing.entry(hash).or_default();
        for _ in 0..MOST_HASHED_AT_ONCE {
            let Some(piece) = blobs.piece(open.sequence, hashing.pieces) else {
                break;
            };
            hashing.hasher.update(&piece);
            hashing.pieces += 1;
        }
        if hashing.pieces < count {
            return Ok(false);
        }
        self.open.remove(&hash);
        let hashing = self.hashing.remove(&hash).unwrap_or_default();
        if let Err(refused) = check_hash(hash, hashing.hasher.finish()) {
            blobs.drop_pieces(open.sequence);
            self.received.set(self.received() - open.received);
            return Err(refused);
        }
        blobs.commit_pieces(open.sequence, hash, open.size);
        self.whole.insert(hash);
        Ok(true)
    }
}

/// The hash of a chunk, and the number of the piece that it is.
fn placed(chunk: &Chunk) -> ImportResult<(Hash, u32)> {
    let hash = Hash::try_from(chunk.sha256.as_slice());
    let hash = hash.map_err(|_| CapsuleError::invalid("sha256", "must have 32 bytes"))?;
    let (size, piece) = (chunk.bytes.len() as u64, u64::from(MAX_CHUNK_BYTES));
    let left = chunk.size.checked_sub(chunk.offset).filter(|left| *left > 0 || chunk.size == 0);
    if !chunk.offset.is_multiple_of(piece) || left.map(|left| left.min(piece)) != Some(size) {
        let (sha256_hex, offset) = (to_hex(&hash), chunk.offset);
        return Err(ImportError::WrongPiece { sha256_hex, offset, size });
    }
    let index = u32::try_from(chunk.offset / piece);
    let index = index.map_err(|_| CapsuleError::invalid("offset", "is too large"))?;
    Ok((hash, index))
}

fn check_hash(expected: Hash, actual: Hash) -> ImportResult<()> {
    match expected == actual {
        true => Ok(()),
        false => Err(ImportError::HashMismatch {
            expected_sha256_hex: to_hex(&expected),
            actual_sha256_hex: to_hex(&actual),
        }),
    }
}
