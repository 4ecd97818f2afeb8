"""What the replica does, shown to Prometheus and to people: `/_/metrics` and `/_/dashboard`."""

from __future__ import annotations

from concurrent.futures import Executor

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from ic_factory.replica.http.admin import log_records
from ic_factory.replica.http.dashboard import (
    CANISTERS_PER_PAGE,
    HEADERS,
    SHOWN_LOG_RECORDS,
    DashboardPage,
)
from ic_factory.replica.http.loopback import only_local
from ic_factory.replica.http.measuring import HttpMeasures
from ic_factory.replica.http.metrics import MEDIA_TYPE, exposition
from ic_factory.replica.http.refusals import Refusal
from ic_factory.replica.http.work import run_in_worker
from ic_factory.replica.replica import Replica

MAX_PAGE_DIGITS = 9


class WatchEndpoints:
    """What is shown of one replica."""

    def __init__(self, replica: Replica, workers: Executor, measures: HttpMeasures) -> None:
        """Shows `replica`, and the requests that `measures` has counted."""
        self._replica = replica
        self._workers = workers
        self._measures = measures

    def routes(self) -> list[BaseRoute]:
        """Path, method and endpoint of each."""
        return [
            Route("/_/metrics", only_local(self._metrics), methods=["GET"]),
            Route("/_/dashboard", only_local(self._dashboard), methods=["GET"]),
        ]

    async def _metrics(self, _: Request) -> Response:
        """The replica's figures, for Prometheus."""
        replica = self._replica
        figures = await run_in_worker(self._workers, replica.figures)
        text = exposition(
            figures, replica.module_counts, self._measures, is_healthy=replica.is_healthy
        )
        return Response(text, media_type=MEDIA_TYPE)

    async def _dashboard(self, request: Request) -> Response:
        """The replica's figures, for people; `page` in the query turns the list of canisters."""
        number = _page_number(request.query_params.get("page", "1"))
        page = await run_in_worker(self._workers, self._page, number)
        return HTMLResponse(page.html(), headers=HEADERS)

    def _page(self, number: int) -> DashboardPage:
        replica = self._replica
        first = (number - 1) * CANISTERS_PER_PAGE
        canisters = replica.describe_canisters(first, CANISTERS_PER_PAGE)
        logs = log_records(replica, (canister.canister_id for canister in canisters))
        return DashboardPage(
            figures=replica.figures(),
            is_healthy=replica.is_healthy,
            subnet_id=replica.subnet_id,
            root_key=replica.root_key,
            number=number,
            canisters=canisters,
            logs=tuple(reversed(logs[-SHOWN_LOG_RECORDS:])),
        )


def _page_number(text: str) -> int:
    is_number = text.isascii() and text.isdecimal() and len(text) <= MAX_PAGE_DIGITS
    if not is_number or int(text) == 0:
        raise Refusal(400, f"the page is a number from 1 on of at most {MAX_PAGE_DIGITS} digits")
    return int(text)
