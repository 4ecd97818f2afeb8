//! Why the personal canister refuses, for programs (`reason`) and for people (`message`).

use std::fmt;

use candid::{CandidType, Deserialize, Principal};
use capsule::{CapsuleError, ImportError};
use chunked_upload::UploadError;
use serde::Serialize;

/// A refusal. Methods with a plain result reject with the message.
#[derive(CandidType, Serialize, Deserialize, Clone, Debug, PartialEq)]
pub struct PersonalError {
    /// For people; begins with a fixed wording for each reason.
    pub message: String,
    /// For programs.
    pub reason: Reason,
}

pub type PersonalResult<T> = Result<T, PersonalError>;

/// What the methods of `capsule_api` return.
pub type ApiResult<T> = PersonalResult<T>;

#[derive(CandidType, Serialize, Deserialize, Clone, Debug, PartialEq)]
pub enum Reason {
    AnonymousCaller,
    /// Only the hub imports, and only while it is a controller.
    NotHub {
        caller: Principal,
    },
    /// The owner's to do, or a controller's.
    NotOwner {
        caller: Principal,
    },
    /// Neither the owner, nor has the owner granted the caller anything.
    NotInvited {
        caller: Principal,
    },
    /// The capsule is on its way here.
    ImportUnfinished,
    /// The hub is a controller still: nothing may be changed before it has checked what came.
    NotHandedOff {
        hub: Principal,
    },
    Import(ImportError),
    Capsule(CapsuleError),
    Upload(UploadError),
    InvalidArgument {
        argument: String,
        problem: String,
    },
    /// The canister was installed a moment ago and waits for randomness.
    NotReady,
}

impl PersonalError {
    pub fn invalid(argument: &str, problem: impl Into<String>) -> Self {
        let (argument, problem) = (argument.to_owned(), problem.into());
        Reason::InvalidArgument { argument, problem }.into()
    }
}

impl From<Reason> for PersonalError {
    fn from(reason: Reason) -> Self {
        Self { message: reason.to_string(), reason }
    }
}

impl From<UploadError> for PersonalError {
    fn from(error: UploadError) -> Self {
        Reason::Upload(error).into()
    }
}

impl From<CapsuleError> for PersonalError {
    fn from(error: CapsuleError) -> Self {
        Reason::Capsule(error).into()
    }
}

impl From<ImportError> for PersonalError {
    fn from(error: ImportError) -> Self {
        Reason::Import(error).into()
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AnonymousCaller => {
                f.write_str("Anonymous caller: sign the call with an identity of your own")
            }
            Self::NotHub { caller } => {
                write!(f, "Caller not the hub: {caller}; the hub imports, while it is a controller")
            }
            Self::NotOwner { caller } => {
                write!(f, "Caller not the owner: {caller}; the owner and controllers may do this")
            }
            Self::NotInvited { caller } => write!(
                f,
                "Caller not invited: {caller}; the owner and those whom the owner has granted \
                 something may do this"
            ),
            Self::ImportUnfinished => f.write_str(
                "Import unfinished: the capsule is on its way here; get_creation_status of the hub \
                 tells how far it has come",
            ),
            Self::NotHandedOff { hub } => write!(
                f,
                "Not handed off: the hub {hub} is a controller still; writing begins when it is \
                 none"
            ),
            Self::Import(error) => error.fmt(f),
            Self::Capsule(error) => error.fmt(f),
            Self::Upload(error) => error.fmt(f),
            Self::InvalidArgument { argument, problem } => {
                write!(f, "Invalid argument: {argument} {problem}")
            }
            Self::NotReady => {
                f.write_str("Not ready: the canister waits for randomness; try again in a moment")
            }
        }
    }
}
