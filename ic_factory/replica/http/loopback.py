"""Which addresses only this machine can reach, and what is for its own clients alone."""

from __future__ import annotations

import ipaddress
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response

from ic_factory.replica.http.refusals import Refusal

Endpoint = Callable[[Request], Awaitable[Response]]

WHAT_FOR, PAGE_ITSELF = "sec-fetch-dest", "document"
"""How browsers say what a request is for, and how where somebody has asked for the page."""

LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128"))


def is_loopback(address: str) -> bool:
    """Whether the text is a loopback address; a name is none."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in LOOPBACK)


def only_local(endpoint: Endpoint) -> Endpoint:
    """The endpoint for clients on the loopback interface that name the server as such.

    A page in a browser whose host name was pointed at this machine is none of them, and neither is
    what a canister's page loads: it may have this very origin.
    """

    async def guarded(request: Request) -> Response:
        client = request.client.host if request.client else ""
        if not is_loopback(client) or not _names_loopback(request.url.hostname or ""):
            raise Refusal(403, "this is for clients on the same machine, by a loopback address")
        if request.headers.get(WHAT_FOR, PAGE_ITSELF) != PAGE_ITSELF:
            raise Refusal(403, "this is for people and tools, not for the scripts of a page")
        return await endpoint(request)

    return guarded


def _names_loopback(host: str) -> bool:
    return host == "localhost" or host.endswith(".localhost") or is_loopback(host)
