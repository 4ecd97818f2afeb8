"""Changes to bytes: blind ones, and ones that know numbers in LEB128.

A mutator takes a source of chance, one seed, and all seeds of its target to take parts from.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

Mutator = Callable[[Random, bytes, Sequence[bytes]], bytes]

MAX_LENGTH = 200_000
"""Longer inputs are cut: they cost time and find nothing that shorter ones don't."""

_ODD_BYTES = (0x00, 0x01, 0x7F, 0x80, 0xC0, 0xFE, 0xFF)
_ODD_NUMBERS = (
    *(0, 1, 2, 3, 63, 64, 127, 128, 255, 256, 1000, 4096, 65_535, 65_536),
    *(2**20, 2**31 - 1, 2**31, 2**32 - 1, 2**32, 2**53, 2**63 - 1, 2**63, 2**64 - 1, 2**64, 2**70),
)


def odd_number(random: Random) -> int:
    """A number at which readers go wrong, or near one."""
    return max(0, random.choice(_ODD_NUMBERS) + random.choice((-1, 0, 0, 0, 1)))


def leb128(value: int) -> bytes:
    """A natural number in unsigned LEB128."""
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*encoded, value])


def with_changed_bytes(random: Random, seed: bytes, seeds: Sequence[bytes]) -> bytes:
    """A few changes somewhere in the seed."""
    data = bytearray(seed)
    for _ in range(_few(random)):
        random.choice(_CHANGES)(random, data, seeds)
    return bytes(data[:MAX_LENGTH])


def _few(random: Random) -> int:
    count = 1
    while count < 12 and random.random() < 0.5:
        count += 1
    return count


def _place(random: Random, data: bytearray) -> int:
    return random.randrange(len(data)) if data else 0


def _slice(random: Random, data: bytes | bytearray, longest: int = 64) -> slice:
    start = random.randrange(len(data)) if data else 0
    return slice(start, start + random.randint(1, longest))


def _flip(random: Random, data: bytearray, _: Sequence[bytes]) -> None:
    if data:
        data[_place(random, data)] ^= 1 << random.randrange(8)


def _overwrite(random: Random, data: bytearray, _: Sequence[bytes]) -> None:
    if data:
        data[_place(random, data)] = random.choice((*_ODD_BYTES, random.randrange(256)))


def _insert(random: Random, data: bytearray, _: Sequence[bytes]) -> None:
    added = random.choice((random.randbytes(random.randint(1, 9)), bytes([0xFF]) * 9, bytes(9)))
    place = _place(random, data)
    data[place:place] = added


def _delete(random: Random, data: bytearray, _: Sequence[bytes]) -> None:
    del data[_slice(random, data)]


def _cut(random: Random, data: bytearray, _: Sequence[bytes]) -> None:
    del data[_place(random, data) :]


def _repeat(random: Random, data: bytearray, _: Sequence[bytes]) -> None:
    part = bytes(data[_slice(random, data, 16)])
    place = _place(random, data)
    data[place:place] = part * random.choice((1, 2, 8, 200))


def _splice(random: Random, data: bytearray, seeds: Sequence[bytes]) -> None:
    other = random.choice(seeds)
    data[_slice(random, data)] = other[_slice(random, other)]


def _renumber(random: Random, data: bytearray, _: Sequence[bytes]) -> None:
    start = end = _place(random, data)
    while end < len(data) and end - start < 10 and data[end] & 0x80:
        end += 1
    data[start : end + 1] = leb128(odd_number(random))


_CHANGES = (_flip, _overwrite, _insert, _delete, _cut, _repeat, _splice, _renumber, _renumber)
