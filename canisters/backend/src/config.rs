//! Limits and switches, with their defaults.

use std::cell::RefCell;

use candid::{CandidType, Deserialize, Principal};
use capsule::Limits;
use chunked_upload::Policy;
use ic_stable_structures::StableCell;
use serde::Serialize;
use stable_record::storable_as_cbor;

use crate::error::{BackendError, BackendResult};
use crate::memory::{self, Memory};

const NANOSECONDS: u64 = 1_000_000_000;
const GIBIBYTE: u64 = 1024 * 1024 * 1024;

/// As much is hashed within one message, of 40 billion instructions.
const MAX_UPLOAD_BYTES: u64 = 400 * 1024 * 1024;
/// What stable memory has room for, with some left for all that is no blob.
const MAX_STORED_BYTES: u64 = 450 * GIBIBYTE;
/// A capsule's galleries are gone through to find that none holds itself.
const MAX_GALLERIES: u32 = 10_000;
/// Each is rewritten when something in it goes.
const MAX_ITEMS: u32 = 10_000;
/// A memory is one record, and has to fit a reply.
const MAX_PER_MEMORY: u32 = 200;
const MAX_ASSETS: u32 = 32;
const MAX_CAPSULES: u32 = 1000;

/// All limits, as they are kept. Sizes in bytes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Config {
    pub capsules: Limits,
    pub max_users: u64,
    pub max_upload_size: u64,
    pub upload_ttl_seconds: u64,
    pub max_open_uploads_per_user: u32,
    pub max_uploads_per_user: u32,
    pub max_stored_bytes: u64,
    pub max_token_seconds: u64,
    pub min_cycles: u128,
    pub emergency_stop: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            capsules: Limits::default(),
            max_users: 1_000_000,
            max_upload_size: 200_000_000,
            upload_ttl_seconds: 86_400,
            max_open_uploads_per_user: 10,
            max_uploads_per_user: 1000,
            max_stored_bytes: 400 * GIBIBYTE,
            max_token_seconds: 86_400,
            min_cycles: 1_000_000_000_000,
            emergency_stop: false,
        }
    }
}

storable_as_cbor!(Config);

/// The argument of the installation; what is left out has its default.
#[derive(CandidType, Deserialize, Clone, Debug, Default)]
pub struct InitArgument {
    /// Who administrates; the installer where it is left out.
    pub admins: Option<Vec<Principal>>,
    pub config: Option<ConfigUpdate>,
}

/// Limits to change; what is left out stays.
#[derive(CandidType, Deserialize, Clone, Debug, Default)]
pub struct ConfigUpdate {
    pub max_users: Option<u64>,
    /// At most 1,000.
    pub max_capsules_per_user: Option<u32>,
    pub max_memories_per_capsule: Option<u64>,
    /// Bytes of all different assets of a capsule.
    pub max_bytes_per_capsule: Option<u64>,
    /// At most 10,000.
    pub max_galleries_per_capsule: Option<u32>,
    /// At most 10,000.
    pub max_items_per_gallery: Option<u32>,
    pub max_connections_per_capsule: Option<u32>,
    pub max_grants_per_item: Option<u32>,
    /// At most 200.
    pub max_tags_per_memory: Option<u32>,
    /// At most 200.
    pub max_metadata_per_memory: Option<u32>,
    /// At most 32.
    pub max_assets_per_memory: Option<u32>,
    /// Bytes of one upload, at most 400 MiB.
    pub max_upload_size: Option<u64>,
    /// Seconds after which an upload that nobody touches expires.
    pub upload_ttl_seconds: Option<u64>,
    pub max_open_uploads_per_user: Option<u32>,
    pub max_uploads_per_user: Option<u32>,
    /// Bytes of all uploads and assets together, at most 450 GiB.
    pub max_stored_bytes: Option<u64>,
    /// Seconds that a token for a private asset is good for.
    pub max_token_seconds: Option<u64>,
    /// Cycles below which `health_check` finds a problem.
    pub min_cycles: Option<u128>,
}

thread_local! {
    static CONFIG: RefCell<StableCell<Config, Memory>> = RefCell::new(
        StableCell::init(memory::memory(memory::CONFIG), Config::default())
    );
}

pub fn get() -> Config {
    CONFIG.with_borrow(|config| config.get().clone())
}

pub fn set(config: Config) {
    CONFIG.with_borrow_mut(|cell| cell.set(config));
}

/// Changes limits, all of them or none.
pub fn update(update: ConfigUpdate) -> BackendResult<()> {
    let config = changed(get(), update);
    check(&config)?;
    set(config);
    Ok(())
}

/// The rules for uploads that follow from the limits.
pub fn upload_policy() -> Policy {
    let config = get();
    Policy {
        max_len: config.max_upload_size,
        max_stored: config.max_stored_bytes,
        max_open: config.max_open_uploads_per_user,
        max_per_owner: config.max_uploads_per_user,
        time_to_live: config.upload_ttl_seconds.saturating_mul(NANOSECONDS),
    }
}

fn changed(mut config: Config, update: ConfigUpdate) -> Config {
    fn change<T>(limit: &mut T, new: Option<T>) {
        if let Some(new) = new {
            *limit = new;
        }
    }
    let capsules = &mut config.capsules;
    change(&mut capsules.max_capsules_per_user, update.max_capsules_per_user);
    change(&mut capsules.max_memories_per_capsule, update.max_memories_per_capsule);
    change(&mut capsules.max_bytes_per_capsule, update.max_bytes_per_capsule);
    change(&mut capsules.max_galleries_per_capsule, update.max_galleries_per_capsule);
    change(&mut capsules.max_items_per_gallery, update.max_items_per_gallery);
    change(&mut capsules.max_connections_per_capsule, update.max_connections_per_capsule);
    change(&mut capsules.max_grants_per_item, update.max_grants_per_item);
    change(&mut capsules.max_tags_per_memory, update.max_tags_per_memory);
    change(&mut capsules.max_metadata_per_memory, update.max_metadata_per_memory);
    change(&mut capsules.max_assets_per_memory, update.max_assets_per_memory);
    change(&mut config.max_users, update.max_users);
    change(&mut config.max_upload_size, update.max_upload_size);
    change(&mut config.upload_ttl_seconds, update.upload_ttl_seconds);
    change(&mut config.max_open_uploads_per_user, update.max_open_uploads_per_user);
    change(&mut config.max_uploads_per_user, update.max_uploads_per_user);
    change(&mut config.max_stored_bytes, update.max_stored_bytes);
    change(&mut config.max_token_seconds, update.max_token_seconds);
    change(&mut config.min_cycles, update.min_cycles);
    config
}

fn check(config: &Config) -> BackendResult<()> {
    let capsules = &config.capsules;
    let bounded: [(&str, u64, u64); 8] = [
        ("max_upload_size", config.max_upload_size, MAX_UPLOAD_BYTES),
        ("max_stored_bytes", config.max_stored_bytes, MAX_STORED_BYTES),
        ("max_capsules_per_user", capsules.max_capsules_per_user.into(), MAX_CAPSULES.into()),
        (
            "max_galleries_per_capsule",
            capsules.max_galleries_per_capsule.into(),
            MAX_GALLERIES.into(),
        ),
        ("max_items_per_gallery", capsules.max_items_per_gallery.into(), MAX_ITEMS.into()),
        ("max_tags_per_memory", capsules.max_tags_per_memory.into(), MAX_PER_MEMORY.into()),
        ("max_metadata_per_memory", capsules.max_metadata_per_memory.into(), MAX_PER_MEMORY.into()),
        ("max_assets_per_memory", capsules.max_assets_per_memory.into(), MAX_ASSETS.into()),
    ];
    for (name, limit, most) in bounded {
        if limit > most {
            return Err(BackendError::invalid(name, format!("may be {most} at most")));
        }
    }
    if config.upload_ttl_seconds == 0 {
        return Err(BackendError::invalid("upload_ttl_seconds", "must be at least 1"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_of_an_update_stays() {
        update(ConfigUpdate { max_upload_size: Some(7), ..Default::default() }).unwrap();
        update(ConfigUpdate { max_tags_per_memory: Some(8), ..Default::default() }).unwrap();
        let config = get();
        assert_eq!((config.max_upload_size, config.capsules.max_tags_per_memory), (7, 8));
        assert_eq!(config.capsules.max_capsules_per_user, 10);
    }

    #[test]
    fn an_update_with_one_bad_limit_changes_none() {
        for bad in [
            ConfigUpdate { max_upload_size: Some(MAX_UPLOAD_BYTES + 1), ..Default::default() },
            ConfigUpdate { max_items_per_gallery: Some(MAX_ITEMS + 1), ..Default::default() },
            ConfigUpdate { upload_ttl_seconds: Some(0), ..Default::default() },
        ] {
            let bad = ConfigUpdate { max_users: Some(1), ..bad };
            let refused = update(bad).unwrap_err();
            assert!(refused.message.starts_with("Invalid argument: "), "{}", refused.message);
            assert_eq!(get(), Config::default());
        }
    }
}
