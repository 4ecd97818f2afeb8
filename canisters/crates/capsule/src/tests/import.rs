//! The rules of an import.

use blob_store::{Hash, sha256, to_hex};
use candid::Principal;
use ic_stable_structures::VectorMemory;
use serde_bytes::ByteBuf;

use super::stage::*;
use crate::id::{Id, Kind};
use crate::*;

pub const PIECE: usize = MAX_CHUNK_BYTES as usize;
const DAY: u64 = 86_400_000_000_000;
pub const LIMITS: ImportLimits = ImportLimits { max_bytes: 1 << 30, time_to_live: DAY };

/// A canister into which a capsule comes.
pub struct Receiver {
    pub stage: Stage,
    pub import: Import<VectorMemory>,
    memories: [VectorMemory; 4],
}

fn import_of(memories: &[VectorMemory; 4]) -> Import<VectorMemory> {
    let [state, open, whole, received] = memories.clone();
    Import::init(ImportMemories { state, open, whole, received })
}

impl Receiver {
    pub fn new() -> Self {
        let memories: [VectorMemory; 4] = Default::default();
        Self { stage: Stage::new(), import: import_of(&memories), memories }
    }

    /// The heap is new, and stable memory as it was.
    pub fn upgrade(&mut self) {
        self.import = import_of(&self.memories);
    }

    pub fn begin(&mut self, sent: &Sent) -> ImportResult<u64> {
        let (manifest, capsule) = (sent.manifest.clone(), sent.capsule.clone());
        let (now, capsules) = (self.stage.now, &mut self.stage.capsules);
        self.import.begin(capsules, manifest, capsule, now, &LIMITS).map(|(id, _)| id)
    }

    pub fn put(&mut self, session: u64, chunks: &[Chunk]) -> ImportResult<()> {
        self.import.put(&mut self.stage.blobs, session, chunks, self.stage.now, &LIMITS)
    }

    pub fn take(&mut self, session: u64, message: &Message) -> ImportResult<()> {
        let Self { stage: Stage { capsules, blobs, now, .. }, import, .. } = self;
        match message.clone() {
            Message::Bytes(chunks) => import.put(blobs, session, &chunks, *now, &LIMITS),
            Message::Memories(memories) => {
                import.commit_memories(capsules, blobs, session, memories, *now, &LIMITS)
            }
            Message::Galleries(galleries) => {
                import.commit_galleries(capsules, session, galleries, *now, &LIMITS)
            }
            Message::Connections(connections) => {
                import.commit_connections(capsules, session, connections, *now, &LIMITS)
            }
        }
    }

    /// One message of the check, which does so many pieces.
    pub fn finalize(&mut self, session: u64, mut pieces: u32) -> ImportResult<Progress> {
        let Self { stage: Stage { capsules, blobs, now, .. }, import, .. } = self;
        import.finalize(capsules, blobs, session, *now, &LIMITS, || {
            pieces = pieces.saturating_sub(1);
            pieces > 0
        })
    }

    pub fn finalized(&mut self, session: u64) -> Manifest {
        loop {
            if let Progress::Finalized(manifest) = self.finalize(session, 3).unwrap() {
                return manifest;
            }
        }
    }

    pub fn expire(&mut self) -> bool {
        self.import.expire(&mut self.stage.capsules, self.stage.now)
    }

    pub fn abort(&mut self, session: u64) -> ImportResult<()> {
        self.import.abort(&mut self.stage.capsules, session)
    }

    pub fn clear(&mut self) {
        let Stage { capsules, blobs, .. } = &mut self.stage;
        while self.import.clear_one(capsules, blobs) {}
    }

    pub fn check_is_empty(&self) {
        assert_eq!(self.import.stage(), ImportStage::Empty);
        assert_eq!(self.import.status(&self.stage.capsules).received_bytes, 0);
        assert!(self.stage.blobs.kept.is_empty() && self.stage.blobs.pieces.is_empty());
        let totals = self.stage.capsules.totals();
        assert_eq!((totals.capsules, totals.deleted_capsules, totals.grants), (0, 0, 0));
        self.stage.capsules.check();
    }
}

#[derive(Clone, Debug)]
pub enum Message {
    Bytes(Vec<Chunk>),
    Memories(Vec<ExportedMemory>),
    Galleries(Vec<ExportedGallery>),
    Connections(Vec<ConnectionInfo>),
}

/// All that is sent of a capsule, in order.
pub struct Sent {
    pub manifest: Manifest,
    pub capsule: ExportedCapsule,
    pub messages: Vec<Message>,
}

impl Sent {
    pub fn of(stage: &Stage, id: Id) -> Self {
        let capsules = &stage.capsules;
        let contents = capsules.blobs_of(id, None, usize::MAX);
        let chunks = contents.iter().flat_map(|hash| chunks_of(&stage.blobs.kept[hash].0));
        let memories = capsules.exported_memories(id, None, usize::MAX, usize::MAX);
        let memories: Vec<_> = memories.into_iter().map(|(_, memory)| memory).collect();
        let galleries = capsules.exported_galleries(id, None, usize::MAX, usize::MAX);
        let galleries: Vec<_> = galleries.into_iter().map(|(_, gallery)| gallery).collect();
        let connections = capsules.exported_connections(id, None, usize::MAX);
        let messages = chunks
            .map(|chunk| Message::Bytes(vec![chunk]))
            .chain(memories.chunks(2).map(|some| Message::Memories(some.to_vec())))
            .chain(galleries.chunks(2).map(|some| Message::Galleries(some.to_vec())))
            .chain(connections.chunks(2).map(|some| Message::Connections(some.to_vec())));
        Self {
            manifest: ManifestBuilder::new(id).step(capsules, usize::MAX).unwrap(),
            capsule: capsules.exported_capsule(id).unwrap(),
            messages: messages.collect(),
        }
    }
}

pub fn chunks_of(bytes: &[u8]) -> Vec<Chunk> {
    let chunk = |offset: usize| Chunk {
        sha256: ByteBuf::from(sha256(bytes)),
        size: bytes.len() as u64,
        offset: offset as u64,
        bytes: ByteBuf::from(&bytes[offset..bytes.len().min(offset + PIECE)]),
    };
    match bytes.len() {
        0 => vec![chunk(0)],
        len => (0..len).step_by(PIECE).map(chunk).collect(),
    }
}

pub fn large_content(seed: u8) -> Vec<u8> {
    (0..2 * PIECE + 5).map(|index| (index / 1000) as u8 ^ seed).collect()
}

/// A capsule of three memories, one of them of a large content and one of none.
fn sent() -> Sent {
    let mut stage = Stage::new();
    let capsule = stage.capsule(user(1));
    let large = stage.blobs.upload(user(1), &large_content(0));
    for content in [large, inline(b"small"), inline(b"")] {
        let new = NewMemory {
            assets: vec![asset("original", content)],
            visibility: Some(Visibility::Public),
            ..note("a memory")
        };
        let memory = stage.add(user(1), &capsule, new).unwrap();
        stage.gallery(user(1), &capsule, &[&memory]).unwrap();
        stage.act(user(1), |capsules, context| {
            capsules.grant(context, &memory, user(3), Permission::Write).unwrap();
        });
    }
    stage.act(user(1), |capsules, context| {
        let new = NewConnection { peer: user(4), name: None, relation: None, note: None };
        capsules.add_connection(context, &capsule, new).unwrap();
        capsules.grant(context, &capsule, user(2), Permission::Read).unwrap();
    });
    Sent::of(&stage, Id::parse_as(Kind::Capsule, &capsule).unwrap())
}

fn begun() -> (Sent, Receiver, u64) {
    let (sent, mut receiver) = (sent(), Receiver::new());
    let session = receiver.begin(&sent).unwrap();
    (sent, receiver, session)
}

fn hex_of(bytes: &[u8]) -> String {
    to_hex(&sha256(bytes))
}

#[test]
fn what_is_sent_is_what_is_there_in_the_end() {
    let (sent, mut receiver, session) = begun();
    for message in &sent.messages {
        receiver.take(session, message).unwrap();
        receiver.take(session, message).unwrap();
    }
    assert_eq!(receiver.finalized(session), sent.manifest);
    assert_eq!(receiver.finalized(session), sent.manifest);
    assert!(receiver.stage.blobs.pieces.is_empty());
    receiver.stage.check_blobs();
    let capsule = &sent.capsule.capsule_id;
    let found = receiver.stage.capsules.get_capsule(user(2), Some(capsule)).unwrap();
    assert_eq!((found.memories, found.galleries, found.connections), (3, 3, 1));
    assert_eq!(found.bytes, sent.manifest.total_bytes);
    let imported = receiver.import.manifest().unwrap();
    assert_eq!((imported.manifest, imported.has_changed), (sent.manifest, false));
}

#[test]
fn what_is_new_then_comes_behind_what_was_sent() {
    let (sent, mut receiver, session) = begun();
    sent.messages.iter().for_each(|message| receiver.take(session, message).unwrap());
    receiver.finalized(session);
    receiver.stage.now = 1000;
    let capsule = &sent.capsule.capsule_id;
    let new = receiver.stage.add(user(1), capsule, note("new")).unwrap();
    let id = Id::parse_as(Kind::Capsule, capsule).unwrap();
    let all = receiver.stage.capsules.exported_memories(id, None, 10, usize::MAX);
    assert_eq!((all.len(), &all[3].1.memory_id), (4, &new));
    receiver.import.note_change();
    assert!(receiver.import.manifest().unwrap().has_changed);
}

#[test]
fn pieces_come_in_any_order_and_across_an_upgrade() {
    let content = large_content(0);
    let chunks = chunks_of(&content);
    for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0], [2, 0, 1]] {
        let (_, mut receiver, session) = begun();
        for index in order {
            receiver.put(session, &chunks[index..=index]).unwrap();
            receiver.upgrade();
        }
        assert_eq!(receiver.stage.blobs.kept[&sha256(&content)].0, content);
        assert!(receiver.stage.blobs.pieces.is_empty());
        assert_eq!(receiver.import.status(&receiver.stage.capsules).blobs, 1);
    }
}

#[test]
fn bytes_that_are_not_of_their_hash_are_refused_and_forgotten() {
    let (sent, mut receiver, session) = begun();
    let good = chunks_of(&large_content(0));
    let mut bad = good.clone();
    bad[1].bytes[77] ^= 1;
    receiver.put(session, &bad[..1]).unwrap();
    receiver.put(session, &bad[1..2]).unwrap();
    let refused = receiver.put(session, &bad[2..]);
    assert!(matches!(refused, Err(ImportError::HashMismatch { .. })), "{refused:?}");
    let small = Chunk { sha256: ByteBuf::from([7; 32]), ..chunks_of(b"small")[0].clone() };
    let refused = receiver.put(session, &[small]);
    let (expected_sha256_hex, actual_sha256_hex) = (to_hex(&[7; 32]), hex_of(b"small"));
    let mismatch = ImportError::HashMismatch { expected_sha256_hex, actual_sha256_hex };
    assert_eq!(refused, Err(mismatch));
    assert!(receiver.stage.blobs.kept.is_empty() && receiver.stage.blobs.pieces.is_empty());
    assert_eq!(receiver.import.status(&receiver.stage.capsules).received_bytes, 0);
    sent.messages.iter().for_each(|message| receiver.take(session, message).unwrap());
    assert_eq!(receiver.finalized(session), sent.manifest);
}

#[test]
fn a_piece_has_its_place_and_its_size() {
    let (_, mut receiver, session) = begun();
    let content = large_content(0);
    let good = chunks_of(&content);
    let sha256_hex = hex_of(&content);
    let wrong = |chunk: &Chunk| ImportError::WrongPiece {
        sha256_hex: sha256_hex.clone(),
        offset: chunk.offset,
        size: chunk.bytes.len() as u64,
    };
    let short = ByteBuf::from(&content[..9]);
    for bad in [
        Chunk { offset: 1, ..good[0].clone() },
        Chunk { offset: 3 * PIECE as u64, ..good[2].clone() },
        Chunk { offset: u64::MAX - PIECE as u64 + 1, ..good[2].clone() },
        Chunk { bytes: short.clone(), ..good[1].clone() },
        Chunk { bytes: ByteBuf::new(), ..good[0].clone() },
        Chunk { size: 8, ..Chunk { bytes: short, ..good[0].clone() } },
    ] {
        assert_eq!(receiver.put(session, std::slice::from_ref(&bad)), Err(wrong(&bad)));
    }
    let size = PIECE as u64 + 5;
    let both = [good[0].clone(), chunks_of(b"small")[0].clone()];
    let too_large = ImportError::ChunkTooLarge { size, limit: PIECE as u64 };
    assert_eq!(receiver.put(session, &both), Err(too_large));
    let unknown = Chunk { sha256: ByteBuf::from([1; 31]), ..good[0].clone() };
    let refused = receiver.put(session, &[unknown]).unwrap_err();
    assert!(refused.to_string().starts_with("Invalid argument: sha256"), "{refused}");

    receiver.put(session, &good[..1]).unwrap();
    let expected = content.len() as u64;
    let other = Chunk { size: expected - 1, ..good[1].clone() };
    let refused = receiver.put(session, &[other]);
    let wrong_size =
        ImportError::WrongSize { sha256_hex: sha256_hex.clone(), size: expected - 1, expected };
    assert_eq!(refused, Err(wrong_size));
    let mut other = good[0].clone();
    other.bytes[0] ^= 1;
    let conflict = ImportError::PieceConflict { sha256_hex, offset: 0 };
    assert_eq!(receiver.put(session, &[other.clone()]), Err(conflict.clone()));
    receiver.put(session, &good[1..2]).unwrap();
    receiver.put(session, &good[2..]).unwrap();
    assert_eq!(receiver.put(session, &[other]), Err(conflict));
}

#[test]
fn no_more_comes_than_was_announced() {
    let (sent, mut receiver, session) = begun();
    sent.messages.iter().for_each(|message| receiver.take(session, message).unwrap());
    let limit = sent.manifest.total_bytes;
    let refused = receiver.put(session, &chunks_of(b"more"));
    assert_eq!(refused, Err(ImportError::ImportTooLarge { size: limit + 4, limit }));
    let Some(Message::Memories(memories)) =
        sent.messages.iter().rfind(|message| matches!(message, Message::Memories(_)))
    else {
        panic!("memories are sent");
    };
    let other = ExportedMemory {
        memory_id: format!("m{}", "0f".repeat(15)) + "01",
        assets: Vec::new(),
        ..memories[0].clone()
    };
    let refused = receiver.take(session, &Message::Memories(vec![other]));
    assert_eq!(refused, Err(ImportError::TooMany { what: "memories".to_owned(), limit: 3 }));
    let changed = ExportedMemory { title: "other".to_owned(), ..memories[0].clone() };
    let refused = receiver.take(session, &Message::Memories(vec![changed]));
    assert_eq!(refused, Err(ImportError::ItemConflict { id: memories[0].memory_id.clone() }));
    assert_eq!(receiver.finalized(session), sent.manifest);
}

#[test]
fn a_memory_waits_for_all_its_bytes() {
    let (sent, mut receiver, session) = begun();
    let chunks = chunks_of(&large_content(0));
    let is_memories = |message: &&Message| matches!(message, Message::Memories(_));
    let memories = sent.messages.iter().find(is_memories).unwrap();
    let sha256_hex = hex_of(&large_content(0));
    let missing = ImportError::BytesMissing { sha256_hex };
    assert_eq!(receiver.take(session, memories), Err(missing.clone()));
    receiver.put(session, &chunks[1..]).unwrap_err();
    receiver.put(session, &chunks[1..2]).unwrap();
    assert_eq!(receiver.take(session, memories), Err(missing));
    let totals = receiver.stage.capsules.totals();
    assert_eq!(totals.memories, 0);
    let Message::Memories(mut lying) = memories.clone() else { unreachable!() };
    lying[0].assets[0].size += 1;
    receiver.put(session, &chunks[..1]).unwrap();
    receiver.put(session, &chunks[2..]).unwrap();
    let refused = receiver.take(session, &Message::Memories(lying));
    assert!(matches!(refused, Err(ImportError::WrongSize { .. })), "{refused:?}");
}

#[test]
fn one_session_at_a_time_that_ends_by_time_or_abortion() {
    let (sent, mut receiver, session) = begun();
    assert_eq!(receiver.begin(&sent), Ok(session));
    let other = Sent {
        manifest: Manifest { memories: 9, ..sent.manifest.clone() },
        capsule: sent.capsule.clone(),
        messages: Vec::new(),
    };
    assert!(matches!(receiver.begin(&other), Err(ImportError::SessionOpen { .. })));
    sent.messages.iter().for_each(|message| receiver.take(session, message).unwrap());
    receiver.stage.now += DAY - 1;
    assert!(!receiver.expire());
    receiver.take(session, &sent.messages[0]).unwrap();
    receiver.stage.now += DAY - 1;
    assert!(!receiver.expire());
    receiver.stage.now += 1;
    assert!(receiver.expire());
    let not_found = |session_id| Err(ImportError::SessionNotFound { session_id });
    assert_eq!(receiver.take(session, &sent.messages[0]), not_found(session));
    assert_eq!(receiver.finalize(session, 1).map(|_| ()), not_found(session));
    assert_eq!(receiver.begin(&other), Err(ImportError::StillClearing));
    let gone = receiver.stage.capsules.get_capsule(user(1), None);
    assert_eq!(gone, Err(CapsuleError::NoCapsule));
    receiver.clear();
    receiver.check_is_empty();
    let next = receiver.begin(&sent).unwrap();
    assert_eq!(next, session + 1);
    sent.messages.iter().for_each(|message| receiver.take(next, message).unwrap());
    assert_eq!(receiver.abort(session), not_found(session));
    receiver.abort(next).unwrap();
    receiver.abort(next).unwrap();
    receiver.clear();
    receiver.abort(next).unwrap();
    receiver.check_is_empty();
}

#[test]
fn the_check_takes_many_messages_and_nothing_else_meanwhile() {
    let (sent, mut receiver, session) = begun();
    sent.messages.iter().for_each(|message| receiver.take(session, message).unwrap());
    let mut before = 0;
    let mut calls = 0;
    let manifest = loop {
        match receiver.finalize(session, 1).unwrap() {
            Progress::Finalized(manifest) => break manifest,
            Progress::Checking { done, total } => {
                assert!(before <= done && done <= total, "{before} {done} {total}");
                (before, calls) = (done, calls + 1);
            }
        }
        let refused = receiver.take(session, &sent.messages[0]);
        assert_eq!(refused, Err(ImportError::BeingChecked { session_id: session }));
        if calls == 4 {
            receiver.upgrade();
        }
    };
    assert!(calls > 7, "{calls}");
    assert_eq!(manifest, sent.manifest);
    let finalized = ImportError::AlreadyFinalized { session_id: session };
    assert_eq!(receiver.take(session, &sent.messages[0]), Err(finalized.clone()));
    assert_eq!(receiver.abort(session), Err(finalized.clone()));
    assert_eq!(receiver.begin(&sent), Ok(session));
    receiver.stage.now += 2 * DAY;
    assert!(!receiver.expire());
    receiver.upgrade();
    assert_eq!(receiver.import.manifest().unwrap().manifest, sent.manifest);
}

#[test]
fn bytes_that_have_changed_in_store_are_found() {
    let (sent, mut receiver, session) = begun();
    sent.messages.iter().for_each(|message| receiver.take(session, message).unwrap());
    let hash: Hash = sha256(&large_content(0));
    let stored = receiver.stage.blobs.kept.get_mut(&hash).unwrap();
    *stored.0.last_mut().unwrap() ^= 1;
    let refused = loop {
        match receiver.finalize(session, 2) {
            Ok(Progress::Checking { .. }) => {}
            other => break other,
        }
    };
    assert!(matches!(refused, Err(ImportError::StoredBytesDiffer { .. })), "{refused:?}");
    assert!(receiver.finalize(session, 100).is_err());
}

#[test]
fn a_capsule_comes_as_it_was_announced_or_not_at_all() {
    let sent = sent();
    let limits = ImportLimits { max_bytes: 9, ..LIMITS };
    let mut receiver = Receiver::new();
    let begin = |receiver: &mut Receiver, manifest: Manifest, capsule: ExportedCapsule, limits| {
        let Receiver { stage, import, .. } = receiver;
        import.begin(&mut stage.capsules, manifest, capsule, 0, limits).unwrap_err().to_string()
    };
    let (manifest, capsule) = (&sent.manifest, &sent.capsule);
    let version = Manifest { api_version: 2, ..manifest.clone() };
    let other = Manifest { capsule_id: "c1".to_owned(), ..manifest.clone() };
    let nobody = ExportedCapsule { owner: Principal::anonymous(), ..capsule.clone() };
    let grants = [capsule.grants.clone(), capsule.grants.clone()].concat();
    let twice = ExportedCapsule { grants, ..capsule.clone() };
    for (refused, expected) in [
        (begin(&mut receiver, version, capsule.clone(), &LIMITS), "API version mismatch: 2"),
        (begin(&mut receiver, other, capsule.clone(), &LIMITS), "Wrong capsule: "),
        (begin(&mut receiver, manifest.clone(), capsule.clone(), &limits), "Import too large: "),
        (begin(&mut receiver, manifest.clone(), nobody, &LIMITS), "Invalid argument: owner"),
        (begin(&mut receiver, manifest.clone(), twice, &LIMITS), "Invalid argument: grants"),
    ] {
        assert!(refused.starts_with(expected), "{refused}");
        receiver.check_is_empty();
    }
}
