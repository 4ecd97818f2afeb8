//! A hash tree over ids in stable memory, as deep as the logarithm of their number.
//!
//! It is a binary trie over the bits of the ids with no node of one child, so its shape follows from
//! the ids alone and its leaves are in their order. A node is found by its place in a vector.

use ic_certification::{HashTree, empty, fork, pruned};
use ic_stable_structures::storable::{Bound, Storable};
use ic_stable_structures::{Memory, StableCell, StableVec};
use serde::{Deserialize, Serialize};
use stable_record::storable_as_cbor;
use std::borrow::Cow;

use capsule::Id;

type Hash = [u8; 32];

/// How many bits an id has, and the depth of a leaf.
const LEAF: u8 = 128;
const NODE_BYTES: usize = 1 + 16 + 8 + 8 + 32;

#[derive(Clone, Debug)]
struct Node {
    /// The first bit by which the ids below differ.
    depth: u8,
    /// One of the ids below.
    id: Id,
    left: u64,
    right: u64,
    hash: Hash,
}

impl Storable for Node {
    const BOUND: Bound = Bound::Bounded { max_size: NODE_BYTES as u32, is_fixed_size: true };

    fn to_bytes(&self) -> Cow<'_, [u8]> {
        let (left, right) = (self.left.to_be_bytes(), self.right.to_be_bytes());
        Cow::Owned([&[self.depth], &self.id.as_bytes()[..], &left, &right, &self.hash].concat())
    }

    fn into_bytes(self) -> Vec<u8> {
        self.to_bytes().into_owned()
    }

    fn from_bytes(bytes: Cow<'_, [u8]>) -> Self {
        let part = |start: usize, end: usize| &bytes[start..end];
        Self {
            depth: bytes[0],
            id: Id::from_bytes(part(1, 17).try_into().expect("16 bytes")),
            left: u64::from_be_bytes(part(17, 25).try_into().expect("8 bytes")),
            right: u64::from_be_bytes(part(25, 33).try_into().expect("8 bytes")),
            hash: part(33, 65).try_into().expect("32 bytes"),
        }
    }
}

/// Where the trie begins, and the nodes that are free.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
struct Places {
    root: Option<u64>,
    free: Option<u64>,
}

storable_as_cbor!(Places);

pub struct Trie<M: Memory> {
    nodes: StableVec<Node, M>,
    places: StableCell<Places, M>,
}

impl<M: Memory> Trie<M> {
    pub fn init(nodes: M, places: M) -> Self {
        Self { nodes: StableVec::init(nodes), places: StableCell::init(places, Places::default()) }
    }

    pub fn root_hash(&self) -> Hash {
        self.root().map_or(empty().digest(), |at| self.node(at).hash)
    }

    /// Puts a leaf in, in place of the one that the id had.
    pub fn insert(&mut self, id: Id, hash: Hash) {
        let root = match self.root() {
            None => self.add(leaf(id, hash)),
            Some(at) => self.insert_below(at, id, hash),
        };
        self.set_root(Some(root));
    }

    /// Takes an id's leaf out, where it has one.
    pub fn remove(&mut self, id: Id) {
        if let Some(root) = self.root() {
            let root = self.remove_below(root, id);
            self.set_root(root);
        }
    }

    /// The tree with what is told of some leaves, all of which are there; the rest by hashes.
    pub fn witness(&self, ids: &[Id], told: &dyn Fn(Id) -> HashTree) -> HashTree {
        self.root().map_or(empty(), |root| self.witness_below(root, ids, told))
    }

    fn witness_below(&self, at: u64, ids: &[Id], told: &dyn Fn(Id) -> HashTree) -> HashTree {
        let node = self.node(at);
        if ids.is_empty() {
            return pruned(node.hash);
        }
        if node.depth == LEAF {
            return told(node.id);
        }
        let (right, left): (Vec<Id>, Vec<Id>) = ids.iter().partition(|id| bit(id, node.depth));
        fork(
            self.witness_below(node.left, &left, told),
            self.witness_below(node.right, &right, told),
        )
    }

    fn insert_below(&mut self, at: u64, id: Id, hash: Hash) -> u64 {
        let mut node = self.node(at);
        let common = common_bits(&node.id, &id);
        if common < node.depth {
            let new = self.add(leaf(id, hash));
            let (left, right) = if bit(&id, common) { (at, new) } else { (new, at) };
            let hash = self.fork_hash(left, right);
            return self.add(Node { depth: common, id, left, right, hash });
        }
        if node.depth == LEAF {
            node.hash = hash;
        } else if bit(&id, node.depth) {
            node.right = self.insert_below(node.right, id, hash);
            node.hash = self.fork_hash(node.left, node.right);
        } else {
            node.left = self.insert_below(node.left, id, hash);
            node.hash = self.fork_hash(node.left, node.right);
        }
        self.nodes.set(at, &node);
        at
    }

    fn remove_below(&mut self, at: u64, id: Id) -> Option<u64> {
        let mut node = self.node(at);
        if common_bits(&node.id, &id) < node.depth {
            return Some(at);
        }
        if node.depth == LEAF {
            self.free(at);
            return None;
        }
        let is_right = bit(&id, node.depth);
        let (within, other) =
            if is_right { (node.right, node.left) } else { (node.left, node.right) };
        let Some(left_over) = self.remove_below(within, id) else {
            self.free(at);
            return Some(other);
        };
        (node.left, node.right) = if is_right { (other, left_over) } else { (left_over, other) };
        // The id that the node had may be the one that is gone.
        node.id = self.node(other).id;
        node.hash = self.fork_hash(node.left, node.right);
        self.nodes.set(at, &node);
        Some(at)
    }

    fn fork_hash(&self, left: u64, right: u64) -> Hash {
        let tree: HashTree = fork(pruned(self.node(left).hash), pruned(self.node(right).hash));
        tree.digest()
    }

    fn node(&self, at: u64) -> Node {
        self.nodes.get(at).expect("the trie's nodes are there")
    }

    fn root(&self) -> Option<u64> {
        self.places.get().root
    }

    fn set_root(&mut self, root: Option<u64>) {
        let places = Places { root, ..*self.places.get() };
        self.places.set(places);
    }

    fn add(&mut self, node: Node) -> u64 {
        let places = *self.places.get();
        let Some(at) = places.free else {
            self.nodes.push(&node);
            return self.nodes.len() - 1;
        };
        // A free node tells the next one by its left place, and by its own place that there is none.
        let next = Some(self.node(at).left).filter(|next| *next != at);
        self.places.set(Places { free: next, ..places });
        self.nodes.set(at, &node);
        at
    }

    fn free(&mut self, at: u64) {
        let places = *self.places.get();
        let next = places.free.unwrap_or(at);
        let node = Node { left: next, ..leaf(Id::MIN, [0; 32]) };
        self.nodes.set(at, &node);
        self.places.set(Places { free: Some(at), ..places });
    }
}

fn leaf(id: Id, hash: Hash) -> Node {
    Node { depth: LEAF, id, left: 0, right: 0, hash }
}

fn bit(id: &Id, index: u8) -> bool {
    id.as_bytes()[usize::from(index) / 8] >> (7 - index % 8) & 1 == 1
}

fn common_bits(a: &Id, b: &Id) -> u8 {
    let difference = u128::from_be_bytes(*a.as_bytes()) ^ u128::from_be_bytes(*b.as_bytes());
    difference.leading_zeros() as u8
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use ic_certification::leaf as tree_leaf;
    use ic_stable_structures::VectorMemory;
    use proptest::prelude::*;

    use super::*;

    fn id(number: u16) -> Id {
        let mut bytes = [7; 16];
        bytes[5..7].copy_from_slice(&number.to_be_bytes());
        Id::from_bytes(bytes)
    }

    /// The same tree, made at once.
    fn plain(entries: &[(Id, Hash)]) -> HashTree {
        match entries {
            [] => empty(),
            [(_, hash)] => pruned(*hash),
            _ => {
                let depth = common_bits(&entries[0].0, &entries[entries.len() - 1].0);
                let at = entries.partition_point(|(id, _)| !bit(id, depth));
                fork(plain(&entries[..at]), plain(&entries[at..]))
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..Default::default() })]

        #[test]
        fn its_hash_follows_from_what_is_in_it(
            steps in prop::collection::vec((any::<bool>(), 0u16..40, any::<u8>()), 1..80),
        ) {
            let mut trie = Trie::init(VectorMemory::default(), VectorMemory::default());
            let mut model: BTreeMap<Id, Hash> = BTreeMap::new();
            for (inserts, number, content) in steps {
                let (id, hash) = (id(number * 1001), [content; 32]);
                match inserts {
                    true => {
                        trie.insert(id, hash);
                        model.insert(id, hash);
                    }
                    false => {
                        trie.remove(id);
                        model.remove(&id);
                    }
                }
                let entries: Vec<_> = model.iter().map(|(id, hash)| (*id, *hash)).collect();
                prop_assert_eq!(trie.root_hash(), plain(&entries).digest());
            }
            let used = model.len().saturating_mul(2).saturating_sub(1) as u64;
            prop_assert!(trie.nodes.len() >= used);
        }
    }

    #[test]
    fn nodes_that_are_free_are_used_again() {
        let mut trie = Trie::init(VectorMemory::default(), VectorMemory::default());
        for round in 0..5 {
            (0..50).for_each(|number| trie.insert(id(number * 3 + round), [1; 32]));
            (0..50).for_each(|number| trie.remove(id(number * 3 + round)));
        }
        assert_eq!(trie.root(), None);
        assert_eq!(trie.nodes.len(), 99);
    }

    #[test]
    fn a_witness_has_the_hash_of_the_whole() {
        let mut trie = Trie::init(VectorMemory::default(), VectorMemory::default());
        let told = |id: Id| tree_leaf(id.as_bytes().to_vec());
        let ids: Vec<Id> = (0..30).map(|number| id(number * 97)).collect();
        ids.iter().for_each(|id| trie.insert(*id, told(*id).digest()));
        for shown in [&ids[..0], &ids[3..4], &ids[10..20], &ids[..]] {
            assert_eq!(trie.witness(shown, &told).digest(), trie.root_hash());
        }
    }
}
