"""The HTTP endpoints of a replica as one ASGI application."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass

from starlette.routing import Router
from starlette.types import ASGIApp

from ic_factory.replica.http.admin import AdminEndpoints, Shutdown
from ic_factory.replica.http.cors import AnyOrigin
from ic_factory.replica.http.gateway import Gateway, ResolveName
from ic_factory.replica.http.measuring import HttpMeasures, Measuring
from ic_factory.replica.http.moments import MomentEndpoints
from ic_factory.replica.http.refusals import Refusing
from ic_factory.replica.http.routes import InterfaceEndpoints
from ic_factory.replica.http.waiting import WaitingCalls
from ic_factory.replica.http.watching import WatchEndpoints
from ic_factory.replica.replica import Replica


@dataclass(frozen=True, slots=True)
class Pages:
    """What the gateway needs beside the replica: its open update calls, and canisters' names."""

    updates: WaitingCalls
    resolve_name: ResolveName


def application(
    replica: Replica,
    workers: Executor,
    waiting: WaitingCalls,
    shutdown: Shutdown | None,
    pages: Pages,
) -> ASGIApp:
    """All endpoints of the replica, and its canisters' pages; slow work is done by `workers`."""
    interface = InterfaceEndpoints(replica, workers, waiting)
    measures = HttpMeasures()
    admin = AdminEndpoints(replica, workers, shutdown)
    watch = WatchEndpoints(replica, workers, measures)
    routes = [*interface.routes(), *admin.routes(), *watch.routes()]
    if shutdown is not None:
        routes += MomentEndpoints(replica, workers, shutdown).routes()
    router = Router(routes, redirect_slashes=False)
    endpoints = AnyOrigin(Refusing(router))
    gateway = Gateway(replica, workers, pages.updates, pages.resolve_name, endpoints)
    return Measuring(Refusing(gateway), measures, routes)
