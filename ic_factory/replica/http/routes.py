"""The endpoints of the HTTPS interface (specification, "HTTPS Interface").

Each takes the id in its path and the bytes of its body to the replica, in a thread of its own
so that the event loop never waits for a round, and sends back what the replica answers.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from ic_factory import __version__
from ic_factory.errors import PrincipalError
from ic_factory.protocol.cbor import encode_self_described
from ic_factory.protocol.principal import Principal
from ic_factory.replica.http.bodies import CBOR, read_cbor_body
from ic_factory.replica.http.refusals import Refusal
from ic_factory.replica.http.waiting import WaitingCalls
from ic_factory.replica.http.work import run_in_worker
from ic_factory.replica.queries.response import SignedResponse
from ic_factory.replica.rejects import Reject
from ic_factory.replica.replica import Accepted, Replica

INTERFACE_VERSION = "0.18.0"
"""`ic_api_version`, which older clients require in the status."""

Submit = Callable[[Principal, bytes], Accepted | Reject]
Query = Callable[[Principal, bytes], SignedResponse]
ReadState = Callable[[Principal, bytes], bytes]


class InterfaceEndpoints:
    """What `/api/…` serves of one replica."""

    def __init__(self, replica: Replica, workers: Executor, waiting: WaitingCalls) -> None:
        self._replica = replica
        self._workers = workers
        self._waiting = waiting

    def routes(self) -> list[BaseRoute]:
        """Path, method and endpoint of each."""
        canister, subnet = "canister/{effective_id}", "subnet/{effective_id}"
        return [
            _post(f"/api/v4/{canister}/call", self._call),
            _post(f"/api/v3/{canister}/call", self._call),
            _post(f"/api/v2/{canister}/call", self._submit),
            _post(f"/api/v4/{subnet}/call", self._subnet_call),
            _post(f"/api/v3/{canister}/query", self._query),
            _post(f"/api/v2/{canister}/query", self._query),
            _post(f"/api/v3/{subnet}/query", self._subnet_query),
            _post(f"/api/v3/{canister}/read_state", self._read_state),
            _post(f"/api/v2/{canister}/read_state", self._read_state),
            _post(f"/api/v3/{subnet}/read_state", self._read_subnet_state),
            _post(f"/api/v2/{subnet}/read_state", self._read_subnet_state),
            Route("/api/v2/status", self._status, methods=["GET"]),
        ]

    async def _status(self, _: Request) -> Response:
        """Specification, "Status endpoint"."""
        return _cbor(
            {
                "ic_api_version": INTERFACE_VERSION,
                "impl_version": f"ic-factory {__version__}",
                "replica_health_status": "healthy" if self._replica.is_healthy else "unhealthy",
                "root_key": self._replica.root_key,
                "certified_height": self._replica.height,
            }
        )

    async def _submit(self, request: Request) -> Response:
        """Specification, "Request: Asynchronous Call"."""
        effective_id, body = await _id_and_body(request)
        outcome = await run_in_worker(self._workers, self._replica.submit, effective_id, body)
        if isinstance(outcome, Accepted):
            return Response(status_code=202)
        return _cbor(_reject_fields(outcome))

    async def _call(self, request: Request) -> Response:
        """Specification, "Request: Call"."""
        return await self._call_and_wait(self._replica.submit, request)

    async def _subnet_call(self, request: Request) -> Response:
        return await self._call_and_wait(self._replica.submit_to_subnet, request)

    async def _call_and_wait(self, submit: Submit, request: Request) -> Response:
        effective_id, body = await _id_and_body(request)
        call = self._waiting.open()

        def submit_and_watch() -> Accepted | Reject:
            outcome = submit(effective_id, body)
            if isinstance(outcome, Accepted):
                self._replica.when_answered(outcome.request_id, call.answered)
            return outcome

        try:
            outcome = await run_in_worker(self._workers, submit_and_watch)
            if isinstance(outcome, Reject):
                return _cbor({"status": "non_replicated_rejection", **_reject_fields(outcome)})
            answered = await self._waiting.is_answered(call)
        finally:
            self._waiting.discard(call)
        # A rewind ends the waiting too, and leaves no answer.
        if not answered or self._replica.answer_of(outcome.request_id) is None:
            return Response(status_code=202)
        certificate = self._replica.certificate_of_request(outcome.request_id)
        return _cbor({"status": "replied", "certificate": certificate})

    async def _query(self, request: Request) -> Response:
        """Specification, "Request: Query call"."""
        return await self._answer(self._replica.query, request)

    async def _subnet_query(self, request: Request) -> Response:
        return await self._answer(self._replica.query_subnet, request)

    async def _answer(self, query: Query, request: Request) -> Response:
        effective_id, body = await _id_and_body(request)
        answer = await run_in_worker(self._workers, query, effective_id, body)
        return _cbor(answer.fields)

    async def _read_state(self, request: Request) -> Response:
        """Specification, "Request: Read state"."""
        return await self._certify(self._replica.read_canister_state, request)

    async def _read_subnet_state(self, request: Request) -> Response:
        return await self._certify(self._replica.read_subnet_state, request)

    async def _certify(self, read: ReadState, request: Request) -> Response:
        effective_id, body = await _id_and_body(request)
        return _cbor({"certificate": await run_in_worker(self._workers, read, effective_id, body)})


def _post(path: str, endpoint: Callable[[Request], Any]) -> Route:
    return Route(path, endpoint, methods=["POST"])


async def _id_and_body(request: Request) -> tuple[Principal, bytes]:
    text = request.path_params["effective_id"]
    try:
        effective_id = Principal.from_str(text)
    except PrincipalError as error:
        raise Refusal(400, f"the id in the URL is no principal: {error}") from error
    return effective_id, await read_cbor_body(request)


def _reject_fields(reject: Reject) -> dict[str, object]:
    return {
        "reject_code": int(reject.reject_code),
        "reject_message": reject.message,
        "error_code": str(reject.error_code),
    }


def _cbor(value: object) -> Response:
    return Response(encode_self_described(value), media_type=CBOR)
