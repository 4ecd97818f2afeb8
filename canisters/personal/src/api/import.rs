//! The import of the capsule, for the hub while it is a controller; and what came by it.

use candid::{CandidType, Deserialize};
use capsule::{
    API_VERSION, Chunk, ConnectionInfo, ExportedCapsule, ExportedGallery, ExportedMemory,
    ImportStatus, ImportedManifest, MAX_CHUNK_BYTES, Manifest, Progress,
};
use ic_cdk::api::{instruction_counter, msg_caller};

use crate::access::{self, Access};
use crate::api::{caller_with, typed};
use crate::environment::Ic;
use crate::error::{PersonalResult, Reason};
use crate::import;

/// What will come.
#[derive(CandidType, Deserialize, Clone, Debug)]
pub struct BeginImport {
    pub manifest: Manifest,
    pub capsule: ExportedCapsule,
}

#[derive(CandidType, Deserialize, Clone, Debug)]
pub struct ImportSession {
    pub session_id: u64,
    /// The most bytes of a message, and the size of the pieces of a content but the last one.
    pub max_chunk_size: u32,
    /// Each message that goes on with the session puts this off.
    pub expires_at_time_ns: u64,
}

/// Of the methods of the import, and of the manifest's hashes.
#[ic_cdk::query]
fn api_version() -> u32 {
    #[cfg(feature = "faults")]
    return crate::faults::api_version(API_VERSION);
    #[cfg(not(feature = "faults"))]
    API_VERSION
}

/// Begins the import of a capsule. The same manifest again goes on with the same session; another one
/// is refused until the session is aborted or has expired.
#[ic_cdk::update]
fn begin_import(request: BeginImport) -> PersonalResult<ImportSession> {
    let BeginImport { manifest, capsule } = request;
    let begun = caller_with(Access::Hub)
        .and_then(|_| import::begin(&Ic, instruction_counter, manifest, capsule));
    let session = begun.map(|(session_id, expires_at_time_ns)| ImportSession {
        session_id,
        max_chunk_size: MAX_CHUNK_BYTES,
        expires_at_time_ns,
    });
    typed("begin_import", session)
}

/// Takes bytes of assets by the SHA-256 of the whole content, together at most `max_chunk_size`. The
/// same again change nothing. A content is kept when it is complete, and forgotten where it is not
/// of its hash; where one is refused, those before it stay.
#[ic_cdk::update]
fn put_memory_chunk(session_id: u64, chunks: Vec<Chunk>) -> PersonalResult<()> {
    let put = caller_with(Access::Hub).and_then(|_| import::put(&Ic, session_id, &chunks));
    typed("put_memory_chunk", put)
}

/// Takes memories, all bytes of which must be there. The same again change nothing; where one is
/// refused, those before it stay.
#[ic_cdk::update]
fn commit_memory(session_id: u64, memories: Vec<ExportedMemory>) -> PersonalResult<()> {
    let committed =
        caller_with(Access::Hub).and_then(|_| import::commit_memories(&Ic, session_id, memories));
    typed("commit_memory", committed)
}

/// Takes galleries; what they hold may come later. The same again change nothing; where one is
/// refused, those before it stay.
#[ic_cdk::update]
fn commit_gallery(session_id: u64, galleries: Vec<ExportedGallery>) -> PersonalResult<()> {
    let committed =
        caller_with(Access::Hub).and_then(|_| import::commit_galleries(&Ic, session_id, galleries));
    typed("commit_gallery", committed)
}

/// Takes connections. The same again change nothing; where one is refused, those before it stay.
#[ic_cdk::update]
fn commit_connection(session_id: u64, connections: Vec<ConnectionInfo>) -> PersonalResult<()> {
    let committed = caller_with(Access::Hub)
        .and_then(|_| import::commit_connections(&Ic, session_id, connections));
    typed("commit_connection", committed)
}

/// Hashes all stored bytes again and makes the manifest of what is stored, as much as one message
/// may: call it until it is `Finalized`. Then the capsule is open to be read, and the manifest is the
/// hub's to compare.
#[ic_cdk::update]
fn finalize_import(session_id: u64) -> PersonalResult<Progress> {
    let finalized = caller_with(Access::Hub)
        .and_then(|_| import::finalize(&Ic, instruction_counter, session_id));
    typed("finalize_import", finalized)
}

/// Ends a session and leaves nothing of it. Again, it changes nothing.
#[ic_cdk::update]
fn abort_import(session_id: u64) -> PersonalResult<()> {
    let aborted = caller_with(Access::Hub).and_then(|_| import::abort(&Ic, session_id));
    typed("abort_import", aborted)
}

/// How far the import has come; its stage only, but for the hub, the owner and controllers.
#[ic_cdk::query]
fn get_import_status() -> ImportStatus {
    let status = import::status();
    match access::sees_import(&Ic, msg_caller()) {
        true => status,
        false => ImportStatus::of_stage(status.stage),
    }
}

/// What the import has brought, as it was checked; for the hub, the owner and controllers.
#[ic_cdk::query]
fn get_manifest() -> PersonalResult<ImportedManifest> {
    let caller = msg_caller();
    if !access::sees_import(&Ic, caller) {
        return Err(Reason::NotOwner { caller }.into());
    }
    import::manifest().ok_or_else(|| Reason::ImportUnfinished.into())
}
