"""A capsule moves to a canister of its owner's own, byte for byte, and only once."""

from __future__ import annotations

import time
from itertools import pairwise

from ic_factory.drivers.generated.backend import (
    AssetContentInline,
    CapsuleErrorMemoryNotFound,
    CapsuleErrorMoved,
    CapsuleErrorNoCapsule,
    CreationStatus,
    DetailedCreationStatus,
    MemoryType,
    MetadataEntry,
    NewAsset,
    NewConnection,
    NewGallery,
    NewMemory,
    Permission,
    UpdateMemory,
    Visibility,
)
from ic_factory.operations.capsule_manifest import ManifestFields
from ic_factory.operations.capsule_records import read_records
from ic_factory.operations.receipts import verify_receipt
from ic_factory.testing.expectations import expect, expect_equal, expect_refusal
from ic_factory.testing.stage import Stage

STAGES = (
    CreationStatus.EXPORTING,
    CreationStatus.CREATING,
    CreationStatus.INSTALLING,
    CreationStatus.IMPORTING,
    CreationStatus.VERIFYING,
    CreationStatus.HANDING_OFF,
)
"""In their order; before them it may be queued, and behind them it is completed or failed."""

ORDER = (CreationStatus.QUEUED, *STAGES, CreationStatus.COMPLETED, CreationStatus.FAILED)
PAUSE_SECONDS = 0.02

LETTER = "Grüße aus 京都".encode()
SCAN = bytes(range(256)) * 96
"""Bytes of a document, 24 KiB of them."""


def play(stage: Stage) -> None:
    """Plays the scenario."""
    alice, bob = stage.user("alice"), stage.user("bob")

    with stage.step("the hub has a module for personal canisters, and takes in new ones"):
        expect(alice.personal_wasm() is not None, "a module, by 'ic-factory personal setup'")
        expect(alice.creation_config().enabled, "creation is enabled")

    with stage.step("a capsule with two memories, a gallery, a connection and a grant"):
        capsule_id = alice.register_capsule().capsule_id
        letter = alice.add_memory(capsule_id, _memory("A letter", MemoryType.TEXT, LETTER))
        scan = alice.add_memory(capsule_id, _memory("A scan", MemoryType.DOCUMENT, SCAN))
        items = [letter.memory_id, scan.memory_id]
        gallery = alice.store_gallery(NewGallery(title="Found in a drawer", items=items))
        peer = stage.principal("bob")
        connection = alice.add_connection(capsule_id, NewConnection(peer=peer, name="Bob"))
        alice.grant(letter.memory_id, peer, Permission.READ)
        alice.set_visibility(scan.memory_id, Visibility.PUBLIC)
        before = read_records(alice.certified)

    with stage.step("nothing has begun, and there is no canister"):
        expect_equal("status", alice.creation_status().status, CreationStatus.NOT_STARTED)
        expect_equal("canister", alice.my_personal_canister(), None)

    with (
        stage.step("who has no capsule gets no canister"),
        expect_refusal(CapsuleErrorNoCapsule),
    ):
        bob.register()
        bob.start_personal()

    with stage.step("create_personal_canister returns at once"):
        begun = alice.start_personal(name="Alice's own")
        expect_equal("user", begun.user, stage.principal("alice"))
        expect_equal("capsule", begun.capsule_id, capsule_id)
        expect(begun.status in ORDER[:-1], f"a stage, not {begun.status.value}")

    with stage.step("a second call begins nothing, and tells how far it is"):
        again = alice.start_personal()
        expect_equal("capsule", again.capsule_id, capsule_id)
        expect(_place(again.status) >= _place(begun.status), "a stage that is not before")

    with stage.step("get_creation_status goes from stage to stage, and ends with Completed"):
        seen = [begun.status, again.status]
        while seen[-1] not in (CreationStatus.COMPLETED, CreationStatus.FAILED):
            time.sleep(PAUSE_SECONDS)
            seen.append(alice.creation_status().status)
        expect_equal("order", seen, sorted(seen, key=_place))
        expect_equal("error", alice.creation_status().error, None)
        expect_equal("status", seen[-1], CreationStatus.COMPLETED)

    with stage.step("get_detailed_creation_status has all stages, one after another"):
        _check_stages(alice.certified.creation())

    with stage.step("it has counted what was moved"):
        ended = alice.creation()
        expect_equal("memories", (ended.memories_done, ended.memories_total), (2, 2))
        expect_equal("galleries", (ended.galleries_done, ended.galleries_total), (1, 1))
        expect_equal("connections", (ended.connections_done, ended.connections_total), (1, 1))
        moved = len(LETTER) + len(SCAN)
        expect_equal("bytes", (ended.bytes_done, ended.bytes_total), (moved, moved))
        expect(ended.cycles_consumed > 0, "cycles that were consumed")

    with stage.step("get_my_personal_canister_id and get_personal_canister_id tell which it is"):
        canister_id = alice.my_personal_canister()
        assert canister_id is not None
        expect_equal("of Alice", bob.personal_canister(stage.principal("alice")), canister_id)
        expect_equal("in detail", ended.personal_canister_id, canister_id)
        expect_equal("of Bob", bob.my_personal_canister(), None)

    with stage.step("Alice alone controls it"):
        expect_equal("controllers", stage.controllers(canister_id), (stage.principal("alice"),))
        personal = stage.personal("alice", canister_id)
        info = personal.info()
        expect_equal("owner", info.owner, stage.principal("alice"))
        expect(info.is_handed_off, "handed off")

    with stage.step("all that was in the capsule is in it, with ids, times and grants"):
        expect_equal("records", read_records(personal.certified), before)
        expect_equal("gallery", personal.gallery(gallery.gallery_id).items, items)
        expect_equal("connections", list(personal.connections(capsule_id)), [connection])
        expect_equal("memory", personal.memory(scan.memory_id).title, "A scan")

    with stage.step("the bytes are the same"):
        for memory, content in ((letter, LETTER), (scan, SCAN)):
            found = personal.read_asset(memory.memory_id, "original", 0, len(content) + 1)
            expect(found == content, f"the bytes of {memory.title}")

    with stage.step("both sides' manifests, and one computed here, are equal"):
        assert ended.manifest is not None
        wanted = ManifestFields.of(ended.manifest)
        expect_equal("personal", ManifestFields.of(personal.manifest().manifest), wanted)
        expect_equal("computed", before.manifest(wanted.api_version), wanted)

    with stage.step("the hub's receipt proves it to anybody who has the network's root key"):
        verified = verify_receipt(alice.creation_receipt(), stage.root_key, hub=alice.canister_id)
        expect_equal("canister", verified.receipt.personal_canister_id, canister_id)
        expect_equal("controllers", verified.receipt.controllers, [stage.principal("alice")])

    with stage.step("the hub tells that the capsule has moved, and strangers nothing"):
        with expect_refusal(CapsuleErrorMoved):
            alice.memory(letter.memory_id)
        with expect_refusal(CapsuleErrorMemoryNotFound):
            stage.user("carol").memory(letter.memory_id)

    with stage.step("to ask once more makes no second canister"):
        same = alice.start_personal()
        expect_equal("status", same.status, CreationStatus.COMPLETED)
        expect_equal("canister", same.personal_canister_id, canister_id)

    with stage.step("its owner goes on in it, and grants go on to count"):
        changed = personal.update_memory(
            capsule_id, letter.memory_id, UpdateMemory(title="A postcard")
        )
        expect_equal("title", changed.title, "A postcard")
        shared = stage.personal("bob", canister_id).memory(letter.memory_id)
        expect_equal("title for Bob", shared.title, "A postcard")
        expect(personal.manifest().has_changed, "changed since the import")


def _memory(title: str, kind: MemoryType, content: bytes) -> NewMemory:
    asset = NewAsset(
        variant="original",
        content_type="text/plain" if kind is MemoryType.TEXT else "application/pdf",
        file_name=f"{title}.txt",
        content=AssetContentInline(content),
    )
    return NewMemory(
        title=title,
        memory_type=kind,
        assets=[asset],
        tags=["drawer"],
        metadata=[MetadataEntry(key="place", value="Kyōto")],
    )


def _place(status: CreationStatus) -> int:
    return ORDER.index(status)


def _check_stages(creation: DetailedCreationStatus) -> None:
    done = [each for each in creation.stages if each.stage in STAGES]
    expect_equal("stages", tuple(each.stage for each in done), STAGES)
    for one, following in pairwise(done):
        ended = one.ended_at_time_ns
        expect(
            ended is not None and ended <= following.started_at_time_ns,
            f"{one.stage.value} ends before {following.stage.value} begins",
        )
