//! Errors as they are kept: one flat record for all cases.

use candid::Principal;
use serde::{Deserialize, Serialize};

use crate::creation::error::{CreationError, FailedCall};
use crate::creation::types::CreationStatus;

/// The kind by its name, and whatever fields it has.
#[derive(Serialize, Deserialize, Clone, Debug)]
pub struct Kept {
    kind: String,
    #[serde(default)]
    canister_id: Option<Principal>,
    #[serde(default)]
    call: Option<FailedCall>,
    #[serde(default)]
    numbers: Vec<u128>,
    #[serde(default)]
    texts: Vec<String>,
    #[serde(default)]
    principals: Vec<Principal>,
    #[serde(default)]
    status: Option<CreationStatus>,
}

impl From<CreationError> for Kept {
    fn from(error: CreationError) -> Self {
        use CreationError as E;
        let mut kept = Self {
            kind: error.kind().to_owned(),
            canister_id: None,
            call: None,
            numbers: Vec::new(),
            texts: Vec::new(),
            principals: Vec::new(),
            status: None,
        };
        match error {
            E::ReserveInsufficient { needed, available, min_threshold } => {
                kept.numbers = vec![needed, available, min_threshold];
            }
            E::CreateFailed { call, is_answer_lost } => {
                kept.call = Some(call);
                kept.numbers = vec![is_answer_lost.into()];
            }
            E::InstallFailed { canister_id, call }
            | E::ImportFailed { canister_id, call }
            | E::ClearFailed { canister_id, call } => {
                kept.canister_id = Some(canister_id);
                kept.call = Some(call);
            }
            E::VerifyFailed { canister_id, differences, call } => {
                kept.canister_id = Some(canister_id);
                kept.texts = differences;
                kept.call = call;
            }
            E::HandoffFailed { canister_id, call, controllers } => {
                kept.canister_id = Some(canister_id);
                kept.call = call;
                kept.principals = controllers;
            }
            E::Disabled { why: text } | E::NotFound { what: text } => kept.texts = vec![text],
            E::Unauthorized { caller, what } => {
                kept.principals = vec![caller];
                kept.texts = vec![what];
            }
            E::AlreadyExists { canister_id } => kept.canister_id = Some(canister_id),
            E::TooManyConcurrent { limit } => kept.numbers = vec![limit.into()],
            E::InvalidArgument { argument, problem } => kept.texts = vec![argument, problem],
            E::ApiVersionMismatch { canister_id, expected, actual } => {
                kept.canister_id = Some(canister_id);
                kept.numbers = vec![expected.into(), actual.into()];
            }
            E::CanisterTaken { canister_id, is_deleted } => {
                kept.canister_id = Some(canister_id);
                kept.numbers = vec![is_deleted.into()];
            }
            E::WrongStatus { status, what } => {
                kept.status = Some(status);
                kept.texts = vec![what];
            }
        }
        kept
    }
}

impl From<Kept> for CreationError {
    fn from(kept: Kept) -> Self {
        let canister_id = kept.canister_id.unwrap_or(Principal::management_canister());
        let number = |at: usize| kept.numbers.get(at).copied().unwrap_or_default();
        let text = |at: usize| kept.texts.get(at).cloned().unwrap_or_default();
        let call = kept.call.clone();
        let some_call = || {
            let (method, reject_message) = (String::new(), String::new());
            call.clone().unwrap_or(FailedCall { method, reject_code: None, reject_message })
        };
        match kept.kind.as_str() {
            "ReserveInsufficient" => Self::ReserveInsufficient {
                needed: number(0),
                available: number(1),
                min_threshold: number(2),
            },
            "CreateFailed" => {
                Self::CreateFailed { call: some_call(), is_answer_lost: number(0) == 1 }
            }
            "InstallFailed" => Self::InstallFailed { canister_id, call: some_call() },
            "ImportFailed" => Self::ImportFailed { canister_id, call: some_call() },
            "ClearFailed" => Self::ClearFailed { canister_id, call: some_call() },
            "VerifyFailed" => Self::VerifyFailed { canister_id, differences: kept.texts, call },
            "HandoffFailed" => {
                Self::HandoffFailed { canister_id, call, controllers: kept.principals }
            }
            "Disabled" => Self::Disabled { why: text(0) },
            "Unauthorized" => {
                let caller = kept.principals.first().copied().unwrap_or(canister_id);
                Self::Unauthorized { caller, what: text(0) }
            }
            "AlreadyExists" => Self::AlreadyExists { canister_id },
            "TooManyConcurrent" => Self::TooManyConcurrent { limit: number(0) as u32 },
            "InvalidArgument" => Self::InvalidArgument { argument: text(0), problem: text(1) },
            "ApiVersionMismatch" => {
                let (expected, actual) = (number(0) as u32, number(1) as u32);
                Self::ApiVersionMismatch { canister_id, expected, actual }
            }
            "CanisterTaken" => Self::CanisterTaken { canister_id, is_deleted: number(0) == 1 },
            "WrongStatus" => {
                let status = kept.status.unwrap_or(CreationStatus::Failed);
                Self::WrongStatus { status, what: text(0) }
            }
            _ => Self::NotFound { what: text(0) },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_error_comes_back_as_it_was() {
        let canister_id = Principal::from_slice(&[7]);
        let call = FailedCall {
            method: "m".to_owned(),
            reject_code: Some(5),
            reject_message: "so".to_owned(),
        };
        let text = || "text".to_owned();
        for error in [
            CreationError::ReserveInsufficient { needed: 1, available: 2, min_threshold: 3 },
            CreationError::CreateFailed { call: call.clone(), is_answer_lost: true },
            CreationError::InstallFailed { canister_id, call: call.clone() },
            CreationError::ImportFailed { canister_id, call: call.clone() },
            CreationError::VerifyFailed {
                canister_id,
                differences: vec![text()],
                call: Some(call.clone()),
            },
            CreationError::HandoffFailed {
                canister_id,
                call: None,
                controllers: vec![canister_id],
            },
            CreationError::ClearFailed { canister_id, call },
            CreationError::Disabled { why: text() },
            CreationError::Unauthorized { caller: canister_id, what: text() },
            CreationError::NotFound { what: text() },
            CreationError::AlreadyExists { canister_id },
            CreationError::TooManyConcurrent { limit: 4 },
            CreationError::InvalidArgument { argument: text(), problem: text() },
            CreationError::ApiVersionMismatch { canister_id, expected: 1, actual: 2 },
            CreationError::CanisterTaken { canister_id, is_deleted: true },
            CreationError::WrongStatus { status: CreationStatus::Queued, what: text() },
        ] {
            let bytes = stable_record::encode(&error);
            assert_eq!(stable_record::decode::<CreationError>(&bytes), error);
        }
    }
}
