"""The transport over HTTP: one pool of kept-alive connections."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from ssl import SSLContext
from threading import Lock
from urllib.parse import urlsplit

import httpx

from ic_factory.agent.transport import Exchange, Outcome, Response, Unanswered
from ic_factory.protocol.loopback import is_this_machine

MAX_BODY = 16 * 1024 * 1024
"""Bytes; replies have 3 MiB at most, and certificates little more."""

CONNECT_SECONDS = 5.0
READ_SECONDS = 30.0
"""A replica answers a synchronous call after 10 seconds at most, with or without its result."""

BODY_SECONDS = 120.0
"""How long a whole body may take, however steadily it trickles."""

CONNECTIONS = 64

# What is packed could be small on the wire and huge here.
_HEADERS = {"accept-encoding": "identity"}
_CBOR = {"content-type": "application/cbor"}


class HttpTransport:
    """Speaks HTTP to one network.

    Certificates of `https` addresses are checked. Proxies are taken from the environment, but not
    for addresses of this machine.
    """

    def __init__(self, url: str) -> None:
        """Opens no connection yet.

        Args:
            url: The network's address, such as `https://icp-api.io`.
        """
        self._url = url.rstrip("/")
        self._pools = _Pools(url)

    @property
    def url(self) -> str:
        """The network's address, without a slash at the end."""
        return self._url

    def post(self, exchange: Exchange) -> Outcome:
        """Sends a request and waits for what comes back."""
        return self._send("POST", exchange.path, exchange.body, _CBOR)

    def get(self, path: str) -> Outcome:
        """Asks for a page."""
        return self._send("GET", path, None, {})

    def renew(self) -> None:
        """Uses no connection again that was opened before; requests under way end on theirs."""
        self._pools.renew()

    def close(self) -> None:
        """Sends nothing more; connections are closed when the requests under way have ended."""
        self._pools.close()

    def _send(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
    ) -> Outcome:
        client = self._pools.borrow()
        if client is None:
            return Unanswered("the agent's connections are closed", was_sent=False, is_final=True)
        try:
            request = client.build_request(method, self._url + path, content=body, headers=headers)
            response = client.send(request, stream=True)
            try:
                return _read(response)
            finally:
                response.close()
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            return Unanswered(f"not an address: {error}", was_sent=False, is_final=True)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            return Unanswered(_reason(error), was_sent=False)
        except httpx.RequestError as error:
            return Unanswered(_reason(error), was_sent=True)
        finally:
            self._pools.give_back(client)


class _Pools:
    """The pool of connections in use, and those given up that have requests under way.

    One that is closed while a thread waits on it would leave the thread waiting till its timeout.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._lock = Lock()
        self._current: httpx.Client | None = _client_for(url)
        self._borrowers: Counter[httpx.Client] = Counter()

    def borrow(self) -> httpx.Client | None:
        """The pool in use, to be given back; none after `close`."""
        with self._lock:
            if self._current is not None:
                self._borrowers[self._current] += 1
            return self._current

    def give_back(self, pool: httpx.Client) -> None:
        """Ends a use of a pool."""
        with self._lock:
            self._borrowers[pool] -= 1
            self._close_if_idle(pool)

    def renew(self) -> None:
        """Lends another pool from now on."""
        with self._lock:
            old = self._current
            if old is not None:
                self._current = _client_for(self._url)
                self._close_if_idle(old)

    def close(self) -> None:
        """Lends none from now on."""
        with self._lock:
            old, self._current = self._current, None
            if old is not None:
                self._close_if_idle(old)

    def _close_if_idle(self, pool: httpx.Client) -> None:
        if not self._borrowers[pool]:
            del self._borrowers[pool]
            if pool is not self._current:
                pool.close()


def is_loopback(url: str) -> bool:
    """Whether an address is one of this machine: 127.0.0.0/8, ::1, localhost and names below."""
    try:
        return is_this_machine(urlsplit(url).hostname or "")
    except ValueError:
        return False


def _client_for(url: str) -> httpx.Client:
    trusts_environment = not is_loopback(url)
    return httpx.Client(
        headers=_HEADERS,
        timeout=httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS),
        limits=httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS),
        trust_env=trusts_environment,
        verify=_tls(trusts_environment),
    )


@lru_cache(maxsize=2)
def _tls(trusts_environment: bool) -> SSLContext:
    # Reading the certificates of all authorities takes longer than a hundred calls.
    return httpx.create_ssl_context(trust_env=trusts_environment)


def _read(response: httpx.Response) -> Outcome:
    parts = []
    length = 0
    until = time.monotonic() + BODY_SECONDS
    for part in response.iter_raw():
        length += len(part)
        if length > MAX_BODY:
            return Unanswered(f"the answer has over {MAX_BODY} bytes", was_sent=True, is_final=True)
        if time.monotonic() > until:
            return Unanswered(f"the answer takes over {BODY_SECONDS:.0f} s", was_sent=True)
        parts.append(part)
    return Response(response.status_code, b"".join(parts), _retry_after(response))


def _retry_after(response: httpx.Response) -> float | None:
    try:
        return max(0.0, float(response.headers.get("retry-after", "")))
    except ValueError:
        return None


def _reason(error: httpx.RequestError) -> str:
    return str(error) or type(error).__name__
