"""A hub that can make personal canisters, installed once and rewound after each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ic_factory.canisters import backend_interface
from ic_factory.protocol.candid.did import parse_did
from ic_factory.replica import Replica, ReplicaConfig
from ic_factory.replica.clock import FrozenClock
from ic_factory.replica.config import user_compile_cache
from tests.backend.world import OWNER
from tests.creation.world import Hub, Kept, fill_capsule, install_hub

START = 1_750_000_000 * 10**9


@pytest.fixture(scope="session")
def full_hub() -> Iterator[tuple[Hub, Kept]]:
    """One hub for all tests of this folder, with a user's capsule; they use `hub` and `kept`."""
    config = ReplicaConfig(seed=bytes(32 * [8]), compile_cache=user_compile_cache())
    with Replica(config, FrozenClock(START)) as replica:
        hub = install_hub(replica, parse_did(backend_interface()))
        hub.registered(OWNER)
        yield hub, fill_capsule(hub)


@pytest.fixture
def hub(full_hub: tuple[Hub, Kept]) -> Iterator[Hub]:
    """The hub as its user sees it, put back to its beginning afterwards."""
    hub, _ = full_hub
    moment = hub.replica.snapshot()
    yield hub
    hub.replica.rewind(moment)


@pytest.fixture
def kept(full_hub: tuple[Hub, Kept]) -> Kept:
    """The user's capsule."""
    return full_hub[1]
