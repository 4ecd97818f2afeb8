"""Immutable images of WASM memories, made of pages that images share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

WASM_PAGE_BYTES = 65_536
IMAGE_PAGE_BYTES = 4_096
"""Images share content in pages of this size."""

ZERO_PAGE = bytes(IMAGE_PAGE_BYTES)
_NO_PAGES: Mapping[int, bytes] = MappingProxyType({})


@dataclass(frozen=True, slots=True, eq=False)
class MemoryImage:
    """A linear memory at one moment.

    Pages of zeros are left out. An image may say only how it differs from a `base`, as memories
    of many canisters differ little from the one that their module starts with.
    """

    page_count: int
    """WASM pages of 64 KiB."""
    changed_pages: Mapping[int, bytes] = field(default_factory=lambda: _NO_PAGES)
    """Number of a 4 KiB page → its content, where it is not as in the base."""
    base: MemoryImage | None = None
    """An image without a base of its own; zeros where there is none."""

    @classmethod
    def of(
        cls,
        page_count: int,
        content: bytes | memoryview,
        ranges: Iterable[tuple[int, int]] | None = None,
        base: MemoryImage | None = None,
        previous: MemoryImage | None = None,
    ) -> MemoryImage:
        """The image of `page_count` WASM pages that begin with `content` and end in zeros.

        Args:
            page_count: the size of the memory.
            content: its bytes up to where all that follows is zero.
            ranges: offsets and sizes outside of which the content is zero; None for all of it.
            base: what the image is told by its difference to; it has no base itself.
            previous: an image whose equal pages are shared.
        """
        known = _NO_PAGES if previous is None else previous.changed_pages
        view = memoryview(content)
        changed = {}
        base_pages = _NO_PAGES if base is None else base.changed_pages
        seen = _page_numbers([(0, len(view))] if ranges is None else ranges)
        for number in seen:
            start = number * IMAGE_PAGE_BYTES
            page = bytes(view[start : start + IMAGE_PAGE_BYTES])
            if len(page) < IMAGE_PAGE_BYTES:
                page += bytes(IMAGE_PAGE_BYTES - len(page))
            if page != base_pages.get(number, ZERO_PAGE):
                shared = known.get(number)
                changed[number] = page if shared != page else shared
        for number in base_pages.keys() - seen.keys():
            changed[number] = ZERO_PAGE
        return cls(page_count, MappingProxyType(changed), base if base_pages else None)

    @property
    def size(self) -> int:
        """Bytes of the memory, zeros included."""
        return self.page_count * WASM_PAGE_BYTES

    @property
    def content(self) -> bytes:
        """All bytes of the memory up to the last page that is not zero."""
        pages = dict(self.pages())
        last = max(pages, default=-1)
        return b"".join(pages.get(number, ZERO_PAGE) for number in range(last + 1))

    def page(self, number: int) -> bytes:
        """The 4 KiB page with this number."""
        page = self.changed_pages.get(number)
        if page is not None:
            return page
        return ZERO_PAGE if self.base is None else self.base.changed_pages.get(number, ZERO_PAGE)

    def pages(self) -> Iterator[tuple[int, bytes]]:
        """Number and content of each page that is not all zeros, in no order."""
        if self.base is not None:
            for number, page in self.base.changed_pages.items():
                if number not in self.changed_pages:
                    yield number, page
        for number, page in self.changed_pages.items():
            if page != ZERO_PAGE:
                yield number, page

    def read(self, offset: int, size: int) -> bytes:
        """`size` bytes from `offset`, both within the memory."""
        if size == 0:
            return b""
        first = offset // IMAGE_PAGE_BYTES
        last = (offset + size - 1) // IMAGE_PAGE_BYTES
        joined = b"".join(self.page(number) for number in range(first, last + 1))
        start = offset - first * IMAGE_PAGE_BYTES
        return joined[start : start + size]

    def written(self, offset: int, data: bytes) -> MemoryImage:
        """This image with `data` at `offset`, within the memory."""
        if not data:
            return self
        first = offset // IMAGE_PAGE_BYTES
        last = (offset + len(data) - 1) // IMAGE_PAGE_BYTES
        start = offset - first * IMAGE_PAGE_BYTES
        joined = bytearray(
            self.read(first * IMAGE_PAGE_BYTES, (last - first + 1) * IMAGE_PAGE_BYTES)
        )
        joined[start : start + len(data)] = data
        return self.with_pages(
            self.page_count,
            {
                first + index: bytes(joined[at : at + IMAGE_PAGE_BYTES])
                for index, at in enumerate(range(0, len(joined), IMAGE_PAGE_BYTES))
            },
        )

    def with_pages(self, page_count: int, pages: Mapping[int, bytes]) -> MemoryImage:
        """This image with other content in `pages`, and another size."""
        changed = dict(self.changed_pages)
        base_pages = _NO_PAGES if self.base is None else self.base.changed_pages
        for number, page in pages.items():
            if page == base_pages.get(number, ZERO_PAGE):
                changed.pop(number, None)
            else:
                changed[number] = page
        return MemoryImage(page_count, MappingProxyType(changed), self.base)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, MemoryImage):
            return NotImplemented
        if self is other:
            return True
        return self.page_count == other.page_count and dict(self.pages()) == dict(other.pages())

    def __hash__(self) -> int:
        return hash(self.page_count)


def _page_numbers(ranges: Iterable[tuple[int, int]]) -> dict[int, None]:
    """The pages that the ranges lie in, each once and in order."""
    numbers: dict[int, None] = {}
    for start, size in ranges:
        end = -(-(start + size) // IMAGE_PAGE_BYTES)
        numbers.update(dict.fromkeys(range(start // IMAGE_PAGE_BYTES, end)))
    return numbers


EMPTY_MEMORY = MemoryImage(0)

GlobalValue = int | bytes
"""An integer, a float's bits as an unsigned integer, or a v128 as 16 bytes."""


@dataclass(frozen=True, slots=True)
class FrozenMemories:
    """All that a canister's code keeps between messages."""

    heap: MemoryImage
    stable: MemoryImage
    exported_globals: tuple[GlobalValue, ...]
    """Mutable globals in the module's order."""
