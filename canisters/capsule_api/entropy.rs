//! A secret that nobody can guess: for tokens, and mixed into ids.

use std::cell::{Cell, RefCell};

use blob_store::sha256;
use ic_stable_structures::StableCell;
use serde::{Deserialize, Serialize};
use stable_record::storable_as_cbor;

use crate::error::{ApiResult, Reason};
use crate::host;
use crate::memory::{self, Memory};

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Entropy {
    secret: Option<[u8; 32]>,
}

storable_as_cbor!(Entropy);

thread_local! {
    static ENTROPY: RefCell<StableCell<Entropy, Memory>> = RefCell::new(
        StableCell::init(memory::memory(memory::ENTROPY), Entropy::default())
    );
    static IS_ASKED_FOR: Cell<bool> = const { Cell::new(false) };
}

/// The secret, once the IC's randomness has come.
pub fn secret() -> ApiResult<[u8; 32]> {
    ENTROPY.with_borrow(|entropy| entropy.get().secret).ok_or_else(|| Reason::NotReady.into())
}

/// Whether the answer of the IC is due, which an upgrade would lose.
pub fn is_asked_for() -> bool {
    IS_ASKED_FOR.get()
}

/// Gets randomness of the IC, where that has not been done.
pub async fn gather() {
    if secret().is_ok() || IS_ASKED_FOR.replace(true) {
        return;
    }
    let management = candid::Principal::management_canister();
    let call = ic_cdk::call::Call::unbounded_wait(management, "raw_rand");
    let answer = call.await.ok().and_then(|answer| answer.candid::<Vec<u8>>().ok());
    IS_ASKED_FOR.set(false);
    if let Some(bytes) = answer {
        take(&bytes);
    }
}

/// Makes a secret of random bytes.
pub fn take(bytes: &[u8]) {
    let secret = Some(sha256(bytes));
    ENTROPY.with_borrow_mut(|entropy| entropy.set(Entropy { secret }));
    host::mix_entropy(bytes);
}
