//! Why a request about capsules is refused.

use std::fmt;

use candid::{CandidType, Deserialize, Principal};
use serde::Serialize;

/// Why a request is refused; nothing has changed then.
#[derive(CandidType, Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
pub enum CapsuleError {
    /// There is none of this id, or the caller may not read it.
    CapsuleNotFound {
        capsule_id: String,
    },
    /// The caller has no capsule.
    NoCapsule,
    /// There is none of this id, or the caller may not read it.
    MemoryNotFound {
        memory_id: String,
    },
    /// There is none of this id, or the caller may not read it.
    GalleryNotFound {
        gallery_id: String,
    },
    /// It names nothing that the caller may read.
    NotFound {
        id: String,
    },
    AssetNotFound {
        memory_id: String,
        variant: String,
    },
    ConnectionNotFound {
        peer: Principal,
    },
    ConnectionExists {
        peer: Principal,
    },
    /// The caller may read it, and not change it.
    ReadOnly {
        id: String,
    },
    /// The caller may read or change it, and it is the owner's to decide.
    NotOwner {
        id: String,
    },
    InvalidArgument {
        argument: String,
        problem: String,
    },
    TooMany {
        what: String,
        limit: u64,
    },
    CapsuleFull {
        needed: u64,
        limit: u64,
    },
    InlineTooLarge {
        size: u64,
        limit: u64,
    },
    /// Neither the caller has uploaded such bytes, nor does the capsule hold them.
    BlobNotFound {
        sha256_hex: String,
    },
    StorageFull {
        limit: u64,
    },
    /// A gallery holds what is in the same capsule, and this is not.
    DanglingReference {
        id: String,
    },
    /// The gallery would hold itself.
    CyclicGallery {
        gallery_id: String,
    },
    /// It is on its way to a canister of its own.
    CapsuleFrozen {
        capsule_id: String,
    },
    /// It is in a canister of its own.
    Moved {
        capsule_id: String,
        canister_id: Principal,
    },
}

pub type CapsuleResult<T> = Result<T, CapsuleError>;

impl CapsuleError {
    pub(crate) fn invalid(argument: &str, problem: impl Into<String>) -> Self {
        Self::InvalidArgument { argument: argument.to_owned(), problem: problem.into() }
    }

    pub(crate) fn too_many(what: &str, limit: impl Into<u64>) -> Self {
        Self::TooMany { what: what.to_owned(), limit: limit.into() }
    }
}

/// As much of a text as an error repeats.
pub(crate) fn excerpt(text: &str) -> String {
    text.chars().filter(|char| !char.is_control()).take(80).collect()
}

impl fmt::Display for CapsuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CapsuleNotFound { capsule_id } => write!(
                f,
                "Capsule not found: there is no {capsule_id:?} that the caller may see; \
                 list_my_capsules tells which there are"
            ),
            Self::NoCapsule => f.write_str(
                "No capsule: the caller has none; make one by create_capsule or register_capsule",
            ),
            Self::MemoryNotFound { memory_id } => {
                write!(f, "Memory not found: there is no {memory_id:?} that the caller may see")
            }
            Self::GalleryNotFound { gallery_id } => {
                write!(f, "Gallery not found: there is no {gallery_id:?} that the caller may see")
            }
            Self::NotFound { id } => {
                write!(f, "Not found: {id:?} names nothing that the caller may see")
            }
            Self::AssetNotFound { memory_id, variant } => {
                write!(f, "Asset not found: {memory_id} has no variant {variant:?}")
            }
            Self::ConnectionNotFound { peer } => {
                write!(f, "Connection not found: the capsule has none to {peer}")
            }
            Self::ConnectionExists { peer } => write!(
                f,
                "Connection exists: the capsule has one to {peer}; change it by update_connection"
            ),
            Self::ReadOnly { id } => {
                write!(f, "Read only: the caller may see {id} and not change it")
            }
            Self::NotOwner { id } => write!(f, "Not the owner: only {id}'s owner may do this"),
            Self::InvalidArgument { argument, problem } => {
                write!(f, "Invalid argument: {argument} {problem}")
            }
            Self::TooMany { what, limit } => {
                write!(f, "Too many {what}: at most {limit} are taken")
            }
            Self::CapsuleFull { needed, limit } => write!(
                f,
                "Capsule full: {needed} bytes would be kept, at most {limit} are \
                 (max_bytes_per_capsule)"
            ),
            Self::InlineTooLarge { size, limit } => write!(
                f,
                "Inline asset too large: {size} bytes, at most {limit} come with a memory; upload \
                 the bytes and name them by their SHA-256"
            ),
            Self::BlobNotFound { sha256_hex } => write!(
                f,
                "Blob not found: the caller has no committed upload of SHA-256 {sha256_hex}"
            ),
            Self::StorageFull { limit } => write!(
                f,
                "Storage full: the canister keeps {limit} bytes; ask an admin to raise \
                 max_stored_bytes"
            ),
            Self::DanglingReference { id } => write!(
                f,
                "Dangling reference: {id:?} is no memory or gallery of the gallery's capsule"
            ),
            Self::CyclicGallery { gallery_id } => {
                write!(f, "Cyclic gallery: {gallery_id} would hold itself")
            }
            Self::CapsuleFrozen { capsule_id } => write!(
                f,
                "Capsule frozen: {capsule_id}, it is on its way to a canister of its own; reading \
                 goes on"
            ),
            Self::Moved { capsule_id, canister_id } => write!(
                f,
                "Moved: {capsule_id} is in a canister of its own, {canister_id}; ask there"
            ),
        }
    }
}
