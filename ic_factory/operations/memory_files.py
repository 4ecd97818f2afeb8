"""Memories back to the disk: whole, with their hash checked, and in place of nothing else.

Bytes are fetched by queries, which one node answers. What they must be is the hash in the memory;
take that from `CapsuleHost.certified` where a single node is not trusted.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from ic_factory.drivers.capsule_host import BLOB_CHUNK_SIZE, CapsuleHost
from ic_factory.drivers.generated.backend import AssetInfo, MemoryInfo
from ic_factory.operations.errors import AssetMismatch, AssetMissing, FileNotSaved, TargetTaken
from ic_factory.operations.memory_names import (
    ORIGINAL,
    compared,
    distinct,
    path_of,
    safe_name,
    safe_path,
)
from ic_factory.operations.progress import SILENT, Progress

PARALLEL = 4
"""Chunks that are on their way at the same time."""

_READ = 1024 * 1024


@dataclass(frozen=True, slots=True)
class SavedFile:
    """An asset on the disk.

    Attributes:
        memory_id: The memory.
        variant: Which of its assets.
        path: Where it is.
        size: Bytes.
        sha256: Their hash, 32 bytes, checked.
        was_there: Whether the file was there before, with these bytes.
    """

    memory_id: str
    variant: str
    path: Path
    size: int
    sha256: bytes
    was_there: bool


def asset_of(memory: MemoryInfo, variant: str = ORIGINAL) -> AssetInfo:
    """An asset of a memory by its variant.

    Raises:
        AssetMissing: There is none.
    """
    for each in memory.assets:
        if each.variant == variant:
            return each
    others = ", ".join(each.variant for each in memory.assets) or "none"
    raise AssetMissing(f"memory {memory.memory_id} has no asset {variant!r}; it has {others}")


def asset_bytes(host: CapsuleHost, memory: MemoryInfo, variant: str = ORIGINAL) -> bytes:
    """All bytes of an asset, with their hash checked.

    Raises:
        AssetMissing: There is no such asset.
        AssetMismatch: The bytes that came are others.
        CanisterRefused: The caller may not see it any more.
        AgentError: The canister can't be reached.
    """
    asset = asset_of(memory, variant)
    content = b"".join(_chunks(host, memory, asset))
    _check(memory, asset, hashlib.sha256(content).digest())
    return content


def check_bytes(
    host: CapsuleHost,
    memory: MemoryInfo,
    variant: str = ORIGINAL,
    *,
    progress: Progress = SILENT,
) -> None:
    """Reads an asset, and goes on where its bytes have their hash; it may be larger than memory.

    Args:
        host: Where from, and as whom.
        memory: The memory.
        variant: Which of its assets.
        progress: Is told of bytes.

    Raises:
        AssetMissing: There is no such asset.
        AssetMismatch: The bytes that came are others.
        CanisterRefused: The caller may not see it any more.
        AgentError: The canister can't be reached.
    """
    asset = asset_of(memory, variant)
    digest = hashlib.sha256()
    for chunk in _chunks(host, memory, asset):
        digest.update(chunk)
        progress.advance(len(chunk))
    _check(memory, asset, digest.digest())


def save_file(
    host: CapsuleHost,
    memory: MemoryInfo,
    target: Path,
    *,
    variant: str = ORIGINAL,
    overwrite: bool = False,
    progress: Progress = SILENT,
) -> SavedFile:
    """Writes an asset to a file; a file that has its bytes already is left as it is.

    Args:
        host: Where from, and as whom.
        memory: The memory.
        target: The file.
        variant: Which of its assets.
        overwrite: Whether another file in its place goes.
        progress: Is told of bytes.

    Raises:
        AssetMissing: There is no such asset.
        AssetMismatch: The bytes that came are others; nothing was written.
        TargetTaken: Another file is there.
        FileNotSaved: It can't be written.
        CanisterRefused: The caller may not see it any more.
        AgentError: The canister can't be reached.
    """
    progress.start(asset_of(memory, variant).size)
    saved = _save(host, memory, target, variant, overwrite, progress)
    progress.done()
    return saved


def save_folder(
    host: CapsuleHost,
    memories: Iterable[MemoryInfo],
    folder: Path,
    *,
    variant: str = ORIGINAL,
    overwrite: bool = False,
    progress: Progress = SILENT,
) -> tuple[SavedFile, ...]:
    """Writes an asset of each memory into a folder, under the path that it was added with.

    What a second one would be called as well has its memory's id in its name. Memories without such
    an asset are passed over.

    Args:
        host: Where from, and as whom.
        memories: The memories.
        folder: The folder; it is made where it is not there.
        variant: Which of their assets.
        overwrite: Whether other files in their places go.
        progress: Is told of bytes, and of each file's path.

    Raises:
        AssetMismatch: The bytes that came are others; what was written before stays.
        TargetTaken: Another file is in the place of one.
        FileNotSaved: One can't be written, or a link there leads out of the folder.
        CanisterRefused: The caller may not see one any more.
        AgentError: The canister can't be reached.
    """
    found = [each for each in memories if any(a.variant == variant for a in each.assets)]
    progress.start(sum(asset_of(each, variant).size for each in found))
    taken: set[str] = set()
    saved = []
    for memory in found:
        told = path_of(memory) if variant == ORIGINAL else asset_of(memory, variant).file_name
        path = distinct(safe_path(told or "", memory.memory_id), taken, memory.memory_id)
        taken.add(compared(path))
        progress.message(str(path))
        target = folder / path
        check_inside(target.parent, folder)
        make_folder(target.parent)
        saved.append(_save(host, memory, target, variant, overwrite, progress))
    progress.done()
    return tuple(saved)


def file_name_of(memory: MemoryInfo, variant: str = ORIGINAL) -> str:
    """What a file of an asset is called: as it was told, if that can be a name.

    Raises:
        AssetMissing: There is no such asset.
    """
    told = asset_of(memory, variant).file_name
    return safe_name(told or "", memory.memory_id)


def hash_of_file(path: Path) -> bytes:
    """SHA-256 of a file.

    Raises:
        OSError: It can't be read.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


def make_folder(folder: Path) -> None:
    """Makes a folder and those that it is in, where they are not there.

    Raises:
        FileNotSaved: It can't be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileNotSaved(f"{folder} can't be made: {error.strerror or error}") from error


def check_inside(parent: Path, folder: Path) -> None:
    """Goes on where a folder is in another one, links followed.

    Raises:
        FileNotSaved: It is not.
    """
    if not parent.resolve().is_relative_to(folder.resolve()):
        raise FileNotSaved(f"{parent} leads out of {folder}, by a link; nothing is written there")


def _save(
    host: CapsuleHost,
    memory: MemoryInfo,
    target: Path,
    variant: str,
    overwrite: bool,
    progress: Progress,
) -> SavedFile:
    asset = asset_of(memory, variant)
    try:
        was_there = _is_there(target, asset, overwrite)
        if was_there:
            progress.advance(asset.size)
        else:
            _write(host, memory, asset, target, overwrite, progress)
    except OSError as error:
        raise FileNotSaved(f"{target} can't be written: {error.strerror or error}") from error
    sha256 = bytes.fromhex(asset.sha256_hex)
    return SavedFile(memory.memory_id, variant, target, asset.size, sha256, was_there)


def _is_there(target: Path, asset: AssetInfo, overwrite: bool) -> bool:
    """Whether a file has the bytes of an asset.

    Raises:
        TargetTaken: It has others, and may not be overwritten.
    """
    if not os.path.lexists(target):
        return False
    has_size = target.is_file() and target.stat().st_size == asset.size
    if has_size and hash_of_file(target).hex() == asset.sha256_hex:
        return True
    if not overwrite or target.is_dir():
        raise _taken(target)
    return False


def _write(
    host: CapsuleHost,
    memory: MemoryInfo,
    asset: AssetInfo,
    target: Path,
    overwrite: bool,
    progress: Progress,
) -> None:
    """Writes a file beside the target and puts it there when it is whole."""
    temporary = target.with_name(f".ic-factory-{secrets.token_hex(8)}.part")
    try:
        _fetch(host, memory, asset, temporary, progress)
        if overwrite:
            temporary.replace(target)
        else:
            _put(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)


def _fetch(
    host: CapsuleHost, memory: MemoryInfo, asset: AssetInfo, temporary: Path, progress: Progress
) -> None:
    digest = hashlib.sha256()
    with temporary.open("xb") as file:
        for chunk in _chunks(host, memory, asset):
            digest.update(chunk)
            file.write(chunk)
            progress.advance(len(chunk))
        file.flush()
        os.fsync(file.fileno())
    _check(memory, asset, digest.digest())


def _put(temporary: Path, target: Path) -> None:
    """Puts a file where none is, even if one has come there meanwhile."""
    try:
        os.link(temporary, target)
    except FileExistsError as error:
        raise _taken(target) from error
    except OSError:
        # The disk knows no links.
        if os.path.lexists(target):
            raise _taken(target) from None
        temporary.rename(target)


def _chunks(host: CapsuleHost, memory: MemoryInfo, asset: AssetInfo) -> Iterator[bytes]:
    """The bytes of an asset in their order, some asked for ahead."""
    if asset.content is not None:
        yield asset.content
        return

    def read(offset: int) -> bytes:
        return host.read_asset(memory.memory_id, asset.variant, offset, BLOB_CHUNK_SIZE)

    waiting: deque[Future[bytes]] = deque()
    with ThreadPoolExecutor(PARALLEL, thread_name_prefix="fetch") as pool:
        for offset in range(0, asset.size, BLOB_CHUNK_SIZE):
            waiting.append(pool.submit(read, offset))
            if len(waiting) == PARALLEL:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _check(memory: MemoryInfo, asset: AssetInfo, sha256: bytes) -> None:
    if sha256.hex() != asset.sha256_hex:
        raise AssetMismatch(
            f"memory {memory.memory_id} has {asset.variant} with SHA-256 {asset.sha256_hex}, but"
            f" bytes with {sha256.hex()} came; they were thrown away"
        )


def _taken(target: Path) -> TargetTaken:
    return TargetTaken(f"{target} is there, and is something else; it was left as it is")
