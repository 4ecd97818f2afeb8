//! The rules of capsules, on memory of the host.

mod access;
mod galleries;
mod import;
mod import_random;
mod memories;
mod random;
mod seal;
pub(crate) mod stage;
