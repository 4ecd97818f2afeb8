"""Snapshots, rewinds and forks of a running replica: `/_/snapshots`, `/_/rewind`, `/_/fork`.

Whoever wants to change something proves with the token that it may.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from ic_factory.replica.http.admin import Shutdown
from ic_factory.replica.http.loopback import Endpoint, only_local
from ic_factory.replica.http.refusals import Refusal
from ic_factory.replica.http.work import run_in_worker
from ic_factory.replica.replica import Replica
from ic_factory.replica.snapshots import SnapshotDescription, SnapshotToken

MAX_NAME_LENGTH = 100
MAX_PORT = 65_535


class MomentEndpoints:
    """What `/_/…` serves of one replica's moments, to the owner of its process."""

    def __init__(self, replica: Replica, workers: Executor, owner: Shutdown) -> None:
        self._replica = replica
        self._workers = workers
        self._owner = owner

    def routes(self) -> list[BaseRoute]:
        """Path, method and endpoint of each."""
        return [
            Route("/_/snapshots", only_local(self._list), methods=["GET"]),
            self._owned("/_/snapshots", self._take, "POST"),
            self._owned("/_/snapshots", self._forget, "DELETE"),
            self._owned("/_/rewind", self._rewind, "POST"),
            self._owned("/_/fork", self._fork, "POST"),
        ]

    def _owned(self, path: str, endpoint: Endpoint, method: str) -> Route:
        async def guarded(request: Request) -> Response:
            self._owner.check(request)
            return await endpoint(request)

        return Route(path, only_local(guarded), methods=[method])

    async def _list(self, _: Request) -> Response:
        """All snapshots, oldest first."""
        taken = await run_in_worker(self._workers, self._replica.snapshots.all)
        return JSONResponse({"snapshots": [_fields(each) for each in taken]})

    async def _take(self, request: Request) -> Response:
        """Keeps this moment, under `name` where the query has one."""
        name = request.query_params.get("name", "")
        if len(name) > MAX_NAME_LENGTH or not name.isprintable():
            raise Refusal(400, f"a name has at most {MAX_NAME_LENGTH} characters, all printable")
        snapshots = self._replica.snapshots
        token = await run_in_worker(self._workers, snapshots.take, name)
        return JSONResponse(await run_in_worker(self._workers, self._described, token))

    async def _forget(self, request: Request) -> Response:
        """Forgets the snapshot that the query names."""
        snapshots = self._replica.snapshots
        name = request.query_params.get("name", "")
        await run_in_worker(self._workers, lambda: snapshots.forget(snapshots.named(name)))
        return Response(status_code=204)

    async def _rewind(self, request: Request) -> Response:
        """Goes back to the snapshot that the query names, or to the last one."""
        name = request.query_params.get("name")
        return JSONResponse(await run_in_worker(self._workers, self._rewound, name))

    def _rewound(self, name: str | None) -> dict[str, object]:
        snapshots = self._replica.snapshots
        token = snapshots.last() if name is None else snapshots.named(name)
        snapshots.rewind(token)
        return self._described(token)

    def _described(self, token: SnapshotToken) -> dict[str, object]:
        return _fields(self._replica.snapshots.describe(token))

    async def _fork(self, request: Request) -> Response:
        """Serves a replica that goes on from here on another port, which the query may name."""
        fork = self._owner.fork
        if fork is None:
            raise Refusal(404, "the process that serves this replica makes no forks")
        port = request.query_params.get("port", "0")
        if not port.isdecimal() or int(port) > MAX_PORT:
            raise Refusal(400, f"a port is a number from 0 to {MAX_PORT}")
        return JSONResponse(await run_in_worker(self._workers, _forked, fork, int(port)))


def _forked(fork: Callable[[int], dict[str, str]], port: int) -> dict[str, str]:
    return fork(port)


def _fields(snapshot: SnapshotDescription) -> dict[str, object]:
    return {
        "name": snapshot.name,
        "height": snapshot.height,
        "time_nanoseconds": snapshot.time,
    }
