//! Installation, upgrades and the messages that are let in.

use std::cell::RefCell;

use candid::{CandidType, Deserialize};
use ic_stable_structures::StableCell;

use crate::memory::{self, Memory};

#[derive(CandidType, Deserialize)]
pub struct InitArgument {
    /// Kept until an upgrade brings another one.
    pub note: String,
}

thread_local! {
    static NOTE: RefCell<StableCell<String, Memory>> =
        RefCell::new(StableCell::init(memory::memory(memory::NOTE), String::new()));
}

fn set_note(argument: Option<InitArgument>) {
    if let Some(argument) = argument {
        NOTE.with_borrow_mut(|note| note.set(argument.note));
    }
}

#[ic_cdk::init]
fn init(argument: Option<InitArgument>) {
    set_note(argument);
}

#[ic_cdk::post_upgrade]
fn post_upgrade(argument: Option<InitArgument>) {
    set_note(argument);
}

#[ic_cdk::query]
fn note() -> String {
    NOTE.with_borrow(|note| note.get().clone())
}

/// Lets every ingress message in but those for `refused`.
#[ic_cdk::inspect_message]
fn inspect_message() {
    if ic_cdk::api::msg_method_name() != "refused" {
        ic_cdk::api::accept_message();
    }
}

/// Other canisters may call it; ingress messages are not let in.
#[ic_cdk::update]
fn refused() -> bool {
    true
}
