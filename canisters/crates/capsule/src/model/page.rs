//! Lists, in pages.

use candid::{CandidType, Deserialize, Principal};
use serde::Serialize;

use crate::limits::MOST_LISTED;
use crate::model::{CapsuleInfo, ConnectionInfo, GalleryInfo, MemoryInfo, MemoryType};

/// Which part of a list.
#[derive(CandidType, Serialize, Deserialize, Clone, Debug, Default)]
pub struct Page {
    /// The `next` of the page before.
    pub after: Option<String>,
    /// At most 100, which is also what it is where it is left out.
    pub limit: Option<u32>,
}

impl Page {
    pub fn size(&self) -> usize {
        self.limit.unwrap_or(MOST_LISTED).clamp(1, MOST_LISTED) as usize
    }
}

/// Which memories are listed; what is left out is not asked for.
#[derive(CandidType, Serialize, Deserialize, Clone, Debug, Default)]
pub struct MemoryFilter {
    pub memory_type: Option<MemoryType>,
    /// A whole tag; letters of any case are the same.
    pub tag: Option<String>,
    /// The beginning of a word of the title; letters of any case are the same.
    pub text_prefix: Option<String>,
    /// The SHA-256 of an asset, as 64 hexadecimal digits.
    pub sha256_hex: Option<String>,
}

/// A page may be shorter than asked for, or empty, where there is a `next`.
#[derive(CandidType, Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
pub struct MemoryList {
    pub memories: Vec<MemoryInfo>,
    /// Where to go on, where there may be more.
    pub next: Option<String>,
}

#[derive(CandidType, Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
pub struct CapsuleList {
    pub capsules: Vec<CapsuleInfo>,
    pub next: Option<String>,
}

#[derive(CandidType, Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
pub struct GalleryList {
    pub galleries: Vec<GalleryInfo>,
    pub next: Option<String>,
}

#[derive(CandidType, Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
pub struct ConnectionList {
    pub connections: Vec<ConnectionInfo>,
    pub next: Option<Principal>,
}

/// Ids of capsules, memories and galleries that others let the caller read or change.
#[derive(CandidType, Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
pub struct SharedList {
    pub ids: Vec<String>,
    pub next: Option<String>,
}
