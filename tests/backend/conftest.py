"""A backend, installed once and rewound after each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ic_factory.canisters import backend_interface
from ic_factory.protocol.candid import InterfaceDescription
from ic_factory.protocol.candid.did import parse_did
from ic_factory.replica import Replica, ReplicaConfig
from ic_factory.replica.clock import FrozenClock
from ic_factory.replica.config import user_compile_cache
from tests.backend.world import OWNER, Backend, install_backend

START = 1_750_000_000 * 10**9


@pytest.fixture(scope="session")
def interface() -> InterfaceDescription:
    """What the backend's `.did` says."""
    return parse_did(backend_interface())


@pytest.fixture(scope="session")
def installed_backend(interface: InterfaceDescription) -> Iterator[Backend]:
    """One backend for all tests of this folder, with its owner registered; they use `backend`."""
    config = ReplicaConfig(seed=bytes(32 * [9]), compile_cache=user_compile_cache())
    with Replica(config, FrozenClock(START)) as replica:
        yield install_backend(replica, interface).registered(OWNER)


@pytest.fixture
def backend(installed_backend: Backend) -> Iterator[Backend]:
    """The backend as its user sees it, put back to its beginning afterwards."""
    moment = installed_backend.replica.snapshot()
    yield installed_backend
    installed_backend.replica.rewind(moment)


@pytest.fixture
def capsule(backend: Backend) -> str:
    """A capsule of the owner's."""
    return backend.capsule(name="holidays")
