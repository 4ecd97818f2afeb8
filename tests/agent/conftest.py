"""A replica behind a man in the middle, with a canister that counts."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from ic.identity import Identity

from ic_factory.agent.agent import Agent
from ic_factory.agent.client import Client
from ic_factory.protocol.candid import decode, encode
from ic_factory.protocol.principal import Principal
from ic_factory.replica import Replica, Reply
from ic_factory.replica.http.server import serve
from tests.agent.man_in_the_middle import ManInTheMiddle
from tests.canisters.universal import cdk_wasm

NOTHING = encode([], [])


@dataclass
class SetClock:
    """The host's time, moved by as many nanoseconds as a test says."""

    offset: int = 0

    def __call__(self) -> int:
        return time.time_ns() + self.offset


@dataclass(frozen=True)
class World:
    """A live replica with a counter, and its address."""

    replica: Replica
    url: str
    counter: Principal

    def count(self) -> int:
        """How often the counter has counted, by its replica itself."""
        answer = self.replica.query_call(self.counter, "counter", NOTHING)
        assert isinstance(answer, Reply)
        return nat64(answer.data)


def nat64(reply: bytes) -> int:
    (number,) = decode(reply)
    assert type(number) is int
    return number


@pytest.fixture(scope="session")
def world() -> Iterator[World]:
    with Replica() as replica:
        replica.start()
        counter = replica.create_canister()
        replica.install_code(counter, cdk_wasm(), NOTHING)
        with serve(replica) as server:
            yield World(replica, server.url, counter)


@pytest.fixture
def man(world: World) -> Iterator[ManInTheMiddle]:
    with ManInTheMiddle(world.url) as man:
        yield man


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def agent(world: World, man: ManInTheMiddle, clock: SetClock) -> Iterator[Agent]:
    """An agent that reaches the replica by way of the man, and whose clock can be set."""
    with agent_at(man.url, world.replica.root_key, clock) as agent:
        yield agent


def agent_at(url: str, root_key: bytes, clock: Callable[[], int] = time.time_ns) -> Agent:
    return Agent(
        Identity(anonymous=True), Client(url), root_key=root_key, clock=clock, patience=20.0
    )


@pytest.fixture
def counts(world: World) -> Callable[[int], object]:
    """Checks that the counter counts so often inside, and no more within the next rounds."""

    @contextmanager
    def counts(times: int) -> Iterator[None]:
        before = world.count()
        yield
        assert world.count() - before == times

    return counts
