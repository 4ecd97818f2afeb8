//! Which chunks of an upload have arrived.

use serde::{Deserialize, Serialize};

/// A set of chunk indexes, a bit each.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Received {
    #[serde(with = "serde_bytes")]
    bits: Vec<u8>,
    count: u32,
}

impl Received {
    pub fn contains(&self, index: u32) -> bool {
        let byte = self.bits.get(index as usize / 8);
        byte.is_some_and(|byte| byte & (1 << (index % 8)) != 0)
    }

    pub fn insert(&mut self, index: u32) {
        if self.contains(index) {
            return;
        }
        let byte = index as usize / 8;
        if byte >= self.bits.len() {
            self.bits.resize(byte + 1, 0);
        }
        self.bits[byte] |= 1 << (index % 8);
        self.count += 1;
    }

    pub fn count(&self) -> u32 {
        self.count
    }

    /// The index behind the largest one.
    pub fn end(&self) -> u32 {
        let highest = self.bits.last().map_or(0, |byte| 8 - byte.leading_zeros());
        (self.bits.len() as u32).saturating_sub(1) * 8 + highest
    }

    pub fn first_missing(&self) -> u32 {
        (0..).find(|index| !self.contains(*index)).expect("some index is missing")
    }

    pub fn indexes(&self) -> impl Iterator<Item = u32> + '_ {
        (0..self.end()).filter(|index| self.contains(*index))
    }

    /// First and last index of each run of indexes without a gap.
    pub fn ranges(&self) -> Vec<(u32, u32)> {
        let mut ranges: Vec<(u32, u32)> = Vec::new();
        for index in self.indexes() {
            match ranges.last_mut() {
                Some((_, last)) if *last + 1 == index => *last = index,
                _ => ranges.push((index, index)),
            }
        }
        ranges
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..Default::default() })]

        #[test]
        fn it_is_a_set_of_indexes(indexes in prop::collection::vec(0u32..200, 0..80)) {
            let mut received = Received::default();
            indexes.iter().for_each(|index| received.insert(*index));
            let model: BTreeSet<u32> = indexes.into_iter().collect();
            prop_assert_eq!(received.count() as usize, model.len());
            prop_assert_eq!(received.end(), model.last().map_or(0, |last| last + 1));
            let missing = (0..).find(|index| !model.contains(index)).unwrap();
            prop_assert_eq!(received.first_missing(), missing);
            let ranges = received.ranges();
            let from_ranges: Vec<u32> = ranges.iter().flat_map(|(a, b)| *a..=*b).collect();
            prop_assert_eq!(from_ranges, model.into_iter().collect::<Vec<_>>());
            let gaps = ranges.windows(2).all(|pair| pair[0].1 + 1 < pair[1].0);
            prop_assert!(gaps);
        }
    }
}
