"""The pytest plugin: a replica for each test, as it was before the last one.

It is there once the package is installed; a test that names no fixture of it pays nothing.

    def test_greets(replica):
        canister_id = replica.create_canister()
        replica.install_code(canister_id, wasm)
        assert replica.update(canister_id, "greet", argument) == Reply(greeting)

To install canisters once for all tests, override `replica_session` in a conftest:

    @pytest.fixture(scope="session")
    def replica_session(replica_session):
        replica_session.create_canister()
        return replica_session
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from ic_factory.replica.replica import Replica
    from ic_factory.replica.snapshots import SnapshotToken


@pytest.fixture(scope="session")
def replica_session() -> Iterator[Replica]:
    """A replica for the whole session, its rounds run by hand; what all tests begin with.

    Modules that an earlier session or a replica of the command line compiled are not compiled anew.
    """
    from ic_factory.replica.config import ReplicaConfig, user_compile_cache
    from ic_factory.replica.replica import Replica

    with Replica(ReplicaConfig(compile_cache=user_compile_cache())) as replica:
        yield replica


@pytest.fixture(scope="session")
def replica_base(replica_session: Replica) -> SnapshotToken:
    """The moment of `replica_session` that each test begins at."""
    return replica_session.snapshot()


@pytest.fixture
def replica(replica_session: Replica, replica_base: SnapshotToken) -> Iterator[Replica]:
    """The session's replica; what the test did to it is undone afterwards."""
    yield replica_session
    replica_session.rewind(replica_base)


@pytest.fixture
def replica_url(replica: Replica) -> Iterator[str]:
    """The URL of a fork of `replica`, served over HTTP, its rounds running by themselves.

    The fork has what the test did to `replica` before; neither sees what the other does after.
    """
    from ic_factory.replica.http.server import serve

    with replica.fork() as served:
        served.start()
        with serve(served) as server:
            yield server.url
