"""What takes uploads: the methods that the factory and the backend have in common."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from ic_factory.protocol.principal import Principal


class ChunkRange(Protocol):
    """First and last index of chunks that have arrived without a gap."""

    @property
    def first(self) -> int: ...
    @property
    def last(self) -> int: ...


class UploadState(Protocol):
    """What a canister knows of an upload, as the interfaces of all of them have it."""

    @property
    def upload_id(self) -> int: ...
    @property
    def committed_hash(self) -> bytes | None: ...
    @property
    def expected_hash(self) -> bytes | None: ...
    @property
    def expected_len(self) -> int | None: ...
    @property
    def chunk_size(self) -> int: ...
    @property
    def total_len(self) -> int: ...
    @property
    def received_ranges(self) -> Sequence[ChunkRange]: ...


class UploadTarget(Protocol):
    """A canister that takes uploads, as one caller sees it: a `Factory` or a `Backend`."""

    @property
    def kind(self) -> str:
        """What the canister is, in a word."""
        ...

    @property
    def canister_id(self) -> Principal:
        """The canister."""
        ...

    def begin_upload(
        self,
        *,
        name: str | None = None,
        expected_len: int | None = None,
        expected_sha256: bytes | None = None,
        chunk_size: int | None = None,
    ) -> int:
        """Begins an upload and returns its id."""
        ...

    def put_chunk_at(self, upload_id: int, index: int, chunk: bytes) -> None:
        """Stores a chunk."""
        ...

    def commit_upload(self, upload_id: int, sha256: bytes) -> UploadState:
        """Commits an upload by the hash of all its bytes."""
        ...

    def upload_info(self, upload_id: int) -> UploadState | None:
        """What is known of an upload; None where that is nothing."""
        ...

    def uploads(self) -> Iterator[UploadState]:
        """The caller's uploads."""
        ...
