//! Why an import is refused.

use std::fmt;

use candid::{CandidType, Deserialize};
use serde::Serialize;

use crate::error::CapsuleError;

/// Why a request about an import is refused.
#[derive(CandidType, Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
pub enum ImportError {
    /// There is no such session, or it is over.
    SessionNotFound {
        session_id: u64,
    },
    /// An import of another manifest is under way.
    SessionOpen {
        session_id: u64,
        expires_at_time_ns: u64,
    },
    /// It has begun to check what has come, and takes nothing more.
    BeingChecked {
        session_id: u64,
    },
    /// What came has been checked, and the capsule is open.
    AlreadyFinalized {
        session_id: u64,
    },
    /// What an earlier session brought is being cleared away.
    StillClearing,
    ApiVersionMismatch {
        expected: u32,
        actual: u32,
    },
    /// This canister is for another capsule, or another owner.
    WrongCapsule {
        expected: String,
        actual: String,
    },
    ImportTooLarge {
        size: u64,
        limit: u64,
    },
    ChunkTooLarge {
        size: u64,
        limit: u64,
    },
    /// Offsets are multiples of the chunk size, and each piece but the last one has that size.
    WrongPiece {
        sha256_hex: String,
        offset: u64,
        size: u64,
    },
    /// It was said to have another size before.
    WrongSize {
        sha256_hex: String,
        size: u64,
        expected: u64,
    },
    /// Other bytes have come at this offset before.
    PieceConflict {
        sha256_hex: String,
        offset: u64,
    },
    /// The bytes are not those of the hash; all of them have been forgotten.
    HashMismatch {
        expected_sha256_hex: String,
        actual_sha256_hex: String,
    },
    /// The bytes of an asset have not all come.
    BytesMissing {
        sha256_hex: String,
    },
    /// The bytes of an asset have come and are being hashed; ask again.
    StillHashing {
        sha256_hex: String,
    },
    /// It came before, and was different.
    ItemConflict {
        id: String,
    },
    /// More has come than the manifest says.
    TooMany {
        what: String,
        limit: u64,
    },
    /// Stored bytes are not what they were when they came.
    StoredBytesDiffer {
        sha256_hex: String,
        actual_sha256_hex: String,
    },
    /// What has come is nothing that a capsule may hold.
    Capsule(CapsuleError),
}

pub type ImportResult<T> = Result<T, ImportError>;

impl From<CapsuleError> for ImportError {
    fn from(error: CapsuleError) -> Self {
        Self::Capsule(error)
    }
}

impl fmt::Display for ImportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SessionNotFound { session_id } => write!(
                f,
                "Session not found: {session_id}; it may have expired or been aborted, begin anew"
            ),
            Self::SessionOpen { session_id, .. } => write!(
                f,
                "Session open: {session_id} imports another manifest; abort it or let it expire"
            ),
            Self::BeingChecked { session_id } => write!(
                f,
                "Being checked: session {session_id} takes nothing more; call finalize_import \
                 until it has ended"
            ),
            Self::AlreadyFinalized { session_id } => {
                write!(f, "Already finalized: session {session_id} has brought the capsule")
            }
            Self::StillClearing => f.write_str(
                "Still clearing: what an earlier session brought is cleared away; try again in a \
                 moment",
            ),
            Self::ApiVersionMismatch { expected, actual } => {
                write!(f, "API version mismatch: {actual}, expected was {expected}")
            }
            Self::WrongCapsule { expected, actual } => {
                write!(f, "Wrong capsule: {actual}; this canister is for {expected}")
            }
            Self::ImportTooLarge { size, limit } => {
                write!(f, "Import too large: {size} bytes, at most {limit} are taken")
            }
            Self::ChunkTooLarge { size, limit } => {
                write!(f, "Chunk too large: {size} bytes, at most {limit} are taken in a message")
            }
            Self::WrongPiece { sha256_hex, offset, size } => write!(
                f,
                "Wrong piece: {size} bytes of {sha256_hex} at {offset}; pieces lie at multiples of \
                 the chunk size, and each but the last one has that size"
            ),
            Self::WrongSize { sha256_hex, size, expected } => {
                write!(f, "Wrong size: {sha256_hex} has {size} bytes, expected were {expected}")
            }
            Self::PieceConflict { sha256_hex, offset } => {
                write!(f, "Piece conflict: other bytes of {sha256_hex} came at {offset} before")
            }
            Self::HashMismatch { expected_sha256_hex, actual_sha256_hex } => write!(
                f,
                "hash mismatch: the bytes have SHA-256 {actual_sha256_hex}, expected was \
                 {expected_sha256_hex}; they have been forgotten"
            ),
            Self::BytesMissing { sha256_hex } => {
                write!(f, "Bytes missing: not all of {sha256_hex} have come")
            }
            Self::StillHashing { sha256_hex } => {
                write!(f, "Still hashing: {sha256_hex} has come; ask again")
            }
            Self::ItemConflict { id } => write!(f, "Item conflict: another {id} came before"),
            Self::TooMany { what, limit } => {
                write!(f, "Too many {what}: the manifest says {limit}")
            }
            Self::StoredBytesDiffer { sha256_hex, actual_sha256_hex } => write!(
                f,
                "Stored bytes differ: what came as {sha256_hex} is {actual_sha256_hex} now"
            ),
            Self::Capsule(error) => error.fmt(f),
        }
    }
}
