"""The HTTP endpoints of a replica as one ASGI application."""

from __future__ import annotations

from concurrent.futures import Executor

from starlette.routing import Router
from starlette.types import ASGIApp

from ic_factory.replica.http.admin import AdminEndpoints, Shutdown
from ic_factory.replica.http.cors import AnyOrigin
from ic_factory.replica.http.refusals import Refusing
from ic_factory.replica.http.routes import InterfaceEndpoints
from ic_factory.replica.http.waiting import WaitingCalls
from ic_factory.replica.replica import Replica


def application(
    replica: Replica, workers: Executor, waiting: WaitingCalls, shutdown: Shutdown | None
) -> ASGIApp:
    """All endpoints of the replica; its slow work is done by `workers`."""
    interface = InterfaceEndpoints(replica, workers, waiting)
    admin = AdminEndpoints(replica, workers, shutdown)
    router = Router([*interface.routes(), *admin.routes()], redirect_slashes=False)
    return AnyOrigin(Refusing(router))
