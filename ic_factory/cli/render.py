"""Results on stdout: tables for a person, plain text for a pipe, JSON for a program."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass

BINARY_UNITS = ("B", "KiB", "MiB", "GiB", "TiB")
CYCLE_UNITS = (("T", 10**12), ("B", 10**9), ("M", 10**6))


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under column names; a title that only a person is shown."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def show_json(document: object) -> None:
    """Writes one JSON document."""
    _write(json.dumps(document, indent=2, ensure_ascii=False))


def show_line(line: str) -> None:
    """Writes one line as it is."""
    _write(line)


def show_facts(facts: Mapping[str, str]) -> None:
    """Writes names and values: aligned for a person, tab-separated for a pipe."""
    if not sys.stdout.isatty():
        for name, value in facts.items():
            _write(f"{name}\t{value}")
        return
    from rich.table import Table as RichTable

    grid = RichTable.grid(padding=(0, 2))
    grid.add_column(style="bold")
    grid.add_column(overflow="fold")
    for name, value in facts.items():
        grid.add_row(name, value)
    _print_rich(grid)


def show_table(table: Table) -> None:
    """Writes rows: a table for a person, tab-separated lines for a pipe.

    Values are folded where the terminal is narrow, never cut off.
    """
    if not sys.stdout.isatty():
        for row in (table.columns, *table.rows):
            _write("\t".join(row))
        return
    from rich import box
    from rich.table import Table as RichTable

    shown = RichTable(title=table.title, title_justify="left", box=box.SIMPLE_HEAD)
    for column in table.columns:
        shown.add_column(column, overflow="fold")
    for row in table.rows:
        shown.add_row(*row)
    _print_rich(shown)


def bytes_text(size: int) -> str:
    """A size as a person reads it: `17.5 MiB`."""
    value = float(size)
    unit = 0
    while value >= 1024 and unit < len(BINARY_UNITS) - 1:
        value /= 1024
        unit += 1
    return f"{size} B" if unit == 0 else f"{value:.1f} {BINARY_UNITS[unit]}"


def cycles_text(cycles: int) -> str:
    """Cycles as a person reads them: `3.100 T`."""
    for name, factor in CYCLE_UNITS:
        if cycles >= factor:
            return f"{cycles / factor:,.3f} {name}"
    return str(cycles)


def _print_rich(item: object) -> None:
    from rich.console import Console

    Console(file=sys.stdout, highlight=False, markup=False).print(item)


def _write(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
