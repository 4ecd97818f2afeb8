"""A request and its response, as far as they are certified."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from ic_factory.protocol.response_verification.errors import MalformedProof

Header = tuple[str, str]


@dataclass(frozen=True)
class HttpRequest:
    """What the canister was asked.

    Attributes:
        method: In capitals, such as `GET`.
        url: Path and query, as in the request line.
        headers: Names in any case; those that are repeated stand several times.
        body: The body, still in its content encoding.
    """

    method: str
    url: str
    headers: tuple[Header, ...] = ()
    body: bytes = b""

    @cached_property
    def path(self) -> str:
        """The path, percent-decoded.

        Raises:
            MalformedProof: It is no UTF-8 when decoded.
        """
        try:
            return percent_decoded(self.url.partition("?")[0])
        except UnicodeDecodeError as error:
            raise MalformedProof(f"the path of {self.url!r} is not UTF-8: {error}") from error

    @property
    def query(self) -> str | None:
        """The query as it is in the URL; None where there is no `?`."""
        _, mark, query = self.url.partition("?")
        return query if mark else None


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """What the canister answered, with its body complete."""

    status: int
    headers: tuple[Header, ...] = ()
    body: bytes = b""


def values_of(headers: Iterable[Header], name: str) -> list[str]:
    """The values of all headers of a name, which is given in lower case."""
    return [value for each, value in headers if each.lower() == name]


def percent_decoded(text: str) -> str:
    """The text with `%xx` replaced; a `%` with no two hexadecimal digits behind it stays.

    Raises:
        UnicodeDecodeError: What comes out is not UTF-8.
    """
    if "%" not in text:
        return text
    first, *rest = text.encode().split(b"%")
    decoded = bytearray(first)
    for part in rest:
        digits = part[:2]
        if len(digits) == 2 and all(digit in b"0123456789abcdefABCDEF" for digit in digits):
            decoded += bytes([int(digits, 16)]) + part[2:]
        else:
            decoded += b"%" + part
    return decoded.decode()
