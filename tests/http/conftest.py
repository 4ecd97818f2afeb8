from dataclasses import dataclass

import httpx
import pytest

from ic_factory.protocol.principal import Principal
from ic_factory.replica.http.server import serve
from ic_factory.replica.replica import Replica
from tests.http.wire import counter_module


@dataclass(frozen=True)
class Served:
    """A live replica behind HTTP, with a counter canister."""

    replica: Replica
    client: httpx.Client
    canister_id: Principal

    def path(self, version, end):
        return f"/api/{version}/canister/{self.canister_id}/{end}"

    def subnet_path(self, version, end):
        return f"/api/{version}/subnet/{self.replica.subnet_id}/{end}"


@pytest.fixture(scope="module")
def served():
    with Replica() as replica:
        replica.start()
        canister_id = replica.create_canister()
        replica.install_code(canister_id, counter_module())
        with serve(replica) as server, httpx.Client(base_url=server.url) as client:
            yield Served(replica, client, canister_id)
