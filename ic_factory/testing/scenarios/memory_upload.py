"""Texts, images and documents become memories, and come back byte for byte."""

from __future__ import annotations

import hashlib

from ic_factory.drivers.generated.backend import (
    AssetContentBlob,
    AssetContentInline,
    CapsuleErrorBlobNotFound,
    CapsuleErrorInvalidArgument,
    CapsuleErrorMemoryNotFound,
    MemoryType,
    MetadataEntry,
    NewAsset,
    NewMemory,
    Result2Ok,
    UploadErrorHashMismatch,
)
from ic_factory.testing.expectations import expect, expect_equal, expect_refusal, expect_reject
from ic_factory.testing.stage import Stage

NOTE = "Grüße aus 京都".encode()
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154"
    "789c63f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)
"""The smallest PNG: one red pixel."""
CHUNK_SIZE = 256 * 1024
DOCUMENT = b"%PDF-1.7\n" + bytes(range(256)) * 3_000
"""Bytes that need three chunks."""
DOCUMENT_SHA256 = hashlib.sha256(DOCUMENT).digest()


def play(stage: Stage) -> None:
    """Plays the scenario."""
    alice = stage.user("alice")

    with stage.step("a user gets a capsule"):
        capsule_id = alice.register_capsule().capsule_id

    with stage.step("a text of a few bytes is added with its memory"):
        note = alice.add_memory(
            capsule_id,
            NewMemory(
                title="A postcard",
                memory_type=MemoryType.TEXT,
                description="Found in a book",
                tags=["travel", "Japan"],
                metadata=[MetadataEntry(key="place", value="京都")],
                date_ns=1_700_000_000_000_000_000,
                assets=[
                    NewAsset(
                        variant="original",
                        content_type="text/plain",
                        file_name="postcard.txt",
                        content=AssetContentInline(NOTE),
                    )
                ],
            ),
        )
        expect_equal("bytes in all", note.assets[0].size, len(NOTE))

    with stage.step("get_memory_from_capsule returns it, with its metadata and its bytes"):
        answer = alice.client.get_memory_from_capsule(capsule_id, note.memory_id)
        assert isinstance(answer, Result2Ok), answer
        found = answer.value
        expect_equal("title", found.title, "A postcard")
        expect_equal("description", found.description, "Found in a book")
        expect_equal("tags", sorted(found.tags), ["Japan", "travel"])
        expect_equal("metadata", found.metadata, [MetadataEntry(key="place", value="京都")])
        expect_equal("date", found.date_ns, 1_700_000_000_000_000_000)
        expect_equal("content", found.assets[0].content, NOTE)

    with stage.step("an image comes with a thumbnail"):
        variants = [
            NewAsset(variant=variant, content_type="image/png", content=AssetContentInline(PIXEL))
            for variant in ("original", "thumbnail")
        ]
        image = alice.add_memory(
            capsule_id,
            NewMemory(title="A pixel", memory_type=MemoryType.IMAGE, assets=variants),
        )
        expect_equal("assets", {each.variant for each in image.assets}, {"original", "thumbnail"})
        expect_equal("thumbnail", alice.read_asset(image.memory_id, "thumbnail", 0, 1_000), PIXEL)

    with stage.step("a document that no message holds is uploaded in chunks, in any order"):
        upload_id = alice.begin_upload(
            name="paper.pdf",
            expected_len=len(DOCUMENT),
            expected_sha256=DOCUMENT_SHA256,
            chunk_size=CHUNK_SIZE,
        )
        for index in (2, 0, 1):
            chunk = DOCUMENT[index * CHUNK_SIZE : (index + 1) * CHUNK_SIZE]
            alice.put_chunk_at(upload_id, index, chunk)

    with (
        stage.step("it cannot be committed by another hash"),
        expect_refusal(UploadErrorHashMismatch),
    ):
        alice.commit_upload(upload_id, hashlib.sha256(b"other bytes").digest())

    with stage.step("committed by its own hash, it becomes a memory by that hash"):
        alice.commit_upload(upload_id, DOCUMENT_SHA256)
        document = alice.add_memory(capsule_id, _document(DOCUMENT_SHA256))
        expect_equal("SHA-256", document.assets[0].sha256_hex, DOCUMENT_SHA256.hex())

    with stage.step("its bytes come back"):
        found_bytes = b""
        while piece := alice.read_asset(
            document.memory_id, "original", len(found_bytes), CHUNK_SIZE
        ):
            found_bytes += piece
        expect(found_bytes == DOCUMENT, "the same bytes")

    with (
        stage.step("bytes that were never uploaded are refused"),
        expect_refusal(CapsuleErrorBlobNotFound),
    ):
        alice.add_memory(capsule_id, _document(hashlib.sha256(b"never uploaded").digest()))

    with (
        stage.step("a title with a control character is refused"),
        expect_refusal(CapsuleErrorInvalidArgument),
    ):
        alice.add_memory(
            capsule_id, NewMemory(title="a\0b", memory_type=MemoryType.NOTE, assets=[])
        )

    with stage.step("nobody else sees any of it"):
        with expect_refusal(CapsuleErrorMemoryNotFound):
            stage.user("bob").memory(document.memory_id)
        with expect_reject("Anonymous caller"):
            stage.nobody.register_capsule()


def _document(sha256: bytes) -> NewMemory:
    content = AssetContentBlob(sha256_hex=sha256.hex())
    asset = NewAsset(
        variant="original",
        content_type="application/pdf",
        file_name="paper.pdf",
        content=content,
    )
    return NewMemory(title="A paper", memory_type=MemoryType.DOCUMENT, assets=[asset])
