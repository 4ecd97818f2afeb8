//! All uploads: begun, filled in any order, committed by hash, held, expired.

use blob_store::{Contents, Extents, Hash, sha256};
use candid::Principal;
use ic_stable_structures::{Memory, StableBTreeMap, StableBTreeSet, StableCell};
use serde::{Deserialize, Serialize};
use stable_record::storable_as_cbor;

use crate::error::UploadError;
use crate::rules::{MAX_CHUNK_BYTES, Policy, check_chunk, hash_of_text, matching, new_upload};
use crate::upload::{CreateUploadRequest, CreateUploadResponse, Upload};

mod sequences;

/// Marks sequences of extents that no upload has brought.
const STORED_AT_ONCE: u64 = 1 << 63;

/// A stable memory for each structure.
pub struct Memories<M: Memory> {
    pub bytes: M,
    pub free_by_start: M,
    pub free_by_size: M,
    pub end: M,
    pub pieces: M,
    pub contents: M,
    pub uploads: M,
    pub by_owner: M,
    pub open_by_owner: M,
    pub by_owner_and_hash: M,
    pub expiries: M,
    pub totals: M,
}

/// Figures over all uploads.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct Totals {
    /// Uploads ever begun; also the latest id.
    pub begun: u64,
    /// Bytes kept now, of open and committed uploads.
    pub stored_bytes: u64,
    /// Contents ever stored without an upload.
    #[serde(default)]
    pub stored_at_once: u64,
}

storable_as_cbor!(Totals);

/// All uploads of a canister. Each method either does all that it says or changes nothing.
pub struct Uploads<M: Memory> {
    contents: Contents<M>,
    uploads: StableBTreeMap<u64, Upload, M>,
    by_owner: StableBTreeSet<(Principal, u64), M>,
    open_by_owner: StableBTreeSet<(Principal, u64), M>,
    by_owner_and_hash: StableBTreeSet<(Principal, Hash, u64), M>,
    /// Time and upload.
    expiries: StableBTreeSet<(u64, u64), M>,
    totals: StableCell<Totals, M>,
}

impl<M: Memory> Uploads<M> {
    pub fn init(memories: Memories<M>) -> Self {
        let extents = Extents::init(
            memories.bytes,
            memories.free_by_start,
            memories.free_by_size,
            memories.end,
        );
        Self {
            contents: Contents::init(extents, memories.pieces, memories.contents),
            uploads: StableBTreeMap::init(memories.uploads),
            by_owner: StableBTreeSet::init(memories.by_owner),
            open_by_owner: StableBTreeSet::init(memories.open_by_owner),
            by_owner_and_hash: StableBTreeSet::init(memories.by_owner_and_hash),
            expiries: StableBTreeSet::init(memories.expiries),
            totals: StableCell::init(memories.totals, Totals::default()),
        }
    }

    /// Begins an upload. Where bytes of the expected hash are there, it is committed at once: an
    /// upload of the same owner comes back, and others' bytes get one more upload.
    pub fn create(
        &mut self,
        owner: Principal,
        request: CreateUploadRequest,
        now: u64,
        policy: &Policy,
    ) -> Result<CreateUploadResponse, UploadError> {
        self.create_sharing(owner, request, now, policy, |_| true)
    }

    /// Begins an upload, and tells of bytes that are there only where their hash passes: whether
    /// somebody has certain bytes may be nobody else's business.
    pub fn create_sharing(
        &mut self,
        owner: Principal,
        request: CreateUploadRequest,
        now: u64,
        policy: &Policy,
        may_share: impl FnOnce(&Hash) -> bool,
    ) -> Result<CreateUploadResponse, UploadError> {
        let upload = new_upload(owner, request, now, policy)?;
        let there = upload.expected_hash.filter(|hash| self.contents.get(hash).is_some());
        let known = there.filter(|hash| self.has_upload_of(owner, hash) || may_share(hash));
        let (upload_id, deduplicated) = match known {
            Some(hash) => (self.share(owner, upload, hash, now, policy)?, true),
            None => (self.open(owner, upload, policy)?, false),
        };
        let chunk_size = self.owned(upload_id, owner)?.chunk_size;
        Ok(CreateUploadResponse { upload_id, chunk_size, deduplicated })
    }

    /// Whether an owner has a committed upload of these bytes.
    pub fn has_upload_of(&self, owner: Principal, hash: &Hash) -> bool {
        let of_owner = (owner, *hash, 0)..=(owner, *hash, u64::MAX);
        self.by_owner_and_hash.range(of_owner).next().is_some()
    }

    /// Stores bytes that came in one message; whoever asks for it holds them.
    pub fn store(&mut self, bytes: &[u8], policy: &Policy) -> Result<Hash, UploadError> {
        let hash = sha256(bytes);
        if self.contents.get(&hash).is_some() {
            self.contents.hold(&hash);
            return Ok(hash);
        }
        let full = UploadError::StorageFull { limit: policy.max_stored };
        let len = bytes.len() as u64;
        let mut totals = *self.totals.get();
        if totals.stored_bytes + len > policy.max_stored {
            return Err(full);
        }
        let sequence = STORED_AT_ONCE | totals.stored_at_once;
        for (index, chunk) in bytes.chunks(MAX_CHUNK_BYTES as usize).enumerate() {
            if self.contents.store_piece(sequence, index as u32, chunk).is_err() {
                self.contents.free(sequence);
                return Err(full);
            }
        }
        self.contents.commit(sequence, hash, len);
        totals.stored_at_once += 1;
        totals.stored_bytes += len;
        self.totals.set(totals);
        Ok(hash)
    }

    fn open(
        &mut self,
        owner: Principal,
        upload: Upload,
        policy: &Policy,
    ) -> Result<u64, UploadError> {
        let open = self.open_by_owner.range((owner, 0)..=(owner, u64::MAX)).count();
        if open >= policy.max_open as usize {
            return Err(UploadError::TooManyOpenUploads { limit: policy.max_open });
        }
        self.check_room(owner, policy)?;
        let upload_id = self.add(upload);
        self.open_by_owner.insert((owner, upload_id));
        Ok(upload_id)
    }

    /// An upload of bytes that are there: the owner's own, or one more.
    fn share(
        &mut self,
        owner: Principal,
        mut upload: Upload,
        hash: Hash,
        now: u64,
        policy: &Policy,
    ) -> Result<u64, UploadError> {
        let len = self.content_len(&hash).unwrap_or_default();
        if let Some(expected) = upload.expected_len.filter(|expected| *expected != len) {
            return Err(UploadError::WrongLength { received: len, expected });
        }
        let of_owner = (owner, hash, 0)..=(owner, hash, u64::MAX);
        let first = self.by_owner_and_hash.range(of_owner).next();
        if let Some((_, _, upload_id)) = first {
            let mut upload = self.owned(upload_id, owner)?;
            self.expire_later(upload_id, &mut upload, now, policy);
            self.uploads.insert(upload_id, upload);
            return Ok(upload_id);
        }
        self.check_room(owner, policy)?;
        self.contents.hold(&hash);
        upload.total_len = len;
        upload.committed_hash = Some(hash);
        let upload_id = self.add(upload);
        self.by_owner_and_hash.insert((owner, hash, upload_id));
        Ok(upload_id)
    }

    fn check_room(&self, owner: Principal, policy: &Policy) -> Result<(), UploadError> {
        let limit = policy.max_per_owner;
        let of_owner = self.by_owner.range((owner, 0)..=(owner, u64::MAX));
        match of_owner.take(limit as usize).count() < limit as usize {
            true => Ok(()),
            false => Err(UploadError::TooManyUploads { limit }),
        }
    }

    fn add(&mut self, upload: Upload) -> u64 {
        let mut totals = *self.totals.get();
        totals.begun += 1;
        self.totals.set(totals);
        let upload_id = totals.begun;
        self.by_owner.insert((upload.owner, upload_id));
        if let Some(time) = upload.expires_at {
            self.expiries.insert((time, upload_id));
        }
        self.uploads.insert(upload_id, upload);
        upload_id
    }

    pub fn get(&self, upload_id: u64) -> Option<Upload> {
        self.uploads.get(&upload_id)
    }

    /// An upload of this owner; another one's looks like one that is not there.
    pub fn owned(&self, upload_id: u64, owner: Principal) -> Result<Upload, UploadError> {
        let upload = self.uploads.get(&upload_id);
        let owned = upload.filter(|upload| upload.owner == owner);
        owned.ok_or(UploadError::UploadNotFound { upload_id })
    }

    /// Ids and uploads of one owner, or of all, in order of their ids.
    pub fn list(&self, owner: Option<Principal>, after: u64, limit: usize) -> Vec<(u64, Upload)> {
        let after = after.saturating_add(1);
        match owner {
            Some(owner) => {
                let ids = self.by_owner.range((owner, after)..=(owner, u64::MAX));
                let ids = ids.take(limit).map(|(_, upload_id)| upload_id);
                ids.filter_map(|id| Some((id, self.uploads.get(&id)?))).collect()
            }
            None => {
                let uploads = self.uploads.range(after..).take(limit);
                uploads.map(|entry| entry.into_pair()).collect()
            }
        }
    }

    /// Stores a chunk behind the last one; returns its index.
    pub fn append(
        &mut self,
        upload_id: u64,
        owner: Principal,
        chunk: &[u8],
        now: u64,
        policy: &Policy,
    ) -> Result<u32, UploadError> {
        let index = self.owned(upload_id, owner)?.received.end();
        self.put_at(upload_id, owner, index, chunk, now, policy)?;
        Ok(index)
    }

    /// Stores a chunk. The same bytes again at the same index change nothing.
    pub fn put_at(
        &mut self,
        upload_id: u64,
        owner: Principal,
        index: u32,
        chunk: &[u8],
        now: u64,
        policy: &Policy,
    ) -> Result<(), UploadError> {
        let mut upload = self.owned(upload_id, owner)?;
        if upload.committed_hash.is_some() {
            return Err(UploadError::AlreadyCommitted { upload_id });
        }
        check_chunk(&upload, index, chunk, policy)?;
        if upload.received.contains(index) {
            return match self.contents.is_piece(upload_id, index, chunk) {
                true => Ok(()),
                false => Err(UploadError::ChunkConflict { index }),
            };
        }
        let len = chunk.len() as u64;
        let full = UploadError::StorageFull { limit: policy.max_stored };
        if self.totals.get().stored_bytes + len > policy.max_stored {
            return Err(full);
        }
        self.contents.store_piece(upload_id, index, chunk).map_err(|_| full)?;
        upload.received.insert(index);
        upload.total_len += len;
        self.add_stored(len);
        self.expire_later(upload_id, &mut upload, now, policy);
        self.uploads.insert(upload_id, upload);
        Ok(())
    }

    /// Up to `len` first bytes of an upload, committed or not.
    pub fn first_bytes(&self, upload_id: u64, len: usize) -> Vec<u8> {
        let Some(upload) = self.uploads.get(&upload_id) else {
            return Vec::new();
        };
        if let Some(hash) = upload.committed_hash {
            return self.contents.read(&hash, 0, len as u64).unwrap_or_default();
        }
        let mut bytes = Vec::new();
        for index in 0..upload.received.end() {
            bytes.extend(self.contents.piece(upload_id, index).unwrap_or_default());
            if bytes.len() >= len {
                break;
            }
        }
        bytes.truncate(len);
        bytes
    }

    /// Refuses an upload whose chunks have not all arrived.
    pub fn check_complete(&self, upload_id: u64, owner: Principal) -> Result<(), UploadError> {
        let upload = self.owned(upload_id, owner)?;
        let received = upload.received.count();
        if upload.received.end() != received {
            let first_missing = upload.received.first_missing();
            return Err(UploadError::MissingChunks { first_missing, received });
        }
        match upload.expected_len {
            Some(expected) if expected != upload.total_len => {
                Err(UploadError::WrongLength { received: upload.total_len, expected })
            }
            _ => Ok(()),
        }
    }

    /// Commits an upload whose chunks are all there and have the expected hash. Committing again
    /// with the same hash changes nothing.
    pub fn commit(
        &mut self,
        upload_id: u64,
        owner: Principal,
        expected_sha256_hex: &str,
        now: u64,
        policy: &Policy,
    ) -> Result<Hash, UploadError> {
        let mut upload = self.owned(upload_id, owner)?;
        let expected = hash_of_text(expected_sha256_hex)?;
        if let Some(hash) = upload.committed_hash {
            return matching(expected, hash);
        }
        self.check_complete(upload_id, owner)?;
        let hash = matching(expected, self.contents.hash_of(upload_id))?;
        matching(upload.expected_hash.unwrap_or(hash), hash)?;
        if !self.contents.commit(upload_id, hash, upload.total_len) {
            self.subtract_stored(upload.total_len);
        }
        upload.committed_hash = Some(hash);
        self.open_by_owner.remove(&(owner, upload_id));
        self.by_owner_and_hash.insert((owner, hash, upload_id));
        self.expire_later(upload_id, &mut upload, now, policy);
        self.uploads.insert(upload_id, upload);
        Ok(hash)
    }

    /// Removes an upload. Its bytes stay for as long as others hold them.
    pub fn delete(&mut self, upload_id: u64) -> Option<Upload> {
        let upload = self.uploads.remove(&upload_id)?;
        let owner = upload.owner;
        self.by_owner.remove(&(owner, upload_id));
        self.open_by_owner.remove(&(owner, upload_id));
        if let Some(time) = upload.expires_at {
            self.expiries.remove(&(time, upload_id));
        }
        match upload.committed_hash {
            Some(hash) => {
                self.by_owner_and_hash.remove(&(owner, hash, upload_id));
                self.release(&hash);
            }
            None => {
                self.contents.free(upload_id);
                self.subtract_stored(upload.total_len);
            }
        }
        Some(upload)
    }

    /// Deletes one upload that has expired, and returns its id; nothing where none has.
    pub fn expire_one(&mut self, now: u64) -> Option<u64> {
        let upload_id = self.next_expired(now)?;
        self.delete(upload_id);
        Some(upload_id)
    }

    /// The upload that has expired first, where one has.
    pub fn next_expired(&self, now: u64) -> Option<u64> {
        let (time, upload_id) = self.expiries.first()?;
        (time <= now).then_some(upload_id)
    }

    /// Keeps committed bytes, whatever becomes of their uploads, until they are released.
    ///
    /// # Panics
    /// Where the bytes are not there.
    pub fn hold(&mut self, hash: &Hash) {
        self.contents.hold(hash);
    }

    /// Gives up bytes that were held.
    pub fn release(&mut self, hash: &Hash) {
        let freed = self.contents.release(hash);
        self.subtract_stored(freed);
    }

    /// Counts one more that is installed from an upload, which does not expire from here on.
    pub fn used(&mut self, upload_id: u64) {
        let Some(mut upload) = self.uploads.get(&upload_id) else {
            return;
        };
        upload.used_by += 1;
        if let Some(time) = upload.expires_at.take() {
            self.expiries.remove(&(time, upload_id));
        }
        self.uploads.insert(upload_id, upload);
    }

    /// Counts one less; with the last one the upload's time to live begins anew.
    pub fn unused(&mut self, upload_id: u64, now: u64, policy: &Policy) {
        let Some(mut upload) = self.uploads.get(&upload_id) else {
            return;
        };
        upload.used_by = upload.used_by.saturating_sub(1);
        self.expire_later(upload_id, &mut upload, now, policy);
        self.uploads.insert(upload_id, upload);
    }

    /// Up to `len` committed bytes from `offset` on.
    pub fn read(&self, hash: &Hash, offset: u64, len: u64) -> Option<Vec<u8>> {
        self.contents.read(hash, offset, len)
    }

    /// How long committed bytes are.
    pub fn content_len(&self, hash: &Hash) -> Option<u64> {
        self.contents.get(hash).map(|content| content.len)
    }

    pub fn totals(&self) -> Totals {
        *self.totals.get()
    }

    /// Uploads that are there.
    pub fn count(&self) -> u64 {
        self.uploads.len()
    }

    /// Uploads that are not committed.
    pub fn open_count(&self) -> u64 {
        self.open_by_owner.len()
    }

    /// Different contents that are committed.
    pub fn content_count(&self) -> u64 {
        self.contents.count()
    }

    fn expire_later(&mut self, upload_id: u64, upload: &mut Upload, now: u64, policy: &Policy) {
        if let Some(time) = upload.expires_at.take() {
            self.expiries.remove(&(time, upload_id));
        }
        if upload.used_by == 0 {
            let time = now.saturating_add(policy.time_to_live);
            self.expiries.insert((time, upload_id));
            upload.expires_at = Some(time);
        }
    }

    fn add_stored(&mut self, bytes: u64) {
        let mut totals = *self.totals.get();
        totals.stored_bytes += bytes;
        self.totals.set(totals);
    }

    fn subtract_stored(&mut self, bytes: u64) {
        let mut totals = *self.totals.get();
        totals.stored_bytes -= bytes;
        self.totals.set(totals);
    }
}
