//! What leaves a capsule for another canister, and the manifest by which both are compared.
//!
//! # The hashes
//!
//! Anybody who has the exported records computes the same manifest from them.
//!
//! The hash of a **value** is the SHA-256 of its bytes: a text as UTF-8, a principal and a blob as
//! they are, a natural number as unsigned LEB128. That of a **list** is the SHA-256 of the hashes of
//! its elements, one behind the other. That of a **map** is the representation-independent hash of
//! the IC specification ("Representation-independent hashing of structured data"): for each entry
//! the hash of its name (as a text) followed by the hash of its value; these pairs sorted as bytes;
//! the SHA-256 of them all, one behind the other.
//!
//! An **item** is hashed as the map of the fields of its exported record by their Candid names, with
//! `kind` added: the text `capsule`, `memory`, `gallery` or `connection`. A record in it
//! (`ExportedAsset`, `MetadataEntry`, `Grant`) is a map of its fields; a variant (`visibility`,
//! `memory_type`, `permission`) is the text of its case, as `Private`; a field of type `opt` that is
//! absent is left out, and one that is present is its value. Lists are in the order of the record;
//! `grants` are in order of their grantees.
//!
//! The **chain** begins with 32 zero bytes, and takes an item in by `h = SHA-256(h ‖ item)`: the
//! capsule, its memories in order of their ids, its galleries in order of their ids, its connections
//! in order of their peers. Ids are in order as their texts are. Principals are in order of their
//! lengths, those of a length in order of their bytes.
//!
//! The **root hash** is the hash of the map of `api_version`, `blobs`, `capsule_id`, `connections`,
//! `galleries`, `memories` and `total_bytes` of the manifest, and of `items`: the chain's end, as a
//! blob.
//!
//! A capsule of one memory and its root hash are spelt out in the tests of this module.

mod hashes;
mod manifest;
mod records;
mod value;

pub use manifest::{Manifest, ManifestBuilder};
pub use records::{ExportPage, ExportedAsset, ExportedCapsule, ExportedGallery, ExportedMemory};

/// Of the methods by which a capsule is moved, and of the hashes: both canisters must have the same.
pub const API_VERSION: u32 = 1;

#[cfg(test)]
mod tests;
