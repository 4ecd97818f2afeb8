//! Capsules: what somebody keeps, and who may see it.
//!
//! A capsule has an owner, memories with their assets, galleries of memories, and connections to
//! other people. All of it lies in stable structures that hold one capsule as well as many: look-ups
//! and checks of access take logarithmic time, lists take that of their page.
//!
//! - `id`: names that tell nothing to those who don't hold them
//! - `model`: what is kept, and what callers send and are told
//! - `rules`, `limits`: what it must be like
//! - `export`: what leaves for another canister, and the manifest by which it is compared
//! - `import`: the way in, over many messages
//! - `store`: all capsules of a canister; `Blobs` is what it needs of a store of bytes
//!
//! Whoever may not read something is told that it is not there.

mod error;
mod export;
mod id;
mod import;
mod limits;
mod model;
mod rules;
mod store;
mod words;

pub use error::{CapsuleError, CapsuleResult};
pub use export::{
    API_VERSION, ExportPage, ExportedAsset, ExportedCapsule, ExportedGallery, ExportedMemory,
    Manifest, ManifestBuilder,
};
pub use id::{Id, Kind};
pub use import::{
    Chunk, Import, ImportError, ImportLimits, ImportMemories, ImportResult, ImportStage,
    ImportStatus, ImportedManifest, MAX_CHUNK_BYTES, Progress, StagingBlobs,
};
pub use limits::{
    Limits, MAX_DESCRIPTION_BYTES, MAX_FILE_NAME_BYTES, MAX_INLINE_BYTES, MAX_METADATA_KEY_BYTES,
    MAX_METADATA_VALUE_BYTES, MAX_NAME_BYTES, MAX_TAG_BYTES, MOST_LISTED,
};
pub use model::*;
pub use store::{Blobs, Capsules, Context, Memories, ReadBlobs, Totals};

#[cfg(test)]
mod tests;
