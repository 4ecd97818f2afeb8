//! Settings of a new canister, but for its controllers.

use candid::{CandidType, Deserialize, Nat, Principal};
use ic_management_canister_types as ic;
use serde::Serialize;

/// What is left out has the IC's default.
#[derive(CandidType, Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
pub struct CanisterSettings {
    /// Percent of a core.
    pub compute_allocation: Option<u128>,
    /// Bytes.
    pub memory_allocation: Option<u128>,
    /// Seconds that the balance must last for, or the canister freezes.
    pub freezing_threshold: Option<u128>,
    /// Cycles.
    pub reserved_cycles_limit: Option<u128>,
    /// Bytes.
    pub wasm_memory_limit: Option<u128>,
    /// Bytes that are left when `canister_on_low_wasm_memory` runs.
    pub wasm_memory_threshold: Option<u128>,
    pub log_visibility: Option<ic::LogVisibility>,
    pub environment_variables: Option<Vec<ic::EnvironmentVariable>>,
}

impl CanisterSettings {
    /// As the management canister takes them.
    pub fn with_controllers(&self, controllers: Vec<Principal>) -> ic::CanisterSettings {
        let nat = |amount: Option<u128>| amount.map(Nat::from);
        ic::CanisterSettings {
            controllers: Some(controllers),
            compute_allocation: nat(self.compute_allocation),
            memory_allocation: nat(self.memory_allocation),
            freezing_threshold: nat(self.freezing_threshold),
            reserved_cycles_limit: nat(self.reserved_cycles_limit),
            wasm_memory_limit: nat(self.wasm_memory_limit),
            wasm_memory_threshold: nat(self.wasm_memory_threshold),
            log_visibility: self.log_visibility.clone(),
            environment_variables: self.environment_variables.clone(),
            ..ic::CanisterSettings::default()
        }
    }
}
