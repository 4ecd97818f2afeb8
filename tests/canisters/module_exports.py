"""Takes exports out of a WebAssembly module."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

EXPORT_SECTION = 7
HEADER_SIZE = 8


def without_exports(module: bytes, names: Sequence[str]) -> bytes:
    """The module without these exports.

    Raises:
        ValueError: the module exports no such name.
    """
    sections = [module[:HEADER_SIZE]]
    for kind, content in _sections(module):
        body = _without_entries(content, names) if kind == EXPORT_SECTION else content
        sections.append(bytes([kind]) + _encode_length(len(body)) + body)
    return b"".join(sections)


def _sections(module: bytes) -> Iterator[tuple[int, bytes]]:
    position = HEADER_SIZE
    while position < len(module):
        kind = module[position]
        length, start = _decode_length(module, position + 1)
        position = start + length
        yield kind, module[start:position]


def _without_entries(content: bytes, names: Sequence[str]) -> bytes:
    entries = dict(_entries(content))
    for name in names:
        if name not in entries:
            raise ValueError(f"expected an export named {name!r}, found {sorted(entries)}")
        del entries[name]
    return _encode_length(len(entries)) + b"".join(entries.values())


def _entries(content: bytes) -> Iterator[tuple[str, bytes]]:
    """The name of each export, and its bytes: name, kind, index."""
    count, position = _decode_length(content, 0)
    for _ in range(count):
        start = position
        length, name_start = _decode_length(content, start)
        kind_position = name_start + length
        _, position = _decode_length(content, kind_position + 1)
        yield content[name_start:kind_position].decode(), content[start:position]


def _decode_length(data: bytes, position: int) -> tuple[int, int]:
    """An unsigned LEB128 number and the position after it."""
    value = shift = 0
    while True:
        byte = data[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, position
        shift += 7


def _encode_length(value: int) -> bytes:
    encoded = bytearray()
    while value >= 0x80:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)
