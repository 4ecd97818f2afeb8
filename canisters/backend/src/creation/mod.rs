//! Personal canisters: a capsule moves from the hub to a canister of its owner's own.
//!
//! A creation is a record in stable memory, one a user. Its step names what is done next or was done
//! last; it is written before calls to other canisters and again after their answers, so that
//! whatever interrupts the hub in between, a timer goes on.
//!
//! - `types`, `error`: what callers send and are told
//! - `record`, `table`: what is kept, and in which order creations have their turn
//! - `requests`, `status`, `auth`: what may be asked for and by whom, and what is told
//! - `orchestrator`: the loop; what comes after each answer, and what the end means for the rest
//! - `export`, `factory`, `import`, `verify`, `clearing`: the steps, by concern
//! - `release`: the hub's copy goes
//! - `cycles`, `registry`, `receipts`, `statistics`, `settings`, `wasm`: the rest of the state
//! - `network`, `personal`: calls to other canisters; `in_flight`: those that are under way

pub mod auth;
mod clearing;
pub mod cycles;
mod error;
mod export;
mod factory;
mod import;
mod in_flight;
mod kept_error;
mod network;
pub mod orchestrator;
mod personal;
pub mod receipts;
mod record;
pub mod registry;
pub mod release;
pub mod requests;
pub mod settings;
mod statistics;
pub mod status;
mod table;
pub mod types;
mod verify;
pub mod wasm;

#[cfg(test)]
mod tests;

pub use error::CreationError;
pub use in_flight::count as waiting;
pub use network::Network;
pub use orchestrator::{drive, resume_all};
