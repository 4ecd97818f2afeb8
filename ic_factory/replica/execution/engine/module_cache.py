"""Machine code on disk, in a folder that only its user can write to."""

from __future__ import annotations

import contextlib
import logging
import os
import stat
import tempfile
from pathlib import Path

logger = logging.getLogger(__name__)

MAX_CACHE_BYTES = 512 * 1024**2

_ENTRY, _BEGUN = ".cwasm", ".new"


class ModuleCache:
    """Entries by name; one that was used is marked so by its time of modification.

    Many processes may share a folder. What fails on disk is a cache that does not help, no error.
    """

    def __init__(self, directory: Path, limit_bytes: int = MAX_CACHE_BYTES) -> None:
        """Opens a cache; entries over the limit go, those first that were not used for longest.

        Args:
            directory: made with mode 0700 where it is not there.
            limit_bytes: how much is kept of what earlier processes wrote.

        Raises:
            OSError: the folder can't be made or read, or others than this user have rights to it.
        """
        self._directory = directory
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        _check_private(directory)
        _remove_oldest(directory, limit_bytes)

    def find(self, name: str) -> Path | None:
        """The file of an entry, marked as used."""
        path = self._path(name)
        try:
            os.utime(path)
        except FileNotFoundError:
            return None
        except OSError:
            # It can be read where it can't be marked.
            return path
        return path

    def put(self, name: str, content: bytes | bytearray) -> None:
        """Writes an entry, at once in full."""
        with contextlib.suppress(OSError):
            handle, temporary = tempfile.mkstemp(dir=self._directory, suffix=_BEGUN)
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(content)
                Path(temporary).replace(self._path(name))
            except OSError:
                Path(temporary).unlink(missing_ok=True)
                raise

    def _path(self, name: str) -> Path:
        return self._directory / f"{name}{_ENTRY}"


def open_cache(directory: Path | None) -> ModuleCache | None:
    """The cache in a folder; None for no folder, or, with a warning, for one that can't be used."""
    if directory is None:
        return None
    try:
        return ModuleCache(directory)
    except OSError as error:
        logger.warning("compiled modules are not kept in %s: %s", directory, error)
        return None


def _check_private(directory: Path) -> None:
    """Refuses a folder that others could put machine code into."""
    if os.name != "posix":
        return
    status = directory.stat()
    if status.st_uid != os.getuid():
        raise PermissionError("it is another user's, and machine code is loaded from it")
    mode = stat.S_IMODE(status.st_mode)
    if mode & 0o077:
        raise PermissionError(
            f"its mode is {mode:04o}, not 0700, and machine code is loaded from it"
        )


def _remove_oldest(directory: Path, limit_bytes: int) -> None:
    files = []
    for path in directory.iterdir():
        if path.suffix in (_ENTRY, _BEGUN):
            # Other processes may be removing the same.
            with contextlib.suppress(OSError):
                status = path.stat()
                files.append((status.st_mtime_ns, status.st_size, path))
    kept_bytes = 0
    for _, size, path in sorted(files, reverse=True):
        kept_bytes += size
        if kept_bytes > limit_bytes:
            with contextlib.suppress(OSError):
                path.unlink()
