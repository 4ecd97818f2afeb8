"""Leave for agents in browsers, of any origin, to use the IC's endpoints (Fetch standard, CORS)."""

from __future__ import annotations

from collections.abc import Iterable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

ADMIN_PREFIX = "/_/"

_ANY_ORIGIN = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"*"),
]
_PREFLIGHT = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-allow-methods", b"GET, HEAD, POST, OPTIONS"),
    (b"access-control-max-age", b"7200"),
    (b"content-length", b"0"),
    (b"vary", b"Access-Control-Request-Headers, Access-Control-Request-Private-Network"),
]


class AnyOrigin:
    """Lets pages of any origin call what it wraps, but for the admin endpoints."""

    def __init__(self, application: ASGIApp) -> None:
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request (ASGI)."""
        if scope["path"].startswith(ADMIN_PREFIX):
            await self._application(scope, receive, send)
            return
        if scope["method"] == "OPTIONS":
            headers = preflight_headers(scope["headers"])
            await send({"type": "http.response.start", "status": 204, "headers": headers})
            await send({"type": "http.response.body", "body": b""})
            return

        async def send_with_leave(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *_ANY_ORIGIN]
            await send(message)

        await self._application(scope, receive, send_with_leave)


def preflight_headers(asked: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """What a preflight is answered with: leave for the headers that it asks for."""
    request = dict(asked)
    granted = request.get(b"access-control-request-headers", b"*")
    headers = [*_PREFLIGHT, (b"access-control-allow-headers", granted)]
    if request.get(b"access-control-request-private-network") == b"true":
        headers.append((b"access-control-allow-private-network", b"true"))
    return headers
