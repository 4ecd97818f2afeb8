//! What is exported of a capsule, a batch at a time. Whether the caller may ask is the host's to say.

use std::ops::Bound;

use blob_store::Hash;
use candid::Principal;
use ic_stable_structures::Memory;

use super::Capsules;
use super::index::Term;
use crate::error::{CapsuleError, CapsuleResult};
use crate::export::{ExportPage, ExportedCapsule, ExportedGallery, ExportedMemory};
use crate::id::{Id, Kind};
use crate::model::{ConnectionInfo, Grant, Page};

/// About what a grant adds to a message.
const GRANT_BYTES: usize = 40;
/// About the most bytes of a page; a reply has 2 MiB.
const PAGE_BYTES: usize = 1_000_000;

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

    /// A page of all that a capsule of the caller's holds: memories, then galleries, then connections.
    pub fn export(
        &self,
        caller: Principal,
        text: Option<&str>,
        page: &Page,
    ) -> CapsuleResult<ExportPage> {
        let id = self.owned_id(caller, text)?;
        let (id, _) = self.owned_capsule(caller, &id.to_string())?;
        let capsule = page.after.is_none().then(|| self.exported_capsule(id)).flatten();
        let mut exported = ExportPage { capsule, ..Default::default() };
        let after = place_of(page.after.as_deref())?;
        if let Place::Memories(after) = after {
            let found = self.exported_memories(id, after, page.size(), PAGE_BYTES);
            exported.memories = found.into_iter().map(|(_, memory)| memory).collect();
            exported.next = exported.memories.last().map(|memory| memory.memory_id.clone());
        }
        if !exported.memories.is_empty() {
            return Ok(exported);
        }
        if let Place::Memories(_) | Place::Galleries(_) = after {
            let found = self.exported_galleries(id, after.gallery(), page.size(), PAGE_BYTES);
            exported.galleries = found.into_iter().map(|(_, gallery)| gallery).collect();
            exported.next = exported.galleries.last().map(|gallery| gallery.gallery_id.clone());
        }
        if exported.galleries.is_empty() {
            exported.connections = self.exported_connections(id, after.peer(), page.size());
            exported.next = exported.connections.last().map(|last| last.peer.to_string());
        }
        Ok(exported)
    }

    /// How many memories, galleries and connections a capsule has together, and how many bytes.
    pub(crate) fn size_of(&self, id: Id) -> Option<(u64, u64)> {
        let capsule = self.capsule(id)?;
        let others = u64::from(capsule.galleries) + u64::from(capsule.connections);
        Some((capsule.memories + others, capsule.bytes))
    }

    pub(super) fn exported_grants(&self, id: Id) -> Vec<Grant> {
        let grants = self.grants_of(id);
        grants.map(|(grantee, permission)| Grant { grantee, permission }).collect()
    }
}

/// Behind what a page of an export begins.
enum Place {
    Memories(Option<Id>),
    Galleries(Id),
    Connections(Principal),
}

impl Place {
    fn gallery(&self) -> Option<Id> {
        match self {
            Self::Galleries(id) => Some(*id),
            _ => None,
        }
    }

    fn peer(&self) -> Option<Principal> {
        match self {
            Self::Connections(peer) => Some(*peer),
            _ => None,
        }
    }
}

fn place_of(cursor: Option<&str>) -> CapsuleResult<Place> {
    let Some(text) = cursor else {
        return Ok(Place::Memories(None));
    };
    let id = Id::parse(text).and_then(|id| Some((id.kind()?, id)));
    match (id, Principal::from_text(text)) {
        (Some((Kind::Memory, id)), _) => Ok(Place::Memories(Some(id))),
        (Some((Kind::Gallery, id)), _) => Ok(Place::Galleries(id)),
        (None, Ok(peer)) => Ok(Place::Connections(peer)),
        _ => Err(CapsuleError::invalid("after", "is no `next` of this list")),
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
