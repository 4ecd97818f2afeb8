"""What a client sends, within the bounds of a message to a canister."""

from __future__ import annotations

from starlette.requests import ClientDisconnect, Request

from ic_factory.protocol.response_verification import HttpRequest
from ic_factory.replica.http.gateway.addressing import RequestLine
from ic_factory.replica.http.gateway.headers import from_client
from ic_factory.replica.http.gateway.pages import wants_html
from ic_factory.replica.http.gateway.problems import CannotServe, malformed_request

MAX_BODY_BYTES = 2_000_000
"""An ingress message holds 2 MiB at most, of which the headers need some."""

MAX_HEADER_BYTES = 48 * 1024
MAX_URL_BYTES = 16 * 1024


def request_line(request: Request) -> RequestLine:
    """What of a request says where it goes.

    Raises:
        CannotServe: It can't be told by which host name it was sent, for it names two.
    """
    hosts = request.headers.getlist("host")
    if len(hosts) > 1:
        raise CannotServe(malformed_request(f"the request has {len(hosts)} headers Host, not one"))
    scope = request.scope
    raw_path: bytes = scope.get("raw_path") or scope["path"].encode()
    return RequestLine(
        authority=hosts[0] if hosts else "",
        path=raw_path.decode("latin-1"),
        query=scope["query_string"].decode("latin-1"),
        referer=request.headers.get("referer", ""),
        shows_pages=request.method in ("GET", "HEAD")
        and wants_html(request.headers.get("accept", "")),
    )


async def request_for_canister(request: Request, url: str) -> HttpRequest:
    """The request as the canister gets it.

    Raises:
        CannotServe: It is too large, not text where it has to be, or breaks off.
    """
    raw = request.headers.raw
    if len(url) > MAX_URL_BYTES:
        raise CannotServe(
            malformed_request(f"the URL is longer than {MAX_URL_BYTES} bytes", status=414)
        )
    if sum(len(name) + len(value) for name, value in raw) > MAX_HEADER_BYTES:
        raise CannotServe(
            malformed_request(f"the headers are larger than {MAX_HEADER_BYTES} bytes", status=431)
        )
    try:
        headers = from_client(raw)
        url.encode("ascii")
    except UnicodeError as error:
        raise CannotServe(malformed_request(f"a header or the URL is no text: {error}")) from error
    return HttpRequest(request.method, url, headers, await _body(request))


async def _body(request: Request) -> bytes:
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced[:20]) > MAX_BODY_BYTES:
        raise _too_large()
    body = bytearray()
    try:
        async for part in request.stream():
            body += part
            if len(body) > MAX_BODY_BYTES:
                raise _too_large()
    except ClientDisconnect as error:
        raise CannotServe(malformed_request("the request broke off before its end")) from error
    return bytes(body)


def _too_large() -> CannotServe:
    return CannotServe(
        malformed_request(
            f"the body is larger than {MAX_BODY_BYTES} bytes, the most that a canister is sent "
            "in one message",
            status=413,
        )
    )
