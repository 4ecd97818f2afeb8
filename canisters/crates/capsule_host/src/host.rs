//! Uploads, capsules, and what is certified of them.

use blob_store::Hash;
use candid::Principal;
use capsule::{Blobs, CapsuleError, CapsuleResult, Capsules, Context, Id, Limits, StagingBlobs};
use certified_http::Publication;
use chunked_upload::{
    CreateUploadRequest, CreateUploadResponse, Policy, Upload, UploadError, Uploads,
};
use ic_stable_structures::Memory;

/// A call looks after as many memories whose public face it has changed; a timer after the rest.
const MOST_SETTLED_AT_ONCE: u32 = 8;
/// Parts of each asset, of 1 MiB, that a call hashes so that a memory can be certified at once.
const MOST_PARTS_AT_ONCE: u32 = 4;
/// The same for a message that does nothing else.
const MOST_PARTS_LATER: u32 = 16;

/// The memories of each.
pub struct Memories<M: Memory> {
    pub uploads: chunked_upload::Memories<M>,
    pub capsules: capsule::Memories<M>,
    pub publication: certified_http::Memories<M>,
}

pub struct Host<M: Memory> {
    pub uploads: Uploads<M>,
    pub capsules: Capsules<M>,
    pub publication: Publication<M>,
}

/// The store of bytes as capsules see it.
pub struct HostBlobs<'a, M: Memory> {
    uploads: &'a mut Uploads<M>,
    publication: &'a mut Publication<M>,
    policy: Policy,
}

/// The same, to read.
pub struct ReadBlobs<'a, M: Memory>(&'a Uploads<M>);

impl<M: Memory> Host<M> {
    pub fn init(memories: Memories<M>) -> Self {
        Self {
            uploads: Uploads::init(memories.uploads),
            capsules: Capsules::init(memories.capsules),
            publication: Publication::init(memories.publication),
        }
    }

    /// Changes capsules on a caller's behalf. `settle` comes next.
    pub fn act<T>(
        &mut self,
        caller: Principal,
        now: u64,
        limits: &Limits,
        policy: Policy,
        act: impl FnOnce(&mut Capsules<M>, &mut Context<HostBlobs<M>>) -> CapsuleResult<T>,
    ) -> CapsuleResult<T> {
        let (capsules, mut blobs) = self.parts(policy);
        act(capsules, &mut Context { caller, now, limits, blobs: &mut blobs })
    }

    /// Begins an upload. What others have is told to nobody, so bytes need not be sent again by
    /// those only who have them here already.
    pub fn begin_upload(
        &mut self,
        owner: Principal,
        request: CreateUploadRequest,
        now: u64,
        policy: &Policy,
    ) -> Result<CreateUploadResponse, UploadError> {
        let capsules = &self.capsules;
        let may_share = |hash: &Hash| capsules.holds(owner, hash);
        self.uploads.create_sharing(owner, request, now, policy, may_share)
    }

    /// Removes an upload; its bytes stay while a capsule or another upload has the same.
    pub fn delete_upload(&mut self, upload_id: u64) -> Option<Upload> {
        let upload = self.uploads.delete(upload_id)?;
        if let Some(hash) = upload.committed_hash {
            forget_if_gone(&self.uploads, &mut self.publication, &hash);
        }
        Some(upload)
    }

    /// Certifies what has changed, a few memories; returns whether `work` has more to do.
    pub fn settle(&mut self) -> bool {
        for _ in 0..MOST_SETTLED_AT_ONCE {
            match self.capsules.next_changed() {
                Some(id) => self.publish(id, MOST_PARTS_AT_ONCE),
                None => break,
            }
        }
        let is_deleting = self.capsules.totals().deleted_capsules > 0;
        is_deleting || self.capsules.has_changed() || self.publication.next_waiting().is_some()
    }

    /// Does one piece of what is left to do; returns whether there was any.
    pub fn work(&mut self, policy: Policy) -> bool {
        if let Some(id) = self.capsules.next_changed() {
            self.publish(id, MOST_PARTS_AT_ONCE);
            return true;
        }
        if let Some(id) = self.publication.next_waiting() {
            self.publish(id, MOST_PARTS_LATER);
            return true;
        }
        let (capsules, mut blobs) = self.parts(policy);
        capsules.purge(&mut blobs)
    }

    pub fn blobs(&self) -> ReadBlobs<'_, M> {
        ReadBlobs(&self.uploads)
    }

    /// The capsules, and the store of bytes as they see it.
    pub fn parts(&mut self, policy: Policy) -> (&mut Capsules<M>, HostBlobs<'_, M>) {
        let Self { uploads, capsules, publication } = self;
        (capsules, HostBlobs { uploads, publication, policy })
    }

    /// Certifies a memory where it is public, and no more where it is not.
    fn publish(&mut self, id: Id, most_parts: u32) {
        match self.capsules.public_memory(id) {
            None => self.publication.unpublish(id),
            Some(memory) => {
                let uploads = &self.uploads;
                let read = |hash: &Hash, offset, len| uploads.read(hash, offset, len);
                self.publication.publish(id, &memory.assets, most_parts, read);
            }
        }
    }
}

fn forget_if_gone<M: Memory>(uploads: &Uploads<M>, publication: &mut Publication<M>, hash: &Hash) {
    if uploads.content_len(hash).is_none() {
        publication.forget(hash);
    }
}

impl<M: Memory> Blobs for HostBlobs<'_, M> {
    fn len_of(&self, hash: &Hash) -> Option<u64> {
        self.uploads.content_len(hash)
    }

    fn is_uploaded_by(&self, caller: Principal, hash: &Hash) -> bool {
        self.uploads.has_upload_of(caller, hash)
    }

    fn store(&mut self, bytes: &[u8]) -> CapsuleResult<Hash> {
        let stored = self.uploads.store(bytes, &self.policy);
        stored.map_err(|_| CapsuleError::StorageFull { limit: self.policy.max_stored })
    }

    fn hold(&mut self, hash: &Hash) {
        self.uploads.hold(hash);
    }

    fn release(&mut self, hash: &Hash) {
        self.uploads.release(hash);
        forget_if_gone(self.uploads, self.publication, hash);
    }
}

impl<M: Memory> capsule::ReadBlobs for HostBlobs<'_, M> {
    fn read(&self, hash: &Hash, offset: u64, len: u64) -> Option<Vec<u8>> {
        self.uploads.read(hash, offset, len)
    }
}

impl<M: Memory> StagingBlobs for HostBlobs<'_, M> {
    fn begin_pieces(&mut self) -> u64 {
        self.uploads.begin_sequence()
    }

    fn put_piece(&mut self, sequence: u64, index: u32, bytes: &[u8]) -> CapsuleResult<()> {
        let put = self.uploads.put_piece(sequence, index, bytes, &self.policy);
        put.map_err(|_| CapsuleError::StorageFull { limit: self.policy.max_stored })
    }

    fn piece(&self, sequence: u64, index: u32) -> Option<Vec<u8>> {
        self.uploads.piece(sequence, index)
    }

    fn commit_pieces(&mut self, sequence: u64, hash: Hash, len: u64) {
        self.uploads.commit_sequence(sequence, hash, len);
    }

    fn drop_pieces(&mut self, sequence: u64) {
        self.uploads.drop_sequence(sequence);
    }
}

impl<M: Memory> capsule::ReadBlobs for ReadBlobs<'_, M> {
    fn read(&self, hash: &Hash, offset: u64, len: u64) -> Option<Vec<u8>> {
        self.0.read(hash, offset, len)
    }
}
