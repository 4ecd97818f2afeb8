"""A factory, installed once and rewound after each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ic_factory.canisters import factory_interface
from ic_factory.protocol.candid import InterfaceDescription
from ic_factory.protocol.candid.did import parse_did
from ic_factory.replica import Replica, ReplicaConfig
from ic_factory.replica.clock import FrozenClock
from ic_factory.replica.config import user_compile_cache
from tests.canisters.universal import universal_wasm_without
from tests.factory.world import Factory, install_factory

START = 1_750_000_000 * 10**9


@pytest.fixture(scope="session")
def interface() -> InterfaceDescription:
    """What the factory's `.did` says."""
    return parse_did(factory_interface())


@pytest.fixture(scope="session")
def installed_factory(interface: InterfaceDescription) -> Iterator[Factory]:
    """One factory for all tests of this folder; they use `factory`."""
    config = ReplicaConfig(seed=bytes(32 * [9]), compile_cache=user_compile_cache())
    with Replica(config, FrozenClock(START)) as replica:
        yield install_factory(replica, interface)


@pytest.fixture
def factory(installed_factory: Factory) -> Iterator[Factory]:
    """The factory as a user sees it, put back to its beginning afterwards."""
    moment = installed_factory.replica.snapshot()
    yield installed_factory
    installed_factory.replica.rewind(moment)


@pytest.fixture(scope="session")
def module() -> bytes:
    """A module whose `init` and `post_upgrade` run the program that is their argument."""
    return universal_wasm_without("canister_heartbeat", "canister_inspect_message")


@pytest.fixture
def upload_id(factory: Factory, module: bytes) -> int:
    """An upload of that module, committed by the user."""
    return factory.upload(module)
