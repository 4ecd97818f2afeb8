"""LEB128 as Candid uses it: integers of any size, in time linear in their length.

Shifting bytes into a growing integer takes quadratic time, so that a message of a few megabytes
could hold a reader up for hours. Long numbers go through text of base 2 instead, which Python
converts in linear time.
"""

from __future__ import annotations

_SEVEN_BITS = tuple(f"{byte & 0x7F:07b}" for byte in range(256))
_SHORT = 1 << 128


def encode_unsigned(value: int) -> bytes:
    """Returns a natural number in its shortest LEB128 form."""
    if value < 0x80:
        return bytes((value,))
    if value < _SHORT:
        groups = bytearray()
        while value > 0x7F:
            groups.append(value & 0x7F | 0x80)
            value >>= 7
        groups.append(value)
        return bytes(groups)
    return _groups_of(value, -(-value.bit_length() // 7))


def encode_signed(value: int) -> bytes:
    """Returns an integer in its shortest signed LEB128 form."""
    if -0x40 <= value < 0x40:
        return bytes((value & 0x7F,))
    count = (value if value >= 0 else ~value).bit_length() // 7 + 1
    if -_SHORT < value < _SHORT:
        groups = bytearray(value >> shift & 0x7F | 0x80 for shift in range(0, count * 7, 7))
        groups[-1] &= 0x7F
        return bytes(groups)
    return _groups_of(value & ((1 << count * 7) - 1), count)


def _groups_of(value: int, count: int) -> bytes:
    bits = f"{value:b}".zfill(count * 7)
    groups = bytearray(int(bits[at : at + 7], 2) | 0x80 for at in range((count - 1) * 7, -1, -7))
    groups[-1] &= 0x7F
    return bytes(groups)


def unsigned_of(groups: bytes) -> int:
    """Returns the natural number of the bytes of one LEB128 number, the last one included."""
    if len(groups) > 16:
        return int("".join([_SEVEN_BITS[byte] for byte in reversed(groups)]), 2)
    value = 0
    for byte in reversed(groups):
        value = value << 7 | byte & 0x7F
    return value


def signed_of(groups: bytes) -> int:
    """Returns the integer of the bytes of one signed LEB128 number, the last one included."""
    value = unsigned_of(groups)
    return value - (1 << len(groups) * 7) if groups[-1] & 0x40 else value
