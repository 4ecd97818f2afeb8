"""One request brought to a canister and its response brought back, verified and whole.

HTTP Gateway Protocol, "Query Calls", "Response Body Streaming" and "Upgrade to Update Calls". All
of it blocks, and is done by workers.
"""

from __future__ import annotations

from dataclasses import dataclass

from ic_factory.errors import CandidError
from ic_factory.protocol import cbor
from ic_factory.protocol.certificate import Certificate
from ic_factory.protocol.hash_tree import Found, lookup_path
from ic_factory.protocol.principal import Principal
from ic_factory.protocol.response_verification import (
    HttpRequest,
    HttpResponse,
    ResponseVerificationError,
    Trust,
    verify_response,
)
from ic_factory.replica.errors import BadRequest
from ic_factory.replica.http.gateway.addressing import Address
from ic_factory.replica.http.gateway.headers import for_canister
from ic_factory.replica.http.gateway.interface import (
    CanisterResponse,
    decode_piece,
    decode_response,
    encode_query,
    encode_update,
)
from ic_factory.replica.http.gateway.problems import (
    CannotServe,
    bad_answer,
    not_verified,
    rejected,
)
from ic_factory.replica.ingress.envelopes import MAX_INGRESS_TTL
from ic_factory.replica.rejects import Payload, Reject
from ic_factory.replica.replica import Replica

QUERY_METHOD = "http_request"
UPDATE_METHOD = "http_request_update"
MAX_PIECES = 1000
"""How often a streaming callback is called for one body."""

MAX_STREAMED_BYTES = 256 * 1024**2
"""How large a body may become that is streamed; it is verified as a whole, so it is kept."""

_SUPPORTED_VERSIONS = b"supported_certificate_versions"


@dataclass(frozen=True, slots=True)
class Exchange:
    """The ways to ask the canister of one request.

    Attributes:
        replica: Where the canister is.
        address: The canister, and whether its responses are verified.
        raw_url: Where the response is served that did not verify.
    """

    replica: Replica
    address: Address
    raw_url: str

    def query(self, request: HttpRequest) -> HttpResponse | None:
        """The response to a query, whole and with the headers to serve.

        Returns:
            None where the canister asks for an update call instead.

        Raises:
            CannotServe: There is none that can be served.
        """
        argument = encode_query(request, for_canister(request.headers))
        response = self._decoded(self._queried(QUERY_METHOD, argument))
        if response.asks_for_update:
            return None
        whole = HttpResponse(response.status, response.headers, self._whole_body(response))
        return whole if self.address.is_raw else self._verified(request, whole)

    def submit_update(self, request: HttpRequest) -> bytes:
        """Sends the request as an update call, and returns the call's request id.

        Raises:
            CannotServe: The canister does not let it in.
        """
        argument = encode_update(request, for_canister(request.headers))
        submitted = self.replica.submit_direct(self._canister_id, UPDATE_METHOD, argument)
        if isinstance(submitted, Reject):
            raise CannotServe(rejected(self._canister_id, UPDATE_METHOD, submitted))
        return submitted

    def updated(self, payload: Payload) -> HttpResponse:
        """The response of an update call, which consensus has vouched for, whole.

        Raises:
            CannotServe: There is none that can be served.
        """
        response = self._decoded(self._replied(UPDATE_METHOD, payload))
        return HttpResponse(response.status, response.headers, self._whole_body(response))

    @property
    def _canister_id(self) -> Principal:
        return self.address.canister_id

    def _queried(self, method: str, argument: bytes) -> bytes:
        return self._replied(method, self.replica.query_call(self._canister_id, method, argument))

    def _replied(self, method: str, payload: Payload) -> bytes:
        if isinstance(payload, Reject):
            raise CannotServe(rejected(self._canister_id, method, payload))
        return payload.data

    def _decoded(self, reply: bytes) -> CanisterResponse:
        try:
            return decode_response(reply)
        except CandidError as error:
            raise self._bad_answer(f"not an HttpResponse: {error}") from error

    def _whole_body(self, response: CanisterResponse) -> bytes:
        streaming = response.streaming
        if streaming is None:
            return response.body
        if streaming.canister_id != self._canister_id:
            raise self._bad_answer(
                f"its streaming callback is of another canister, {streaming.canister_id}"
            )
        pieces, size = [response.body], len(response.body)
        token = streaming.token
        for _ in range(MAX_PIECES):
            try:
                piece, next_token = decode_piece(self._queried(streaming.method, token.encode()))
            except CandidError as error:
                raise self._bad_answer(f"{streaming.method}: {error}") from error
            pieces.append(piece)
            size += len(piece)
            if size > MAX_STREAMED_BYTES:
                raise self._bad_answer(f"the body is over {MAX_STREAMED_BYTES} bytes")
            if next_token is None:
                return b"".join(pieces)
            token = next_token
        raise self._bad_answer(f"the body is not complete after {MAX_PIECES} pieces")

    def _verified(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        trust = Trust(self.replica.root_key, self._canister_id, self.replica.now)
        try:
            verified = verify_response(request, response, trust, self._supported_versions)
        except ResponseVerificationError as error:
            raise CannotServe(not_verified(self._canister_id, error, self.raw_url)) from error
        return HttpResponse(response.status, verified.headers, response.body)

    def _supported_versions(self) -> str | None:
        """The canister's public metadata of that name, read as any client may."""
        path = [b"canister", self._canister_id.bytes, b"metadata", _SUPPORTED_VERSIONS]
        content = {
            "request_type": "read_state",
            "paths": [path],
            "sender": Principal.anonymous().bytes,
            "ingress_expiry": self.replica.now + MAX_INGRESS_TTL // 2,
        }
        envelope = cbor.encode_self_described({"content": content})
        try:
            encoded = self.replica.read_canister_state(self._canister_id, envelope)
        except BadRequest:
            # Private metadata is none, for a gateway.
            return None
        found = lookup_path(Certificate.decode(encoded).tree, path)
        return found.value.decode("utf-8", "replace") if isinstance(found, Found) else None

    def _bad_answer(self, reason: str) -> CannotServe:
        return CannotServe(bad_answer(self._canister_id, reason))
