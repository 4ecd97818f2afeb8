//! All capsules of a canister, one or many.
//!
//! Each method either does all that it says or changes nothing.

mod access;
mod assets;
mod capsules;
mod changes;
#[cfg(test)]
mod check;
mod connections;
mod deletion;
mod export;
mod galleries;
mod gallery_lists;
mod import;
mod index;
mod memories;
mod seal;
mod search;

use blob_store::Hash;
use candid::Principal;
use ic_stable_structures::{Memory, StableBTreeMap, StableBTreeSet, StableCell};

use crate::error::CapsuleResult;
use crate::id::{Id, IdSource, Kind};
use crate::limits::Limits;
use crate::model::{Capsule, CapsuleMemory, Connection, Gallery, Permission};
use index::Index;

/// Where the bytes of assets are: a store that counts who holds them.
pub trait Blobs {
    fn len_of(&self, hash: &Hash) -> Option<u64>;
    /// Whether a caller has sent these bytes.
    fn is_uploaded_by(&self, caller: Principal, hash: &Hash) -> bool;
    /// Stores bytes, and holds them.
    fn store(&mut self, bytes: &[u8]) -> CapsuleResult<Hash>;
    fn hold(&mut self, hash: &Hash);
    fn release(&mut self, hash: &Hash);
}

/// Where the bytes of assets are read.
pub trait ReadBlobs {
    /// Up to `len` bytes from `offset` on.
    fn read(&self, hash: &Hash, offset: u64, len: u64) -> Option<Vec<u8>>;
}

/// On whose behalf something changes, and by which rules.
pub struct Context<'a, B: Blobs> {
    pub caller: Principal,
    /// Nanoseconds since 1970.
    pub now: u64,
    pub limits: &'a Limits,
    pub blobs: &'a mut B,
}

/// A stable memory for each structure.
pub struct Memories<M: Memory> {
    pub ids: M,
    pub capsules: M,
    pub by_owner: M,
    pub memories: M,
    pub galleries: M,
    pub index: M,
    pub gallery_refs: M,
    pub connections: M,
    pub grants: M,
    pub by_grantee: M,
    pub blob_refs: M,
    pub deleted: M,
    pub changed: M,
}

/// How much there is of everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Totals {
    pub capsules: u64,
    pub memories: u64,
    pub galleries: u64,
    pub connections: u64,
    pub grants: u64,
    /// Capsules that are being deleted.
    pub deleted_capsules: u64,
}

pub struct Capsules<M: Memory> {
    ids: StableCell<IdSource, M>,
    capsules: StableBTreeMap<Id, Capsule, M>,
    by_owner: StableBTreeSet<(Principal, Id), M>,
    memories: StableBTreeMap<Id, CapsuleMemory, M>,
    galleries: StableBTreeMap<Id, Gallery, M>,
    index: Index<M>,
    /// What a gallery holds, and the gallery.
    gallery_refs: StableBTreeSet<(Id, Id), M>,
    connections: StableBTreeMap<(Id, Principal), Connection, M>,
    grants: StableBTreeMap<(Id, Principal), Permission, M>,
    /// Grantee, capsule, and what was granted.
    by_grantee: StableBTreeSet<(Principal, Id, Id), M>,
    /// How many assets of a capsule have these bytes.
    blob_refs: StableBTreeMap<(Id, Hash), u64, M>,
    deleted: StableBTreeSet<Id, M>,
    /// Memories, and capsules with how far they have come, whose public face may have changed.
    changed: StableBTreeMap<Id, Id, M>,
}

impl<M: Memory> Capsules<M> {
    pub fn init(memories: Memories<M>) -> Self {
        Self {
            ids: StableCell::init(memories.ids, IdSource::default()),
            capsules: StableBTreeMap::init(memories.capsules),
            by_owner: StableBTreeSet::init(memories.by_owner),
            memories: StableBTreeMap::init(memories.memories),
            galleries: StableBTreeMap::init(memories.galleries),
            index: Index::init(memories.index),
            gallery_refs: StableBTreeSet::init(memories.gallery_refs),
            connections: StableBTreeMap::init(memories.connections),
            grants: StableBTreeMap::init(memories.grants),
            by_grantee: StableBTreeSet::init(memories.by_grantee),
            blob_refs: StableBTreeMap::init(memories.blob_refs),
            deleted: StableBTreeSet::init(memories.deleted),
            changed: StableBTreeMap::init(memories.changed),
        }
    }

    /// Mixes bytes into what makes ids unguessable.
    pub fn mix_entropy(&mut self, entropy: &[u8]) {
        let mut source = self.ids.get().clone();
        source.mix(entropy);
        self.ids.set(source);
    }

    pub fn totals(&self) -> Totals {
        Totals {
            capsules: self.capsules.len() - self.deleted.len(),
            memories: self.memories.len(),
            galleries: self.galleries.len(),
            connections: self.connections.len(),
            grants: self.grants.len(),
            deleted_capsules: self.deleted.len(),
        }
    }

    fn new_id(&mut self, kind: Kind, now: u64) -> Id {
        let mut source = self.ids.get().clone();
        let id = source.next(kind, now);
        self.ids.set(source);
        id
    }

    /// A capsule that is not deleted.
    fn capsule(&self, id: Id) -> Option<Capsule> {
        self.capsules.get(&id).filter(|capsule| !capsule.is_deleted)
    }

    /// Changes a capsule that is there.
    fn change_capsule(&mut self, id: Id, change: impl FnOnce(&mut Capsule)) {
        if let Some(mut capsule) = self.capsules.get(&id) {
            change(&mut capsule);
            self.capsules.insert(id, capsule);
        }
    }
}
