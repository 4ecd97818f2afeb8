"""Counts what the server is asked, by route and status, and how long the answers take."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ic_factory.replica.activity import Histogram

UNMATCHED = "none"
"""The route of requests that belong to none."""

PAGES = "pages"
"""The route of what was served before routes were asked: canisters' pages, and preflights."""

KNOWN_METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS"})
OTHER_METHOD = "other"
"""Clients may send any word as a method; these count as one."""


@dataclass(slots=True)
class HttpMeasures:
    """Requests so far; written and read in the event loop alone."""

    requests: Counter[tuple[str, str, int]] = field(default_factory=Counter)
    """By route, method and status; the status is 0 where there was no answer."""
    seconds: defaultdict[str, Histogram] = field(default_factory=lambda: defaultdict(Histogram))
    """From a request's head to the end of its answer, by route."""


class Measuring:
    """Notes each request that goes through it."""

    def __init__(
        self, application: ASGIApp, measures: HttpMeasures, routes: Iterable[BaseRoute]
    ) -> None:
        """Measures `application`; `routes` are those whose paths are to be told apart."""
        self._application = application
        self._measures = measures
        self._paths = {id(each.endpoint): each.path for each in routes if isinstance(each, Route)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request (ASGI)."""
        clock = asyncio.get_running_loop().time
        began, status = clock(), 0

        async def send_noting_status(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._application(scope, receive, send_noting_status)
        finally:
            route = self._route(scope)
            method = scope["method"] if scope["method"] in KNOWN_METHODS else OTHER_METHOD
            self._measures.requests[route, method, status] += 1
            self._measures.seconds[route].observe(clock() - began)

    def _route(self, scope: Scope) -> str:
        # The router leaves itself in the scope of each request that it sees.
        if "router" not in scope:
            return PAGES
        return self._paths.get(id(scope.get("endpoint")), UNMATCHED)
