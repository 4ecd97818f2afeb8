//! The rules of uploads, on memory of the host.

use candid::Principal;
use ic_stable_structures::VectorMemory;
use proptest::prelude::*;

use super::*;

const HOUR: u64 = 3_600_000_000_000;
const POLICY: Policy = Policy {
    max_len: 10_000,
    max_stored: 30_000,
    max_open: 3,
    max_per_owner: 5,
    time_to_live: HOUR,
};

fn uploads() -> Uploads<VectorMemory> {
    let memory = VectorMemory::default;
    Uploads::init(Memories {
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
    })
}

fn user(number: u8) -> Principal {
    Principal::from_slice(&[number, 1])
}

fn hex_of(bytes: &[u8]) -> String {
    to_hex(&sha256(bytes))
}

fn begin(uploads: &mut Uploads<VectorMemory>, owner: u8) -> u64 {
    let request = CreateUploadRequest::default();
    uploads.create(user(owner), request, 0, &POLICY).unwrap().upload_id
}

/// Begins, fills and commits an upload.
fn upload(uploads: &mut Uploads<VectorMemory>, owner: u8, bytes: &[u8]) -> u64 {
    let id = begin(uploads, owner);
    uploads.append(id, user(owner), bytes, 0, &POLICY).unwrap();
    uploads.commit(id, user(owner), &hex_of(bytes), 0, &POLICY).unwrap();
    id
}

#[test]
fn chunks_behind_one_another_make_the_bytes() {
    let mut uploads = uploads();
    let id = begin(&mut uploads, 1);
    assert_eq!(uploads.append(id, user(1), b"ab", 0, &POLICY), Ok(0));
    assert_eq!(uploads.append(id, user(1), b"c", 0, &POLICY), Ok(1));
    let hash = uploads.commit(id, user(1), &hex_of(b"abc"), 0, &POLICY).unwrap();
    assert_eq!(uploads.read(&hash, 0, 10), Some(b"abc".to_vec()));
    assert_eq!(uploads.read(&hash, 1, 1), Some(b"b".to_vec()));
    assert_eq!(uploads.read(&hash, 3, 1), Some(Vec::new()));
}

#[test]
fn the_same_chunk_again_changes_nothing_and_another_one_is_refused() {
    let mut uploads = uploads();
    let id = begin(&mut uploads, 1);
    uploads.put_at(id, user(1), 2, b"ab", 0, &POLICY).unwrap();
    assert_eq!(uploads.put_at(id, user(1), 2, b"ab", 0, &POLICY), Ok(()));
    let conflict = uploads.put_at(id, user(1), 2, b"ac", 0, &POLICY);
    assert_eq!(conflict, Err(UploadError::ChunkConflict { index: 2 }));
    assert_eq!(uploads.get(id).unwrap().total_len, 2);
    assert_eq!(uploads.totals().stored_bytes, 2);
}

#[test]
fn a_wrong_hash_deletes_nothing() {
    let mut uploads = uploads();
    let id = begin(&mut uploads, 1);
    uploads.append(id, user(1), b"abc", 0, &POLICY).unwrap();
    let refused = uploads.commit(id, user(1), &hex_of(b"abd"), 0, &POLICY).unwrap_err();
    assert!(refused.to_string().starts_with("hash mismatch"), "{refused}");
    assert!(uploads.commit(id, user(1), &hex_of(b"abc"), 0, &POLICY).is_ok());
}

#[test]
fn a_gap_or_a_wrong_length_does_not_commit() {
    let mut uploads = uploads();
    let request = CreateUploadRequest {
        expected_len: Some(5),
        chunk_size: Some(2),
        ..CreateUploadRequest::default()
    };
    let id = uploads.create(user(1), request, 0, &POLICY).unwrap().upload_id;
    uploads.put_at(id, user(1), 2, b"e", 0, &POLICY).unwrap();
    uploads.put_at(id, user(1), 0, b"ab", 0, &POLICY).unwrap();
    let missing = uploads.commit(id, user(1), &hex_of(b"abe"), 0, &POLICY);
    assert_eq!(missing, Err(UploadError::MissingChunks { first_missing: 1, received: 2 }));
    let id = begin(&mut uploads, 1);
    let empty = uploads.commit(id, user(1), &hex_of(b""), 0, &POLICY);
    assert!(empty.is_ok(), "an upload of no bytes has a hash too");
}

#[test]
fn chunks_of_a_known_length_have_known_sizes() {
    let mut uploads = uploads();
    let request = CreateUploadRequest {
        expected_len: Some(5),
        chunk_size: Some(2),
        ..CreateUploadRequest::default()
    };
    let id = uploads.create(user(1), request, 0, &POLICY).unwrap().upload_id;
    for (index, bytes, expected) in [(0, &b"a"[..], 2), (2, b"ef", 1), (3, b"g", 0)] {
        let size = bytes.len() as u64;
        let refused = uploads.put_at(id, user(1), index, bytes, 0, &POLICY);
        assert_eq!(refused, Err(UploadError::WrongChunkSize { index, size, expected }));
    }
}

#[test]
fn limits_hold() {
    let mut uploads = uploads();
    let id = begin(&mut uploads, 1);
    let mut put = |index, bytes: &[u8]| uploads.put_at(id, user(1), index, bytes, 0, &POLICY);
    assert_eq!(put(0, b""), Err(UploadError::EmptyChunk));
    assert_eq!(put(MAX_CHUNKS, b"a"), Err(UploadError::TooManyChunks { limit: MAX_CHUNKS }));
    let too_large = UploadError::UploadTooLarge { size: 10_001, limit: 10_000 };
    assert_eq!(put(0, &[0; 10_001]), Err(too_large.clone()));
    assert!(too_large.to_string().starts_with("Upload too large"));
    let huge = vec![0; MAX_CHUNK_BYTES as usize + 1];
    assert!(matches!(put(0, &huge), Err(UploadError::ChunkTooLarge { .. })));
    assert_eq!(put(0, &[0; 10_000]), Ok(()));
    assert_eq!(put(0, &[0; 10_000]), Ok(()), "again at the limit");
    for owner in [2, 3] {
        let id = begin(&mut uploads, owner);
        uploads.append(id, user(owner), &[owner; 10_000], 0, &POLICY).unwrap();
    }
    let id = begin(&mut uploads, 4);
    let full = uploads.append(id, user(4), b"a", 0, &POLICY);
    assert_eq!(full, Err(UploadError::StorageFull { limit: 30_000 }));
}

#[test]
fn a_caller_has_so_many_open_uploads() {
    let mut uploads = uploads();
    let first = begin(&mut uploads, 1);
    begin(&mut uploads, 1);
    begin(&mut uploads, 1);
    let one_more = |uploads: &mut Uploads<_>| {
        uploads.create(user(1), CreateUploadRequest::default(), 0, &POLICY).map(|_| ())
    };
    let refused = one_more(&mut uploads);
    assert_eq!(refused, Err(UploadError::TooManyOpenUploads { limit: 3 }));
    begin(&mut uploads, 2);
    uploads.delete(first);
    assert_eq!(one_more(&mut uploads), Ok(()));
}

#[test]
fn a_caller_has_so_many_uploads_in_all() {
    let mut uploads = uploads();
    let ids: Vec<u64> = (0..5).map(|number| upload(&mut uploads, 1, &[number])).collect();
    let one_more = |uploads: &mut Uploads<_>, request| {
        uploads.create(user(1), request, 0, &POLICY).map(|_| ())
    };
    let of_others = CreateUploadRequest {
        expected_sha256_hex: Some(hex_of(b"theirs")),
        ..CreateUploadRequest::default()
    };
    upload(&mut uploads, 2, b"theirs");
    for request in [CreateUploadRequest::default(), of_others] {
        let refused = one_more(&mut uploads, request);
        assert_eq!(refused, Err(UploadError::TooManyUploads { limit: 5 }));
    }
    uploads.delete(ids[0]);
    assert_eq!(one_more(&mut uploads, CreateUploadRequest::default()), Ok(()));
}

#[test]
fn others_see_and_change_nothing() {
    let mut uploads = uploads();
    let id = begin(&mut uploads, 1);
    let unknown = Err(UploadError::UploadNotFound { upload_id: id });
    assert_eq!(uploads.append(id, user(2), b"a", 0, &POLICY).map(|_| ()), unknown);
    assert_eq!(uploads.commit(id, user(2), &hex_of(b""), 0, &POLICY).map(|_| ()), unknown);
    assert_eq!(uploads.owned(id, user(2)).map(|_| ()), unknown);
}

#[test]
fn the_same_bytes_are_stored_once_and_freed_with_their_last_holder() {
    let mut uploads = uploads();
    let first = upload(&mut uploads, 1, &[7; 5000]);
    let second = upload(&mut uploads, 2, &[7; 5000]);
    assert_eq!((uploads.totals().stored_bytes, uploads.content_count()), (5000, 1));
    let hash = uploads.get(first).unwrap().committed_hash.unwrap();
    uploads.hold(&hash);
    uploads.delete(first);
    uploads.delete(second);
    assert_eq!(uploads.read(&hash, 0, 9_999), Some(vec![7; 5000]));
    uploads.release(&hash);
    assert_eq!((uploads.totals().stored_bytes, uploads.content_count()), (0, 0));
    assert_eq!(uploads.read(&hash, 0, 1), None);
}

#[test]
fn bytes_that_are_there_need_not_be_sent() {
    let mut uploads = uploads();
    let first = upload(&mut uploads, 1, b"abc");
    let mut create = |owner| {
        let request = CreateUploadRequest {
            expected_sha256_hex: Some(hex_of(b"abc")),
            ..CreateUploadRequest::default()
        };
        uploads.create(user(owner), request, 0, &POLICY).unwrap()
    };
    let mine = create(1);
    assert_eq!((mine.upload_id, mine.deduplicated), (first, true));
    let others = create(2);
    assert!(others.deduplicated && others.upload_id != first);
    uploads.delete(first);
    let upload = uploads.owned(others.upload_id, user(2)).unwrap();
    assert_eq!(uploads.read(&upload.committed_hash.unwrap(), 0, 3), Some(b"abc".to_vec()));
}

#[test]
fn what_nobody_touches_or_uses_expires() {
    let mut uploads = uploads();
    let touched = begin(&mut uploads, 1);
    let open = begin(&mut uploads, 1);
    let used = upload(&mut uploads, 2, b"used");
    let unused = upload(&mut uploads, 2, b"unused");
    uploads.used(used);
    uploads.append(touched, user(1), b"a", HOUR / 2, &POLICY).unwrap();
    assert_eq!(uploads.expire_one(HOUR - 1), None);
    let expired: Vec<u64> = std::iter::from_fn(|| uploads.expire_one(HOUR)).collect();
    assert_eq!(expired, [open, unused]);
    uploads.unused(used, HOUR, &POLICY);
    assert_eq!(uploads.expire_one(2 * HOUR - 1), Some(touched));
    assert_eq!(uploads.expire_one(2 * HOUR - 1), None);
    assert_eq!(uploads.expire_one(2 * HOUR), Some(used));
    assert_eq!((uploads.count(), uploads.totals().stored_bytes), (0, 0));
}

#[test]
fn lists_are_pages_in_order() {
    let mut uploads = uploads();
    let ids: Vec<u64> = [1, 2, 1, 2, 1].map(|owner| begin(&mut uploads, owner)).into();
    let listed = |owner, after, limit| -> Vec<u64> {
        uploads.list(owner, after, limit).into_iter().map(|(id, _)| id).collect()
    };
    assert_eq!(listed(Some(user(1)), 0, 2), [ids[0], ids[2]]);
    assert_eq!(listed(Some(user(1)), ids[2], 2), [ids[4]]);
    assert_eq!(listed(None, ids[1], 2), [ids[2], ids[3]]);
    assert_eq!(listed(None, u64::MAX, 2), [0; 0]);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..Default::default() })]

    /// Chunks of any sizes, in any order and more than once.
    #[test]
    fn every_way_of_sending_gives_the_same_bytes(
        chunks in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..300), 1..20),
        order in prop::collection::vec(any::<prop::sample::Index>(), 0..40),
        offset in 0u64..6000,
        len in 0u64..6000,
    ) {
        let mut uploads = uploads();
        let id = begin(&mut uploads, 1);
        let indexes = order.iter().map(|index| index.index(chunks.len())).chain(0..chunks.len());
        for index in indexes {
            uploads.put_at(id, user(1), index as u32, &chunks[index], 0, &POLICY).unwrap();
        }
        let bytes = chunks.concat();
        let wrong = [&bytes[1..], &[bytes[0] ^ 1]].concat();
        prop_assert!(uploads.commit(id, user(1), &hex_of(&wrong), 0, &POLICY).is_err());
        prop_assert_eq!(uploads.first_bytes(id, 4), bytes[..4.min(bytes.len())].to_vec());
        let hash = uploads.commit(id, user(1), &hex_of(&bytes), 0, &POLICY).unwrap();
        prop_assert_eq!(uploads.first_bytes(id, 4), bytes[..4.min(bytes.len())].to_vec());
        let start = (offset as usize).min(bytes.len());
        let end = ((offset + len) as usize).min(bytes.len());
        prop_assert_eq!(uploads.read(&hash, offset, len), Some(bytes[start..end].to_vec()));
        uploads.delete(id);
        prop_assert_eq!(uploads.totals().stored_bytes, 0);
    }
}

#[test]
fn bytes_are_shared_only_with_those_who_may_know_of_them() {
    let mut uploads = uploads();
    let request = |bytes: &[u8]| CreateUploadRequest {
        expected_sha256_hex: Some(hex_of(bytes)),
        ..Default::default()
    };
    let hash = uploads.store(b"secret", &POLICY).unwrap();
    let mut begin = |number: u8, may_share: bool| {
        uploads.create_sharing(user(number), request(b"secret"), 0, &POLICY, |_| may_share).unwrap()
    };
    assert!(!begin(1, false).deduplicated);
    assert!(begin(1, true).deduplicated);
    assert!(begin(1, false).deduplicated, "an upload of one's own is no secret");
    assert!(!begin(2, false).deduplicated);
    assert!(uploads.has_upload_of(user(1), &hash));
    assert!(!uploads.has_upload_of(user(2), &hash));
}

#[test]
fn bytes_that_are_stored_at_once_are_counted_as_those_of_uploads() {
    let mut uploads = uploads();
    let first = uploads.store(b"abc", &POLICY).unwrap();
    assert_eq!(uploads.store(b"abc", &POLICY).unwrap(), first);
    let empty = uploads.store(b"", &POLICY).unwrap();
    assert_eq!(uploads.read(&empty, 0, 10), Some(Vec::new()));
    assert_eq!((uploads.totals().stored_bytes, uploads.content_count()), (3, 2));
    let limit = POLICY.max_stored;
    let full = uploads.store(&vec![0; limit as usize], &POLICY);
    assert_eq!(full, Err(UploadError::StorageFull { limit }));
    uploads.release(&first);
    uploads.release(&empty);
    assert_eq!((uploads.totals().stored_bytes, uploads.content_count()), (3, 1));
    uploads.release(&first);
    assert_eq!((uploads.totals().stored_bytes, uploads.content_count()), (0, 0));
}
