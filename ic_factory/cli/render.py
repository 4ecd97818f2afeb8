"""Results on stdout: tables for a person, plain text for a pipe, JSON for a program."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

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
    _console().print(grid)


def show_table(table: Table) -> None:
    """Writes rows: a table for a person, tab-separated lines for a pipe.

    Values are never folded or cut off: where the terminal is too narrow for the table, the last
    column is below each row.
    """
    if not sys.stdout.isatty():
        for row in (table.columns, *table.rows):
            _write("\t".join(row))
        return
    from rich import box
    from rich.table import Table as RichTable

    shown = RichTable(title=table.title, title_justify="left", box=box.SIMPLE_HEAD)
    for column in table.columns:
        shown.add_column(column)
    for row in table.rows:
        shown.add_row(*row)
    console = _console()
    any_width = console.options.update(max_width=sys.maxsize)
    if console.measure(shown, options=any_width).maximum <= console.width:
        console.print(shown)
        return
    head, *rows = _last_column_below(table)
    console.print(f"\n{table.title}", style="italic")
    console.print(head, style="bold", soft_wrap=True)
    # A line that is still too long is the terminal's to break.
    for two_lines in rows:
        console.print(two_lines, soft_wrap=True)


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


def _last_column_below(table: Table) -> Iterator[str]:
    """The head and each row, in two lines each."""
    everything = (table.columns, *table.rows)
    widths = [max(map(len, column)) for column in zip(*everything, strict=True)][:-1]
    for *cells, last in everything:
        padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
        yield f"  {'   '.join(padded).rstrip()}\n    {last}"


def _console() -> Console:
    from rich.console import Console

    return Console(file=sys.stdout, highlight=False, markup=False)


def _write(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
