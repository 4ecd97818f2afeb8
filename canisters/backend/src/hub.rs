//! Uploads, capsules, and what is certified of them.

use std::cell::RefCell;

use candid::Principal;
use capsule::{Blobs, CapsuleError, CapsuleResult, Capsules, Context, Id};
use certified_http::Publication;
use chunked_upload::{
    CreateUploadRequest, CreateUploadResponse, Hash, Policy, Upload, UploadError, Uploads,
};

use crate::config;
use crate::environment::Environment;
use crate::error::BackendResult;
use crate::memory::{self, Memory};

/// A call looks after as many memories whose public face it has changed; a timer after the rest.
const MOST_SETTLED_AT_ONCE: u32 = 8;
/// Parts of each asset, of 1 MiB, that a call hashes so that a memory can be certified at once.
const MOST_PARTS_AT_ONCE: u32 = 4;
/// The same for a message that does nothing else.
const MOST_PARTS_LATER: u32 = 16;

pub struct Hub {
    pub uploads: Uploads<Memory>,
    pub capsules: Capsules<Memory>,
    pub publication: Publication<Memory>,
}

/// The store of bytes as capsules see it.
pub struct HubBlobs<'a> {
    uploads: &'a mut Uploads<Memory>,
    publication: &'a mut Publication<Memory>,
    policy: Policy,
}

/// The same, to read.
pub struct ReadBlobs<'a>(&'a Uploads<Memory>);

thread_local! {
    static HUB: RefCell<Hub> = RefCell::new(Hub {
        uploads: Uploads::init(memory::upload_memories()),
        capsules: Capsules::init(memory::capsule_memories()),
        publication: Publication::init(memory::publication_memories()),
    });
}

pub fn read<T>(read: impl FnOnce(&Hub) -> T) -> T {
    HUB.with_borrow(read)
}

/// Changes capsules on a caller's behalf, and certifies what has become public.
pub fn act<T>(
    environment: &impl Environment,
    caller: Principal,
    act: impl FnOnce(&mut Capsules<Memory>, &mut Context<HubBlobs>) -> CapsuleResult<T>,
) -> BackendResult<T> {
    let limits = config::get().capsules;
    let result = HUB.with_borrow_mut(|hub| {
        let (capsules, mut blobs) = hub.parts();
        let now = environment.now();
        let mut context = Context { caller, now, limits: &limits, blobs: &mut blobs };
        act(capsules, &mut context)
    })?;
    settle(environment);
    Ok(result)
}

/// Begins an upload. What others have is told to nobody, so bytes need not be sent again by those
/// only who have them here already.
pub fn begin_upload(
    owner: Principal,
    request: CreateUploadRequest,
    now: u64,
) -> BackendResult<CreateUploadResponse> {
    let policy = config::upload_policy();
    let created = HUB.with_borrow_mut(|hub| {
        let capsules = &hub.capsules;
        let may_share = |hash: &Hash| capsules.holds(owner, hash);
        hub.uploads.create_sharing(owner, request, now, &policy, may_share)
    });
    Ok(created?)
}

pub fn change_uploads<T>(
    change: impl FnOnce(&mut Uploads<Memory>, &Policy) -> Result<T, UploadError>,
) -> BackendResult<T> {
    let policy = config::upload_policy();
    Ok(HUB.with_borrow_mut(|hub| change(&mut hub.uploads, &policy))?)
}

/// Removes an upload; its bytes stay while a capsule or another upload has the same.
pub fn delete_upload(upload_id: u64) -> Option<Upload> {
    HUB.with_borrow_mut(|hub| {
        let upload = hub.uploads.delete(upload_id)?;
        if let Some(hash) = upload.committed_hash {
            forget_if_gone(&hub.uploads, &mut hub.publication, &hash);
        }
        Some(upload)
    })
}

/// Deletes an upload that has expired; returns whether there was one.
pub fn expire_upload(now: u64) -> bool {
    let expired = read(|hub| hub.uploads.next_expired(now));
    expired.and_then(delete_upload).is_some()
}

pub fn mix_entropy(bytes: &[u8]) {
    HUB.with_borrow_mut(|hub| hub.capsules.mix_entropy(bytes));
}

/// What the canister certifies.
pub fn root_hash() -> Hash {
    read(|hub| hub.publication.root_hash())
}

/// Certifies a tree beside what is public, from here on.
#[cfg(feature = "personal_canister_creation")]
pub fn certify_beside(environment: &impl Environment, hash: Hash) {
    HUB.with_borrow_mut(|hub| hub.publication.set_beside(hash));
    environment.certify(root_hash());
}

/// Does one piece of what is left to do; returns whether there was any.
pub fn work() -> bool {
    HUB.with_borrow_mut(|hub| {
        if let Some(id) = hub.capsules.next_changed() {
            hub.publish(id, MOST_PARTS_AT_ONCE);
            return true;
        }
        if let Some(id) = hub.publication.next_waiting() {
            hub.publish(id, MOST_PARTS_LATER);
            return true;
        }
        let (capsules, mut blobs) = hub.parts();
        capsules.purge(&mut blobs)
    })
}

/// Certifies what a call has changed, and leaves the rest to a timer.
fn settle(environment: &impl Environment) {
    let has_more = HUB.with_borrow_mut(|hub| {
        for _ in 0..MOST_SETTLED_AT_ONCE {
            match hub.capsules.next_changed() {
                Some(id) => hub.publish(id, MOST_PARTS_AT_ONCE),
                None => break,
            }
        }
        let is_deleting = hub.capsules.totals().deleted_capsules > 0;
        is_deleting || hub.capsules.has_changed() || hub.publication.next_waiting().is_some()
    });
    environment.certify(root_hash());
    if has_more {
        environment.work_later();
    }
}

impl Hub {
    pub fn blobs(&self) -> ReadBlobs<'_> {
        ReadBlobs(&self.uploads)
    }

    fn parts(&mut self) -> (&mut Capsules<Memory>, HubBlobs<'_>) {
        let Self { uploads, capsules, publication } = self;
        (capsules, HubBlobs { uploads, publication, policy: config::upload_policy() })
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

fn forget_if_gone(uploads: &Uploads<Memory>, publication: &mut Publication<Memory>, hash: &Hash) {
    if uploads.content_len(hash).is_none() {
        publication.forget(hash);
    }
}

impl Blobs for HubBlobs<'_> {
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

impl capsule::ReadBlobs for ReadBlobs<'_> {
    fn read(&self, hash: &Hash, offset: u64, len: u64) -> Option<Vec<u8>> {
        self.0.read(hash, offset, len)
    }
}
