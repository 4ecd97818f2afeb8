//! Calls to the management canister, as values, with the module that brings a canister's cycles back
//! before it is deleted.
//!
//! Specification: "The IC management canister". Answers are read for the few fields that are used,
//! so that replicas of other versions are understood too.

use candid::{CandidType, Deserialize, Nat, Principal};
use ic_cdk::call::{Call as IcCall, CallFailed, Response};
use ic_management_canister_types::{
    CanisterInfoArgs, CanisterInstallMode, CanisterSettings, CanisterStatusType, ChunkHash,
    CreateCanisterArgs, DeleteCanisterSnapshotArgs, InstallChunkedCodeArgs, InstallCodeArgs,
    LoadCanisterSnapshotArgs, TakeCanisterSnapshotArgs, UpdateSettingsArgs, UploadChunkArgs,
};
use serde_bytes::ByteBuf;

const SYS_TRANSIENT: u32 = 2;
const DESTINATION_INVALID: u32 = 3;
const CANISTER_ERROR: u32 = 5;
const SYS_UNKNOWN: u32 = 6;

const MOST_MESSAGE_CHARACTERS: usize = 1000;

/// The module that sends a canister's cycles away.
const RECOVERY_MODULE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/recover_cycles.wasm"));

/// A call and its arguments.
#[derive(Clone, Debug, PartialEq)]
pub enum Call {
    CreateCanister {
        settings: CanisterSettings,
        cycles: u128,
    },
    UpdateSettings {
        canister_id: Principal,
        settings: CanisterSettings,
    },
    CanisterStatus {
        canister_id: Principal,
    },
    CanisterInfo {
        canister_id: Principal,
    },
    StartCanister {
        canister_id: Principal,
    },
    StopCanister {
        canister_id: Principal,
    },
    DeleteCanister {
        canister_id: Principal,
    },
    DepositCycles {
        canister_id: Principal,
        cycles: u128,
    },
    UploadChunk {
        canister_id: Principal,
        chunk: Vec<u8>,
    },
    ClearChunkStore {
        canister_id: Principal,
    },
    InstallChunkedCode(Box<InstallChunkedCodeArgs>),
    TakeSnapshot {
        canister_id: Principal,
    },
    ListSnapshots {
        canister_id: Principal,
    },
    LoadSnapshot {
        canister_id: Principal,
        snapshot: Vec<u8>,
    },
    DeleteSnapshot {
        canister_id: Principal,
        snapshot: Vec<u8>,
    },
    /// Puts the recovery module in the place of a canister's code.
    InstallRecovery {
        canister_id: Principal,
        receiver: Principal,
    },
    /// Lets the recovery module send the cycles.
    RecoverCycles {
        canister_id: Principal,
    },
}

/// What a call was answered with.
#[derive(Clone, Debug, PartialEq)]
pub enum Reply {
    Done,
    Created(Principal),
    Status(Status),
    Info(Info),
    ChunkHash(Vec<u8>),
    Snapshot(Vec<u8>),
    Snapshots(Vec<Snapshot>),
    Recovered(u128),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Status {
    pub is_running: bool,
    pub is_stopped: bool,
    pub controllers: Vec<Principal>,
    pub module_hash: Option<Vec<u8>>,
    pub cycles: u128,
}

#[derive(CandidType, Deserialize, Clone, Debug, PartialEq)]
pub struct Info {
    pub controllers: Vec<Principal>,
    pub module_hash: Option<ByteBuf>,
}

#[derive(CandidType, Deserialize, Clone, Debug, PartialEq)]
pub struct Snapshot {
    pub id: ByteBuf,
    pub taken_at_timestamp: u64,
}

/// Why there is no reply.
#[derive(Clone, Debug, PartialEq)]
pub struct CallError {
    pub method: &'static str,
    /// Nothing where the call could not be sent.
    pub reject_code: Option<u32>,
    pub message: String,
}

impl CallError {
    /// The answer is not what the method promises.
    pub fn unreadable(method: &'static str) -> Self {
        let message = "the answer is none of this method".to_owned();
        Self { method, reject_code: Some(CANISTER_ERROR), message }
    }

    pub fn is_not_found(&self) -> bool {
        self.reject_code == Some(DESTINATION_INVALID)
    }

    /// For lack of cycles, or because too many calls are under way.
    pub fn is_unsent(&self) -> bool {
        self.reject_code.is_none()
    }

    /// The call may have had its effect, and its answer does not come any more.
    pub fn is_outcome_unknown(&self) -> bool {
        self.reject_code == Some(SYS_UNKNOWN)
    }

    /// The call had no effect, and may go through later.
    pub fn is_transient(&self) -> bool {
        self.is_unsent() || self.reject_code == Some(SYS_TRANSIENT)
    }
}

#[derive(CandidType, Deserialize)]
struct CanisterId {
    canister_id: Principal,
}

#[derive(Deserialize, CandidType)]
struct StatusResult {
    status: CanisterStatusType,
    settings: StatusSettings,
    module_hash: Option<ByteBuf>,
    cycles: Nat,
}

#[derive(Deserialize, CandidType)]
struct StatusSettings {
    controllers: Vec<Principal>,
}

impl Call {
    pub fn method(&self) -> &'static str {
        match self {
            Self::CreateCanister { .. } => "create_canister",
            Self::UpdateSettings { .. } => "update_settings",
            Self::CanisterStatus { .. } => "canister_status",
            Self::CanisterInfo { .. } => "canister_info",
            Self::StartCanister { .. } => "start_canister",
            Self::StopCanister { .. } => "stop_canister",
            Self::DeleteCanister { .. } => "delete_canister",
            Self::DepositCycles { .. } => "deposit_cycles",
            Self::UploadChunk { .. } => "upload_chunk",
            Self::ClearChunkStore { .. } => "clear_chunk_store",
            Self::InstallChunkedCode(_) => "install_chunked_code",
            Self::TakeSnapshot { .. } => "take_canister_snapshot",
            Self::ListSnapshots { .. } => "list_canister_snapshots",
            Self::LoadSnapshot { .. } => "load_canister_snapshot",
            Self::DeleteSnapshot { .. } => "delete_canister_snapshot",
            Self::InstallRecovery { .. } => "install_code",
            Self::RecoverCycles { .. } => "recover",
        }
    }

    fn receiver(&self) -> Principal {
        match self {
            Self::RecoverCycles { canister_id } => *canister_id,
            _ => Principal::management_canister(),
        }
    }

    fn cycles(&self) -> u128 {
        match self {
            Self::CreateCanister { cycles, .. } | Self::DepositCycles { cycles, .. } => *cycles,
            _ => 0,
        }
    }

    /// Arguments in Candid.
    fn encode(self) -> Vec<u8> {
        let sender_canister_version = Some(ic_cdk::api::canister_version());
        match self {
            Self::CreateCanister { settings, .. } => {
                encoded(CreateCanisterArgs { settings: Some(settings), sender_canister_version })
            }
            Self::UpdateSettings { canister_id, settings } => {
                encoded(UpdateSettingsArgs { canister_id, settings, sender_canister_version })
            }
            Self::CanisterInfo { canister_id } => {
                encoded(CanisterInfoArgs { canister_id, num_requested_changes: None })
            }
            Self::CanisterStatus { canister_id }
            | Self::StartCanister { canister_id }
            | Self::StopCanister { canister_id }
            | Self::DeleteCanister { canister_id }
            | Self::DepositCycles { canister_id, .. }
            | Self::ClearChunkStore { canister_id }
            | Self::ListSnapshots { canister_id } => encoded(CanisterId { canister_id }),
            Self::UploadChunk { canister_id, chunk } => {
                encoded(UploadChunkArgs { canister_id, chunk })
            }
            Self::InstallChunkedCode(arguments) => {
                encoded(InstallChunkedCodeArgs { sender_canister_version, ..*arguments })
            }
            Self::TakeSnapshot { canister_id } => encoded(TakeCanisterSnapshotArgs {
                canister_id,
                replace_snapshot: None,
                uninstall_code: None,
                sender_canister_version,
            }),
            Self::LoadSnapshot { canister_id, snapshot } => encoded(LoadCanisterSnapshotArgs {
                canister_id,
                snapshot_id: snapshot,
                sender_canister_version,
            }),
            Self::DeleteSnapshot { canister_id, snapshot } => {
                encoded(DeleteCanisterSnapshotArgs { canister_id, snapshot_id: snapshot })
            }
            Self::InstallRecovery { canister_id, receiver } => encoded(InstallCodeArgs {
                mode: CanisterInstallMode::Reinstall,
                canister_id,
                wasm_module: RECOVERY_MODULE.to_vec(),
                arg: encoded(CanisterId { canister_id: receiver }),
                sender_canister_version,
            }),
            Self::RecoverCycles { .. } => Vec::new(),
        }
    }
}

fn encoded(argument: impl CandidType) -> Vec<u8> {
    candid::encode_one(argument).expect("arguments of this module have a form in Candid")
}

/// Makes a call and waits for its answer.
pub async fn perform(call: Call) -> Result<Reply, CallError> {
    let (method, receiver, cycles) = (call.method(), call.receiver(), call.cycles());
    let request = IcCall::unbounded_wait(receiver, method).with_cycles(cycles);
    let answer = request.take_raw_args(call.encode()).await;
    let response = answer.map_err(|failed| error_of(method, failed))?;
    read(method, &response).ok_or_else(|| CallError::unreadable(method))
}

/// Calls a method of a canister that others control too, with arguments in Candid. It may never answer,
/// so the wait for it ends after five minutes, with an error whose outcome is unknown: who waits for an
/// answer can't be stopped or upgraded.
pub async fn ask(
    receiver: Principal,
    method: &'static str,
    arguments: Vec<u8>,
) -> Result<Response, CallError> {
    let answer = IcCall::bounded_wait(receiver, method).take_raw_args(arguments).await;
    answer.map_err(|failed| error_of(method, failed))
}

fn error_of(method: &'static str, failed: CallFailed) -> CallError {
    let (reject_code, message) = match &failed {
        CallFailed::CallRejected(rejected) => {
            (Some(rejected.raw_reject_code()), shortened(rejected.reject_message()))
        }
        unsent => (None, unsent.to_string()),
    };
    CallError { method, reject_code, message }
}

/// A canister's trap may say kilobytes; operations and events are listed by the hundred.
fn shortened(message: &str) -> String {
    match message.char_indices().nth(MOST_MESSAGE_CHARACTERS) {
        Some((end, _)) => format!("{} [...]", &message[..end]),
        None => message.to_owned(),
    }
}

fn read(method: &str, response: &Response) -> Option<Reply> {
    Some(match method {
        "create_canister" => Reply::Created(response.candid::<CanisterId>().ok()?.canister_id),
        "canister_status" => Reply::Status(response.candid::<StatusResult>().ok()?.into()),
        "canister_info" => Reply::Info(response.candid().ok()?),
        "upload_chunk" => Reply::ChunkHash(response.candid::<ChunkHash>().ok()?.hash),
        "take_canister_snapshot" => {
            Reply::Snapshot(response.candid::<Snapshot>().ok()?.id.into_vec())
        }
        "list_canister_snapshots" => Reply::Snapshots(response.candid().ok()?),
        "recover" => Reply::Recovered(u128::from_le_bytes(response.as_ref().try_into().ok()?)),
        _ => Reply::Done,
    })
}

impl From<StatusResult> for Status {
    fn from(result: StatusResult) -> Self {
        Self {
            is_running: result.status == CanisterStatusType::Running,
            is_stopped: result.status == CanisterStatusType::Stopped,
            controllers: result.settings.controllers,
            module_hash: result.module_hash.map(ByteBuf::into_vec),
            cycles: u128::try_from(result.cycles.0).unwrap_or(u128::MAX),
        }
    }
}
