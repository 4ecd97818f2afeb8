//! The functions that the replica calls.

use crate::machine;
use crate::program::{Callback, Hook};
use crate::state;
use crate::system_api;

fn run(program: &[u8]) {
    if let Err(error) = machine::run(program) {
        system_api::trap(&format!("universal canister: {error}"));
    }
}

fn run_argument() {
    run(&system_api::argument());
}

fn run_hook(hook: Hook) {
    if let Some(program) = state::hook(hook) {
        run(&program);
    }
}

fn run_callback(environment: usize, callback: Callback) {
    match state::take_callback(environment as u32, callback) {
        Some(program) => run(&program),
        None => system_api::trap("universal canister: unknown callback environment"),
    }
}

extern "C" fn on_reply(environment: usize) {
    run_callback(environment, Callback::Reply);
}

extern "C" fn on_reject(environment: usize) {
    run_callback(environment, Callback::Reject);
}

extern "C" fn on_cleanup(environment: usize) {
    run_callback(environment, Callback::Cleanup);
}

/// The table index of the function that runs this callback.
pub(crate) fn callback_function(callback: Callback) -> usize {
    let function: extern "C" fn(usize) = match callback {
        Callback::Reply => on_reply,
        Callback::Reject => on_reject,
        Callback::Cleanup => on_cleanup,
    };
    function as usize
}

#[cfg_attr(target_arch = "wasm32", unsafe(export_name = "canister_init"))]
pub extern "C" fn init() {
    run_argument();
}

#[cfg_attr(target_arch = "wasm32", unsafe(export_name = "canister_post_upgrade"))]
pub extern "C" fn post_upgrade() {
    run_argument();
}

#[cfg_attr(target_arch = "wasm32", unsafe(export_name = "canister_update update"))]
pub extern "C" fn update() {
    run_argument();
}

#[cfg_attr(target_arch = "wasm32", unsafe(export_name = "canister_query query"))]
pub extern "C" fn query() {
    run_argument();
}

#[cfg_attr(
    target_arch = "wasm32",
    unsafe(export_name = "canister_composite_query composite_query")
)]
pub extern "C" fn composite_query() {
    run_argument();
}

/// Runs a stored program, so that the argument is free for other use.
#[cfg_attr(target_arch = "wasm32", unsafe(export_name = "canister_update stored"))]
pub extern "C" fn stored() {
    run_hook(Hook::Stored);
}

#[cfg_attr(target_arch = "wasm32", unsafe(export_name = "canister_query transform"))]
pub extern "C" fn transform() {
    run_hook(Hook::Transform);
}

#[cfg_attr(target_arch = "wasm32", unsafe(export_name = "canister_update no_reply"))]
pub extern "C" fn update_no_reply() {}

#[cfg_attr(target_arch = "wasm32", unsafe(export_name = "canister_query query_no_reply"))]
pub extern "C" fn query_no_reply() {}

#[cfg_attr(target_arch = "wasm32", unsafe(export_name = "canister_update a name with blanks"))]
pub extern "C" fn update_with_blanks() {
    run_argument();
}

#[cfg_attr(target_arch = "wasm32", unsafe(export_name = "canister_heartbeat"))]
pub extern "C" fn heartbeat() {
    run_hook(Hook::Heartbeat);
}

#[cfg_attr(target_arch = "wasm32", unsafe(export_name = "canister_global_timer"))]
pub extern "C" fn global_timer() {
    run_hook(Hook::GlobalTimer);
}

#[cfg_attr(target_arch = "wasm32", unsafe(export_name = "canister_pre_upgrade"))]
pub extern "C" fn pre_upgrade() {
    run_hook(Hook::PreUpgrade);
}

#[cfg_attr(target_arch = "wasm32", unsafe(export_name = "canister_on_low_wasm_memory"))]
pub extern "C" fn on_low_wasm_memory() {
    run_hook(Hook::OnLowWasmMemory);
}

/// Accepts every message until a program says otherwise.
#[cfg_attr(target_arch = "wasm32", unsafe(export_name = "canister_inspect_message"))]
pub extern "C" fn inspect_message() {
    match state::hook(Hook::InspectMessage) {
        Some(program) => run(&program),
        None => system_api::accept_message(),
    }
}
