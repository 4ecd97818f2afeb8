//! Work that takes several calls to other canisters: making, upgrading and deleting a canister.
//!
//! An operation is a record in stable memory. Its stage names the call that is made next or was made
//! last; it is written before the call and again after the answer, so that whatever interrupts the
//! factory in between, a timer finishes the operation or undoes it.
//!
//! - `record`: what is kept
//! - `requests`: from a caller's wish to an operation, everything checked and reserved
//! - `calls`: from a stage to the calls that it makes
//! - `stages`: from a stage and its answer to the next stage; no side effects
//! - `driver`: the loop, and what the end of an operation means for the rest of the state

mod calls;
mod driver;
mod record;
mod requests;
mod settings;
mod stages;
mod table;

#[cfg(test)]
mod tests;

pub use driver::{drive, mark_deleted, outcome};
pub use record::{Kind, Operation, OperationInfo, Stage};
pub use requests::{
    Controllers, CreatePlan, InstallPlan, begin_creation, begin_deletion, begin_installation,
    check_balance, check_fee, managed,
};
pub use settings::CanisterSettings;
pub use stages::MOST_ATTEMPTS;
pub use table::{
    OperationList, check_free, get, list, open, open_count, promised_cycles, with_key,
};
