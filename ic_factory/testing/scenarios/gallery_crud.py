"""Galleries are listed, changed and deleted; what is in them stays."""

from __future__ import annotations

from ic_factory.drivers.generated.backend import (
    CapsuleErrorCyclicGallery,
    CapsuleErrorGalleryNotFound,
    MemoryType,
    NewGallery,
    NewMemory,
    UpdateGallery,
    Visibility,
)
from ic_factory.testing.expectations import expect_equal, expect_refusal
from ic_factory.testing.stage import Stage


def play(stage: Stage) -> None:
    """Plays the scenario."""
    alice, bob = stage.user("alice"), stage.user("bob")

    with stage.step("a capsule with two memories and two galleries"):
        capsule_id = alice.register_capsule().capsule_id
        first, second = (
            alice.add_memory(
                capsule_id, NewMemory(title=title, memory_type=MemoryType.NOTE, assets=[])
            ).memory_id
            for title in ("Spring", "Summer")
        )
        year = alice.store_gallery(NewGallery(title="A year", items=[first])).gallery_id
        life = alice.store_gallery(NewGallery(title="A life", items=[year])).gallery_id

    with stage.step("get_my_galleries lists both"):
        expect_equal("mine", {each.gallery_id for each in alice.galleries()}, {year, life})

    with stage.step("title and description are changed, and the items stay"):
        changed = alice.update_gallery(
            year, UpdateGallery(title="Half a year", description="Warm months")
        )
        expect_equal("title", changed.title, "Half a year")
        expect_equal("description", changed.description, "Warm months")
        expect_equal("items", changed.items, [first])

    with stage.step("items are added, put into another order and taken out"):
        added = alice.update_gallery(year, UpdateGallery(add_items=[second]))
        expect_equal("added", added.items, [first, second])
        ordered = alice.update_gallery(year, UpdateGallery(items=[second, first]))
        expect_equal("ordered", ordered.items, [second, first])
        less = alice.update_gallery(year, UpdateGallery(remove_items=[first]))
        expect_equal("less", less.items, [second])

    with (
        stage.step("a gallery never holds itself, not even in another one"),
        expect_refusal(CapsuleErrorCyclicGallery),
    ):
        alice.update_gallery(year, UpdateGallery(add_items=[life]))

    with stage.step("get_user_galleries shows others what is public"):
        owner = stage.principal("alice")
        expect_equal("before", list(bob.galleries(owner)), [])
        alice.set_visibility(year, Visibility.PUBLIC)
        expect_equal("after", [each.gallery_id for each in bob.galleries(owner)], [year])

    with stage.step("another user changes and deletes nothing that they can't see"):
        bob.register()
        with expect_refusal(CapsuleErrorGalleryNotFound):
            bob.update_gallery(life, UpdateGallery(title="Bob's life"))
        with expect_refusal(CapsuleErrorGalleryNotFound):
            bob.delete_gallery(life)

    with stage.step("a deleted gallery is gone, and leaves other galleries"):
        alice.delete_gallery(year)
        with expect_refusal(CapsuleErrorGalleryNotFound):
            alice.gallery(year)
        expect_equal("items", alice.gallery(life).items, [])

    with stage.step("its memories stay"):
        expect_equal("memory", alice.memory(second).title, "Summer")
