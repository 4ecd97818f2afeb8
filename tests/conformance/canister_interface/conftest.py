"""A replica with three universal canisters, made once and rewound after each test.

Its rounds are run by hand and its clock stands still, but for what a test does to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from ic_factory.replica import Replica, ReplicaConfig
from ic_factory.replica.clock import FrozenClock
from ic_factory.replica.execution.engine import Engine
from tests.conformance.canister_interface.canisters import START_TIME, Universal, make_universal


@dataclass(frozen=True)
class Stage:
    """What all tests of this folder begin with."""

    replica: Replica
    alice: Universal
    bob: Universal
    carol: Universal


@pytest.fixture(scope="session")
def stage(engine: Engine) -> Iterator[Stage]:
    """The one stage of the session; tests use `replica` and the canisters."""
    config = ReplicaConfig(seed=b"\x2a" * 32)
    with Replica(config, FrozenClock(START_TIME), engine) as replica:
        yield Stage(replica, *(make_universal(replica) for _ in range(3)))


@pytest.fixture
def replica(stage: Stage) -> Iterator[Replica]:
    """The replica, put back to its beginning afterwards."""
    moment = stage.replica.snapshot()
    yield stage.replica
    stage.replica.rewind(moment)


@pytest.fixture
def alice(stage: Stage, replica: Replica) -> Universal:
    """A universal canister."""
    return stage.alice


@pytest.fixture
def bob(stage: Stage, replica: Replica) -> Universal:
    """Another one."""
    return stage.bob


@pytest.fixture
def carol(stage: Stage, replica: Replica) -> Universal:
    """A third one."""
    return stage.carol
