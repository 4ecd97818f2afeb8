//! What an operation costs.

use candid::{CandidType, Deserialize};
use ic_cdk::api::{call_context_instruction_counter, instruction_counter};
use serde_bytes::ByteBuf;

use crate::entries::put;

#[derive(CandidType, Deserialize)]
pub struct Measurement {
    pub before: u64,
    pub after: u64,
    pub call_context: u64,
}

/// The instruction counters around a `put`, whose effect a query forgets.
#[ic_cdk::query]
fn measure_put(key: String, value: ByteBuf) -> Measurement {
    let before = instruction_counter();
    put(key, value);
    Measurement {
        before,
        after: instruction_counter(),
        call_context: call_context_instruction_counter(),
    }
}
