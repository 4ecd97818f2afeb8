"""What is too large, malformed or made up is refused with a reason, and leaves no trace."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from tests.backend.world import (
    ADMIN,
    ANONYMOUS,
    CONFIG_FIELDS,
    FRIEND,
    MAX_INLINE,
    OWNER,
    Backend,
    gallery_update,
    memory_filter,
    new_asset,
    new_connection,
    new_gallery,
    new_memory,
    optional,
)

HTML = "<script>alert(1)</script>"
WRONG_IDS = (
    "",
    "x",
    "m",
    "c" + "0" * 32,
    "C" + "0" * 32,
    "c" + "0" * 31,
    "c" + "0" * 5000,
    "ж" * 33,
    "\0" * 33,
    "../../etc",
    "1" * 33,
)


def pairs(count: int) -> list[dict[str, str]]:
    return [{"key": f"key {number}", "value": ""} for number in range(count)]


BAD_MEMORIES: dict[str, tuple[dict[str, Any], str]] = {
    "10,000 tags": ({"tags": ["tag"] * 10_000}, "TooMany"),
    "a long tag": ({"tags": ["x" * 65]}, "InvalidArgument"),
    "an empty tag": ({"tags": [" "]}, "InvalidArgument"),
    "a tag with a control character": ({"tags": ["a\0b"]}, "InvalidArgument"),
    "a long title": ({"title": "ж" * 101}, "InvalidArgument"),
    "a title of two lines": ({"title": "a\nb"}, "InvalidArgument"),
    "a title that deletes": ({"title": "a\x7f"}, "InvalidArgument"),
    "a long description": ({"description": "x" * 4001}, "InvalidArgument"),
    "a description that rings": ({"description": "\a"}, "InvalidArgument"),
    "too much metadata": ({"metadata": pairs(51)}, "TooMany"),
    "a key twice": ({"metadata": [{"key": "a", "value": ""}] * 2}, "InvalidArgument"),
    "a long value": ({"metadata": [{"key": "a", "value": "x" * 1025}]}, "InvalidArgument"),
    "large bytes": ({"assets": [new_asset(bytes(MAX_INLINE + 1))]}, "InlineTooLarge"),
    "a variant twice": ({"assets": [new_asset(b"")] * 2}, "InvalidArgument"),
    "too many assets": (
        {"assets": [new_asset(b"", f"v{number}") for number in range(17)]},
        "TooMany",
    ),
    "no blob": ({"assets": [new_asset({"Blob": {"sha256_hex": "0" * 64}})]}, "BlobNotFound"),
    "no hash": ({"assets": [new_asset({"Blob": {"sha256_hex": "xyz"}})]}, "InvalidArgument"),
    "a path": ({"assets": [new_asset(b"", file_name="a/b")]}, "InvalidArgument"),
    "a long file name": ({"assets": [new_asset(b"", file_name="x" * 256)]}, "InvalidArgument"),
}
for kind in ("", "image", "image/", "image/png; x=y", "Image/PNG", "a/b\r\nx: y", "a" * 99 + "/b"):
    BAD_MEMORIES[f"type {kind!r}"] = (
        {"assets": [new_asset(b"", content_type=kind)]},
        "InvalidArgument",
    )
for variant in ("", "Original", "a/b", "..", "x" * 33, "<$>", "é"):
    BAD_MEMORIES[f"variant {variant!r}"] = (
        {"assets": [new_asset(b"", variant)]},
        "InvalidArgument",
    )


@pytest.mark.parametrize("name", BAD_MEMORIES)
def test_a_bad_memory_is_refused(backend: Backend, capsule: str, name: str) -> None:
    fields, reason = BAD_MEMORIES[name]
    fields = dict(fields)
    memory = new_memory(fields.pop("title", "a title"), **fields)
    assert backend.refusal("add_memory_to_capsule", capsule, memory)[0] == reason
    assert backend.memories(capsule) == []
    assert backend.stored() == (0, 0)


@pytest.mark.parametrize("wrong", WRONG_IDS)
def test_ids_that_name_nothing_are_refused_alike(
    backend: Backend, capsule: str, wrong: str
) -> None:
    assert backend.query_refusal("get_capsule", [wrong]) == "CapsuleNotFound"
    assert backend.query_refusal("get_memory", wrong) == "MemoryNotFound"
    assert backend.query_refusal("get_gallery_by_id", wrong) == "GalleryNotFound"
    assert backend.refusal("add_memory_to_capsule", wrong, new_memory())[0] == "CapsuleNotFound"
    assert backend.query_refusal("get_memory_from_capsule", capsule, wrong) == "MemoryNotFound"
    refused = backend.refused("set_visibility", wrong, {"Public": None})
    assert "ot found" in refused.message
    assert len(refused.message) < 300
    refusal = backend.refusal("store_gallery_forever", new_gallery(capsule, wrong))
    assert refusal[0] == "DanglingReference"


@pytest.mark.parametrize("cursor", ["zz", "0", "é", "\0", "m" + "0" * 31, "0" * 1000])
def test_a_made_up_cursor_does_no_harm(backend: Backend, capsule: str, cursor: str) -> None:
    backend.add(capsule)
    page = [{"after": [cursor], "limit": []}]
    for method, *values in (
        ("list_capsule_memories", capsule, []),
        ("search_my_memories", []),
        ("get_my_galleries",),
        ("list_my_capsules",),
        ("list_shared_with_me",),
    ):
        argument = backend.encoded(method, *values, page)
        payload = backend.replica.query_call(backend.canister_id, method, argument, OWNER)
        assert "trap" not in str(payload)


@pytest.mark.parametrize("wrong", ["", "0", "g" * 64, "0" * 63, "0" * 66, "é" * 32, "\0" * 64])
def test_what_is_no_hash_is_not_looked_for(backend: Backend, capsule: str, wrong: str) -> None:
    filters = [memory_filter(sha256_hex=wrong)]
    for method, *values in (("list_capsule_memories", capsule), ("search_my_memories",)):
        assert backend.query_refusal(method, *values, filters, []) == "InvalidArgument"


def test_html_is_kept_as_it_is(backend: Backend) -> None:
    capsule = backend.capsule(name=HTML, description=HTML)
    memory_id = backend.add(capsule, HTML, tags=[HTML], metadata=[{"key": HTML, "value": HTML}])
    gallery_id = backend.gallery(capsule, memory_id, title=HTML)
    memory = backend.query("get_memory", memory_id)
    assert (memory["title"], memory["tags"]) == (HTML, [HTML])
    assert backend.query("get_capsule", [capsule])["name"] == HTML
    assert backend.query("get_gallery_by_id", gallery_id)["title"] == HTML
    assert backend.memories(capsule, text_prefix="<script>") == []
    assert backend.memories(capsule, text_prefix="alert") == [HTML]


def test_a_gallery_can_hold_neither_itself_nor_what_holds_it(
    backend: Backend, capsule: str
) -> None:
    chain = [backend.gallery(capsule)]
    for _ in range(20):
        chain.append(backend.gallery(capsule, chain[-1]))
    for holder in (chain[0], chain[-1]):
        update = gallery_update(add_items=[holder])
        assert backend.wording("update_gallery", chain[0], update) == "Cyclic gallery"
    other = backend.capsule()
    foreign = backend.add(other)
    update = gallery_update(add_items=[foreign])
    assert backend.wording("update_gallery", chain[0], update) == "Dangling reference"
    assert backend.query("get_gallery_by_id", chain[0])["items"] == []


def test_wrong_hashes_commit_nothing(backend: Backend) -> None:
    upload_id = backend.update("create_upload")
    backend.update("put_chunk", upload_id, b"right")
    wrong = {"expected_sha256_hex": hashlib.sha256(b"wrong").hexdigest()}
    assert backend.wording("commit_upload_with", upload_id, wrong) == "hash mismatch"
    assert backend.wording("commit_upload", upload_id, {"expected_sha256_hex": "?"}) == (
        "Invalid hash"
    )
    assert backend.stored() == (5, 0)
    assert backend.wording("put_chunk", upload_id, b"") == "Empty chunk"
    assert backend.wording("put_chunk_at", upload_id, 0, b"other") == "Chunk conflict"


def test_limits_hold_and_are_told(backend: Backend) -> None:
    backend.limit(
        max_capsules_per_user=1,
        max_memories_per_capsule=1,
        max_galleries_per_capsule=1,
        max_items_per_gallery=0,
        max_connections_per_capsule=1,
        max_grants_per_item=1,
        max_bytes_per_capsule=3,
        max_upload_size=4,
        max_users=2,
    )
    capsule = backend.capsule()
    memory_id = backend.add(capsule, assets=[new_asset(b"abc")])
    full = new_memory(assets=[new_asset(b"d")])
    gallery = backend.gallery(capsule)
    backend.update("add_connection", capsule, new_connection(FRIEND))
    backend.update("grant_access", capsule, FRIEND, {"Read": None})
    for limit, method, *values in (
        (1, "create_capsule", []),
        (1, "add_memory_to_capsule", capsule, full),
        (1, "store_gallery_forever", new_gallery(capsule)),
        (0, "update_gallery", gallery, gallery_update(items=[memory_id])),
        (1, "add_connection", capsule, new_connection(ADMIN)),
        (1, "grant_access", capsule, ADMIN, {"Read": None}),
    ):
        reason, fields = backend.refusal(method, *values)
        assert (reason, fields["limit"]) == ("TooMany", limit)
    backend.limit(max_memories_per_capsule=2)
    assert backend.refusal("add_memory_to_capsule", capsule, full) == (
        "CapsuleFull",
        {"needed": 4, "limit": 3},
    )
    upload_id = backend.update("create_upload")
    assert backend.wording("put_chunk", upload_id, b"12345") == "Upload too large"
    backend.registered(FRIEND)
    assert backend.by(ADMIN).wording("register") == "Too many users"


def test_limits_that_the_canister_could_not_keep_are_refused(backend: Backend) -> None:
    admin, before = backend.by(ADMIN), backend.query("get_config")
    for name, value in {
        "max_upload_size": 2**40,
        "max_stored_bytes": 2**60,
        "max_items_per_gallery": 10**6,
        "max_assets_per_memory": 33,
        "upload_ttl_seconds": 0,
    }.items():
        update = optional(CONFIG_FIELDS, **{name: value, "max_users": 1})
        assert admin.wording("update_config", update) == "Invalid argument"
    assert backend.query("get_config") == before


def test_nobody_who_signs_nothing_is_given_access(backend: Backend, capsule: str) -> None:
    for grantee in (ANONYMOUS, OWNER):
        assert backend.wording("grant_access", capsule, grantee, {"Read": None}) == (
            "Invalid argument"
        )
        assert backend.wording("add_connection", capsule, new_connection(grantee)) == (
            "Invalid argument"
        )
    assert backend.by(ADMIN).wording("add_admin", ANONYMOUS) == "Invalid argument"
    assert backend.by(ADMIN).wording("remove_admin", ADMIN) == "Last admin"


def test_uploads_that_nobody_touches_expire_and_their_bytes_with_them(
    backend: Backend, capsule: str
) -> None:
    kept, gone = bytes(50_000), b"gone"
    blob = backend.upload(kept)
    backend.add(capsule, assets=[new_asset(blob)])
    backend.upload(gone)
    assert backend.stored() == (50_004, 2)
    backend.pass_seconds(86_401)
    assert backend.query("list_uploads", [], [], []) == []
    assert backend.stored() == (50_000, 1)
    assert backend.by(ADMIN).events("UploadsExpired") == [{"count": 2}]
