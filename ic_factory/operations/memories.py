"""Files into a capsule, as memories: each once, however often the same is run.

A file is there where a memory of the capsule has its path and its SHA-256. It is asked for by that,
so it makes no difference how many memories are there. Up to 32 KiB come with the memory; more is
uploaded first, by `ic_factory.operations.upload`, and taken up where it was.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import PurePosixPath

from ic_factory.agent.errors import AgentError, CanisterReject
from ic_factory.drivers.capsule_host import CapsuleHost
from ic_factory.drivers.generated.backend import (
    AssetContent,
    AssetContentBlob,
    AssetContentInline,
    MemoryFilter,
    MemoryInfo,
    MemoryType,
    MetadataEntry,
    NewAsset,
    NewMemory,
    Visibility,
)
from ic_factory.drivers.refusals import CanisterRefused
from ic_factory.operations.byte_source import ByteSource
from ic_factory.operations.content_types import content_type_of, memory_type_of
from ic_factory.operations.errors import SourceError, UploadInterrupted
from ic_factory.operations.folder_files import FolderFile
from ic_factory.operations.memory_files import asset_of
from ic_factory.operations.memory_names import (
    ORIGINAL,
    PATH_KEY,
    path_of,
    taken_name,
    taken_path,
    title_of,
)
from ic_factory.operations.progress import SILENT, Part, Progress
from ic_factory.operations.upload import upload

INLINE_SIZE = 32 * 1024
"""The most bytes that come with a memory."""

TOO_LARGE = "UploadTooLarge"


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What is said of memories that are added; what is left out is told by the file.

    Attributes:
        title: What they are found by.
        description: A text of some lines.
        tags: Words that they are found by.
        memory_type: What they are.
        visibility: Who may see them; private where it is left out.
    """

    title: str | None = None
    description: str | None = None
    tags: tuple[str, ...] = ()
    memory_type: MemoryType | None = None
    visibility: Visibility | None = None


NO_DETAILS = Details()


@dataclass(frozen=True, slots=True)
class AddedFile:
    """A file that is in a capsule.

    Attributes:
        path: Its path in its folder.
        memory_id: The memory.
        size: Bytes.
        sha256: Their hash, 32 bytes.
        bytes_sent: How many this run has sent.
        was_there: Whether the memory was there before.
    """

    path: str
    memory_id: str
    size: int
    sha256: bytes
    bytes_sent: int
    was_there: bool


@dataclass(frozen=True, slots=True)
class FailedFile:
    """A file that could not be added, while others could.

    Attributes:
        path: Its path in its folder.
        why: What is wrong with it.
    """

    path: str
    why: str


@dataclass(frozen=True, slots=True)
class AddResult:
    """What has become of files.

    Attributes:
        added: Those that are in the capsule.
        failed: Those that can't be read, or are too large.
    """

    added: tuple[AddedFile, ...]
    failed: tuple[FailedFile, ...]


def add_files(
    host: CapsuleHost,
    capsule_id: str,
    files: Sequence[FolderFile],
    *,
    details: Details = NO_DETAILS,
    progress: Progress = SILENT,
) -> AddResult:
    """Adds files to a capsule, one after another; those that are there are not sent again.

    Args:
        host: Where to, and as whom.
        capsule_id: The capsule.
        files: The files.
        details: What is said of each.
        progress: Is told of bytes, and of each file's path.

    Raises:
        UploadInterrupted: The network failed; the next run goes on from there.
        UploadMismatch: The canister has other bytes than a file.
        CanisterRefused: The canister does not take them.
        AgentError: The canister can't be reached.
    """
    progress.start(sum(each.size for each in files))
    # A capsule that is not the caller's, or out of reach, is told before any file is read.
    host.capsule(capsule_id)
    there = _FilesThere(host, capsule_id)
    added, failed = [], []
    for file in files:
        progress.message(str(file.path))
        try:
            result = _add(host, capsule_id, file, details, there, progress)
        except SourceError as error:
            failed.append(FailedFile(str(file.path), str(error)))
        except CanisterRefused as refused:
            if refused.upload_case != TOO_LARGE:
                raise
            failed.append(FailedFile(str(file.path), refused.message))
        else:
            added.append(result)
    progress.done()
    return AddResult(tuple(added), tuple(failed))


def add_bytes(
    host: CapsuleHost,
    capsule_id: str,
    content: bytes,
    name: str,
    *,
    details: Details = NO_DETAILS,
    progress: Progress = SILENT,
) -> MemoryInfo:
    """Adds bytes that are in memory, as if they were a file; again, they are added again.

    Args:
        host: Where to, and as whom.
        capsule_id: The capsule.
        content: The bytes.
        name: The name that a file of them has.
        details: What is said of them.
        progress: Is told of bytes.

    Raises:
        UploadInterrupted: The network failed; the next run goes on from there.
        CanisterRefused: The canister does not take them.
        AgentError: The canister can't be reached.
    """
    source = ByteSource.from_bytes(content, name)
    path = PurePosixPath(taken_name(name))
    with _telling_interruptions(path):
        memory, _ = _stored(host, capsule_id, source, path, None, details, progress)
    return memory


class _FilesThere:
    """The memories that files are in; each hash is asked for once."""

    def __init__(self, host: CapsuleHost, capsule_id: str) -> None:
        self._host = host
        self._capsule_id = capsule_id
        self._by_hash: dict[str, dict[str, str]] = {}

    def with_hash(self, sha256_hex: str) -> dict[str, str]:
        """The memories of files of these bytes, by path; those that are added go in here too."""
        if sha256_hex not in self._by_hash:
            self._by_hash[sha256_hex] = self._asked(sha256_hex)
        return self._by_hash[sha256_hex]

    def _asked(self, sha256_hex: str) -> dict[str, str]:
        wanted = MemoryFilter(sha256_hex=sha256_hex)
        # What has the hash may be a thumbnail.
        return {
            path: memory.memory_id
            for memory in self._host.memories(self._capsule_id, wanted)
            if (path := path_of(memory)) is not None and asset_of(memory).sha256_hex == sha256_hex
        }


def _add(
    host: CapsuleHost,
    capsule_id: str,
    file: FolderFile,
    details: Details,
    there: _FilesThere,
    progress: Progress,
) -> AddedFile:
    source = ByteSource.from_file(file.on_disk)
    told, sent = _told_path(file.path), 0
    with _telling_interruptions(file.path):
        same = there.with_hash(source.sha256.hex())
        was_there = told in same
        if was_there:
            progress.advance(source.size)
        else:
            memory, sent = _stored(
                host, capsule_id, source, file.path, file.modified_ns, details, progress
            )
            same[told] = memory.memory_id
    memory_id = same[told]
    return AddedFile(str(file.path), memory_id, source.size, source.sha256, sent, was_there)


def _stored(
    host: CapsuleHost,
    capsule_id: str,
    source: ByteSource,
    path: PurePosixPath,
    modified_ns: int | None,
    details: Details,
    progress: Progress,
) -> tuple[MemoryInfo, int]:
    """The memory that is made of bytes, and how many of them were sent."""
    head = source.chunk(0) if source.size else b""
    if source.size <= INLINE_SIZE:
        memory = _memory(path, modified_ns, head, AssetContentInline(head), details)
        made = host.add_memory(capsule_id, memory)
        progress.advance(source.size)
        return made, source.size
    uploaded = upload(host, source, progress=Part(progress))
    content = AssetContentBlob(sha256_hex=source.sha256.hex())
    made = host.add_memory(capsule_id, _memory(path, modified_ns, head, content, details))
    # The capsule holds the bytes now. An upload that stays all the same expires.
    with suppress(AgentError):
        host.delete_upload(uploaded.upload_id)
    return made, uploaded.bytes_sent


def _memory(
    path: PurePosixPath,
    modified_ns: int | None,
    head: bytes,
    content: AssetContent,
    details: Details,
) -> NewMemory:
    content_type = content_type_of(path.name, head)
    asset = NewAsset(
        variant=ORIGINAL,
        content_type=content_type,
        content=content,
        file_name=taken_name(path.name),
    )
    told = taken_path(path) if len(path.parts) > 1 else None
    return NewMemory(
        title=details.title or title_of(path.name),
        memory_type=details.memory_type or memory_type_of(content_type),
        assets=[asset],
        description=details.description,
        tags=list(details.tags) or None,
        metadata=None if told is None else [MetadataEntry(key=PATH_KEY, value=told)],
        date_ns=modified_ns,
        visibility=details.visibility,
    )


def _told_path(path: PurePosixPath) -> str:
    """The path that `path_of` finds again."""
    told = taken_path(path) if len(path.parts) > 1 else None
    return told or taken_name(path.name)


@contextmanager
def _telling_interruptions(path: PurePosixPath) -> Iterator[None]:
    """Tells of a network that failed in the middle that the next run goes on from there."""
    try:
        yield
    except CanisterReject:
        raise
    except AgentError as error:
        raise UploadInterrupted(
            f"{path}: adding it broke off: {error}. Add the same again: what is there is not sent"
            " again"
        ) from error
