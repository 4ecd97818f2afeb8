"""One WASM engine for all conformance tests, so that each module is compiled once."""

from __future__ import annotations

import pytest

from ic_factory.replica.execution.engine import Engine


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """The engine to make replicas with."""
    return Engine(tmp_path_factory.mktemp("compiled modules"))
