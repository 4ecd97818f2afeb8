"""What tools on this machine ask of the replica beside the IC's interface: `/_/…`.

Only clients on the loopback interface, that name the server as such, are served: a page in a
browser whose host name was pointed at this machine is not.
"""

from __future__ import annotations

import base64
import hmac
import os
from collections.abc import Callable, Iterable
from concurrent.futures import Executor
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from ic_factory import __version__
from ic_factory.errors import PrincipalError
from ic_factory.protocol.principal import Principal
from ic_factory.replica.http.loopback import only_local
from ic_factory.replica.http.refusals import Refusal
from ic_factory.replica.http.work import run_in_worker
from ic_factory.replica.replica import Replica
from ic_factory.replica.state.logs import LogRecord


@dataclass(frozen=True, slots=True)
class Shutdown:
    """What whoever knows the token may do: end the process that serves the replica, fork it."""

    token: str
    begin: Callable[[], None]
    """Called from the event loop; must return at once."""
    fork: Callable[[int], dict[str, str]] | None = None
    """Serves a replica that goes on from here on a port (0 for a free one) and says where;
    raises Refusal where it can't. None where that is not offered."""

    def check(self, request: Request) -> None:
        """Raises Refusal where a request does not have the token."""
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        if not hmac.compare_digest(given.encode(), self.token.encode()):
            raise Refusal(403, "wrong token")


class AdminEndpoints:
    """What `/_/…` serves of one replica."""

    def __init__(self, replica: Replica, workers: Executor, shutdown: Shutdown | None) -> None:
        self._replica = replica
        self._workers = workers
        self._shutdown = shutdown

    def routes(self) -> list[BaseRoute]:
        """Path, method and endpoint of each."""
        routes: list[BaseRoute] = [
            Route("/_/topology", only_local(self._topology), methods=["GET"]),
            Route("/_/status", only_local(self._status), methods=["GET"]),
            Route("/_/logs", only_local(self._logs), methods=["GET"]),
        ]
        if self._shutdown is not None:
            routes.append(Route("/_/shutdown", only_local(self._begin_shutdown), methods=["POST"]))
        return routes

    async def _topology(self, _: Request) -> Response:
        """The subnet and its canister ranges, in the shape that PocketIC gives them."""
        description = await run_in_worker(self._workers, self._replica.describe)
        ranges = [
            {"start": _raw_id(each.first), "end": _raw_id(each.last)} for each in description.ranges
        ]
        subnet = {
            "subnet_kind": "Application",
            "subnet_seed": [0] * 32,
            "instruction_config": "Production",
            "canister_ranges": ranges,
        }
        default_id = self._replica.default_effective_canister_id
        return JSONResponse(
            {
                "subnet_configs": {str(description.subnet_id): subnet},
                "default_effective_canister_id": _raw_id(default_id),
            }
        )

    async def _status(self, _: Request) -> Response:
        """The subnet and its canisters in figures."""
        description = await run_in_worker(self._workers, self._replica.describe)
        canisters = [
            {
                "canister_id": str(canister.canister_id),
                "status": canister.status.name.lower(),
                "module_hash": canister.module_hash.hex() if canister.module_hash else None,
                "cycles": canister.cycles,
                "memory_bytes": canister.memory_bytes,
                "controllers": [str(controller) for controller in canister.controllers],
            }
            for canister in description.canisters
        ]
        return JSONResponse(
            {
                "version": __version__,
                "process_id": os.getpid(),
                "healthy": self._replica.is_healthy,
                "durable": self._replica.is_durable,
                "root_key": description.root_key.hex(),
                "subnet_id": str(description.subnet_id),
                "height": description.height,
                "time_nanoseconds": description.time,
                "cycles": description.cycles,
                "memory_bytes": description.memory_bytes,
                "canisters": canisters,
            }
        )

    async def _logs(self, request: Request) -> Response:
        """The canisters' logs, oldest record first; of one canister where the query names it."""
        asked = request.query_params.get("canister")
        chosen = None if asked is None else _principal(asked)
        records = await run_in_worker(self._workers, self._records, chosen)
        return JSONResponse(
            {
                "records": [
                    {
                        "canister_id": str(canister_id),
                        "index": record.index,
                        "timestamp_nanoseconds": record.timestamp,
                        "content": record.content.decode("utf-8", "replace"),
                    }
                    for canister_id, record in records
                ]
            }
        )

    def _records(self, chosen: Principal | None) -> list[tuple[Principal, LogRecord]]:
        canister_ids: Iterable[Principal] = (
            (canister.canister_id for canister in self._replica.describe().canisters)
            if chosen is None
            else (chosen,)
        )
        return log_records(self._replica, canister_ids)

    async def _begin_shutdown(self, request: Request) -> Response:
        """Ends the process; the caller proves with the token that it may."""
        assert self._shutdown is not None
        self._shutdown.check(request)
        self._shutdown.begin()
        return Response(status_code=202)


def log_records(
    replica: Replica, canister_ids: Iterable[Principal]
) -> list[tuple[Principal, LogRecord]]:
    """The log records of these canisters, the oldest first."""
    records = [
        (canister_id, record)
        for canister_id in canister_ids
        for record in replica.canister_logs(canister_id)
    ]
    return sorted(records, key=lambda each: each[1].timestamp)


def _principal(text: str) -> Principal:
    try:
        return Principal.from_str(text)
    except PrincipalError as error:
        raise Refusal(400, f"the canister asked for is no principal: {error}") from error


def _raw_id(canister_id: Principal) -> dict[str, str]:
    return {"canister_id": base64.b64encode(canister_id.bytes).decode()}
