//! Bytes in stable memory, addressed by their SHA-256: stored once, and kept for as long as somebody
//! holds them.
//!
//! - `extents`: bytes to contiguous places in stable memory
//! - `contents`: committed bytes by hash, with their holders
//! - `parts`: the hashes of the parts of large contents, for those who serve them part by part

mod contents;
mod extents;
mod hex;
mod parts;

pub use contents::{Content, Contents, Hash, Hasher, SequenceId, sha256};
pub use extents::{ALIGNMENT, Extent, Extents, OutOfMemory};
pub use hex::{from_hex, to_hex};
pub use parts::{PART_BYTES, Parts, part_count};
