"""A browser shows a gallery's images through the gateway, but for what is not public."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import pytest

from ic_factory.replica.http import serve
from tests.backend.world import Backend, new_asset
from tests.gateway.chromium import fate_of, needs_chromium, page_of

pytestmark = [pytest.mark.slow, needs_chromium]

PUBLIC = {"Public": None}


def png(size: int, grey: int) -> bytes:
    """A valid picture of one shade."""

    def chunk(name: bytes, content: bytes) -> bytes:
        body = name + content
        return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))

    rows = (b"\0" + bytes([grey]) * size) * size
    header = struct.pack(">IIBBBBB", size, size, 8, 0, 0, 0, 0)
    parts = (chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def album(*images: str) -> str:
    """A page whose script notes what became of each image."""
    note = "onload=\"this.title='shown'\" onerror=\"this.title='refused'\""
    return "".join(f'<img src="{each}" {note}>' for each in images)


def test_the_images_of_a_public_gallery_are_shown(
    backend: Backend, capsule: str, tmp_path: Path
) -> None:
    picture = {"content_type": "image/png"}
    small = backend.add(
        capsule, assets=[new_asset({"Inline": png(8, 200)}, **picture)], visibility=PUBLIC
    )
    big = backend.add(
        capsule,
        assets=[new_asset(backend.upload(png(1500, 90) + bytes(3_000_000)), **picture)],
        visibility=PUBLIC,
    )
    private = backend.add(capsule, assets=[new_asset({"Inline": png(8, 10)}, **picture)])
    gallery = backend.gallery(capsule, small, big, private, visibility=PUBLIC)
    backend.settle()
    items = backend.query("get_gallery_by_id", gallery)["items"]
    with backend.replica.fork() as served:
        served.start()
        with serve(served) as server:
            home = f"http://{backend.canister_id}.localhost:{server.port}"
            urls = [f"{home}/asset/{each}/original" for each in (small, big, private)]
            page = tmp_path / "album.html"
            page.write_text(album(*urls))
            dom = page_of(page.as_uri(), tmp_path / "profile")
    assert len(items) == 3
    assert [fate_of(url, dom) for url in urls] == ["shown", "shown", "refused"]
