"""How a capsule comes in, from a hub that a test plays."""

from __future__ import annotations

import random
from typing import Any

import pytest

from tests.backend.world import Refused
from tests.personal.bundle import (
    MEBIBYTE,
    PUBLIC,
    Bundle,
    Record,
    asset,
    chunks_of,
    grants_of,
    new_bundle,
    new_id,
)
from tests.personal.world import HUB, OWNER, STRANGER, Personal

WEEK = 7 * 24 * 3600
LARGE = random.Random(1).randbytes(2 * MEBIBYTE + 5)


def test_what_is_sent_is_what_is_there(empty: Personal, bundle: Bundle) -> None:
    session = empty.begin(bundle)
    empty.send(session, bundle)
    assert empty.finalize(session) == bundle.manifest
    empty.hand_off(OWNER)
    found = empty.query("export_capsule_data", [], [])
    assert found["capsule"] == [bundle.capsule]
    exported = empty.pages("export_capsule_data", "memories", [], limit=1)
    assert exported == sorted(bundle.memories, key=lambda each: each["memory_id"])
    assert empty.pages("export_capsule_data", "galleries", [], limit=1) == bundle.galleries
    peers = [each["peer"] for each in empty.pages("export_capsule_data", "connections", [])]
    assert sorted(peers, key=lambda peer: len(peer.bytes)) == peers
    assert len(peers) == 2
    first = bundle.memories[0]["memory_id"]
    assert empty.content(first) == b"sand"
    assert empty.content(first, "other1") == b"more sand"


def test_all_may_come_twice(empty: Personal, bundle: Bundle) -> None:
    session = empty.begin(bundle)
    assert empty.begin(bundle) == session
    for _ in range(2):
        empty.send(session, bundle)
    assert empty.finalize(session) == bundle.manifest
    assert empty.finalize(session) == bundle.manifest
    assert empty.begin(bundle) == session
    stats = empty.query("get_canister_stats")[0]
    assert (stats["memories"], stats["blobs"], stats["uploads"]) == (2, 2, 0)


@pytest.mark.parametrize("order", [[0, 1, 2], [2, 1, 0], [1, 2, 0]])
def test_a_large_content_comes_in_pieces_across_upgrades(empty: Personal, order: list[int]) -> None:
    bundle = new_bundle(OWNER)
    memory_id = bundle.add("large", LARGE, b"")
    session, pieces = empty.begin(bundle), chunks_of(LARGE)
    hub = empty.by(HUB)
    for index in order:
        hub.update("put_memory_chunk", session, [pieces[index]])
        empty.upgrade()
    empty.send(session, bundle)
    assert empty.finalize(session) == bundle.manifest
    assert empty.by(OWNER).content(memory_id) == LARGE
    assert empty.by(OWNER).query("get_import_status")["received_bytes"] == 0


def test_small_contents_share_a_message(empty: Personal) -> None:
    bundle = new_bundle(OWNER)
    for number in range(40):
        bundle.add(f"memory {number}", random.Random(number).randbytes(1000 * number))
    session = empty.begin(bundle)
    empty.by(HUB).update("put_memory_chunk", session, list(bundle.chunks()))
    empty.send(session, bundle)
    assert empty.finalize(session) == bundle.manifest


def of_session(refused: Refused) -> str:
    """Which typed error an import was refused with."""
    assert refused.reason == "Import"
    return str(next(iter(refused.fields)))


def refusal(personal: Personal, method: str, *values: Any) -> str:
    return of_session(personal.by(HUB).refused(method, *values))


SMALL = chunks_of(b"sand")[0]
FIRST = chunks_of(LARGE)[0]


@pytest.mark.parametrize(
    ("chunks", "reason"),
    [
        ([{**SMALL, "sha256": bytes(32)}], "HashMismatch"),
        ([{**SMALL, "bytes": b"Sand"}], "HashMismatch"),
        ([{**SMALL, "sha256": b"short"}], "Capsule"),
        ([{**SMALL, "size": 3}], "WrongPiece"),
        ([{**SMALL, "size": 5}], "WrongPiece"),
        ([{**SMALL, "offset": 1}], "WrongPiece"),
        ([{**SMALL, "offset": 2**64 - MEBIBYTE}], "WrongPiece"),
        ([{**SMALL, "size": 2**64 - 1}], "WrongPiece"),
        ([FIRST, SMALL], "ChunkTooLarge"),
        ([{**FIRST, "bytes": bytes(MEBIBYTE + 1)}], "ChunkTooLarge"),
        ([FIRST], "ImportTooLarge"),
    ],
)
def test_bytes_that_are_not_as_they_should_be_are_refused(
    empty: Personal, bundle: Bundle, chunks: list[Record], reason: str
) -> None:
    session = empty.begin(bundle)
    assert refusal(empty, "put_memory_chunk", session, chunks) == reason
    assert empty.query("get_import_status")["received_bytes"] == 0
    empty.send(session, bundle)
    assert empty.finalize(session) == bundle.manifest


OTHER = new_id("m", 77)
BAD_MEMORIES: dict[str, tuple[Record, str]] = {
    "another memory": ({"memory_id": OTHER, "assets": []}, "TooMany"),
    "changed": ({"title": "other"}, "ItemConflict"),
    "with other grants": ({"grants": grants_of(read=[STRANGER])}, "ItemConflict"),
}
NEW_MEMORIES: dict[str, tuple[Record, str]] = {
    "no id": ({"memory_id": "m1"}, "Capsule"),
    "a gallery's id": ({"memory_id": new_id("g", 1)}, "Capsule"),
    "bytes that never came": ({"assets": [asset(b"never")]}, "BytesMissing"),
    "another size": ({"assets": [{**asset(b"sand"), "size": 5}]}, "WrongSize"),
    "no hash": ({"assets": [{**asset(b"sand"), "sha256_hex": "xyz"}]}, "Capsule"),
    "a variant twice": ({"assets": [asset(b"sand")] * 2}, "Capsule"),
    "a bad variant": ({"assets": [asset(b"sand", "../x")]}, "Capsule"),
    "a bad type": ({"assets": [{**asset(b"sand"), "content_type": "a/b\r\nx: y"}]}, "Capsule"),
    "a path": ({"assets": [{**asset(b"sand"), "file_name": ["a/b"]}]}, "Capsule"),
    "many tags": ({"tags": [f"tag {number}" for number in range(201)]}, "Capsule"),
    "a tag twice": ({"tags": ["a", "A"]}, "Capsule"),
    "a title of two lines": ({"title": "a\nb"}, "Capsule"),
    "grants out of order": ({"grants": grants_of(read=[HUB, STRANGER])[::-1]}, "Capsule"),
    "a grant twice": ({"grants": grants_of(read=[STRANGER, STRANGER])}, "Capsule"),
}


@pytest.mark.parametrize("name", BAD_MEMORIES)
def test_what_has_come_does_not_change(empty: Personal, bundle: Bundle, name: str) -> None:
    fields, reason = BAD_MEMORIES[name]
    session = empty.begin(bundle)
    empty.send(session, bundle)
    bad = {**bundle.memories[0], **fields}
    assert refusal(empty, "commit_memory", session, [bad]) == reason
    assert empty.finalize(session) == bundle.manifest


@pytest.mark.parametrize("name", NEW_MEMORIES)
def test_a_memory_that_no_hub_would_keep_is_refused(
    empty: Personal, bundle: Bundle, name: str
) -> None:
    fields, reason = NEW_MEMORIES[name]
    session = empty.begin(bundle)
    for chunk in bundle.chunks():
        empty.by(HUB).update("put_memory_chunk", session, [chunk])
    bad = {**bundle.memories[0], **fields}
    assert refusal(empty, "commit_memory", session, [bad]) == reason
    assert empty.query("get_import_status")["memories"] == 0
    empty.send(session, bundle)
    assert empty.finalize(session) == bundle.manifest


def test_galleries_and_connections_are_checked_too(empty: Personal, bundle: Bundle) -> None:
    session = empty.begin(bundle)
    gallery = bundle.galleries[0]
    for fields in ({"items": ["x"]}, {"items": gallery["items"] * 2}, {"title": "a\0"}):
        bad = {**gallery, **fields}
        assert refusal(empty, "commit_gallery", session, [bad]) == "Capsule"
    bad = {**bundle.connections[0], "name": "x" * 201}
    assert refusal(empty, "commit_connection", session, [bad]) == "Capsule"
    empty.send(session, bundle)
    more = [{**gallery, "gallery_id": new_id("g", 9)}]
    assert refusal(empty, "commit_gallery", session, more) == "TooMany"
    more = [{**bundle.connections[0], "peer": HUB}]
    assert refusal(empty, "commit_connection", session, more) == "TooMany"
    assert empty.finalize(session) == bundle.manifest


def test_one_import_at_a_time(empty: Personal, bundle: Bundle) -> None:
    session = empty.begin(bundle)
    other = {**bundle.manifest, "memories": 9}
    request = {"manifest": other, "capsule": bundle.capsule}
    assert refusal(empty, "begin_import", request) == "SessionOpen"
    empty.send(session, bundle)
    empty.by(HUB).update("abort_import", session)
    assert empty.query_refusal("get_capsule", []) is not None
    empty.settle()
    assert empty.query("get_import_status")["stage"] == {"Empty": None}
    stats = empty.query("get_canister_stats")[0]
    assert {stats[name] for name in ("memories", "galleries", "connections", "stored_bytes")} == {0}
    assert refusal(empty, "put_memory_chunk", session, [SMALL]) == "SessionNotFound"
    again = empty.begin(bundle)
    assert again == session + 1
    empty.send(again, bundle)
    assert empty.finalize(again) == bundle.manifest
    assert refusal(empty, "abort_import", again) == "AlreadyFinalized"
    assert (len(empty.events("ImportBegun")), len(empty.events("ImportAborted"))) == (2, 1)


def test_an_import_that_nobody_goes_on_with_expires(empty: Personal, bundle: Bundle) -> None:
    session = empty.begin(bundle)
    empty.pass_seconds(WEEK - 100)
    empty.send(session, bundle)
    empty.pass_seconds(WEEK - 100)
    assert empty.begin(bundle) == session
    empty.pass_seconds(WEEK + 100)
    empty.settle()
    assert refusal(empty, "finalize_import", session) == "SessionNotFound"
    assert empty.query("get_canister_stats")[0]["stored_bytes"] == 0
    assert empty.begin(bundle) == session + 1
    assert len(empty.events("ImportExpired")) == 1


@pytest.mark.parametrize(
    ("manifest", "capsule", "reason"),
    [
        ({"api_version": 2}, {}, "ApiVersionMismatch"),
        ({"total_bytes": 2**50}, {}, "ImportTooLarge"),
        ({"capsule_id": new_id("c", 5)}, {}, "WrongCapsule"),
        ({}, {"capsule_id": new_id("c", 5)}, "WrongCapsule"),
        ({}, {"owner": STRANGER}, "WrongCapsule"),
        ({}, {"name": "a\nb"}, "Capsule"),
    ],
)
def test_another_capsule_is_refused(
    empty: Personal, bundle: Bundle, manifest: Record, capsule: Record, reason: str
) -> None:
    request = {
        "manifest": {**bundle.manifest, **manifest},
        "capsule": {**bundle.capsule, **capsule},
    }
    assert refusal(empty, "begin_import", request) == reason
    assert empty.query("get_import_status")["stage"] == {"Empty": None}


def test_a_hub_that_lets_go_too_early_is_told_what_is_there(
    empty: Personal, bundle: Bundle
) -> None:
    session = empty.begin(bundle)
    lost = Bundle(bundle.capsule, bundle.memories[1:], [], bundle.connections)
    empty.send(session, lost)
    found = empty.finalize(session)
    assert found == lost.manifest
    assert found["root_hash_hex"] != bundle.manifest["root_hash_hex"]


def test_nothing_comes_after_the_hand_off(personal: Personal, bundle: Bundle) -> None:
    request = {"manifest": bundle.manifest, "capsule": bundle.capsule}
    for method, *values in (
        ("begin_import", request),
        ("put_memory_chunk", 1, [SMALL]),
        ("commit_memory", 1, bundle.memories),
        ("finalize_import", 1),
        ("abort_import", 1),
    ):
        assert "'Caller not the hub" in personal.by(HUB).refused(method, *values).message


def test_the_manifest_tells_whether_something_was_written_since(
    personal: Personal, bundle: Bundle
) -> None:
    for caller in (OWNER, HUB):
        imported = personal.by(caller).query("get_manifest")
        assert imported["manifest"] == bundle.manifest
        assert not imported["has_changed"]
    assert personal.by(STRANGER).query_refusal("get_manifest") == "NotOwner"
    personal.upgrade()
    personal.refused("update_memory_in_capsule", bundle.capsule_id, OTHER, EMPTY_UPDATE)
    assert not personal.query("get_manifest")["has_changed"]
    personal.update("set_visibility", bundle.capsule_id, PUBLIC)
    assert personal.query("get_manifest")["has_changed"]
    assert personal.query("get_manifest")["manifest"] == bundle.manifest


EMPTY_UPDATE: Record = {
    name: []
    for name in (
        "memory_type",
        "title",
        "description",
        "tags",
        "metadata",
        "date_ns",
        "set_assets",
        "remove_assets",
    )
}
