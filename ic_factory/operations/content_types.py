"""What a file is, by its name and its first bytes, the same on every system."""

from __future__ import annotations

import mimetypes
from pathlib import PurePosixPath

from ic_factory.drivers.generated.backend import MemoryType

UNKNOWN = "application/octet-stream"

_MORE_SUFFIXES = {
    ".avif": "image/avif",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".epub": "application/epub+zip",
    ".flac": "audio/flac",
    ".gz": "application/gzip",
    ".heic": "image/heic",
    ".heif": "image/heif",
    ".m4a": "audio/mp4",
    ".md": "text/markdown",
    ".mkv": "video/x-matroska",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".ogg": "audio/ogg",
    ".opus": "audio/ogg",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".rtf": "application/rtf",
    ".webm": "video/webm",
    ".webp": "image/webp",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".zip": "application/zip",
}
"""Suffixes that Python knows only where the system does, or in some versions."""

_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
    (b"OggS", "audio/ogg"),
    (b"fLaC", "audio/flac"),
    (b"ID3", "audio/mpeg"),
)

_KINDS = {
    "audio": MemoryType.AUDIO,
    "image": MemoryType.IMAGE,
    "video": MemoryType.VIDEO,
}
_TYPES = {"text/plain": MemoryType.TEXT, "text/markdown": MemoryType.NOTE}


def content_type_of(name: str, head: bytes) -> str:
    """The MIME type of a file, with no parameters.

    Args:
        name: Its name, whose suffix counts first.
        head: Its first bytes, which count where the suffix says nothing.
    """
    suffix = PurePosixPath(name).suffix.lower()
    if suffix in _MORE_SUFFIXES:
        return _MORE_SUFFIXES[suffix]
    # An instance of its own has Python's table alone, and not the system's.
    guessed, encoding = mimetypes.MimeTypes().guess_type(f"file{suffix}", strict=True)
    if guessed is not None and encoding is None:
        return guessed.lower()
    return next((type_ for magic, type_ in _MAGIC if head.startswith(magic)), _by_text(head))


def memory_type_of(content_type: str) -> MemoryType:
    """What kind of memory a MIME type makes; a document where it is nothing else."""
    kind = content_type.partition("/")[0]
    return _KINDS.get(kind) or _TYPES.get(content_type, MemoryType.DOCUMENT)


def _by_text(head: bytes) -> str:
    """Plain text where it is UTF-8 without control characters; a character may be cut off."""
    try:
        text = head.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.reason != "unexpected end of data":
            return UNKNOWN
        text = head[: error.start].decode("utf-8")
    is_text = text != "" and all(each.isprintable() or each.isspace() for each in text)
    return "text/plain" if is_text else UNKNOWN
