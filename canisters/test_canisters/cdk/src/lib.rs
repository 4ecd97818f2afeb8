//! A canister as people write theirs: ic-cdk, Candid, stable structures, timers.
//!
//! A module for each thing that a replica must get right; `memory` says what lies where.

mod calls;
mod certified;
mod chunks;
mod counter;
mod deploy;
mod entries;
mod http;
mod identity;
mod lifecycle;
mod memory;
mod metadata;
mod performance;
mod ticks;

#[cfg(test)]
mod tests {
    use candid::{Principal, export_service};
    use serde_bytes::ByteBuf;

    use crate::calls::{CallError, CallOutcome};
    use crate::certified::Certified;
    use crate::deploy::{DeployOutcome, DeployRequest};
    use crate::http::{HttpRequest, HttpResponse};
    use crate::lifecycle::InitArgument;
    use crate::performance::Measurement;

    /// On a difference, `UPDATE_DID=1 cargo test -p cdk` writes the file anew.
    #[test]
    fn the_exported_interface_is_the_file_that_is_checked_in() {
        export_service!();
        let exported = __export_service();
        if std::env::var_os("UPDATE_DID").is_some() {
            std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/cdk.did"), &exported).unwrap();
        } else {
            assert_eq!(exported, include_str!("../cdk.did"));
        }
    }
}
