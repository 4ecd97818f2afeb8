//! The personal canister: one capsule, which comes from a hub and is its owner's alone then.
//!
//! `api` holds the methods, by concern; those that the hub has too are in `capsule_api`. Below it:
//! `setup` for whose canister it is, `import` for how the capsule comes in, `host` for uploads, the
//! capsule and what is certified of it, `events` and `config` for the rest of the state, `access` for
//! who may call what, `http` and `page` for what browsers and monitors see, `maintenance` for what
//! goes on by itself. `memory` says what lies where. The rules of capsules and of the import are in
//! the crate `capsule`.

mod access;
mod api;
#[path = "../../capsule_api/assets.rs"]
mod assets;
mod config;
#[path = "../../capsule_api/entropy.rs"]
mod entropy;
mod environment;
mod error;
mod events;
#[cfg(feature = "faults")]
mod faults;
#[path = "../../capsule_api/host.rs"]
mod host;
mod http;
mod import;
mod lifecycle;
mod maintenance;
mod memory;
mod metadata;
#[path = "../../capsule_api/metering.rs"]
mod metering;
mod page;
#[path = "../../capsule_api/pages.rs"]
mod pages;
mod setup;

#[cfg(test)]
mod interface;
