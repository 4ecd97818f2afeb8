"""Drives a flow by hand: a clock that moves by the pauses alone, and answers from a script."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from ic.identity import Identity

from ic_factory.agent.calling import call
from ic_factory.agent.flow import NANOSECONDS, Pause, Surroundings
from ic_factory.agent.signing import Signer
from ic_factory.agent.terms import Endpoints, Terms
from ic_factory.agent.transport import Exchange, Outcome, Response, Unanswered
from ic_factory.protocol.envelope import Envelope
from ic_factory.protocol.principal import Principal
from tests.agent.subnets import ROOT, Subnet, call_body, canister, read_body

START = 1_700_000_000 * NANOSECONDS
SECOND = NANOSECONDS
CANISTER = canister(12)
SUBNET = Subnet(2)
EXPIRY = 240 * SECOND

REFUSED = Unanswered("connection refused", was_sent=False)
DROPPED = Unanswered("connection lost", was_sent=True)
HOPELESS = Unanswered("closed", was_sent=False, is_final=True)
NOT_HERE = Response(404, b"not found")
ACCEPTED = Response(202, b"")

Answer: TypeAlias = Outcome | Callable[[Exchange], Outcome]


@dataclass
class Hand:
    """What drives a flow.

    Attributes:
        now: The time, in nanoseconds since 1970.
        exchange_takes: How long each exchange takes, in nanoseconds.
        sent: The requests that the flow made.
        pauses: How long it wanted to wait, in seconds.
    """

    now: int = START
    exchange_takes: int = 0
    chance: Callable[[], float] = lambda: 0.5
    sent: list[Exchange] = field(default_factory=list)
    pauses: list[float] = field(default_factory=list)

    @property
    def surroundings(self) -> Surroundings:
        return Surroundings(lambda: self.now, lambda: self.chance())

    def terms(self, **changes: Any) -> Terms:
        nonces = iter(range(2**32))
        defaults: dict[str, Any] = {
            "url": "http://network",
            "root_key": lambda: ROOT.public_key_der,
            "signer": Signer(Identity(anonymous=True), lambda: next(nonces).to_bytes(4, "big")),
            "ingress_expiry": EXPIRY,
            "surroundings": self.surroundings,
            "endpoints": Endpoints(),
        }
        return Terms(**{**defaults, **changes})

    def run(self, flow: Any, answers: Iterable[Answer] | Callable[[Exchange], Outcome]) -> Any:
        """Runs a flow to its end; the last answer of a script is given again and again."""
        give = answers if callable(answers) else _each(answers)
        outcome = None
        for _ in range(100_000):
            try:
                step = flow.send(outcome)
            except StopIteration as end:
                return end.value
            outcome = None
            if isinstance(step, Pause):
                assert step.seconds > 0
                self.pauses.append(step.seconds)
                self.now += int(step.seconds * NANOSECONDS)
            else:
                self.sent.append(step)
                self.now += self.exchange_takes
                outcome = give(step)
        raise AssertionError("the flow never ends")

    @property
    def seconds(self) -> float:
        """How long it has taken."""
        return (self.now - START) / NANOSECONDS

    @property
    def paths(self) -> list[str]:
        """The endpoints that were asked: `v4 call`."""
        parts = [one.path.split("/") for one in self.sent]
        return [f"{part[2]} {part[5]}" for part in parts]

    def call_body(self, request_id: bytes, **status: bytes) -> bytes:
        return call_body(SUBNET.of_request(request_id, self.now, **status))

    def status(self, request_id: bytes, **status: bytes) -> Response:
        """The answer to the question where a call is."""
        return Response(200, read_body(SUBNET.of_request(request_id, self.now, **status)))

    def replied(self, exchange: Exchange) -> Response:
        """The certified reply `reply` to a call."""
        body = self.call_body(request_id_of(exchange), status=b"replied", reply=b"reply")
        return Response(200, body)


PATIENCE = 300 * SECOND


def called(
    hand: Hand,
    answers: Iterable[Answer] | Callable[[Exchange], Outcome],
    patience: int = PATIENCE,
    canister_id: Principal = CANISTER,
    **changes: Any,
) -> Any:
    """Makes a call with this script; `changes` are of the terms."""
    terms = hand.terms(**changes)
    return hand.run(call(terms, canister_id, "go", b"arg", canister_id, patience), answers)


def by_status(
    hand: Hand, *statuses: dict[str, bytes], first: Outcome = ACCEPTED
) -> Callable[[Exchange], Outcome]:
    """Answers the call with `first`, and questions by these statuses, the last one for ever."""
    waiting = list(statuses)

    def answer(exchange: Exchange) -> Outcome:
        if exchange.path.endswith("/call"):
            return first
        now = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        return hand.status(asked_for(exchange), **now)

    return answer


UNKNOWN: dict[str, bytes] = {}
RECEIVED = {"status": b"received"}
PROCESSING = {"status": b"processing"}
REPLIED = {"status": b"replied", "reply": b"reply"}
REJECTED = {
    "status": b"rejected",
    "reject_code": b"\x05",
    "reject_message": b"trapped",
    "error_code": b"IC0503",
}
DONE = {"status": b"done"}


def request_id_of(exchange: Exchange) -> bytes:
    return Envelope.decode(exchange.body).content.request_id


def asked_for(exchange: Exchange) -> bytes:
    """The call whose status a read asks for."""
    (path,) = Envelope.decode(exchange.body).content.paths  # type: ignore[union-attr]
    assert path[0] == b"request_status"
    return path[1]


def _each(answers: Iterable[Answer]) -> Callable[[Exchange], Outcome]:
    def endless() -> Iterator[Answer]:
        one: Answer | None = None
        for one in answers:
            yield one
        assert one is not None
        while True:
            yield one

    script = endless()

    def give(exchange: Exchange) -> Outcome:
        answer = next(script)
        return answer(exchange) if callable(answer) else answer

    return give
