"""The pytest plugin: networks for tests of canisters, as they were before the last test.

It is there once the package is installed; a test that names no fixture of it pays nothing.

    def test_counts(install, agent):
        counter = CounterClient(agent, install(Path("counter.wasm")))
        assert counter.increment() == 1

`agent`, `agent_as`, `install`, `factory`, `backend` and `personal` are about one network, which the
test calls over HTTP as the world does. It is an embedded replica that forgets what each test did,
or the network that IC_FACTORY_TEST_NETWORK names. `replica` is another one, without HTTP, for tests
that run its rounds by hand.

To install canisters once for all tests, override `replica_session` in a conftest:

    @pytest.fixture(scope="session")
    def replica_session(replica_session):
        replica_session.create_canister()
        return replica_session
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from ic_factory.agent import Agent, Identity
    from ic_factory.drivers.backend import Backend
    from ic_factory.drivers.factory import Factory
    from ic_factory.drivers.personal import Personal
    from ic_factory.networks.network import Network
    from ic_factory.replica.replica import Replica
    from ic_factory.replica.snapshots import SnapshotToken
    from ic_factory.testing.identities import Identities
    from ic_factory.testing.installation import Installer
    from ic_factory.testing.session_network import SessionNetwork

DEVELOPER = "developer"
"""The test identity that installs and controls canisters."""

OWNER = "alice"
"""The test identity that `personal` belongs to."""


@pytest.fixture(scope="session")
def replica_session() -> Iterator[Replica]:
    """A replica for the whole session, its rounds run by hand; what all tests begin with.

    Modules that an earlier session or a replica of the command line compiled are not compiled anew.
    """
    from ic_factory.replica.config import ReplicaConfig, user_compile_cache
    from ic_factory.replica.replica import Replica
    from ic_factory.testing.session_network import VARIABLE, named_network

    if (name := named_network()) is not None:
        pytest.skip(f"needs the embedded replica to run by hand, and {VARIABLE} is {name}")
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


@pytest.fixture(scope="session")
def session_network(request: pytest.FixtureRequest) -> Iterator[SessionNetwork]:
    """The network of the session: a fork of `replica_session`, or the one that is named."""
    from ic_factory.testing.session_network import named_network, resolved, served_fork

    if (name := named_network()) is not None:
        yield resolved(name)
        return
    replica = request.getfixturevalue("replica_session")
    with served_fork(replica, request.getfixturevalue("replica_base")) as served:
        yield served


@pytest.fixture
def network(session_network: SessionNetwork) -> Iterator[Network]:
    """URL and root key of the network; what the test did to an embedded one is undone afterwards.

    Networks that are named keep what they are told, but not what `install` made.
    """
    with session_network.one_test():
        yield session_network.network


@pytest.fixture(scope="session")
def identities() -> Identities:
    """Test identities by name, the same in each run: `identities["alice"]`."""
    from ic_factory.testing.identities import Identities

    return Identities()


@pytest.fixture
def agent(network: Network, identities: Identities) -> Iterator[Agent]:
    """An agent on the network for `identities["developer"]`, who controls what `install` makes."""
    from ic_factory.agent import Agent, Client

    who = identities[DEVELOPER]
    with Agent(who, Client(network.url), root_key=network.root_key) as agent:
        yield agent


@pytest.fixture
def agent_as(agent: Agent, identities: Identities) -> Callable[[Identity | str], Agent]:
    """Agents for others, by identity or by the name of a test identity: `agent_as("alice")`."""

    def agent_for(who: Identity | str) -> Agent:
        return agent.with_identity(identities[who] if isinstance(who, str) else who)

    return agent_for


@pytest.fixture
def install(session_network: SessionNetwork, agent: Agent) -> Iterator[Installer]:
    """Makes canisters for the test: `install(module, arg, did=…, cycles=…)` returns the id."""
    from ic_factory.testing.installation import Installer
    from ic_factory.testing.session_network import VARIABLE

    if session_network.network.is_mainnet:
        name = session_network.network.name
        pytest.skip(f"canisters are made out of nothing, and {VARIABLE} is {name}: they cost there")
    installer = Installer(agent)
    yield installer
    if session_network.replica is None:
        installer.delete_all()


@pytest.fixture
def factory(install: Installer, agent: Agent) -> Factory:
    """A factory of the test's own, for its admin, `identities["developer"]`."""
    from ic_factory.canisters import factory_wasm
    from ic_factory.drivers.factory import Factory

    return Factory(agent, install(factory_wasm()))


@pytest.fixture
def backend(install: Installer, agent: Agent) -> Backend:
    """A backend of the test's own, for its admin, `identities["developer"]`."""
    from ic_factory.canisters import backend_wasm
    from ic_factory.drivers.backend import Backend

    return Backend(agent, install(backend_wasm()))


@pytest.fixture
def personal(install: Installer, agent: Agent, agent_as: Callable[[str], Agent]) -> Personal:
    """A personal canister of the test's own, for its owner, `identities["alice"]`.

    A hub, whose admin is `identities["developer"]`, has made it from her empty first capsule.
    """
    from ic_factory.canisters import backend_wasm
    from ic_factory.drivers.backend import Backend
    from ic_factory.drivers.personal import Personal
    from ic_factory.operations.personal_creation import create_personal
    from ic_factory.testing.personal_hub import HUB_CYCLES, prepare_hub

    hub_id = install(backend_wasm(), cycles=HUB_CYCLES)
    prepare_hub(Backend(agent, hub_id))
    owner = agent_as(OWNER)
    hub = Backend(owner, hub_id)
    hub.register_capsule()
    return Personal(owner, create_personal(hub).canister_id)
