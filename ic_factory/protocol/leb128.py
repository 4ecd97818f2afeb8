"""LEB128, the variable-length integers of WebAssembly, Candid and the state tree.

https://en.wikipedia.org/wiki/LEB128; the IC uses it for natural numbers in request ids and state
trees (specification, "Representation-independent hashing", "Certification").
"""

from __future__ import annotations

from ic_factory.errors import ProtocolError

_SINGLE_BYTES = tuple(bytes([number]) for number in range(128))


def encode_unsigned(number: int) -> bytes:
    """Encodes a natural number in the shortest form.

    Raises:
        ProtocolError: The number is negative.
    """
    if 0 <= number < 128:
        return _SINGLE_BYTES[number]
    if number < 0:
        raise ProtocolError(f"unsigned LEB128 encodes natural numbers, got {number}")
    encoded = bytearray()
    while number > 127:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)


def encode_signed(number: int) -> bytes:
    """Encodes an integer in the shortest form, as two's complement."""
    encoded = bytearray()
    while not -64 <= number < 64:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    encoded.append(number & 0x7F)
    return bytes(encoded)


def _end_of_number(data: bytes, offset: int, max_bytes: int) -> int:
    limit = min(len(data), offset + max_bytes)
    for position in range(offset, limit):
        if data[position] < 0x80:
            return position + 1
    if limit == len(data):
        raise ProtocolError(f"LEB128 number at byte {offset} is cut off: no last byte by {limit}")
    raise ProtocolError(f"LEB128 number at byte {offset} is longer than {max_bytes} bytes")


def read_unsigned(data: bytes, offset: int = 0, *, max_bytes: int = 64) -> tuple[int, int]:
    """Reads a natural number from the middle of `data`.

    Args:
        data: The bytes that hold the number.
        offset: Where it starts.
        max_bytes: The longest encoding to accept, in bytes. Padding with zeros is accepted.

    Returns:
        The number, and the offset of the byte after it.

    Raises:
        ProtocolError: The number is cut off or too long.
    """
    end = _end_of_number(data, offset, max_bytes)
    number = 0
    for position in range(end - 1, offset - 1, -1):
        number = number << 7 | data[position] & 0x7F
    return number, end


def read_signed(data: bytes, offset: int = 0, *, max_bytes: int = 64) -> tuple[int, int]:
    """Reads an integer from the middle of `data`; otherwise as `read_unsigned`."""
    number, end = read_unsigned(data, offset, max_bytes=max_bytes)
    if data[end - 1] & 0x40:
        number -= 1 << 7 * (end - offset)
    return number, end


def decode_unsigned(data: bytes, *, max_bytes: int = 64) -> int:
    """Decodes a natural number that takes all of `data`.

    Raises:
        ProtocolError: The number is cut off, too long, or followed by other bytes.
    """
    number, end = read_unsigned(data, max_bytes=max_bytes)
    _check_end(data, end)
    return number


def decode_signed(data: bytes, *, max_bytes: int = 64) -> int:
    """Decodes an integer that takes all of `data`; otherwise as `decode_unsigned`."""
    number, end = read_signed(data, max_bytes=max_bytes)
    _check_end(data, end)
    return number


def _check_end(data: bytes, end: int) -> None:
    if end != len(data):
        raise ProtocolError(f"LEB128 number ends at byte {end}, but {len(data) - end} bytes follow")
