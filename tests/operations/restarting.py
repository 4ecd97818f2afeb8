"""A replica whose server goes away and comes back at the same address."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Self

from ic_factory.replica import Replica
from ic_factory.replica.http.server import serve

AWAY_SECONDS = 0.5


class Restarting:
    """Serves a replica; `restart` closes the port at once and opens it again a moment later."""

    def __init__(self, replica: Replica) -> None:
        self._replica = replica
        self._server = serve(replica, port=0)
        self.url = self._server.url
        self._timer: threading.Timer | None = None

    def restart(self) -> None:
        self._server.close()
        self._timer = threading.Timer(AWAY_SECONDS, self._come_back)
        self._timer.start()

    def _come_back(self) -> None:
        self._server = serve(self._replica, port=int(self.url.rpartition(":")[2]))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._timer is not None:
            self._timer.join()
        self._server.close()
