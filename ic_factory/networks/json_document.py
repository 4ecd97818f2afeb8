"""A JSON object in a file that other programs and processes read and write, too."""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ic_factory.networks.errors import CanisterIdsBusy, ProjectFileError
from ic_factory.process_lock import LockHeld, ProcessLock

LOCK_SECONDS = 10.0
LOCK_PAUSE_SECONDS = 0.01

Document = dict[str, Any]


def read_document(file: Path) -> Document:
    """The object in a file; empty where the file is not there, or empty.

    Raises:
        ProjectFileError: it can't be read or holds no JSON object.
    """
    try:
        text = file.read_text("utf-8")
        document = json.loads(text) if text.strip() else {}
    except FileNotFoundError:
        return {}
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise ProjectFileError(f"{file}, {where}: no JSON: {error.msg}; correct it") from error
    except (OSError, ValueError, RecursionError) as error:
        raise ProjectFileError(f"{file} can't be read: {error}") from error
    if not isinstance(document, dict):
        raise ProjectFileError(f"{file}: a JSON object is expected; correct or remove the file")
    return document


@contextmanager
def changing(file: Path, lock_file: Path) -> Iterator[Document]:
    """The object in a file, to be changed; written when the block ends without an error.

    Between reading and writing nobody else with the same lock file does so; who reads the file
    meanwhile finds it as it was or as it becomes. Other members and their order stay.

    Raises:
        CanisterIdsBusy: somebody else has the lock for 10 seconds.
        ProjectFileError: the file can't be read or written.
    """
    with _locked(lock_file):
        before = read_document(file)
        document: Document = json.loads(json.dumps(before))
        yield document
        if document != before:
            _write(file, document)


@contextmanager
def _locked(lock_file: Path) -> Iterator[None]:
    deadline = time.monotonic() + LOCK_SECONDS
    while True:
        try:
            lock_file.parent.mkdir(parents=True, exist_ok=True)
            lock = ProcessLock(lock_file)
            break
        except OSError as error:
            raise ProjectFileError(f"{lock_file} can't be used: {error}") from error
        except LockHeld as error:
            if time.monotonic() > deadline:
                raise CanisterIdsBusy(
                    f"another process has {lock_file} for {LOCK_SECONDS:g} seconds; "
                    "wait for it or end it"
                ) from error
            time.sleep(LOCK_PAUSE_SECONDS)
    with lock:
        yield


def _write(file: Path, document: Document) -> None:
    """Replaces the file at once, in the layout that serde_json gives it."""
    # A link stays one.
    target = file.resolve()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        mode = target.stat().st_mode & 0o777 if target.exists() else 0o644
        descriptor, temporary = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as stream:
                stream.write(json.dumps(document, indent=2, ensure_ascii=False))
            Path(temporary).chmod(mode)
            Path(temporary).replace(target)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise ProjectFileError(f"{file} can't be written: {error}") from error
