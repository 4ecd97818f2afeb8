//! The hashes of the parts of large contents.
//!
//! A content that no message can hold is served part by part, and each part is proven by its own
//! hash. They are found when they are first needed, as many as a message may, and kept.

use ic_stable_structures::{Memory, StableBTreeMap};

use crate::contents::{Hash, sha256};

/// Bytes of each part but the last one.
pub const PART_BYTES: u64 = 1 << 20;

/// How many parts a content of this length has; a content of one part is its own hash.
pub fn part_count(len: u64) -> u32 {
    len.div_ceil(PART_BYTES).max(1) as u32
}

/// Hashes of parts, by content and place.
pub struct Parts<M: Memory> {
    hashes: StableBTreeMap<(Hash, u32), Hash, M>,
}

impl<M: Memory> Parts<M> {
    pub fn init(hashes: M) -> Self {
        Self { hashes: StableBTreeMap::init(hashes) }
    }

    /// The hashes of all parts of a content, where they are known.
    pub fn of(&self, content: &Hash, len: u64) -> Option<Vec<Hash>> {
        if part_count(len) == 1 {
            return Some(vec![*content]);
        }
        let known: Vec<Hash> = self.known(content).into_iter().map(|(_, hash)| hash).collect();
        (known.len() == part_count(len) as usize).then_some(known)
    }

    /// Finds the hashes of up to `most` further parts, by a reader of offset and length; returns how
    /// many were found where all are known then.
    pub fn find(
        &mut self,
        content: &Hash,
        len: u64,
        most: u32,
        read: impl Fn(u64, u64) -> Option<Vec<u8>>,
    ) -> Option<u32> {
        if part_count(len) == 1 {
            return Some(0);
        }
        let known = self.known(content).len() as u32;
        let end = part_count(len).min(known.saturating_add(most));
        for part in known..end {
            let bytes = read(u64::from(part) * PART_BYTES, PART_BYTES)?;
            self.hashes.insert((*content, part), sha256(&bytes));
        }
        (end == part_count(len)).then_some(end - known)
    }

    /// Forgets the parts of a content.
    pub fn forget(&mut self, content: &Hash) {
        for (key, _) in self.known(content) {
            self.hashes.remove(&key);
        }
    }

    /// How many hashes are kept.
    pub fn count(&self) -> u64 {
        self.hashes.len()
    }

    fn known(&self, content: &Hash) -> Vec<((Hash, u32), Hash)> {
        let parts = self.hashes.range((*content, 0)..=(*content, u32::MAX));
        parts.map(|entry| entry.into_pair()).collect()
    }
}

#[cfg(test)]
mod tests {
    use ic_stable_structures::VectorMemory;

    use super::*;

    fn reader(content: &[u8]) -> impl Fn(u64, u64) -> Option<Vec<u8>> {
        |offset, len| {
            let end = (offset + len).min(content.len() as u64);
            Some(content[offset as usize..end as usize].to_vec())
        }
    }

    #[test]
    fn parts_are_found_a_few_at_a_time_and_forgotten_together() {
        let content: Vec<u8> = (0..PART_BYTES * 2 + 5).map(|index| (index / 1000) as u8).collect();
        let (hash, len) = (sha256(&content), content.len() as u64);
        let mut parts = Parts::init(VectorMemory::default());
        assert_eq!(parts.find(&hash, len, 2, reader(&content)), None);
        assert_eq!(parts.of(&hash, len), None);
        assert_eq!(parts.find(&hash, len, 2, reader(&content)), Some(1));
        let expected: Vec<Hash> = content.chunks(PART_BYTES as usize).map(sha256).collect();
        assert_eq!(parts.of(&hash, len), Some(expected));
        parts.forget(&hash);
        assert_eq!(parts.count(), 0);
    }

    #[test]
    fn a_small_content_is_its_own_part() {
        let mut parts = Parts::init(VectorMemory::default());
        assert_eq!(parts.find(&[7; 32], PART_BYTES, 0, |_, _| None), Some(0));
        assert_eq!(parts.of(&[7; 32], PART_BYTES), Some(vec![[7; 32]]));
        assert_eq!(parts.of(&[8; 32], 0), Some(vec![[8; 32]]));
        assert_eq!(parts.count(), 0);
    }
}
