"""Users, capsules, memories, galleries and connections, as a user goes through them."""

from __future__ import annotations

import hashlib
import random
from pathlib import Path

import pytest

from tests.backend.world import (
    ADMIN,
    FRIEND,
    MAX_INLINE,
    MEBIBYTE,
    STRANGER,
    Backend,
    connection_update,
    gallery_update,
    memory_filter,
    memory_update,
    new_asset,
    new_connection,
    new_memory,
    optional,
)

TYPES = ("Text", "Image", "Document", "Audio", "Video", "Note")


def test_whoever_registers_may_have_capsules(backend: Backend) -> None:
    stranger = backend.by(STRANGER)
    assert stranger.query("whoami")["registered_at_time_ns"] == []
    assert "Caller not registered" in stranger.refused("create_capsule", []).message
    first = stranger.update("register")
    assert stranger.update("register") == first == stranger.query("whoami")
    capsule = stranger.update("create_capsule", [])
    assert capsule["owner"] == STRANGER
    assert stranger.query("whoami")["capsules"] == 1


def test_register_capsule_registers_and_finds_the_capsule_again(backend: Backend) -> None:
    stranger = backend.by(STRANGER)
    capsule = stranger.update("register_capsule")
    assert stranger.update("register_capsule") == capsule
    assert stranger.query("get_capsule", []) == capsule
    assert stranger.pages("list_my_capsules", "capsules") == [capsule]
    kinds = [next(iter(each["event"])) for each in backend.by(ADMIN).events()][-2:]
    assert kinds == ["UserRegistered", "CapsuleCreated"]


def test_a_capsule_is_renamed_listed_in_pages_and_deleted(backend: Backend) -> None:
    capsules = [backend.capsule(name=f"capsule {number}") for number in range(3)]
    listed = backend.pages("list_my_capsules", "capsules", limit=2)
    assert [each["capsule_id"] for each in listed] == capsules
    update = optional(("name", "description"), name="renamed")
    assert backend.update("update_capsule", capsules[0], update)["name"] == "renamed"
    backend.update("delete_capsule", capsules[0])
    assert backend.refusal("delete_capsule", capsules[0])[0] == "CapsuleNotFound"
    listed = backend.pages("list_my_capsules", "capsules")
    assert [each["capsule_id"] for each in listed] == capsules[1:]
    assert backend.by(ADMIN).events("CapsuleDeleted") == [{"capsule_id": capsules[0]}]


@pytest.mark.parametrize("memory_type", TYPES)
def test_a_memory_of_any_type_comes_back_as_it_went_in(
    backend: Backend, capsule: str, memory_type: str
) -> None:
    given = new_memory(
        "Ночь 東京 <b>",
        memory_type=memory_type,
        description="line\nline",
        tags=["Travel", "night"],
        metadata=[{"key": "camera", "value": "Ω"}],
        date_ns=5,
        assets=[new_asset(b"\0\1\2", content_type="image/png", file_name="ночь.png")],
    )
    added = backend.update("add_memory_to_capsule", capsule, given)
    memory = backend.query("get_memory_from_capsule", capsule, added["memory_id"])
    told = {name: memory[name] for name in ("title", "memory_type", "date_ns")}
    assert told == {name: given[name] for name in told}
    for name in ("description", "metadata", "tags"):
        assert [memory[name]] == given[name]
    (asset,) = memory["assets"]
    assert (asset["content"], asset["size"]) == ([b"\0\1\2"], 3)
    assert asset["sha256_hex"] == hashlib.sha256(b"\0\1\2").hexdigest()
    assert asset["path"] == f"/asset/{added['memory_id']}/original"
    assert backend.query("get_memory", added["memory_id"]) == memory


@pytest.mark.parametrize("size", [0, 1, MAX_INLINE])
def test_small_bytes_come_along_with_their_memory(
    backend: Backend, capsule: str, size: int
) -> None:
    content = random.Random(size).randbytes(size)
    memory_id = backend.add(capsule, assets=[new_asset(content)])
    assert backend.query("get_memory", memory_id)["assets"][0]["content"] == [content]
    assert backend.content(memory_id) == content
    assert backend.stored() == (size, 1)


@pytest.mark.parametrize("size", [0, 1, MAX_INLINE + 1, 3 * MEBIBYTE + 5])
def test_bytes_that_were_uploaded_come_back(backend: Backend, capsule: str, size: int) -> None:
    content = random.Random(size).randbytes(size)
    memory_id = backend.add(capsule, assets=[new_asset(backend.upload(content))])
    assert backend.content(memory_id) == content


def test_a_real_file_comes_back_byte_for_byte(backend: Backend, capsule: str) -> None:
    content = Path("tests/canisters/cdk.wasm.gz").read_bytes()
    asset = new_asset(backend.upload(content), content_type="application/gzip")
    memory_id = backend.add(capsule, assets=[asset])
    assert backend.content(memory_id) == content


def test_bytes_outlive_their_upload_and_go_with_the_last_memory(
    backend: Backend, capsule: str
) -> None:
    blob = backend.upload(bytes(100_000))
    first, second = (backend.add(capsule, assets=[new_asset(blob)]) for _ in range(2))
    (upload,) = backend.query("list_uploads", [], [], [])
    backend.update("delete_upload", upload["upload_id"])
    assert backend.stored() == (100_000, 1)
    backend.update("delete_memory_from_capsule", capsule, first)
    assert backend.content(second) == bytes(100_000)
    backend.update("delete_memory_from_capsule", capsule, second)
    assert backend.stored() == (0, 0)


def test_what_an_update_names_changes_and_nothing_else(backend: Backend, capsule: str) -> None:
    memory_id = backend.add(capsule, "old", tags=["a"], assets=[new_asset(b"one")])
    before = backend.query("get_memory", memory_id)
    update = memory_update(title="new", set_assets=[new_asset(b"two", "thumbnail")])
    after = backend.update("update_memory_in_capsule", capsule, memory_id, update)
    assert (after["title"], after["tags"]) == ("new", ["a"])
    assert [each["variant"] for each in after["assets"]] == ["original", "thumbnail"]
    assert after["created_at_time_ns"] == before["created_at_time_ns"]
    assert backend.memories(capsule, text_prefix="old") == []
    assert backend.memories(capsule, text_prefix="new") == ["new"]
    update = memory_update(remove_assets=["original", "absent"])
    backend.update("update_memory_in_capsule", capsule, memory_id, update)
    assert backend.stored() == (3, 1)


def test_memories_are_listed_in_pages_by_type_tag_and_text(backend: Backend, capsule: str) -> None:
    for number in range(12):
        kind, tag = TYPES[number % 2], f"tag{number % 3}"
        backend.add(capsule, f"memory {number} word{number % 4}", memory_type=kind, tags=[tag])
    assert len(backend.memories(capsule, limit=5)) == 12
    assert len(backend.memories(capsule, limit=5, memory_type="Image")) == 6
    assert len(backend.memories(capsule, limit=1, tag="TAG1")) == 4
    assert len(backend.memories(capsule, limit=2, text_prefix="WORD1")) == 3
    assert len(backend.memories(capsule, limit=2, text_prefix="mem", tag="tag0")) == 4
    titles = backend.memories(capsule, memory_type="Image", tag="tag1", text_prefix="word")
    assert titles == ["memory 1 word1", "memory 7 word3"]
    found = backend.pages("search_my_memories", "memories", [], limit=5)
    assert len(found) == 12


def test_memories_are_found_by_the_hash_of_any_of_their_assets(
    backend: Backend, capsule: str
) -> None:
    other = backend.capsule()
    one, two = (hashlib.sha256(each).hexdigest() for each in (b"one", b"two"))
    first = backend.add(capsule, "first", assets=[new_asset(b"one"), new_asset(b"two", "small")])
    for number in range(4):
        backend.add(capsule, f"copy {number}", tags=["copy"], assets=[new_asset(b"one", "v")])
    backend.add(other, "elsewhere", assets=[new_asset(b"two")])
    assert len(backend.memories(capsule, limit=2, sha256_hex=one)) == 5
    assert len(backend.memories(capsule, sha256_hex=one.upper(), tag="copy")) == 4
    assert backend.memories(capsule, sha256_hex=two) == ["first"]
    everywhere = [memory_filter(sha256_hex=two)]
    found = backend.pages("search_my_memories", "memories", everywhere, limit=1)
    assert [each["title"] for each in found] == ["first", "elsewhere"]
    update = memory_update(set_assets=[new_asset(b"three", "small")])
    backend.update("update_memory_in_capsule", capsule, first, update)
    assert backend.memories(capsule, sha256_hex=two) == []
    backend.update("delete_memory_from_capsule", capsule, first)
    backend.upgrade()
    assert len(backend.memories(capsule, sha256_hex=one)) == 4


def test_a_gallery_keeps_its_items_in_order_and_in_step(backend: Backend, capsule: str) -> None:
    memories = [backend.add(capsule, f"memory {number}") for number in range(3)]
    inner = backend.gallery(capsule, memories[0])
    outer = backend.gallery(capsule, memories[2], inner, memories[0], title="outer")
    assert backend.query("get_gallery_by_id", outer)["items"] == [memories[2], inner, memories[0]]
    update = gallery_update(add_items=[memories[1]], remove_items=[memories[2]], title="other")
    after = backend.update("update_gallery", outer, update)
    assert (after["title"], after["items"]) == ("other", [inner, memories[0], memories[1]])
    backend.update("delete_memory_from_capsule", capsule, memories[0])
    assert backend.query("get_gallery_by_id", outer)["items"] == [inner, memories[1]]
    assert backend.query("get_gallery_by_id", inner)["items"] == []
    backend.update("delete_gallery", inner)
    assert backend.query("get_gallery_by_id", outer)["items"] == [memories[1]]
    listed = backend.pages("get_my_galleries", "galleries")
    assert [each["gallery_id"] for each in listed] == [outer]
    assert backend.query("get_capsule", [capsule])["galleries"] == 1


def test_connections_are_added_changed_listed_and_removed(backend: Backend, capsule: str) -> None:
    peers = sorted((FRIEND, STRANGER, ADMIN), key=lambda peer: peer.bytes)
    for peer in peers:
        backend.update("add_connection", capsule, new_connection(peer, relation="friend"))
    assert backend.wording("add_connection", capsule, new_connection(FRIEND)) == "Connection exists"
    update = connection_update(name="a name")
    assert backend.update("update_connection", capsule, FRIEND, update)["relation"] == "friend"
    first = backend.query("list_connections", capsule, [], [2])
    rest = backend.query("list_connections", capsule, first["next"], [2])
    assert rest["next"] == []
    listed = first["connections"] + rest["connections"]
    assert {each["peer"] for each in listed} == set(peers)
    backend.update("remove_connection", capsule, FRIEND)
    assert backend.wording("remove_connection", capsule, FRIEND) == "Connection not found"
    assert backend.query("get_capsule", [capsule])["connections"] == 2


def test_access_is_granted_and_taken_back(backend: Backend, capsule: str) -> None:
    memory_id = backend.add(capsule)
    friend = backend.registered(FRIEND)
    assert friend.query_refusal("get_memory", memory_id) == "MemoryNotFound"
    backend.update("grant_access", memory_id, FRIEND, {"Read": None})
    assert friend.query("get_memory", memory_id)["title"] == "a memory"
    assert friend.query("list_shared_with_me", [])["ids"] == [memory_id]
    update = memory_update(title="theirs")
    assert friend.wording("update_memory_in_capsule", capsule, memory_id, update) == "Read only"
    backend.update("grant_access", memory_id, FRIEND, {"Write": None})
    friend.update("update_memory_in_capsule", capsule, memory_id, update)
    told = backend.query("get_access", memory_id)
    assert told["grants"] == [{"grantee": FRIEND, "permission": {"Write": None}}]
    assert backend.update("revoke_access", memory_id, FRIEND) is True
    assert friend.query_refusal("get_memory", memory_id) == "MemoryNotFound"
    assert backend.query("get_access", memory_id)["grants"] == []


def test_a_deleted_capsule_gives_its_bytes_back(backend: Backend, capsule: str) -> None:
    memories = [backend.add(capsule, assets=[new_asset(bytes([n]) * 100)]) for n in range(40)]
    backend.gallery(capsule, *memories)
    backend.update("add_connection", capsule, new_connection(FRIEND))
    assert backend.stored() == (4000, 40)
    backend.update("delete_capsule", capsule)
    assert backend.query_refusal("get_memory", memories[0]) == "MemoryNotFound"
    backend.settle()
    assert backend.stored() == (0, 0)
    figures = backend.query("get_backend_stats")
    names = ("capsules", "memories", "galleries", "connections", "deleted_capsules")
    assert {name: figures[name] for name in names} == dict.fromkeys(names, 0)


def test_an_upgrade_keeps_everything(backend: Backend, capsule: str) -> None:
    memory_id = backend.add(capsule, "title", tags=["tag"], assets=[new_asset(b"bytes")])
    gallery_id = backend.gallery(capsule, memory_id, visibility={"Public": None})
    backend.update("add_connection", capsule, new_connection(FRIEND))
    backend.update("grant_access", gallery_id, FRIEND, {"Write": None})
    upload_id = backend.update("create_upload")
    backend.update("put_chunk", upload_id, b"chunk")
    backend.limit(max_capsules_per_user=7)
    before = everything(backend, capsule, memory_id, gallery_id, upload_id)
    backend.upgrade()
    assert everything(backend, capsule, memory_id, gallery_id, upload_id) == before
    assert backend.content(memory_id) == b"bytes"
    assert backend.by(ADMIN).events("BackendUpgraded") == [{"build": "0.1.0"}]


def everything(
    backend: Backend, capsule: str, memory: str, gallery: str, upload: int
) -> list[object]:
    """What the owner and an admin are told, but for the event log."""
    figures = backend.by(ADMIN).query("get_backend_stats")
    return [
        {
            name: value
            for name, value in figures.items()
            if name not in ("events", "cycles_balance")
        },
        backend.query("get_capsule", [capsule]),
        backend.query("get_memory", memory),
        backend.query("get_gallery_by_id", gallery),
        backend.query("list_connections", capsule, [], []),
        backend.query("get_access", gallery),
        backend.query("get_upload_info", upload),
        backend.query("get_config"),
        backend.query("whoami"),
        backend.memories(capsule, tag="tag"),
        backend.by(FRIEND).query("list_shared_with_me", []),
    ]


def test_uploads_of_others_are_no_way_to_learn_what_they_have(
    backend: Backend, capsule: str
) -> None:
    content = b"a letter that was leaked" * 2000
    blob = backend.upload(content)
    friend = backend.registered(FRIEND)
    request = optional(("name", "expected_len", "chunk_size", "expected_sha256_hex"))
    request["expected_sha256_hex"] = [hashlib.sha256(content).hexdigest()]
    assert friend.update("create_upload_with", request)["deduplicated"] is False
    other = friend.capsule()
    assert friend.wording("add_memory_to_capsule", other, new_memory(assets=[new_asset(blob)])) == (
        "Blob not found"
    )
    assert friend.query("get_backend_stats")["storage"] == []
    backend.add(capsule, assets=[new_asset(blob)])
    (upload,) = backend.query("list_uploads", [], [], [])
    backend.update("delete_upload", upload["upload_id"])
    assert backend.update("create_upload_with", request)["deduplicated"] is True


def test_ids_tell_neither_how_many_there_are_nor_whose(backend: Backend, capsule: str) -> None:
    first, second = backend.add(capsule), backend.add(capsule)
    assert first < second
    assert first[:1] == "m"
    assert first[13:] != second[13:]
