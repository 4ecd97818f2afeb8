"""`ic-factory factory events`: what has happened in the factory."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ic_factory.cli.documents import plain, text_of, time_text
from ic_factory.cli.factory_session import asking_factory
from ic_factory.cli.options import DEFAULT_NETWORK, FactoryId, Identity, Network
from ic_factory.cli.render import Table, show_json, show_line, show_table

if TYPE_CHECKING:
    from ic_factory.drivers.generated.factory import Event

FOLLOW_SECONDS = 1.0
"""How often `--follow` looks for more."""

KIND = "EventKind"
"""How the names of the classes of events begin."""


def events(
    context: typer.Context,
    after: Annotated[
        int | None,
        typer.Option("--after", metavar="N", help="Those behind this one.", show_default=False),
    ] = None,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on until Ctrl-C.")] = False,
    network: Network = DEFAULT_NETWORK,
    identity: Identity = None,
    factory: FactoryId = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="JSON on stdout: a document, or one a line to follow.")
    ] = False,
) -> None:
    """Show what has happened in the factory, oldest first; for admins."""
    with asking_factory(context, "reading events", network, identity, factory) as target:
        found = list(target.events(after))
        if not follow:
            if as_json:
                show_json({"events": [_document(each) for each in found]})
            else:
                show_table(_table(found))
            return
        last = after
        while True:
            _show_lines(found, as_json)
            last = found[-1].id if found else last
            time.sleep(FOLLOW_SECONDS)
            found = list(target.events(last))


def _show_lines(found: Sequence[Event], as_json: bool) -> None:
    for event in found:
        show_line(json.dumps(_document(event)) if as_json else "\t".join(_row(event)))


def _document(event: Event) -> dict[str, Any]:
    return {
        "id": event.id,
        "time_ns": event.time_ns,
        "caller": str(event.caller),
        "kind": _kind(event),
        "fields": plain(event.event),
    }


def _kind(event: Event) -> str:
    """`canister_created` for `EventKindCanisterCreated`."""
    name = type(event.event).__name__.removeprefix(KIND)
    return "".join(f"_{each.lower()}" if each.isupper() else each for each in name).lstrip("_")


def _row(event: Event) -> tuple[str, ...]:
    fields = plain(event.event)
    what = "  ".join(f"{name}={text_of(value)}" for name, value in fields.items())
    kind = _kind(event).replace("_", " ")
    return (str(event.id), time_text(event.time_ns), str(event.caller), kind, what)


def _table(found: Sequence[Event]) -> Table:
    columns = ("id", "time", "caller", "event", "fields")
    return Table("events", columns, tuple(map(_row, found)))
