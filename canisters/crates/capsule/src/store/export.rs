//! What is exported of a capsule, a batch at a time. Whether the caller may ask is the host's to say.

use std::ops::Bound;

use blob_store::Hash;
use candid::Principal;
use ic_stable_structures::Memory;

use super::Capsules;
use super::index::Term;
use crate::export::{ExportedCapsule, ExportedGallery, ExportedMemory};
use crate::id::Id;
use crate::model::{ConnectionInfo, Grant};

/// About what a grant adds to a message.
const GRANT_BYTES: usize = 40;

impl<M: Memory> Capsules<M> {
    pub fn exported_capsule(&self, id: Id) -> Option<ExportedCapsule> {
        Some(ExportedCapsule::new(id, self.capsule(id)?, self.exported_grants(id)))
    }

    /// Memories behind an id, in order of their ids: up to so many, and no more when they come to
    /// about so many bytes; at least one where there are any.
    pub fn exported_memories(
        &self,
        id: Id,
        after: Option<Id>,
        most: usize,
        most_bytes: usize,
    ) -> Vec<(Id, ExportedMemory)> {
        let ids = self.index.ids(id, &Term::All, after).take(most);
        let weighed = ids.filter_map(|id| {
            let memory = self.memories.get(&id)?;
            let grants = self.exported_grants(id);
            let weight = memory.weight() + GRANT_BYTES * grants.len();
            Some((weight, (id, ExportedMemory::new(id, memory, grants))))
        });
        up_to(most_bytes, weighed)
    }

    /// The same of galleries.
    pub fn exported_galleries(
        &self,
        id: Id,
        after: Option<Id>,
        most: usize,
        most_bytes: usize,
    ) -> Vec<(Id, ExportedGallery)> {
        let ids = self.index.ids(id, &Term::Galleries, after).take(most);
        let weighed = ids.filter_map(|id| {
            let gallery = self.galleries.get(&id)?;
            let grants = self.exported_grants(id);
            let weight = gallery.weight() + GRANT_BYTES * grants.len();
            Some((weight, (id, ExportedGallery::new(id, gallery, grants))))
        });
        up_to(most_bytes, weighed)
    }

    /// Connections behind a peer, in order of their peers.
    pub fn exported_connections(
        &self,
        id: Id,
        after: Option<Principal>,
        most: usize,
    ) -> Vec<ConnectionInfo> {
        let there = self.connections_behind(id, after).take(most);
        there.map(|(peer, connection)| connection.info(peer)).collect()
    }

    /// The different contents of a capsule's assets behind one of them, in order of their hashes.
    pub fn blobs_of(&self, id: Id, after: Option<Hash>, most: usize) -> Vec<Hash> {
        let first = match after {
            None => Bound::Included((id, [0; 32])),
            Some(hash) => Bound::Excluded((id, hash)),
        };
        let last = Bound::Included((id, [u8::MAX; 32]));
        let keys = self.blob_refs.keys_range((first, last)).take(most);
        keys.map(|(_, hash)| hash).collect()
    }

    /// How many memories, galleries and connections a capsule has together, and how many bytes.
    pub(crate) fn size_of(&self, id: Id) -> Option<(u64, u64)> {
        let capsule = self.capsule(id)?;
        let others = u64::from(capsule.galleries) + u64::from(capsule.connections);
        Some((capsule.memories + others, capsule.bytes))
    }

    fn exported_grants(&self, id: Id) -> Vec<Grant> {
        let grants = self.grants_of(id);
        grants.map(|(grantee, permission)| Grant { grantee, permission }).collect()
    }
}

/// The first of some records, the last of which comes to so many bytes with those before.
fn up_to<T>(most_bytes: usize, weighed: impl Iterator<Item = (usize, T)>) -> Vec<T> {
    let mut bytes = 0;
    let within = weighed.take_while(|(weight, _)| {
        let is_first = bytes == 0;
        bytes += weight;
        is_first || bytes <= most_bytes
    });
    within.map(|(_, record)| record).collect()
}
