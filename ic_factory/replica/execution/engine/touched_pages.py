"""Which part of a memory was ever touched, so that untouched gigabytes are not copied."""

from __future__ import annotations

import mmap
import re

Range = tuple[int, int]
"""Offset and size in bytes."""

MAX_COPIED_WHOLE = 32 * 1024**2
"""Up to this size, copying is faster than asking."""

_ENTRY_BYTES = 8
_HIGHEST_BYTE = 7
_PRESENT_OR_SWAPPED = 0xC0
_IS_TOUCHED = bytes(1 if byte & _PRESENT_OR_SWAPPED else 0 for byte in range(256))
_RUN = re.compile(b"\x01+")


def touched_ranges(address: int, size: int) -> list[Range]:
    """Ranges of `[address, address + size)` outside of which there is nothing but zeros.

    Asks the kernel's page map, where there is one; without it, all is taken for touched.

    Args:
        address: start of anonymous memory, at a page of the system.
        size: its size in bytes.
    """
    if size <= MAX_COPIED_WHOLE:
        return [(0, size)] if size else []
    try:
        with open("/proc/self/pagemap", "rb", buffering=0) as page_map:  # noqa: PTH123 - no file
            page_map.seek(address // mmap.PAGESIZE * _ENTRY_BYTES)
            wanted = -(-size // mmap.PAGESIZE) * _ENTRY_BYTES
            entries = bytearray()
            while len(entries) < wanted:
                part = page_map.read(wanted - len(entries))
                if not part:
                    return [(0, size)]
                entries += part
    except OSError:
        return [(0, size)]
    touched = bytes(entries[_HIGHEST_BYTE::_ENTRY_BYTES]).translate(_IS_TOUCHED)
    ranges = []
    for run in _RUN.finditer(touched):
        start, end = run.start() * mmap.PAGESIZE, min(run.end() * mmap.PAGESIZE, size)
        ranges.append((start, end - start))
    return ranges
