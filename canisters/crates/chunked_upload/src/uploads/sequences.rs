//! Contents that come piece by piece without being an upload of anybody's.

use blob_store::{Hash, SequenceId};
use ic_stable_structures::Memory;

use super::{STORED_AT_ONCE, Uploads};
use crate::error::UploadError;
use crate::rules::Policy;

impl<M: Memory> Uploads<M> {
    /// Begins a sequence of pieces that are no upload of anybody.
    pub fn begin_sequence(&mut self) -> SequenceId {
        let mut totals = *self.totals.get();
        let sequence = STORED_AT_ONCE | totals.stored_at_once;
        totals.stored_at_once += 1;
        self.totals.set(totals);
        sequence
    }

    /// Stores a piece of a sequence, at least one byte, where none is yet.
    pub fn put_piece(
        &mut self,
        sequence: SequenceId,
        index: u32,
        bytes: &[u8],
        policy: &Policy,
    ) -> Result<(), UploadError> {
        let full = UploadError::StorageFull { limit: policy.max_stored };
        if self.totals.get().stored_bytes + bytes.len() as u64 > policy.max_stored {
            return Err(full);
        }
        self.contents.store_piece(sequence, index, bytes).map_err(|_| full)?;
        self.add_stored(bytes.len() as u64);
        Ok(())
    }

    pub fn piece(&self, sequence: SequenceId, index: u32) -> Option<Vec<u8>> {
        self.contents.piece(sequence, index)
    }

    /// Makes a sequence, all pieces of which are there, the content of a hash that the caller has
    /// found, and holds it.
    pub fn commit_sequence(&mut self, sequence: SequenceId, hash: Hash, len: u64) {
        if !self.contents.commit(sequence, hash, len) {
            self.subtract_stored(len);
        }
    }

    /// Gives up a sequence that is not committed.
    pub fn drop_sequence(&mut self, sequence: SequenceId) {
        let freed = self.contents.free(sequence);
        self.subtract_stored(freed);
    }
}
