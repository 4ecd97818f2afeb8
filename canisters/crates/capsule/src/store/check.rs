//! Whether all structures agree, for tests.

use std::collections::{BTreeMap, BTreeSet};

use blob_store::Hash;
use ic_stable_structures::Memory;

use super::Capsules;
use super::index::terms_of;
use crate::id::Id;
use crate::model::Visibility;

impl<M: Memory> Capsules<M> {
    /// The bytes that capsules hold, once for each capsule.
    pub fn referred(&self) -> impl Iterator<Item = Hash> + '_ {
        self.blob_refs.iter().map(|entry| entry.key().1)
    }

    /// Counts everything anew, and looks for all that galleries hold.
    pub fn check(&self) {
        self.check_but_items();
        for gallery in self.galleries.iter().map(|entry| entry.value()) {
            let is_there =
                |item: &Id| self.memories.contains_key(item) || self.galleries.contains_key(item);
            assert!(gallery.items.iter().all(is_there));
        }
    }

    /// The same, while what galleries hold may be on its way here.
    pub fn check_but_items(&self) {
        self.check_counts();
        self.check_references();
        let mut keys = 0;
        for (id, memory) in self.memories.iter().map(|entry| entry.into_pair()) {
            let terms = terms_of(&memory);
            keys += terms.len();
            assert!(terms.iter().all(|term| self.index.contains(memory.capsule, term, id)));
        }
        for entry in self.galleries.iter() {
            keys += 1 + usize::from(entry.value().visibility == Visibility::Public);
        }
        assert_eq!(self.index.len(), keys as u64);
        assert_eq!(self.grants.len(), self.by_grantee.len());
    }

    fn check_counts(&self) {
        let mut refs: BTreeMap<(Id, Hash), (u64, u64)> = BTreeMap::new();
        let (mut memories, mut galleries, mut connections) =
            (BTreeMap::<Id, u64>::new(), BTreeMap::<Id, u32>::new(), BTreeMap::<Id, u32>::new());
        for memory in self.memories.iter().map(|entry| entry.value()) {
            *memories.entry(memory.capsule).or_default() += 1;
            for asset in &memory.assets {
                let (count, len) = refs.entry((memory.capsule, asset.hash)).or_default();
                (*count, *len) = (*count + 1, asset.len);
            }
        }
        for gallery in self.galleries.iter().map(|entry| entry.value()) {
            *galleries.entry(gallery.capsule).or_default() += 1;
        }
        for (capsule, _) in self.connections.iter().map(|entry| *entry.key()) {
            *connections.entry(capsule).or_default() += 1;
        }
        let counted: Vec<_> = refs.iter().map(|(key, (count, _))| (*key, *count)).collect();
        let kept: Vec<_> = self.blob_refs.iter().map(|entry| entry.into_pair()).collect();
        assert_eq!(kept, counted);
        for (id, capsule) in self.capsules.iter().map(|entry| entry.into_pair()) {
            if capsule.is_deleted {
                continue;
            }
            let of_capsule = refs.iter().filter(|((of, _), _)| *of == id);
            assert_eq!(capsule.bytes, of_capsule.map(|(_, (_, len))| len).sum::<u64>());
            assert_eq!(capsule.memories, memories.get(&id).copied().unwrap_or(0));
            assert_eq!(capsule.galleries, galleries.get(&id).copied().unwrap_or(0));
            assert_eq!(capsule.connections, connections.get(&id).copied().unwrap_or(0));
        }
    }

    fn check_references(&self) {
        let mut refs = BTreeSet::new();
        for (id, gallery) in self.galleries.iter().map(|entry| entry.into_pair()) {
            for item in gallery.items {
                refs.insert((item, id));
            }
        }
        assert_eq!(self.gallery_refs.iter().collect::<BTreeSet<_>>(), refs);
    }
}
