"""The narrow seam between the agent and the network: a request's bytes in, a response's out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, TypeAlias


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request to send.

    Attributes:
        path: Where to, from the root of the network's address: `/api/v4/canister/…/call`.
        body: The envelope, in CBOR.
    """

    path: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Response:
    """What came back.

    Attributes:
        status: The HTTP status.
        body: The whole body.
        retry_after: Seconds that the other side wants us to wait, where it says so.
    """

    status: int
    body: bytes
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class Unanswered:
    """No response came back.

    Attributes:
        reason: Why, for people.
        was_sent: Whether the request may have reached the other side.
        is_final: Whether to send it again is of no use.
    """

    reason: str
    was_sent: bool
    is_final: bool = False


Outcome: TypeAlias = Response | Unanswered


class Transport(Protocol):
    """Sends requests to one network; safe to use by several threads."""

    @property
    def url(self) -> str:
        """The network's address, without a slash at the end."""
        ...

    def post(self, exchange: Exchange) -> Outcome:
        """Sends a request and waits for what comes back. It never raises for the network."""
        ...

    def get(self, path: str) -> Outcome:
        """Asks for a page, such as `/api/v2/status`."""
        ...

    def renew(self) -> None:
        """Sends over new connections from now on: on an old one, answers may be out of step."""
        ...

    def close(self) -> None:
        """Sends nothing more; what is asked of it afterwards is unanswered, finally."""
        ...
