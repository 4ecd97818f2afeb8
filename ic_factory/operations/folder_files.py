"""The files of a folder, in a fixed order, and none from outside of it."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ic_factory.operations.errors import SourceUnreadable


@dataclass(frozen=True, slots=True)
class FolderFile:
    """A file to add, or to compare.

    Attributes:
        on_disk: Where it is.
        path: Its path in its folder; its name alone where it was named itself.
        size: Bytes.
        modified_ns: When it was changed last, in nanoseconds since 1970; None before that.
    """

    on_disk: Path
    path: PurePosixPath
    size: int
    modified_ns: int | None


def files_at(path: Path, *, hidden: bool = False) -> list[FolderFile]:
    """A file, or all files below a folder, in the order of their paths.

    Links to folders are not followed, nor are links to files outside of the folder; what is no file
    is passed over.

    Args:
        path: The file or folder.
        hidden: Whether files and folders whose name begins with a dot count too.

    Raises:
        SourceUnreadable: It is not there, or a folder can't be read.
    """
    try:
        if path.is_dir():
            return sorted(_below(path, hidden), key=lambda each: each.path.parts)
        found = _file(path, PurePosixPath(path.name))
    except OSError as error:
        raise SourceUnreadable(
            f"{error.filename or path} can't be read: {error.strerror or error}"
        ) from error
    if found is None:
        raise SourceUnreadable(f"{path} is neither a file nor a folder")
    return [found]


def _below(folder: Path, hidden: bool) -> Iterator[FolderFile]:
    inside = folder.resolve()
    for root, folders, names in os.walk(folder, onerror=_raise):
        folders[:] = [each for each in folders if hidden or not each.startswith(".")]
        for name in names:
            if name.startswith(".") and not hidden:
                continue
            on_disk = Path(root, name)
            if on_disk.is_symlink() and not on_disk.resolve().is_relative_to(inside):
                continue
            found = _file(on_disk, PurePosixPath(on_disk.relative_to(folder).as_posix()))
            if found is not None:
                yield found


def _file(on_disk: Path, path: PurePosixPath) -> FolderFile | None:
    """None for a device, a pipe, or a link that leads nowhere in a folder."""
    try:
        status = on_disk.stat()
    except FileNotFoundError:
        if on_disk.is_symlink():
            return None
        raise
    if not stat.S_ISREG(status.st_mode):
        return None
    modified = status.st_mtime_ns
    return FolderFile(on_disk, path, status.st_size, modified if modified >= 0 else None)


def _raise(error: OSError) -> None:
    raise error
