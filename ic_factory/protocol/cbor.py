"""The CBOR that the IC speaks (specification, "CBOR"; RFC 8949).

Integers, byte and text strings, arrays, maps, booleans and null. A stricter reading than general
libraries give: one item and nothing after it, no floats, no tags but the self-describing one and
bignums, no duplicate keys, bounded nesting.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ic_factory.errors import CborError
from ic_factory.protocol.principal import Principal

MAX_DEPTH = 64

_SELF_DESCRIBE = b"\xd9\xd9\xf7"
_SELF_DESCRIBE_TAG = 55799
_MAX_BIGNUM_LENGTH = 64

_UNSIGNED, _NEGATIVE, _BYTES, _TEXT, _ARRAY, _MAP, _TAG, _SIMPLE = range(8)
_INDEFINITE = 31
_BREAK = 0xFF
_SIMPLE_VALUES: dict[int, bool | None] = {20: False, 21: True, 22: None, 23: None}


@dataclass(frozen=True, slots=True)
class Encoded:
    """An item that is encoded already; `encode` takes it over as it is."""

    data: bytes


def encode(value: Any) -> bytes:
    """Encodes a value in the shortest definite-length form, map entries in the order given.

    Principals become byte strings.

    Raises:
        CborError: A value inside is of a type that the IC's CBOR does not have, or is nested
            too deep.
    """
    parts: list[bytes] = []
    _write(parts, value, MAX_DEPTH)
    return b"".join(parts)


def encode_self_described(value: Any) -> bytes:
    """Encodes a value behind the tag 55799, as requests and responses have it."""
    return _SELF_DESCRIBE + encode(value)


def head(major_type: int, argument: int) -> bytes:
    """The first bytes of an item: its major type and its value or length.

    Raises:
        CborError: The argument takes more than 64 bits.
    """
    first = major_type << 5
    if argument < 24:
        return bytes((first | argument,))
    if argument < 0x100:
        return bytes((first | 24, argument))
    if argument < 0x10000:
        return bytes((first | 25, argument >> 8, argument & 0xFF))
    if argument < 0x100000000:
        return bytes((first | 26,)) + argument.to_bytes(4, "big")
    if argument < 0x10000000000000000:
        return bytes((first | 27,)) + argument.to_bytes(8, "big")
    raise CborError(f"a CBOR length or number of {argument} does not fit into 64 bits")


def _write(parts: list[bytes], value: Any, depth: int) -> None:
    kind = type(value)
    if kind is bytes:
        parts += (head(_BYTES, len(value)), value)
    elif kind is str:
        text = _utf8(value)
        parts += (head(_TEXT, len(text)), text)
    elif kind is int:
        _write_integer(parts, value)
    elif value is None or kind is bool:
        parts.append(b"\xf6" if value is None else b"\xf5" if value else b"\xf4")
    elif kind is Encoded:
        parts.append(value.data)
    elif isinstance(value, Principal):
        parts += (head(_BYTES, len(value.bytes)), value.bytes)
    elif depth == 0:
        raise CborError(f"a value is nested deeper than {MAX_DEPTH} levels")
    elif isinstance(value, Mapping):
        parts.append(head(_MAP, len(value)))
        for key, entry in value.items():
            _write(parts, key, depth - 1)
            _write(parts, entry, depth - 1)
    elif isinstance(value, list | tuple):
        parts.append(head(_ARRAY, len(value)))
        for entry in value:
            _write(parts, entry, depth - 1)
    else:
        _write_subclass(parts, value, depth)


def _write_subclass(parts: list[bytes], value: object, depth: int) -> None:
    # Enums of text or integers, bytearrays: as the plain type that they extend.
    if isinstance(value, bytearray | memoryview | bytes):
        _write(parts, bytes(value), depth)
    elif isinstance(value, str):
        _write(parts, str.__str__(value), depth)
    elif isinstance(value, int):
        _write(parts, int(value), depth)
    else:
        raise CborError(f"a value of type {type(value).__name__} has no place in the IC's CBOR")


def _utf8(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise CborError(f"text with a lone surrogate at {error.start} has no UTF-8") from error


def _write_integer(parts: list[bytes], number: int) -> None:
    major_type, argument = (_UNSIGNED, number) if number >= 0 else (_NEGATIVE, -1 - number)
    if argument < 0x10000000000000000:
        parts.append(head(major_type, argument))
        return
    magnitude = argument.to_bytes((argument.bit_length() + 7) // 8, "big")
    parts += (head(_TAG, 2 + major_type), head(_BYTES, len(magnitude)), magnitude)


def decode(data: bytes, *, max_depth: int = MAX_DEPTH) -> Any:
    """Decodes one item that takes all of `data`; a self-describing tag before it is fine.

    Arrays become lists, maps dicts, null and undefined None.

    Args:
        data: The encoded item.
        max_depth: How many arrays and maps may be nested.

    Raises:
        CborError: The bytes are cut off, followed by others, nested too deep, or hold what the
            IC's CBOR does not have.
    """
    if type(data) is not bytes:
        data = bytes(data)
    start = 3 if data.startswith(_SELF_DESCRIBE) else 0
    value, end = _read(data, start, max_depth)
    if end != len(data):
        raise CborError(f"CBOR item ends at byte {end}, but {len(data) - end} bytes follow")
    return value


def _read(data: bytes, start: int, depth: int) -> tuple[Any, int]:
    """The item at `start`, and the offset of the byte after it."""
    if start >= len(data):
        raise _cut_off(data)
    first = data[start]
    argument = first & 0x1F
    offset = start + 1
    if argument >= 24:
        if argument == _INDEFINITE:
            return _read_indefinite(data, start, depth)
        argument, offset = _read_argument(data, start)
    major_type = first >> 5
    if major_type == _BYTES:
        end = offset + argument
        if end > len(data):
            raise _cut_off(data)
        return data[offset:end], end
    if major_type == _TEXT:
        return _read_text(data, offset, argument)
    if major_type == _UNSIGNED:
        return argument, offset
    if major_type == _MAP:
        return _read_map(data, offset, argument, depth)
    if major_type == _ARRAY:
        return _read_array(data, offset, argument, depth)
    return _read_rare(data, start, offset, argument)


def _read_argument(data: bytes, start: int) -> tuple[int, int]:
    width_code = (data[start] & 0x1F) - 24
    if width_code > 3:
        raise CborError(f"byte {data[start]:#04x} at {start} starts no CBOR item")
    end = start + 1 + (1 << width_code)
    if end > len(data):
        raise _cut_off(data)
    return int.from_bytes(data[start + 1 : end], "big"), end


def _read_text(data: bytes, offset: int, length: int) -> tuple[str, int]:
    end = offset + length
    if end > len(data):
        raise _cut_off(data)
    try:
        return data[offset:end].decode(), end
    except UnicodeDecodeError as error:
        raise CborError(f"CBOR text at byte {offset} is not UTF-8") from error


def _read_array(data: bytes, offset: int, length: int, depth: int) -> tuple[list[Any], int]:
    _check_room(data, offset, length, depth)
    depth -= 1
    items = []
    for _ in range(length):
        item, offset = _read(data, offset, depth)
        items.append(item)
    return items, offset


def _read_map(data: bytes, offset: int, length: int, depth: int) -> tuple[dict[Any, Any], int]:
    _check_room(data, offset, 2 * length, depth)
    depth -= 1
    entries: dict[Any, Any] = {}
    for _ in range(length):
        key, value_offset = _read(data, offset, depth)
        _check_key(entries, key, offset)
        entries[key], offset = _read(data, value_offset, depth)
    return entries, offset


def _check_room(data: bytes, offset: int, items: int, depth: int) -> None:
    if items > len(data) - offset:
        raise _cut_off(data)
    if depth <= 0:
        raise CborError(f"CBOR is nested too deep at byte {offset}")


def _check_key(entries: dict[Any, Any], key: Any, offset: int) -> None:
    # True equals 1 in Python, so keys are of text, bytes or integers alone.
    if type(key) not in (str, bytes, int):
        raise CborError(f"CBOR map key at byte {offset} is neither text, bytes nor an integer")
    if key in entries:
        raise CborError(f"CBOR map has the key {key!r} twice, again at byte {offset}")


def _read_rare(data: bytes, start: int, offset: int, argument: int) -> tuple[Any, int]:
    major_type = data[start] >> 5
    if major_type == _NEGATIVE:
        return -1 - argument, offset
    if major_type == _TAG:
        return _read_bignum(data, start, offset, argument)
    if data[start] in (0xE0 | 20, 0xE0 | 21, 0xE0 | 22, 0xE0 | 23):
        return _SIMPLE_VALUES[argument], offset
    raise CborError(f"CBOR float or simple value at byte {start}: the IC's CBOR has none")


def _read_bignum(data: bytes, start: int, offset: int, tag: int) -> tuple[int, int]:
    if tag not in (2, 3):
        raise CborError(f"CBOR tag {tag} at byte {start} is not one that the IC uses")
    # Looked at before it is read, as another tag would come back here.
    is_bytes = offset < len(data) and data[offset] >> 5 == _BYTES
    magnitude, end = _read(data, offset, 0) if is_bytes else (b"", offset)
    if not is_bytes or len(magnitude) > _MAX_BIGNUM_LENGTH:
        raise CborError(f"CBOR bignum at byte {start} is not of 0 to {_MAX_BIGNUM_LENGTH} bytes")
    number = int.from_bytes(magnitude, "big")
    return (number if tag == 2 else -1 - number), end


def _read_indefinite(data: bytes, start: int, depth: int) -> tuple[Any, int]:
    """An item whose end is marked by a break byte."""
    major_type = data[start] >> 5
    offset = start + 1
    if major_type in (_BYTES, _TEXT):
        return _read_chunks(data, offset, major_type)
    if major_type not in (_ARRAY, _MAP):
        raise CborError(f"byte {data[start]:#04x} at {start} starts no CBOR item")
    _check_room(data, offset, 1, depth)
    depth -= 1
    items: list[Any] = []
    entries: dict[Any, Any] = {}
    while not _is_break(data, offset):
        item, item_end = _read(data, offset, depth)
        if major_type == _MAP:
            _check_key(entries, item, offset)
            entries[item], item_end = _read(data, item_end, depth)
        else:
            items.append(item)
        offset = item_end
    return (entries if major_type == _MAP else items), offset + 1


def _read_chunks(data: bytes, offset: int, major_type: int) -> tuple[Any, int]:
    chunks = []
    while not _is_break(data, offset):
        if data[offset] >> 5 != major_type or data[offset] & 0x1F == _INDEFINITE:
            raise CborError(f"CBOR chunk at byte {offset} is not of its string's kind")
        chunk, offset = _read(data, offset, 0)
        chunks.append(chunk)
    return (b"" if major_type == _BYTES else "").join(chunks), offset + 1


def _is_break(data: bytes, offset: int) -> bool:
    if offset >= len(data):
        raise _cut_off(data)
    return data[offset] == _BREAK


def _cut_off(data: bytes) -> CborError:
    return CborError(f"CBOR is cut off: {len(data)} bytes do not hold the whole item")
