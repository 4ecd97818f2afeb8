"""What Prometheus reads of the replica."""

import re
from collections.abc import Mapping

import pytest

from ic_factory.protocol.principal import Principal
from ic_factory.replica.activity import SECONDS, Activity, Histogram
from ic_factory.replica.execution.engine import ModuleCounts
from ic_factory.replica.http.measuring import HttpMeasures
from ic_factory.replica.http.metrics import exposition
from ic_factory.replica.http.server import serve
from ic_factory.replica.management.interface import encode_arguments
from ic_factory.replica.rejects import Reply
from ic_factory.replica.replica import Replica
from tests.http.wire import CBOR, counter_module, message

SAMPLE = re.compile(r'([a-z_]+)(?:\{((?:[a-z]+="(?:[^"\\\n]|\\["\\n])*",?)*)\})? (\S+)')
LABEL = re.compile(r'([a-z]+)="((?:[^"\\]|\\.)*)"')


def parsed(text):
    """Samples by name and labels; every line must be of the format."""
    samples, kinds = {}, {}
    for line in text.splitlines():
        if line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            assert name not in kinds
            kinds[name] = kind
        elif not line.startswith("# HELP "):
            match = SAMPLE.fullmatch(line)
            assert match, line
            name, labels, value = match.groups()
            key = (name, frozenset(LABEL.findall(labels or "")))
            assert key not in samples
            samples[key] = float(value)
            assert any(name.startswith(family) for family in kinds)
    return samples


def scraped(served):
    response = served.client.get("/_/metrics")
    assert response.headers["content-type"].startswith("text/plain; version=0.0.4")
    return parsed(response.text)


def value(samples, name, **labels):
    return samples.get((f"ic_factory_{name}", frozenset(labels.items())), 0.0)


def gained(before, after, name, **labels):
    return value(after, name, **labels) - value(before, name, **labels)


def call(served, method, version="v4"):
    body = message("call", served.canister_id, method)
    return served.client.post(served.path(version, "call"), content=body, headers=CBOR)


def test_figures_of_the_replica_are_shown(served):
    samples = scraped(served)
    assert value(samples, "canisters", status="running") == 1
    assert value(samples, "healthy") == 1
    assert value(samples, "height") == pytest.approx(served.replica.height, abs=2)
    assert value(samples, "time_seconds") > 1.7e9
    assert value(samples, "memory_bytes") >= 65_536
    assert value(samples, "cycles") > 10**12
    assert value(samples, "live_instances") == 1
    assert value(samples, "modules_loaded_total", source="compiler") >= 1
    assert value(samples, "process_peak_memory_bytes") > 10**7


def test_messages_failures_and_instructions_are_counted(served):
    before = scraped(served)
    for method in ("count", "fail", "count"):
        call(served, method)
    after = scraped(served)
    assert gained(before, after, "messages_total") == 3
    assert gained(before, after, "failed_messages_total", code="IC0503") == 1
    assert gained(before, after, "instructions_total") > 0
    assert gained(before, after, "consumed_cycles_total") > 0
    assert gained(before, after, "ingress_history", status="answered") == 3
    assert gained(before, after, "round_seconds_count") >= 3


def test_queries_are_counted(served):
    before = scraped(served)
    for method in ("read", "no such method"):
        body = message("query", served.canister_id, method)
        served.client.post(served.path("v3", "query"), content=body, headers=CBOR)
    after = scraped(served)
    assert gained(before, after, "query_seconds_count") == 2
    assert gained(before, after, "failed_queries_total", code="IC0536") == 1


def test_requests_are_counted_by_route_and_status(served):
    before = scraped(served)
    call(served, "count")
    served.client.post(served.path("v4", "call"), content=b"\xff", headers=CBOR)
    served.client.get("/nowhere")
    served.client.request("PROPFIND", "/nowhere/else")
    after = scraped(served)
    route = "/api/v4/canister/{effective_id}/call"
    assert gained(before, after, "http_requests_total", route=route, method="POST", status="200")
    assert gained(before, after, "http_requests_total", route=route, method="POST", status="400")
    missing = {"route": "none", "status": "404"}
    assert gained(before, after, "http_requests_total", **missing, method="GET") == 1
    assert gained(before, after, "http_requests_total", **missing, method="other") == 1
    assert gained(before, after, "http_request_seconds_count", route=route) == 2


def test_histograms_are_cumulative_and_end_with_all(served):
    samples = scraped(served)
    bounds = [*map(str, SECONDS), "+Inf"]
    counts = [value(samples, "round_seconds_bucket", le=bound) for bound in bounds]
    assert counts == sorted(counts)
    assert counts[-1] == value(samples, "round_seconds_count") > 0


def test_a_duration_on_a_bound_counts_below_it():
    histogram = Histogram()
    for seconds in (0.001, 0.0010001, 10.0, 11.0):
        histogram.observe(seconds)
    assert (histogram.counts[0], histogram.counts[1]) == (1, 1)
    assert (histogram.counts[-2], histogram.counts[-1]) == (1, 1)


def test_labels_are_escaped():
    measures = HttpMeasures()
    measures.requests['/{"x"}\\\n', "GET", 200] += 1
    with Replica() as replica:
        text = exposition(replica.figures(), ModuleCounts(), measures, is_healthy=False)
    assert r'route="/{\"x\"}\\\n"' in text
    assert value(parsed(text), "healthy") == 0


def test_a_replica_that_did_nothing_has_its_figures_too():
    with Replica() as replica, serve(replica) as server:
        assert server.url
        figures = replica.figures()
        assert (figures.height, figures.canisters.total(), figures.cycles) == (0, 0, 0)
        assert isinstance(figures.activity, Activity)
        assert not figures.ingress_history
        assert isinstance(figures.ingress_history, Mapping)


@pytest.mark.parametrize("ending", ["uninstall_code", "delete_canister"])
def test_a_canister_without_code_keeps_no_live_instance(ending):
    management = Principal.management_canister()
    with Replica() as replica:
        canister_id = replica.create_canister()
        replica.install_code(canister_id, counter_module())
        replica.update(canister_id, "count")
        assert replica.figures().live_instances == 1
        for method in ("stop_canister", ending):
            argument = encode_arguments(method, {"canister_id": canister_id})
            assert isinstance(replica.update(management, method, argument), Reply)
        assert replica.figures().live_instances == 0


def test_pages_and_preflights_have_a_route_of_their_own(served):
    before = scraped(served)
    served.client.options(served.path("v4", "call"))
    after = scraped(served)
    labels = {"route": "pages", "method": "OPTIONS", "status": "204"}
    assert gained(before, after, "http_requests_total", **labels) == 1


@pytest.mark.parametrize("path", ["/_/metrics", "/_/dashboard"])
def test_other_machines_names_are_refused(served, path):
    assert served.client.get(path, headers={"host": "rebound.example"}).status_code == 403
