//! The session of an import: begun, filled, over.

use candid::{CandidType, Deserialize};
use ic_stable_structures::{Memory, StableCell};
use serde::Serialize;
use stable_record::storable_as_cbor;

use super::check::{Check, Hashing};
use super::error::{ImportError, ImportResult};
use super::pieces::{Chunk, MAX_CHUNK_BYTES, Pieces, StagingBlobs};
use crate::error::CapsuleError;
use crate::export::{API_VERSION, ExportedCapsule, ExportedGallery, ExportedMemory, Manifest};
use crate::id::{Id, Kind};
use crate::model::ConnectionInfo;
use crate::store::Capsules;

/// How much may come, and how long a session lasts that nobody goes on with.
#[derive(Clone, Copy, Debug)]
pub struct ImportLimits {
    /// Bytes of all contents.
    pub max_bytes: u64,
    /// Nanoseconds.
    pub time_to_live: u64,
}

/// A stable memory for each structure.
pub struct ImportMemories<M: Memory> {
    pub state: M,
    pub open: M,
    pub whole: M,
    pub received: M,
}

/// What a session is about, and until when it lasts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Session {
    pub id: u64,
    pub capsule: Id,
    pub announced: Manifest,
    pub expires_at: u64,
}

/// The manifest of what an import has brought.
#[derive(CandidType, Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
pub struct ImportedManifest {
    pub manifest: Manifest,
    pub computed_at_time_ns: u64,
    /// Something may have been changed since.
    pub has_changed: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum State {
    Empty,
    Open(Session),
    Checking(Session, Check),
    Finalized(Session, ImportedManifest),
    Clearing,
}

/// The state as it is kept, and how many sessions there have been.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Record {
    sessions: u64,
    stage: ImportStage,
    session: Option<Session>,
    check: Option<Check>,
    imported: Option<ImportedManifest>,
}

storable_as_cbor!(Record);

impl Record {
    fn new(sessions: u64, state: State) -> Self {
        let empty = Self { sessions, ..Default::default() };
        match state {
            State::Empty => empty,
            State::Clearing => Self { stage: ImportStage::Clearing, ..empty },
            State::Open(session) => {
                Self { stage: ImportStage::Open, session: Some(session), ..empty }
            }
            State::Checking(session, check) => Self {
                stage: ImportStage::Checking,
                session: Some(session),
                check: Some(check),
                ..empty
            },
            State::Finalized(session, imported) => Self {
                stage: ImportStage::Finalized,
                session: Some(session),
                imported: Some(imported),
                ..empty
            },
        }
    }

    fn state(&self) -> State {
        let Self { session, check, imported, .. } = self.clone();
        match (session, check, imported) {
            (Some(session), None, None) => State::Open(session),
            (Some(session), Some(check), _) => State::Checking(session, check),
            (Some(session), None, Some(imported)) => State::Finalized(session, imported),
            (None, ..) if self.stage == ImportStage::Clearing => State::Clearing,
            (None, ..) => State::Empty,
        }
    }
}

/// How far an import has come.
#[derive(CandidType, Serialize, Deserialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ImportStage {
    #[default]
    Empty,
    Open,
    Checking,
    Finalized,
    /// What a session brought that is over is cleared away.
    Clearing,
}

#[derive(CandidType, Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
pub struct ImportStatus {
    pub stage: ImportStage,
    pub session_id: Option<u64>,
    pub expires_at_time_ns: Option<u64>,
    /// What the sender says that comes.
    pub announced: Option<Manifest>,
    pub memories: u64,
    pub galleries: u64,
    pub connections: u64,
    /// Contents that have come as a whole.
    pub blobs: u64,
    /// Bytes that have come.
    pub received_bytes: u64,
}

impl ImportStatus {
    /// A stage and nothing more.
    pub fn of_stage(stage: ImportStage) -> Self {
        Self {
            stage,
            session_id: None,
            expires_at_time_ns: None,
            announced: None,
            memories: 0,
            galleries: 0,
            connections: 0,
            blobs: 0,
            received_bytes: 0,
        }
    }
}

/// The import of one capsule. Each method either does all that it says or changes nothing, but where
/// it says otherwise.
pub struct Import<M: Memory> {
    record: StableCell<Record, M>,
    pub(super) pieces: Pieces<M>,
    pub(super) hashing: Option<Hashing>,
}

impl<M: Memory> Import<M> {
    pub fn init(memories: ImportMemories<M>) -> Self {
        Self {
            record: StableCell::init(memories.state, Record::default()),
            pieces: Pieces::init(memories.open, memories.whole, memories.received),
            hashing: None,
        }
    }

    /// Begins a session for what a manifest tells; returns its id and when it expires. The same
    /// manifest again goes on with the same session.
    pub fn begin(
        &mut self,
        capsules: &mut Capsules<M>,
        manifest: Manifest,
        capsule: ExportedCapsule,
        now: u64,
        limits: &ImportLimits,
    ) -> ImportResult<(u64, u64)> {
        match self.state() {
            State::Empty => self.open(capsules, manifest, capsule, now, limits),
            State::Clearing => Err(ImportError::StillClearing),
            State::Finalized(session, _) | State::Checking(session, _)
                if session.announced == manifest =>
            {
                Ok((session.id, session.expires_at))
            }
            State::Open(session) if session.announced == manifest => {
                let (session_id, expires_at) = (session.id, expires_at(now, limits));
                self.set(State::Open(Session { expires_at, ..session }));
                Ok((session_id, expires_at))
            }
            State::Finalized(session, _) => {
                Err(ImportError::AlreadyFinalized { session_id: session.id })
            }
            State::Open(session) | State::Checking(session, _) => Err(ImportError::SessionOpen {
                session_id: session.id,
                expires_at_time_ns: session.expires_at,
            }),
        }
    }

    fn open(
        &mut self,
        capsules: &mut Capsules<M>,
        announced: Manifest,
        capsule: ExportedCapsule,
        now: u64,
        limits: &ImportLimits,
    ) -> ImportResult<(u64, u64)> {
        let (expected, actual) = (API_VERSION, announced.api_version);
        if actual != expected {
            return Err(ImportError::ApiVersionMismatch { expected, actual });
        }
        let (size, limit) = (announced.total_bytes, limits.max_bytes);
        if size > limit {
            return Err(ImportError::ImportTooLarge { size, limit });
        }
        let id = Id::parse_as(Kind::Capsule, &capsule.capsule_id);
        let id = id.ok_or_else(|| CapsuleError::invalid("capsule_id", "names no capsule"))?;
        if announced.capsule_id != capsule.capsule_id {
            let (expected, actual) = (announced.capsule_id, capsule.capsule_id);
            return Err(ImportError::WrongCapsule { expected, actual });
        }
        capsules.import_capsule(id, capsule)?;
        let session_id = self.record.get().sessions + 1;
        let expires_at = expires_at(now, limits);
        let session = Session { id: session_id, capsule: id, announced, expires_at };
        self.record.set(Record::new(session_id, State::Open(session)));
        Ok((session_id, expires_at))
    }

    /// Takes bytes of contents, together no more than a chunk. Where one is refused, those before it
    /// stay.
    pub fn put(
        &mut self,
        blobs: &mut impl StagingBlobs,
        session_id: u64,
        chunks: &[Chunk],
        now: u64,
        limits: &ImportLimits,
    ) -> ImportResult<()> {
        let session = self.filled(session_id, now, limits)?;
        let size = chunks.iter().map(|chunk| chunk.bytes.len() as u64).sum();
        let limit = u64::from(MAX_CHUNK_BYTES);
        if size > limit {
            return Err(ImportError::ChunkTooLarge { size, limit });
        }
        let limit = session.announced.total_bytes;
        chunks.iter().try_for_each(|chunk| self.pieces.put(blobs, chunk, limit))
    }

    /// Takes memories whose bytes have all come. Where one is refused, those before it stay.
    pub fn commit_memories(
        &mut self,
        capsules: &mut Capsules<M>,
        blobs: &mut impl StagingBlobs,
        session_id: u64,
        memories: Vec<ExportedMemory>,
        now: u64,
        limits: &ImportLimits,
    ) -> ImportResult<()> {
        let Session { capsule, announced, .. } = self.filled(session_id, now, limits)?;
        for memory in memories {
            let limit = announced.memories;
            let import = capsules.prepare_memory(capsule, memory, limit)?;
            for asset in import.assets() {
                self.pieces.check_there(blobs, asset.hash, asset.len)?;
            }
            capsules.import_memory(blobs, import);
        }
        Ok(())
    }

    /// Takes galleries; what they hold may come later. Where one is refused, those before it stay.
    pub fn commit_galleries(
        &mut self,
        capsules: &mut Capsules<M>,
        session_id: u64,
        galleries: Vec<ExportedGallery>,
        now: u64,
        limits: &ImportLimits,
    ) -> ImportResult<()> {
        let Session { capsule, announced, .. } = self.filled(session_id, now, limits)?;
        galleries
            .into_iter()
            .try_for_each(|gallery| capsules.import_gallery(capsule, gallery, announced.galleries))
    }

    /// Takes connections. Where one is refused, those before it stay.
    pub fn commit_connections(
        &mut self,
        capsules: &mut Capsules<M>,
        session_id: u64,
        connections: Vec<ConnectionInfo>,
        now: u64,
        limits: &ImportLimits,
    ) -> ImportResult<()> {
        let Session { capsule, announced, .. } = self.filled(session_id, now, limits)?;
        connections.into_iter().try_for_each(|connection| {
            capsules.import_connection(capsule, connection, announced.connections)
        })
    }

    /// Ends a session that has not been finalized. What it brought is gone at once, and cleared away
    /// by `clear_one`. Again, it changes nothing.
    pub fn abort(&mut self, capsules: &mut Capsules<M>, session_id: u64) -> ImportResult<()> {
        match self.state() {
            State::Open(session) | State::Checking(session, _) if session.id == session_id => {
                capsules.discard(session.capsule);
                self.set(State::Clearing);
                Ok(())
            }
            State::Finalized(session, _) if session.id == session_id => {
                Err(ImportError::AlreadyFinalized { session_id })
            }
            State::Empty | State::Clearing if self.record.get().sessions == session_id => Ok(()),
            _ => Err(ImportError::SessionNotFound { session_id }),
        }
    }

    /// Ends a session that has expired; returns whether one has.
    pub fn expire(&mut self, capsules: &mut Capsules<M>, now: u64) -> bool {
        match self.state() {
            State::Open(session) | State::Checking(session, _) if session.expires_at <= now => {
                capsules.discard(session.capsule);
                self.set(State::Clearing);
                true
            }
            _ => false,
        }
    }

    /// Clears away one more thing of a session that is over; returns whether there was any.
    pub fn clear_one(&mut self, capsules: &mut Capsules<M>, blobs: &mut impl StagingBlobs) -> bool {
        if self.state() != State::Clearing {
            return false;
        }
        if !self.pieces.release_one(blobs) && !capsules.purge(blobs) {
            self.set(State::Empty);
        }
        true
    }

    pub fn stage(&self) -> ImportStage {
        self.record.get().stage
    }

    pub fn status(&self, capsules: &Capsules<M>) -> ImportStatus {
        let session = self.record.get().session.clone();
        let is_open = matches!(self.stage(), ImportStage::Open | ImportStage::Checking);
        let expires_at = session.as_ref().map(|session| session.expires_at);
        let totals = capsules.totals();
        ImportStatus {
            stage: self.stage(),
            session_id: session.as_ref().map(|session| session.id),
            expires_at_time_ns: expires_at.filter(|_| is_open),
            announced: session.map(|session| session.announced),
            memories: totals.memories,
            galleries: totals.galleries,
            connections: totals.connections,
            blobs: self.pieces.count(),
            received_bytes: self.pieces.received(),
        }
    }

    /// What the import has brought, once it is finalized.
    pub fn manifest(&self) -> Option<ImportedManifest> {
        match self.state() {
            State::Finalized(_, manifest) => Some(manifest),
            _ => None,
        }
    }

    /// Notes that the capsule has been changed since.
    pub fn note_change(&mut self) {
        if let State::Finalized(session, manifest) = self.state()
            && !manifest.has_changed
        {
            let manifest = ImportedManifest { has_changed: true, ..manifest };
            self.set(State::Finalized(session, manifest));
        }
    }

    /// A session that takes what comes, and lasts longer by that.
    fn filled(
        &mut self,
        session_id: u64,
        now: u64,
        limits: &ImportLimits,
    ) -> ImportResult<Session> {
        match self.state() {
            State::Open(session) if session.id == session_id => {
                let session = Session { expires_at: expires_at(now, limits), ..session };
                self.set(State::Open(session.clone()));
                Ok(session)
            }
            State::Checking(session, _) if session.id == session_id => {
                Err(ImportError::BeingChecked { session_id })
            }
            State::Finalized(session, _) if session.id == session_id => {
                Err(ImportError::AlreadyFinalized { session_id })
            }
            _ => Err(ImportError::SessionNotFound { session_id }),
        }
    }

    pub(super) fn state(&self) -> State {
        self.record.get().state()
    }

    pub(super) fn set(&mut self, state: State) {
        let sessions = self.record.get().sessions;
        self.record.set(Record::new(sessions, state));
    }
}

pub(super) fn expires_at(now: u64, limits: &ImportLimits) -> u64 {
    now.saturating_add(limits.time_to_live)
}
