"""Files as people have them, made here so that none needs to be kept."""

from __future__ import annotations

import random
import struct
import zlib
from pathlib import Path

MEBIBYTE = 1024 * 1024

PIXELS = 24

NAMES = {
    "привет мир.txt": "Cyrillic\n",
    "家族の写真.txt": "Japanese\n",
    "عائلة.txt": "Arabic\n",
    "👩‍👩‍👧 family.txt": "emoji\n",
    "<b>bold & 'quoted'.txt": "HTML\n",
    "no suffix": "plain\n",
}


def png(seed: int, size: int = PIXELS) -> bytes:
    """A picture of random colours, valid to any reader."""
    colours = random.Random(seed)
    rows = b"".join(b"\0" + colours.randbytes(size * 3) for _ in range(size))
    header = struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)
    parts = [(b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*each) for each in parts)


def pdf() -> bytes:
    """A document of one empty page."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 72 72] >>",
    ]
    content = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"
    places = []
    for number, each in enumerate(objects, 1):
        places.append(len(content))
        content += b"%d 0 obj\n%b\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % each for each in places)
    start = len(content)
    return content + (
        b"xref\n0 4\n0000000000 65535 f \n%btrailer\n<< /Size 4 /Root 1 0 R >>\n"
        b"startxref\n%d\n%%%%EOF\n" % (table, start)
    )


def video(size: int) -> bytes:
    """Bytes that begin as a video does."""
    head = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom"
    return head + random.Random(size).randbytes(size - len(head))


def lay_out(folder: Path, video_size: int) -> dict[str, bytes]:
    """Writes files into a folder; returns them by path."""
    files = {
        "2024/summer/sea.png": png(1),
        "2024/summer/large.png": png(2, 300),
        "2024/letter.pdf": pdf(),
        "2024/note.md": "# Идея\n".encode(),
        "empty.txt": b"",
        "empty": b"",
        "one byte.txt": b"x",
        "clip.mp4": video(video_size),
        **{name: text.encode() for name, text in NAMES.items()},
    }
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return files


def _chunk(kind: bytes, content: bytes) -> bytes:
    return (
        struct.pack(">I", len(content))
        + kind
        + content
        + struct.pack(">I", zlib.crc32(kind + content))
    )
