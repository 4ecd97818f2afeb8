//! Why the factory refuses, for programs (`reason`) and for people (`message`).

use std::fmt;

use candid::{CandidType, Deserialize, Principal};
use chunked_upload::UploadError;
use management_calls::CallError;
use serde::Serialize;
use serde_bytes::ByteBuf;

use crate::operations::Stage;

/// A refusal. Methods with a plain result reject with the message.
#[derive(CandidType, Serialize, Deserialize, Clone, Debug, PartialEq)]
pub struct FactoryError {
    /// For people; begins with a fixed wording for each reason.
    pub message: String,
    /// For programs.
    pub reason: Reason,
}

pub type FactoryResult<T> = Result<T, FactoryError>;

#[derive(CandidType, Serialize, Deserialize, Clone, Debug, PartialEq)]
pub enum Reason {
    AnonymousCaller,
    NotAllowlisted {
        caller: Principal,
    },
    NotAdmin {
        caller: Principal,
    },
    NotForAnotherOwner {
        owner: Principal,
    },
    EmergencyStop,
    Upload(UploadError),
    /// The bytes are neither a WASM module nor a gzipped one.
    NotWasm,
    /// The factory would keep less than `minimum`.
    FactoryLowOnCycles {
        balance: u128,
        reserved: u128,
        needed: u128,
        minimum: u128,
    },
    CanisterLimitReached {
        held: u32,
        limit: u32,
    },
    TooManyCycles {
        cycles: u128,
        limit: u128,
    },
    TooManyOperations {
        limit: u32,
    },
    /// There is no such canister in the registry, or it is another caller's.
    CanisterNotFound {
        canister_id: Principal,
    },
    CanisterDeleted {
        canister_id: Principal,
    },
    /// It has been handed over.
    NotController {
        canister_id: Principal,
    },
    CanisterBusy {
        canister_id: Principal,
    },
    TemplateNotFound {
        name: String,
    },
    LastAdmin,
    InvalidArgument {
        argument: String,
        problem: String,
    },
    /// A call to another canister failed; no reject code where it could not be made or its answer
    /// was lost.
    CallFailed {
        method: String,
        reject_code: Option<u32>,
        reject_message: String,
    },
    /// An operation failed at a stage and was undone as far as the fields tell.
    OperationFailed(Box<OperationFailure>),
    /// It was interrupted and goes on by itself.
    OperationUnfinished {
        operation_id: u64,
    },
}

#[derive(CandidType, Serialize, Deserialize, Clone, Debug, PartialEq)]
pub struct OperationFailure {
    pub operation_id: u64,
    pub stage: Stage,
    pub cause: String,
    pub canister_id: Option<Principal>,
    pub canister_deleted: bool,
    /// Whether the canister has the new code all the same.
    pub is_installed: bool,
    /// Cycles that came back before the canister was deleted.
    pub cycles_recovered: u128,
    /// Cycles that were still in the canister when it was deleted.
    pub cycles_lost: u128,
    /// A snapshot from before the operation that could not be loaded and is kept.
    pub kept_snapshot: Option<ByteBuf>,
}

impl FactoryError {
    pub fn invalid(argument: &str, problem: impl Into<String>) -> Self {
        let (argument, problem) = (argument.to_owned(), problem.into());
        Reason::InvalidArgument { argument, problem }.into()
    }
}

impl From<Reason> for FactoryError {
    fn from(reason: Reason) -> Self {
        Self { message: reason.to_string(), reason }
    }
}

impl From<CallError> for Reason {
    fn from(error: CallError) -> Self {
        Self::CallFailed {
            method: error.method.to_owned(),
            reject_code: error.reject_code,
            reject_message: error.message,
        }
    }
}

impl From<UploadError> for FactoryError {
    fn from(error: UploadError) -> Self {
        Reason::Upload(error).into()
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AnonymousCaller => {
                f.write_str("Anonymous caller: sign the call with an identity of your own")
            }
            Self::NotAllowlisted { caller } => write!(
                f,
                "Caller not in allowlist: {caller}; ask an admin to add it by set_allowlist"
            ),
            Self::NotAdmin { caller } => write!(
                f,
                "Caller not an admin: {caller}; admins and controllers of the factory may do this"
            ),
            Self::NotForAnotherOwner { owner } => write!(
                f,
                "Caller may not act for another owner: {owner}; admins and callers in the allowlist \
                 may"
            ),
            Self::EmergencyStop => f.write_str(
                "Emergency stop: the factory takes no requests until an admin lifts it by \
                 set_emergency_stop(false)",
            ),
            Self::Upload(error) => error.fmt(f),
            Self::NotWasm => f.write_str(
                "Not WASM: the bytes begin neither with \\0asm nor with the mark of gzip",
            ),
            Self::FactoryLowOnCycles { balance, reserved, needed, minimum } => write!(
                f,
                "Factory low on cycles: it has {balance}, {reserved} of them promised; {needed} are \
                 needed and {minimum} must remain; top up the factory"
            ),
            Self::CanisterLimitReached { held, limit } => write!(
                f,
                "Per-caller canister limit reached: the caller has {held} of {limit} canisters; \
                 delete one or ask an admin to raise max_canisters_per_caller"
            ),
            Self::TooManyCycles { cycles, limit } => write!(
                f,
                "Too many cycles: {cycles} for one canister, at most {limit} are given \
                 (max_cycles_per_creation)"
            ),
            Self::TooManyOperations { limit } => write!(
                f,
                "Too many operations: {limit} are under way; try again when some have ended"
            ),
            Self::CanisterNotFound { canister_id } => write!(
                f,
                "Canister not found: {canister_id} is not in the registry, or not the caller's"
            ),
            Self::CanisterDeleted { canister_id } => {
                write!(f, "Canister deleted: {canister_id} is not there any more")
            }
            Self::NotController { canister_id } => write!(
                f,
                "Factory not a controller: {canister_id} was handed over; its controllers can do \
                 this themselves"
            ),
            Self::CanisterBusy { canister_id } => write!(
                f,
                "Canister busy: another operation on {canister_id} is under way; try again when it \
                 has ended"
            ),
            Self::TemplateNotFound { name } => write!(
                f,
                "Template not found: {name:?}; list_templates tells which there are, and an admin \
                 registers one by set_template"
            ),
            Self::LastAdmin => f.write_str(
                "Last admin: the factory would be left without one; add another admin first",
            ),
            Self::InvalidArgument { argument, problem } => {
                write!(f, "Invalid argument: {argument} {problem}")
            }
            Self::CallFailed { method, reject_code, reject_message } => match reject_code {
                Some(code) => {
                    write!(f, "Call failed: {method} was rejected ({code}): {reject_message}")
                }
                None => write!(f, "Call failed: {method}: {reject_message}"),
            },
            Self::OperationFailed(failure) => failure.fmt(f),
            Self::OperationUnfinished { operation_id } => write!(
                f,
                "Operation unfinished: {operation_id} was interrupted and goes on by itself; \
                 get_operation({operation_id}) tells how it ends"
            ),
        }
    }
}

impl fmt::Display for OperationFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { operation_id, stage, cause, .. } = self;
        write!(f, "Operation failed: {operation_id}, at the stage {stage:?}: {cause}")?;
        let Some(canister_id) = self.canister_id else {
            return Ok(());
        };
        if self.canister_deleted {
            let Self { cycles_recovered, cycles_lost, .. } = self;
            write!(
                f,
                "; canister {canister_id} was deleted, {cycles_recovered} cycles came back and \
                 {cycles_lost} went with it"
            )
        } else if let Some(snapshot) = &self.kept_snapshot {
            let id: String = snapshot.iter().map(|byte| format!("{byte:02x}")).collect();
            write!(
                f,
                "; canister {canister_id} could not be rolled back, its snapshot {id} is kept"
            )
        } else {
            let code =
                if self.is_installed { "has the new code" } else { "has not got the new code" };
            write!(f, "; canister {canister_id} {code}")
        }
    }
}
