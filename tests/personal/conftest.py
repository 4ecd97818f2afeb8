"""A personal canister, installed once and rewound after each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ic_factory.canisters import personal_interface
from ic_factory.protocol.candid import InterfaceDescription
from ic_factory.protocol.candid.did import parse_did
from ic_factory.replica import Replica, ReplicaConfig
from ic_factory.replica.clock import FrozenClock
from ic_factory.replica.config import user_compile_cache
from tests.personal.bundle import Bundle
from tests.personal.world import OWNER, Personal, install_personal, small_bundle

START = 1_750_000_000 * 10**9


@pytest.fixture(scope="session")
def interface() -> InterfaceDescription:
    """What the personal canister's `.did` says."""
    return parse_did(personal_interface())


@pytest.fixture(scope="session")
def replica() -> Iterator[Replica]:
    """One replica for all tests of this folder."""
    config = ReplicaConfig(seed=bytes(32 * [8]), compile_cache=user_compile_cache())
    with Replica(config, FrozenClock(START)) as replica:
        yield replica


@pytest.fixture(scope="session")
def installed(replica: Replica, interface: InterfaceDescription) -> Personal:
    """A canister into which nothing has come; tests use `empty`."""
    return install_personal(replica, interface, small_bundle())


@pytest.fixture
def empty(installed: Personal) -> Iterator[Personal]:
    """A canister into which nothing has come, put back to its beginning afterwards."""
    moment = installed.replica.snapshot()
    yield installed
    installed.replica.rewind(moment)


@pytest.fixture
def bundle() -> Bundle:
    """The capsule that `empty` is for, and that `personal` holds."""
    return small_bundle()


@pytest.fixture
def personal(empty: Personal, bundle: Bundle) -> Personal:
    """A canister that its owner has for themselves."""
    empty.take(bundle)
    empty.hand_off(OWNER)
    return empty
