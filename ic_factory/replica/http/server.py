"""Serves a replica on a port, from a thread of this process."""

from __future__ import annotations

import errno
import socket
import sys
import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Self

import uvicorn

from ic_factory.protocol.loopback import is_loopback
from ic_factory.protocol.principal import Principal
from ic_factory.replica.http.admin import Shutdown
from ic_factory.replica.http.application import Pages, application
from ic_factory.replica.http.errors import CannotListen, NotLoopback, PortInUse
from ic_factory.replica.http.gateway import UPDATE_SECONDS, ResolveName
from ic_factory.replica.http.waiting import WaitingCalls
from ic_factory.replica.replica import Replica

MAX_PORT = 65_535
WORKERS = 32
KEEP_ALIVE_SECONDS = 75
"""How long an idle connection stays open; longer than clients' pools keep theirs."""
GRACE_SECONDS = 2
"""How long requests under way may take when the server closes."""


def no_names(_: str) -> Principal | None:
    """Knows no canister by name."""
    return None


def serve(
    replica: Replica,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    shutdown: Shutdown | None = None,
    resolve_name: ResolveName = no_names,
) -> Server:
    """Serves a replica over HTTP until the server is closed; it answers when this returns.

    Rounds are run by `replica.start()` or by hand; the server runs none. Closing the server
    leaves the replica open.

    Args:
        replica: what is served.
        host: the loopback address to listen on.
        port: the port to listen on; 0 for one that is free.
        shutdown: what `POST /_/shutdown` does; without it there is no such endpoint.
        resolve_name: gives the canister that `http://<name>.localhost` leads to, by its name in
            lower case; called in the event loop, so it must not take long.

    Raises:
        NotLoopback: other machines could reach the address.
        PortInUse: another process listens on the port.
        CannotListen: the address can't be listened on.
    """
    listener = _listen(host, port)
    try:
        return Server(replica, host, listener, shutdown, resolve_name)
    except BaseException:
        listener.close()
        raise


class Server:
    """A replica's HTTP server; a context manager that closes it."""

    def __init__(
        self,
        replica: Replica,
        host: str,
        listener: socket.socket,
        shutdown: Shutdown | None,
        resolve_name: ResolveName,
    ) -> None:
        """Begins to serve on a socket that is bound; `serve` is the way to make one."""
        self.host = host
        self.port: int = listener.getsockname()[1]
        self._workers = ThreadPoolExecutor(WORKERS, thread_name_prefix="replica http")
        waiting, updates = WaitingCalls(), WaitingCalls(UPDATE_SECONDS)
        pages = Pages(updates, resolve_name)
        config = uvicorn.Config(
            application(replica, self._workers, waiting, shutdown, pages),
            access_log=False,
            proxy_headers=False,
            lifespan="off",
            log_config=None,
            log_level="warning",
            loop="asyncio",
            server_header=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            ws="none",
        )
        self._server = _Uvicorn(config, (waiting, updates))
        self._thread = threading.Thread(
            target=self._server.serve_until_closed,
            args=(listener,),
            name="replica http",
            daemon=True,
        )
        self._thread.start()
        self._server.is_settled.wait()
        if not self._server.started:
            self._workers.shutdown(wait=False)
            raise CannotListen(host, self.port, "the server did not start")

    @property
    def url(self) -> str:
        """Where clients find the replica, with no path."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    def close(self) -> None:
        """Takes no more requests, lets those under way end, and frees the port."""
        self._server.should_exit = True
        self._thread.join()
        self._workers.shutdown(wait=False, cancel_futures=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class _Uvicorn(uvicorn.Server):
    """A uvicorn that says when it listens, and lets waiting calls go before it stops."""

    def __init__(self, config: uvicorn.Config, waiting: Iterable[WaitingCalls]) -> None:
        super().__init__(config)
        self.is_settled = threading.Event()
        self._waiting = tuple(waiting)

    def serve_until_closed(self, listener: socket.socket) -> None:
        try:
            self.run(sockets=[listener])
        finally:
            self.is_settled.set()
            listener.close()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        self.is_settled.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for calls in self._waiting:
            calls.give_up_all()
        await super().shutdown(sockets=sockets)


def _listen(host: str, port: int) -> socket.socket:
    if not 0 <= port <= MAX_PORT:
        raise CannotListen(host, port, f"a port is a number from 0 to {MAX_PORT}")
    if host != "localhost" and not is_loopback(host):
        raise NotLoopback(host)
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except OSError as error:
        raise CannotListen(host, port, str(error)) from error
    # A machine may give the name localhost to any address.
    if not is_loopback(str(address[0])):
        raise NotLoopback(f"{host} ({address[0]})")
    listener = socket.socket(family, kind, protocol)
    try:
        if sys.platform == "win32":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(128)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise PortInUse(host, port) from error
        raise CannotListen(host, port, str(error)) from error
    return listener
