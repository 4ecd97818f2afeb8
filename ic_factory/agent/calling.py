"""The course of an update call: sent once, then asked for until it is answered.

Specification, "Overview of canister calling", "Request: Call", "Request status".
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ic_factory.agent.answers import (
    Certified,
    Reply,
    certified_reject,
    read_call_answer,
)
from ic_factory.agent.certified_state import CertifiedState
from ic_factory.agent.errors import (
    AgentError,
    AnswerForgotten,
    Attempt,
    CallExpired,
    CanisterReject,
    DeadlineExceeded,
    ForeignCertificate,
    MalformedAnswer,
    RequestRefused,
    TransportError,
    UncertifiedReject,
)
from ic_factory.agent.flow import NANOSECONDS, Answered, Flow, Pause, respond_at_newest
from ic_factory.agent.reading import read_state, verified
from ic_factory.agent.terms import Terms
from ic_factory.errors import CertificateError
from ic_factory.protocol.content import CallContent
from ic_factory.protocol.principal import Principal

FIRST_POLL_SECONDS = 0.02
LONGEST_POLL_SECONDS = 1.0
POLL_GROWTH = 1.5

TRACE_SHOWS_AFTER = (0.0, 0.25, 0.75, 2.0, 4.0)
"""Seconds between the questions for a call that may have arrived although it was refused."""

STATUS_KEPT_FOR = 5 * 60 * NANOSECONDS
"""How long the IC knows at least that it has answered a call, after it has."""


class RequestStatus(StrEnum):
    """Where a call is (specification, "Request status")."""

    UNKNOWN = "unknown"
    RECEIVED = "received"
    PROCESSING = "processing"
    REPLIED = "replied"
    REJECTED = "rejected"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class SentCall:
    """A call that was sent, or is about to be: what it takes to ask for its answer.

    Attributes:
        attempt: What is tried, for errors.
        method_name: The method.
        effective_canister_id: Whose subnet knows of it.
        ingress_expiry: When it expires, in nanoseconds since 1970; None where that is not known.
        deadline: Until when its answer is waited for, in nanoseconds since 1970.
    """

    attempt: Attempt
    method_name: str
    effective_canister_id: Principal
    ingress_expiry: int | None
    deadline: int


def call(
    terms: Terms,
    canister_id: Principal,
    method_name: str,
    arg: bytes,
    effective_canister_id: Principal,
    patience: int,
) -> Flow[bytes]:
    """Calls an update method; `patience` is how long an answer is waited for, in nanoseconds.

    Returns:
        What the canister replied, certified.

    Raises:
        CanisterReject: The call was rejected.
        AgentError: No answer came back, or none to be trusted.
    """
    content = CallContent(
        canister_id=canister_id,
        method_name=method_name,
        arg=arg,
        sender=terms.signer.sender,
        ingress_expiry=terms.expiry(),
        nonce=terms.signer.nonce(),
    )
    now = terms.surroundings.clock()
    sent = SentCall(
        attempt=terms.attempt(f"update {method_name}", canister_id, content),
        method_name=method_name,
        effective_canister_id=effective_canister_id,
        ingress_expiry=content.ingress_expiry,
        deadline=now + patience,
    )
    try:
        answered = yield from respond_at_newest(
            sent.attempt,
            terms.endpoints.paths("call", effective_canister_id),
            terms.signer.seal(content),
            min(content.ingress_expiry, sent.deadline),
            terms.surroundings,
        )
        reply = _reply_at_once(terms, sent, answered)
    except (RequestRefused, TransportError, UncertifiedReject) as refusal:
        if not refusal.may_have_arrived:
            raise
        yield from _find_trace(terms, sent, refusal)
        reply = None
    if reply is None:
        reply = yield from await_answer(terms, sent, unknown_at=now)
    return reply


def await_answer(terms: Terms, sent: SentCall, unknown_at: int | None) -> Flow[bytes]:
    """Asks for a call's answer, more and more seldom.

    Args:
        terms: What all requests of the agent have in common.
        sent: The call.
        unknown_at: A time at which the IC did not know of the call yet, in nanoseconds since 1970.

    Raises:
        CanisterReject: The call was rejected.
        NoAnswer: There is none, or none yet.
        AgentError: No answer came back, or none to be trusted.
    """
    pause = FIRST_POLL_SECONDS
    path = (b"request_status", sent.attempt.request_id)
    while True:
        state = yield from read_state(
            terms, sent.effective_canister_id, (path,), _asking(sent), sent.deadline
        )
        status = _status_in(state, sent)
        if status is RequestStatus.UNKNOWN:
            # By the later of both clocks: what is certain must not hang on ours being right.
            now = max(state.time, terms.surroundings.clock())
            _check_can_still_run(sent, state.time, None if unknown_at is None else now - unknown_at)
            unknown_at = state.time
        reply = _answer_of(status, state, sent)
        if reply is not None:
            return reply
        if terms.surroundings.clock() + pause * NANOSECONDS > sent.deadline:
            raise DeadlineExceeded(
                sent.attempt,
                f"not answered yet (it is {status.value}); it may still be executed. Ask again by"
                f" its request id, {sent.attempt.request_id.hex()}",
            )
        yield Pause(pause)
        pause = min(pause * POLL_GROWTH, LONGEST_POLL_SECONDS)


def status_of(terms: Terms, sent: SentCall) -> Flow[tuple[RequestStatus, CertifiedState]]:
    """Asks once where a call is."""
    path = (b"request_status", sent.attempt.request_id)
    state = yield from read_state(
        terms, sent.effective_canister_id, (path,), _asking(sent), sent.deadline
    )
    return _status_in(state, sent), state


def _reply_at_once(terms: Terms, sent: SentCall, answered: Answered) -> bytes | None:
    """The reply that came with the response; None while there is none."""
    terms.endpoints.found("call", answered.path)
    if answered.response.status != 200:
        return None
    answer = read_call_answer(answered.response.body, sent.attempt)
    if isinstance(answer, Certified):
        return _answer_in(answer, terms, sent)
    raise UncertifiedReject(
        sent.attempt,
        sent.method_name,
        answer.code,
        answer.message,
        answer.error_code,
        may_have_arrived=answered.arrived_before,
    )


def _find_trace(terms: Terms, sent: SentCall, refusal: AgentError) -> Flow[None]:
    """Ends where the IC knows of a call that was refused after it may have arrived.

    Raises:
        AgentError: The refusal, where the IC does not know of the call.
    """
    for seconds in TRACE_SHOWS_AFTER:
        if terms.surroundings.clock() + seconds * NANOSECONDS > sent.deadline:
            break
        if seconds:
            yield Pause(seconds)
        try:
            status, _ = yield from status_of(terms, sent)
        except (RequestRefused, TransportError):
            break
        if status is not RequestStatus.UNKNOWN:
            return
    raise refusal


def _asking(sent: SentCall) -> Attempt:
    """The question for a call's answer, with the call's own id."""
    call = sent.attempt
    what = f"asking for the answer to {call.what}"
    return Attempt(what, call.canister_id, call.url, call.request_id)


def _answer_in(answer: Certified, terms: Terms, sent: SentCall) -> bytes | None:
    state = verified(terms, answer.certificate, sent.effective_canister_id, sent.attempt)
    return _answer_of(_status_in(state, sent), state, sent)


def _status_in(state: CertifiedState, sent: SentCall) -> RequestStatus:
    value = _value(state, sent, b"status")
    if value is None:
        return RequestStatus.UNKNOWN
    try:
        return RequestStatus(value.decode())
    except ValueError as error:
        raise MalformedAnswer(sent.attempt, f"the certified status is {value[:40]!r}") from error


def _answer_of(status: RequestStatus, state: CertifiedState, sent: SentCall) -> bytes | None:
    """The reply; None while there is none."""
    if status is RequestStatus.REPLIED:
        reply = _value(state, sent, b"reply")
        if reply is None:
            raise MalformedAnswer(sent.attempt, "certified as replied, without the reply")
        return Reply(reply).data
    if status is RequestStatus.REJECTED:
        reject = certified_reject(
            _value(state, sent, b"reject_code"),
            _value(state, sent, b"reject_message"),
            _value(state, sent, b"error_code"),
            sent.attempt,
        )
        raise CanisterReject(
            sent.attempt, sent.method_name, reject.code, reject.message, reject.error_code
        )
    if status is RequestStatus.DONE:
        raise AnswerForgotten(
            sent.attempt,
            "executed and answered, but the IC has forgotten the answer: it was asked for too"
            " late. Look at what the call has changed before you call again",
        )
    return None


def _value(state: CertifiedState, sent: SentCall, leaf: bytes) -> bytes | None:
    try:
        return state.value((b"request_status", sent.attempt.request_id, leaf))
    except CertificateError as error:
        raise ForeignCertificate(
            sent.attempt,
            f"the certificate is valid, but not about this request: {error}. The call may have"
            " been executed",
        ) from error


def _check_can_still_run(sent: SentCall, time: int, unknown_for: int | None) -> None:
    """Raises where a call that the IC does not know of at `time` can't be executed any more.

    `unknown_for` is how long ago it was not known either, in nanoseconds.
    """
    if sent.ingress_expiry is None or time <= sent.ingress_expiry:
        return
    if unknown_for is not None and unknown_for < STATUS_KEPT_FOR:
        raise CallExpired(
            sent.attempt, "it was never executed and has expired: it is safe to call again"
        )
    raise AnswerForgotten(
        sent.attempt,
        "the IC does not know of it and it has expired: it was never executed, or so long ago"
        " that all trace of it is gone. Look at what it would have changed before you call again",
    )
