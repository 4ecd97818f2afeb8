"""Memory images and blobs in the database: a page that images share is written once."""

from __future__ import annotations

import hashlib
import itertools
from array import array
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from ic_factory.replica.state.memory_image import IMAGE_PAGE_BYTES, MemoryImage
from ic_factory.replica.storage.database import Database, checked, checksum
from ic_factory.replica.storage.errors import DamagedState

BATCH_BYTES = 2 * 1024**2
"""Written at once, so that the log of inputs does not wait long for the database."""
DELETED_AT_ONCE = 1_000

_NUMBER_BYTES = 8


@dataclass(frozen=True, slots=True)
class StoredImage:
    """An image that is in the database, or will be."""

    image_id: int
    image: MemoryImage
    """Kept, so that no other object gets its identity."""
    numbers: array[int]
    page_ids: array[int]

    @property
    def body(self) -> bytes:
        """Size in pages, how many image pages there are, their numbers and their ids."""
        sizes = array("Q", (self.image.page_count, len(self.numbers)))
        return sizes.tobytes() + self.numbers.tobytes() + self.page_ids.tobytes()


@dataclass(slots=True)
class Plan:
    """What is to be written for a moment, and all that it refers to."""

    images: dict[int, StoredImage] = field(default_factory=dict)
    blobs: dict[bytes, bytes] = field(default_factory=dict)


class ImageStore:
    """Knows which images, pages and blobs are in the database. Used by one thread at a time."""

    def __init__(self) -> None:
        """A store for a database that has none yet; `load` takes in one that has."""
        self._pages: dict[int, tuple[int, bytes]] = {}
        """Identity of a page's content → its id in the database, and the content."""
        self._images: dict[tuple[int, bool], StoredImage] = {}
        self._written: set[int] = set()
        """Ids of the images that are in the database."""
        self._blobs: set[bytes] = set()
        self._image_ids = itertools.count(1)
        self._page_ids = itertools.count(1)

    def planned(self, image: MemoryImage, *, on_base: bool) -> StoredImage:
        """An image as it is written: whole, or by its difference to its base."""
        key = id(image), on_base
        stored = self._images.get(key)
        if stored is None:
            pages = image.changed_pages.items() if on_base else image.pages()
            numbers, page_ids = array("Q"), array("Q")
            for number, page in pages:
                numbers.append(number)
                page_ids.append(self._page_id(page))
            stored = StoredImage(next(self._image_ids), image, numbers, page_ids)
            self._images[key] = stored
        return stored

    def _page_id(self, page: bytes) -> int:
        known = self._pages.get(id(page))
        if known is None:
            known = self._pages[id(page)] = (-next(self._page_ids), page)
        # Negative until it is in the database.
        return abs(known[0])

    def write_content(self, database: Database, plan: Plan) -> None:
        """Writes pages and blobs that are new, a batch at a time.

        Raises:
            StorageUnavailable: not all were written; what was is of use the next time.
        """
        new = [(-number, page) for number, page in self._pages.values() if number < 0]
        pages_a_batch = BATCH_BYTES // IMAGE_PAGE_BYTES
        for start in range(0, len(new), pages_a_batch):
            batch = new[start : start + pages_a_batch]
            with database.early_transaction() as connection:
                connection.executemany(
                    "INSERT INTO page VALUES (?, ?, ?)",
                    [(number, checksum(page), page) for number, page in batch],
                )
            self._pages.update((id(page), (number, page)) for number, page in batch)
        for blob_hash, content in plan.blobs.items():
            if blob_hash not in self._blobs:
                with database.early_transaction() as connection:
                    connection.execute("INSERT INTO blob VALUES (?, ?)", (blob_hash, content))
                self._blobs.add(blob_hash)

    def new_image_rows(self, plan: Plan) -> list[tuple[int, int, bytes]]:
        """The rows of images that are not in the database yet."""
        bodies = [
            (number, image.body)
            for number, image in plan.images.items()
            if number not in self._written
        ]
        return [(number, checksum(body), body) for number, body in bodies]

    def keep_only(self, database: Database, plans: Iterable[Plan]) -> None:
        """Deletes what none of the plans, which are in the database, refers to.

        Raises:
            StorageUnavailable: not all is deleted yet; the rest is the next time.
        """
        images: dict[int, StoredImage] = {}
        blobs: set[bytes] = set()
        for plan in plans:
            images.update(plan.images)
            blobs.update(plan.blobs)
        self._written.update(images)
        self._images = {
            key: stored for key, stored in self._images.items() if stored.image_id in images
        }
        page_ids = set(itertools.chain.from_iterable(each.page_ids for each in images.values()))
        _delete(database, "image", "id", self._written - images.keys())
        self._written.intersection_update(images)
        unused = {number for number, _ in self._pages.values() if number not in page_ids}
        _delete(database, "page", "id", [number for number in unused if number > 0])
        self._pages = {key: known for key, known in self._pages.items() if known[0] not in unused}
        _delete(database, "blob", "hash", self._blobs - blobs)
        self._blobs.intersection_update(blobs)

    def load(self, database: Database) -> LoadedContent:
        """All that is in a database; what none of its moments needs goes with the next `keep_only`.

        Raises:
            DamagedState: something is missing, or is not as it was written.
        """
        with database.reading() as connection:
            pages = {
                number: checked(f"page {number}", content, kept)
                for number, kept, content in connection.execute("SELECT * FROM page")
            }
            images = {
                number: _image_of(number, checked(f"image {number}", body, kept), pages)
                for number, kept, body in connection.execute("SELECT * FROM image")
            }
            blobs = dict(connection.execute("SELECT * FROM blob"))
        for blob_hash, content in blobs.items():
            if hashlib.sha256(content).digest() != blob_hash:
                raise DamagedState(f"blob {blob_hash.hex()} is not as it was written")
        self._pages = {id(page): (number, page) for number, page in pages.items()}
        self._blobs = set(blobs)
        self._written = set(images)
        self._image_ids = itertools.count(max(images, default=0) + 1)
        self._page_ids = itertools.count(max(pages, default=0) + 1)
        return LoadedContent(images, blobs)

    def adopt(self, stored: StoredImage, *, on_base: bool) -> None:
        """Notes an image that was read, so that it is not written again."""
        self._images[id(stored.image), on_base] = stored


@dataclass(frozen=True, slots=True)
class LoadedContent:
    """What was read of a database: images by id, without a base, and blobs by hash."""

    images: dict[int, StoredImage]
    blobs: dict[bytes, bytes]

    def image(self, image_id: int) -> StoredImage:
        """The image with this id.

        Raises:
            DamagedState: it is missing.
        """
        if image_id not in self.images:
            raise DamagedState(f"image {image_id} is missing")
        return self.images[image_id]

    def blob(self, blob_hash: bytes) -> bytes:
        """The bytes with this SHA-256.

        Raises:
            DamagedState: they are missing.
        """
        if blob_hash not in self.blobs:
            raise DamagedState(f"blob {blob_hash.hex()} is missing")
        return self.blobs[blob_hash]


def _image_of(image_id: int, body: bytes, pages: dict[int, bytes]) -> StoredImage:
    if len(body) % _NUMBER_BYTES:
        raise DamagedState(f"image {image_id} is cut off")
    values = array("Q", body)
    if len(values) < 2 or len(values) != 2 + 2 * values[1]:
        raise DamagedState(f"image {image_id} is cut off")
    page_count, count = values[0], values[1]
    numbers, page_ids = values[2 : 2 + count], values[2 + count :]
    missing = [number for number in page_ids if number not in pages]
    if missing:
        raise DamagedState(f"page {missing[0]} is missing")
    content = {number: pages[page] for number, page in zip(numbers, page_ids, strict=True)}
    return StoredImage(image_id, MemoryImage(page_count, content), numbers, page_ids)


def _delete(database: Database, table: str, column: str, keys: Collection[Any]) -> None:
    ordered = sorted(keys)
    for start in range(0, len(ordered), DELETED_AT_ONCE):
        with database.early_transaction() as connection:
            connection.executemany(
                f"DELETE FROM {table} WHERE {column} = ?",  # noqa: S608 - names of our own
                [(key,) for key in ordered[start : start + DELETED_AT_ONCE]],
            )
