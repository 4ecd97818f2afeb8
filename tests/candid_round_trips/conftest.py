"""One replica with the echo canister a module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ic_factory.replica import Replica
from tests.candid_round_trips.rust_candid import RustCandid


@pytest.fixture(scope="module")
def rust() -> Iterator[RustCandid]:
    with Replica() as replica:
        yield RustCandid.on(replica)
