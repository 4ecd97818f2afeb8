"""Signals that ask a process to end, as an event to wait for."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

SIGNAL_CHECK_SECONDS = 1.0
"""How often a waiting main thread looks up, where signals can't wake it (Windows)."""

SignalHandler = Callable[[int, FrameType | None], Any] | int | signal.Handlers | None


@contextmanager
def stop_requests() -> Iterator[threading.Event]:
    """An event that is set by the first SIGINT or SIGTERM; a second one has its usual effect."""
    stop = threading.Event()
    before: dict[int, SignalHandler] = {}

    def on_signal(number: int, _: FrameType | None) -> None:
        signal.signal(number, before[number])
        stop.set()

    for signal_to_end in (signal.SIGINT, signal.SIGTERM):
        before[signal_to_end] = signal.signal(signal_to_end, on_signal)
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def interrupted_by_termination() -> Iterator[None]:
    """SIGTERM raises KeyboardInterrupt, as SIGINT does, so that what was begun is undone."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
