//! The switch and the limits of personal canisters.

use std::cell::RefCell;

use candid::{CandidType, Deserialize};
use ic_stable_structures::StableCell;
use serde::Serialize;
use stable_record::storable_as_cbor;

use crate::creation::error::CreationError;
use crate::memory::{self, Memory};

const MOST_CONCURRENT: u32 = 50;
const MOST_QUEUED: u32 = 100_000;
const MOST_ATTEMPTS: u32 = 20;

/// All limits as they are in force.
#[derive(CandidType, Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(default)]
pub struct PersonalCanisterCreationConfig {
    /// Where it is off nothing new is taken in and nothing that is queued begins; what runs goes on.
    pub enabled: bool,
    /// Attached to a new canister, the fee for its creation included.
    pub cycles_per_creation: u128,
    pub max_concurrent_creations: u32,
    pub max_queued_creations: u32,
    /// How often in a row a call is made that is refused for the moment.
    pub max_attempts: u32,
}

/// What is to change; what is left out stays.
#[derive(CandidType, Deserialize, Clone, Debug, Default)]
pub struct PersonalCanisterCreationConfigUpdate {
    pub enabled: Option<bool>,
    pub cycles_per_creation: Option<u128>,
    /// At most 50.
    pub max_concurrent_creations: Option<u32>,
    /// At most 100,000.
    pub max_queued_creations: Option<u32>,
    /// At most 20.
    pub max_attempts: Option<u32>,
}

impl Default for PersonalCanisterCreationConfig {
    fn default() -> Self {
        Self {
            enabled: true,
            cycles_per_creation: 2_000_000_000_000,
            max_concurrent_creations: 5,
            max_queued_creations: 1000,
            max_attempts: 5,
        }
    }
}

storable_as_cbor!(PersonalCanisterCreationConfig);

thread_local! {
    static CONFIG: RefCell<StableCell<PersonalCanisterCreationConfig, Memory>> = RefCell::new(
        StableCell::init(memory::memory(memory::creation::CREATION_CONFIG), Default::default())
    );
}

pub fn get() -> PersonalCanisterCreationConfig {
    CONFIG.with_borrow(|config| config.get().clone())
}

pub fn set_enabled(enabled: bool) {
    set(PersonalCanisterCreationConfig { enabled, ..get() });
}

fn set(config: PersonalCanisterCreationConfig) {
    CONFIG.with_borrow_mut(|cell| cell.set(config));
}

/// Changes limits, all of them or none; a canister costs at least `fee` cycles.
pub fn update(
    update: PersonalCanisterCreationConfigUpdate,
    fee: u128,
) -> Result<(), CreationError> {
    let old = get();
    let config = PersonalCanisterCreationConfig {
        enabled: update.enabled.unwrap_or(old.enabled),
        cycles_per_creation: update.cycles_per_creation.unwrap_or(old.cycles_per_creation),
        max_concurrent_creations: update
            .max_concurrent_creations
            .unwrap_or(old.max_concurrent_creations),
        max_queued_creations: update.max_queued_creations.unwrap_or(old.max_queued_creations),
        max_attempts: update.max_attempts.unwrap_or(old.max_attempts),
    };
    check(&config, fee)?;
    set(config);
    Ok(())
}

fn check(config: &PersonalCanisterCreationConfig, fee: u128) -> Result<(), CreationError> {
    let bounded = [
        ("max_concurrent_creations", config.max_concurrent_creations, MOST_CONCURRENT),
        ("max_queued_creations", config.max_queued_creations, MOST_QUEUED),
        ("max_attempts", config.max_attempts, MOST_ATTEMPTS),
    ];
    for (name, value, most) in bounded {
        if value == 0 || value > most {
            return Err(CreationError::invalid(name, format!("must be 1 to {most}")));
        }
    }
    if config.cycles_per_creation < fee {
        let problem = format!("must be at least {fee}, which the IC takes for a new canister");
        return Err(CreationError::invalid("cycles_per_creation", problem));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_update_with_one_bad_limit_changes_none() {
        let good =
            || PersonalCanisterCreationConfigUpdate { enabled: Some(false), ..Default::default() };
        for bad in [
            PersonalCanisterCreationConfigUpdate { max_attempts: Some(0), ..good() },
            PersonalCanisterCreationConfigUpdate { max_concurrent_creations: Some(51), ..good() },
            PersonalCanisterCreationConfigUpdate { cycles_per_creation: Some(6), ..good() },
        ] {
            assert!(matches!(update(bad, 7), Err(CreationError::InvalidArgument { .. })));
            assert_eq!(get(), PersonalCanisterCreationConfig::default());
        }
        update(good(), 7).unwrap();
        assert!(!get().enabled);
    }
}
