"""The quickstart does the main job, and a second run does nothing twice."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass(frozen=True)
class Newcomer:
    """A user with an empty home, in an empty folder, on a machine whose port is free."""

    folder: Path
    environment: dict[str, str]

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "ic_factory", *arguments],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def quickstart(self) -> tuple[dict[str, Any], str]:
        """What it says for a program, and for a person."""
        ended = self.run("quickstart", "--json")
        assert ended.returncode == 0, ended.stderr
        return json.loads(ended.stdout), ended.stderr

    @property
    def port(self) -> str:
        return self.environment["IC_FACTORY_PORT"]


@pytest.fixture
def newcomer(tmp_path: Path) -> Iterator[Newcomer]:
    kept = {name: value for name, value in os.environ.items() if "IC_FACTORY" not in name}
    environment = kept | {
        "HOME": str(tmp_path / "home"),
        "XDG_STATE_HOME": str(tmp_path / "state"),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "XDG_DATA_HOME": str(tmp_path / "data"),
        "IC_FACTORY_PORT": str(free_port()),
        "PYTHONPATH": str(ROOT),
    }
    folder = tmp_path / "folder"
    folder.mkdir()
    newcomer = Newcomer(folder, environment)
    yield newcomer
    for port in (newcomer.port, "0"):
        newcomer.run("replica", "stop", "--port", port)


@pytest.mark.slow
def test_the_main_job_is_done_once(newcomer: Newcomer) -> None:
    first, told = newcomer.quickstart()
    assert first["url"] == f"http://127.0.0.1:{newcomer.port}"
    assert (first["factory_action"], first["chunks_sent"]) == ("install", 6)
    assert first["module_hash"] == first["sha256"]
    assert "max_canisters_per_caller is 7, as init was told" in told
    again, told = newcomer.quickstart()
    assert (again["factory_action"], again["chunks_sent"]) == ("nothing", 0)
    assert told.count("already") == 4
    same = ("url", "factory", "upload_id", "operation_id", "canister_id", "sha256")
    assert {name: again[name] for name in same} == {name: first[name] for name in same}


@pytest.mark.slow
def test_a_replica_that_was_stopped_has_all_of_it(newcomer: Newcomer) -> None:
    first, _ = newcomer.quickstart()
    assert newcomer.run("replica", "stop", "--port", newcomer.port).returncode == 0
    again, _ = newcomer.quickstart()
    assert (again["factory_action"], again["chunks_sent"]) == ("nothing", 0)
    assert again["canister_id"] == first["canister_id"]


@pytest.mark.slow
def test_a_replica_that_begins_anew_is_filled_anew(newcomer: Newcomer) -> None:
    newcomer.quickstart()
    assert newcomer.run("replica", "stop", "--port", newcomer.port).returncode == 0
    start = ("replica", "start", "--background", "--clean", "--port", newcomer.port)
    assert newcomer.run(*start).returncode == 0
    again, _ = newcomer.quickstart()
    assert (again["factory_action"], again["chunks_sent"]) == ("install", 6)


@pytest.mark.slow
def test_a_port_that_something_else_has_is_left_alone(newcomer: Newcomer) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", int(newcomer.port)))
        other.listen()
        found, told = newcomer.quickstart()
    assert f"port {newcomer.port} is taken by something else" in told
    assert not found["url"].endswith(newcomer.port)
