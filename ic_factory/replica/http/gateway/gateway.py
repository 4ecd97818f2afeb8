"""The gateway as an ASGI application in front of the replica's own endpoints."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from concurrent.futures import Executor

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from ic_factory.protocol.response_verification import HttpRequest, HttpResponse
from ic_factory.replica.http.gateway import ranges
from ic_factory.replica.http.gateway.addressing import (
    Address,
    ResolveName,
    address_of,
    raw_url_of,
)
from ic_factory.replica.http.gateway.exchange import Exchange
from ic_factory.replica.http.gateway.headers import (
    CANISTER_ID,
    announced_length,
    for_client,
    without,
)
from ic_factory.replica.http.gateway.pages import problem_page
from ic_factory.replica.http.gateway.problems import CannotServe, bad_answer, no_answer
from ic_factory.replica.http.gateway.ranges import ContentRange
from ic_factory.replica.http.gateway.requests import request_for_canister, request_line
from ic_factory.replica.http.gateway.sending import Answer, RawHeader
from ic_factory.replica.http.waiting import WaitingCalls
from ic_factory.replica.http.work import run_in_worker
from ic_factory.replica.replica import Replica

logger = logging.getLogger(__name__)

UPDATE_SECONDS = 60.0
"""How long a client waits for an update call."""


class Gateway:
    """Serves canisters to browsers, and leaves other requests to the replica's endpoints.

    HTTP Gateway Protocol. CORS is the canisters' own affair here.
    """

    def __init__(
        self,
        replica: Replica,
        workers: Executor,
        updates: WaitingCalls,
        resolve_name: ResolveName,
        endpoints: ASGIApp,
    ) -> None:
        self._replica = replica
        self._workers = workers
        self._updates = updates
        self._resolve_name = resolve_name
        self._endpoints = endpoints

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request (ASGI)."""
        request = Request(scope, receive)
        try:
            line = request_line(request)
            address = address_of(line, self._resolve_name)
            if address is None:
                await self._endpoints(scope, receive, send)
                return
            exchange = Exchange(self._replica, address, raw_url_of(address, line.authority))
            answer = await self._answer(exchange, await request_for_canister(request, address.url))
        except CannotServe as stop:
            logger.info("%s %r: %s", scope["method"], scope["path"], stop)
            answer = problem_page(stop.problem, request.headers.get("accept", ""))
        try:
            await answer(scope, receive, send)
        except CannotServe as stop:
            # The answer has begun, so the server can only close the connection.
            details = stop.problem.details or stop.problem.reason
            logger.warning("%s %r broke off: %r", scope["method"], scope["path"], details)

    async def _answer(self, exchange: Exchange, request: HttpRequest) -> Answer:
        response = await run_in_worker(self._workers, exchange.query, request)
        if response is None:
            return _sendable(exchange.address, await self._update(exchange, request))
        if response.status == ranges.PARTIAL and not ranges.asks_for_range(request):
            return self._whole(exchange, request, response)
        return _sendable(exchange.address, response)

    async def _update(self, exchange: Exchange, request: HttpRequest) -> HttpResponse:
        call = self._updates.open()

        def submit_and_watch() -> bytes:
            request_id = exchange.submit_update(request)
            self._replica.when_answered(request_id, call.answered)
            return request_id

        try:
            request_id = await run_in_worker(self._workers, submit_and_watch)
            answered = await self._updates.is_answered(call)
        finally:
            self._updates.discard(call)
        payload = self._replica.answer_of(request_id) if answered else None
        if payload is None:
            raise CannotServe(no_answer(exchange.address.canister_id, UPDATE_SECONDS))
        return await run_in_worker(self._workers, exchange.updated, payload)

    def _whole(self, exchange: Exchange, request: HttpRequest, first: HttpResponse) -> Answer:
        """The whole body as one answer, of which the canister sent the first range."""
        try:
            held = ranges.content_range(first.headers, first.body)
            if held.first != 0:
                raise ValueError(f"the first range begins at byte {held.first}")
        except ValueError as error:
            raise _bad_answer(exchange.address, error) from error
        headers = without(first.headers, "content-range", "content-length")
        return Answer(
            200,
            _headers(exchange.address, headers),
            first.body,
            more=self._later_ranges(exchange, request, held),
            length=held.total,
        )

    async def _later_ranges(
        self, exchange: Exchange, request: HttpRequest, held: ContentRange
    ) -> AsyncIterator[bytes]:
        """What follows the first range, each part once it is verified.

        The answer has begun, so all that a failure can do is to end it early, which clients
        notice by its length.
        """
        for _ in range(ranges.MAX_RANGES):
            if held.end == held.total:
                return
            later = ranges.request_from(request, held.end)
            response = await run_in_worker(self._workers, exchange.query, later)
            if response is None or response.status != ranges.PARTIAL:
                raise _bad_answer(exchange.address, ValueError("a later range is none"))
            try:
                found = ranges.continuation(held, response.headers, response.body)
            except ValueError as error:
                raise _bad_answer(exchange.address, error) from error
            yield response.body[held.end - found.first :]
            held = found


def _sendable(address: Address, response: HttpResponse) -> Answer:
    if not 200 <= response.status <= 599:
        raise _bad_answer(address, ValueError(f"{response.status} is no status of a response"))
    # A canister may leave the body of an answer to HEAD out, and tell its length.
    length = announced_length(response.headers) if not response.body else None
    return Answer(response.status, _headers(address, response.headers), response.body, None, length)


def _headers(address: Address, headers: tuple[tuple[str, str], ...]) -> list[RawHeader]:
    try:
        raw = for_client(headers)
    except ValueError as error:
        raise _bad_answer(address, error) from error
    return [*raw, (CANISTER_ID, str(address.canister_id).encode())]


def _bad_answer(address: Address, error: ValueError) -> CannotServe:
    return CannotServe(bad_answer(address.canister_id, str(error)))
