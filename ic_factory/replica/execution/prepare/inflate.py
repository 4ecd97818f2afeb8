"""Compressed modules (specification, "Canister module format")."""

from __future__ import annotations

import zlib

from ic_factory.replica.execution.prepare.invalid_module import InvalidModule

GZIP_MAGIC = b"\x1f\x8b\x08"
MAX_MODULE_BYTES = 100 * 1024**2
_GZIP_WINDOW_BITS = 31


def inflate(module_bytes: bytes) -> bytes:
    """The module in binary format, inflated where it is a gzip stream.

    Raises:
        InvalidModule: the stream is corrupt, or the module is longer than 100 MiB.
    """
    if module_bytes.startswith(GZIP_MAGIC):
        module_bytes = _inflate_gzip(module_bytes)
    if len(module_bytes) > MAX_MODULE_BYTES:
        raise InvalidModule.because(
            f"Wasm module size of {len(module_bytes)} exceeds the maximum allowed size "
            f"of {MAX_MODULE_BYTES}."
        )
    return module_bytes


def _inflate_gzip(compressed: bytes) -> bytes:
    inflater = zlib.decompressobj(_GZIP_WINDOW_BITS)
    try:
        # One byte more than allowed, so that a module that is too long is seen to be.
        inflated = inflater.decompress(compressed, MAX_MODULE_BYTES + 1)
    except zlib.error as error:
        raise InvalidModule.undecodable(f"the gzip stream is corrupt: {error}") from error
    if not inflater.eof and len(inflated) <= MAX_MODULE_BYTES:
        raise InvalidModule.undecodable("the gzip stream ends early")
    return inflated
