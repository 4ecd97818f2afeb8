"""What holds for all tests."""

from __future__ import annotations

import os
import sys

import pytest
from hypothesis import settings

LONGEST_SHOWN = 32
RECURSION_LIMIT = sys.getrecursionlimit()


def pytest_collection_finish() -> None:
    """Sets Python's own limit again, which py_ecc raises hundredfold when it is imported."""
    sys.setrecursionlimit(RECURSION_LIMIT)


def pytest_make_parametrize_id(val: object) -> str | None:
    """Names bytes by their length where they are long or no text.

    Such names can be read and typed, and are the same in each process where the bytes hold a time
    or a random nonce.
    """
    if not isinstance(val, bytes):
        return None
    if len(val) <= LONGEST_SHOWN and val.isascii() and val.decode().isprintable():
        return None
    return f"{len(val)} bytes"


# No test is timed: these machines are shared. CI draws the same examples each time, so that a
# change is not blamed for what it did not break; runs by hand look further.
settings.register_profile("by hand", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "by hand")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Adds up numbers that tests tell by `record_property`, and shows all else that they tell."""
    told = [
        (name, value, report.duration)
        for report in terminalreporter.getreports("passed")
        for name, value in report.user_properties
    ]
    for name in dict.fromkeys(name for name, _, _ in told):
        values = [value for each, value, _ in told if each == name]
        seconds = sum(duration for each, _, duration in told if each == name)
        total = sum(values) if all(isinstance(each, int) for each in values) else values[-1]
        terminalreporter.write_line(f"{name}: {total} in {seconds:.0f} s")
