"""The bytes of a module to upload."""

from __future__ import annotations

import zlib

from ic_factory.operations.byte_source import ByteSource
from ic_factory.operations.errors import SourceNotWasm

WASM_MAGIC = b"\0asm"
GZIP_MAGIC = b"\x1f\x8b"

_GZIP_WINDOW = 31


class WasmSource(ByteSource):
    """A WASM module, gzipped or not.

    What is empty or begins with something else is refused by SourceNotWasm.
    """

    __slots__ = ()

    @staticmethod
    def kind() -> str:
        """What files are taken, in words."""
        return "a .wasm or .wasm.gz file"

    @staticmethod
    def check_head(where: str, head: bytes) -> None:
        """Refuses what is no module by how it begins.

        Raises:
            SourceNotWasm: It is empty, or neither WASM nor gzipped WASM.
        """
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
