//! Capsules and a plain store of bytes, and a check that both agree.

use std::collections::{BTreeMap, BTreeSet};

use blob_store::{Hash, sha256};
use candid::Principal;
use ic_stable_structures::VectorMemory;
use serde_bytes::ByteBuf;

use crate::*;

#[derive(Default)]
pub struct PlainBlobs {
    pub kept: BTreeMap<Hash, (Vec<u8>, u64)>,
    pub uploaded: BTreeSet<(Principal, Hash)>,
    pub pieces: BTreeMap<(u64, u32), Vec<u8>>,
    pub sequences: u64,
}

impl PlainBlobs {
    /// Has a caller upload bytes, which somebody holds from then on.
    pub fn upload(&mut self, caller: Principal, bytes: &[u8]) -> AssetContent {
        let hash = self.store(bytes).unwrap();
        self.uploaded.insert((caller, hash));
        AssetContent::Blob { sha256_hex: blob_store::to_hex(&hash) }
    }
}

impl Blobs for PlainBlobs {
    fn len_of(&self, hash: &Hash) -> Option<u64> {
        self.kept.get(hash).map(|(bytes, _)| bytes.len() as u64)
    }

    fn is_uploaded_by(&self, caller: Principal, hash: &Hash) -> bool {
        self.uploaded.contains(&(caller, *hash))
    }

    fn store(&mut self, bytes: &[u8]) -> CapsuleResult<Hash> {
        if bytes == b"no room" {
            return Err(CapsuleError::StorageFull { limit: 0 });
        }
        let hash = sha256(bytes);
        self.kept.entry(hash).or_insert((bytes.to_vec(), 0)).1 += 1;
        Ok(hash)
    }

    fn hold(&mut self, hash: &Hash) {
        self.kept.get_mut(hash).expect("held bytes are there").1 += 1;
    }

    fn release(&mut self, hash: &Hash) {
        let holders = &mut self.kept.get_mut(hash).expect("released bytes are there").1;
        *holders -= 1;
        if *holders == 0 {
            self.kept.remove(hash);
        }
    }
}

impl ReadBlobs for PlainBlobs {
    fn read(&self, hash: &Hash, offset: u64, len: u64) -> Option<Vec<u8>> {
        let (bytes, _) = self.kept.get(hash)?;
        Some(bytes.iter().copied().skip(offset as usize).take(len as usize).collect())
    }
}

impl StagingBlobs for PlainBlobs {
    fn begin_pieces(&mut self) -> u64 {
        self.sequences += 1;
        self.sequences
    }

    fn put_piece(&mut self, sequence: u64, index: u32, bytes: &[u8]) -> CapsuleResult<()> {
        assert_eq!(self.pieces.insert((sequence, index), bytes.to_vec()), None);
        Ok(())
    }

    fn piece(&self, sequence: u64, index: u32) -> Option<Vec<u8>> {
        self.pieces.get(&(sequence, index)).cloned()
    }

    fn commit_pieces(&mut self, sequence: u64, hash: Hash, len: u64) {
        let pieces = self.pieces.range((sequence, 0)..=(sequence, u32::MAX));
        let bytes: Vec<u8> = pieces.flat_map(|(_, bytes)| bytes.clone()).collect();
        assert_eq!(bytes.len() as u64, len);
        self.kept.entry(hash).or_insert((bytes, 0)).1 += 1;
        self.drop_pieces(sequence);
    }

    fn drop_pieces(&mut self, sequence: u64) {
        self.pieces.retain(|(of, _), _| *of != sequence);
    }
}

pub struct Stage {
    pub capsules: Capsules<VectorMemory>,
    pub blobs: PlainBlobs,
    pub limits: Limits,
    pub now: u64,
}

impl Stage {
    pub fn new() -> Self {
        let memory = VectorMemory::default;
        let memories = Memories {
            ids: memory(),
            capsules: memory(),
            by_owner: memory(),
            memories: memory(),
            galleries: memory(),
            index: memory(),
            gallery_refs: memory(),
            connections: memory(),
            grants: memory(),
            by_grantee: memory(),
            blob_refs: memory(),
            deleted: memory(),
            changed: memory(),
        };
        let capsules = Capsules::init(memories);
        Self { capsules, blobs: PlainBlobs::default(), limits: Limits::default(), now: 1 << 60 }
    }

    /// Acts on a caller's behalf.
    pub fn act<T>(
        &mut self,
        caller: Principal,
        act: impl FnOnce(&mut Capsules<VectorMemory>, &mut Context<PlainBlobs>) -> T,
    ) -> T {
        self.now += 1;
        let Self { capsules, blobs, limits, now } = self;
        act(capsules, &mut Context { caller, now: *now, limits, blobs })
    }

    pub fn capsule(&mut self, owner: Principal) -> String {
        let request = CreateCapsule::default();
        self.act(owner, |capsules, context| capsules.create_capsule(context, request))
            .unwrap()
            .capsule_id
    }

    pub fn add(
        &mut self,
        caller: Principal,
        capsule: &str,
        new: NewMemory,
    ) -> CapsuleResult<String> {
        self.act(caller, |capsules, context| capsules.add_memory(context, capsule, new))
            .map(|info| info.memory_id)
    }

    pub fn gallery(
        &mut self,
        caller: Principal,
        capsule: &str,
        items: &[&str],
    ) -> CapsuleResult<String> {
        let new = NewGallery {
            capsule_id: Some(capsule.to_owned()),
            title: "a gallery".to_owned(),
            items: items.iter().map(|item| (*item).to_owned()).collect(),
            ..Default::default()
        };
        self.act(caller, |capsules, context| capsules.store_gallery(context, new))
            .map(|info| info.gallery_id)
    }

    pub fn items(&self, caller: Principal, gallery: &str) -> Vec<String> {
        self.capsules.get_gallery(caller, gallery).unwrap().items
    }

    /// Checks that bytes are held by those capsules that have assets of them, and by the uploads.
    pub fn check_blobs(&self) {
        let uploads = self.blobs.uploaded.iter().map(|(_, hash)| *hash);
        let mut holders: BTreeMap<Hash, u64> = BTreeMap::new();
        for hash in uploads.chain(self.capsules.referred()) {
            *holders.entry(hash).or_default() += 1;
        }
        let kept = self.blobs.kept.iter().map(|(hash, (_, count))| (*hash, *count));
        assert_eq!(kept.collect::<BTreeMap<_, _>>(), holders);
        self.capsules.check();
    }
}

pub fn hex_of(bytes: &[u8]) -> String {
    blob_store::to_hex(&sha256(bytes))
}

pub fn user(number: u8) -> Principal {
    Principal::from_slice(&[number, 1])
}

pub fn note(title: &str) -> NewMemory {
    NewMemory {
        memory_type: MemoryType::Note,
        title: title.to_owned(),
        description: None,
        tags: None,
        metadata: None,
        date_ns: None,
        assets: Vec::new(),
        visibility: None,
    }
}

pub fn asset(variant: &str, content: AssetContent) -> NewAsset {
    let content_type = "text/plain".to_owned();
    NewAsset { variant: variant.to_owned(), content_type, file_name: None, content }
}

pub fn inline(bytes: &[u8]) -> AssetContent {
    AssetContent::Inline(ByteBuf::from(bytes))
}
