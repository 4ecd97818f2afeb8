"""A folder and the memories of a capsule: what both have, and what one of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ic_factory.drivers.generated.backend import MemoryInfo
from ic_factory.operations.errors import SourceUnreadable
from ic_factory.operations.folder_files import FolderFile
from ic_factory.operations.memory_files import asset_of, hash_of_file
from ic_factory.operations.memory_names import path_of, taken_name, taken_path
from ic_factory.operations.progress import SILENT, Progress


@dataclass(frozen=True, slots=True)
class Comparison:
    """Paths in a folder, each in one of these, in order.

    Attributes:
        same: On both sides, with the same bytes.
        different: On both sides, with other bytes.
        only_here: On the disk alone.
        only_there: In the capsule alone.
    """

    same: tuple[str, ...]
    different: tuple[str, ...]
    only_here: tuple[str, ...]
    only_there: tuple[str, ...]

    @property
    def is_equal(self) -> bool:
        """Whether both sides have the same."""
        return not (self.different or self.only_here or self.only_there)


def compare(
    files: Sequence[FolderFile], memories: Iterable[MemoryInfo], *, progress: Progress = SILENT
) -> Comparison:
    """Compares files with the memories that they, or others, were added as.

    Args:
        files: The files, as `files_at` finds them.
        memories: The memories; those without a file are passed over.
        progress: Is told of bytes.

    Raises:
        SourceUnreadable: A file can't be read.
    """
    progress.start(sum(each.size for each in files))
    there: dict[str, set[str]] = defaultdict(set)
    for memory in memories:
        path = path_of(memory)
        if path is not None:
            there[path].add(asset_of(memory).sha256_hex)
    here = {}
    for file in files:
        here[taken_path(file.path) or taken_name(file.path.name)] = _hash(file)
        progress.advance(file.size)
    progress.done()
    both = sorted(here.keys() & there.keys())
    return Comparison(
        same=tuple(each for each in both if here[each] in there[each]),
        different=tuple(each for each in both if here[each] not in there[each]),
        only_here=tuple(sorted(here.keys() - there.keys())),
        only_there=tuple(sorted(there.keys() - here.keys())),
    )


def _hash(file: FolderFile) -> str:
    try:
        return hash_of_file(file.on_disk).hex()
    except OSError as error:
        raise SourceUnreadable(
            f"{file.on_disk} can't be read: {error.strerror or error}"
        ) from error
