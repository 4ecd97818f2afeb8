"""The Candid messages of the gateway (HTTP Gateway Protocol, "Canister HTTP Interface")."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ic_factory.errors import CandidError
from ic_factory.protocol.candid import ArgumentDecoder, ArgumentEncoder, types_of
from ic_factory.protocol.candid.types import (
    BLOB,
    BOOL,
    NAT16,
    RESERVED,
    TEXT,
    CandidType,
    Opt,
    Record,
    ResolvedType,
    Variant,
    Vec,
    label_hash,
    resolve,
)
from ic_factory.protocol.principal import Principal
from ic_factory.protocol.response_verification import LATEST_VERSION, Header, HttpRequest

_HEADERS = Vec(Record.tuple_of(TEXT, TEXT))
_UPDATE_FIELDS: dict[str, CandidType] = {
    "method": TEXT,
    "url": TEXT,
    "headers": _HEADERS,
    "body": BLOB,
}
_QUERY = ArgumentEncoder([Record.of({**_UPDATE_FIELDS, "certificate_version": Opt(NAT16)})])
_UPDATE = ArgumentEncoder([Record.of(_UPDATE_FIELDS)])
_RESPONSE = ArgumentDecoder(
    [
        Record.of(
            {
                "status_code": NAT16,
                "headers": _HEADERS,
                "body": BLOB,
                "upgrade": Opt(BOOL),
                "streaming_strategy": Opt(RESERVED),
            }
        )
    ]
)


@dataclass(frozen=True, slots=True)
class StreamingToken:
    """What a canister wants to be given to send the next piece, of a type of its own."""

    type: CandidType
    value: Any

    def encode(self) -> bytes:
        """The argument of the callback.

        Raises:
            CandidError: The type can't be written, as one of a later version of Candid can't.
        """
        return ArgumentEncoder([self.type]).encode([self.value])


@dataclass(frozen=True, slots=True)
class Streaming:
    """How the rest of a body is got."""

    canister_id: Principal
    method: str
    token: StreamingToken


@dataclass(frozen=True, slots=True)
class CanisterResponse:
    """What `http_request` and `http_request_update` answer."""

    status: int
    headers: tuple[Header, ...]
    body: bytes
    asks_for_update: bool
    streaming: Streaming | None


def encode_query(request: HttpRequest, headers: Sequence[Header]) -> bytes:
    """The argument of `http_request`, with these headers in place of the request's."""
    fields = _fields(request, headers)
    return _QUERY.encode([{**fields, "certificate_version": [LATEST_VERSION]}])


def encode_update(request: HttpRequest, headers: Sequence[Header]) -> bytes:
    """The argument of `http_request_update`."""
    return _UPDATE.encode([_fields(request, headers)])


def decode_response(reply: bytes) -> CanisterResponse:
    """Reads what a canister answered.

    Raises:
        CandidError: It is not an `HttpResponse`.
    """
    (response,) = _RESPONSE.decode(reply)
    return CanisterResponse(
        status=response["status_code"],
        headers=tuple(response["headers"]),
        body=response["body"],
        asks_for_update=response["upgrade"] == [True],
        streaming=_streaming(reply) if response["streaming_strategy"] else None,
    )


def decode_piece(reply: bytes) -> tuple[bytes, StreamingToken | None]:
    """Reads what a streaming callback answered: a piece, and the token for the next one.

    Raises:
        CandidError: It is not an `opt StreamingCallbackHttpResponse`.
    """
    token_type = _present(_find(_present(_first_type(reply)), "token") or RESERVED)
    piece_type = Record.of({"body": BLOB, "token": Opt(token_type)})
    (piece,) = ArgumentDecoder([Opt(piece_type)]).decode(reply)
    if not piece:
        return b"", None
    body, token = piece[0]["body"], piece[0]["token"]
    return body, StreamingToken(token_type, token[0]) if token else None


def _streaming(reply: bytes) -> Streaming:
    """Reads the strategy by the types that the canister gave its token and callback."""
    strategy = _present(_part(_first_type(reply), "streaming_strategy"))
    parts = _part(strategy, "Callback")
    callback, token = _part(parts, "callback"), _part(parts, "token")
    wanted = Variant.of({"Callback": Record.of({"callback": callback, "token": token})})
    response_type = Record.of({"streaming_strategy": Opt(wanted)})
    (response,) = ArgumentDecoder([response_type]).decode(reply)
    if not response["streaming_strategy"]:
        raise CandidError("streaming_strategy is no Callback with a function and a token")
    found = response["streaming_strategy"][0]["Callback"]
    match found["callback"]:
        case (Principal() as canister_id, str(method)):
            return Streaming(canister_id, method, StreamingToken(token, found["token"]))
        case _:
            raise CandidError("the callback of streaming_strategy is no function")


def _fields(request: HttpRequest, headers: Sequence[Header]) -> dict[str, Any]:
    return {
        "method": request.method,
        "url": request.url,
        "headers": headers,
        "body": request.body,
    }


def _first_type(reply: bytes) -> CandidType:
    types = types_of(reply)
    if not types:
        raise CandidError("the answer is empty")
    return types[0]


def _present(type_: CandidType) -> CandidType:
    """What an `opt` holds; another type as it is."""
    resolved = resolve(type_)
    return resolved.inner if isinstance(resolved, Opt) else resolved


def _part(type_: CandidType, name: str) -> CandidType:
    """The type of a field or case.

    Raises:
        CandidError: There is none of that name.
    """
    found = _find(type_, name)
    if found is None:
        raise CandidError(f"the answer has no {name} where one is expected")
    return found


def _find(type_: CandidType, name: str) -> CandidType | None:
    resolved: ResolvedType = resolve(type_)
    if isinstance(resolved, Record | Variant):
        label = label_hash(name)
        for field in resolved.fields:
            if field.label == label:
                return field.type
    return None
