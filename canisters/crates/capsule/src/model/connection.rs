//! A capsule's connection to somebody.

use candid::{CandidType, Deserialize, Principal};
use serde::Serialize;
use stable_record::storable_as_cbor;

/// Somebody whom the capsule's owner knows. It gives no access by itself.
#[derive(CandidType, Serialize, Deserialize, Clone, Debug)]
pub struct NewConnection {
    pub peer: Principal,
    /// At most 200 bytes.
    pub name: Option<String>,
    /// What they are to each other, as "family": at most 200 bytes.
    pub relation: Option<String>,
    /// At most 4,000 bytes.
    pub note: Option<String>,
}

/// What is to change; what is left out stays.
#[derive(CandidType, Serialize, Deserialize, Clone, Debug, Default)]
pub struct UpdateConnection {
    pub name: Option<String>,
    pub relation: Option<String>,
    pub note: Option<String>,
}

/// What is kept of a connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connection {
    pub name: String,
    pub relation: String,
    pub note: String,
    pub created_at: u64,
    pub updated_at: u64,
}

storable_as_cbor!(Connection);

#[derive(CandidType, Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
pub struct ConnectionInfo {
    pub peer: Principal,
    pub name: String,
    pub relation: String,
    pub note: String,
    pub created_at_time_ns: u64,
    pub updated_at_time_ns: u64,
}

impl Connection {
    pub fn info(&self, peer: Principal) -> ConnectionInfo {
        ConnectionInfo {
            peer,
            name: self.name.clone(),
            relation: self.relation.clone(),
            note: self.note.clone(),
            created_at_time_ns: self.created_at,
            updated_at_time_ns: self.updated_at,
        }
    }
}
