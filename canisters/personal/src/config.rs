//! Limits, with their defaults.

use std::cell::RefCell;

use candid::{CandidType, Deserialize};
use capsule::{ImportLimits, Limits};
use chunked_upload::Policy;
use ic_stable_structures::StableCell;
use serde::Serialize;
use stable_record::storable_as_cbor;

use crate::error::{PersonalError, PersonalResult};
use crate::memory::{self, Memory};

const NANOSECONDS: u64 = 1_000_000_000;
const GIBIBYTE: u64 = 1024 * 1024 * 1024;

/// As much is hashed within one message, of 40 billion instructions.
const MAX_UPLOAD_BYTES: u64 = 400 * 1024 * 1024;
/// What stable memory has room for, with some left for all that is no blob.
const MAX_STORED_BYTES: u64 = 450 * GIBIBYTE;
/// The galleries are gone through to find that none holds itself.
const MAX_GALLERIES: u32 = 10_000;
/// Each is rewritten when something in it goes.
const MAX_ITEMS: u32 = 10_000;
/// A memory is one record, and has to fit a reply.
const MAX_PER_MEMORY: u32 = 200;
const MAX_ASSETS: u32 = 32;

/// All limits, as they are kept. Sizes in bytes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Config {
    pub capsules: Limits,
    pub max_upload_size: u64,
    pub upload_ttl_seconds: u64,
    pub max_open_uploads_per_user: u32,
    pub max_uploads_per_user: u32,
    pub max_stored_bytes: u64,
    pub max_token_seconds: u64,
    pub min_cycles: u128,
    pub import_ttl_seconds: u64,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            capsules: Limits::default(),
            max_upload_size: 200_000_000,
            upload_ttl_seconds: 86_400,
            max_open_uploads_per_user: 10,
            max_uploads_per_user: 1000,
            max_stored_bytes: 400 * GIBIBYTE,
            max_token_seconds: 86_400,
            min_cycles: 500_000_000_000,
            import_ttl_seconds: 604_800,
        }
    }
}

storable_as_cbor!(Config);

/// Limits to change; what is left out stays.
#[derive(CandidType, Deserialize, Clone, Debug, Default)]
pub struct ConfigUpdate {
    pub max_memories_per_capsule: Option<u64>,
    /// Bytes of all different assets.
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
    /// Seconds after which an import that nobody goes on with expires.
    pub import_ttl_seconds: Option<u64>,
}

thread_local! {
    static CONFIG: RefCell<StableCell<Config, Memory>> = RefCell::new(
        StableCell::init(memory::memory(memory::CONFIG), Config::default())
    );
}

pub fn get() -> Config {
    CONFIG.with_borrow(|config| config.get().clone())
}

/// Changes limits, all of them or none.
pub fn update(update: ConfigUpdate) -> PersonalResult<()> {
    let config = changed(get(), update);
    check(&config)?;
    CONFIG.with_borrow_mut(|cell| cell.set(config));
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

/// The rules for the import that follow from the limits.
pub fn import_limits() -> ImportLimits {
    let config = get();
    ImportLimits {
        max_bytes: config.max_stored_bytes.min(config.capsules.max_bytes_per_capsule),
        time_to_live: config.import_ttl_seconds.saturating_mul(NANOSECONDS),
    }
}

fn changed(mut config: Config, update: ConfigUpdate) -> Config {
    fn change<T>(limit: &mut T, new: Option<T>) {
        if let Some(new) = new {
            *limit = new;
        }
    }
    let capsules = &mut config.capsules;
    change(&mut capsules.max_memories_per_capsule, update.max_memories_per_capsule);
    change(&mut capsules.max_bytes_per_capsule, update.max_bytes_per_capsule);
    change(&mut capsules.max_galleries_per_capsule, update.max_galleries_per_capsule);
    change(&mut capsules.max_items_per_gallery, update.max_items_per_gallery);
    change(&mut capsules.max_connections_per_capsule, update.max_connections_per_capsule);
    change(&mut capsules.max_grants_per_item, update.max_grants_per_item);
    change(&mut capsules.max_tags_per_memory, update.max_tags_per_memory);
    change(&mut capsules.max_metadata_per_memory, update.max_metadata_per_memory);
    change(&mut capsules.max_assets_per_memory, update.max_assets_per_memory);
    change(&mut config.max_upload_size, update.max_upload_size);
    change(&mut config.upload_ttl_seconds, update.upload_ttl_seconds);
    change(&mut config.max_open_uploads_per_user, update.max_open_uploads_per_user);
    change(&mut config.max_uploads_per_user, update.max_uploads_per_user);
    change(&mut config.max_stored_bytes, update.max_stored_bytes);
    change(&mut config.max_token_seconds, update.max_token_seconds);
    change(&mut config.min_cycles, update.min_cycles);
    change(&mut config.import_ttl_seconds, update.import_ttl_seconds);
    config
}

fn check(config: &Config) -> PersonalResult<()> {
    let capsules = &config.capsules;
    let bounded: [(&str, u64, u64); 7] = [
        ("max_upload_size", config.max_upload_size, MAX_UPLOAD_BYTES),
        ("max_stored_bytes", config.max_stored_bytes, MAX_STORED_BYTES),
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
            return Err(PersonalError::invalid(name, format!("may be {most} at most")));
        }
    }
    let durations = [
        ("upload_ttl_seconds", config.upload_ttl_seconds),
        ("import_ttl_seconds", config.import_ttl_seconds),
    ];
    match durations.into_iter().find(|(_, seconds)| *seconds == 0) {
        Some((name, _)) => Err(PersonalError::invalid(name, "must be at least 1")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_update_changes_what_it_names_or_nothing() {
        update(ConfigUpdate { max_upload_size: Some(7), ..Default::default() }).unwrap();
        let before = get();
        assert_eq!(before, Config { max_upload_size: 7, ..Config::default() });
        for bad in [
            ConfigUpdate { max_upload_size: Some(MAX_UPLOAD_BYTES + 1), ..Default::default() },
            ConfigUpdate { max_items_per_gallery: Some(MAX_ITEMS + 1), ..Default::default() },
            ConfigUpdate { import_ttl_seconds: Some(0), ..Default::default() },
        ] {
            let bad = ConfigUpdate { max_token_seconds: Some(1), ..bad };
            let refused = update(bad).unwrap_err();
            assert!(refused.message.starts_with("Invalid argument: "), "{}", refused.message);
            assert_eq!(get(), before);
        }
    }
}
