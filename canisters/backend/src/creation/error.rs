//! Why a personal canister is not made.

use std::fmt;

use candid::{CandidType, Deserialize, Principal};
use management_calls::CallError;
use serde::Serialize;

use crate::creation::kept_error::Kept;
use crate::creation::types::CreationStatus;

/// A call to another canister that failed; no reject code where it could not be sent, its answer was
/// lost, or the canister answered with an error of its own.
#[derive(CandidType, Serialize, Deserialize, Clone, Debug, PartialEq)]
pub struct FailedCall {
    pub method: String,
    pub reject_code: Option<u32>,
    pub reject_message: String,
}

/// It is kept as a `Kept` error: what reads each case of its own from stable memory would be a tenth
/// of the module.
#[derive(CandidType, Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(from = "Kept", into = "Kept")]
pub enum CreationError {
    ReserveInsufficient {
        needed: u128,
        available: u128,
        min_threshold: u128,
    },
    CreateFailed {
        call: FailedCall,
        /// The answer was lost: there may be a canister that nobody knows of.
        is_answer_lost: bool,
    },
    InstallFailed {
        canister_id: Principal,
        call: FailedCall,
    },
    ImportFailed {
        canister_id: Principal,
        call: FailedCall,
    },
    VerifyFailed {
        canister_id: Principal,
        /// What is not as the hub has it.
        differences: Vec<String>,
        /// Nothing where the comparison came to an end.
        call: Option<FailedCall>,
    },
    HandoffFailed {
        canister_id: Principal,
        call: Option<FailedCall>,
        /// As they were read last.
        controllers: Vec<Principal>,
    },
    /// The canister could not be deleted.
    ClearFailed {
        canister_id: Principal,
        call: FailedCall,
    },
    Disabled {
        why: String,
    },
    Unauthorized {
        caller: Principal,
        what: String,
    },
    NotFound {
        what: String,
    },
    /// The user has a personal canister, of another capsule.
    AlreadyExists {
        canister_id: Principal,
    },
    TooManyConcurrent {
        limit: u32,
    },
    InvalidArgument {
        argument: String,
        problem: String,
    },
    ApiVersionMismatch {
        canister_id: Principal,
        expected: u32,
        actual: u32,
    },
    /// The user took the hub off the canister's controllers, or deleted it, before it was done.
    CanisterTaken {
        canister_id: Principal,
        is_deleted: bool,
    },
    /// This can't be done at this stage.
    WrongStatus {
        status: CreationStatus,
        what: String,
    },
}

impl CreationError {
    pub fn invalid(argument: &str, problem: impl Into<String>) -> Self {
        Self::InvalidArgument { argument: argument.to_owned(), problem: problem.into() }
    }

    /// The name of the case, for statistics.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::ReserveInsufficient { .. } => "ReserveInsufficient",
            Self::CreateFailed { .. } => "CreateFailed",
            Self::InstallFailed { .. } => "InstallFailed",
            Self::ImportFailed { .. } => "ImportFailed",
            Self::VerifyFailed { .. } => "VerifyFailed",
            Self::HandoffFailed { .. } => "HandoffFailed",
            Self::ClearFailed { .. } => "ClearFailed",
            Self::Disabled { .. } => "Disabled",
            Self::Unauthorized { .. } => "Unauthorized",
            Self::NotFound { .. } => "NotFound",
            Self::AlreadyExists { .. } => "AlreadyExists",
            Self::TooManyConcurrent { .. } => "TooManyConcurrent",
            Self::InvalidArgument { .. } => "InvalidArgument",
            Self::ApiVersionMismatch { .. } => "ApiVersionMismatch",
            Self::CanisterTaken { .. } => "CanisterTaken",
            Self::WrongStatus { .. } => "WrongStatus",
        }
    }
}

impl From<CallError> for FailedCall {
    fn from(error: CallError) -> Self {
        Self {
            method: error.method.to_owned(),
            reject_code: error.reject_code,
            reject_message: error.message,
        }
    }
}

impl fmt::Display for FailedCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { method, reject_code, reject_message } = self;
        match reject_code {
            Some(code) => write!(f, "{method} was rejected ({code}): {reject_message}"),
            None => write!(f, "{method}: {reject_message}"),
        }
    }
}

impl fmt::Display for CreationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ReserveInsufficient { needed, available, min_threshold } => write!(
                f,
                "Cycles reserve insufficient: {needed} cycles are needed and {min_threshold} must \
                 remain, {available} are available; ask an admin to top up the hub or to raise the \
                 reserve by set_cycles_reserve"
            ),
            Self::CreateFailed { call, is_answer_lost: false } => {
                write!(f, "Creation failed: {call}; try again")
            }
            Self::CreateFailed { call, is_answer_lost: true } => write!(
                f,
                "Creation failed: {call}; there may be a canister that nobody knows of, and trying \
                 again makes a new one"
            ),
            Self::InstallFailed { canister_id, call } => {
                write!(f, "Installation failed: in {canister_id}, {call}; try again")
            }
            Self::ImportFailed { canister_id, call } => {
                write!(f, "Import failed: into {canister_id}, {call}; try again")
            }
            Self::VerifyFailed { canister_id, differences, call } => {
                write!(f, "Verification failed: of {canister_id}")?;
                differences.iter().try_for_each(|difference| write!(f, "; {difference}"))?;
                call.iter().try_for_each(|call| write!(f, "; {call}"))?;
                f.write_str("; the canister was not handed over, try again")
            }
            Self::HandoffFailed { canister_id, call, controllers } => {
                write!(f, "Hand-off failed: of {canister_id}")?;
                call.iter().try_for_each(|call| write!(f, "; {call}"))?;
                if !controllers.is_empty() {
                    let names: Vec<String> = controllers.iter().map(Principal::to_text).collect();
                    write!(f, "; its controllers are {}", names.join(", "))?;
                }
                f.write_str("; try again")
            }
            Self::ClearFailed { canister_id, call } => {
                write!(f, "Clearing failed: {canister_id} is still there: {call}; clear it again")
            }
            Self::Disabled { why } => {
                write!(f, "Personal canisters disabled: {why}")
            }
            Self::Unauthorized { caller, what } => {
                write!(f, "Caller not authorized: {caller} may not {what}")
            }
            Self::NotFound { what } => write!(f, "Not found: {what}"),
            Self::AlreadyExists { canister_id } => {
                write!(f, "Personal canister exists: the user has {canister_id}, and may have one")
            }
            Self::TooManyConcurrent { limit } => write!(
                f,
                "Too many creations: {limit} wait for their turn already; try again later"
            ),
            Self::InvalidArgument { argument, problem } => {
                write!(f, "Invalid argument: {argument} {problem}")
            }
            Self::ApiVersionMismatch { canister_id, expected, actual } => write!(
                f,
                "API version mismatch: {canister_id} has version {actual}, the hub {expected}; ask \
                 an admin to set the personal canisters' WASM of this version"
            ),
            Self::CanisterTaken { canister_id, is_deleted } => {
                let what = if *is_deleted { "is gone" } else { "has other controllers" };
                write!(
                    f,
                    "Canister taken: {canister_id} {what}, by its user's doing, before it was done; \
                     an admin's clear_creation_state lets the user have another one"
                )
            }
            Self::WrongStatus { status, what } => {
                write!(f, "Wrong status: the creation is {status:?}; {what}")
            }
        }
    }
}
