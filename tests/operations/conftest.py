"""A factory on a replica that is served over HTTP, anew for each test, and agents for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from ic_factory.agent import Agent, Client, Identity
from ic_factory.agent.transport import Transport
from ic_factory.canisters import backend_wasm, factory_wasm
from ic_factory.drivers.backend import Backend
from ic_factory.drivers.factory import Factory
from ic_factory.drivers.generated import backend as backend_types
from ic_factory.drivers.generated.factory import encode_init_args
from ic_factory.drivers.management import Management
from ic_factory.protocol.principal import Principal
from ic_factory.replica import Replica, ReplicaConfig
from ic_factory.replica.config import user_compile_cache
from ic_factory.replica.http.server import serve

TRILLION = 10**12
ALICE, BOB, ADMIN = (Identity(f"{number:064x}") for number in (1, 2, 3))


@dataclass(frozen=True)
class Site:
    """A network with a factory."""

    replica: Replica
    url: str
    factory_id: Principal

    def agent(self, identity: Identity = ALICE, transport: Transport | None = None) -> Agent:
        client = Client(self.url, transport)
        return Agent(identity, client, root_key=self.replica.root_key)


@pytest.fixture(scope="session")
def installed() -> Iterator[tuple[Replica, Principal]]:
    """A replica with a factory, which each test forks."""
    with Replica(ReplicaConfig(compile_cache=user_compile_cache())) as replica:
        admin = Principal.of(ADMIN.sender())
        factory_id = replica.create_canister(admin, cycles=1_000 * TRILLION)
        replica.install_code(factory_id, factory_wasm(), encode_init_args(), sender=admin)
        yield replica, factory_id


@pytest.fixture
def site(installed: tuple[Replica, Principal]) -> Iterator[Site]:
    replica, factory_id = installed
    with replica.fork() as served:
        served.start()
        with serve(served) as server:
            yield Site(served, server.url, factory_id)


@pytest.fixture
def agent(site: Site) -> Iterator[Agent]:
    with site.agent() as agent:
        yield agent


@pytest.fixture
def factory(site: Site, agent: Agent) -> Factory:
    """The factory as Alice sees it."""
    return Factory(agent, site.factory_id)


@pytest.fixture
def administered(site: Site) -> Iterator[Factory]:
    """The factory as its admin sees it."""
    with site.agent(ADMIN) as agent:
        yield Factory(agent, site.factory_id)


@pytest.fixture
def management(agent: Agent) -> Management:
    return Management(agent)


@dataclass(frozen=True)
class Hub:
    """A network with a backend."""

    replica: Replica
    url: str
    backend_id: Principal

    def agent(self, identity: Identity = ALICE, transport: Transport | None = None) -> Agent:
        client = Client(self.url, transport)
        return Agent(identity, client, root_key=self.replica.root_key)


@pytest.fixture(scope="session")
def installed_backend() -> Iterator[tuple[Replica, Principal]]:
    """A replica with a backend, which each test forks."""
    with Replica(ReplicaConfig(compile_cache=user_compile_cache())) as replica:
        admin = Principal.of(ADMIN.sender())
        backend_id = replica.create_canister(admin, cycles=1_000 * TRILLION)
        argument = backend_types.encode_init_args()
        replica.install_code(backend_id, backend_wasm(), argument, sender=admin)
        # The backend asks for randomness before it gives ids.
        for _ in range(4):
            replica.tick()
        yield replica, backend_id


@pytest.fixture
def hub(installed_backend: tuple[Replica, Principal]) -> Iterator[Hub]:
    replica, backend_id = installed_backend
    with replica.fork() as served:
        served.start()
        with serve(served) as server:
            yield Hub(served, server.url, backend_id)


@pytest.fixture
def backend(hub: Hub) -> Iterator[Backend]:
    """The backend as Alice sees it, who has registered."""
    with hub.agent() as agent:
        found = Backend(agent, hub.backend_id)
        found.register()
        yield found
