//! Who calls, who is called, with what.

use candid::Principal;
use serde_bytes::ByteBuf;

#[ic_cdk::query]
fn whoami() -> Principal {
    ic_cdk::api::msg_caller()
}

#[ic_cdk::query]
fn canister_id() -> Principal {
    ic_cdk::api::canister_self()
}

#[ic_cdk::query]
fn balance() -> u128 {
    ic_cdk::api::canister_cycle_balance()
}

#[ic_cdk::query]
fn now() -> u64 {
    ic_cdk::api::time()
}

#[ic_cdk::update]
async fn raw_rand() -> ByteBuf {
    let bytes = ic_cdk_management_canister::raw_rand().await;
    ByteBuf::from(bytes.expect("raw_rand"))
}
