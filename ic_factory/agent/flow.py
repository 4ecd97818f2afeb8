"""The course of a call, a query and a read, as generators without I/O.

A flow yields what is to be done next (send this, wait so long) and is sent what came of it; it
returns the answer or raises an AgentError. So the rules stand here alone, and who drives a flow
knows nothing but sockets and clocks.

Specification, "HTTPS Interface", "Request: Call", "Request: Query call", "Request: Read state".
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from ic_factory.agent.errors import (
    Attempt,
    RequestRefused,
    TransportError,
)
from ic_factory.agent.transport import Exchange, Outcome, Response, Unanswered

NANOSECONDS = 10**9

RETRIED_STATUSES = frozenset({429, 502, 503, 504})
FIRST_PAUSE = 0.05
LONGEST_PAUSE = 5.0
"""Seconds between two attempts; doubled each time, within half of it by chance."""

UNREACHABLE_SECONDS = 10.0
"""How long an address that refuses connections is tried: a replica may be starting again."""

_MAX_REASON = 300


@dataclass(frozen=True, slots=True)
class Pause:
    """Wait before the next step.

    Attributes:
        seconds: How long.
    """

    seconds: float


T = TypeVar("T")
Step: TypeAlias = Exchange | Pause
Flow: TypeAlias = Generator[Step, Outcome | None, T]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a flow may know of the world.

    Attributes:
        clock: The time, in nanoseconds since 1970.
        chance: A random number from 0 to 1, for the pauses between attempts.
    """

    clock: Callable[[], int]
    chance: Callable[[], float]


@dataclass(frozen=True, slots=True)
class Answered:
    """What came back at last.

    Attributes:
        response: A response other than "later".
        path: The endpoint that it came from.
        arrived_before: Whether an attempt before this one may have arrived, and its answer got
            lost.
    """

    response: Response
    path: str
    arrived_before: bool


def respond(
    attempt: Attempt, exchange: Exchange, until: int, surroundings: Surroundings
) -> Flow[Answered]:
    """Sends one request until it is answered; the same bytes each time, so that it counts once.

    Args:
        attempt: What is tried, for errors.
        exchange: The request.
        until: When to give up, at the latest when the request expires, in nanoseconds since 1970.
        surroundings: Clock and chance.

    Returns:
        A response other than "later"; its status may be any.

    Raises:
        TransportError: Nothing but "later" came back until then.
    """
    unreachable_since: int | None = None
    pause = FIRST_PAUSE
    attempts = 0
    arrived = False
    while True:
        outcome = yield exchange
        assert outcome is not None, "an exchange is answered by an outcome"
        if isinstance(outcome, Response) and outcome.status not in RETRIED_STATUSES:
            return Answered(outcome, exchange.path, arrived)
        attempts += 1
        arrived = arrived or _may_have_arrived(outcome)
        now = surroundings.clock()
        end = until
        if not _is_unreachable(outcome):
            unreachable_since = None
        elif unreachable_since is None:
            unreachable_since, pause = now, FIRST_PAUSE
        if unreachable_since is not None:
            end = min(until, unreachable_since + int(UNREACHABLE_SECONDS * NANOSECONDS))
        seconds = _pause_after(outcome, pause * (0.5 + surroundings.chance()))
        if _is_final(outcome) or now + seconds * NANOSECONDS > end:
            raise _gave_up(attempt, exchange, outcome, attempts, arrived)
        yield Pause(seconds)
        pause = min(2 * pause, LONGEST_PAUSE)


def respond_at_newest(
    attempt: Attempt,
    paths: tuple[str, ...],
    body: bytes,
    until: int,
    surroundings: Surroundings,
) -> Flow[Answered]:
    """Sends a request to the newest endpoint that the other side has.

    Args:
        attempt: What is tried, for errors.
        paths: The endpoints, newest first.
        body: The envelope.
        until: When to give up, at the latest when the request expires, in nanoseconds since 1970.
        surroundings: Clock and chance.

    Returns:
        A response with status 200 or 202.

    Raises:
        TransportError: Nothing but "later" came back.
        RequestRefused: No endpoint accepts the request.
    """
    arrived = False
    for path in paths:
        answered = yield from respond(attempt, Exchange(path, body), until, surroundings)
        arrived = arrived or answered.arrived_before
        if answered.response.status not in (404, 405):
            break
    response = answered.response
    if response.status not in (200, 202):
        raise RequestRefused(
            attempt,
            response.status,
            text_of(response),
            may_have_arrived=arrived or response.status >= 500,
        )
    return Answered(response, answered.path, arrived)


def _may_have_arrived(outcome: Outcome) -> bool:
    if isinstance(outcome, Unanswered):
        return outcome.was_sent
    return outcome.status != 429


def _is_unreachable(outcome: Outcome) -> bool:
    return isinstance(outcome, Unanswered) and not outcome.was_sent


def _is_final(outcome: Outcome) -> bool:
    return isinstance(outcome, Unanswered) and outcome.is_final


def _pause_after(outcome: Outcome, seconds: float) -> float:
    if isinstance(outcome, Response) and outcome.retry_after is not None:
        return max(seconds, outcome.retry_after)
    return seconds


def _gave_up(
    attempt: Attempt, exchange: Exchange, outcome: Outcome, attempts: int, arrived: bool
) -> TransportError:
    if isinstance(outcome, Unanswered):
        last = outcome.reason
    else:
        last = f"HTTP {outcome.status} {text_of(outcome)}".rstrip()
    tries = "1 attempt" if attempts == 1 else f"{attempts} attempts"
    return TransportError(
        attempt,
        f"no answer after {tries} to send {len(exchange.body)} bytes to {exchange.path};"
        f" the last one: {last}",
        may_have_arrived=arrived,
    )


def text_of(response: Response) -> str:
    """The beginning of what a response says, in one line and fit for a terminal."""
    text = response.body[:_MAX_REASON].decode("utf-8", "replace")
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())
