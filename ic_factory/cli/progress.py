"""The progress of an operation on stderr: a bar on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ic_factory.cli.render import bytes_text

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress

    from ic_factory.operations.progress import Progress

_QUARTER = 4


@contextmanager
def showing_bytes(what: str) -> Iterator[Progress]:
    """A progress of bytes: a bar with rate and time left, or a line each quarter."""
    if not sys.stderr.isatty():
        yield _Lines(what)
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        TextColumn,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )
    from rich.progress import Progress as RichProgress

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(binary_units=True),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    with RichProgress(*columns, console=Console(stderr=True)) as shown:
        yield _Bar(shown, what)


@contextmanager
def showing_steps(what: str) -> Iterator[Progress]:
    """A progress of stages: a spinner with what is being done, or a line for each."""
    if not sys.stderr.isatty():
        yield _Stages(what)
        return
    from rich.console import Console
    from rich.progress import Progress as RichProgress
    from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with RichProgress(*columns, console=Console(stderr=True), transient=True) as shown:
        yield _Bar(shown, what)


@contextmanager
def showing_stages(what: str) -> Iterator[Progress]:
    """A progress of stages and of bytes: a bar with both and the rate, or lines for each."""
    if not sys.stderr.isatty():
        yield _StagesAndBytes(what)
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        SpinnerColumn,
        TextColumn,
        TimeElapsedColumn,
        TransferSpeedColumn,
    )
    from rich.progress import Progress as RichProgress

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(binary_units=True),
        TransferSpeedColumn(),
        TimeElapsedColumn(),
    )
    with RichProgress(*columns, console=Console(stderr=True)) as shown:
        yield _Bar(shown, what)


class _Bar:
    def __init__(self, shown: RichProgress, what: str) -> None:
        self._shown = shown
        self._what = what
        self._task = shown.add_task(what, total=None)

    def start(self, total: int) -> None:
        self._shown.update(self._task, total=total)

    def advance(self, amount: int) -> None:
        self._shown.advance(self._task, amount)

    def message(self, text: str) -> None:
        self._shown.update(self._task, description=f"{self._what}: {text}")

    def done(self) -> None:
        self._shown.update(self._task, description=self._what)


class _Lines:
    """Bytes, for a log: the size, each quarter, and the end."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._total = 0
        self._so_far = 0

    def start(self, total: int) -> None:
        self._total = total
        _say(f"{self._what}: {bytes_text(total)}")

    def advance(self, amount: int) -> None:
        before = self._so_far * _QUARTER // max(self._total, 1)
        self._so_far += amount
        after = self._so_far * _QUARTER // max(self._total, 1)
        if after > before and after < _QUARTER:
            _say(f"{self._what}: {bytes_text(self._so_far)} of {bytes_text(self._total)}")

    def message(self, text: str) -> None:
        _say(f"{self._what}: {text}")

    def done(self) -> None:
        _say(f"{self._what}: done")


class _Stages:
    """Stages, for a log: a line for each that is new."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._last = ""

    def start(self, total: int) -> None:
        """How many there are is not shown."""

    def advance(self, amount: int) -> None:
        """How many are done is not shown."""

    def message(self, text: str) -> None:
        if text != self._last:
            self._last = text
            _say(f"{self._what}: {text}")

    def done(self) -> None:
        _say(f"{self._what}: done")


class _StagesAndBytes(_Stages):
    """Stages and bytes, for a log: a line for each stage, and the rate at the end."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self._begun: float | None = None
        self._bytes = 0

    def start(self, total: int) -> None:
        _say(f"{self._what}: {bytes_text(total)}")
        self._begun = time.monotonic()

    def advance(self, amount: int) -> None:
        self._bytes += amount

    def done(self) -> None:
        if self._begun is not None:
            rate = bytes_text(int(self._bytes / max(time.monotonic() - self._begun, 1e-3)))
            _say(f"{self._what}: {bytes_text(self._bytes)} moved, {rate}/s")
        super().done()


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)  # noqa: T201 # the command line speaks
