//! A canister without behaviour of its own: it runs the program that a message brings along.
//!
//! A program is a byte string for a small stack machine (see [`program`] for its encoding and
//! [`machine`] for its meaning). `canister_init`, `canister_post_upgrade`, `update`, `query` and
//! `composite_query` run their argument; the other entry points run a program that was stored
//! by `SetHook` before. Any mistake in a program traps with a text that says what it was.

pub mod entry_points;
mod machine;
mod memory;
mod program;
mod state;
mod system_api;
mod value;
