//! What a canister has that holds capsules, one or many.
//!
//! - `host`: uploads, capsules, and what is certified of them, kept in step
//! - `memory`: where it lies in stable memory

mod host;
pub mod memory;

pub use host::{Host, HostBlobs, Memories, ReadBlobs};

#[cfg(test)]
mod tests;
