//! What the canister keeps on its heap between messages.

use std::cell::RefCell;
use std::collections::BTreeMap;

use crate::program::{Callback, Hook};

/// The programs that wait for the answer to one call.
pub struct Callbacks {
    pub on_reply: Vec<u8>,
    pub on_reject: Vec<u8>,
    pub on_cleanup: Vec<u8>,
}

impl Callbacks {
    fn into_program(self, callback: Callback) -> Vec<u8> {
        match callback {
            Callback::Reply => self.on_reply,
            Callback::Reject => self.on_reject,
            Callback::Cleanup => self.on_cleanup,
        }
    }
}

#[derive(Default)]
struct State {
    globals: BTreeMap<u8, Vec<u8>>,
    counters: BTreeMap<u8, u64>,
    hooks: BTreeMap<Hook, Vec<u8>>,
    callbacks: BTreeMap<u32, Callbacks>,
    next_environment: u32,
}

thread_local! {
    static STATE: RefCell<State> = RefCell::default();
}

fn with<R>(action: impl FnOnce(&mut State) -> R) -> R {
    STATE.with_borrow_mut(action)
}

pub fn global(slot: u8) -> Vec<u8> {
    with(|state| state.globals.get(&slot).cloned().unwrap_or_default())
}

pub fn set_global(slot: u8, blob: Vec<u8>) {
    with(|state| state.globals.insert(slot, blob));
}

pub fn append_global(slot: u8, blob: &[u8]) {
    with(|state| state.globals.entry(slot).or_default().extend(blob));
}

/// Adds to a counter, wrapping, and returns its new value.
pub fn add_counter(slot: u8, amount: u64) -> u64 {
    with(|state| {
        let counter = state.counters.entry(slot).or_default();
        *counter = counter.wrapping_add(amount);
        *counter
    })
}

pub fn hook(hook: Hook) -> Option<Vec<u8>> {
    with(|state| state.hooks.get(&hook).cloned())
}

pub fn set_hook(hook: Hook, program: Vec<u8>) {
    with(|state| state.hooks.insert(hook, program));
}

/// Keeps the programs for one call and returns the environment to give to its callbacks.
pub fn store_callbacks(callbacks: Callbacks) -> u32 {
    with(|state| {
        let environment = state.next_environment;
        state.next_environment += 1;
        state.callbacks.insert(environment, callbacks);
        environment
    })
}

/// Takes the programs of one call and returns the one for this answer.
pub fn take_callback(environment: u32, callback: Callback) -> Option<Vec<u8>> {
    let callbacks = with(|state| state.callbacks.remove(&environment))?;
    Some(callbacks.into_program(callback))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_programs_of_a_call_are_taken_once() {
        let environment = store_callbacks(Callbacks {
            on_reply: b"reply".to_vec(),
            on_reject: b"reject".to_vec(),
            on_cleanup: b"cleanup".to_vec(),
        });
        let program = take_callback(environment, Callback::Reject);
        assert_eq!(program, Some(b"reject".to_vec()));
        assert_eq!(take_callback(environment, Callback::Cleanup), None);
    }
}
