//! What the update methods cost in instructions since the code was installed, for `/metrics`.

use std::cell::RefCell;
use std::collections::BTreeMap;

/// Figures of one method.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cost {
    pub calls: u64,
    /// Of all calls together, their callbacks included.
    pub instructions: u64,
    pub most_instructions: u64,
}

thread_local! {
    static COSTS: RefCell<BTreeMap<&'static str, Cost>> = const { RefCell::new(BTreeMap::new()) };
}

/// Counts a call that is about to be answered.
pub fn note(method: &'static str) {
    let instructions = ic_cdk::api::call_context_instruction_counter();
    COSTS.with_borrow_mut(|costs| {
        let cost = costs.entry(method).or_default();
        cost.calls += 1;
        cost.instructions += instructions;
        cost.most_instructions = cost.most_instructions.max(instructions);
    });
}

pub fn costs() -> BTreeMap<&'static str, Cost> {
    COSTS.with_borrow(BTreeMap::clone)
}
