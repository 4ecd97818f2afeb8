"""The replica goes away and comes back on its port, as another process with the same keys would."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from ic_factory.agent.errors import UntrustedCertificate
from ic_factory.replica import Replica
from ic_factory.replica.http.server import Server, serve
from tests.agent.conftest import NOTHING, agent_at, nat64
from tests.canisters.universal import cdk_wasm

AWAY_SECONDS = 1.0

pytestmark = pytest.mark.slow


@pytest.fixture
def replica() -> Iterator[Replica]:
    """A replica of its own, which may be closed."""
    with Replica() as replica:
        replica.start()
        yield replica


@pytest.fixture
def counter(replica: Replica):
    canister_id = replica.create_canister()
    replica.install_code(canister_id, cdk_wasm(), NOTHING)
    return canister_id


@contextmanager
def comes_back(replica: Replica, port: int) -> Iterator[None]:
    """Serves a replica on the port, a second from now, until the end."""
    servers: list[Server] = []
    timer = threading.Timer(AWAY_SECONDS, lambda: servers.append(serve(replica, port=port)))
    timer.start()
    try:
        yield
    finally:
        timer.join()
        for server in servers:
            server.close()


def test_queries_and_updates_wait_for_a_replica_that_restarts(replica, counter):
    with serve(replica) as server, agent_at(server.url, replica.root_key) as agent:
        assert nat64(agent.update(counter, "increment", NOTHING)) == 1
        server.close()
        with replica.fork() as successor:
            successor.start()
            replica.close()
            with comes_back(successor, server.port):
                started = time.monotonic()
                assert nat64(agent.query(counter, "counter", NOTHING)) == 1
                assert time.monotonic() - started > AWAY_SECONDS / 2
                assert nat64(agent.update(counter, "increment", NOTHING)) == 2
                assert nat64(agent.query(counter, "counter", NOTHING)) == 2


def test_an_update_that_waits_while_the_replica_restarts_runs_once(replica, counter):
    with serve(replica) as server, agent_at(server.url, replica.root_key) as agent:
        agent.query(counter, "counter", NOTHING)
        server.close()
        with replica.fork() as successor:
            successor.start()
            with comes_back(successor, server.port):
                assert nat64(agent.update(counter, "increment", NOTHING)) == 1
                assert nat64(agent.query(counter, "counter", NOTHING)) == 1


def test_another_replica_on_the_port_is_not_taken_for_the_same(replica, counter):
    with serve(replica) as server, agent_at(server.url, replica.root_key) as agent:
        agent.query(counter, "counter", NOTHING)
        server.close()
        with Replica() as other:
            other.start()
            with serve(other, port=server.port), pytest.raises(UntrustedCertificate):
                agent.read_module_hash(counter)
