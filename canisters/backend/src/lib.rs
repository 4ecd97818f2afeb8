//! The backend: the hub where users' capsules live until they get a canister of their own.
//!
//! `api` holds the methods, by concern. Below it: `hub` for uploads, capsules and what is certified
//! of them, `users`, `events` and `config` for the rest of the state, `access` for who may call what,
//! `http` for what browsers and monitors see, `maintenance` for what goes on by itself. `memory` says
//! what lies where. The rules of capsules are in the crate `capsule`.

mod access;
mod api;
mod config;
mod entropy;
mod environment;
mod error;
mod events;
mod http;
mod hub;
mod lifecycle;
mod maintenance;
mod memory;
mod metadata;
mod metering;
mod users;

#[cfg(test)]
mod interface;
