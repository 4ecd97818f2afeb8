//! A model of the personal canister: what it was sent, and what it says of it.

use std::collections::BTreeMap;

use blob_store::{from_hex, sha256};
use candid::utils::decode_args;
use candid::{CandidType, Principal};
use capsule::{
    API_VERSION, Chunk, ConnectionInfo, ExportedAsset, ExportedCapsule, ExportedGallery,
    ExportedMemory, Manifest, Progress as Finalized,
};

use crate::creation::personal::Session;

/// Small, so that contents are split.
pub const CHUNK_BYTES: u32 = 1000;

/// What the canister does wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lie {
    OtherVersion,
    OneMemoryFewer,
    WrongByte,
    OtherCapsule,
}

/// Chunks of a content, which come in any order.
#[derive(Clone, Debug, Default)]
pub struct Blob {
    size: u64,
    chunks: BTreeMap<u64, Vec<u8>>,
}

impl Blob {
    pub fn bytes(&self) -> Vec<u8> {
        self.chunks.values().flatten().copied().collect()
    }

    fn is_whole(&self) -> bool {
        self.chunks.values().map(|chunk| chunk.len() as u64).sum::<u64>() == self.size
    }
}

#[derive(Clone, Debug, Default)]
pub struct PersonalModel {
    pub lie: Option<Lie>,
    pub manifest: Option<Manifest>,
    pub capsule: Option<ExportedCapsule>,
    pub session_id: u64,
    /// Contents by hash.
    pub blobs: BTreeMap<Vec<u8>, Blob>,
    pub memories: BTreeMap<String, ExportedMemory>,
    pub galleries: BTreeMap<String, ExportedGallery>,
    pub connections: BTreeMap<Principal, ConnectionInfo>,
    pub is_checked: bool,
}

#[derive(CandidType)]
struct Refusal {
    message: String,
    /// What the hub does not read.
    reason: u8,
}

type Answer<T> = Result<T, Refusal>;

#[derive(CandidType, candid::Deserialize)]
struct BeginImport {
    manifest: Manifest,
    capsule: ExportedCapsule,
}

#[derive(CandidType)]
struct Stored {
    manifest: Manifest,
    has_changed: bool,
}

fn refused<T>(message: &str) -> Answer<T> {
    Err(Refusal { message: message.to_owned(), reason: 7 })
}

fn encoded(value: impl CandidType) -> Vec<u8> {
    candid::encode_one(value).unwrap()
}

/// What any method may answer.
pub fn refusal() -> Vec<u8> {
    encoded(refused::<()>("as the test wants it"))
}

impl PersonalModel {
    pub fn answer(&mut self, method: &str, arguments: &[u8]) -> Vec<u8> {
        match method {
            "api_version" => encoded(API_VERSION + u32::from(self.lie == Some(Lie::OtherVersion))),
            "begin_import" => encoded(self.begin(candid::decode_one(arguments).unwrap())),
            "put_memory_chunk" => {
                let (session, chunks): (u64, Vec<Chunk>) = decode_args(arguments).unwrap();
                encoded(self.in_session(session, |it| {
                    let bytes: usize = chunks.iter().map(|chunk| chunk.bytes.len()).sum();
                    assert!(bytes <= CHUNK_BYTES as usize, "a message is too large");
                    chunks.into_iter().try_for_each(|chunk| it.put(chunk))
                }))
            }
            "commit_memory" => {
                let (session, records): (u64, Vec<ExportedMemory>) =
                    decode_args(arguments).unwrap();
                encoded(self.in_session(session, |it| {
                    records.into_iter().try_for_each(|record| it.commit(record))
                }))
            }
            "commit_gallery" => {
                let (session, records): (u64, Vec<ExportedGallery>) =
                    decode_args(arguments).unwrap();
                encoded(self.in_session(session, |it| {
                    let keyed = records.into_iter().map(|it| (it.gallery_id.clone(), it));
                    it.galleries.extend(keyed);
                    Ok(())
                }))
            }
            "commit_connection" => {
                let (session, records): (u64, Vec<ConnectionInfo>) =
                    decode_args(arguments).unwrap();
                encoded(self.in_session(session, |it| {
                    it.connections.extend(records.into_iter().map(|it| (it.peer, it)));
                    Ok(())
                }))
            }
            "finalize_import" => encoded(self.finalize()),
            "get_manifest" => encoded(match &self.manifest {
                Some(_) => Ok(Stored { manifest: self.computed(), has_changed: false }),
                None => refused("nothing was imported"),
            }),
            other => panic!("{other} is no method of a personal canister"),
        }
    }

    fn begin(&mut self, argument: BeginImport) -> Answer<Session> {
        if self.manifest.as_ref().is_some_and(|manifest| *manifest != argument.manifest) {
            return refused("another import is under way");
        }
        self.session_id = 9;
        self.manifest = Some(argument.manifest);
        self.capsule = Some(argument.capsule);
        Ok(Session { session_id: self.session_id, max_chunk_size: CHUNK_BYTES })
    }

    fn in_session(
        &mut self,
        session: u64,
        act: impl FnOnce(&mut Self) -> Answer<()>,
    ) -> Answer<()> {
        match session == self.session_id && self.manifest.is_some() {
            true => act(self),
            false => refused("no such session"),
        }
    }

    fn put(&mut self, chunk: Chunk) -> Answer<()> {
        assert_eq!(chunk.offset % u64::from(CHUNK_BYTES), 0);
        let hash = chunk.sha256.to_vec();
        let blob = self.blobs.entry(hash.clone()).or_default();
        blob.size = chunk.size;
        blob.chunks.insert(chunk.offset, chunk.bytes.into_vec());
        if blob.is_whole() {
            assert_eq!(sha256(&blob.bytes()).to_vec(), hash);
        }
        Ok(())
    }

    fn commit(&mut self, memory: ExportedMemory) -> Answer<()> {
        if !memory.assets.iter().all(|asset| self.has_bytes_of(asset)) {
            return refused("bytes are missing");
        }
        self.memories.insert(memory.memory_id.clone(), memory);
        Ok(())
    }

    fn has_bytes_of(&self, asset: &ExportedAsset) -> bool {
        let hash = from_hex(&asset.sha256_hex).unwrap().to_vec();
        let blob = self.blobs.get(&hash);
        blob.is_some_and(|blob| blob.size == asset.size && blob.is_whole())
    }

    fn finalize(&mut self) -> Answer<Finalized> {
        if self.manifest.is_none() {
            return refused("nothing was imported");
        }
        if !std::mem::replace(&mut self.is_checked, true) {
            return Ok(Finalized::Checking { done: 1, total: 2 });
        }
        Ok(Finalized::Finalized(self.computed()))
    }

    /// The model does not hash: it says the hash that it was told where all that was announced is there.
    fn computed(&self) -> Manifest {
        let told = self.manifest.clone().unwrap();
        let mut computed = Manifest {
            memories: self.memories.len() as u64,
            galleries: self.galleries.len() as u64,
            connections: self.connections.len() as u64,
            blobs: self.blobs.len() as u64,
            total_bytes: self.blobs.values().map(|blob| blob.bytes().len() as u64).sum(),
            ..told
        };
        match self.lie {
            Some(Lie::OneMemoryFewer) => computed.memories -= 1,
            Some(Lie::WrongByte) => computed.root_hash_hex = "0".repeat(64),
            Some(Lie::OtherCapsule) => computed.capsule_id.push('0'),
            _ => {}
        }
        computed
    }
}
