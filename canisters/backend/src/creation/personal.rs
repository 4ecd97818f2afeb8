//! The personal canister's methods, as far as the hub calls them.

use candid::utils::ArgumentEncoder;
use candid::{CandidType, Deserialize, Principal};
use capsule::{ExportedCapsule, Manifest};
use management_calls::CallError;
use serde::de::DeserializeOwned;

use crate::config::Config;
use crate::creation::error::FailedCall;
use crate::creation::network::{Answer, Request};

/// The argument of `init`.
#[derive(CandidType)]
pub struct InitArgument {
    pub owner: Principal,
    pub hub: Principal,
    pub capsule_id: String,
    pub limits: Option<Limits>,
}

/// What the capsule may have in the hub, it may have in its own canister.
#[derive(CandidType)]
pub struct Limits {
    pub max_memories_per_capsule: Option<u64>,
    pub max_bytes_per_capsule: Option<u64>,
    pub max_galleries_per_capsule: Option<u32>,
    pub max_items_per_gallery: Option<u32>,
    pub max_connections_per_capsule: Option<u32>,
    pub max_grants_per_item: Option<u32>,
    pub max_tags_per_memory: Option<u32>,
    pub max_metadata_per_memory: Option<u32>,
    pub max_assets_per_memory: Option<u32>,
    pub max_upload_size: Option<u64>,
}

impl Limits {
    pub fn of_hub(config: &Config) -> Self {
        let capsules = &config.capsules;
        Self {
            max_memories_per_capsule: Some(capsules.max_memories_per_capsule),
            max_bytes_per_capsule: Some(capsules.max_bytes_per_capsule),
            max_galleries_per_capsule: Some(capsules.max_galleries_per_capsule),
            max_items_per_gallery: Some(capsules.max_items_per_gallery),
            max_connections_per_capsule: Some(capsules.max_connections_per_capsule),
            max_grants_per_item: Some(capsules.max_grants_per_item),
            max_tags_per_memory: Some(capsules.max_tags_per_memory),
            max_metadata_per_memory: Some(capsules.max_metadata_per_memory),
            max_assets_per_memory: Some(capsules.max_assets_per_memory),
            max_upload_size: Some(config.max_upload_size),
        }
    }
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

#[derive(CandidType, Deserialize, Clone, Debug)]
pub struct StoredManifest {
    pub manifest: Manifest,
}

/// The personal canister's error. Reasons that are not about the import are read as none.
#[derive(CandidType, Deserialize, Clone, Debug)]
struct PersonalError {
    message: String,
    reason: Option<Reason>,
}

#[derive(CandidType, Deserialize, Clone, Debug)]
enum Reason {
    Import(ImportRefusal),
}

/// The reasons that the hub can do something about: `capsule::ImportError` has them all.
#[derive(CandidType, Deserialize, Clone, Debug, PartialEq)]
pub enum ImportRefusal {
    SessionNotFound {},
    StillClearing,
    StillHashing {},
}

/// Why there is no value.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    pub call: FailedCall,
    pub reason: Option<ImportRefusal>,
}

impl From<FailedCall> for Refusal {
    fn from(call: FailedCall) -> Self {
        Self { call, reason: None }
    }
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
pub fn result<T: CandidType + DeserializeOwned>(answer: &Answer) -> Result<T, Refusal> {
    let Answer::Personal { method, .. } = answer else {
        unreachable!("a personal canister answers by itself");
    };
    value::<Result<T, PersonalError>>(answer)?.map_err(|error| Refusal {
        call: FailedCall {
            method: (*method).to_owned(),
            reject_code: None,
            reject_message: error.message,
        },
        reason: error.reason.map(|Reason::Import(reason)| reason),
    })
}

#[cfg(test)]
mod tests {
    use capsule::ImportError;

    use super::*;

    #[derive(CandidType)]
    enum Sent {
        Import(ImportError),
        #[allow(dead_code)]
        NotHub {
            caller: Principal,
        },
    }

    #[derive(CandidType)]
    struct SentError {
        message: &'static str,
        reason: Sent,
    }

    fn read(reason: Sent) -> Refusal {
        let sent: Result<(), SentError> = Err(SentError { message: "so", reason });
        let bytes = candid::encode_one(sent).unwrap();
        result::<()>(&Answer::Personal { method: "begin_import", bytes }).unwrap_err()
    }

    #[test]
    fn reasons_are_read_that_are_about_the_import_and_others_passed_over() {
        let about = read(Sent::Import(ImportError::StillClearing));
        assert_eq!(about.reason, Some(ImportRefusal::StillClearing));
        let ended = read(Sent::Import(ImportError::SessionNotFound { session_id: 7 }));
        assert_eq!(ended.reason, Some(ImportRefusal::SessionNotFound {}));
        let sha256_hex = "aa".to_owned();
        let hashing = read(Sent::Import(ImportError::StillHashing { sha256_hex }));
        assert_eq!(hashing.reason, Some(ImportRefusal::StillHashing {}));
        let size = 7;
        let unknown = read(Sent::Import(ImportError::ImportTooLarge { size, limit: 6 }));
        assert_eq!(unknown.reason, None);
        let other = read(Sent::NotHub { caller: Principal::anonymous() });
        assert_eq!((other.reason, other.call.reject_message.as_str()), (None, "so"));
    }
}
