"""A proxy that does to each exchange what a test tells it to."""

from __future__ import annotations

import http.client
import socket
import socketserver
import threading
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self, TypeAlias
from urllib.parse import urlsplit

LOOPBACK = "127.0.0.1"
CBOR = "application/cbor"


@dataclass(frozen=True)
class Asked:
    """A request as it came."""

    method: str
    path: str
    body: bytes

    @property
    def kind(self) -> str:
        """`call`, `query`, `read_state` or `status`."""
        return self.path.rsplit("/", 1)[1]


@dataclass(frozen=True)
class Said:
    """A response to send; `length` is what its header says, where that is not the truth."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = (("content-type", CBOR),)
    length: int | None = None

    def encode(self) -> bytes:
        length = len(self.body) if self.length is None else self.length
        lines = [f"HTTP/1.1 {self.status} Said", f"content-length: {length}"]
        lines += [f"{name}: {value}" for name, value in self.headers]
        return "\r\n".join([*lines, "", ""]).encode() + self.body


@dataclass(frozen=True)
class Raw:
    """Bytes to send as they are, and then to hang up."""

    data: bytes


HANG_UP = Raw(b"")

Forward: TypeAlias = Callable[[Asked], Said]
Deed: TypeAlias = Callable[[Asked, Forward], Said | Raw]


def pass_on(asked: Asked, forward: Forward) -> Said:
    """What an honest proxy does."""
    return forward(asked)


@dataclass
class ManInTheMiddle:
    """Stands before a replica; its deeds are done one by one, then all is passed on.

    Attributes:
        upstream: The replica's address.
        deeds: What to do with the next exchanges.
        always: What to do with those after them.
        only: The kinds of requests that deeds are for; others are passed on.
        seen: The requests that came.
    """

    upstream: str
    deeds: deque[Deed] = field(default_factory=deque)
    always: Deed = pass_on
    only: frozenset[str] = frozenset({"call", "query", "read_state"})
    seen: list[Asked] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._server = _Server((LOOPBACK, 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self._server.server_address[1]}"

    def does(self, *deeds: Deed, only: Iterable[str] = ()) -> None:
        """Sets the deeds for the next exchanges."""
        self.seen.clear()
        self.deeds = deque(deeds)
        self.only = frozenset(only) or self.only

    def react(self, asked: Asked) -> Said | Raw:
        with self._lock:
            self.seen.append(asked)
            deed = self.always
            if asked.kind not in self.only:
                deed = pass_on
            elif self.deeds:
                deed = self.deeds.popleft()
        return deed(asked, self.forward)

    def forward(self, asked: Asked) -> Said:
        """Asks the replica."""
        connection = http.client.HTTPConnection(urlsplit(self.upstream).netloc, timeout=30)
        try:
            headers = {"content-type": CBOR}
            connection.request(asked.method, asked.path, asked.body, headers)
            response = connection.getresponse()
            kept = [(name, value) for name, value in response.getheaders() if "type" in name]
            return Said(response.status, response.read(), tuple(kept))
        finally:
            connection.close()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128


def _handler(man: ManInTheMiddle) -> type[socketserver.StreamRequestHandler]:
    class Handler(socketserver.StreamRequestHandler):
        disable_nagle_algorithm = True

        def handle(self) -> None:
            # The agent may hang up whenever it likes.
            with suppress(OSError, http.client.HTTPException):
                while (asked := _read_request(self.rfile)) is not None:
                    reaction = man.react(asked)
                    if isinstance(reaction, Raw):
                        self.connection.sendall(reaction.data)
                        self.connection.shutdown(socket.SHUT_RDWR)
                        return
                    self.connection.sendall(reaction.encode())
                    if reaction.length is not None:
                        self.connection.shutdown(socket.SHUT_RDWR)
                        return

    return Handler


def _read_request(stream: socketserver._BufferedIOBase) -> Asked | None:  # type: ignore[name-defined]
    line = stream.readline().decode()
    if not line:
        return None
    method, path, _ = line.split()
    length = 0
    while header := stream.readline().strip().decode().lower():
        name, _, value = header.partition(":")
        if name == "content-length":
            length = int(value)
    return Asked(method, path, stream.read(length))
