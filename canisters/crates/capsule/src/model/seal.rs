//! Capsules that move to a canister of their own.

use candid::Principal;
use serde::{Deserialize, Serialize};

/// Why nothing in a capsule may change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Seal {
    /// It is on its way; reading goes on.
    Frozen,
    /// It is elsewhere; what is here is a copy that is not read any more.
    Moved { canister_id: Principal },
}
