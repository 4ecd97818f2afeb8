//! A capsule that comes from another canister, over many messages.
//!
//! A session begins with the manifest of what will come. Bytes come first, by their hashes, in pieces
//! of `MAX_CHUNK_BYTES`; then the memories that have them, galleries, connections. What comes again
//! changes nothing, whatever the order. At the end all stored bytes are hashed again and the manifest
//! is made of what is there: it is the sender's to compare.
//!
//! A session that nobody goes on with expires, and leaves nothing, as one that is aborted.

mod check;
mod error;
mod pieces;
mod session;

pub use check::Progress;
pub use error::{ImportError, ImportResult};
pub use pieces::{Chunk, MAX_CHUNK_BYTES, StagingBlobs};
pub use session::{
    Import, ImportLimits, ImportMemories, ImportStage, ImportStatus, ImportedManifest,
};
