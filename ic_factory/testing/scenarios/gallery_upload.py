"""Galleries of memories are kept for ever, with any settings, and shown to whom they are for."""

from __future__ import annotations

from ic_factory.drivers.generated.backend import (
    CapsuleErrorDanglingReference,
    CapsuleErrorGalleryNotFound,
    CapsuleErrorInvalidArgument,
    MemoryType,
    NewGallery,
    NewMemory,
    Visibility,
)
from ic_factory.testing.expectations import expect_equal, expect_refusal
from ic_factory.testing.stage import Stage


def play(stage: Stage) -> None:
    """Plays the scenario."""
    alice, bob = stage.user("alice"), stage.user("bob")

    with stage.step("a capsule with two memories"):
        capsule_id = alice.register_capsule().capsule_id
        items = [
            alice.add_memory(
                capsule_id, NewMemory(title=title, memory_type=MemoryType.NOTE, assets=[])
            ).memory_id
            for title in ("Departure", "Arrival")
        ]

    with stage.step("a gallery needs a title only"):
        empty = alice.store_gallery(NewGallery(title="Later", items=[]))
        expect_equal("capsule", empty.capsule_id, capsule_id)
        expect_equal("visibility", empty.visibility, Visibility.PRIVATE)

    with stage.step("a gallery keeps its memories in their order"):
        journey = alice.store_gallery(
            NewGallery(
                title="The journey",
                description="By train",
                capsule_id=capsule_id,
                items=items,
                visibility=Visibility.PUBLIC,
            )
        )
        expect_equal("items", journey.items, items)

    with stage.step("get_gallery_by_id returns all of it"):
        found = alice.gallery(journey.gallery_id)
        expect_equal("gallery", found, journey)
        expect_equal("description", found.description, "By train")

    with stage.step("a gallery may hold another one"):
        album = alice.store_gallery(NewGallery(title="Album", items=[journey.gallery_id]))
        expect_equal("items", alice.gallery(album.gallery_id).items, [journey.gallery_id])

    with stage.step("everybody sees a public gallery, and no stranger a private one"):
        expect_equal("title for Bob", bob.gallery(journey.gallery_id).title, "The journey")
        with expect_refusal(CapsuleErrorGalleryNotFound):
            bob.gallery(empty.gallery_id)

    with (
        stage.step("it cannot hold what is not there"),
        expect_refusal(CapsuleErrorDanglingReference),
    ):
        alice.delete_memory(capsule_id, items[1])
        alice.store_gallery(NewGallery(title="Gone", items=[items[1]]))

    with stage.step("a memory that is deleted leaves its galleries"):
        expect_equal("items", alice.gallery(journey.gallery_id).items, items[:1])

    with (
        stage.step("a title that is too long is refused"),
        expect_refusal(CapsuleErrorInvalidArgument),
    ):
        alice.store_gallery(NewGallery(title="long" * 100, items=[]))
