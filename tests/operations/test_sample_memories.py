"""The quickstart's files are what their names say, and those that are there stay."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

from ic_factory.operations.content_types import content_type_of
from ic_factory.operations.memories import INLINE_SIZE
from ic_factory.operations.sample_memories import pdf_page, picture, sample_files


def chunks_of(png: bytes) -> dict[bytes, bytes]:
    """The chunks of a PNG, whose checksums are checked."""
    found, place = {}, 8
    while place < len(png):
        (size,) = struct.unpack_from(">I", png, place)
        kind, data = png[place + 4 : place + 8], png[place + 8 : place + 8 + size]
        (checksum,) = struct.unpack_from(">I", png, place + 8 + size)
        assert checksum == zlib.crc32(kind + data)
        found[kind] = data
        place += 12 + size
    return found


def test_the_files_are_of_three_kinds(tmp_path: Path) -> None:
    types = [content_type_of("", each.read_bytes()[:16]) for each in sample_files(tmp_path).all]
    assert types[1:] == ["image/png", "application/pdf"]
    assert sample_files(tmp_path).text.read_text("utf-8").endswith("京都\n")


def test_the_image_is_large_enough_to_be_uploaded(tmp_path: Path) -> None:
    assert sample_files(tmp_path).image.stat().st_size > INLINE_SIZE


def test_the_image_has_all_its_pixels() -> None:
    chunks = chunks_of(picture(30, 20))
    assert list(chunks) == [b"IHDR", b"IDAT", b"IEND"]
    assert chunks[b"IHDR"] == struct.pack(">IIBBBBB", 30, 20, 8, 2, 0, 0, 0)
    rows = zlib.decompress(chunks[b"IDAT"])
    assert len(rows) == 20 * (1 + 3 * 30)
    assert set(rows[:: 1 + 3 * 30]) == {0}


def test_the_table_of_the_document_says_where_its_objects_are() -> None:
    page = pdf_page(("one line", "another"))
    start = int(page.rsplit(b"startxref\n", 1)[1].split()[0])
    assert page[start:].startswith(b"xref\n0 7\n")
    entries = page[start:].split(b"\n")[3:9]
    for number, entry in enumerate(entries, 1):
        assert page[int(entry[:10]) :].startswith(b"%d 0 obj\n" % number)


def test_a_file_that_was_changed_stays(tmp_path: Path) -> None:
    files = sample_files(tmp_path)
    before = files.image.read_bytes()
    files.text.write_text("mine")
    files.image.unlink()
    again = sample_files(tmp_path)
    assert (again.text.read_text(), again.image.read_bytes()) == ("mine", before)
