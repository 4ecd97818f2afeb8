//! For the owner and controllers: limits.

use candid::{CandidType, Deserialize};

use crate::access::Access;
use crate::api::{caller_with, typed};
use crate::config::{self, ConfigUpdate};
use crate::environment::{Environment, Ic};
use crate::error::PersonalResult;
use crate::events::{self, EventKind};

/// All limits as they are in force. Sizes in bytes.
#[derive(CandidType, Deserialize, Clone, Debug)]
pub struct ConfigInfo {
    pub max_memories_per_capsule: u64,
    pub max_bytes_per_capsule: u64,
    pub max_galleries_per_capsule: u32,
    pub max_items_per_gallery: u32,
    pub max_connections_per_capsule: u32,
    pub max_grants_per_item: u32,
    pub max_tags_per_memory: u32,
    pub max_metadata_per_memory: u32,
    pub max_assets_per_memory: u32,
    pub max_upload_size: u64,
    pub upload_ttl_seconds: u64,
    pub max_open_uploads_per_user: u32,
    pub max_uploads_per_user: u32,
    pub max_stored_bytes: u64,
    pub max_token_seconds: u64,
    pub min_cycles: u128,
    pub import_ttl_seconds: u64,
    pub max_inline_size: u32,
    pub max_chunk_size: u32,
    pub max_chunks_per_upload: u32,
    pub max_name_size: u32,
    pub max_description_size: u32,
    pub max_tag_size: u32,
    pub max_metadata_key_size: u32,
    pub max_metadata_value_size: u32,
    pub max_file_name_size: u32,
    pub max_page: u32,
}

/// Changes limits, all that are given or none.
#[ic_cdk::update]
fn update_config(update: ConfigUpdate) -> PersonalResult<ConfigInfo> {
    let updated = caller_with(Access::Admin).and_then(|caller| {
        config::update(update)?;
        events::record(Ic.now(), caller, EventKind::ConfigUpdated);
        Ok(get_config())
    });
    typed("update_config", updated)
}

#[ic_cdk::query]
fn get_config() -> ConfigInfo {
    let config = config::get();
    let capsules = config.capsules;
    ConfigInfo {
        max_memories_per_capsule: capsules.max_memories_per_capsule,
        max_bytes_per_capsule: capsules.max_bytes_per_capsule,
        max_galleries_per_capsule: capsules.max_galleries_per_capsule,
        max_items_per_gallery: capsules.max_items_per_gallery,
        max_connections_per_capsule: capsules.max_connections_per_capsule,
        max_grants_per_item: capsules.max_grants_per_item,
        max_tags_per_memory: capsules.max_tags_per_memory,
        max_metadata_per_memory: capsules.max_metadata_per_memory,
        max_assets_per_memory: capsules.max_assets_per_memory,
        max_upload_size: config.max_upload_size,
        upload_ttl_seconds: config.upload_ttl_seconds,
        max_open_uploads_per_user: config.max_open_uploads_per_user,
        max_uploads_per_user: config.max_uploads_per_user,
        max_stored_bytes: config.max_stored_bytes,
        max_token_seconds: config.max_token_seconds,
        min_cycles: config.min_cycles,
        import_ttl_seconds: config.import_ttl_seconds,
        max_inline_size: capsule::MAX_INLINE_BYTES,
        max_chunk_size: chunked_upload::MAX_CHUNK_BYTES,
        max_chunks_per_upload: chunked_upload::MAX_CHUNKS,
        max_name_size: capsule::MAX_NAME_BYTES,
        max_description_size: capsule::MAX_DESCRIPTION_BYTES,
        max_tag_size: capsule::MAX_TAG_BYTES,
        max_metadata_key_size: capsule::MAX_METADATA_KEY_BYTES,
        max_metadata_value_size: capsule::MAX_METADATA_VALUE_BYTES,
        max_file_name_size: capsule::MAX_FILE_NAME_BYTES,
        max_page: capsule::MOST_LISTED,
    }
}
