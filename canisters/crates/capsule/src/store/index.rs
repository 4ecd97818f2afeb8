//! What is in a capsule, by what it is looked for: one ordered set of keys.
//!
//! A key is the capsule, a byte for the kind of term, the term, a zero byte and the id. No text has a
//! zero byte, as control characters are let in nowhere, and hashes are all of one length, so keys are
//! in order of their terms.

use std::collections::BTreeSet;
use std::ops::Bound;

use blob_store::Hash;
use ic_stable_structures::{Memory, StableBTreeSet};

use crate::id::Id;
use crate::model::{CapsuleMemory, MemoryType};
use crate::words::{folded, words};

const ID_BYTES: usize = 16;
const END_OF_TERM: u8 = 0;

/// What something is found by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Term {
    /// Memories.
    All,
    /// Memories of a type.
    Type(MemoryType),
    /// Memories with a tag, folded.
    Tag(String),
    /// Memories with a word in their title, folded.
    Word(String),
    Galleries,
    PublicGalleries,
    /// Memories with an asset of these bytes.
    Hash(Hash),
}

impl Term {
    fn kind(&self) -> u8 {
        match self {
            Self::All => 0,
            Self::Type(_) => 1,
            Self::Tag(_) => 2,
            Self::Word(_) => 3,
            Self::Galleries => 4,
            Self::PublicGalleries => 5,
            Self::Hash(_) => 6,
        }
    }

    fn bytes(&self) -> Vec<u8> {
        match self {
            Self::All | Self::Galleries | Self::PublicGalleries => Vec::new(),
            // Ahead of zero, which ends a term.
            Self::Type(memory_type) => vec![*memory_type as u8 + 1],
            Self::Tag(text) | Self::Word(text) => text.as_bytes().to_vec(),
            Self::Hash(hash) => hash.to_vec(),
        }
    }
}

/// Where a key lies among those of its capsule and kind: term, zero, id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place(Vec<u8>);

impl Place {
    pub fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    pub fn id(&self) -> Id {
        let id = self.0.last_chunk().expect("a key ends in an id");
        Id::from_bytes(*id)
    }

    pub fn term(&self) -> &[u8] {
        &self.0[..self.0.len() - ID_BYTES - 1]
    }
}

pub struct Index<M: Memory> {
    keys: StableBTreeSet<Vec<u8>, M>,
}

impl<M: Memory> Index<M> {
    pub fn init(keys: M) -> Self {
        Self { keys: StableBTreeSet::init(keys) }
    }

    pub fn insert(&mut self, capsule: Id, term: &Term, id: Id) {
        self.keys.insert(key(capsule, term, id));
    }

    pub fn remove(&mut self, capsule: Id, term: &Term, id: Id) {
        self.keys.remove(&key(capsule, term, id));
    }

    pub fn insert_memory(&mut self, id: Id, memory: &CapsuleMemory) {
        terms_of(memory).iter().for_each(|term| self.insert(memory.capsule, term, id));
    }

    pub fn remove_memory(&mut self, id: Id, memory: &CapsuleMemory) {
        terms_of(memory).iter().for_each(|term| self.remove(memory.capsule, term, id));
    }

    /// Puts a memory that has changed where it is found now.
    pub fn move_memory(&mut self, id: Id, before: &CapsuleMemory, after: &CapsuleMemory) {
        let (old, new) = (terms_of(before), terms_of(after));
        let gone = old.iter().filter(|term| !new.contains(term));
        gone.for_each(|term| self.remove(before.capsule, term, id));
        let come = new.iter().filter(|term| !old.contains(term));
        come.for_each(|term| self.insert(after.capsule, term, id));
    }

    /// Ids under a term, in order, behind one of them.
    pub fn ids(&self, capsule: Id, term: &Term, after: Option<Id>) -> impl Iterator<Item = Id> {
        let after = after.map(|id| Place(key(capsule, term, id)[ID_BYTES + 1..].to_vec()));
        self.places(capsule, term, true, after).map(|place| place.id())
    }

    /// Places under a term, or under all that begin with it, behind one of them.
    pub fn places(
        &self,
        capsule: Id,
        term: &Term,
        is_whole: bool,
        after: Option<Place>,
    ) -> impl Iterator<Item = Place> {
        let of_kind = [&capsule.as_bytes()[..], &[term.kind()]].concat();
        let mut base = [&of_kind[..], &term.bytes()].concat();
        if is_whole {
            base.push(END_OF_TERM);
        }
        let behind = after.map(|place| [&of_kind[..], &place.0].concat());
        let first = match behind {
            Some(behind) if behind > base => Bound::Excluded(behind),
            _ => Bound::Included(base.clone()),
        };
        self.keys
            .range((first, Bound::Unbounded))
            .take_while(move |key| key.starts_with(&base))
            .map(|key| Place(key[ID_BYTES + 1..].to_vec()))
    }

    #[cfg(test)]
    pub fn contains(&self, capsule: Id, term: &Term, id: Id) -> bool {
        self.keys.contains(&key(capsule, term, id))
    }

    #[cfg(test)]
    pub fn len(&self) -> u64 {
        self.keys.len()
    }
}

/// All that a memory is found by, each once.
pub fn terms_of(memory: &CapsuleMemory) -> Vec<Term> {
    let tags = memory.tags.iter().map(|tag| Term::Tag(folded(tag)));
    let words = words(&memory.title).into_iter().map(Term::Word);
    let hashes: BTreeSet<Hash> = memory.assets.iter().map(|asset| asset.hash).collect();
    let hashes = hashes.into_iter().map(Term::Hash);
    let all = [Term::All, Term::Type(memory.memory_type)].into_iter();
    all.chain(tags).chain(words).chain(hashes).collect()
}

fn key(capsule: Id, term: &Term, id: Id) -> Vec<u8> {
    let kind = [term.kind()];
    [&capsule.as_bytes()[..], &kind, &term.bytes(), &[END_OF_TERM], id.as_bytes()].concat()
}
