//! The end of an import: all that is stored is hashed again, some in each message.

use blob_store::{Hash, Hasher, to_hex};
use candid::{CandidType, Deserialize};
use ic_stable_structures::Memory;
use serde::Serialize;

use super::error::{ImportError, ImportResult};
use super::pieces::{MAX_CHUNK_BYTES, StagingBlobs};
use super::session::{Import, ImportLimits, ImportedManifest, State, expires_at};
use crate::export::{Manifest, ManifestBuilder};
use crate::id::Id;
use crate::store::Capsules;

/// Items that are taken into the manifest between two looks at what the message has cost.
const ITEMS_AT_ONCE: usize = 20;

/// How far the check of an import has come.
#[derive(CandidType, Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// So many bytes and items are checked: call again.
    Checking { done: u64, total: u64 },
    /// What is stored.
    Finalized(Manifest),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Step {
    /// Contents, behind one of them.
    Bytes(#[serde(with = "serde_bytes")] Option<Hash>),
    Items(ManifestBuilder),
    /// The import holds contents no more.
    Release(Manifest),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Check {
    step: Step,
    /// Bytes of the contents that are checked.
    bytes: u64,
}

/// A content that is being hashed, on the heap: an upgrade wipes it, and it begins anew.
pub(super) struct Hashing {
    content: Hash,
    hasher: Hasher,
    offset: u64,
}

impl<M: Memory> Import<M> {
    /// Hashes all stored bytes, and makes the manifest of what is stored, for as long as `goes_on`
    /// says, which is asked between pieces. Called until it is finalized; then it tells the manifest
    /// again. It refuses bytes that are not those of their hash any more.
    pub fn finalize(
        &mut self,
        capsules: &Capsules<M>,
        blobs: &mut impl StagingBlobs,
        session_id: u64,
        now: u64,
        limits: &ImportLimits,
        mut goes_on: impl FnMut() -> bool,
    ) -> ImportResult<Progress> {
        let (mut session, mut check) = match self.state() {
            State::Open(session) if session.id == session_id => (session, Check::new()),
            State::Checking(session, check) if session.id == session_id => (session, check),
            State::Finalized(session, imported) if session.id == session_id => {
                return Ok(Progress::Finalized(imported.manifest));
            }
            _ => return Err(ImportError::SessionNotFound { session_id }),
        };
        session.expires_at = expires_at(now, limits);
        let result = loop {
            match self.advance(capsules, blobs, session.capsule, &mut check) {
                Ok(None) if goes_on() => {}
                other => break other,
            }
        };
        if let Ok(Some(manifest)) = result {
            let imported = ImportedManifest {
                manifest: manifest.clone(),
                computed_at_time_ns: now,
                has_changed: false,
            };
            self.set(State::Finalized(session, imported));
            return Ok(Progress::Finalized(manifest));
        }
        let progress = check.progress(capsules, session.capsule);
        self.set(State::Checking(session, check));
        result.map(|_| progress)
    }

    /// Does one piece of the check; returns the manifest at its end.
    fn advance(
        &mut self,
        capsules: &Capsules<M>,
        blobs: &mut impl StagingBlobs,
        capsule: Id,
        check: &mut Check,
    ) -> ImportResult<Option<Manifest>> {
        match &mut check.step {
            Step::Bytes(after) => match capsules.blobs_of(capsule, *after, 1).first() {
                None => check.step = Step::Items(ManifestBuilder::new(capsule)),
                Some(content) => {
                    if let Some(len) = self.hash_more(blobs, *content)? {
                        *after = Some(*content);
                        check.bytes += len;
                    }
                }
            },
            Step::Items(builder) => {
                if let Some(manifest) = builder.step(capsules, ITEMS_AT_ONCE) {
                    check.step = Step::Release(manifest);
                }
            }
            Step::Release(manifest) => {
                if !self.pieces.release_one(blobs) {
                    return Ok(Some(manifest.clone()));
                }
            }
        }
        Ok(None)
    }

    /// Hashes a piece of a content; returns its length with the last one.
    fn hash_more(&mut self, blobs: &impl StagingBlobs, content: Hash) -> ImportResult<Option<u64>> {
        let begun = self.hashing.take().filter(|hashing| hashing.content == content);
        let mut hashing =
            begun.unwrap_or(Hashing { content, hasher: Hasher::default(), offset: 0 });
        let bytes = blobs.read(&content, hashing.offset, MAX_CHUNK_BYTES.into());
        let bytes = bytes.unwrap_or_default();
        hashing.hasher.update(&bytes);
        hashing.offset += bytes.len() as u64;
        let len = blobs.len_of(&content).unwrap_or_default();
        if hashing.offset < len && !bytes.is_empty() {
            self.hashing = Some(hashing);
            return Ok(None);
        }
        let actual = hashing.hasher.finish();
        match actual == content {
            true => Ok(Some(len)),
            false => Err(ImportError::StoredBytesDiffer {
                sha256_hex: to_hex(&content),
                actual_sha256_hex: to_hex(&actual),
            }),
        }
    }
}

impl Check {
    fn new() -> Self {
        Self { step: Step::Bytes(None), bytes: 0 }
    }

    fn progress<M: Memory>(&self, capsules: &Capsules<M>, capsule: Id) -> Progress {
        let (items, bytes) = capsules.size_of(capsule).unwrap_or_default();
        let items_done = match &self.step {
            Step::Bytes(_) => 0,
            Step::Items(builder) => builder.progress().0,
            Step::Release(_) => items + 1,
        };
        Progress::Checking { done: self.bytes + items_done, total: bytes + items + 1 }
    }
}
