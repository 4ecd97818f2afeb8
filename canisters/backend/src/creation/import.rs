//! The capsule's way into the personal canister: bytes first, then what refers to them. Each call may
//! be made again: the personal canister keeps nothing twice.

use std::collections::VecDeque;

use blob_store::Hash;
use candid::Principal;
use capsule::{Chunk, MAX_CHUNK_BYTES, Progress as Check};
use serde_bytes::ByteBuf;

use crate::creation::error::CreationError;
use crate::creation::network::{Answer, Request};
use crate::creation::orchestrator::Plan;
use crate::creation::personal::{self, BeginImport, Refusal, Session};
use crate::creation::record::{BlobProgress, Creation, ItemProgress, Progress, Step};
use crate::creation::verify;
use crate::host::{self, Host};

/// Messages of bytes that are under way at the same time; each is about 1 MiB on the heap.
const MESSAGES_AT_A_TIME: usize = 4;
const MOST_CHUNKS: usize = 256;
/// Records of one message, each of which is looked up, written and indexed there.
const MOST_RECORDS: usize = 200;
const MOST_RECORD_BYTES: usize = 1 << 20;

/// The calls of an import step, or the step behind it where nothing is left.
pub fn plan(creation: &mut Creation, canister_id: Principal) -> Plan {
    let planned = match creation.step {
        Step::BeginningImport => begin(creation, canister_id),
        Step::ImportingBlobs => blobs(creation, canister_id),
        Step::ImportingMemories => memories(creation, canister_id),
        Step::ImportingGalleries => galleries(creation, canister_id),
        Step::ImportingConnections => connections(creation, canister_id),
        Step::Finalizing => {
            let session = creation.progress.session_id;
            Some(vec![personal::call(canister_id, "finalize_import", (session,))])
        }
        other => unreachable!("{other:?} is no step of an import"),
    };
    match planned {
        Some(requests) if requests.is_empty() => Plan::Step(behind(creation.step)),
        Some(requests) => Plan::Calls(requests),
        None => Plan::Fail(CreationError::NotFound { what: "the capsule's data".to_owned() }),
    }
}

fn behind(step: Step) -> Step {
    match step {
        Step::BeginningImport => Step::ImportingBlobs,
        Step::ImportingBlobs => Step::ImportingMemories,
        Step::ImportingMemories => Step::ImportingGalleries,
        Step::ImportingGalleries => Step::ImportingConnections,
        _ => Step::Finalizing,
    }
}

fn begin(creation: &Creation, canister_id: Principal) -> Option<Vec<Request>> {
    let manifest = creation.progress.manifest.clone()?;
    let capsule = host::read(|hub| hub.capsules.exported_capsule(creation.capsule))?;
    let argument = BeginImport { manifest, capsule };
    Some(vec![personal::call(canister_id, "begin_import", (argument,))])
}

fn blobs(creation: &mut Creation, canister_id: Principal) -> Option<Vec<Request>> {
    let progress = &mut creation.progress;
    let most_bytes = u64::from(progress.max_chunk_size.min(MAX_CHUNK_BYTES));
    let (messages, next) = host::read(|hub| {
        let mut batch = Batch::new(hub, creation.capsule, progress.blobs.clone(), most_bytes);
        while batch.add_next()? {}
        Some((batch.messages, batch.progress))
    })?;
    progress.next_blobs = next;
    let session = progress.session_id;
    let call =
        |chunks: Vec<Chunk>| personal::call(canister_id, "put_memory_chunk", (session, chunks));
    Some(messages.into_iter().map(call).collect())
}

/// Messages being filled with the bytes that come next: small contents share one, large ones are
/// split.
struct Batch<'a> {
    hub: &'a Host,
    most_bytes: u64,
    progress: BlobProgress,
    /// Contents that come next, as far as they are looked up.
    ahead: VecDeque<Hash>,
    messages: Vec<Vec<Chunk>>,
    /// Bytes that the last message has room for.
    room: u64,
}

impl<'a> Batch<'a> {
    fn new(hub: &'a Host, capsule: capsule::Id, progress: BlobProgress, most_bytes: u64) -> Self {
        let most = MESSAGES_AT_A_TIME * MOST_CHUNKS;
        let ahead = hub.capsules.blobs_of(capsule, progress.after, most).into();
        Self { hub, most_bytes, progress, ahead, messages: Vec::new(), room: 0 }
    }

    /// Adds the next chunk; false where the batch is full or nothing is left. Nothing where bytes are
    /// not there, which can't be.
    fn add_next(&mut self) -> Option<bool> {
        let Some(hash) = self.ahead.front().copied() else {
            return Some(false);
        };
        let size = self.hub.uploads.content_len(&hash)?;
        let offset = self.progress.offset;
        let len = self.most_bytes.min(size - offset);
        if !self.make_room(len) {
            return Some(false);
        }
        let bytes = self.hub.uploads.read(&hash, offset, len)?;
        let (sha256, bytes) = (ByteBuf::from(hash), ByteBuf::from(bytes));
        self.messages.last_mut()?.push(Chunk { sha256, size, offset, bytes });
        self.room -= len;
        self.progress.bytes += len;
        self.progress.offset += len;
        if self.progress.offset == size {
            self.ahead.pop_front();
            self.progress.after = Some(hash);
            self.progress.offset = 0;
            self.progress.blobs += 1;
        }
        Some(true)
    }

    /// Whether the last message, or one more, takes so many bytes.
    fn make_room(&mut self, len: u64) -> bool {
        let has_room = |last: &Vec<Chunk>| len <= self.room && last.len() < MOST_CHUNKS;
        if self.messages.last().is_some_and(has_room) {
            return true;
        }
        if self.messages.len() == MESSAGES_AT_A_TIME {
            return false;
        }
        self.messages.push(Vec::new());
        self.room = self.most_bytes;
        true
    }
}

fn memories(creation: &mut Creation, canister_id: Principal) -> Option<Vec<Request>> {
    let (capsule, progress) = (creation.capsule, &mut creation.progress);
    let after = progress.memories.after;
    let found = host::read(|hub| {
        hub.capsules.exported_memories(capsule, after, MOST_RECORDS, MOST_RECORD_BYTES)
    });
    let (ids, records): (Vec<_>, Vec<_>) = found.into_iter().unzip();
    progress.next_memories = further(&progress.memories, &ids);
    Some(commit(canister_id, "commit_memory", progress, records))
}

fn galleries(creation: &mut Creation, canister_id: Principal) -> Option<Vec<Request>> {
    let (capsule, progress) = (creation.capsule, &mut creation.progress);
    let after = progress.galleries.after;
    let found = host::read(|hub| {
        hub.capsules.exported_galleries(capsule, after, MOST_RECORDS, MOST_RECORD_BYTES)
    });
    let (ids, records): (Vec<_>, Vec<_>) = found.into_iter().unzip();
    progress.next_galleries = further(&progress.galleries, &ids);
    Some(commit(canister_id, "commit_gallery", progress, records))
}

fn connections(creation: &mut Creation, canister_id: Principal) -> Option<Vec<Request>> {
    let (capsule, progress) = (creation.capsule, &mut creation.progress);
    let after = progress.connections.after;
    let records = host::read(|hub| hub.capsules.exported_connections(capsule, after, MOST_RECORDS));
    let peers: Vec<Principal> = records.iter().map(|record| record.peer).collect();
    progress.next_connections = further(&progress.connections, &peers);
    Some(commit(canister_id, "commit_connection", progress, records))
}

fn further<K: Copy>(progress: &ItemProgress<K>, keys: &[K]) -> ItemProgress<K> {
    let after = keys.last().copied().or(progress.after);
    ItemProgress { after, count: progress.count + keys.len() as u64 }
}

fn commit<T: candid::CandidType>(
    canister_id: Principal,
    method: &'static str,
    progress: &Progress,
    records: Vec<T>,
) -> Vec<Request> {
    match records.is_empty() {
        true => Vec::new(),
        false => vec![personal::call(canister_id, method, (progress.session_id, records))],
    }
}

/// Notes the answers to the calls of a step; the step that comes next.
pub fn settle(creation: &mut Creation, answers: &[Answer]) -> Result<Step, Refusal> {
    match creation.step {
        Step::BeginningImport => {
            let session: Session = personal::result(&answers[0])?;
            creation.progress.session_id = session.session_id;
            creation.progress.max_chunk_size = session.max_chunk_size.max(1);
            return Ok(Step::ImportingBlobs);
        }
        Step::Finalizing => return finalized(creation, &answers[0]),
        _ => answers.iter().try_for_each(personal::result::<()>)?,
    }
    let progress = &mut creation.progress;
    match creation.step {
        Step::ImportingBlobs => progress.blobs = std::mem::take(&mut progress.next_blobs),
        Step::ImportingMemories => progress.memories = std::mem::take(&mut progress.next_memories),
        Step::ImportingGalleries => {
            progress.galleries = std::mem::take(&mut progress.next_galleries);
        }
        _ => progress.connections = std::mem::take(&mut progress.next_connections),
    }
    Ok(creation.step)
}

fn finalized(creation: &mut Creation, answer: &Answer) -> Result<Step, Refusal> {
    match personal::result(answer)? {
        Check::Checking { done, total } => {
            creation.progress.checked_done = done;
            creation.progress.checked_total = total;
            Ok(Step::Finalizing)
        }
        Check::Finalized(manifest) => {
            creation.progress.checked_done = creation.progress.checked_total;
            creation.progress.personal_manifest = Some(manifest);
            Ok(Step::CheckingModule)
        }
    }
}

/// Whether what the personal canister has is what the hub exported.
pub fn check(creation: &Creation, canister_id: Principal) -> Result<(), CreationError> {
    match (&creation.progress.manifest, &creation.progress.personal_manifest) {
        (Some(hub), Some(personal)) => verify::check_manifest(canister_id, hub, personal),
        _ => Err(CreationError::VerifyFailed {
            canister_id,
            differences: vec!["manifest: there is none".to_owned()],
            call: None,
        }),
    }
}

/// Begins the import again, in a session of its own; what is there already need not be sent twice,
/// but is not known any more.
pub fn start_over(progress: &mut Progress) {
    progress.sessions_lost += 1;
    progress.blobs = BlobProgress::default();
    progress.memories = ItemProgress::default();
    progress.galleries = ItemProgress::default();
    progress.connections = ItemProgress::default();
}
