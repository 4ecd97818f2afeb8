"""Bytes into a canister: in chunks, several at a time, verified, and at most once.

What has arrived stays there. A run that broke off is taken up by the next one, which sends only
what is missing; bytes that the canister has are not sent at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice

from ic_factory.agent.errors import AgentError, CanisterReject
from ic_factory.drivers.refusals import CanisterRefused
from ic_factory.operations.byte_source import CHUNK_SIZE, ByteSource
from ic_factory.operations.errors import UploadInterrupted, UploadMismatch
from ic_factory.operations.progress import SILENT, Progress
from ic_factory.operations.upload_target import UploadState, UploadTarget

PARALLEL = 4
"""Chunks that are on their way at the same time."""


NAME_BYTES = 200
"""The longest name that an upload may have."""

ALREADY_COMMITTED = "AlreadyCommitted"
HASH_MISMATCH = "HashMismatch"


@dataclass(frozen=True, slots=True)
class UploadResult:
    """Bytes that are committed in a canister.

    Attributes:
        upload_id: The upload.
        sha256: The hash of its bytes, 32 bytes; the canister's and the file's.
        size: Bytes in all.
        chunks: How many chunks they make.
        chunks_sent: How many of them this run has sent.
        bytes_sent: Their bytes.
        was_resumed: Whether an upload that had broken off was taken up.
    """

    upload_id: int
    sha256: bytes
    size: int
    chunks: int
    chunks_sent: int
    bytes_sent: int
    was_resumed: bool

    @property
    def was_there(self) -> bool:
        """Whether all bytes were in the canister already."""
        return self.chunks_sent == 0


def upload(
    target: UploadTarget,
    source: ByteSource,
    *,
    progress: Progress = SILENT,
    parallel: int = PARALLEL,
) -> UploadResult:
    """Uploads bytes and commits them.

    Args:
        target: Where to, and as whom.
        source: The bytes.
        progress: Is told of bytes.
        parallel: Chunks that are on their way at the same time.

    Raises:
        UploadInterrupted: The network failed; the next run goes on from there.
        UploadMismatch: The canister has other bytes than the source; nothing was deleted.
        SourceError: The source was changed, or can't be read any more.
        CanisterRefused: The canister does not take it.
        AgentError: The canister can't be reached.
    """
    progress.start(source.size)
    earlier = _earlier(target, source)
    info = _begin(target, source) if earlier is None else earlier
    upload_id = info.upload_id
    missing = _missing(source, info)
    progress.advance(source.size - _bytes_of(source, missing))
    if info.committed_hash is None:
        with _telling_interruptions(source, upload_id):
            _send(target, source, upload_id, missing, parallel, progress)
            info = _commit(target, source, upload_id)
    _check_hash(target, source, info)
    progress.done()
    return UploadResult(
        upload_id=upload_id,
        sha256=source.sha256,
        size=source.size,
        chunks=len(source.chunk_hashes),
        chunks_sent=len(missing),
        bytes_sent=_bytes_of(source, missing),
        was_resumed=bool(missing) and earlier is not None,
    )


def _earlier(target: UploadTarget, source: ByteSource) -> UploadState | None:
    """The caller's own upload of the same bytes: a committed one, or the fullest of open ones."""
    best = None
    for info in target.uploads():
        if info.committed_hash == source.sha256:
            return info
        if _can_be_taken_up(info, source) and (best is None or info.total_len > best.total_len):
            best = info
    return best


def _can_be_taken_up(info: UploadState, source: ByteSource) -> bool:
    return (
        info.committed_hash is None
        and info.expected_hash == source.sha256
        and info.expected_len == source.size
        and info.chunk_size == CHUNK_SIZE
    )


def _begin(target: UploadTarget, source: ByteSource) -> UploadState:
    upload_id = target.begin_upload(
        name=_label(source.name),
        expected_len=source.size,
        expected_sha256=source.sha256,
        chunk_size=CHUNK_SIZE,
    )
    return _info(target, source, upload_id)


def _label(name: str) -> str:
    """A name as canisters take it."""
    return name.encode(errors="replace")[:NAME_BYTES].decode(errors="ignore")


def _info(target: UploadTarget, source: ByteSource, upload_id: int) -> UploadState:
    info = target.upload_info(upload_id)
    if info is None:
        raise UploadInterrupted(
            f"{source.name}: upload {upload_id} is gone; it was deleted or has expired. Upload the"
            " file again"
        )
    return info


def _missing(source: ByteSource, info: UploadState) -> tuple[int, ...]:
    """The chunks that have not arrived, in order."""
    if info.committed_hash is not None:
        return ()
    arrived = {index for each in info.received_ranges for index in range(each.first, each.last + 1)}
    return tuple(index for index in range(len(source.chunk_hashes)) if index not in arrived)


def _bytes_of(source: ByteSource, chunks: tuple[int, ...]) -> int:
    return sum(min(CHUNK_SIZE, source.size - index * CHUNK_SIZE) for index in chunks)


def _send(
    target: UploadTarget,
    source: ByteSource,
    upload_id: int,
    chunks: tuple[int, ...],
    parallel: int,
    progress: Progress,
) -> None:
    """Sends chunks; where one fails, no more are begun and those on their way are waited for."""

    def send(index: int) -> int:
        chunk = source.chunk(index)
        target.put_chunk_at(upload_id, index, chunk)
        return len(chunk)

    waiting = iter(chunks)
    with ThreadPoolExecutor(parallel, thread_name_prefix="upload") as pool:
        # So few are begun at a time that an interruption has little to wait for.
        underway = {pool.submit(send, index) for index in islice(waiting, parallel)}
        while underway:
            done, underway = wait(underway, return_when=FIRST_COMPLETED)
            for each in done:
                progress.advance(each.result())
            underway |= {pool.submit(send, index) for index in islice(waiting, len(done))}


@contextmanager
def _telling_interruptions(source: ByteSource, upload_id: int) -> Iterator[None]:
    """Tells of a network that failed in the middle that the next run goes on from there."""
    try:
        yield
    except CanisterReject:
        raise
    except AgentError as error:
        raise UploadInterrupted(
            f"{source.name}: upload {upload_id} broke off: {error}. Upload the file again: only"
            " what is missing will be sent"
        ) from error


def _commit(target: UploadTarget, source: ByteSource, upload_id: int) -> UploadState:
    try:
        return target.commit_upload(upload_id, source.sha256)
    except CanisterRefused as refused:
        if refused.upload_case == ALREADY_COMMITTED:
            # Another run of the same upload was faster.
            return _info(target, source, upload_id)
        if refused.upload_case == HASH_MISMATCH:
            raise UploadMismatch(
                f"{source.name}: the file has SHA-256 {source.sha256.hex()}, but what has arrived"
                f" in upload {upload_id} has not: {refused.message}. Delete it with 'ic-factory"
                f" uploads delete {upload_id} --factory {target.canister_id}' and upload the file"
                " again"
            ) from refused
        raise


def _check_hash(target: UploadTarget, source: ByteSource, info: UploadState) -> None:
    if info.committed_hash != source.sha256:
        committed = "nothing" if info.committed_hash is None else info.committed_hash.hex()
        raise UploadMismatch(
            f"{source.name}: the file has SHA-256 {source.sha256.hex()}, but the {target.kind} has"
            f" committed {committed} as upload {info.upload_id}. The file was not changed; do not"
            " use that upload"
        )
