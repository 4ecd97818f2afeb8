"""An HTTP answer with repeated headers and a body that may come piece by piece (ASGI)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

from starlette.types import Receive, Scope, Send

RawHeader = tuple[bytes, bytes]

NO_BODY = frozenset({204, 304})
"""Statuses whose answers have no body and no length of one."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent.

    Attributes:
        status: The HTTP status.
        headers: All headers but the length.
        body: The body, or its beginning.
        more: What comes after the beginning, as it becomes known.
        length: Bytes of the whole body, where that is not `body` alone.
    """

    status: int
    headers: list[RawHeader]
    body: bytes = b""
    more: AsyncIterator[bytes] | None = None
    length: int | None = None

    async def __call__(self, scope: Scope, _: Receive, send: Send) -> None:
        """Sends the answer; to `HEAD` and with a status that has none, without its body."""
        headers = self.headers
        if self.status not in NO_BODY:
            length = len(self.body) if self.length is None else self.length
            headers = [*headers, (b"content-length", str(length).encode())]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        if scope["method"] == "HEAD" or self.status in NO_BODY:
            await send({"type": "http.response.body", "body": b""})
            return
        if self.more is not None:
            await send({"type": "http.response.body", "body": self.body, "more_body": True})
            async for part in self.more:
                await send({"type": "http.response.body", "body": part, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
            return
        await send({"type": "http.response.body", "body": self.body})
