//! The personal canister's methods, as far as the hub calls them.

use candid::utils::ArgumentEncoder;
use candid::{CandidType, Deserialize, Principal};
use capsule::{ExportedCapsule, Manifest};
use management_calls::CallError;
use serde::de::DeserializeOwned;
use serde_bytes::ByteBuf;

use crate::creation::error::FailedCall;
use crate::creation::network::{Answer, Request};

/// The argument of `init`; limits are left to their defaults.
#[derive(CandidType)]
pub struct InitArgument {
    pub owner: Principal,
    pub hub: Principal,
    pub capsule_id: String,
}

#[derive(CandidType)]
pub struct BeginImport {
    pub manifest: Manifest,
    pub capsule: ExportedCapsule,
}

#[derive(CandidType, Deserialize, Clone, Debug)]
pub struct Session {
    pub session_id: u64,
    pub max_chunk_size: u32,
}

/// Some bytes of a content, or all.
#[derive(CandidType, Deserialize, Clone, Debug)]
pub struct Chunk {
    pub sha256: ByteBuf,
    /// Of the whole content.
    pub size: u64,
    pub offset: u64,
    pub bytes: ByteBuf,
}

#[derive(CandidType, Deserialize, Clone, Debug)]
pub enum Finalized {
    Checking { done: u64, total: u64 },
    Finalized(Manifest),
}

#[derive(CandidType, Deserialize, Clone, Debug)]
pub struct StoredManifest {
    pub manifest: Manifest,
}

/// The personal canister's error, of which only the text is read.
#[derive(CandidType, Deserialize, Clone, Debug)]
struct Refusal {
    message: String,
}

pub fn call(
    canister_id: Principal,
    method: &'static str,
    arguments: impl ArgumentEncoder,
) -> Request {
    let arguments = candid::encode_args(arguments).expect("arguments have a form in Candid");
    Request::Personal { canister_id, method, arguments }
}

/// The plain value of an answer.
pub fn value<T: CandidType + DeserializeOwned>(answer: &Answer) -> Result<T, FailedCall> {
    let Answer::Personal { method, bytes } = answer else {
        unreachable!("a personal canister answers by itself");
    };
    candid::decode_one(bytes).map_err(|_| CallError::unreadable(method).into())
}

/// The value of an answer that may be an error.
pub fn result<T: CandidType + DeserializeOwned>(answer: &Answer) -> Result<T, FailedCall> {
    let Answer::Personal { method, .. } = answer else {
        unreachable!("a personal canister answers by itself");
    };
    let refused = |Refusal { message }| FailedCall {
        method: (*method).to_owned(),
        reject_code: None,
        reject_message: message,
    };
    value::<Result<T, Refusal>>(answer)?.map_err(refused)
}
