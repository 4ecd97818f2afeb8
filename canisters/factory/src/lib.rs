//! The factory: any caller that is let in uploads WASM in chunks, commits it by SHA-256, and has
//! canisters made from it.
//!
//! `api` holds the methods, by concern. Below it: `operations` for all that takes several calls to
//! other canisters, `canisters` for what takes one, `registry`, `uploads`, `templates`, `callers`,
//! `events` and `config` for the state, `access` for who may call what. `memory` says what lies
//! where.

mod access;
mod api;
mod callers;
mod canisters;
mod config;
mod environment;
mod error;
mod events;
mod http;
mod in_flight;
mod lifecycle;
mod maintenance;
mod memory;
mod metadata;
mod metering;
mod operations;
mod registry;
mod statistics;
mod templates;
mod uploads;

#[cfg(test)]
mod interface;
