"""Images of memories against plain bytes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ic_factory.replica.state.memory_image import (
    EMPTY_MEMORY,
    IMAGE_PAGE_BYTES,
    WASM_PAGE_BYTES,
    MemoryImage,
)

pages = st.sampled_from([bytes(IMAGE_PAGE_BYTES), b"a" * IMAGE_PAGE_BYTES, b"b" * IMAGE_PAGE_BYTES])
contents = st.builds(
    lambda whole, rest: b"".join(whole) + rest, st.lists(pages, max_size=4), st.binary(max_size=9)
)


def padded(content: bytes) -> bytes:
    return content.ljust(WASM_PAGE_BYTES, b"\0")


@given(contents, contents)
def test_content_comes_back_with_and_without_a_base(content, base_content):
    base = MemoryImage.of(1, base_content)
    for image in (
        MemoryImage.of(1, content),
        MemoryImage.of(1, content, base=base),
        MemoryImage.of(1, memoryview(content), base=base, previous=base),
    ):
        assert image.size == WASM_PAGE_BYTES
        assert image.read(0, WASM_PAGE_BYTES) == padded(content)
        assert image.content.rstrip(b"\0") == content.rstrip(b"\0")
        assert image == MemoryImage.of(1, content)
        assert hash(image) == hash(MemoryImage.of(1, content))
        assert all(any(page) for _, page in image.pages())
    assert (base == MemoryImage.of(1, content)) == (padded(content) == padded(base_content))


@given(contents, contents, st.integers(0, WASM_PAGE_BYTES), st.binary(max_size=9000))
def test_writing_makes_another_image(content, base_content, offset, data):
    data = data[: WASM_PAGE_BYTES - offset]
    image = MemoryImage.of(1, content, base=MemoryImage.of(1, base_content))
    expected = bytearray(padded(content))
    expected[offset : offset + len(data)] = data
    assert image.written(offset, data).read(0, WASM_PAGE_BYTES) == expected
    assert image.read(0, WASM_PAGE_BYTES) == padded(content)


@given(contents, st.integers(0, WASM_PAGE_BYTES), st.integers(0, 9000))
def test_reading_a_part(content, offset, size):
    size = min(size, WASM_PAGE_BYTES - offset)
    expected = padded(content)[offset : offset + size]
    assert MemoryImage.of(1, content).read(offset, size) == expected


@given(contents)
def test_only_ranges_that_were_touched_are_looked_at(content):
    image = MemoryImage.of(1, padded(content), ranges=[(0, IMAGE_PAGE_BYTES)])
    assert image.read(0, WASM_PAGE_BYTES) == padded(padded(content)[:IMAGE_PAGE_BYTES])


def test_equal_pages_of_an_earlier_image_are_shared():
    first = MemoryImage.of(1, b"a" * 5000)
    second = MemoryImage.of(1, b"a" * 5001, previous=first)
    assert second.page(0) is first.page(0)
    assert second.page(1) != first.page(1)


def test_the_empty_memory():
    assert EMPTY_MEMORY.size == 0
    assert EMPTY_MEMORY.content == b""
    assert MemoryImage.of(0, b"") == EMPTY_MEMORY
    assert MemoryImage.of(1, b"") != EMPTY_MEMORY
