//! Representation-independent hashes.
//!
//! Specification: "Representation-independent hashing of structured data".

use blob_store::{Hash, sha256};

/// Something that has a hash whatever its encoding.
#[derive(Clone, Debug)]
pub enum Value {
    Text(String),
    Bytes(Vec<u8>),
    Nat(u64),
    List(Vec<Value>),
    Map(Map),
}

/// Names and values.
pub type Map = Vec<(&'static str, Value)>;

impl Value {
    pub fn hash(&self) -> Hash {
        match self {
            Self::Text(text) => sha256(text.as_bytes()),
            Self::Bytes(bytes) => sha256(bytes),
            Self::Nat(number) => sha256(&leb128(*number)),
            Self::List(values) => {
                let hashes: Vec<Hash> = values.iter().map(Self::hash).collect();
                sha256(hashes.as_flattened())
            }
            Self::Map(map) => hash_of(map),
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<u64> for Value {
    fn from(number: u64) -> Self {
        Self::Nat(number)
    }
}

impl From<candid::Principal> for Value {
    fn from(principal: candid::Principal) -> Self {
        Self::Bytes(principal.as_slice().to_vec())
    }
}

/// The hash of a map.
pub fn hash_of(map: &Map) -> Hash {
    let pair = |(name, value): &(&str, Value)| [sha256(name.as_bytes()), value.hash()];
    let mut pairs: Vec<[Hash; 2]> = map.iter().map(pair).collect();
    pairs.sort_unstable();
    sha256(pairs.as_flattened().as_flattened())
}

fn leb128(mut number: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while number > 0x7f {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
    bytes
}
