"""Files that are written whole, or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from ic_factory.errors import IcFactoryError


class FileNotWritten(IcFactoryError):
    """A file can't be written; what was there before still is."""


def replace_file(path: Path, text: str) -> None:
    """Writes a text file at once, in place of one that may be there.

    Raises:
        FileNotWritten: It can't be written.
    """
    # A link stays one.
    target = path.resolve()
    try:
        mode = target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask()
        descriptor, temporary = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
                file.write(text)
            Path(temporary).chmod(mode)
            Path(temporary).replace(target)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise FileNotWritten(f"{path} can't be written: {error.strerror or error}") from error


def _umask() -> int:
    # There is no way to read it but to set it.
    current = os.umask(0o022)
    os.umask(current)
    return current
