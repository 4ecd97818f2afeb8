"""The replica's figures in the text format of Prometheus (version 0.0.4)."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate

from ic_factory import __version__
from ic_factory.replica.activity import SECONDS, Activity, Histogram
from ic_factory.replica.execution.engine import ModuleCounts
from ic_factory.replica.figures import Figures
from ic_factory.replica.http.measuring import HttpMeasures
from ic_factory.replica.state.canister import CanisterStatus

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"

Labels = Mapping[str, str]


def exposition(
    figures: Figures, modules: ModuleCounts, measures: HttpMeasures, *, is_healthy: bool
) -> str:
    """The page that Prometheus reads, in families of samples that begin with `ic_factory_`."""
    return "".join(
        [
            *_gauge("build_info", "The version, always 1.", [({"version": __version__}, 1)]),
            *_gauge("healthy", "Whether requests can be served.", [({}, int(is_healthy))]),
            *_replica(figures),
            *_activity(figures.activity),
            *_counter(
                "modules_loaded_total",
                "Modules made ready to run, by where their machine code came from.",
                [
                    ({"source": "memory"}, modules.from_memory),
                    ({"source": "disk"}, modules.from_disk),
                    ({"source": "compiler"}, modules.compiled),
                ],
            ),
            *_http(measures),
            *_process(),
        ]
    )


def _replica(figures: Figures) -> Iterator[str]:
    yield from _counter("height", "Rounds so far.", [({}, figures.height)])
    yield from _gauge(
        "time_seconds", "The time of the last round, since 1970.", [({}, figures.time / 1e9)]
    )
    yield from _gauge(
        "canisters",
        "Canisters by status.",
        [({"status": each.name.lower()}, figures.canisters[each]) for each in CanisterStatus],
    )
    for name, text, value in (
        ("live_instances", "Canisters whose code is not put away.", figures.live_instances),
        ("memory_bytes", "Memory that the canisters take.", figures.memory_bytes),
        ("cycles", "Cycles of all canisters, reserved ones included.", figures.cycles),
        ("queued_messages", "Messages in the queues of canisters.", figures.queued_messages),
        ("management_calls", "Calls waiting for aaaaa-aa.", figures.management_calls),
        ("open_call_contexts", "Calls being worked on.", figures.open_call_contexts),
        ("open_calls", "Calls of canisters with no answer yet.", figures.open_calls),
        ("ingress_waiting", "Users' calls in no round yet.", figures.ingress_waiting),
        ("long_messages", "Messages that take many rounds.", figures.long_messages),
    ):
        yield from _gauge(name, text, [({}, value)])
    yield from _gauge(
        "ingress_history",
        "Users' calls that are remembered, by status.",
        [({"status": status}, count) for status, count in sorted(figures.ingress_history.items())],
    )
    yield from _counter(
        "consumed_cycles_total", "Cycles that canisters paid.", [({}, figures.consumed_cycles)]
    )


def _activity(activity: Activity) -> Iterator[str]:
    yield from _counter("messages_total", "Messages that were run.", [({}, activity.messages)])
    yield from _counter(
        "failed_messages_total",
        "Messages that trapped or broke a rule, by error code.",
        [({"code": str(code)}, count) for code, count in activity.failures.copy().items()],
    )
    yield from _counter(
        "instructions_total",
        "Instructions of messages, without queries.",
        [({}, activity.instructions)],
    )
    yield from _counter(
        "failed_queries_total",
        "Queries that were rejected, by error code.",
        [({"code": str(code)}, count) for code, count in activity.failed_queries.copy().items()],
    )
    yield from _histogram("round_seconds", "Time that rounds took.", [({}, activity.rounds)])
    yield from _histogram("query_seconds", "Time that queries took.", [({}, activity.queries)])


def _http(measures: HttpMeasures) -> Iterator[str]:
    yield from _counter(
        "http_requests_total",
        "HTTP requests by route, method and status.",
        [
            ({"route": route, "method": method, "status": str(status)}, count)
            for (route, method, status), count in sorted(measures.requests.items())
        ],
    )
    yield from _histogram(
        "http_request_seconds",
        "Time from a request to the end of its answer.",
        [({"route": route}, seconds) for route, seconds in sorted(measures.seconds.items())],
    )


def _process() -> Iterator[str]:
    if sys.platform == "win32":
        return
    import resource

    usage = resource.getrusage(resource.RUSAGE_SELF)
    seconds = usage.ru_utime + usage.ru_stime
    yield from _counter("process_cpu_seconds_total", "Processor time.", [({}, seconds)])
    unit = 1 if sys.platform == "darwin" else 1024
    yield from _gauge(
        "process_peak_memory_bytes",
        "The most memory that the process has had.",
        [({}, usage.ru_maxrss * unit)],
    )


def _gauge(name: str, text: str, samples: Iterable[tuple[Labels, float]]) -> Iterator[str]:
    return _family(name, "gauge", text, samples)


def _counter(name: str, text: str, samples: Iterable[tuple[Labels, float]]) -> Iterator[str]:
    return _family(name, "counter", text, samples)


def _family(
    name: str, kind: str, text: str, samples: Iterable[tuple[Labels, float]]
) -> Iterator[str]:
    yield _head(name, kind, text)
    for labels, value in samples:
        yield _sample(name, labels, value)


def _histogram(name: str, text: str, samples: Iterable[tuple[Labels, Histogram]]) -> Iterator[str]:
    yield _head(name, "histogram", text)
    for labels, histogram in samples:
        counts = tuple(histogram.counts)
        bounds = [*map(str, SECONDS), "+Inf"]
        for bound, count in zip(bounds, accumulate(counts), strict=True):
            yield _sample(f"{name}_bucket", {**labels, "le": bound}, count)
        yield _sample(f"{name}_sum", labels, histogram.sum)
        yield _sample(f"{name}_count", labels, sum(counts))


def _head(name: str, kind: str, text: str) -> str:
    return f"# HELP ic_factory_{name} {text}\n# TYPE ic_factory_{name} {kind}\n"


def _sample(name: str, labels: Labels, value: float) -> str:
    shown = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels.items())
    return f"ic_factory_{name}{{{shown}}} {value}\n" if shown else f"ic_factory_{name} {value}\n"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
