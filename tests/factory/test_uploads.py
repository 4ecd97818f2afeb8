"""Uploads: what is taken, what is refused and how, who sees them."""

from __future__ import annotations

import gzip
import hashlib

import pytest

from ic_factory.protocol.principal import Principal
from tests.factory.world import (
    ADMIN,
    ANONYMOUS,
    CONTROLLER,
    STRANGER,
    USER,
    Factory,
    commit_of,
    template,
    upload_request,
)

MEBIBYTE = 1 << 20
DAY = 86_400
SECOND = 10**9
MAX_CHUNKS = 4096
SMALL = b"\0asm" + bytes(range(40))
OTHER = b"\0asm" + bytes(range(40, 90))


def test_a_new_upload_is_empty_and_open(factory: Factory) -> None:
    upload_id = factory.update("create_upload")
    found = factory.upload_info(upload_id)
    created = found.pop("created_at_time_ns")
    assert found == {
        "upload_id": upload_id,
        "owner": USER,
        "name": [],
        "total_len": 0,
        "expected_len": [],
        "chunk_size": MEBIBYTE,
        "received_chunks": [],
        "received_ranges": [],
        "expected_hash": [],
        "committed_hash": [],
        "expires_at_time_ns": [created + DAY * SECOND],
        "used_by": 0,
    }


def test_what_is_announced_is_told(factory: Factory) -> None:
    digest = hashlib.sha256(SMALL)
    upload_id = factory.begin_upload(
        name="é" * 100,
        expected_len=len(SMALL),
        expected_sha256_hex=digest.hexdigest(),
        chunk_size=7,
    )
    found = factory.upload_info(upload_id)
    told = found["name"], found["expected_len"], found["expected_hash"], found["chunk_size"]
    assert told == (["é" * 100], [len(SMALL)], [digest.digest()], 7)


@pytest.mark.parametrize("method", ["put_chunk", "upload_chunk"])
def test_chunks_are_appended_and_committed(factory: Factory, method: str) -> None:
    upload_id = factory.update("create_upload")
    assert factory.update(method, upload_id, SMALL[:9]) is True
    assert factory.update(method, upload_id, SMALL[9:]) is True
    assert factory.update("commit_upload", upload_id, commit_of(SMALL)) is True
    found = factory.upload_info(upload_id)
    assert found["committed_hash"] == [hashlib.sha256(SMALL).digest()]
    assert (found["total_len"], found["received_chunks"]) == (len(SMALL), [0, 1])
    assert factory.stored() == (len(SMALL), 1)


def test_an_appended_chunk_goes_behind_the_last_one_though_there_is_a_gap(factory: Factory) -> None:
    upload_id = factory.update("create_upload")
    factory.update("put_chunk_at", upload_id, 2, b"c")
    factory.update("put_chunk", upload_id, b"d")
    assert factory.upload_info(upload_id)["received_chunks"] == [2, 3]


def test_committing_again_changes_nothing(factory: Factory) -> None:
    upload_id = factory.upload(SMALL)
    before = factory.upload_info(upload_id), factory.stored(), factory.query("my_stats")
    assert factory.update("commit_upload", upload_id, commit_of(SMALL)) is True
    assert factory.update("commit_upload_with", upload_id, commit_of(SMALL)) == before[0]
    assert (factory.upload_info(upload_id), factory.stored(), factory.query("my_stats")) == before
    assert len(factory.by(ADMIN).events("UploadCommitted")) == 1
    reason, _ = factory.refusal("commit_upload_with", upload_id, commit_of(OTHER))
    assert reason == "HashMismatch"


def test_an_upload_is_resumed_by_what_has_arrived(factory: Factory) -> None:
    upload_id = factory.begin_upload(expected_len=len(SMALL), chunk_size=5)
    for index in (0, 1, 4, 6, 7):
        factory.update("put_chunk_at", upload_id, index, SMALL[index * 5 : index * 5 + 5])
    found = factory.upload_info(upload_id)
    assert found["received_chunks"] == [0, 1, 4, 6, 7]
    ranges = [(each["first"], each["last"]) for each in found["received_ranges"]]
    assert ranges == [(0, 1), (4, 4), (6, 7)]
    for index in {*range(9)} - {*found["received_chunks"]}:
        factory.update("put_chunk_at", upload_id, index, SMALL[index * 5 : index * 5 + 5])
    assert factory.update("commit_upload", upload_id, commit_of(SMALL))


def test_the_same_chunk_again_changes_nothing(factory: Factory) -> None:
    upload_id = factory.update("create_upload")
    factory.update("put_chunk_at", upload_id, 3, SMALL)
    before = factory.upload_info(upload_id), factory.stored()
    factory.update("put_chunk_at", upload_id, 3, SMALL)
    assert (factory.upload_info(upload_id), factory.stored()) == before


def test_other_bytes_at_an_index_are_refused_and_change_nothing(factory: Factory) -> None:
    upload_id = factory.update("create_upload")
    factory.update("put_chunk_at", upload_id, 3, SMALL)
    before = factory.upload_info(upload_id), factory.stored()
    for other in (OTHER, SMALL[:-1], SMALL + b"x"):
        reason = factory.refusal("put_chunk_at", upload_id, 3, other)
        assert reason == ("ChunkConflict", {"index": 3})
        assert factory.wording("put_chunk_at", upload_id, 3, other) == "Chunk conflict"
    assert (factory.upload_info(upload_id), factory.stored()) == before


def test_a_committed_upload_takes_no_more_chunks(factory: Factory) -> None:
    upload_id = factory.upload(SMALL)
    fields = {"upload_id": upload_id}
    assert factory.refusal("put_chunk_at", upload_id, 0, SMALL) == ("AlreadyCommitted", fields)
    assert factory.wording("put_chunk", upload_id, SMALL) == "Already committed"
    assert factory.stored() == (len(SMALL), 1)


def test_chunks_of_no_bytes_and_of_too_many_are_refused(factory: Factory) -> None:
    upload_id = factory.update("create_upload")
    assert factory.refusal("put_chunk_at", upload_id, 0, b"")[0] == "EmptyChunk"
    assert factory.wording("put_chunk", upload_id, b"") == "Empty chunk"
    long = bytes(MEBIBYTE + 1)
    fields = {"size": MEBIBYTE + 1, "limit": MEBIBYTE}
    assert factory.refusal("put_chunk_at", upload_id, 0, long) == ("ChunkTooLarge", fields)
    assert factory.wording("upload_chunk", upload_id, long) == "Chunk too large"
    assert factory.update("put_chunk", upload_id, long[1:]) is True
    assert factory.stored() == (MEBIBYTE, 0)


def test_an_upload_of_known_length_takes_chunks_of_its_size_only(factory: Factory) -> None:
    upload_id = factory.begin_upload(expected_len=12, chunk_size=5)
    for index, size, expected in [(0, 4, 5), (1, 6, 5), (2, 5, 2), (3, 1, 0)]:
        fields = {"index": index, "size": size, "expected": expected}
        reason = factory.refusal("put_chunk_at", upload_id, index, bytes(size))
        assert reason == ("WrongChunkSize", fields)
    assert factory.wording("put_chunk", upload_id, b"x") == "Wrong chunk size"
    assert factory.upload_info(upload_id)["total_len"] == 0
    factory.update("put_chunk_at", upload_id, 2, b"hi")


def test_an_upload_has_at_most_4096_chunks(factory: Factory) -> None:
    upload_id = factory.update("create_upload")
    factory.update("put_chunk_at", upload_id, MAX_CHUNKS - 1, b"x")
    too_many = ("TooManyChunks", {"limit": MAX_CHUNKS})
    for index in (MAX_CHUNKS, 2**32 - 1):
        assert factory.refusal("put_chunk_at", upload_id, index, b"x") == too_many
    assert factory.wording("put_chunk", upload_id, b"x") == "Too many chunks"
    request = upload_request(expected_len=2 * MAX_CHUNKS + 1, chunk_size=2)
    assert factory.refusal("create_upload_with", request) == too_many
    factory.begin_upload(expected_len=2 * MAX_CHUNKS, chunk_size=2)


@pytest.mark.slow
def test_all_4096_chunks_can_be_committed(factory: Factory) -> None:
    module = b"\0asm" + bytes(index % 251 for index in range(MAX_CHUNKS - 4))
    upload_id = factory.update("create_upload")
    for index in reversed(range(MAX_CHUNKS)):
        factory.submit("put_chunk_at", upload_id, index, module[index : index + 1])
        if index % 50 == 0:
            factory.replica.tick()
    assert factory.update("commit_upload", upload_id, commit_of(module)) is True
    found = factory.upload_info(upload_id)
    assert found["received_chunks"] == list(range(1024))
    assert found["received_ranges"] == [{"first": 0, "last": MAX_CHUNKS - 1}]
    assert factory.stored() == (MAX_CHUNKS, 1)


@pytest.mark.parametrize("chunk_size", [0, MEBIBYTE + 1, 2**32 - 1])
def test_a_chunk_size_is_from_one_byte_to_one_mebibyte(factory: Factory, chunk_size: int) -> None:
    request = upload_request(chunk_size=chunk_size)
    fields = {"chunk_size": chunk_size, "limit": MEBIBYTE}
    assert factory.refusal("create_upload_with", request) == ("InvalidChunkSize", fields)
    assert factory.wording("create_upload_with", request) == "Invalid chunk size"
    assert factory.query("get_factory_stats")["total_uploads"] == 0


@pytest.mark.parametrize("name", ["x" * 201, "é" * 101], ids=["letters", "accents"])
def test_a_name_has_at_most_200_bytes(factory: Factory, name: str) -> None:
    request = upload_request(name=name)
    assert factory.refusal("create_upload_with", request) == ("NameTooLong", {"limit": 200})
    assert factory.wording("create_upload_with", request) == "Name too long"


def test_an_upload_that_has_not_all_arrived_is_not_committed(factory: Factory) -> None:
    upload_id = factory.begin_upload(expected_len=12, chunk_size=4)
    commit = commit_of(SMALL)
    factory.update("put_chunk_at", upload_id, 0, b"\0asm")
    fields = {"received": 4, "expected": 12}
    assert factory.refusal("commit_upload_with", upload_id, commit) == ("WrongLength", fields)
    assert factory.wording("commit_upload", upload_id, commit) == "Wrong length"
    factory.update("put_chunk_at", upload_id, 2, b"\0asm")
    fields = {"received": 2, "first_missing": 1}
    assert factory.refusal("commit_upload_with", upload_id, commit) == ("MissingChunks", fields)
    assert factory.wording("commit_upload", upload_id, commit) == "Missing chunks"


def test_bytes_of_another_hash_are_not_committed_and_stay(factory: Factory) -> None:
    upload_id = factory.update("create_upload")
    factory.update("put_chunk", upload_id, SMALL)
    before = factory.upload_info(upload_id), factory.stored()
    expected, actual = (commit_of(each)["expected_sha256_hex"] for each in (OTHER, SMALL))
    fields = {"expected_sha256_hex": expected, "actual_sha256_hex": actual}
    reason = factory.refusal("commit_upload_with", upload_id, commit_of(OTHER))
    assert reason == ("HashMismatch", fields)
    assert factory.wording("commit_upload", upload_id, commit_of(OTHER)) == "hash mismatch"
    assert (factory.upload_info(upload_id), factory.stored()) == before
    assert factory.update("commit_upload", upload_id, commit_of(SMALL)) is True


def test_an_upload_is_not_committed_by_another_hash_than_announced(factory: Factory) -> None:
    announced = commit_of(OTHER)["expected_sha256_hex"]
    upload_id = factory.begin_upload(expected_sha256_hex=announced)
    factory.update("put_chunk", upload_id, SMALL)
    for module in (SMALL, OTHER):
        reason, _ = factory.refusal("commit_upload_with", upload_id, commit_of(module))
        assert reason == "HashMismatch"
    assert factory.upload_info(upload_id)["committed_hash"] == []


def test_a_hash_mismatch_tells_the_hash_of_the_bytes_that_arrived(factory: Factory) -> None:
    announced, actual = (commit_of(each)["expected_sha256_hex"] for each in (OTHER, SMALL))
    upload_id = factory.begin_upload(expected_sha256_hex=announced)
    factory.update("put_chunk", upload_id, SMALL)
    commit = {"expected_sha256_hex": "00" * 32}
    _, fields = factory.refusal("commit_upload_with", upload_id, commit)
    assert fields["actual_sha256_hex"] == actual


def test_a_hash_may_be_in_upper_case(factory: Factory) -> None:
    upper = commit_of(SMALL)["expected_sha256_hex"].upper()
    upload_id = factory.begin_upload(expected_sha256_hex=upper)
    factory.update("put_chunk", upload_id, SMALL)
    assert factory.update("commit_upload", upload_id, {"expected_sha256_hex": upper}) is True
    assert factory.begin_upload(expected_sha256_hex=upper) == upload_id


@pytest.mark.parametrize("text", ["", "ab", "0" * 63, "0" * 65, "g" * 64, "é" * 32, "+1" * 32])
def test_a_hash_is_64_hexadecimal_digits(factory: Factory, text: str) -> None:
    request = upload_request(expected_sha256_hex=text)
    assert factory.refusal("create_upload_with", request) == ("InvalidHash", {"text": text})
    upload_id = factory.update("create_upload")
    factory.update("put_chunk", upload_id, SMALL)
    assert (
        factory.wording("commit_upload", upload_id, {"expected_sha256_hex": text}) == "Invalid hash"
    )


@pytest.mark.parametrize("content", [b"\0as", b"\0asn\1\0\0\0", b"\x1f", b"#!/bin/sh", bytes(64)])
def test_what_is_no_module_is_refused(factory: Factory, content: bytes) -> None:
    upload_id = factory.update("create_upload")
    factory.update("put_chunk", upload_id, content)
    assert factory.refusal("commit_upload_with", upload_id, commit_of(content))[0] == "NotWasm"
    assert factory.wording("commit_upload", upload_id, commit_of(content)) == "Not WASM"
    assert factory.upload_info(upload_id)["committed_hash"] == []


def test_an_empty_upload_is_refused(factory: Factory) -> None:
    for upload_id in (factory.update("create_upload"), factory.begin_upload(expected_len=0)):
        assert factory.wording("commit_upload", upload_id, commit_of(b"")) == "Not WASM"
        assert factory.update("delete_upload", upload_id) is True


def test_a_gzipped_module_is_taken_and_installed(factory: Factory, module: bytes) -> None:
    gzipped = gzip.compress(module, mtime=0)
    canister = factory.describe(factory.create(factory.upload(gzipped)))
    assert canister is not None
    assert canister.module_hash == hashlib.sha256(gzipped).digest()


def test_limits_of_size_are_in_force_once_they_are_changed(factory: Factory) -> None:
    upload_id = factory.update("create_upload")
    factory.update("put_chunk", upload_id, bytes(20))
    factory.limit(max_upload_size=20)
    factory.update("put_chunk_at", upload_id, 0, bytes(20))
    fields = {"size": 21, "limit": 20}
    assert factory.refusal("put_chunk_at", upload_id, 1, b"x") == ("UploadTooLarge", fields)
    assert factory.wording("put_chunk", upload_id, b"x") == "Upload too large"
    request = upload_request(expected_len=21)
    assert factory.refusal("create_upload_with", request) == ("UploadTooLarge", fields)
    factory.limit(max_upload_size=21)
    assert factory.update("put_chunk", upload_id, b"x") is True


def test_all_uploads_together_have_a_limit(factory: Factory) -> None:
    factory.limit(max_stored_bytes=len(SMALL) + 3)
    committed = factory.upload(SMALL)
    stranger = factory.by(STRANGER)
    upload_id = stranger.update("create_upload")
    fields = {"limit": len(SMALL) + 3}
    assert stranger.refusal("put_chunk_at", upload_id, 0, b"four") == ("StorageFull", fields)
    assert stranger.wording("put_chunk", upload_id, b"four") == "Storage full"
    assert stranger.update("put_chunk", upload_id, b"all") is True
    factory.update("delete_upload", committed)
    assert stranger.update("put_chunk", upload_id, b"four") is True


def test_a_caller_has_so_many_open_uploads_at_most(factory: Factory) -> None:
    uploads = [factory.update("create_upload") for _ in range(10)]
    too_many = ("TooManyOpenUploads", {"limit": 10})
    assert factory.refusal("create_upload_with", upload_request()) == too_many
    assert factory.wording("create_upload") == "Too many open uploads"
    assert factory.by(STRANGER).update("create_upload")
    factory.update("put_chunk", uploads[0], SMALL)
    factory.update("commit_upload", uploads[0], commit_of(SMALL))
    assert factory.update("create_upload")
    factory.update("delete_upload", uploads[1])
    factory.limit(max_open_uploads_per_caller=9)
    assert factory.wording("create_upload") == "Too many open uploads"


def test_figures_of_uploads_are_counted(factory: Factory) -> None:
    factory.upload(SMALL)
    factory.update("create_upload")
    figures = factory.query("get_factory_stats")
    names = ("total_uploads", "active_uploads", "committed_uploads", "stored_modules")
    assert [figures[name] for name in names] == [2, 1, 1, 1]
    mine = factory.query("my_stats")
    assert (mine["uploads_begun"], mine["bytes_uploaded"]) == (2, len(SMALL))
    committed = factory.by(ADMIN).events("UploadCommitted")
    assert committed == [{"upload_id": 1, "module_hash": hashlib.sha256(SMALL).digest()}]


def test_bytes_of_ones_own_that_are_there_come_back(factory: Factory) -> None:
    upload_id = factory.upload(SMALL)
    request = upload_request(**commit_of(SMALL), expected_len=len(SMALL), chunk_size=3)
    response = factory.update("create_upload_with", request)
    assert (response["upload_id"], response["deduplicated"]) == (upload_id, True)
    assert factory.query("get_factory_stats")["total_uploads"] == 1
    assert factory.stored() == (len(SMALL), 1)


def test_an_upload_that_comes_back_keeps_its_chunk_size(factory: Factory) -> None:
    upload_id = factory.upload(SMALL)
    request = upload_request(**commit_of(SMALL), chunk_size=3)
    chunk_size = factory.update("create_upload_with", request)["chunk_size"]
    assert chunk_size == factory.upload_info(upload_id)["chunk_size"]


def test_an_upload_that_comes_back_is_not_counted_again(factory: Factory) -> None:
    factory.upload(SMALL)
    factory.begin_upload(**commit_of(SMALL))
    assert factory.query("my_stats")["uploads_begun"] == 1


def test_ones_own_bytes_come_back_after_a_twin_was_deleted(factory: Factory) -> None:
    first, twin = factory.upload(SMALL), factory.upload(SMALL)
    assert factory.stored() == (len(SMALL), 1)
    factory.update("delete_upload", twin)
    assert factory.begin_upload(**commit_of(SMALL)) == first


def test_bytes_of_others_give_one_more_upload_that_outlives_theirs(factory: Factory) -> None:
    first, stranger = factory.upload(SMALL), factory.by(STRANGER)
    shared = stranger.begin_upload(**commit_of(SMALL), name="mine")
    found = stranger.upload_info(shared)
    assert shared != first
    assert (found["owner"], found["name"], found["total_len"]) == (STRANGER, ["mine"], len(SMALL))
    factory.update("delete_upload", first)
    assert factory.stored() == (len(SMALL), 1)
    stranger.update("commit_upload", shared, commit_of(SMALL))
    stranger.update("delete_upload", shared)
    assert factory.stored() == (0, 0)


def test_bytes_that_are_there_must_have_the_announced_length(factory: Factory) -> None:
    factory.upload(SMALL)
    request = upload_request(**commit_of(SMALL), expected_len=1)
    fields = {"received": len(SMALL), "expected": 1}
    assert factory.refusal("create_upload_with", request) == ("WrongLength", fields)


def test_the_same_bytes_sent_by_two_are_kept_once_until_both_are_gone(factory: Factory) -> None:
    stranger = factory.by(STRANGER)
    uploads = [(factory, factory.upload(SMALL)), (stranger, stranger.upload(SMALL, chunk_size=1))]
    assert factory.stored() == (len(SMALL), 1)
    for left, (owner, upload_id) in zip((len(SMALL), 0), uploads, strict=True):
        owner.update("delete_upload", upload_id)
        assert factory.stored()[0] == left


def test_a_template_keeps_its_bytes_until_it_is_removed(factory: Factory, module: bytes) -> None:
    admin, upload_id = factory.by(ADMIN), factory.upload(module)
    admin.update("set_template", template("user", upload_id, init_arg=b""))
    factory.update("delete_upload", upload_id)
    assert factory.stored() == (len(module), 1)
    canister = factory.describe(factory.update("create_user_canister", USER))
    assert canister is not None
    assert canister.module_hash == hashlib.sha256(module).digest()
    admin.update("remove_template", "user")
    assert factory.stored() == (0, 0)


@pytest.mark.parametrize("caller", [USER, ADMIN, CONTROLLER])
@pytest.mark.parametrize("committed", [True, False])
def test_its_owner_and_admins_delete_it(
    factory: Factory, caller: Principal, committed: bool
) -> None:
    upload_id = factory.upload(SMALL) if committed else factory.update("create_upload")
    assert factory.by(caller).update("delete_upload", upload_id) is True
    assert factory.by(caller).wording("delete_upload", upload_id) == "Upload not found"
    assert factory.by(ADMIN).upload_info(upload_id) is None
    assert factory.by(ADMIN).events("UploadDeleted") == [{"upload_id": upload_id}]
    assert factory.stored() == (0, 0)


def test_to_strangers_an_upload_is_not_there(factory: Factory) -> None:
    uploads = factory.upload(SMALL), factory.update("create_upload"), 99
    before = [factory.upload_info(each) for each in uploads]
    for caller, upload_id in [(c, each) for c in (STRANGER, ADMIN) for each in uploads]:
        other, not_found = factory.by(caller), ("UploadNotFound", {"upload_id": upload_id})
        assert other.refusal("put_chunk_at", upload_id, 0, SMALL) == not_found
        assert other.refusal("commit_upload_with", upload_id, commit_of(SMALL)) == not_found
        assert other.wording("put_chunk", upload_id, SMALL) == "Upload not found"
        assert caller == ADMIN or other.wording("delete_upload", upload_id) == "Upload not found"
    assert [factory.upload_info(each) for each in uploads] == before


def test_who_is_told_of_an_upload(factory: Factory) -> None:
    uploads = [factory.upload(SMALL), factory.update("create_upload")]
    for caller, told in [(USER, 2), (ADMIN, 2), (CONTROLLER, 2), (STRANGER, 1), (ANONYMOUS, 1)]:
        found = [factory.by(caller).upload_info(upload_id) for upload_id in uploads]
        assert [each["upload_id"] for each in found if each] == uploads[:told]


def test_uploads_are_listed_in_pages_to_owners_and_admins(factory: Factory) -> None:
    factory.limit(max_open_uploads_per_caller=200)
    mine = [factory.update("create_upload") for _ in range(102)]
    theirs = [factory.by(STRANGER).update("create_upload") for _ in range(2)]

    def listed(caller: Principal, *page: object) -> list[int]:
        return [each["upload_id"] for each in factory.by(caller).query("list_uploads", *page)]

    for caller in (USER, STRANGER):
        own = mine if caller == USER else theirs
        for owner in ([], [USER], [STRANGER]):
            assert listed(caller, [], [], owner) == own[:50]
            assert listed(caller, [own[-2]], [1000], owner) == own[-1:]
    assert listed(ADMIN, [], [], []) == mine[:50]
    assert listed(ADMIN, [mine[99]], [3], []) == [*mine[100:], theirs[0]]
    assert listed(ADMIN, [], [], [STRANGER]) == theirs
    assert listed(ANONYMOUS, [], [], [USER]) == []
    assert listed(ADMIN, [2**64 - 1], [], []) == listed(ADMIN, [], [0], []) == []
