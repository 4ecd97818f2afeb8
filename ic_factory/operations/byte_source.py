"""Bytes to upload: from a file, which is read twice, or from memory."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Self

from ic_factory.operations.errors import SourceChanged, SourceUnreadable

CHUNK_SIZE = 1024 * 1024
"""Bytes of a chunk, the most that a canister takes."""

_HEAD = 4096


@dataclass(frozen=True, slots=True)
class ByteSource:
    """Bytes of any kind that were read once, for their hash; there may be none.

    Attributes:
        name: What people know them by.
        size: Bytes.
        sha256: Of all bytes.
        chunk_hashes: SHA-256 of each chunk, by which a change since then is noticed.
        open: Opens the bytes anew.
    """

    name: str
    size: int
    sha256: bytes
    chunk_hashes: tuple[bytes, ...]
    open: Callable[[], BinaryIO]

    @classmethod
    def from_file(cls, path: Path) -> Self:
        """Reads a file once; memory does not grow with the file.

        Raises:
            SourceUnreadable: It can't be read.
            SourceError: It is of no kind that is taken.
        """
        if path.exists() and not path.is_file():
            raise SourceUnreadable(f"{path} is no file; name {cls.kind()}")
        try:
            return cls._scanned(path.name, str(path), lambda: path.open("rb"))
        except OSError as error:
            raise SourceUnreadable(f"{path} can't be read: {error.strerror or error}") from error

    @classmethod
    def from_bytes(cls, content: bytes, name: str = "bytes") -> Self:
        """Takes bytes that are in memory.

        Raises:
            SourceError: They are of no kind that is taken.
        """
        return cls._scanned(name, name, lambda: io.BytesIO(content))

    @staticmethod
    def kind() -> str:
        """What files are taken, in words."""
        return "a file"

    @staticmethod
    def check_head(where: str, head: bytes) -> None:
        """Refuses bytes by how they begin; here none are refused.

        Raises:
            SourceError: They are of no kind that is taken.
        """

    def chunk(self, index: int) -> bytes:
        """The bytes of a chunk, the same that were hashed.

        Raises:
            SourceUnreadable: They can't be read any more.
            SourceChanged: They are not the same any more.
        """
        try:
            with self.open() as file:
                file.seek(index * CHUNK_SIZE)
                chunk = file.read(CHUNK_SIZE)
        except OSError as error:
            raise SourceUnreadable(
                f"{self.name} can't be read any more: {error.strerror or error}"
            ) from error
        if hashlib.sha256(chunk).digest() != self.chunk_hashes[index]:
            raise SourceChanged(
                f"{self.name} was changed while it was uploaded: chunk {index} is not what was"
                " hashed. Upload it again when nothing writes to it"
            )
        return chunk

    @classmethod
    def _scanned(cls, name: str, where: str, open_: Callable[[], BinaryIO]) -> Self:
        whole = hashlib.sha256()
        hashes = []
        size = 0
        with open_() as file:
            cls.check_head(where, file.read(_HEAD))
            file.seek(0)
            for chunk in _chunks(file):
                whole.update(chunk)
                hashes.append(hashlib.sha256(chunk).digest())
                size += len(chunk)
        return cls(name, size, whole.digest(), tuple(hashes), open_)


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    while chunk := file.read(CHUNK_SIZE):
        yield chunk
