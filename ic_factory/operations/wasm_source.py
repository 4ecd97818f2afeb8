"""The bytes of a module to upload: from a file, which is read twice, or from memory."""

from __future__ import annotations

import hashlib
import io
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ic_factory.operations.errors import SourceChanged, SourceNotWasm, SourceUnreadable

WASM_MAGIC = b"\0asm"
GZIP_MAGIC = b"\x1f\x8b"

CHUNK_SIZE = 1024 * 1024
"""Bytes of a chunk, the most that the factory takes."""

_HEAD = 4096
_GZIP_WINDOW = 31


@dataclass(frozen=True, slots=True)
class WasmSource:
    """A module that was read once, for its hash.

    Attributes:
        name: What people know it by.
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

    @staticmethod
    def from_file(path: Path) -> WasmSource:
        """Reads a `.wasm` or `.wasm.gz` file once; its memory does not grow with the file.

        Raises:
            SourceUnreadable: It can't be read.
            SourceNotWasm: It is empty, or neither WASM nor gzipped WASM.
        """
        if path.exists() and not path.is_file():
            raise SourceUnreadable(f"{path} is no file; name a .wasm or .wasm.gz file")
        try:
            return _scanned(path.name, str(path), lambda: path.open("rb"))
        except OSError as error:
            raise SourceUnreadable(f"{path} can't be read: {error.strerror or error}") from error

    @staticmethod
    def from_bytes(module: bytes, name: str = "module") -> WasmSource:
        """Takes a module that is in memory.

        Raises:
            SourceNotWasm: It is empty, or neither WASM nor gzipped WASM.
        """
        return _scanned(name, name, lambda: io.BytesIO(module))

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


def _scanned(name: str, where: str, open_: Callable[[], BinaryIO]) -> WasmSource:
    whole = hashlib.sha256()
    hashes = []
    size = 0
    with open_() as file:
        _check_head(where, file.read(_HEAD))
        file.seek(0)
        for chunk in _chunks(file):
            whole.update(chunk)
            hashes.append(hashlib.sha256(chunk).digest())
            size += len(chunk)
    return WasmSource(name, size, whole.digest(), tuple(hashes), open_)


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    while chunk := file.read(CHUNK_SIZE):
        yield chunk


def _check_head(where: str, head: bytes) -> None:
    if not head:
        raise SourceNotWasm(f"{where} is empty")
    start = head
    if head.startswith(GZIP_MAGIC):
        try:
            start = zlib.decompressobj(_GZIP_WINDOW).decompress(head, len(WASM_MAGIC))
        except zlib.error as error:
            raise SourceNotWasm(f"{where} is damaged gzip: {error}") from error
    if not start.startswith(WASM_MAGIC):
        what = "gzip of something else" if head.startswith(GZIP_MAGIC) else "something else"
        raise SourceNotWasm(
            f"{where} is no WASM module: it begins with {start[:4].hex(' ')}, {what}; a module"
            " begins with 00 61 73 6d, gzipped or not"
        )
