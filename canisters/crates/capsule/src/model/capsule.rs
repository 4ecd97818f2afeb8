//! One capsule.

use candid::{CandidType, Deserialize, Principal};
use serde::Serialize;
use stable_record::storable_as_cbor;

use crate::id::Id;
use crate::model::{Level, Seal, Visibility};

/// How a capsule is made; all may be left out.
#[derive(CandidType, Serialize, Deserialize, Clone, Debug, Default)]
pub struct CreateCapsule {
    /// At most 200 bytes, with no control characters.
    pub name: Option<String>,
    /// At most 4,000 bytes.
    pub description: Option<String>,
}

/// What is to change; what is left out stays.
#[derive(CandidType, Serialize, Deserialize, Clone, Debug, Default)]
pub struct UpdateCapsule {
    pub name: Option<String>,
    pub description: Option<String>,
}

/// What is kept of a capsule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capsule {
    pub owner: Principal,
    pub name: String,
    pub description: String,
    pub visibility: Visibility,
    pub created_at: u64,
    pub updated_at: u64,
    pub memories: u64,
    pub galleries: u32,
    pub connections: u32,
    /// Of all different assets.
    pub bytes: u64,
    /// It is being deleted, and gone for everybody.
    #[serde(default)]
    pub is_deleted: bool,
    /// Why nothing of it may change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seal: Option<Seal>,
}

storable_as_cbor!(Capsule);

#[derive(CandidType, Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
pub struct CapsuleInfo {
    pub capsule_id: String,
    pub owner: Principal,
    pub name: String,
    pub description: String,
    pub visibility: Visibility,
    pub created_at_time_ns: u64,
    pub updated_at_time_ns: u64,
    pub memories: u64,
    pub galleries: u32,
    pub connections: u32,
    /// Bytes of all different assets.
    pub bytes: u64,
    /// What the caller may do with it.
    pub my_access: Level,
}

impl Capsule {
    pub fn info(&self, id: Id, my_access: Level) -> CapsuleInfo {
        CapsuleInfo {
            capsule_id: id.to_string(),
            owner: self.owner,
            name: self.name.clone(),
            description: self.description.clone(),
            visibility: self.visibility,
            created_at_time_ns: self.created_at,
            updated_at_time_ns: self.updated_at,
            memories: self.memories,
            galleries: self.galleries,
            connections: self.connections,
            bytes: self.bytes,
            my_access,
        }
    }
}
