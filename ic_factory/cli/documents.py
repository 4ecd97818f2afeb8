"""Values of the library as JSON, and as people read them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Any

NANOSECONDS = 1_000_000_000
_UNIT_SUFFIXES = ("_bytes", "_ns", "_seconds")
_UNITS = (("d", 86_400), ("h", 3_600), ("m", 60))

Shown = Callable[[Any], str]
"""Writes a value for people."""


def plain(value: Any) -> Any:
    """A value as JSON has it: records as objects, bytes in hexadecimal, members as words."""
    match value:
        case None | bool() | int() | float() | str():
            return value
        case bytes():
            return value.hex()
        case Enum():
            return value.name.lower()
        case list() | tuple():
            return [plain(each) for each in value]
    from ic_factory.protocol.principal import Principal

    if is_dataclass(value) and not isinstance(value, Principal):
        return {each.name: plain(getattr(value, each.name)) for each in fields(value)}
    return str(value)


def facts(document: Mapping[str, Any], formats: Mapping[str, Shown]) -> dict[str, str]:
    """A document for people: names in words; what a format is given for is written by it."""
    return {
        _words(name, name in formats): text_of(value, formats.get(name))
        for name, value in document.items()
    }


def text_of(value: Any, shown: Shown | None = None) -> str:
    """A value for people: nothing as `-`, truth as yes and no, several with commas."""
    match value:
        case None | []:
            return "-"
        case bool():
            return "yes" if value else "no"
        case list():
            return ", ".join(text_of(each, shown) for each in value)
    return str(value) if shown is None else shown(value)


def time_text(nanoseconds: int) -> str:
    """A moment, from nanoseconds since 1970: `2026-11-25 13:30:05Z`."""
    return datetime.fromtimestamp(nanoseconds // NANOSECONDS, UTC).strftime("%Y-%m-%d %H:%M:%SZ")


def duration_text(seconds: int) -> str:
    """A time, from seconds: `1d 12h`, `90s`."""
    parts = []
    rest = seconds
    for name, length in _UNITS:
        count, rest = divmod(rest, length)
        if count:
            parts.append(f"{count}{name}")
    if rest or not parts:
        parts.append(f"{rest}s")
    return " ".join(parts)


def _words(name: str, is_formatted: bool) -> str:
    """A field's name for people; a value that is written with its unit needs none in its name."""
    suffix = next((each for each in _UNIT_SUFFIXES if is_formatted and name.endswith(each)), "")
    return name.removesuffix(suffix).replace("_", " ")
