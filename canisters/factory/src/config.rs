//! Limits and switches, with their defaults.

use std::cell::RefCell;

use candid::{CandidType, Deserialize, Principal};
use chunked_upload::Policy;
use ic_stable_structures::StableCell;
use serde::Serialize;
use stable_record::storable_as_cbor;

use crate::error::{FactoryError, FactoryResult};
use crate::memory::{self, Memory};

const TRILLION: u128 = 1_000_000_000_000;
const NANOSECONDS: u64 = 1_000_000_000;

/// The largest module that the IC installs.
const MAX_MODULE_BYTES: u64 = 100 * 1024 * 1024;
/// Each operation under way may hold calls to the management canister, which takes 500 at a time.
const MAX_OPERATIONS: u32 = 100;

/// All limits, as they are kept. Sizes in bytes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Config {
    pub max_canisters_per_caller: u32,
    pub min_factory_cycles: u128,
    pub max_upload_size: u64,
    pub upload_ttl_seconds: u64,
    pub max_open_uploads_per_caller: u32,
    pub max_uploads_per_caller: u32,
    pub max_stored_bytes: u64,
    pub max_cycles_per_creation: u128,
    pub max_operations: u32,
    pub emergency_stop: bool,
    /// Whether the allowlist is in force; without it everybody is let in.
    pub has_allowlist: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            max_canisters_per_caller: 100,
            min_factory_cycles: 5 * TRILLION,
            max_upload_size: 50_000_000,
            upload_ttl_seconds: 86_400,
            max_open_uploads_per_caller: 10,
            max_uploads_per_caller: 1000,
            max_stored_bytes: 4 * 1024 * 1024 * 1024,
            max_cycles_per_creation: 5 * TRILLION,
            max_operations: 50,
            emergency_stop: false,
            has_allowlist: false,
        }
    }
}

storable_as_cbor!(Config);

/// The argument of the installation; what is left out has its default.
#[derive(CandidType, Deserialize, Clone, Debug, Default)]
pub struct InitArgument {
    pub max_canisters_per_caller: Option<u32>,
    pub min_factory_cycles: Option<u128>,
    /// Who may call; everybody where it is left out.
    pub allowlist: Option<Vec<Principal>>,
    /// Who administrates; the installer where it is left out.
    pub admins: Option<Vec<Principal>>,
    pub max_upload_size: Option<u64>,
    pub upload_ttl_seconds: Option<u64>,
    pub max_open_uploads_per_caller: Option<u32>,
    pub max_uploads_per_caller: Option<u32>,
    pub max_stored_bytes: Option<u64>,
    pub max_cycles_per_creation: Option<u128>,
    pub max_operations: Option<u32>,
}

impl InitArgument {
    pub fn limits(&self) -> ConfigUpdate {
        ConfigUpdate {
            max_canisters_per_caller: self.max_canisters_per_caller,
            min_factory_cycles: self.min_factory_cycles,
            max_upload_size: self.max_upload_size,
            upload_ttl_seconds: self.upload_ttl_seconds,
            max_open_uploads_per_caller: self.max_open_uploads_per_caller,
            max_uploads_per_caller: self.max_uploads_per_caller,
            max_stored_bytes: self.max_stored_bytes,
            max_cycles_per_creation: self.max_cycles_per_creation,
            max_operations: self.max_operations,
        }
    }
}

/// Limits to change; what is left out stays.
#[derive(CandidType, Deserialize, Clone, Debug, Default)]
pub struct ConfigUpdate {
    pub max_canisters_per_caller: Option<u32>,
    /// Cycles that the factory keeps for itself.
    pub min_factory_cycles: Option<u128>,
    /// Bytes of one upload, at most 100 MiB.
    pub max_upload_size: Option<u64>,
    /// Seconds after which an upload that nobody touches or uses expires.
    pub upload_ttl_seconds: Option<u64>,
    pub max_open_uploads_per_caller: Option<u32>,
    pub max_uploads_per_caller: Option<u32>,
    /// Bytes of all uploads together.
    pub max_stored_bytes: Option<u64>,
    /// Cycles that a caller who is no admin may have attached to a new canister.
    pub max_cycles_per_creation: Option<u128>,
    /// Operations that are under way at the same time, at most 100.
    pub max_operations: Option<u32>,
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
pub fn update(update: ConfigUpdate) -> FactoryResult<()> {
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
        max_open: config.max_open_uploads_per_caller,
        max_per_owner: config.max_uploads_per_caller,
        time_to_live: config.upload_ttl_seconds.saturating_mul(NANOSECONDS),
    }
}

fn changed(mut config: Config, update: ConfigUpdate) -> Config {
    fn change<T>(limit: &mut T, new: Option<T>) {
        if let Some(new) = new {
            *limit = new;
        }
    }
    change(&mut config.max_canisters_per_caller, update.max_canisters_per_caller);
    change(&mut config.min_factory_cycles, update.min_factory_cycles);
    change(&mut config.max_upload_size, update.max_upload_size);
    change(&mut config.upload_ttl_seconds, update.upload_ttl_seconds);
    change(&mut config.max_open_uploads_per_caller, update.max_open_uploads_per_caller);
    change(&mut config.max_uploads_per_caller, update.max_uploads_per_caller);
    change(&mut config.max_stored_bytes, update.max_stored_bytes);
    change(&mut config.max_cycles_per_creation, update.max_cycles_per_creation);
    change(&mut config.max_operations, update.max_operations);
    config
}

fn check(config: &Config) -> FactoryResult<()> {
    if config.max_upload_size > MAX_MODULE_BYTES {
        let problem = format!("is over {MAX_MODULE_BYTES} bytes, the most that the IC installs");
        return Err(FactoryError::invalid("max_upload_size", problem));
    }
    if !(1..=MAX_OPERATIONS).contains(&config.max_operations) {
        let problem = format!("must be from 1 to {MAX_OPERATIONS}");
        return Err(FactoryError::invalid("max_operations", problem));
    }
    if config.upload_ttl_seconds == 0 {
        return Err(FactoryError::invalid("upload_ttl_seconds", "must be at least 1"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_those_that_are_documented() {
        let config = get();
        assert_eq!(config.max_canisters_per_caller, 100);
        assert_eq!(config.min_factory_cycles, 5_000_000_000_000);
        assert_eq!(config.max_upload_size, 50_000_000);
        assert_eq!(config.upload_ttl_seconds, 86_400);
        assert_eq!(config.max_open_uploads_per_caller, 10);
        assert!(!config.has_allowlist && !config.emergency_stop);
    }

    #[test]
    fn what_is_left_out_of_an_update_stays() {
        update(ConfigUpdate { max_upload_size: Some(7), ..Default::default() }).unwrap();
        update(ConfigUpdate { max_stored_bytes: Some(8), ..Default::default() }).unwrap();
        let config = get();
        assert_eq!((config.max_upload_size, config.max_stored_bytes), (7, 8));
        assert_eq!(config.max_canisters_per_caller, 100);
    }

    #[test]
    fn an_update_with_one_bad_limit_changes_none() {
        for bad in [
            ConfigUpdate { max_upload_size: Some(MAX_MODULE_BYTES + 1), ..Default::default() },
            ConfigUpdate { max_operations: Some(0), ..Default::default() },
            ConfigUpdate { max_operations: Some(101), ..Default::default() },
            ConfigUpdate { upload_ttl_seconds: Some(0), ..Default::default() },
        ] {
            let bad = ConfigUpdate { max_canisters_per_caller: Some(1), ..bad };
            let refused = update(bad).unwrap_err();
            assert!(refused.message.starts_with("Invalid argument: "), "{}", refused.message);
            assert_eq!(get(), Config::default());
        }
    }
}
