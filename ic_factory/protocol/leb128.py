"""LEB128, the variable-length integers of WebAssembly, Candid and the state tree.

https://en.wikipedia.org/wiki/LEB128; the IC uses it for natural numbers in request ids and state
trees (specification, "Representation-independent hashing", "Certification").

Candid's integers have any size. Shifting bytes into a growing integer takes quadratic time, so
that a message of a few megabytes could hold a reader up for hours; long numbers go through text of
base 2 instead, which Python converts in linear time.
"""

from __future__ import annotations

from ic_factory.errors import ProtocolError

_SINGLE_BYTES = tuple(bytes([number]) for number in range(128))
_SEVEN_BITS = tuple(f"{byte & 0x7F:07b}" for byte in range(256))
_SHORT_BYTES = 16
_SHORT = 1 << 8 * _SHORT_BYTES


def encode_unsigned(number: int) -> bytes:
    """Encodes a natural number in the shortest form.

    Raises:
        ProtocolError: The number is negative.
    """
    if 0 <= number < 128:
        return _SINGLE_BYTES[number]
    if number < 0:
        raise ProtocolError(f"unsigned LEB128 encodes natural numbers, got {number}")
    if number < _SHORT:
        encoded = bytearray()
        while number > 127:
            encoded.append(number & 0x7F | 0x80)
            number >>= 7
        encoded.append(number)
        return bytes(encoded)
    return _groups_of(number, -(-number.bit_length() // 7))


def encode_signed(number: int) -> bytes:
    """Encodes an integer in the shortest form, as two's complement."""
    if -64 <= number < 64:
        return _SINGLE_BYTES[number & 0x7F]
    count = (number if number >= 0 else ~number).bit_length() // 7 + 1
    if -_SHORT < number < _SHORT:
        encoded = bytearray(number >> shift & 0x7F | 0x80 for shift in range(0, count * 7, 7))
        encoded[-1] &= 0x7F
        return bytes(encoded)
    return _groups_of(number & ((1 << count * 7) - 1), count)


def unsigned_of(encoded: bytes) -> int:
    """The natural number of the bytes of one number, the last one included."""
    if len(encoded) > _SHORT_BYTES:
        return int("".join([_SEVEN_BITS[byte] for byte in reversed(encoded)]), 2)
    number = 0
    for byte in reversed(encoded):
        number = number << 7 | byte & 0x7F
    return number


def signed_of(encoded: bytes) -> int:
    """The integer of the bytes of one signed number, the last one included."""
    number = unsigned_of(encoded)
    return number - (1 << len(encoded) * 7) if encoded[-1] & 0x40 else number


def _groups_of(number: int, count: int) -> bytes:
    bits = f"{number:b}".zfill(count * 7)
    encoded = bytearray(int(bits[at : at + 7], 2) | 0x80 for at in range((count - 1) * 7, -1, -7))
    encoded[-1] &= 0x7F
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
    return unsigned_of(data[offset:end]), end


def read_signed(data: bytes, offset: int = 0, *, max_bytes: int = 64) -> tuple[int, int]:
    """Reads an integer from the middle of `data`; otherwise as `read_unsigned`."""
    end = _end_of_number(data, offset, max_bytes)
    return signed_of(data[offset:end]), end


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
