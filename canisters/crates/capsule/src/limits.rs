//! How much of everything there may be.

use serde::{Deserialize, Serialize};

/// The most bytes of an asset that comes with its memory; a larger one is uploaded first.
pub const MAX_INLINE_BYTES: u32 = 32 * 1024;
/// Bytes of a name, a title, a relation.
pub const MAX_NAME_BYTES: u32 = 200;
pub const MAX_DESCRIPTION_BYTES: u32 = 4000;
pub const MAX_TAG_BYTES: u32 = 64;
pub const MAX_METADATA_KEY_BYTES: u32 = 64;
pub const MAX_METADATA_VALUE_BYTES: u32 = 1024;
pub const MAX_FILE_NAME_BYTES: u32 = 255;
/// The most things in a page of a list.
pub const MOST_LISTED: u32 = 100;

/// Limits that a canister's admins may change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Limits {
    pub max_capsules_per_user: u32,
    pub max_memories_per_capsule: u64,
    /// Bytes of all different assets of a capsule.
    pub max_bytes_per_capsule: u64,
    pub max_galleries_per_capsule: u32,
    pub max_items_per_gallery: u32,
    pub max_connections_per_capsule: u32,
    pub max_grants_per_item: u32,
    pub max_tags_per_memory: u32,
    pub max_metadata_per_memory: u32,
    pub max_assets_per_memory: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_capsules_per_user: 10,
            max_memories_per_capsule: 100_000,
            max_bytes_per_capsule: 10 * 1024 * 1024 * 1024,
            max_galleries_per_capsule: 1000,
            max_items_per_gallery: 1000,
            max_connections_per_capsule: 1000,
            max_grants_per_item: 100,
            max_tags_per_memory: 50,
            max_metadata_per_memory: 50,
            max_assets_per_memory: 16,
        }
    }
}
