//! The manifest of a capsule: how much there is of everything, and one hash over all of it.

use blob_store::{Hash, sha256, to_hex};
use candid::{CandidType, Deserialize, Principal};
use ic_stable_structures::Memory;
use serde::Serialize;

use super::API_VERSION;
use super::hashes::Item;
use super::value::{Value, hash_of};
use crate::id::Id;
use crate::store::Capsules;

/// About the most bytes of records that are read at a time.
const MOST_BYTES: usize = 1 << 20;

/// What a capsule holds, in figures and one hash.
#[derive(CandidType, Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    pub api_version: u32,
    pub capsule_id: String,
    pub memories: u64,
    pub galleries: u64,
    pub connections: u64,
    /// Different contents of assets.
    pub blobs: u64,
    /// Bytes of all different contents.
    pub total_bytes: u64,
    /// Over all items and figures, in 64 hexadecimal digits.
    pub root_hash_hex: String,
}

/// How far a manifest has come: behind which item it goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Stage {
    Capsule,
    Memories(Option<Id>),
    Galleries(Option<Id>),
    Connections(Option<Principal>),
    Blobs(#[serde(with = "serde_bytes")] Option<Hash>),
    Done,
}

/// A manifest that is being made, over many messages. The capsule may not change meanwhile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManifestBuilder {
    capsule: Id,
    stage: Stage,
    #[serde(with = "serde_bytes")]
    chain: Hash,
    memories: u64,
    galleries: u64,
    connections: u64,
    blobs: u64,
    total_bytes: u64,
    total_items: u64,
}

impl ManifestBuilder {
    pub fn new(capsule: Id) -> Self {
        Self {
            capsule,
            stage: Stage::Capsule,
            chain: [0; 32],
            memories: 0,
            galleries: 0,
            connections: 0,
            blobs: 0,
            total_bytes: 0,
            total_items: 1,
        }
    }

    /// Takes in up to so many more items; returns the manifest once all are in. That of a capsule
    /// that is not there tells of nothing.
    pub fn step<M: Memory>(
        &mut self,
        capsules: &Capsules<M>,
        most_items: usize,
    ) -> Option<Manifest> {
        let mut left = most_items.max(1);
        while left > 0 && self.stage != Stage::Done {
            left = left.saturating_sub(self.advance(capsules, left).max(1));
        }
        (self.stage == Stage::Done).then(|| self.manifest())
    }

    /// Items that are in, and all that there are; these are known after the first step.
    pub fn progress(&self) -> (u64, u64) {
        let capsule = u64::from(self.stage != Stage::Capsule);
        (capsule + self.memories + self.galleries + self.connections, self.total_items)
    }

    /// Takes in some items of one kind, or goes on to the next kind where there are no more; returns
    /// how many.
    fn advance<M: Memory>(&mut self, capsules: &Capsules<M>, most: usize) -> usize {
        match self.stage {
            Stage::Capsule => self.take_capsule(capsules),
            Stage::Memories(after) => {
                let found = capsules.exported_memories(self.capsule, after, most, MOST_BYTES);
                self.memories += self.take_all(found.iter().map(|(_, memory)| memory));
                self.stage = match found.last() {
                    Some((last, _)) => Stage::Memories(Some(*last)),
                    None => Stage::Galleries(None),
                };
                found.len()
            }
            Stage::Galleries(after) => {
                let found = capsules.exported_galleries(self.capsule, after, most, MOST_BYTES);
                self.galleries += self.take_all(found.iter().map(|(_, gallery)| gallery));
                self.stage = match found.last() {
                    Some((last, _)) => Stage::Galleries(Some(*last)),
                    None => Stage::Connections(None),
                };
                found.len()
            }
            Stage::Connections(after) => {
                let found = capsules.exported_connections(self.capsule, after, most);
                self.connections += self.take_all(found.iter());
                self.stage = match found.last() {
                    Some(last) => Stage::Connections(Some(last.peer)),
                    None => Stage::Blobs(None),
                };
                found.len()
            }
            Stage::Blobs(after) => {
                let found = capsules.blobs_of(self.capsule, after, most);
                self.blobs += found.len() as u64;
                self.stage = found.last().map_or(Stage::Done, |last| Stage::Blobs(Some(*last)));
                found.len()
            }
            Stage::Done => 0,
        }
    }

    fn take_capsule<M: Memory>(&mut self, capsules: &Capsules<M>) -> usize {
        self.stage = Stage::Memories(None);
        if let Some(exported) = capsules.exported_capsule(self.capsule) {
            self.take(&exported);
        }
        if let Some((items, bytes)) = capsules.size_of(self.capsule) {
            self.total_items += items;
            self.total_bytes = bytes;
        }
        1
    }

    fn take_all<'a, T: Item + 'a>(&mut self, items: impl Iterator<Item = &'a T>) -> u64 {
        items.map(|item| self.take(item)).count() as u64
    }

    fn take(&mut self, item: &impl Item) {
        self.chain = sha256([self.chain, item.hash()].as_flattened());
    }

    fn manifest(&self) -> Manifest {
        let capsule_id = self.capsule.to_string();
        let root_hash = hash_of(&vec![
            ("api_version", u64::from(API_VERSION).into()),
            ("capsule_id", (&capsule_id).into()),
            ("memories", self.memories.into()),
            ("galleries", self.galleries.into()),
            ("connections", self.connections.into()),
            ("blobs", self.blobs.into()),
            ("total_bytes", self.total_bytes.into()),
            ("items", Value::Bytes(self.chain.to_vec())),
        ]);
        Manifest {
            api_version: API_VERSION,
            capsule_id,
            memories: self.memories,
            galleries: self.galleries,
            connections: self.connections,
            blobs: self.blobs,
            total_bytes: self.total_bytes,
            root_hash_hex: to_hex(&root_hash),
        }
    }
}
