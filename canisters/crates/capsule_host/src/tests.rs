//! A capsule goes from one host to another, on the real store of bytes.

use blob_store::sha256;
use candid::Principal;
use capsule::{
    AssetContent, Chunk, CreateCapsule, Id, Import, ImportLimits, ImportMemories, Kind, Limits,
    MAX_CHUNK_BYTES, Manifest, ManifestBuilder, MemoryType, NewAsset, NewMemory, Progress,
    ReadBlobs, Visibility,
};
use chunked_upload::{CreateUploadRequest, Policy, to_hex};
use ic_stable_structures::VectorMemory;
use proptest::prelude::*;
use serde_bytes::ByteBuf;

use super::*;

const PIECE: usize = MAX_CHUNK_BYTES as usize;
const POLICY: Policy = Policy {
    max_len: 1 << 30,
    max_stored: 1 << 30,
    max_open: 10,
    max_per_owner: 100,
    time_to_live: 1 << 40,
};
const LIMITS: ImportLimits = ImportLimits { max_bytes: 1 << 30, time_to_live: 1 << 40 };

fn owner() -> Principal {
    Principal::from_slice(&[1, 1])
}

fn host() -> Host<VectorMemory> {
    let memory = VectorMemory::default;
    Host::init(Memories {
        uploads: chunked_upload::Memories {
            bytes: memory(),
            free_by_start: memory(),
            free_by_size: memory(),
            end: memory(),
            pieces: memory(),
            contents: memory(),
            uploads: memory(),
            by_owner: memory(),
            open_by_owner: memory(),
            by_owner_and_hash: memory(),
            expiries: memory(),
            totals: memory(),
        },
        capsules: capsule::Memories {
            ids: memory(),
            capsules: memory(),
            by_owner: memory(),
            memories: memory(),
            galleries: memory(),
            index: memory(),
            gallery_refs: memory(),
            connections: memory(),
            grants: memory(),
            by_grantee: memory(),
            blob_refs: memory(),
            deleted: memory(),
            changed: memory(),
        },
        publication: certified_http::Memories {
            nodes: memory(),
            places: memory(),
            published: memory(),
            parts: memory(),
            waiting: memory(),
        },
    })
}

fn import() -> Import<VectorMemory> {
    let memory = VectorMemory::default;
    Import::init(ImportMemories {
        state: memory(),
        open: memory(),
        whole: memory(),
        received: memory(),
    })
}

fn content(seed: u8, len: usize) -> Vec<u8> {
    (0..len).map(|index| (index / 999) as u8 ^ seed).collect()
}

/// Adds a memory of one asset, which is uploaded.
fn add(host: &mut Host<VectorMemory>, capsule: &str, bytes: &[u8], visibility: Visibility) {
    let request = CreateUploadRequest::default();
    let upload_id = host.begin_upload(owner(), request, 0, &POLICY).unwrap().upload_id;
    for chunk in bytes.chunks(PIECE) {
        host.uploads.append(upload_id, owner(), chunk, 0, &POLICY).unwrap();
    }
    let sha256_hex = to_hex(&sha256(bytes));
    host.uploads.commit(upload_id, owner(), &sha256_hex, 0, &POLICY).unwrap();
    let new = NewMemory {
        memory_type: MemoryType::Image,
        title: "a picture".to_owned(),
        description: None,
        tags: None,
        metadata: None,
        date_ns: None,
        assets: vec![NewAsset {
            variant: "original".to_owned(),
            content_type: "image/png".to_owned(),
            file_name: None,
            content: AssetContent::Blob { sha256_hex },
        }],
        visibility: Some(visibility),
    };
    let limits = Limits::default();
    host.act(owner(), 1, &limits, POLICY, |capsules, context| {
        capsules.add_memory(context, capsule, new)
    })
    .unwrap();
    host.delete_upload(upload_id).unwrap();
}

/// A capsule with memories of contents of these lengths, every other one public.
fn filled(host: &mut Host<VectorMemory>, lengths: &[usize]) -> Id {
    let made = host.act(owner(), 1, &Limits::default(), POLICY, |capsules, context| {
        capsules.create_capsule(context, CreateCapsule::default())
    });
    let capsule = made.unwrap().capsule_id;
    for (number, len) in lengths.iter().enumerate() {
        let visibility = [Visibility::Public, Visibility::Private][number % 2];
        add(host, &capsule, &content(number as u8, *len), visibility);
    }
    Id::parse_as(Kind::Capsule, &capsule).unwrap()
}

fn manifest_of(host: &Host<VectorMemory>, capsule: Id) -> Manifest {
    ManifestBuilder::new(capsule).step(&host.capsules, usize::MAX).unwrap()
}

fn chunks_of(host: &Host<VectorMemory>, capsule: Id) -> Vec<Chunk> {
    let mut chunks = Vec::new();
    for hash in host.capsules.blobs_of(capsule, None, usize::MAX) {
        let size = host.uploads.content_len(&hash).unwrap();
        for offset in (0..size.max(1)).step_by(PIECE) {
            let bytes = host.blobs().read(&hash, offset, PIECE as u64).unwrap();
            let (sha256, bytes) = (ByteBuf::from(hash), ByteBuf::from(bytes));
            chunks.push(Chunk { sha256, size, offset, bytes });
        }
    }
    chunks
}

/// Begins to send a capsule; returns the session.
fn begin(
    from: &Host<VectorMemory>,
    to: &mut Host<VectorMemory>,
    import: &mut Import<VectorMemory>,
    id: Id,
) -> u64 {
    let capsule = from.capsules.exported_capsule(id).unwrap();
    let manifest = manifest_of(from, id);
    import.begin(&mut to.capsules, manifest, capsule, 0, &LIMITS).unwrap().0
}

fn commit(
    from: &Host<VectorMemory>,
    to: &mut Host<VectorMemory>,
    import: &mut Import<VectorMemory>,
    (id, session): (Id, u64),
) {
    let memories = from.capsules.exported_memories(id, None, usize::MAX, usize::MAX);
    let memories = memories.into_iter().map(|(_, memory)| memory).collect();
    let (capsules, mut blobs) = to.parts(POLICY);
    import.commit_memories(capsules, &mut blobs, session, memories, 0, &LIMITS).unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 12, ..Default::default() })]

    #[test]
    fn a_capsule_is_the_same_on_both_sides_and_leaves_nothing_behind(
        lengths in prop::collection::vec(
            prop_oneof![0..50usize, Just(PIECE), PIECE..3 * PIECE],
            1..5,
        ),
        order in any::<prop::sample::Index>(),
    ) {
        let (mut hub, mut personal, mut import) = (host(), host(), import());
        let id = filled(&mut hub, &lengths);
        hub.capsules.freeze(id);
        let session = begin(&hub, &mut personal, &mut import, id);
        let mut chunks = chunks_of(&hub, id);
        let first = order.index(chunks.len());
        chunks.rotate_left(first);
        for chunk in chunks.iter().chain(&chunks) {
            let (_, mut blobs) = personal.parts(POLICY);
            import.put(&mut blobs, session, std::slice::from_ref(chunk), 0, &LIMITS).unwrap();
        }
        commit(&hub, &mut personal, &mut import, (id, session));
        let manifest = loop {
            let (capsules, mut blobs) = personal.parts(POLICY);
            let check = import.finalize(capsules, &mut blobs, session, 0, &LIMITS, || false);
            if let Progress::Finalized(manifest) = check.unwrap() {
                break manifest;
            }
        };
        prop_assert_eq!(&manifest, &manifest_of(&hub, id));
        prop_assert_eq!(personal.uploads.totals().stored_bytes, manifest.total_bytes);
        prop_assert_eq!(personal.uploads.content_count(), manifest.blobs);
        personal.settle();
        while personal.work(POLICY) {}
        let public = lengths.len().div_ceil(2) as u64;
        prop_assert_eq!(personal.publication.count(), public);

        hub.settle();
        while hub.work(POLICY) {}
        prop_assert_eq!(hub.publication.count(), public);
        hub.capsules.mark_moved(id, Principal::from_slice(&[9]));
        hub.capsules.release_copy(id);
        hub.settle();
        while hub.work(POLICY) {}
        prop_assert_eq!(hub.publication.count(), 0);
        prop_assert_eq!(hub.uploads.totals().stored_bytes, 0);
    }

    #[test]
    fn an_import_that_is_aborted_anywhere_leaves_no_byte(
        lengths in prop::collection::vec(prop_oneof![0..50usize, PIECE..3 * PIECE], 1..4),
        sent in any::<prop::sample::Index>(),
        commits: bool,
    ) {
        let (mut hub, mut personal, mut import) = (host(), host(), import());
        let id = filled(&mut hub, &lengths);
        let session = begin(&hub, &mut personal, &mut import, id);
        let chunks = chunks_of(&hub, id);
        let count = if commits { chunks.len() } else { sent.index(chunks.len() + 1) };
        let (_, mut blobs) = personal.parts(POLICY);
        for chunk in &chunks[..count] {
            import.put(&mut blobs, session, std::slice::from_ref(chunk), 0, &LIMITS).unwrap();
        }
        if commits {
            commit(&hub, &mut personal, &mut import, (id, session));
        }
        import.abort(&mut personal.capsules, session).unwrap();
        let (capsules, mut blobs) = personal.parts(POLICY);
        while import.clear_one(capsules, &mut blobs) {}
        prop_assert_eq!(personal.uploads.totals().stored_bytes, 0);
        prop_assert_eq!(personal.uploads.content_count(), 0);
        prop_assert_eq!(personal.capsules.totals().capsules, 0);
    }
}
