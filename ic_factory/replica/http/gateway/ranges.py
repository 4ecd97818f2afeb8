"""Bodies that a canister sends in ranges, since one message could not hold them.

A client that did not ask for a range gets the whole: the gateway asks for the ranges that follow
the first, and passes each on once it is verified (as `ic-http-gateway-protocol` does).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ic_factory.protocol.response_verification import Header, HttpRequest, values_of

PARTIAL = 206
MAX_RANGES = 1000

_RANGE = re.compile(r"bytes ([0-9]{1,15})-([0-9]{1,15})/([0-9]{1,15})")


@dataclass(frozen=True, slots=True)
class ContentRange:
    """Which bytes of a body a response holds: from `first` up to but not including `end`."""

    first: int
    end: int
    total: int


def asks_for_range(request: HttpRequest) -> bool:
    """Whether the client itself asked for a part."""
    return bool(values_of(request.headers, "range") or values_of(request.headers, "if-range"))


def request_from(request: HttpRequest, position: int) -> HttpRequest:
    """The request for the rest of a body from a position on."""
    headers = (*request.headers, ("range", f"bytes={position}-"))
    return HttpRequest(request.method, request.url, headers, request.body)


def content_range(headers: Iterable[Header], body: bytes) -> ContentRange:
    """Reads which bytes a response of status 206 holds.

    Raises:
        ValueError: It does not say so, or does not hold these.
    """
    values = values_of(headers, "content-range")
    match = _RANGE.fullmatch(values[0].strip()) if len(values) == 1 else None
    if match is None:
        raise ValueError(f"a response of status 206 has no readable Content-Range: {values}")
    first, last, total = (int(number) for number in match.groups())
    if not first <= last < total:
        raise ValueError(f"Content-Range {match.group()!r} makes no sense")
    if len(body) != last + 1 - first:
        raise ValueError(f"Content-Range {match.group()!r} comes with {len(body)} bytes")
    return ContentRange(first, last + 1, total)


def continuation(held: ContentRange, headers: Iterable[Header], body: bytes) -> ContentRange:
    """Reads which bytes a response holds that is to continue what has come so far.

    Args:
        held: The range that has come so far, or the last one of it.
        headers: The response's headers.
        body: The response's body.

    Raises:
        ValueError: It does not hold the next byte, or is of a body of another size.
    """
    found = content_range(headers, body)
    if found.total != held.total or not found.first <= held.end < found.end:
        raise ValueError(
            f"after byte {held.end - 1} of {held.total} the canister sent bytes {found.first} to "
            f"{found.end - 1} of {found.total}"
        )
    return found
