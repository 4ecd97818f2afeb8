//! The rules of capsules, on memory of the host.

mod access;
mod galleries;
mod memories;
mod random;
pub(crate) mod stage;
