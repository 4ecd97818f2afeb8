"""The replica of this package is a provider like the others."""

import pytest

from ic_factory.networks.embedded import EmbeddedProvider
from ic_factory.networks.errors import ReplicaNotRunning
from ic_factory.networks.network import resolve_network
from ic_factory.networks.provider import StartRequest, stop_replica
from ic_factory.networks.replica_client import ReplicaClient
from ic_factory.networks.state_directory import StateDirectory


@pytest.mark.slow
def test_it_is_started_found_and_stopped(project, said, tmp_path):
    request = StartRequest(project, StateDirectory(tmp_path / "state"), port=0, clean=True)
    directory = EmbeddedProvider().start(request, said.append)
    try:
        network = resolve_network("local", state_directory=directory)
        assert network.is_local
        assert not network.is_mainnet
        assert network.root_key == ReplicaClient(network.url).root_key()
        assert resolve_network(network.url).root_key == network.root_key
    finally:
        assert stop_replica(directory, said.append).startswith("http://127.0.0.1:")
    with pytest.raises(ReplicaNotRunning):
        stop_replica(directory, said.append)
