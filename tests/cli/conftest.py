import os
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from ic_factory.networks.instance_record import InstanceRecord
from ic_factory.networks.state_directory import StateDirectory
from ic_factory.replica import Replica, ReplicaConfig
from ic_factory.replica.config import user_compile_cache
from ic_factory.replica.http.server import serve
from tests.cli.factory_world import (
    Deployed,
    World,
    copied_home,
    deploy_factory,
    keep_alice,
    lay_out,
)

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "ic_factory"]


@dataclass
class CommandLine:
    """`ic-factory` as a user runs it, on a state directory and a port of this test's own."""

    state_directory: Path
    cache: Path
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self):
        kept = {key: value for key, value in os.environ.items() if "IC_FACTORY" not in key}
        self.environment = {
            **kept,
            "IC_FACTORY_STATE_DIR": str(self.state_directory),
            "IC_FACTORY_PORT": "0",
            "XDG_CACHE_HOME": str(self.cache),
            "XDG_STATE_HOME": str(self.state_directory.parent / "user"),
            "COLUMNS": "100",
            "TERM": "xterm",
        }

    def __call__(self, *arguments, timeout=60):
        return subprocess.run(
            [*COMMAND, *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=timeout,
        )

    def begin(self, *arguments, **options):
        """Starts a command and does not wait for its end."""
        streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
        return subprocess.Popen(
            [*COMMAND, *arguments],
            cwd=ROOT,
            env=self.environment,
            text=True,
            encoding="utf-8",
            **streams,
        )


@pytest.fixture(scope="session")
def cache(tmp_path_factory):
    """The place of the user's caches, where that is told by XDG."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def ic_factory(tmp_path, cache):
    """The command line; a replica that a test leaves behind is ended."""
    command_line = CommandLine(tmp_path / "state", cache)
    yield command_line
    directory = StateDirectory(command_line.state_directory)
    if directory.is_locked():
        record = directory.read_record()
        assert isinstance(record, InstanceRecord)
        os.kill(record.process_id, signal.SIGTERM)


@pytest.fixture
def running(ic_factory):
    """The command line, with a replica in the background."""
    started = ic_factory("replica", "start", "--background")
    assert started.returncode == 0, started.stderr
    return ic_factory


@dataclass(frozen=True)
class Prepared:
    """A served network with a factory, and the home of Alice, its admin."""

    replica: Replica
    url: str
    deployed: Deployed
    home: Path


@pytest.fixture(scope="session")
def prepared(tmp_path_factory):
    """What all worlds begin with."""
    home = tmp_path_factory.mktemp("home") / "alice"
    keep_alice(home)
    with Replica(ReplicaConfig(compile_cache=user_compile_cache())) as replica:
        replica.start()
        with serve(replica) as server:
            deployed = deploy_factory(server.url, replica.root_key)
            yield Prepared(replica, server.url, deployed, home)


@pytest.fixture(scope="session")
def beginning(prepared):
    """The moment that all worlds begin at."""
    return prepared.replica.snapshot()


@pytest.fixture
def world(prepared, beginning, tmp_path):
    """The network as it was prepared, in a project and a home of this test's own."""
    folder = tmp_path / "project"
    folder.mkdir()
    lay_out(folder, prepared.url, prepared.deployed)
    environment = copied_home(prepared.home, tmp_path / "home")
    yield World(folder, prepared.url, prepared.deployed, environment)
    prepared.replica.rewind(beginning)
