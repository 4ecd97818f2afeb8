"""Forks of a running replica: served by its process, each found as a replica on its own port."""

from __future__ import annotations

import logging
import os
import threading
from contextlib import ExitStack
from types import TracebackType
from typing import Self

from ic_factory import __version__
from ic_factory.networks.errors import NetworkError
from ic_factory.networks.instance_record import InstanceRecord
from ic_factory.networks.state_directory import default_state_directory
from ic_factory.replica.http.admin import Shutdown
from ic_factory.replica.http.errors import ServerError
from ic_factory.replica.http.refusals import Refusal
from ic_factory.replica.http.server import serve
from ic_factory.replica.replica import Replica

logger = logging.getLogger(__name__)


class Forks:
    """The forks of one replica, in memory alone. Leaving the context ends all of them."""

    def __init__(self, replica: Replica, token: str) -> None:
        """Forks of `replica`, which whoever knows the token may end."""
        self._replica = replica
        self._token = token
        self._lock = threading.Lock()
        self._running: dict[str, ExitStack] = {}

    def begin(self, port: int) -> dict[str, str]:
        """Serves a replica that goes on from here; its URL, and the directory that it is noted in.

        Args:
            port: the port to listen on; 0 for one that is free.

        Raises:
            Refusal: the port or its directory can't be had.
        """
        with ExitStack() as noted, ExitStack() as parts:
            fork = parts.enter_context(self._replica.fork())
            fork.start()
            ended = threading.Event()
            try:
                server = parts.enter_context(
                    serve(fork, port=port, shutdown=Shutdown(self._token, ended.set))
                )
                directory = default_state_directory(server.port)
                directory.prepare()
                noted.enter_context(directory.lock())
            except (ServerError, NetworkError) as error:
                raise Refusal(409, str(error)) from error
            directory.write_record(
                InstanceRecord(os.getpid(), server.url, self._token, __version__)
            )
            noted.callback(directory.remove_record)
            ending = ExitStack()
            # Whoever waits for the directory to be free may count on the server having gone.
            ending.push(noted.pop_all())
            ending.push(parts.pop_all())
            with self._lock:
                self._running[server.url] = ending
        threading.Thread(target=self._end_on, args=(ended, server.url), daemon=True).start()
        logger.info("a fork of this replica serves %s", server.url)
        return {"url": server.url, "state_directory": str(directory.path)}

    def _end_on(self, ended: threading.Event, url: str) -> None:
        ended.wait()
        self._end(url)

    def _end(self, url: str) -> None:
        with self._lock:
            parts = self._running.pop(url, None)
        if parts is not None:
            parts.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for url in tuple(self._running):
            self._end(url)
