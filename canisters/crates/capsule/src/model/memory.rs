//! A memory: something that was written, photographed, recorded, with its assets.

use blob_store::{Hash, to_hex};
use candid::{CandidType, Deserialize, Principal};
use serde::Serialize;
use serde_bytes::ByteBuf;
use stable_record::storable_as_cbor;

use crate::id::Id;
use crate::model::Visibility;

#[derive(
    CandidType, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord,
)]
pub enum MemoryType {
    Text,
    Image,
    Document,
    Audio,
    Video,
    Note,
}

#[derive(CandidType, Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
pub struct MetadataEntry {
    /// 1 to 64 bytes.
    pub key: String,
    /// At most 1,024 bytes.
    pub value: String,
}

/// The bytes of an asset.
#[derive(CandidType, Serialize, Deserialize, Clone, Debug)]
pub enum AssetContent {
    /// At most 32 KiB.
    Inline(ByteBuf),
    /// Of a committed upload of the caller, or of another asset of the capsule.
    Blob { sha256_hex: String },
}

#[derive(CandidType, Serialize, Deserialize, Clone, Debug)]
pub struct NewAsset {
    /// `original`, `thumbnail` or the like: 1 to 32 of the characters `a-z 0-9 _ -`.
    pub variant: String,
    /// A MIME type with no parameters.
    pub content_type: String,
    /// At most 255 bytes.
    pub file_name: Option<String>,
    pub content: AssetContent,
}

#[derive(CandidType, Serialize, Deserialize, Clone, Debug)]
pub struct NewMemory {
    pub memory_type: MemoryType,
    /// At most 200 bytes. The memory is found by the beginnings of its words.
    pub title: String,
    /// At most 4,000 bytes.
    pub description: Option<String>,
    /// Each of 1 to 64 bytes.
    pub tags: Option<Vec<String>>,
    pub metadata: Option<Vec<MetadataEntry>>,
    /// When it happened, in nanoseconds since 1970.
    pub date_ns: Option<u64>,
    pub assets: Vec<NewAsset>,
    /// Private, where it is left out.
    pub visibility: Option<Visibility>,
}

/// What is to change; what is left out stays.
#[derive(CandidType, Serialize, Deserialize, Clone, Debug, Default)]
pub struct UpdateMemory {
    pub memory_type: Option<MemoryType>,
    pub title: Option<String>,
    pub description: Option<String>,
    pub tags: Option<Vec<String>>,
    pub metadata: Option<Vec<MetadataEntry>>,
    pub date_ns: Option<u64>,
    /// Added, or put in the place of those of the same variant.
    pub set_assets: Option<Vec<NewAsset>>,
    /// Variants that go; those that are not there are passed over.
    pub remove_assets: Option<Vec<String>>,
}

/// What is kept of an asset; its bytes are in the store of blobs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asset {
    pub variant: String,
    pub content_type: String,
    pub file_name: Option<String>,
    #[serde(with = "serde_bytes")]
    pub hash: Hash,
    pub len: u64,
}

/// What is kept of a memory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CapsuleMemory {
    pub capsule: Id,
    pub created_by: Principal,
    pub memory_type: MemoryType,
    pub title: String,
    pub description: String,
    pub tags: Vec<String>,
    pub metadata: Vec<MetadataEntry>,
    pub date_ns: Option<u64>,
    pub assets: Vec<Asset>,
    pub visibility: Visibility,
    pub created_at: u64,
    pub updated_at: u64,
}

storable_as_cbor!(CapsuleMemory);

#[derive(CandidType, Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
pub struct AssetInfo {
    pub variant: String,
    pub content_type: String,
    pub file_name: Option<String>,
    /// Bytes.
    pub size: u64,
    pub sha256_hex: String,
    /// Where it is served over HTTP.
    pub path: String,
    /// The bytes, where one memory is asked for and they are at most 32 KiB.
    pub content: Option<ByteBuf>,
}

#[derive(CandidType, Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
pub struct MemoryInfo {
    pub memory_id: String,
    pub capsule_id: String,
    pub created_by: Principal,
    pub memory_type: MemoryType,
    pub title: String,
    pub description: String,
    pub tags: Vec<String>,
    pub metadata: Vec<MetadataEntry>,
    pub date_ns: Option<u64>,
    pub assets: Vec<AssetInfo>,
    pub visibility: Visibility,
    pub created_at_time_ns: u64,
    pub updated_at_time_ns: u64,
}

impl CapsuleMemory {
    pub fn asset(&self, variant: &str) -> Option<&Asset> {
        self.assets.iter().find(|asset| asset.variant == variant)
    }

    pub fn info(&self, id: Id) -> MemoryInfo {
        MemoryInfo {
            memory_id: id.to_string(),
            capsule_id: self.capsule.to_string(),
            created_by: self.created_by,
            memory_type: self.memory_type,
            title: self.title.clone(),
            description: self.description.clone(),
            tags: self.tags.clone(),
            metadata: self.metadata.clone(),
            date_ns: self.date_ns,
            assets: self.assets.iter().map(|asset| asset.info(id)).collect(),
            visibility: self.visibility,
            created_at_time_ns: self.created_at,
            updated_at_time_ns: self.updated_at,
        }
    }

    /// About how many bytes its info takes in a reply.
    pub fn weight(&self) -> usize {
        let metadata = self.metadata.iter().map(|entry| entry.key.len() + entry.value.len() + 4);
        let tags = self.tags.iter().map(|tag| tag.len() + 2);
        let assets = self.assets.iter().map(|asset| {
            let name = asset.file_name.as_ref().map_or(0, String::len);
            200 + name + asset.content_type.len() + 2 * asset.variant.len()
        });
        300 + self.title.len()
            + self.description.len()
            + metadata.sum::<usize>()
            + tags.sum::<usize>()
            + assets.sum::<usize>()
    }
}

impl Asset {
    fn info(&self, memory: Id) -> AssetInfo {
        AssetInfo {
            variant: self.variant.clone(),
            content_type: self.content_type.clone(),
            file_name: self.file_name.clone(),
            size: self.len,
            sha256_hex: to_hex(&self.hash),
            path: format!("/asset/{memory}/{}", self.variant),
            content: None,
        }
    }
}
