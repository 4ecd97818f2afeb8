//! Uploads in stable memory, for any canister that takes files in chunks.
//!
//! An upload is begun, filled by chunks in any order, and committed by the SHA-256 of all its bytes.
//! Committed bytes are kept once, whoever sent them, and freed when nobody holds them any more.
//!
//! - `rules`: what an upload and its chunks must be like
//! - `uploads`: the sessions and their expiry

mod error;
mod received;
mod rules;
mod upload;
mod uploads;

pub use blob_store::{Hash, sha256, to_hex};
pub use error::UploadError;
pub use rules::{MAX_CHUNK_BYTES, MAX_CHUNKS, Policy};
pub use upload::{
    ChunkRange, CreateUploadRequest, CreateUploadResponse, Upload, UploadCommit, UploadInfo,
};
pub use uploads::{Memories, Totals, Uploads};

#[cfg(test)]
mod tests;
