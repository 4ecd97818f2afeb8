"""Memories are listed, found, changed, shared and deleted."""

from __future__ import annotations

from ic_factory.drivers.generated.backend import (
    AssetContentInline,
    CapsuleErrorMemoryNotFound,
    CapsuleErrorReadOnly,
    MemoryFilter,
    MemoryType,
    MetadataEntry,
    NewAsset,
    NewMemory,
    Permission,
    UpdateMemory,
)
from ic_factory.testing.expectations import expect_equal, expect_refusal
from ic_factory.testing.stage import Stage

TITLES = ("First steps", "First words", "School")


def play(stage: Stage) -> None:
    """Plays the scenario."""
    alice, bob = stage.user("alice"), stage.user("bob")

    with stage.step("a capsule with three memories"):
        capsule_id = alice.register_capsule().capsule_id
        ids = [
            alice.add_memory(
                capsule_id,
                NewMemory(title=title, memory_type=MemoryType.NOTE, assets=[], tags=["growing up"]),
            ).memory_id
            for title in TITLES
        ]

    with stage.step("all of them are listed"):
        listed = {each.memory_id for each in alice.memories(capsule_id)}
        expect_equal("ids", listed, set(ids))

    with stage.step("they are found by the beginning of a word, and by tag"):
        by_word = alice.memories(capsule_id, MemoryFilter(text_prefix="FIRS"))
        expect_equal("found by word", {each.title for each in by_word}, set(TITLES[:2]))
        by_tag = alice.search(MemoryFilter(tag="Growing Up"))
        expect_equal("found by tag", {each.title for each in by_tag}, set(TITLES))

    with stage.step("what an update names is changed, and the rest stays"):
        update = UpdateMemory(title="First ride", tags=["bicycle"])
        changed = alice.update_memory(capsule_id, ids[0], update)
        expect_equal("title", changed.title, "First ride")
        expect_equal("tags", changed.tags, ["bicycle"])
        expect_equal("type", changed.memory_type, MemoryType.NOTE)

    with stage.step("metadata and type are changed, and an asset is added"):
        asset = NewAsset(
            variant="original", content_type="text/plain", content=AssetContentInline(b"1")
        )
        update = UpdateMemory(
            memory_type=MemoryType.TEXT,
            metadata=[MetadataEntry(key="speed", value="slow")],
            set_assets=[asset],
        )
        alice.update_memory(capsule_id, ids[0], update)
        memory = alice.memory(ids[0])
        expect_equal("type", memory.memory_type, MemoryType.TEXT)
        expect_equal("metadata", memory.metadata, [MetadataEntry(key="speed", value="slow")])
        expect_equal("bytes", memory.assets[0].content, b"1")

    with stage.step("an asset is taken out again"):
        update = UpdateMemory(remove_assets=["original"])
        expect_equal("assets", alice.update_memory(capsule_id, ids[0], update).assets, [])

    with stage.step("another user learns nothing before a grant"):
        bob.register()
        with expect_refusal(CapsuleErrorMemoryNotFound):
            bob.update_memory(capsule_id, ids[0], UpdateMemory(title="Bob was here"))

    with stage.step("who may read reads, and changes nothing"):
        alice.grant(ids[0], stage.principal("bob"), Permission.READ)
        expect_equal("title for Bob", bob.memory(ids[0]).title, "First ride")
        with expect_refusal(CapsuleErrorReadOnly):
            bob.update_memory(capsule_id, ids[0], UpdateMemory(title="Bob was here"))

    with stage.step("a deleted memory is gone, from lists and searches too"):
        alice.delete_memory(capsule_id, ids[0])
        with expect_refusal(CapsuleErrorMemoryNotFound):
            alice.memory(ids[0])
        expect_equal("left", {each.memory_id for each in alice.memories(capsule_id)}, set(ids[1:]))
        expect_equal("found", list(alice.search(MemoryFilter(tag="bicycle"))), [])

    with stage.step("it cannot be deleted twice"), expect_refusal(CapsuleErrorMemoryNotFound):
        alice.delete_memory(capsule_id, ids[0])
