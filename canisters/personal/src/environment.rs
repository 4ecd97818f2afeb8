//! What the personal canister needs of the IC around it, so that its rules can be tested without one.

use candid::Principal;

pub trait Environment {
    /// Nanoseconds since 1970-01-01.
    fn now(&self) -> u64;
    fn canister_id(&self) -> Principal;
    fn cycles_balance(&self) -> u128;
    fn is_controller(&self, principal: Principal) -> bool;
    /// Makes a hash what the IC certifies of the canister.
    fn certify(&self, root_hash: [u8; 32]);
    /// Notes that a caller has changed the capsule.
    fn note_change(&self);
    /// Goes on with what is left to do in a message of its own.
    fn work_later(&self);
}

/// The IC itself.
#[derive(Clone, Copy)]
pub struct Ic;

impl Environment for Ic {
    fn now(&self) -> u64 {
        ic_cdk::api::time()
    }

    fn canister_id(&self) -> Principal {
        ic_cdk::api::canister_self()
    }

    fn cycles_balance(&self) -> u128 {
        ic_cdk::api::canister_cycle_balance()
    }

    fn is_controller(&self, principal: Principal) -> bool {
        ic_cdk::api::is_controller(&principal)
    }

    fn certify(&self, root_hash: [u8; 32]) {
        ic_cdk::api::certified_data_set(root_hash);
    }

    fn note_change(&self) {
        crate::import::note_change();
    }

    fn work_later(&self) {
        crate::maintenance::work_soon();
    }
}
