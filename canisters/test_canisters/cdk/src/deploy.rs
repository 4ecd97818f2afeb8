//! Creates a canister and installs a module of several chunks in it.

use candid::{CandidType, Deserialize, Principal};
use ic_cdk_management_canister::{
    CanisterInstallMode, ChunkHash, CreateCanisterArgs, InstallChunkedCodeArgs, UploadChunkArgs,
    create_canister_with_extra_cycles, install_chunked_code, upload_chunk,
};
use serde_bytes::ByteBuf;

use crate::chunks::chunk;

#[derive(CandidType, Deserialize)]
pub struct DeployRequest {
    /// Which chunks of the map make up the module, in order.
    pub chunk_indexes: Vec<u32>,
    /// SHA-256 of the whole module.
    pub module_hash: ByteBuf,
    /// Argument of the new canister's `init`.
    pub argument: ByteBuf,
    /// What the new canister has after the fee for its creation.
    pub cycles: u128,
}

pub type DeployOutcome = Result<Principal, String>;

#[ic_cdk::update]
async fn deploy_from_chunks(request: DeployRequest) -> DeployOutcome {
    let arguments = CreateCanisterArgs::default();
    let created = create_canister_with_extra_cycles(&arguments, request.cycles).await;
    let canister_id = created.map_err(text)?.canister_id;
    let arguments = InstallChunkedCodeArgs {
        mode: CanisterInstallMode::Install,
        target_canister: canister_id,
        store_canister: None,
        chunk_hashes_list: upload_chunks(canister_id, &request.chunk_indexes).await?,
        wasm_module_hash: request.module_hash.into_vec(),
        arg: request.argument.into_vec(),
    };
    install_chunked_code(&arguments).await.map_err(text)?;
    Ok(canister_id)
}

async fn upload_chunks(canister_id: Principal, indexes: &[u32]) -> Result<Vec<ChunkHash>, String> {
    let mut hashes = Vec::with_capacity(indexes.len());
    for index in indexes {
        let chunk = chunk(*index).ok_or_else(|| format!("no chunk {index}"))?;
        let uploaded = upload_chunk(&UploadChunkArgs { canister_id, chunk }).await;
        hashes.push(uploaded.map_err(text)?);
    }
    Ok(hashes)
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}
