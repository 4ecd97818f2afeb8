"""Names of files: as a backend takes them, and as they may be written to a disk.

What a canister tells is not trusted: a name leads to no other folder, and is no name that the
system keeps for itself.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from ic_factory.drivers.generated.backend import MemoryInfo

ORIGINAL = "original"
"""The variant that a file is kept as."""

PATH_KEY = "path"
"""The metadata entry that a file's path in its folder is in, where it is more than its name."""

FILE_NAME_BYTES = 255
TITLE_BYTES = 200
PATH_BYTES = 1024

_SEPARATORS = "/\\"
_WINDOWS_SIGNS = '<>:"|?*'
_WINDOWS_NAMES = frozenset(
    {"con", "prn", "aux", "nul", *(f"{name}{n}" for name in ("com", "lpt") for n in range(1, 10))}
)
_NOWHERE = ("", ".", "..")


def taken_name(name: str) -> str:
    """A file's name as a backend takes it: what it refuses is `_`, what is too long cut off."""
    return cut("".join(each if _is_taken(each) else "_" for each in name), FILE_NAME_BYTES)


def taken_path(path: PurePosixPath) -> str | None:
    """A file's path in its folder as a backend takes it; None where it is too long."""
    text = "/".join(map(taken_name, path.parts))
    return text if len(text.encode()) <= PATH_BYTES else None


def title_of(name: str) -> str:
    """A title for a file: its name without the suffix."""
    return cut(Path(taken_name(name)).stem, TITLE_BYTES)


def cut(text: str, size: int) -> str:
    """The beginning of a text that has at most so many bytes."""
    return text.encode()[:size].decode(errors="ignore")


def path_of(memory: MemoryInfo) -> str | None:
    """Where a memory's file was in its folder, as it was told; None where it has no file."""
    original = next((each for each in memory.assets if each.variant == ORIGINAL), None)
    if original is None:
        return None
    told = (each.value for each in memory.metadata if each.key == PATH_KEY)
    return next(told, original.file_name)


def safe_path(told: str, otherwise: str) -> PurePosixPath:
    """A path that stays in its folder, from what a canister tells.

    Args:
        told: What it tells, with `/` between folders.
        otherwise: The name of a file, where nothing is left of that.
    """
    parts = [each for each in told.split("/") if each not in _NOWHERE]
    return PurePosixPath(*(safe_name(each, otherwise) for each in parts or [otherwise]))


def safe_name(told: str, otherwise: str, *, system: str = os.name) -> str:
    """A name of a file in its folder, from what a canister tells.

    Args:
        told: What it tells.
        otherwise: What it is called where that can't be a name.
        system: Whose rules count, as `os.name` has it.
    """
    signs = _WINDOWS_SIGNS if system == "nt" else ""
    name = "".join(each if _is_taken(each) and each not in signs else "_" for each in told)
    if system == "nt":
        name = name.rstrip(". ")
        if name.partition(".")[0].strip().lower() in _WINDOWS_NAMES:
            name = f"_{name}"
    name = _shortened(name)
    return otherwise if name in _NOWHERE else name


def distinct(path: PurePosixPath, taken: Iterable[str], sign: str) -> PurePosixPath:
    """A path that is none of those taken: the same with a sign before the suffix where it is.

    Systems that know no case, or no forms of Unicode, would take one for another.
    """
    if compared(path) not in taken:
        return path
    return path.with_name(_shortened(f"{path.stem} ({sign}){path.suffix}"))


def compared(path: PurePosixPath) -> str:
    """A path as the least discerning system compares it."""
    return unicodedata.normalize("NFC", str(path)).casefold()


def _shortened(name: str) -> str:
    """A name of at most 255 bytes, with its suffix where that is short."""
    if len(name.encode()) <= FILE_NAME_BYTES:
        return name
    suffix = Path(name).suffix
    kept = suffix if len(suffix.encode()) < FILE_NAME_BYTES // 2 else ""
    return cut(name.removesuffix(kept), FILE_NAME_BYTES - len(kept.encode())) + kept


def _is_taken(character: str) -> bool:
    """Not a separator, a control character, or half of a character."""
    return character not in _SEPARATORS and unicodedata.category(character) not in ("Cc", "Cs")
