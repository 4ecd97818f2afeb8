"""Files to begin with: a text, an image and a document, made of nothing but code.

They are real files: the image is a PNG (ISO/IEC 15948), the document a PDF 1.4 (ISO 32000) of one
page. The same bytes come each time.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from pathlib import Path

FOLDER = "quickstart-memories"
TEXT, IMAGE, DOCUMENT = "letter.txt", "hills.png", "recipe.pdf"

IMAGE_WIDTH, IMAGE_HEIGHT = 480, 320
_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_DEPTH, _RGB = 8, 2
_HILLS = ((150, 90, 37), (205, 60, 23), (255, 45, 11))
"""Of each: how far from the top it is, how high its waves are, and how often they come."""

_LETTER = """\
Dear grandchild,

this letter, the picture of the hills and the recipe are yours now: they are in a canister that
nobody but you controls.

Viele Grüße aus 京都
"""
_RECIPE = (
    "Apple cake",
    "200 g flour, 150 g butter, 100 g sugar, 3 eggs, 4 apples.",
    "Mix, cover with the apples, and bake for 40 minutes.",
)


@dataclass(frozen=True, slots=True)
class SampleFiles:
    """Where the files are.

    Attributes:
        text: Plain text, in UTF-8.
        image: A PNG of some hundred kilobytes.
        document: A PDF.
    """

    text: Path
    image: Path
    document: Path

    @property
    def all(self) -> tuple[Path, ...]:
        """All three."""
        return (self.text, self.image, self.document)


def sample_files(folder: Path) -> SampleFiles:
    """The files in a folder; those that are missing are written, what is there stays.

    Raises:
        OSError: The folder can't be written to.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files = SampleFiles(folder / TEXT, folder / IMAGE, folder / DOCUMENT)
    for path, make in ((files.text, letter), (files.image, picture), (files.document, recipe)):
        if not path.exists():
            path.write_bytes(make())
    return files


def letter() -> bytes:
    """A text, in UTF-8."""
    return _LETTER.encode()


def recipe() -> bytes:
    """A PDF with a recipe."""
    return pdf_page(_RECIPE)


def picture(width: int = IMAGE_WIDTH, height: int = IMAGE_HEIGHT) -> bytes:
    """A PNG of hills under a sky.

    Args:
        width: Pixels.
        height: Pixels.
    """
    rows = b"".join(b"\0" + _row(y, width) for y in range(height))
    header = struct.pack(">IIBBBBB", width, height, _DEPTH, _RGB, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 6)), (b"IEND", b""))
    return _PNG_SIGNATURE + b"".join(_chunk(kind, data) for kind, data in chunks)


def pdf_page(lines: tuple[str, ...]) -> bytes:
    """A PDF of one page with some lines of text.

    Args:
        lines: In ASCII, with no brackets and no backslashes.
    """
    shown = b"".join(b"(%s) Tj T*\n" % line.encode("ascii") for line in lines)
    content = b"BT /F1 14 Tf 20 TL 72 770 Td\n" + shown + b"ET"
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources 6 0 R >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Font << /F1 5 0 R >> >>",
    )
    return _pdf(objects)


def _pdf(objects: tuple[bytes, ...]) -> bytes:
    """Numbered objects behind one another, and the table that says where each begins."""
    body, places = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    size = len(objects) + 1
    table = b"0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    return body + b"xref\n0 %d\n%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        size,
        table,
        size,
        len(body),
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    checksum = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)


def _row(y: int, width: int) -> bytes:
    return b"".join(_colour(x, y) for x in range(width))


def _colour(x: int, y: int) -> bytes:
    """Nearer hills are darker; a grain keeps the picture from being all too small."""
    depth = sum(y > top + _wave(x, height, often) for top, height, often in _HILLS)
    grain = (x * 7919 ^ y * 104729) % 13
    if depth == 0:
        return bytes((150 + y // 4 + grain, 180 + y // 5 + grain, 225 + grain))
    return bytes((110 - 30 * depth + grain, 150 - 30 * depth + grain, 100 - 25 * depth + grain))


def _wave(x: int, height: int, often: int) -> int:
    """A parabola up and one down, again and again; whole numbers are the same on every machine."""
    period = 20_000 // often // 4
    place = x % (2 * period)
    place, sign = (place, 1) if place < period else (place - period, -1)
    return sign * height * place * (period - place) * 2 // (period * period)
