//! What is exported of a capsule and of what is in it. Bytes go apart, by their hashes.

use blob_store::to_hex;
use candid::{CandidType, Deserialize, Principal};
use serde::Serialize;

use crate::id::Id;
use crate::model::{
    Asset, Capsule, CapsuleMemory, ConnectionInfo, Gallery, Grant, MemoryType, MetadataEntry,
    Visibility,
};

#[derive(CandidType, Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
pub struct ExportedCapsule {
    pub capsule_id: String,
    pub owner: Principal,
    pub name: String,
    pub description: String,
    pub visibility: Visibility,
    pub created_at_time_ns: u64,
    pub updated_at_time_ns: u64,
    /// In order of the grantees.
    pub grants: Vec<Grant>,
}

#[derive(CandidType, Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
pub struct ExportedAsset {
    pub variant: String,
    pub content_type: String,
    pub file_name: Option<String>,
    /// Bytes.
    pub size: u64,
    pub sha256_hex: String,
}

#[derive(CandidType, Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
pub struct ExportedMemory {
    pub memory_id: String,
    pub created_by: Principal,
    pub memory_type: MemoryType,
    pub title: String,
    pub description: String,
    pub tags: Vec<String>,
    pub metadata: Vec<MetadataEntry>,
    pub date_ns: Option<u64>,
    pub assets: Vec<ExportedAsset>,
    pub visibility: Visibility,
    pub created_at_time_ns: u64,
    pub updated_at_time_ns: u64,
    /// In order of the grantees.
    pub grants: Vec<Grant>,
}

#[derive(CandidType, Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
pub struct ExportedGallery {
    pub gallery_id: String,
    pub created_by: Principal,
    pub title: String,
    pub description: String,
    /// Ids of memories and galleries.
    pub items: Vec<String>,
    pub visibility: Visibility,
    pub created_at_time_ns: u64,
    pub updated_at_time_ns: u64,
    /// In order of the grantees.
    pub grants: Vec<Grant>,
}

/// A part of all that a capsule holds but the bytes, which `get_blob_chunk` reads.
#[derive(CandidType, Serialize, Deserialize, Clone, Debug, Default, PartialEq, Eq)]
pub struct ExportPage {
    /// On the first page.
    pub capsule: Option<ExportedCapsule>,
    /// In order of their ids, as galleries are.
    pub memories: Vec<ExportedMemory>,
    pub galleries: Vec<ExportedGallery>,
    pub connections: Vec<ConnectionInfo>,
    /// Where to go on, where there may be more.
    pub next: Option<String>,
}

impl ExportedCapsule {
    pub(crate) fn new(id: Id, capsule: Capsule, grants: Vec<Grant>) -> Self {
        Self {
            capsule_id: id.to_string(),
            owner: capsule.owner,
            name: capsule.name,
            description: capsule.description,
            visibility: capsule.visibility,
            created_at_time_ns: capsule.created_at,
            updated_at_time_ns: capsule.updated_at,
            grants,
        }
    }
}

impl ExportedMemory {
    pub(crate) fn new(id: Id, memory: CapsuleMemory, grants: Vec<Grant>) -> Self {
        Self {
            memory_id: id.to_string(),
            created_by: memory.created_by,
            memory_type: memory.memory_type,
            title: memory.title,
            description: memory.description,
            tags: memory.tags,
            metadata: memory.metadata,
            date_ns: memory.date_ns,
            assets: memory.assets.into_iter().map(ExportedAsset::new).collect(),
            visibility: memory.visibility,
            created_at_time_ns: memory.created_at,
            updated_at_time_ns: memory.updated_at,
            grants,
        }
    }
}

impl ExportedAsset {
    fn new(asset: Asset) -> Self {
        Self {
            variant: asset.variant,
            content_type: asset.content_type,
            file_name: asset.file_name,
            size: asset.len,
            sha256_hex: to_hex(&asset.hash),
        }
    }
}

impl ExportedGallery {
    pub(crate) fn new(id: Id, gallery: Gallery, grants: Vec<Grant>) -> Self {
        Self {
            gallery_id: id.to_string(),
            created_by: gallery.created_by,
            title: gallery.title,
            description: gallery.description,
            items: gallery.items.iter().map(Id::to_string).collect(),
            visibility: gallery.visibility,
            created_at_time_ns: gallery.created_at,
            updated_at_time_ns: gallery.updated_at,
            grants,
        }
    }
}
