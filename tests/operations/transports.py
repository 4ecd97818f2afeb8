"""Networks that fail: transports around the real one."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable

from ic_factory.agent.http import HttpTransport
from ic_factory.agent.transport import Exchange, Outcome, Unanswered

CALL = "/call"
QUERY = "/query"


class CutOff:
    """Lets so many update calls, or queries, through and then refuses them, as a cut cable does."""

    def __init__(self, url: str, calls: int, kind: str = CALL) -> None:
        self._inner = HttpTransport(url)
        self._left = calls
        self._kind = kind
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        return self._inner.url

    def post(self, exchange: Exchange) -> Outcome:
        if exchange.path.endswith(self._kind) and not self._take():
            return Unanswered("the cable is cut", was_sent=False)
        return self._inner.post(exchange)

    def get(self, path: str) -> Outcome:
        return self._inner.get(path)

    def renew(self) -> None:
        self._inner.renew()

    def close(self) -> None:
        self._inner.close()

    def _take(self) -> bool:
        with self._lock:
            self._left -= 1
            return self._left >= 0


class Watching:
    """Counts requests by kind and the bytes of update calls, and tells of each call before."""

    def __init__(self, url: str, before: Callable[[Exchange], None] = lambda _: None) -> None:
        self._inner = HttpTransport(url)
        self._before = before
        self.bytes_sent = 0
        self.requests: Counter[str] = Counter()

    @property
    def url(self) -> str:
        return self._inner.url

    def post(self, exchange: Exchange) -> Outcome:
        self.requests[exchange.path.rpartition("/")[2]] += 1
        if exchange.path.endswith(CALL):
            self._before(exchange)
            self.bytes_sent += len(exchange.body)
        return self._inner.post(exchange)

    def get(self, path: str) -> Outcome:
        return self._inner.get(path)

    def renew(self) -> None:
        self._inner.renew()

    def close(self) -> None:
        self._inner.close()
