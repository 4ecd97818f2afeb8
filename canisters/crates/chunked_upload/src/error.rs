//! Why an upload is refused.

use std::fmt;

use candid::{CandidType, Deserialize};
use serde::Serialize;

/// Why a request about an upload is refused; nothing has changed then.
#[derive(CandidType, Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
pub enum UploadError {
    /// There is no such upload, or it is another caller's.
    UploadNotFound {
        upload_id: u64,
    },
    UploadTooLarge {
        size: u64,
        limit: u64,
    },
    ChunkTooLarge {
        size: u64,
        limit: u64,
    },
    EmptyChunk,
    TooManyChunks {
        limit: u32,
    },
    /// An upload of known length has chunks of one size and a last one of the rest.
    WrongChunkSize {
        index: u32,
        size: u64,
        expected: u64,
    },
    /// Other bytes have arrived at this index before.
    ChunkConflict {
        index: u32,
    },
    MissingChunks {
        first_missing: u32,
        received: u32,
    },
    WrongLength {
        received: u64,
        expected: u64,
    },
    HashMismatch {
        expected_sha256_hex: String,
        actual_sha256_hex: String,
    },
    /// It is not the 64 hexadecimal digits of a SHA-256.
    InvalidHash {
        text: String,
    },
    InvalidChunkSize {
        chunk_size: u32,
        limit: u32,
    },
    NameTooLong {
        limit: u32,
    },
    AlreadyCommitted {
        upload_id: u64,
    },
    NotCommitted {
        upload_id: u64,
    },
    TooManyOpenUploads {
        limit: u32,
    },
    TooManyUploads {
        limit: u32,
    },
    StorageFull {
        limit: u64,
    },
}

impl fmt::Display for UploadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UploadNotFound { upload_id } => write!(
                f,
                "Upload not found: there is no upload {upload_id} of this caller; it may have \
                 expired or been deleted"
            ),
            Self::UploadTooLarge { size, limit } => write!(
                f,
                "Upload too large: {size} bytes, at most {limit} are taken (max_upload_size)"
            ),
            Self::ChunkTooLarge { size, limit } => {
                write!(f, "Chunk too large: {size} bytes, at most {limit} are taken in one chunk")
            }
            Self::EmptyChunk => f.write_str("Empty chunk: a chunk has at least one byte"),
            Self::TooManyChunks { limit } => write!(
                f,
                "Too many chunks: an upload has at most {limit}, numbered from 0; send larger ones"
            ),
            Self::WrongChunkSize { index, size, expected } => write!(
                f,
                "Wrong chunk size: chunk {index} has {size} bytes, and by the upload's length and \
                 chunk_size it has {expected}"
            ),
            Self::ChunkConflict { index } => write!(
                f,
                "Chunk conflict: other bytes arrived as chunk {index} before; delete the upload and \
                 begin anew if those were wrong"
            ),
            Self::MissingChunks { first_missing, received } => write!(
                f,
                "Missing chunks: {received} have arrived, and chunk {first_missing} has not"
            ),
            Self::WrongLength { received, expected } => {
                write!(f, "Wrong length: {received} bytes have arrived, {expected} were announced")
            }
            Self::HashMismatch { expected_sha256_hex, actual_sha256_hex } => write!(
                f,
                "hash mismatch: the bytes that arrived have SHA-256 {actual_sha256_hex}, expected \
                 was {expected_sha256_hex}; nothing was deleted"
            ),
            Self::InvalidHash { text } => {
                write!(f, "Invalid hash: {text:?} is not a SHA-256 in 64 hexadecimal digits")
            }
            Self::InvalidChunkSize { chunk_size, limit } => {
                write!(f, "Invalid chunk size: {chunk_size}; it must be from 1 to {limit}")
            }
            Self::NameTooLong { limit } => {
                write!(f, "Name too long: an upload's name has at most {limit} bytes")
            }
            Self::AlreadyCommitted { upload_id } => write!(
                f,
                "Already committed: upload {upload_id} takes no more chunks; begin another one"
            ),
            Self::NotCommitted { upload_id } => {
                write!(f, "Not committed: upload {upload_id} must be committed by its hash first")
            }
            Self::TooManyOpenUploads { limit } => write!(
                f,
                "Too many open uploads: a caller has at most {limit}; commit or delete one"
            ),
            Self::TooManyUploads { limit } => {
                write!(f, "Too many uploads: a caller has at most {limit}; delete some")
            }
            Self::StorageFull { limit } => write!(
                f,
                "Storage full: uploads may take {limit} bytes in all; delete some or ask an admin \
                 to raise max_stored_bytes"
            ),
        }
    }
}
