"""dfx and icp-cli start and stop replicas by their command lines."""

import os
import time

import pytest

from ic_factory.networks.dfx_provider import DfxProvider
from ic_factory.networks.errors import (
    NotOffered,
    ReplicaAlreadyRunning,
    ReplicaNotRunning,
    StartFailed,
    ToolFailed,
    ToolMissing,
    ToolTimedOut,
)
from ic_factory.networks.icp_provider import IcpProvider
from ic_factory.networks.provided_replica import ProviderName
from ic_factory.networks.provider import (
    StartRequest,
    provider_of,
    stop_replica,
)
from ic_factory.networks.replica_client import ReplicaClient
from ic_factory.networks.running_replicas import find_only_running, url_of
from ic_factory.networks.state_directory import StateDirectory, default_state_directory
from tests.networks.fake_programs import ROOT_KEY

TOOLS = {
    "dfx": (DfxProvider(), ["start --background", "info webserver-port"], "stop"),
    "icp": (
        IcpProvider(),
        ["network start local --background", "network status local --json"],
        "network stop local",
    ),
}
each_tool = pytest.mark.parametrize("name", TOOLS)


@each_tool
def test_a_replica_is_started_where_the_project_is_and_noted_by_its_port(
    fakes, project, said, name
):
    fakes.install(name)
    provider, to_start, to_stop = TOOLS[name]
    directory = provider.start(StartRequest(project), said.append)
    replica = directory.read_provided()
    port = int(replica.url.rpartition(":")[2])
    assert directory == default_state_directory(port) == find_only_running()
    assert ReplicaClient(replica.url).root_key() == ROOT_KEY
    assert fakes.commands == to_start
    assert {each["folder"] for each in fakes.asked} == {str(project)}
    assert said == [f"{name} {to_start[0]}"]

    assert stop_replica(directory, said.append) == replica.url
    assert fakes.commands[-1] == to_stop
    assert not fakes.runs
    assert find_only_running() is None


@each_tool
def test_a_missing_program_is_told_with_how_to_get_it(fakes, project, said, name):
    with pytest.raises(ToolMissing, match=f"there is no program '{name}'; install it .*embedded"):
        TOOLS[name][0].start(StartRequest(project), said.append)


@each_tool
def test_what_the_program_says_of_its_failure_is_told(fakes, project, said, name):
    fakes.install(name)
    fakes.trouble("start fails")
    with pytest.raises(ToolFailed, match=rf"'{name} .* ended with code 255: Error: \w+"):
        TOOLS[name][0].start(StartRequest(project), said.append)


@each_tool
def test_one_that_runs_already_is_left_alone(fakes, project, said, name, tmp_path):
    fakes.install(name)
    provider = TOOLS[name][0]
    provider.start(StartRequest(project, StateDirectory(tmp_path / "one")), said.append)
    with pytest.raises(ToolFailed, match="already running"):
        provider.start(StartRequest(project, StateDirectory(tmp_path / "two")), said.append)
    assert fakes.runs
    assert TOOLS[name][2] not in fakes.commands


@each_tool
@pytest.mark.slow
@pytest.mark.parametrize("trouble", ["start fails late", "start hangs"])
def test_what_a_failed_start_leaves_in_the_background_is_ended(fakes, project, said, name, trouble):
    fakes.install(name)
    fakes.trouble(trouble)
    with pytest.raises((ToolFailed, ToolTimedOut), match=r"it broke|in 1 seconds, and said"):
        TOOLS[name][0].start(StartRequest(project, timeout_seconds=1), said.append)
    until = time.monotonic() + 3
    while fakes.runs and time.monotonic() < until:
        time.sleep(0.02)
    assert not fakes.runs
    assert find_only_running() is None


@pytest.mark.parametrize(
    ("name", "trouble", "reason"),
    [("dfx", "no port", "said 'no idea'"), ("icp", "no url", "with no URL")],
)
def test_a_replica_whose_address_is_not_told_is_stopped(
    fakes, project, said, name, trouble, reason
):
    fakes.install(name)
    fakes.trouble(trouble)
    with pytest.raises(ToolFailed, match=reason):
        TOOLS[name][0].start(StartRequest(project), said.append)
    assert fakes.commands[-1] == TOOLS[name][2]
    assert not fakes.runs


@each_tool
def test_a_replica_that_does_not_get_healthy_is_stopped(fakes, project, said, name, monkeypatch):
    monkeypatch.setattr(f"ic_factory.networks.{name}_provider.HEALTHY_SECONDS", 0.2)
    fakes.install(name)
    fakes.trouble("ill")
    with pytest.raises(StartFailed, match=r"was not healthy in 0\.2 seconds"):
        TOOLS[name][0].start(StartRequest(project), said.append)
    assert fakes.commands[-1] == TOOLS[name][2]


def test_dfx_is_told_the_port_and_to_begin_anew(fakes, project, said):
    fakes.install("dfx")
    DfxProvider().start(StartRequest(project, port=0, clean=True), said.append)
    assert fakes.commands[0] == "start --background --clean --host 127.0.0.1:0"


def test_icp_takes_no_port(fakes, project, said):
    fakes.install("icp")
    with pytest.raises(NotOffered, match=r"'gateway.port'.*icp.yaml"):
        IcpProvider().start(StartRequest(project, port=8000), said.append)
    assert fakes.commands == []


@each_tool
def test_a_directory_that_another_replica_has_is_refused_and_ours_stopped(
    fakes, project, said, name, tmp_path
):
    fakes.install(name)
    directory = StateDirectory(tmp_path / "state")
    directory.prepare()
    with directory.lock(), pytest.raises(ReplicaAlreadyRunning):
        TOOLS[name][0].start(StartRequest(project, directory), said.append)
    assert not fakes.runs


@each_tool
def test_nothing_is_stopped_where_nothing_is_noted(fakes, said, name, tmp_path):
    fakes.install(name)
    directory = StateDirectory(tmp_path / "state")
    directory.prepare()
    with pytest.raises(ReplicaNotRunning):
        TOOLS[name][0].stop(directory, said.append)
    assert fakes.commands == []


def test_a_note_of_a_replica_that_has_gone_is_no_obstacle(fakes, project, said, tmp_path):
    fakes.install("dfx")
    directory = StateDirectory(tmp_path / "state")
    DfxProvider().start(StartRequest(project, directory), said.append)
    before = directory.read_provided()
    os.kill(int((fakes.folder / "pid").read_text()), 9)
    (fakes.folder / "pid").unlink()
    (fakes.folder / "port").unlink()
    assert DfxProvider().start(StartRequest(project, directory), said.append) == directory
    assert directory.read_provided() != before
    assert url_of(directory) == directory.read_provided().url


@pytest.mark.parametrize("name", ProviderName)
def test_every_provider_is_found_by_its_name(name):
    assert provider_of(name).name == name
