"""ic-py's client over a pool of kept-alive connections."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Any, Self

import ic.client

from ic_factory.agent.errors import Attempt, RequestRefused, TransportError
from ic_factory.agent.flow import text_of
from ic_factory.agent.http import HttpTransport
from ic_factory.agent.transport import Exchange, Outcome, Transport, Unanswered
from ic_factory.protocol.principal import Principal

MAINNET_URL = "https://icp-api.io"

_ACCEPTED = (200, 202)


class Client(ic.client.Client):  # type: ignore[misc] # ic-py has no types
    """Sends requests to one network; thread-safe.

    Its own methods are ic-py's: one request, one answer, with the HTTP status checked. `Agent`
    adds retries and what else the specification asks of a client.
    """

    def __init__(self, url: str = MAINNET_URL, transport: Transport | None = None) -> None:
        """Opens no connection yet.

        Args:
            url: The network's address.
            transport: What sends the requests; HTTP to the address where it is left out.
        """
        super().__init__(url.rstrip("/"))
        self.transport: Transport = HttpTransport(url) if transport is None else transport

    @staticmethod
    def of(client: Any) -> Client:
        """Takes a client of ours or of ic-py."""
        return client if isinstance(client, Client) else Client(client.url)

    def query(self, canister_id: Any, data: bytes) -> bytes:
        """Sends a query's envelope and returns the answer's body.

        Raises:
            AgentError: There is none, or its HTTP status tells of a refusal.
        """
        return self._post(canister_id, "query", data)

    def call(self, canister_id: Any, req_id: bytes, data: bytes) -> bytes:
        """Sends an update call's envelope and returns the request id that was given.

        Raises:
            AgentError: There is no answer, or its HTTP status tells of a refusal.
        """
        self._post(canister_id, "call", data)
        return req_id

    def read_state(self, canister_id: Any, data: bytes) -> bytes:
        """Sends a read's envelope and returns the answer's body.

        Raises:
            AgentError: There is none, or its HTTP status tells of a refusal.
        """
        return self._post(canister_id, "read_state", data)

    def status(self) -> bytes:
        """The network's status, in CBOR (specification, "Status endpoint").

        Raises:
            AgentError: There is no answer, or its HTTP status tells of a refusal.
        """
        attempt = Attempt("status", Principal.management_canister(), self.url, b"")
        return _body_of(self.transport.get("/api/v2/status"), attempt)

    async def query_async(self, canister_id: Any, data: bytes) -> bytes:
        """The same as `query`, in a thread."""
        return await asyncio.to_thread(self.query, canister_id, data)

    async def call_async(self, canister_id: Any, req_id: bytes, data: bytes) -> bytes:
        """The same as `call`, in a thread."""
        return await asyncio.to_thread(self.call, canister_id, req_id, data)

    async def read_state_async(self, canister_id: Any, data: bytes) -> bytes:
        """The same as `read_state`, in a thread."""
        return await asyncio.to_thread(self.read_state, canister_id, data)

    async def status_async(self) -> bytes:
        """The same as `status`, in a thread."""
        return await asyncio.to_thread(self.status)

    def close(self) -> None:
        """Sends nothing more; connections are closed when the requests under way have ended."""
        self.transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _post(self, canister_id: Any, request: str, data: bytes) -> bytes:
        principal = Principal.of(canister_id)
        exchange = Exchange(f"/api/v2/canister/{principal}/{request}", data)
        return _body_of(self.transport.post(exchange), Attempt(request, principal, self.url, b""))


def _body_of(outcome: Outcome, attempt: Attempt) -> bytes:
    if isinstance(outcome, Unanswered):
        raise TransportError(attempt, outcome.reason, may_have_arrived=outcome.was_sent)
    if outcome.status not in _ACCEPTED:
        raise RequestRefused(
            attempt, outcome.status, text_of(outcome), may_have_arrived=outcome.status >= 500
        )
    return outcome.body
