//! Certified data.

use std::cell::RefCell;

use candid::{CandidType, Deserialize};
use serde_bytes::ByteBuf;

#[derive(CandidType, Deserialize)]
pub struct Certified {
    pub data: ByteBuf,
    /// Only a query that no consensus is held on gets a certificate.
    pub certificate: Option<ByteBuf>,
}

thread_local! {
    static DATA: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Certifies at most 32 bytes; more of them trap.
#[ic_cdk::update]
fn set_certified(data: ByteBuf) {
    ic_cdk::api::certified_data_set(&data);
    DATA.set(data.into_vec());
}

#[ic_cdk::query]
fn get_certified() -> Certified {
    Certified {
        data: ByteBuf::from(DATA.with_borrow(Vec::clone)),
        certificate: ic_cdk::api::data_certificate().map(ByteBuf::from),
    }
}
