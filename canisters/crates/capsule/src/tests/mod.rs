//! The rules of capsules, on memory of the host.

mod access;
mod galleries;
mod memories;
mod random;
mod stage;
