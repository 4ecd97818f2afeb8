"""Modules to upload, of any size."""

from __future__ import annotations

import hashlib

from ic_factory.operations.wasm_source import WasmSource
from ic_factory.protocol.leb128 import encode_unsigned

MEGABYTE = 1024 * 1024
_HEADER = b"\0asm\1\0\0\0"


def module_of(size: int, seed: int = 0) -> bytes:
    """A valid module with one custom section, of about this many bytes; a seed, other bytes."""
    noise = hashlib.shake_256(seed.to_bytes(8, "big")).digest(max(0, size - 16))
    content = encode_unsigned(1) + b"x" + noise
    return _HEADER + b"\0" + encode_unsigned(len(content)) + content


def source_of(size: int, seed: int = 0) -> WasmSource:
    return WasmSource.from_bytes(module_of(size, seed), f"module-{seed}.wasm")
