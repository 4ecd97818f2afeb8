"""Which headers go on, to the canister and back, and in what form.

What concerns one connection alone stays behind (RFC 9110, "Connection"), and what could end a
header early is never sent (RFC 9110, "Field Values").
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from ic_factory.protocol.response_verification import Header, values_of
from ic_factory.replica.http.gateway.sending import RawHeader

CANISTER_ID = b"x-ic-canister-id"
"""Says which canister answered, as the mainnet's gateways do."""

_OF_ONE_CONNECTION = frozenset(
    {
        *("connection", "keep-alive", "proxy-authenticate", "proxy-authorization"),
        *("proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"),
    }
)
_SENT_BY_US = frozenset({"content-length", "date", CANISTER_ID.decode()})
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_FORBIDDEN_IN_VALUE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


def from_client(raw: Iterable[RawHeader]) -> tuple[Header, ...]:
    """The headers of a request as text, for a canister.

    Raises:
        UnicodeDecodeError: One is not UTF-8.
    """
    headers = [(name.decode(), value.decode()) for name, value in raw]
    return tuple(_passed_on(headers))


def for_canister(headers: Iterable[Header]) -> list[Header]:
    """The headers as the canister gets them: it may always answer with no content encoding."""
    return [
        (name, _with_identity(value) if name == "accept-encoding" else value)
        for name, value in headers
    ]


def for_client(headers: Iterable[Header]) -> list[RawHeader]:
    """The headers of a response as they are sent, but for its length.

    Raises:
        ValueError: A name or a value can't be part of an HTTP response; the text says which.
    """
    raw = []
    for name, value in _passed_on(headers):
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no name of a header")
        if _FORBIDDEN_IN_VALUE.search(value):
            raise ValueError(f"the value of header {name} has control characters: {value!r}")
        if name.lower() not in _SENT_BY_US:
            raw.append((name.lower().encode(), value.strip(" \t").encode()))
    return raw


def without(headers: Iterable[Header], *names: str) -> tuple[Header, ...]:
    """All headers but those of some names, which are given in lower case."""
    return tuple((name, value) for name, value in headers if name.lower() not in names)


def announced_length(headers: Iterable[Header]) -> int | None:
    """What a response says of its length, if that is one number."""
    values = values_of(headers, "content-length")
    if len(values) == 1 and re.fullmatch(r"[0-9]{1,15}", values[0].strip()):
        return int(values[0])
    return None


def _passed_on(headers: Iterable[Header]) -> list[Header]:
    listed = list(headers)
    named = ",".join(values_of(listed, "connection")).lower().split(",")
    dropped = _OF_ONE_CONNECTION | {name.strip() for name in named} - {""}
    return [(name, value) for name, value in listed if name.lower() not in dropped]


def _with_identity(encodings: str) -> str:
    listed = [each.strip() for each in encodings.split(",")]
    if not any(each.partition(";")[0].strip().lower() == "identity" for each in listed):
        listed.append("identity")
    return ", ".join(listed)
