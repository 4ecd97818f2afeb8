"""A capsule moves from the hub to a canister of its owner's own."""

from __future__ import annotations

import hashlib

import pytest

from ic_factory.canisters import personal_wasm
from tests.backend.world import ADMIN, FRIEND, STRANGER
from tests.creation.world import Hub, Kept, controllers_of, picture_of

pytestmark = pytest.mark.slow


def test_a_capsule_moves_with_all_that_is_in_it(hub: Hub, kept: Kept) -> None:
    before = picture_of(hub, kept)
    assert hub.run(name="my own") == "Completed"
    personal = hub.personal()
    assert picture_of(personal, kept) == before
    for (memory, variant), content in kept.contents.items():
        assert personal.content(memory, variant) == content
    assert controllers_of(hub.replica, personal.canister_id) == {hub.caller}


def test_the_hub_says_where_the_capsule_is(hub: Hub, kept: Kept) -> None:
    assert hub.run() == "Completed"
    personal = hub.personal()
    for memory, _ in kept.contents:
        refused = hub.query_refusal("get_memory", memory)
        assert refused == "Moved"
    reason, fields = hub.refusal("update_capsule", kept.capsule_id, {"name": [], "description": []})
    assert (reason, fields["canister_id"]) == ("Moved", personal.canister_id)
    assert hub.by(STRANGER).query("get_personal_canister_id", hub.caller) == [personal.canister_id]


def test_friends_keep_their_access(hub: Hub, kept: Kept) -> None:
    hub.run()
    personal = hub.personal()
    memory = next(memory for memory, variant in kept.contents if variant == "thumbnail")
    assert personal.by(FRIEND).content(memory) == kept.contents[memory, "original"]
    assert personal.by(STRANGER).query("get_capsule", [kept.capsule_id])["my_access"] == {
        "Write": None
    }


def test_the_owner_writes_where_the_capsule_is(hub: Hub, kept: Kept) -> None:
    hub.run()
    renamed = {"name": ["at home"], "description": []}
    assert hub.personal().update("update_capsule", kept.capsule_id, renamed)["name"] == "at home"


def test_a_creation_goes_through_its_stages_in_order(hub: Hub, kept: Kept) -> None:
    hub.run()
    stages = [next(iter(stage["stage"])) for stage in hub.details()["stages"]]
    assert stages == [
        "Queued",
        "Exporting",
        "Creating",
        "Installing",
        "Importing",
        "Verifying",
        "HandingOff",
    ]


def test_a_receipt_proves_what_was_moved(hub: Hub, kept: Kept) -> None:
    hub.run()
    receipt = hub.verified_receipt()
    personal = hub.personal()
    assert receipt["hub_manifest"] == receipt["personal_manifest"]
    assert receipt["hub_manifest"] == personal.query("get_manifest")["manifest"]
    assert receipt["capsule_id"] == kept.capsule_id
    assert receipt["module_hash"] == hashlib.sha256(personal_wasm()).digest()
    assert receipt["controllers"] == [hub.caller]
    assert receipt["personal_canister_id"] == personal.canister_id
    total = sum(len(content) for content in set(kept.contents.values()))
    assert receipt["hub_manifest"]["total_bytes"] == total


def test_what_is_certified_of_memories_is_proven_beside_receipts(hub: Hub, kept: Kept) -> None:
    response = hub.get("/health")
    assert "ic-certificate" in response.headers
    hub.run()
    assert "ic-certificate" in hub.get("/health").headers
    hub.verified_receipt()


def test_the_copy_in_the_hub_goes_when_its_owner_asks(hub: Hub, kept: Kept) -> None:
    hub.run()
    before = hub.by(ADMIN).query("get_backend_stats")["memories"]
    while "Checking" in (released := hub.update("release_hub_copy", kept.capsule_id)):
        pass
    manifest = hub.verified_receipt()["hub_manifest"]
    assert released == {"Released": {"root_hash_hex": manifest["root_hash_hex"]}}
    hub.settle()
    left = hub.by(ADMIN).query("get_backend_stats")["memories"]
    assert left == before - len({memory for memory, _ in kept.contents})
    assert hub.refusal("delete_gallery", kept.galleries[0])[0] == "GalleryNotFound"
    assert hub.query_refusal("get_capsule", [kept.capsule_id]) == "Moved"


def test_a_creation_that_fails_leaves_the_capsule_as_it_was_and_is_tried_again(
    hub: Hub, kept: Kept
) -> None:
    before = picture_of(hub, kept)
    hub.set_module(b"\0asm no module at all")
    assert hub.run() == "Failed"
    kind, fields = hub.error()
    assert kind == "InstallFailed"
    assert fields["call"]["method"] == "install_chunked_code"
    assert picture_of(hub, kept) == before
    hub.update("delete_gallery", kept.galleries[1])
    hub.set_module(personal_wasm())
    assert hub.run() == "Completed"
    assert hub.details()["attempts"] == 2
    assert hub.verified_receipt()["hub_manifest"]["galleries"] == 1


def test_an_unfinished_canister_is_cleared_away_and_its_cycles_come_back(hub: Hub) -> None:
    hub.set_module(b"\0asm no module at all")
    assert hub.run() == "Failed"
    (canister_id,) = hub.details()["personal_canister_id"]
    before = hub.cycles
    cleared = hub.by(ADMIN).update("clear_creation_state", hub.caller)
    assert cleared["is_cleared"]
    assert hub.describe(canister_id) is None
    assert hub.cycles - before > 10**12
    assert hub.status() == "NotStarted"


def test_a_creation_goes_on_after_the_hub_was_stopped_and_upgraded(hub: Hub, kept: Kept) -> None:
    before = picture_of(hub, kept)
    hub.create()
    assert hub.status() == "Exporting"
    hub.manage("stop_canister")
    hub.upgrade()
    hub.manage("start_canister")
    hub.go_on()
    assert hub.status() == "Completed"
    assert picture_of(hub.personal(), kept) == before
