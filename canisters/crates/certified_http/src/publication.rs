//! What is certified, and the proofs of it.
//!
//! The tree is `http_expr / asset / <memory> / <variant> / <$> / …`, and `http_expr / <*>` says that
//! nothing else is certified. A memory that everybody may read is in it once the hashes of all parts
//! of its assets are known. A proof that a path is not certified tells the labels beside it, which
//! are those of public memories.

use blob_store::{Hash, Parts, part_count, sha256};
use capsule::{Asset, Id, Kind};
use ic_certification::{HashTree, fork, labeled, leaf, pruned};
use ic_http_certification::DefaultCelBuilder;
use ic_stable_structures::{Memory, StableBTreeMap, StableBTreeSet};
use serde::{Deserialize, Serialize};
use stable_record::storable_as_cbor;

use crate::answers;
use crate::tree::{Branch, of_branches, of_labels};
use crate::trie::Trie;

const ROOT: &[u8] = b"http_expr";
const ASSET: &[u8] = b"asset";
const WILDCARD: &[u8] = b"<*>";

/// A stable memory for each structure.
pub struct Memories<M: Memory> {
    pub nodes: M,
    pub places: M,
    pub published: M,
    pub parts: M,
    pub waiting: M,
}

/// The assets of a memory as they are certified, in order of their variants.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Published {
    assets: Vec<Asset>,
}

storable_as_cbor!(Published);

pub struct Publication<M: Memory> {
    trie: Trie<M>,
    published: StableBTreeMap<Id, Published, M>,
    parts: Parts<M>,
    /// Memories of which not all parts are hashed yet.
    waiting: StableBTreeSet<Id, M>,
    /// The hash of what the canister certifies besides; on the heap, for whoever keeps it sets it.
    beside: Option<Hash>,
}

impl<M: Memory> Publication<M> {
    pub fn init(memories: Memories<M>) -> Self {
        Self {
            trie: Trie::init(memories.nodes, memories.places),
            published: StableBTreeMap::init(memories.published),
            parts: Parts::init(memories.parts),
            waiting: StableBTreeSet::init(memories.waiting),
            beside: None,
        }
    }

    /// Certifies a tree beside what is published, whose label must come behind `http_expr`: it is the
    /// other branch of a fork.
    pub fn set_beside(&mut self, hash: Hash) {
        self.beside = Some(hash);
    }

    /// Certifies a memory's assets as they are now. Up to so many parts are hashed for it; where that
    /// is not enough the memory waits, and is not certified meanwhile. Returns whether it is.
    pub fn publish(
        &mut self,
        id: Id,
        assets: &[Asset],
        most_parts: u32,
        read: impl Fn(&Hash, u64, u64) -> Option<Vec<u8>>,
    ) -> bool {
        let mut assets = assets.to_vec();
        assets.sort_by(|a, b| a.variant.cmp(&b.variant));
        let mut left = most_parts;
        let are_known = assets.iter().all(|asset| {
            let read = |offset, len| read(&asset.hash, offset, len);
            let hashed = self.parts.find(&asset.hash, asset.len, left, read);
            left -= hashed.unwrap_or(left);
            hashed.is_some()
        });
        if !are_known || assets.is_empty() {
            self.unpublish(id);
            if !assets.is_empty() {
                self.waiting.insert(id);
            }
            return false;
        }
        self.waiting.remove(&id);
        let hash = self.memory_tree(id, &assets, None).digest();
        self.trie.insert(id, hash);
        self.published.insert(id, Published { assets });
        true
    }

    /// Certifies a memory no more.
    pub fn unpublish(&mut self, id: Id) {
        self.waiting.remove(&id);
        if self.published.remove(&id).is_some() {
            self.trie.remove(id);
        }
    }

    /// The next memory that waits for the hashes of its parts.
    pub fn next_waiting(&self) -> Option<Id> {
        self.waiting.first()
    }

    /// Forgets what is known of bytes that are gone.
    pub fn forget(&mut self, content: &Hash) {
        self.parts.forget(content);
    }

    /// How many memories are certified.
    pub fn count(&self) -> u64 {
        self.published.len()
    }

    /// The memories that are certified, in order.
    pub fn ids(&self) -> impl Iterator<Item = Id> + '_ {
        self.published.keys()
    }

    /// Whether an asset is certified as it is.
    pub fn has(&self, id: Id, asset: &Asset) -> bool {
        self.published.get(&id).is_some_and(|published| published.assets.contains(asset))
    }

    /// The hashes of an asset's parts, of which there is more than one; nothing for others.
    pub fn parts_of(&self, asset: &Asset) -> Option<Vec<Hash>> {
        (part_count(asset.len) > 1).then(|| self.parts.of(&asset.hash, asset.len)).flatten()
    }

    /// What the canister certifies.
    pub fn root_hash(&self) -> Hash {
        self.tree(pruned(self.trie.root_hash())).digest()
    }

    /// The part of it that is about what is published.
    pub fn http_hash(&self) -> Hash {
        self.http_tree(pruned(self.trie.root_hash())).digest()
    }

    /// Proves a response of an asset that is certified.
    pub fn proof_of(&self, id: Id, asset: &Asset, response: Hash) -> HashTree {
        let told = |id: Id| {
            let assets = self.assets_of(id);
            self.memory_tree(id, &assets, Some((&asset.variant, response)))
        };
        self.tree(self.trie.witness(&[id], &told))
    }

    /// Proves that nothing is certified for a path; nothing where something is.
    pub fn proof_of_absence(&self, segments: &[String]) -> Option<HashTree> {
        let beyond = match segments {
            [first, beyond @ ..] if first.as_bytes() == ASSET => beyond,
            _ => return Some(self.tree(pruned(self.trie.root_hash()))),
        };
        // No label is smaller than that of a memory, so the first one proves that there is none of
        // the protocol's own.
        let mut shown: Vec<Id> =
            self.published.first_key_value().map(|(id, _)| id).into_iter().collect();
        if let Some(label) = beyond.first() {
            match Id::parse_as(Kind::Memory, label).filter(|id| self.published.contains_key(id)) {
                Some(id) => {
                    let assets = self.assets_of(id);
                    let is_asset = |variant: &String| assets.iter().any(|a| a.variant == *variant);
                    if beyond.len() == 2 && is_asset(&beyond[1]) {
                        return None;
                    }
                    shown.push(id);
                }
                None => shown.extend(self.neighbours(label)),
            }
        }
        shown.sort_unstable();
        shown.dedup();
        let told = |id: Id| {
            let branches: Vec<Branch> = self.branches(id, &self.assets_of(id), None);
            let outlines: Vec<Branch> = branches
                .into_iter()
                .map(|(label, below)| (label, outline_of_asset(&below)))
                .collect();
            let outline = match beyond.first().is_some_and(|label| *label == id.to_string()) {
                true => of_branches(&outlines, &|_| true),
                false => pruned(of_labels(&outlines).digest()),
            };
            labeled(id.to_string().as_str(), outline)
        };
        Some(self.tree(self.trie.witness(&shown, &told)))
    }

    fn tree(&self, assets: HashTree) -> HashTree {
        let http = self.http_tree(assets);
        match self.beside {
            None => http,
            Some(hash) => fork(http, pruned(hash)),
        }
    }

    fn http_tree(&self, assets: HashTree) -> HashTree {
        let nothing = DefaultCelBuilder::skip_certification().to_string();
        let nothing = labeled(sha256(nothing.as_bytes()), leaf(vec![]));
        let branches = [(WILDCARD.to_vec(), nothing), (ASSET.to_vec(), assets)];
        labeled(ROOT, of_branches(&branches, &|_| true))
    }

    fn assets_of(&self, id: Id) -> Vec<Asset> {
        self.published.get(&id).map(|published| published.assets).unwrap_or_default()
    }

    /// A memory's leaf in the trie, which shows one response or nothing.
    fn memory_tree(&self, id: Id, assets: &[Asset], shown: Option<(&str, Hash)>) -> HashTree {
        let branches = self.branches(id, assets, shown);
        let is_shown = |label: &[u8]| shown.is_some_and(|(variant, _)| label == variant.as_bytes());
        labeled(id.to_string().as_str(), of_branches(&branches, &is_shown))
    }

    fn branches(&self, id: Id, assets: &[Asset], shown: Option<(&str, Hash)>) -> Vec<Branch> {
        let branch = |asset: &Asset| {
            let parts = self.parts.of(&asset.hash, asset.len).unwrap_or_default();
            let response = shown.filter(|(variant, _)| *variant == asset.variant);
            let response = response.map(|(_, response)| response);
            let below = answers::certified(id, asset, &parts, response);
            (asset.variant.as_bytes().to_vec(), below)
        };
        assets.iter().map(branch).collect()
    }

    /// The ids beside a label that is none of theirs.
    fn neighbours(&self, label: &str) -> Vec<Id> {
        let Some(bound) = first_at_or_behind(label) else {
            return self.published.last_key_value().map(|(id, _)| id).into_iter().collect();
        };
        let before = self.published.range(..bound).next_back().map(|entry| *entry.key());
        let behind = self.published.range(bound..).next().map(|entry| *entry.key());
        before.into_iter().chain(behind).collect()
    }
}

/// An asset's tree with its first label only.
fn outline_of_asset(below: &HashTree) -> HashTree {
    match below.as_ref() {
        ic_certification::HashTreeNode::Labeled(label, inner) => {
            labeled(label.as_bytes(), pruned(inner.digest()))
        }
        _ => pruned(below.digest()),
    }
}

/// The smallest id of a memory whose text is not before a label; nothing where all are before it.
fn first_at_or_behind(label: &str) -> Option<Id> {
    const DIGITS: &[u8] = b"0123456789abcdef";
    const LETTER: u8 = b'm';
    let bytes = label.as_bytes();
    match bytes.first() {
        Some(first) if *first > LETTER => return None,
        Some(&LETTER) => {}
        _ => return Some(Id::MIN),
    }
    let mut bound: u128 = 0;
    for place in 0..32 {
        let left = 4 * (31 - place as u32);
        let Some(byte) = bytes.get(place + 1) else {
            return Some(Id::from_bytes(bound.to_be_bytes()));
        };
        let digit = DIGITS.iter().filter(|digit| *digit < byte).count() as u128;
        if !DIGITS.contains(byte) {
            // Behind all sixteen digits comes the next place before.
            let next = if digit < 16 { digit << left } else { 1u128.checked_shl(left + 4)? };
            return Some(Id::from_bytes(bound.checked_add(next)?.to_be_bytes()));
        }
        bound += digit << left;
    }
    let bound = bound.checked_add(u128::from(bytes.len() > 33))?;
    Some(Id::from_bytes(bound.to_be_bytes()))
}

#[cfg(test)]
mod tests {
    use ic_certification::hash_tree::SubtreeLookupResult::{Absent, Found};
    use ic_stable_structures::VectorMemory;
    use proptest::prelude::*;

    use super::*;

    fn publication() -> Publication<VectorMemory> {
        let memory = VectorMemory::default;
        Publication::init(Memories {
            nodes: memory(),
            places: memory(),
            published: memory(),
            parts: memory(),
            waiting: memory(),
        })
    }

    fn id(number: u8) -> Id {
        let mut bytes = [0; 16];
        (bytes[0], bytes[1], bytes[15]) = (number, number.wrapping_mul(31), 1);
        Id::from_bytes(bytes)
    }

    fn asset(variant: &str, len: u64) -> Asset {
        Asset {
            variant: variant.to_owned(),
            content_type: "image/png".to_owned(),
            file_name: None,
            hash: [len as u8; 32],
            len,
        }
    }

    fn nothing(_: &Hash, _: u64, _: u64) -> Option<Vec<u8>> {
        None
    }

    fn segment() -> impl Strategy<Value = String> {
        prop_oneof![
            "[a-z]{0,3}",
            "m[0-9a-h]{0,40}",
            any::<u8>().prop_map(|number| id(number).to_string()),
            Just("asset".to_owned()),
            Just("original".to_owned()),
            Just("<$>".to_owned()),
            Just("<*>".to_owned()),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..Default::default() })]

        #[test]
        fn a_path_is_certified_or_proven_not_to_be(
            numbers in prop::collection::btree_set(any::<u8>(), 0..12),
            segments in prop::collection::vec(segment(), 0..4),
            is_asset: bool,
            beside: Option<[u8; 32]>,
        ) {
            let mut publication = publication();
            if let Some(hash) = beside {
                publication.set_beside(hash);
            }
            for number in &numbers {
                let assets = [asset("thumbnail", 7), asset("original", 5)];
                prop_assert!(publication.publish(id(*number), &assets, 0, nothing));
            }
            let segments = match is_asset {
                true => [vec!["asset".to_owned()], segments].concat(),
                false => segments,
            };
            let is_there = numbers.iter().any(|number| {
                segments == ["asset", &id(*number).to_string(), "original"]
            });
            let Some(proof) = publication.proof_of_absence(&segments) else {
                prop_assert!(is_there);
                return Ok(());
            };
            prop_assert_eq!(proof.digest(), publication.root_hash());
            let path = [vec!["http_expr".to_owned()], segments].concat();
            let exact = [path.clone(), vec!["<$>".to_owned()]].concat();
            prop_assert_eq!(proof.lookup_subtree(&exact), Absent);
            for end in 1..=path.len() {
                for below in [&["<*>"][..], &["", "<*>"]] {
                    let below = below.iter().map(|label| (*label).to_owned());
                    let wildcard: Vec<String> = path[..end].iter().cloned().chain(below).collect();
                    let found = proof.lookup_subtree(&wildcard);
                    match wildcard.len() {
                        2 => prop_assert!(matches!(found, Found(_))),
                        _ => prop_assert_eq!(found, Absent, "{:?}", wildcard),
                    }
                }
            }
        }
    }

    #[test]
    fn each_response_of_an_asset_is_proven() {
        let mut publication = publication();
        (0..9).for_each(|number| {
            publication.publish(id(number), &[asset("original", 5)], 0, nothing);
        });
        let asset = asset("original", 5);
        let (once, twice) = (answers::expression_of_response(), answers::expression_of_both());
        for (answer, expression) in [
            (answers::whole(&asset), &once),
            (answers::not_modified(&asset), &once),
            (answers::unsatisfiable(&asset), &once),
            (answers::head(&asset), &twice),
        ] {
            let hash = answers::hash_of(&answer, expression);
            let proof = publication.proof_of(id(3), &asset, hash);
            assert_eq!(proof.digest(), publication.root_hash());
            let is_shown = proof
                .list_paths()
                .iter()
                .any(|path| path.last().is_some_and(|label| label.as_bytes() == hash));
            assert!(is_shown);
        }
    }

    #[test]
    fn a_memory_waits_until_all_its_parts_are_hashed() {
        let mut publication = publication();
        let len = 5 * blob_store::PART_BYTES;
        let assets = [asset("one", len), asset("two", len + 1)];
        let read = |_: &Hash, _: u64, _: u64| Some(vec![0]);
        for _ in 0..3 {
            assert!(!publication.publish(id(1), &assets, 3, read));
            assert_eq!(publication.next_waiting(), Some(id(1)));
            assert_eq!(publication.count(), 0);
        }
        assert!(publication.publish(id(1), &assets, 3, read));
        assert_eq!((publication.next_waiting(), publication.count()), (None, 1));
        let before = publication.root_hash();
        publication.unpublish(id(1));
        assert_ne!(publication.root_hash(), before);
        assets.iter().for_each(|asset| publication.forget(&asset.hash));
        assert_eq!(publication.parts.count(), 0);
    }
}
