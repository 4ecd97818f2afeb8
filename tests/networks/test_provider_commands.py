"""`ic-factory replica` starts, shows and stops the replicas of each provider."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ic_factory.networks.state_directory import StateDirectory
from tests.networks.fake_programs import ROOT_KEY

ROOT = Path(__file__).parents[2]
PROVIDERS = {"dfx": "dfx", "icp": "icp", "pocket-ic": "pocket-ic"}
each_provider = pytest.mark.parametrize("provider", PROVIDERS)


@pytest.fixture
def ic_factory(fakes, project, tmp_path, monkeypatch):
    """The command line in a project's folder, with a state directory of this test's own."""
    program = fakes.install("pocket-ic")
    for name in ("dfx", "icp"):
        fakes.install(name)
    for name in [name for name in os.environ if name.startswith("IC_FACTORY_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("POCKET_IC_BIN", str(program))
    monkeypatch.setenv("IC_FACTORY_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))

    def run(*arguments, begin=False):
        command = [sys.executable, "-m", "ic_factory", "replica", *arguments]
        streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        if begin:
            return subprocess.Popen(command, cwd=project, **streams)
        return subprocess.run(command, cwd=project, timeout=60, check=False, **streams)

    yield run
    directory = StateDirectory(tmp_path / "state")
    if directory.path.exists() and directory.is_locked():
        os.killpg(directory.read_provided().process_id, signal.SIGKILL)


@pytest.mark.slow
@each_provider
def test_a_replica_in_the_background_is_shown_and_stopped_by_other_commands(
    ic_factory, provider, tmp_path
):
    port = ["--port", "0"] if provider == "pocket-ic" else []
    started = ic_factory("start", "--background", "--provider", provider, "--json", *port)
    assert started.returncode == 0, started.stderr
    told = json.loads(started.stdout)
    assert told["provider"] == provider
    assert told["state_directory"] == str(tmp_path / "state")
    shown = json.loads(ic_factory("status", "--json").stdout)
    assert shown["url"] == told["url"]
    assert (shown["healthy"], shown["root_key"]) == (True, ROOT_KEY.hex())
    assert provider in ic_factory("status").stdout
    stopped = ic_factory("stop", "--json")
    assert json.loads(stopped.stdout) == {
        "url": told["url"],
        "process_id": told["process_id"],
        "stopped": True,
    }
    assert ic_factory("status").returncode == 3


@pytest.mark.slow
@each_provider
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_replica_in_the_foreground_is_stopped_by_a_signal(
    ic_factory, provider, number, fakes, tmp_path, monkeypatch
):
    monkeypatch.setenv("IC_FACTORY_PROVIDER", provider)
    if provider == "pocket-ic":
        monkeypatch.setenv("IC_FACTORY_PORT", "0")
    process = ic_factory("start", begin=True)
    line = process.stdout.readline()
    assert line.startswith(f"replica of {provider} serves http://"), process.stderr.read()
    process.send_signal(number)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 0
    assert said.endswith("stopped\n")
    directory = StateDirectory(tmp_path / "state")
    assert directory.read_provided() is None
    assert not directory.is_locked()
    assert provider == "pocket-ic" or not fakes.runs


@pytest.mark.slow
@each_provider
def test_what_went_wrong_is_told_in_three_lines(ic_factory, provider, fakes):
    fakes.trouble("start fails")
    failed = ic_factory("start", "--background", "--provider", provider)
    assert failed.returncode == 1
    lines = failed.stderr.splitlines()[-3:]
    assert [line.split(":")[0] for line in lines] == ["error", "  why", "  try"]


def test_a_port_that_is_not_named_is_the_programs_own_choice(ic_factory, fakes):
    assert ic_factory("start", "--background", "--provider", "dfx", "--clean").returncode == 0
    assert fakes.commands[0] == "start --background --clean"


@pytest.mark.slow
def test_ours_does_not_start_where_another_runs(ic_factory, fakes):
    assert ic_factory("start", "--background", "--provider", "dfx").returncode == 0
    refused = ic_factory("start", "--background", "--port", "0", "--clean")
    assert refused.returncode == 1
    assert "a replica of dfx that serves" in refused.stderr
    assert fakes.runs
    assert ic_factory("stop").returncode == 0


def test_an_unknown_provider_is_wrong_usage(ic_factory):
    assert ic_factory("start", "--provider", "hardhat").returncode == 2
