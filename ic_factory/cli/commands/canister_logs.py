"""`ic-factory canister logs`: what a canister has logged."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ic_factory.cli.commands.canister_lifecycle import Canister
from ic_factory.cli.context import context_of
from ic_factory.cli.documents import time_text
from ic_factory.cli.options import DEFAULT_NETWORK, Identity, Network
from ic_factory.cli.render import show_json, show_line
from ic_factory.cli.session import open_session

if TYPE_CHECKING:
    from ic_factory.drivers.generated.management import LogRecord

FOLLOW_SECONDS = 1.0
"""How often `--follow` looks for more."""


def logs(
    context: typer.Context,
    canister: Canister,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on until Ctrl-C.")] = False,
    network: Network = DEFAULT_NETWORK,
    identity: Identity = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="JSON on stdout: a document, or one a line to follow.")
    ] = False,
) -> None:
    """Show what a canister has logged last, oldest first; for those who may see it."""
    run = context_of(context)
    with (
        run.reporting_failure_of(f"reading the log of {canister}"),
        open_session(network, identity) as session,
    ):
        target = session.canister_id(canister)
        records = session.management.logs(target)
        if as_json and not follow:
            show_json({"canister_id": str(target), "records": list(map(_document, records))})
            return
        _show(records, as_json)
        while follow:
            time.sleep(FOLLOW_SECONDS)
            seen = records[-1].idx if records else -1
            new = [each for each in session.management.logs(target) if each.idx > seen]
            _show(new, as_json)
            records = new or records


def _show(records: Sequence[LogRecord], as_json: bool) -> None:
    for record in records:
        document = _document(record)
        moment = time_text(record.timestamp_nanos)
        show_line(json.dumps(document) if as_json else f"{moment}\t{document['text']}")


def _document(record: LogRecord) -> dict[str, Any]:
    return {
        "index": record.idx,
        "time_ns": record.timestamp_nanos,
        "text": record.content.decode("utf-8", "replace"),
    }
