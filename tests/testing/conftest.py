"""One throw-away backend for all tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ic_factory.testing.stage import Place
from ic_factory.testing.throwaway import throwaway_place


@pytest.fixture(scope="session")
def place() -> Iterator[Place]:
    """Where scenarios are played; their users are new each time."""
    with throwaway_place() as place:
        yield place
