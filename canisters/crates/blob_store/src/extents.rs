//! Bytes in contiguous extents of one stable memory: one write to store them, one read to load.
//!
//! Free extents are kept twice, by place and by size, so that a free neighbour and the smallest
//! extent that fits are both found in logarithmic time.

use ic_stable_structures::{Memory, StableBTreeMap, StableBTreeSet, StableCell};

const PAGE_SIZE: u64 = 1 << 16;

/// Extents begin and end at multiples of this many bytes.
pub const ALIGNMENT: u64 = 16;

/// Where bytes lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    pub start: u64,
    /// Bytes stored; the extent takes up the next multiple of `ALIGNMENT`.
    pub len: u32,
}

impl Extent {
    fn size(self) -> u64 {
        u64::from(self.len).next_multiple_of(ALIGNMENT)
    }
}

/// Stable memory has no room left for the bytes.
#[derive(Debug, PartialEq, Eq)]
pub struct OutOfMemory;

/// A stable memory that is handed out in extents.
pub struct Extents<M: Memory> {
    bytes: M,
    /// From start to size.
    free_by_start: StableBTreeMap<u64, u64, M>,
    /// Size and start.
    free_by_size: StableBTreeSet<(u64, u64), M>,
    /// Where the extents in use end: all behind it was never used, or is free again.
    end: StableCell<u64, M>,
}

impl<M: Memory> Extents<M> {
    pub fn init(bytes: M, free_by_start: M, free_by_size: M, end: M) -> Self {
        Self {
            bytes,
            free_by_start: StableBTreeMap::init(free_by_start),
            free_by_size: StableBTreeSet::init(free_by_size),
            end: StableCell::init(end, 0),
        }
    }

    /// Stores bytes, at least one of them, in the smallest free extent that holds them.
    pub fn store(&mut self, bytes: &[u8]) -> Result<Extent, OutOfMemory> {
        let len = u32::try_from(bytes.len()).map_err(|_| OutOfMemory)?;
        let mut extent = Extent { start: 0, len };
        extent.start = self.reserve(extent.size())?;
        self.bytes.write(extent.start, bytes);
        Ok(extent)
    }

    /// The bytes of an extent that was stored and not freed.
    pub fn load(&self, extent: Extent) -> Vec<u8> {
        let mut bytes = vec![0; extent.len as usize];
        self.bytes.read(extent.start, &mut bytes);
        bytes
    }

    /// Some bytes of an extent, from `offset` on, into a buffer that they fill.
    pub fn load_part(&self, extent: Extent, offset: u64, buffer: &mut [u8]) {
        self.bytes.read(extent.start + offset, buffer);
    }

    /// Gives an extent back.
    pub fn free(&mut self, extent: Extent) {
        let (mut start, mut size) = (extent.start, extent.size());
        let behind = self.free_by_start.get(&(start + size));
        if let Some(free) = behind {
            self.forget(start + size, free);
            size += free;
        }
        let before = self.free_by_start.range(..start).next_back();
        if let Some((free_start, free)) = before.map(|entry| entry.into_pair())
            && free_start + free == start
        {
            self.forget(free_start, free);
            start = free_start;
            size += free;
        }
        if start + size == *self.end.get() {
            self.end.set(start);
        } else {
            self.remember(start, size);
        }
    }

    fn reserve(&mut self, size: u64) -> Result<u64, OutOfMemory> {
        let fitting = self.free_by_size.range((size, 0)..).next();
        if let Some((free, start)) = fitting {
            self.forget(start, free);
            if free > size {
                self.remember(start + size, free - size);
            }
            return Ok(start);
        }
        let start = *self.end.get();
        let end = start.checked_add(size).ok_or(OutOfMemory)?;
        let missing = end.div_ceil(PAGE_SIZE).saturating_sub(self.bytes.size());
        if missing > 0 && self.bytes.grow(missing) < 0 {
            return Err(OutOfMemory);
        }
        self.end.set(end);
        Ok(start)
    }

    fn remember(&mut self, start: u64, size: u64) {
        self.free_by_start.insert(start, size);
        self.free_by_size.insert((size, start));
    }

    fn forget(&mut self, start: u64, size: u64) {
        self.free_by_start.remove(&start);
        self.free_by_size.remove(&(size, start));
    }
}

#[cfg(test)]
mod tests {
    use ic_stable_structures::VectorMemory;
    use proptest::prelude::*;

    use super::*;

    fn extents() -> Extents<VectorMemory> {
        let memory = VectorMemory::default;
        Extents::init(memory(), memory(), memory(), memory())
    }

    #[test]
    fn freed_extents_are_used_again() {
        let mut extents = extents();
        let first = extents.store(&[1; 1000]).unwrap();
        let second = extents.store(&[2; 1000]).unwrap();
        extents.free(first);
        assert_eq!(extents.store(&[3; 900]).unwrap().start, first.start);
        assert_eq!(extents.load(second), [2; 1000]);
    }

    #[test]
    fn free_neighbours_become_one() {
        let mut extents = extents();
        let pieces: Vec<_> = (0..4).map(|_| extents.store(&[0; 256]).unwrap()).collect();
        extents.free(pieces[0]);
        extents.free(pieces[2]);
        extents.free(pieces[1]);
        assert_eq!(extents.store(&[1; 768]).unwrap().start, 0);
        assert_eq!(*extents.end.get(), 1024);
    }

    #[derive(Clone, Debug)]
    enum Step {
        Store(Vec<u8>),
        Free(usize),
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            prop::collection::vec(any::<u8>(), 1..2000).prop_map(Step::Store),
            any::<usize>().prop_map(Step::Free),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..Default::default() })]

        #[test]
        fn what_is_stored_stays_until_it_is_freed(steps in prop::collection::vec(step(), 1..60)) {
            let mut extents = extents();
            let mut kept: Vec<(Extent, Vec<u8>)> = Vec::new();
            for step in steps {
                match step {
                    Step::Store(bytes) => kept.push((extents.store(&bytes).unwrap(), bytes)),
                    Step::Free(number) if !kept.is_empty() => {
                        extents.free(kept.swap_remove(number % kept.len()).0);
                    }
                    Step::Free(_) => {}
                }
                for (extent, bytes) in &kept {
                    prop_assert_eq!(&extents.load(*extent), bytes);
                }
            }
            for (extent, _) in kept {
                extents.free(extent);
            }
            prop_assert_eq!(*extents.end.get(), 0);
            prop_assert!(extents.free_by_start.is_empty() && extents.free_by_size.is_empty());
        }
    }
}
