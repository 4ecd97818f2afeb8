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

from ic_factory.operations.sample_memories import FOLDER as MEMORIES
from ic_factory.operations.starter_project import FOLDER as STARTER
from tests.cli.json_schema import faults, schema_of

ROOT = Path(__file__).parents[2]


SAME = ("url", "factory", "backend", "capsule_id", "gallery_id", "canister_id", "root_hash", "page")
"""Fields that a second run has as the first one."""


def nothing_was_done(document: dict[str, Any]) -> bool:
    """Whether a run has found all of it."""
    actions = {document["factory_action"], document["backend_action"]}
    were_there = (
        document["module_was_set"],
        document["gallery_was_there"],
        document["canister_was_there"],
        *(each["was_there"] for each in document["files"]),
    )
    return actions == {"nothing"} and all(were_there)


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
        # What was compiled once need not be for each test.
        "XDG_CACHE_HOME": os.environ.get("XDG_CACHE_HOME", str(Path.home() / ".cache")),
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
    assert (first["factory_action"], first["backend_action"]) == ("install", "install")
    assert not first["canister_was_there"]
    assert [each["was_there"] for each in first["files"]] == [False, False, False]
    assert {each["outcome"] for each in first["checks"]} == {"ok"}
    assert first["bytes_compared"] == sum(each["size"] for each in first["files"])
    assert len(first["controllers"]) == 1
    assert "equal byte for byte" in told
    assert faults(first, schema_of("quickstart")) == []
    again, told = newcomer.quickstart()
    assert nothing_was_done(again)
    assert told.count("already") == 7
    assert {name: again[name] for name in SAME} == {name: first[name] for name in SAME}


@pytest.mark.slow
def test_a_replica_that_was_stopped_has_all_of_it(newcomer: Newcomer) -> None:
    first, _ = newcomer.quickstart()
    assert newcomer.run("replica", "stop", "--port", newcomer.port).returncode == 0
    again, _ = newcomer.quickstart()
    assert nothing_was_done(again)
    assert again["canister_id"] == first["canister_id"]


@pytest.mark.slow
def test_a_replica_that_begins_anew_is_filled_anew(newcomer: Newcomer) -> None:
    newcomer.quickstart()
    assert newcomer.run("replica", "stop", "--port", newcomer.port).returncode == 0
    start = ("replica", "start", "--background", "--clean", "--port", newcomer.port)
    assert newcomer.run(*start).returncode == 0
    again, _ = newcomer.quickstart()
    assert (again["backend_action"], again["canister_was_there"]) == ("install", False)


@pytest.mark.slow
def test_what_the_user_does_with_the_files_stays(newcomer: Newcomer) -> None:
    newcomer.quickstart()
    letter = newcomer.folder / STARTER / MEMORIES / "letter.txt"
    letter.write_text("Another letter.\n")
    again, _ = newcomer.quickstart()
    assert letter.read_text() == "Another letter.\n"
    assert [each["was_there"] for each in again["files"]] == [False, True, True]
    assert {each["outcome"] for each in again["checks"]} == {"ok", "skipped"}


@pytest.mark.slow
def test_a_port_that_something_else_has_is_left_alone(newcomer: Newcomer) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", int(newcomer.port)))
        other.listen()
        found, told = newcomer.quickstart()
    assert f"port {newcomer.port} is taken by something else" in told
    assert not found["url"].endswith(newcomer.port)
