"""Upload sessions: the methods by which every canister of ours takes bytes in chunks."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from ic_factory.drivers.pages import items_until_none
from ic_factory.protocol.principal import Principal

UPLOADS_A_PAGE = 50


class SessionInfo(Protocol):
    """What a canister tells of an upload, at the least."""

    @property
    def upload_id(self) -> int: ...


class UploadRequestType(Protocol):
    """The generated record that an upload is begun by."""

    def __call__(
        self,
        *,
        name: str | None,
        expected_len: int | None,
        expected_sha256_hex: str | None,
        chunk_size: int | None,
    ) -> Any: ...


class UploadCommitType(Protocol):
    """The generated record that an upload is committed by."""

    def __call__(self, *, expected_sha256_hex: str) -> Any: ...


class SessionsClient(Protocol):
    """The generated client of a canister that takes uploads.

    Each interface has its own classes of the same records, so these are left open.
    """

    def create_upload_with(self, arg: Any, /) -> Any: ...
    def put_chunk_at(self, upload_id: int, index: int, chunk: bytes, /) -> Any: ...
    def commit_upload_with(self, upload_id: int, commit: Any, /) -> Any: ...
    def get_upload_info(self, upload_id: int, /) -> Any: ...
    def list_uploads(
        self, after: int | None, limit: int, owner: Principal | None, /
    ) -> Sequence[Any]: ...
    def delete_upload(self, upload_id: int, /) -> bool: ...
    def cleanup_expired_uploads_manual(self) -> Any: ...


Info = TypeVar("Info", bound=SessionInfo)


class UploadSessions(ABC, Generic[Info]):
    """A canister that takes uploads, as one caller sees it; the base of its driver.

    Attributes:
        client: The generated client.
    """

    client: SessionsClient
    _upload_request: ClassVar[UploadRequestType]
    _upload_commit: ClassVar[UploadCommitType]

    def begin_upload(
        self,
        *,
        name: str | None = None,
        expected_len: int | None = None,
        expected_sha256: bytes | None = None,
        chunk_size: int | None = None,
    ) -> int:
        """Begins an upload and returns its id.

        Where the canister has bytes of the expected hash there already, it is committed at once;
        one that keeps what its users have apart looks among the caller's alone.

        Args:
            name: What people know it by, at most 200 bytes.
            expected_len: Bytes that will arrive in all.
            expected_sha256: Their hash, 32 bytes.
            chunk_size: Bytes of each chunk but the last one, at most 1 MiB.
        """
        request = self._upload_request(
            name=name,
            expected_len=expected_len,
            expected_sha256_hex=None if expected_sha256 is None else expected_sha256.hex(),
            chunk_size=chunk_size,
        )
        begun: int = self._accepted(self.client.create_upload_with(request)).value.upload_id
        return begun

    def put_chunk_at(self, upload_id: int, index: int, chunk: bytes) -> None:
        """Stores a chunk; chunks may come in any order and several at a time."""
        self._accepted(self.client.put_chunk_at(upload_id, index, chunk))

    def commit_upload(self, upload_id: int, sha256: bytes) -> Info:
        """Commits an upload by the hash of all its bytes."""
        commit = self._upload_commit(expected_sha256_hex=sha256.hex())
        committed: Info = self._accepted(self.client.commit_upload_with(upload_id, commit)).value
        return committed

    def upload_info(self, upload_id: int) -> Info | None:
        """What is known of an upload; None where that is nothing."""
        found: Info | None = self.client.get_upload_info(upload_id)
        return found

    def uploads(self, owner: Principal | None = None) -> Iterator[Info]:
        """The caller's uploads, oldest first; an admin sees those of an owner, or all."""

        def ask(after: int | None) -> Sequence[Info]:
            return self.client.list_uploads(after, UPLOADS_A_PAGE, owner)

        return items_until_none(ask, lambda each: each.upload_id)

    def delete_upload(self, upload_id: int) -> bool:
        """Deletes an upload; false where there was none. Its bytes stay while others use them."""
        return self.client.delete_upload(upload_id)

    def clean_up_uploads(self) -> int:
        """Deletes uploads that have expired and returns how many; for admins."""
        deleted: int = self._accepted(self.client.cleanup_expired_uploads_manual()).value
        return deleted

    @abstractmethod
    def _accepted(self, result: Any) -> Any:
        """The result, where it is no refusal; raises what the canister refuses by otherwise."""
