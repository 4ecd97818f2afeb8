"""What is for clients on this machine alone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response

from ic_factory.protocol.loopback import is_loopback, is_this_machine
from ic_factory.replica.http.refusals import Refusal

Endpoint = Callable[[Request], Awaitable[Response]]

WHAT_FOR, PAGE_ITSELF = "sec-fetch-dest", "document"
"""How browsers say what a request is for, and how where somebody has asked for the page."""


def only_local(endpoint: Endpoint) -> Endpoint:
    """The endpoint for clients on the loopback interface that name the server as such.

    A page in a browser whose host name was pointed at this machine is none of them, and neither is
    what a canister's page loads: it may have this very origin.
    """

    async def guarded(request: Request) -> Response:
        client = request.client.host if request.client else ""
        if not is_loopback(client) or not is_this_machine(request.url.hostname or ""):
            raise Refusal(403, "this is for clients on the same machine, by a loopback address")
        if request.headers.get(WHAT_FOR, PAGE_ITSELF) != PAGE_ITSELF:
            raise Refusal(403, "this is for people and tools, not for the scripts of a page")
        return await endpoint(request)

    return guarded
