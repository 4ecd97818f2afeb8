//! One upload, as it is kept and as it is shown.

use blob_store::Hash;
use candid::{CandidType, Deserialize, Principal};
use serde::Serialize;
use serde_bytes::ByteBuf;
use stable_record::storable_as_cbor;

use crate::received::Received;

/// The most indexes that `UploadInfo` lists one by one.
const MOST_LISTED_CHUNKS: u32 = 1024;

/// How an upload is begun; what is left out is not checked.
#[derive(CandidType, Serialize, Deserialize, Clone, Debug, Default)]
pub struct CreateUploadRequest {
    /// What people know it by, at most 200 bytes.
    pub name: Option<String>,
    /// Bytes that will arrive in all.
    pub expected_len: Option<u64>,
    /// Bytes of each chunk but the last one; 1 MiB where it is left out, which is also the most.
    pub chunk_size: Option<u32>,
    /// Where these bytes are there already, no chunk needs to be sent.
    pub expected_sha256_hex: Option<String>,
}

#[derive(CandidType, Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
pub struct CreateUploadResponse {
    pub upload_id: u64,
    pub chunk_size: u32,
    /// The bytes are there already, and the upload is committed: nothing is left to do.
    pub deduplicated: bool,
}

/// The hash that the bytes must have.
#[derive(CandidType, Serialize, Deserialize, Clone, Debug)]
pub struct UploadCommit {
    /// 64 hexadecimal digits.
    pub expected_sha256_hex: String,
}

/// First and last index of chunks that have arrived without a gap.
#[derive(CandidType, Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
pub struct ChunkRange {
    pub first: u32,
    pub last: u32,
}

/// What is told of an upload.
#[derive(CandidType, Serialize, Deserialize, Clone, Debug)]
pub struct UploadInfo {
    pub upload_id: u64,
    pub owner: Principal,
    pub name: Option<String>,
    /// Bytes received.
    pub total_len: u64,
    pub expected_len: Option<u64>,
    pub chunk_size: u32,
    /// Indexes of the chunks that have arrived, the first 1,024 of them at most.
    pub received_chunks: Vec<u32>,
    /// All of them, as ranges.
    pub received_ranges: Vec<ChunkRange>,
    /// The SHA-256 that was announced, by which an upload that broke off can be found again.
    pub expected_hash: Option<ByteBuf>,
    pub committed_hash: Option<ByteBuf>,
    pub created_at_time_ns: u64,
    /// Nothing while something that was installed from it is there.
    pub expires_at_time_ns: Option<u64>,
    /// How many are installed from it.
    pub used_by: u64,
}

/// What is kept of an upload.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Upload {
    pub owner: Principal,
    pub name: Option<String>,
    pub total_len: u64,
    pub expected_len: Option<u64>,
    pub chunk_size: u32,
    pub expected_hash: Option<Hash>,
    pub received: Received,
    pub committed_hash: Option<Hash>,
    pub created_at: u64,
    pub expires_at: Option<u64>,
    pub used_by: u64,
}

storable_as_cbor!(Upload);

impl Upload {
    /// The bytes that a chunk must have, where the upload's length is known: none behind its end.
    pub(crate) fn expected_chunk_len(&self, index: u32) -> Option<u64> {
        let expected_len = self.expected_len?;
        let start = u64::from(index) * u64::from(self.chunk_size);
        Some(expected_len.saturating_sub(start).min(u64::from(self.chunk_size)))
    }

    pub fn info(&self, upload_id: u64) -> UploadInfo {
        let ranges = self.received.ranges().into_iter();
        UploadInfo {
            upload_id,
            owner: self.owner,
            name: self.name.clone(),
            total_len: self.total_len,
            expected_len: self.expected_len,
            chunk_size: self.chunk_size,
            received_chunks: self.received.indexes().take(MOST_LISTED_CHUNKS as usize).collect(),
            received_ranges: ranges.map(|(first, last)| ChunkRange { first, last }).collect(),
            expected_hash: self.expected_hash.map(ByteBuf::from),
            committed_hash: self.committed_hash.map(ByteBuf::from),
            created_at_time_ns: self.created_at,
            expires_at_time_ns: self.expires_at,
            used_by: self.used_by,
        }
    }
}
