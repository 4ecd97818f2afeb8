//! The backend: the hub where users' capsules live until they get a canister of their own.
//!
//! `api` holds the methods, by concern. Below it: `host` for uploads, capsules and what is certified
//! of them, `users`, `events` and `config` for the rest of the state, `access` for who may call what,
//! `http` for what browsers and monitors see, `maintenance` for what goes on by itself. `memory` says
//! what lies where. The rules of capsules are in the crate `capsule`. `creation` moves a capsule to a
//! canister of its own; it is left out without the feature `personal_canister_creation`.

mod access;
mod api;
#[path = "../../capsule_api/assets.rs"]
mod assets;
mod config;
#[cfg(feature = "personal_canister_creation")]
mod creation;
#[path = "../../capsule_api/entropy.rs"]
mod entropy;
mod environment;
mod error;
mod events;
#[path = "../../capsule_api/host.rs"]
mod host;
mod http;
mod lifecycle;
mod maintenance;
mod memory;
mod metadata;
#[path = "../../capsule_api/metering.rs"]
mod metering;
#[path = "../../capsule_api/pages.rs"]
mod pages;
mod users;

/// The interface that is checked in is that of all features.
#[cfg(all(test, feature = "personal_canister_creation"))]
mod interface;
