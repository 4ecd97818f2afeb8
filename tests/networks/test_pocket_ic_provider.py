"""A PocketIC server is started, made live over its REST interface, and ended with all it began."""

import os
import signal
import time

import pytest

from ic_factory.networks.errors import (
    ReplicaAlreadyRunning,
    ReplicaNotRunning,
    StartFailed,
    ToolFailed,
    ToolMissing,
)
from ic_factory.networks.network import resolve_network
from ic_factory.networks.pocket_ic_provider import PocketIcProvider
from ic_factory.networks.provider import StartRequest, stop_replica
from ic_factory.networks.running_replicas import find_only_running
from ic_factory.networks.state_directory import StateDirectory
from tests.networks.fake_programs import ROOT_KEY


@pytest.fixture
def directory(tmp_path):
    directory = StateDirectory(tmp_path / "state")
    yield directory
    if directory.path.exists() and directory.is_locked():
        replica = directory.read_provided()
        assert replica is not None
        os.killpg(replica.process_id, signal.SIGKILL)


@pytest.fixture
def server(fakes, monkeypatch):
    program = fakes.install("pocket-ic")
    monkeypatch.setenv("POCKET_IC_BIN", str(program))
    return program


def free_port():
    import socket

    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def test_an_instance_with_an_application_subnet_is_made_live(
    server, fakes, directory, project, said
):
    port = free_port()
    request = StartRequest(project, directory, port=port)
    assert PocketIcProvider().start(request, said.append) == directory
    program, instance, progress, gateway = fakes.asked
    assert program["arguments"][:2] == ["--port-file", str(directory.port_file)]
    subnets = instance["body"]["subnet_config_set"]
    assert len(subnets["application"]) == 1
    assert subnets["nns"] is not None
    assert progress["path"] == "/instances/3/auto_progress"
    assert gateway["body"] == {
        "ip_addr": "127.0.0.1",
        "port": port,
        "forward_to": {"PocketIcInstance": 3},
        "domains": None,
        "https_config": None,
    }
    network = resolve_network("local", state_directory=directory)
    assert (network.url, network.root_key) == (f"http://127.0.0.1:{port}", ROOT_KEY)
    assert network.is_local

    assert stop_replica(directory, said.append) == network.url
    assert not directory.is_locked()
    assert {path.name for path in directory.path.iterdir()} == {"replica.lock", "replica.log"}


def test_the_server_lives_on_with_its_lock_and_is_found(server, project, said):
    directory = PocketIcProvider().start(StartRequest(project, port=0), said.append)
    assert directory.is_locked()
    assert find_only_running() == directory
    PocketIcProvider().stop(directory, said.append)
    assert find_only_running() is None


@pytest.mark.parametrize("named", [None, "", "/nowhere/pocket-ic"])
def test_a_missing_server_is_told_with_how_to_get_it(project, directory, said, named):
    provider = PocketIcProvider({} if named is None else {"POCKET_IC_BIN": named})
    with pytest.raises(ToolMissing, match=r"https://github.com/dfinity/pocketic.*POCKET_IC_BIN"):
        provider.start(StartRequest(project, directory), said.append)


def test_a_name_that_the_server_refuses_is_told(fakes, project, directory, said):
    program = fakes.install("pocket_ic")
    with pytest.raises(ToolMissing, match="rename the file to 'pocket-ic'"):
        PocketIcProvider({"POCKET_IC_BIN": str(program)}).start(
            StartRequest(project, directory), said.append
        )


def test_what_a_server_said_before_it_ended_is_told(server, fakes, project, directory, said):
    directory.prepare()
    directory.log_file.write_text("of an earlier run\n")
    fakes.trouble("start fails")
    with pytest.raises(StartFailed, match=r"code 101: thread 'main' panicked: no cores left$"):
        PocketIcProvider().start(StartRequest(project, directory), said.append)
    assert not directory.is_locked()


def test_a_server_that_tells_no_port_in_time_is_ended(server, fakes, project, directory, said):
    fakes.trouble("start hangs")
    request = StartRequest(project, directory, timeout_seconds=0.5)
    with pytest.raises(StartFailed, match="told no port in time"):
        PocketIcProvider().start(request, said.append)
    assert not directory.is_locked()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("trouble", "kind", "reason"),
    [
        ("refuses", ToolFailed, "HTTP 400: no subnets today"),
        ("ill", StartFailed, "was not healthy"),
    ],
)
def test_a_server_is_ended_where_it_can_not_be_set_up(
    server, fakes, project, directory, said, trouble, kind, reason
):
    fakes.trouble(trouble)
    request = StartRequest(project, directory, port=0, timeout_seconds=1.5)
    with pytest.raises(kind, match=reason):
        PocketIcProvider().start(request, said.append)
    assert not directory.is_locked()
    assert directory.read_provided() is None


def test_a_taken_port_is_told(server, project, directory, said):
    import socket

    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(ToolFailed, match="refused POST /http_gateway with HTTP 400"):
            PocketIcProvider().start(StartRequest(project, directory, port=port), said.append)


def test_a_directory_serves_one_replica(server, project, directory, said):
    request = StartRequest(project, directory, port=0, clean=True)
    PocketIcProvider().start(request, said.append)
    with pytest.raises(ReplicaAlreadyRunning):
        PocketIcProvider().start(request, said.append)
    assert directory.is_locked()


def test_a_server_that_will_not_end_is_made_to(
    server, fakes, project, directory, said, monkeypatch
):
    monkeypatch.setattr("ic_factory.networks.pocket_ic_provider.INTERRUPT_SECONDS", 0.3)
    fakes.trouble("will not end")
    PocketIcProvider().start(StartRequest(project, directory, port=0), said.append)
    PocketIcProvider().stop(directory, said.append)
    assert not directory.is_locked()
    assert said[-1].startswith("sending SIGKILL")


def test_a_process_that_got_the_number_of_a_server_is_left_alone(server, project, directory, said):
    PocketIcProvider().start(StartRequest(project, directory, port=0), said.append)
    replica = directory.read_provided()
    os.killpg(replica.process_id, signal.SIGKILL)
    while directory.is_locked():
        time.sleep(0.01)
    with pytest.raises(ReplicaNotRunning, match="ended by itself"):
        PocketIcProvider().stop(directory, said.append)
    assert directory.read_provided() is None
