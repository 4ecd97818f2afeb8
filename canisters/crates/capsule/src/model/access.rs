//! Who may see and change something.

use candid::{CandidType, Deserialize, Principal};
use serde::Serialize;

/// Whether those may read it who were named nowhere.
#[derive(CandidType, Serialize, Deserialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Visibility {
    #[default]
    Private,
    Public,
}

/// What a named principal may do.
#[derive(
    CandidType, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord,
)]
pub enum Permission {
    Read,
    /// Read, change, and delete what is in it.
    Write,
}

/// What a caller may do.
#[derive(
    CandidType, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord,
)]
pub enum Level {
    None,
    Read,
    Write,
    Owner,
}

impl From<Permission> for Level {
    fn from(permission: Permission) -> Self {
        match permission {
            Permission::Read => Self::Read,
            Permission::Write => Self::Write,
        }
    }
}

#[derive(CandidType, Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    pub grantee: Principal,
    pub permission: Permission,
}

/// Who may read or write something besides its owner, told to the owner.
#[derive(CandidType, Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
pub struct AccessInfo {
    pub visibility: Visibility,
    pub grants: Vec<Grant>,
}
