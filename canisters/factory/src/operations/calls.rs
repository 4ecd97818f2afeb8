//! The calls of each stage.

use candid::Principal;
use ic_management_canister_types::{
    CanisterInstallMode, CanisterSettings, ChunkHash, InstallChunkedCodeArgs,
};

use crate::operations::record::{Kind, Operation, STORE_CHUNK_BYTES, Stage};
use crate::operations::table;
use crate::uploads;
use management_calls::Call;

/// How many chunks are stored at the same time: more would keep more MiB on the heap.
const CHUNKS_AT_A_TIME: usize = 4;

/// The calls that an operation makes at its stage.
pub fn calls_of(operation: &Operation, operation_id: u64, factory: Principal) -> Vec<Call> {
    let Some(canister_id) = operation.canister_id else {
        let settings = operation.settings.with_controllers(vec![factory]);
        return vec![Call::CreateCanister { settings, cycles: operation.cycles }];
    };
    vec![match operation.stage {
        Stage::StoringChunks => return chunks(operation, canister_id),
        Stage::Creating | Stage::Completed | Stage::Failed => return Vec::new(),
        Stage::CheckingStatus | Stage::ReadingBalance => Call::CanisterStatus { canister_id },
        Stage::Stopping | Stage::StoppingForDeletion | Stage::StoppingRecovery => {
            Call::StopCanister { canister_id }
        }
        Stage::TakingSnapshot => Call::TakeSnapshot { canister_id },
        Stage::FindingSnapshot => Call::ListSnapshots { canister_id },
        Stage::Installing => installation(operation, operation_id, canister_id),
        Stage::RollingBack => Call::LoadSnapshot { canister_id, snapshot: snapshot_of(operation) },
        Stage::ClearingChunks => Call::ClearChunkStore { canister_id },
        Stage::DeletingSnapshot => {
            Call::DeleteSnapshot { canister_id, snapshot: snapshot_of(operation) }
        }
        Stage::Starting | Stage::StartingRecovery => Call::StartCanister { canister_id },
        Stage::HandingOff => {
            let controllers = Some(operation.controllers.clone());
            let settings = CanisterSettings { controllers, ..CanisterSettings::default() };
            Call::UpdateSettings { canister_id, settings }
        }
        Stage::ConfirmingHandOff => Call::CanisterInfo { canister_id },
        Stage::LiftingReserve => Call::UpdateSettings { canister_id, settings: nothing_reserved() },
        Stage::InstallingRecovery => Call::InstallRecovery { canister_id, receiver: factory },
        Stage::RecoveringCycles => Call::RecoverCycles { canister_id },
        Stage::Deleting => Call::DeleteCanister { canister_id },
    }]
}

fn chunks(operation: &Operation, canister_id: Principal) -> Vec<Call> {
    let module = operation.module.expect("an operation that stores chunks has a module");
    let next = operation.stored_chunks.len() as u64;
    let indexes = next..u64::from(operation.chunks_total());
    let chunks = indexes.take(CHUNKS_AT_A_TIME).map(|index| {
        let offset = index * STORE_CHUNK_BYTES;
        uploads::read(|uploads| uploads.read(&module.hash, offset, STORE_CHUNK_BYTES))
            .expect("an operation holds its module")
    });
    chunks.map(|chunk| Call::UploadChunk { canister_id, chunk }).collect()
}

fn installation(operation: &Operation, operation_id: u64, canister_id: Principal) -> Call {
    let module = operation.module.expect("an operation that installs has a module");
    let mode = match operation.kind {
        Kind::Upgrade => CanisterInstallMode::Upgrade(None),
        Kind::Create if !operation.installs_again => CanisterInstallMode::Install,
        _ => CanisterInstallMode::Reinstall,
    };
    let hashes = operation.stored_chunks.iter();
    Call::InstallChunkedCode(Box::new(InstallChunkedCodeArgs {
        mode,
        target_canister: canister_id,
        store_canister: None,
        chunk_hashes_list: hashes.map(|hash| ChunkHash { hash: hash.to_vec() }).collect(),
        wasm_module_hash: module.hash.to_vec(),
        arg: table::argument(operation_id),
        sender_canister_version: None,
    }))
}

fn snapshot_of(operation: &Operation) -> Vec<u8> {
    operation.snapshot.clone().map(|id| id.into_vec()).unwrap_or_default()
}

fn nothing_reserved() -> CanisterSettings {
    let nothing = Some(0u8.into());
    CanisterSettings {
        compute_allocation: nothing.clone(),
        memory_allocation: nothing.clone(),
        freezing_threshold: nothing,
        ..CanisterSettings::default()
    }
}
