//! Why the backend refuses, for programs (`reason`) and for people (`message`).

use std::fmt;

use candid::{CandidType, Deserialize, Principal};
use capsule::CapsuleError;
use chunked_upload::UploadError;
use serde::Serialize;

#[cfg(feature = "personal_canister_creation")]
use crate::creation::CreationError;

/// A refusal. Methods with a plain result reject with the message.
#[derive(CandidType, Serialize, Deserialize, Clone, Debug, PartialEq)]
pub struct BackendError {
    /// For people; begins with a fixed wording for each reason.
    pub message: String,
    /// For programs.
    pub reason: Reason,
}

pub type BackendResult<T> = Result<T, BackendError>;

/// What the methods of `capsule_api` return.
pub type ApiResult<T> = BackendResult<T>;

#[derive(CandidType, Serialize, Deserialize, Clone, Debug, PartialEq)]
pub enum Reason {
    AnonymousCaller,
    NotRegistered {
        caller: Principal,
    },
    NotAdmin {
        caller: Principal,
    },
    EmergencyStop,
    Capsule(CapsuleError),
    Upload(UploadError),
    TooManyUsers {
        limit: u64,
    },
    LastAdmin,
    InvalidArgument {
        argument: String,
        problem: String,
    },
    /// The backend was installed a moment ago and waits for randomness.
    NotReady,
    #[cfg(feature = "personal_canister_creation")]
    Creation(Box<CreationError>),
}

impl BackendError {
    pub fn invalid(argument: &str, problem: impl Into<String>) -> Self {
        let (argument, problem) = (argument.to_owned(), problem.into());
        Reason::InvalidArgument { argument, problem }.into()
    }
}

impl From<Reason> for BackendError {
    fn from(reason: Reason) -> Self {
        Self { message: reason.to_string(), reason }
    }
}

impl From<UploadError> for BackendError {
    fn from(error: UploadError) -> Self {
        Reason::Upload(error).into()
    }
}

impl From<CapsuleError> for BackendError {
    fn from(error: CapsuleError) -> Self {
        Reason::Capsule(error).into()
    }
}

#[cfg(feature = "personal_canister_creation")]
impl From<CreationError> for BackendError {
    fn from(error: CreationError) -> Self {
        Reason::Creation(Box::new(error)).into()
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AnonymousCaller => {
                f.write_str("Anonymous caller: sign the call with an identity of your own")
            }
            Self::NotRegistered { caller } => {
                write!(f, "Caller not registered: {caller}; call register first")
            }
            Self::NotAdmin { caller } => write!(
                f,
                "Caller not an admin: {caller}; admins and controllers of the backend may do this"
            ),
            Self::EmergencyStop => f.write_str(
                "Emergency stop: the backend takes no requests until an admin lifts it by \
                 set_emergency_stop(false)",
            ),
            Self::Capsule(error) => error.fmt(f),
            Self::Upload(error) => error.fmt(f),
            Self::TooManyUsers { limit } => {
                write!(f, "Too many users: {limit} are registered; ask an admin to raise max_users")
            }
            Self::LastAdmin => f.write_str(
                "Last admin: the backend would be left without one; add another admin first",
            ),
            Self::InvalidArgument { argument, problem } => {
                write!(f, "Invalid argument: {argument} {problem}")
            }
            Self::NotReady => {
                f.write_str("Not ready: the backend waits for randomness; try again in a moment")
            }
            #[cfg(feature = "personal_canister_creation")]
            Self::Creation(error) => error.fmt(f),
        }
    }
}
