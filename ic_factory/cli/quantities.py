"""Cycles, sizes and times as people write them: `1.5T`, `50MB`, `24h`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction

CYCLES: Mapping[str, int] = {"": 1, "k": 10**3, "m": 10**6, "b": 10**9, "g": 10**9, "t": 10**12}
SIZES: Mapping[str, int] = {
    "": 1,
    "b": 1,
    "kb": 10**3,
    "mb": 10**6,
    "gb": 10**9,
    "kib": 2**10,
    "mib": 2**20,
    "gib": 2**30,
}
SECONDS: Mapping[str, int] = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}

_QUANTITY = re.compile(r"(\d[\d_]*(?:\.\d[\d_]*)?)\s*([a-z]*)")


def parse_cycles(text: str) -> int:
    """Reads cycles: `1T`, `500B`, `2_000_000`; T is 10^12, B 10^9, M 10^6, k 10^3.

    Raises:
        ValueError: It is no such text, or no whole number of cycles.
    """
    return _whole(text, CYCLES, "cycles, such as 1T, 500B or 2_000_000")


def parse_size(text: str) -> int:
    """Reads a size in bytes: `50MB`, `1.5MiB`, `300`.

    Raises:
        ValueError: It is no such text, or no whole number of bytes.
    """
    return _whole(text, SIZES, "a size, such as 50MB, 2MiB or 1048576")


def parse_duration(text: str) -> int:
    """Reads a time in seconds: `90s`, `24h`, `1h30m`, `7d`; a bare number is seconds.

    Raises:
        ValueError: It is no such text, or no whole number of seconds.
    """
    cleaned = text.strip().lower()
    if cleaned.isdigit():
        return int(cleaned)
    parts = list(_QUANTITY.finditer(cleaned))
    if not parts or "".join(each.group() for each in parts) != cleaned.replace(" ", ""):
        raise ValueError(_expected(text, "a time, such as 90s, 24h or 1h30m"))
    return sum(_whole(each.group(), SECONDS, "a time, such as 90s or 24h") for each in parts)


def _whole(text: str, units: Mapping[str, int], what: str) -> int:
    match = _QUANTITY.fullmatch(text.strip().lower())
    if match is None or match.group(2) not in units:
        raise ValueError(_expected(text, what))
    number = Fraction(match.group(1).replace("_", "")) * units[match.group(2)]
    if number.denominator != 1:
        raise ValueError(f"{text!r} is no whole number: {float(number)}")
    return number.numerator


def _expected(text: str, what: str) -> str:
    return f"{text!r} is not {what}"
