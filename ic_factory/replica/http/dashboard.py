"""A page that shows what the replica is doing, for people; no script, nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

from ic_factory import __version__
from ic_factory.protocol.principal import Principal
from ic_factory.replica.activity import FailureRecord
from ic_factory.replica.clock import utc_text
from ic_factory.replica.description import CanisterDescription
from ic_factory.replica.figures import Figures
from ic_factory.replica.state.canister import CanisterStatus
from ic_factory.replica.state.logs import LogRecord

CANISTERS_PER_PAGE = 50
SHOWN_LOG_RECORDS = 100
MAX_TEXT = 2_000
"""Characters of an error or a log line that are shown."""

HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem;
  color-scheme: light dark; }
table { border-collapse: collapse; width: 100%; margin: 0 0 1.5rem; }
th, td { text-align: left; vertical-align: top; padding: .2rem .8rem .2rem 0;
  border-bottom: 1px solid #8884; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
code, pre { font: 13px/1.4 ui-monospace, monospace; overflow-wrap: anywhere; white-space: pre-wrap;
  margin: 0; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1.5rem; }
dt { opacity: .7; } dd { margin: 0; overflow-wrap: anywhere; }
"""


@dataclass(frozen=True, slots=True)
class DashboardPage:
    """What a page shows.

    Attributes:
        figures: The replica's figures.
        is_healthy: Whether it can serve requests.
        subnet_id: The subnet.
        root_key: Its public key, in DER.
        number: The page's number, from 1 on.
        canisters: The canisters on it.
        logs: Their newest log records, the newest first.
    """

    figures: Figures
    is_healthy: bool
    subnet_id: Principal
    root_key: bytes
    number: int
    canisters: tuple[CanisterDescription, ...]
    logs: tuple[tuple[Principal, LogRecord], ...]

    def html(self) -> str:
        """The whole page; all text in it is escaped."""
        return (
            '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width">'
            f"<title>ic-factory replica</title><style>{_STYLE}</style></head><body>"
            f"<h1>Replica</h1>{self._summary()}"
            f"<h2>Canisters</h2>{self._canisters()}"
            f"<h2>Last errors</h2>{_errors(self.figures.activity.last_failures.copy())}"
            f"<h2>Logs of these canisters</h2>{_logs(self.logs)}"
            '<p><a href="/_/metrics">metrics</a> · <a href="/_/status">status as JSON</a>'
            ' · <a href="/_/logs">logs as JSON</a></p></body></html>\n'
        )

    def _summary(self) -> str:
        figures, activity = self.figures, self.figures.activity
        by_status = ", ".join(
            f"{figures.canisters[status]} {status.name.lower()}" for status in CanisterStatus
        )
        failed = activity.failures.total()
        rounds = sum(activity.rounds.counts)
        queries = sum(activity.queries.counts)
        rows = {
            "state": "healthy" if self.is_healthy else "unhealthy: a round failed, see its log",
            "version": __version__,
            "subnet": str(self.subnet_id),
            "root key": self.root_key.hex(),
            "height": _number(figures.height),
            "time of the last round": utc_text(figures.time),
            "rounds in this process": f"{_number(rounds)}, {_mean(activity.rounds.sum, rounds)}",
            "canisters": f"{_number(figures.canisters.total())} ({by_status}),"
            f" {_number(figures.live_instances)} of them with a live instance",
            "memory": _size(figures.memory_bytes),
            "cycles": f"{_number(figures.cycles)}, {_number(figures.consumed_cycles)} consumed",
            "queues": f"{_number(figures.ingress_waiting)} from users not taken in yet,"
            f" {_number(figures.queued_messages)} at canisters,"
            f" {_number(figures.management_calls)} at the management canister",
            "calls": f"{_number(figures.open_call_contexts)} being worked on,"
            f" {_number(figures.open_calls)} between canisters unanswered,"
            f" {_number(figures.long_messages)} in long messages",
            "messages": f"{_number(activity.messages)}, {_number(failed)} failed,"
            f" {_number(activity.instructions)} instructions",
            "queries": f"{_number(queries)}, {_mean(activity.queries.sum, queries)},"
            f" {_number(activity.failed_queries.total())} rejected",
        }
        items = "".join(
            f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in rows.items()
        )
        return f"<dl>{items}</dl>"

    def _canisters(self) -> str:
        names = ("id", "status", "module hash", "memory", "cycles", "queue", "open calls")
        rows = "".join(map(_canister_row, self.canisters))
        return _table(names, rows, numbers=(3, 4, 5, 6)) + self._page_links()

    def _page_links(self) -> str:
        pages = -(-self.figures.canisters.total() // CANISTERS_PER_PAGE)
        links = [
            f'<a href="?page={number}">{word}</a>'
            for word, number in (("previous", self.number - 1), ("next", self.number + 1))
            if 1 <= number <= pages
        ]
        return f"<p>Page {self.number} of {max(pages, 1)} {' · '.join(links)}</p>"


def _canister_row(canister: CanisterDescription) -> str:
    canister_id = escape(str(canister.canister_id))
    module_hash = canister.module_hash.hex() if canister.module_hash else "none"
    return (
        f'<tr><td><a href="/_/logs?canister={canister_id}"><code>{canister_id}</code></a></td>'
        f"<td>{canister.status.name.lower()}</td><td><code>{module_hash}</code></td>"
        f'<td class="number">{_size(canister.memory_bytes)}</td>'
        f'<td class="number">{_number(canister.cycles)}</td>'
        f'<td class="number">{_number(canister.queued_messages)}</td>'
        f'<td class="number">{_number(canister.open_calls)}</td></tr>'
    )


def _errors(failures: Iterable[FailureRecord]) -> str:
    rows = "".join(
        f"<tr><td>{utc_text(failure.time)}</td>"
        f"<td><code>{escape(str(failure.canister_id))}</code></td>"
        f"<td>{escape(str(failure.error_code))}</td>"
        f"<td><pre>{_text(failure.message)}</pre></td></tr>"
        for failure in reversed(list(failures))
    )
    return _table(("time", "canister", "code", "message"), rows) if rows else "<p>none</p>"


def _logs(logs: Iterable[tuple[Principal, LogRecord]]) -> str:
    rows = "".join(
        f"<tr><td>{utc_text(record.timestamp)}</td>"
        f"<td><code>{escape(str(canister_id))}</code></td>"
        f"<td><pre>{_text(record.content.decode('utf-8', 'replace'))}</pre></td></tr>"
        for canister_id, record in logs
    )
    return _table(("time", "canister", "line"), rows) if rows else "<p>none</p>"


def _table(names: tuple[str, ...], rows: str, numbers: tuple[int, ...] = ()) -> str:
    heads = "".join(
        f'<th class="number">{name}</th>' if place in numbers else f"<th>{name}</th>"
        for place, name in enumerate(names)
    )
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"


def _text(text: str) -> str:
    """Text of a canister's, which may hold anything."""
    shown = text if len(text) <= MAX_TEXT else f"{text[:MAX_TEXT]} …"
    return escape("".join(sign if sign.isprintable() or sign == "\n" else "�" for sign in shown))


def _number(number: int) -> str:
    return f"{number:,}"


def _mean(seconds: float, count: int) -> str:
    return f"{1000 * seconds / count:.2f} ms each" if count else "none yet"


def _size(size: int) -> str:
    value, unit = float(size), "B"
    for larger in ("KiB", "MiB", "GiB"):
        if value < 1024:
            break
        value, unit = value / 1024, larger
    return f"{size} B" if unit == "B" else f"{value:.1f} {unit}"
