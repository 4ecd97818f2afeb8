"""What the bodies of answers say (specification, "Request: Call", "Request: Query call")."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from ic_factory.agent.errors import Attempt, MalformedAnswer
from ic_factory.errors import CborError, ProtocolError
from ic_factory.protocol import cbor, leb128

_MAX_NUMBER_BYTES = 10


@dataclass(frozen=True, slots=True)
class Reply:
    """The canister replied.

    Attributes:
        data: What it replied, in general Candid.
    """

    data: bytes


@dataclass(frozen=True, slots=True)
class Reject:
    """The call was rejected.

    Attributes:
        code: The reject code, 1 to 6.
        message: What was said.
        error_code: The replica's own code, where it tells one.
    """

    code: int
    message: str
    error_code: str | None = None


@dataclass(frozen=True, slots=True)
class Certified:
    """A certificate, not verified yet."""

    certificate: bytes


@dataclass(frozen=True, slots=True)
class NodeSignature:
    """One node's signature on a query's answer.

    Attributes:
        timestamp: When it answered, in nanoseconds since 1970.
        signature: The signature.
        node_id: The bytes of the node's principal.
    """

    timestamp: int
    signature: bytes
    node_id: bytes


@dataclass(frozen=True, slots=True)
class QueryAnswer:
    """A query's answer; its signatures are not verified yet.

    Attributes:
        content: The reply or the reject.
        signed_fields: All fields but the signatures, which the nodes have signed.
        signatures: One or more.
    """

    content: Reply | Reject
    signed_fields: Mapping[str, Any] = field(repr=False)
    signatures: tuple[NodeSignature, ...]


CallAnswer: TypeAlias = Certified | Reject


def read_call_answer(body: bytes, attempt: Attempt) -> CallAnswer:
    """Reads the answer to an update call with status 200.

    Raises:
        MalformedAnswer: It is not shaped as the specification says.
    """
    answer = _map(body, attempt)
    if "certificate" in answer:
        return Certified(_take(answer, "certificate", bytes, attempt))
    return _reject(answer, attempt)


def read_certificate(body: bytes, attempt: Attempt) -> bytes:
    """Reads the answer to a request for the state.

    Raises:
        MalformedAnswer: It holds no certificate.
    """
    certificate: bytes = _take(_map(body, attempt), "certificate", bytes, attempt)
    return certificate


def read_query_answer(body: bytes, attempt: Attempt) -> QueryAnswer:
    """Reads the answer to a query.

    Raises:
        MalformedAnswer: It is not shaped as the specification says.
    """
    answer = _map(body, attempt)
    status = _take(answer, "status", str, attempt)
    content: Reply | Reject
    if status == "replied":
        reply = _take(answer, "reply", dict, attempt)
        content = Reply(_take(reply, "arg", bytes, attempt))
    elif status == "rejected":
        content = _reject(answer, attempt)
    else:
        raise MalformedAnswer(attempt, f"the answer's status is {status[:40]!r}")
    signatures = answer.pop("signatures", [])
    if type(signatures) is not list:
        raise MalformedAnswer(attempt, "the answer's signatures are no array")
    return QueryAnswer(content, answer, tuple(_signature(one, attempt) for one in signatures))


def number_of(value: bytes) -> int:
    """A number in the state tree.

    Raises:
        ProtocolError: It is not in LEB128.
    """
    return leb128.decode_unsigned(value, max_bytes=_MAX_NUMBER_BYTES)


def _map(body: bytes, attempt: Attempt) -> dict[str, Any]:
    try:
        answer = cbor.decode(body)
    except CborError as error:
        raise MalformedAnswer(attempt, f"the answer is not CBOR: {error}") from error
    if type(answer) is not dict:
        raise MalformedAnswer(attempt, "the answer is no CBOR map")
    return answer


def _take(answer: Mapping[str, Any], name: str, type_: type, attempt: Attempt) -> Any:
    value = answer.get(name)
    if type(value) is not type_:
        raise MalformedAnswer(attempt, f"the answer's {name} is missing or no {type_.__name__}")
    return value


def _reject(answer: Mapping[str, Any], attempt: Attempt) -> Reject:
    error_code = answer.get("error_code")
    return Reject(
        code=_take(answer, "reject_code", int, attempt),
        message=_take(answer, "reject_message", str, attempt),
        error_code=error_code if type(error_code) is str else None,
    )


def _signature(value: Any, attempt: Attempt) -> NodeSignature:
    if type(value) is not dict:
        raise MalformedAnswer(attempt, "a signature of the answer is no map")
    return NodeSignature(
        timestamp=_take(value, "timestamp", int, attempt),
        signature=_take(value, "signature", bytes, attempt),
        node_id=_take(value, "identity", bytes, attempt),
    )


def certified_reject(
    code: bytes | None, message: bytes | None, error_code: bytes | None, attempt: Attempt
) -> Reject:
    """The reject that the state tree holds of a call.

    Raises:
        MalformedAnswer: The code is no number, or a text is not UTF-8.
    """
    try:
        return Reject(
            code=number_of(code or b""),
            message=(message or b"").decode(),
            error_code=None if error_code is None else error_code.decode(),
        )
    except (ProtocolError, UnicodeDecodeError) as error:
        raise MalformedAnswer(attempt, f"the certified reject is malformed: {error}") from error
