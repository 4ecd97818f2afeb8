//! Committed bytes, addressed by their SHA-256: the same bytes are stored once, and stay for as long
//! as somebody holds them.

use ic_stable_structures::{Memory, StableBTreeMap};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use stable_record::storable_as_cbor;

use crate::extents::{Extent, Extents, OutOfMemory};

/// SHA-256 of bytes.
pub type Hash = [u8; 32];

pub fn sha256(bytes: &[u8]) -> Hash {
    Sha256::digest(bytes).into()
}

/// SHA-256 of bytes that come one behind the other.
#[derive(Clone, Default)]
pub struct Hasher(Sha256);

impl Hasher {
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    pub fn finish(self) -> Hash {
        self.0.finalize().into()
    }
}

/// Names a sequence of extents, as the id of the upload that brought them.
pub type SequenceId = u64;

/// Committed bytes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Content {
    sequence: SequenceId,
    pub len: u64,
    /// How many hold it.
    pub holders: u64,
}

storable_as_cbor!(Content);

/// Sequences of extents, and those of them that are committed.
pub struct Contents<M: Memory> {
    extents: Extents<M>,
    /// Where each piece lies. Its place in the sequence is its chunk index while the upload is open,
    /// and the offset of its first byte once it is committed.
    pieces: StableBTreeMap<(SequenceId, u64), (u64, u32), M>,
    by_hash: StableBTreeMap<Hash, Content, M>,
}

impl<M: Memory> Contents<M> {
    pub fn init(extents: Extents<M>, pieces: M, by_hash: M) -> Self {
        Self {
            extents,
            pieces: StableBTreeMap::init(pieces),
            by_hash: StableBTreeMap::init(by_hash),
        }
    }

    pub fn get(&self, hash: &Hash) -> Option<Content> {
        self.by_hash.get(hash)
    }

    /// How many different contents there are.
    pub fn count(&self) -> u64 {
        self.by_hash.len()
    }

    /// Adds a holder.
    ///
    /// # Panics
    /// Where the content is not there.
    pub fn hold(&mut self, hash: &Hash) {
        let mut content = self.by_hash.get(hash).expect("held content is there");
        content.holders += 1;
        self.by_hash.insert(*hash, content);
    }

    /// Takes a holder away, and frees the bytes with the last one. Returns how many were freed.
    pub fn release(&mut self, hash: &Hash) -> u64 {
        let Some(mut content) = self.by_hash.get(hash) else {
            return 0;
        };
        content.holders -= 1;
        if content.holders > 0 {
            self.by_hash.insert(*hash, content);
            return 0;
        }
        self.by_hash.remove(hash);
        self.free(content.sequence);
        content.len
    }

    /// Up to `len` committed bytes from `offset` on; fewer at the end.
    pub fn read(&self, hash: &Hash, offset: u64, len: u64) -> Option<Vec<u8>> {
        let content = self.by_hash.get(hash)?;
        let end = offset.saturating_add(len).min(content.len);
        let mut bytes = vec![0; usize::try_from(end.saturating_sub(offset)).ok()?];
        self.fill(content.sequence, offset, &mut bytes);
        Some(bytes)
    }

    fn fill(&self, sequence: SequenceId, offset: u64, bytes: &mut [u8]) {
        let up_to_offset = (sequence, 0)..=(sequence, offset);
        let Some(first) = self.pieces.range(up_to_offset).next_back() else {
            return;
        };
        let mut filled = 0;
        for piece in self.pieces.range(*first.key()..=(sequence, u64::MAX)) {
            if filled == bytes.len() {
                break;
            }
            let ((_, start), extent) = piece_extent(piece.into_pair());
            let skipped = (offset + filled as u64) - start;
            let available = (u64::from(extent.len) - skipped) as usize;
            let taken = available.min(bytes.len() - filled);
            let part = &mut bytes[filled..filled + taken];
            self.extents.load_part(extent, skipped, part);
            filled += taken;
        }
    }

    /// Stores a chunk of an open upload, at least one byte.
    pub fn store_piece(
        &mut self,
        sequence: SequenceId,
        index: u32,
        bytes: &[u8],
    ) -> Result<(), OutOfMemory> {
        let extent = self.extents.store(bytes)?;
        let key = (sequence, u64::from(index));
        self.pieces.insert(key, (extent.start, extent.len));
        Ok(())
    }

    /// A chunk of an open upload.
    pub fn piece(&self, sequence: SequenceId, index: u32) -> Option<Vec<u8>> {
        let (start, len) = self.pieces.get(&(sequence, u64::from(index)))?;
        Some(self.extents.load(Extent { start, len }))
    }

    /// Whether these bytes are a chunk of an open upload.
    pub fn is_piece(&self, sequence: SequenceId, index: u32, bytes: &[u8]) -> bool {
        self.piece(sequence, index).is_some_and(|stored| are_equal(&stored, bytes))
    }

    /// SHA-256 over the chunks of an open upload, in order.
    pub fn hash_of(&self, sequence: SequenceId) -> Hash {
        let mut hasher = Sha256::new();
        for piece in self.pieces.range((sequence, 0)..=(sequence, u64::MAX)) {
            let (_, extent) = piece_extent(piece.into_pair());
            hasher.update(self.extents.load(extent));
        }
        hasher.finalize().into()
    }

    /// Makes the chunks of an upload a content with one holder, or adds that holder to the content
    /// that is there already and frees the chunks. Returns whether the bytes were new.
    pub fn commit(&mut self, sequence: SequenceId, hash: Hash, len: u64) -> bool {
        if self.by_hash.contains_key(&hash) {
            self.hold(&hash);
            self.free(sequence);
            return false;
        }
        let mut offset = 0;
        for (key, piece) in self.take(sequence) {
            self.pieces.insert((key.0, offset), piece);
            offset += u64::from(piece.1);
        }
        let content = Content { sequence, len, holders: 1 };
        self.by_hash.insert(hash, content);
        true
    }

    /// Frees all extents of a sequence; returns how many bytes they held.
    pub fn free(&mut self, sequence: SequenceId) -> u64 {
        let mut freed = 0;
        for piece in self.take(sequence) {
            let (_, extent) = piece_extent(piece);
            freed += u64::from(extent.len);
            self.extents.free(extent);
        }
        freed
    }

    fn take(&mut self, sequence: SequenceId) -> Vec<((SequenceId, u64), (u64, u32))> {
        let range = self.pieces.range((sequence, 0)..=(sequence, u64::MAX));
        let pieces: Vec<_> = range.map(|entry| entry.into_pair()).collect();
        for (key, _) in &pieces {
            self.pieces.remove(key);
        }
        pieces
    }
}

type Piece = ((SequenceId, u64), (u64, u32));

fn piece_extent((key, (start, len)): Piece) -> ((SequenceId, u64), Extent) {
    (key, Extent { start, len })
}

/// Equality by words: by bytes, as `memcmp` has it in WebAssembly, takes thrice as many instructions.
fn are_equal(left: &[u8], right: &[u8]) -> bool {
    let (left_words, left_rest) = left.as_chunks();
    let (right_words, right_rest) = right.as_chunks();
    let words = left_words.iter().zip(right_words);
    left.len() == right.len()
        && left_rest == right_rest
        && words.into_iter().all(|(a, b)| u64::from_ne_bytes(*a) == u64::from_ne_bytes(*b))
}
