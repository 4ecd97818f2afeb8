"""The quickstart does what the README says, once and again, with stock ic-py."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[dict[str, str]]:
    """A home of its own and a port that nobody uses; the replica is stopped at the end."""
    environment = os.environ | {
        "HOME": str(tmp_path),
        "XDG_STATE_HOME": str(tmp_path / "state"),
        "IC_FACTORY_PORT": str(free_port()),
    }
    yield environment
    for port in (environment["IC_FACTORY_PORT"], "0"):
        stop = [sys.executable, "-m", "ic_factory", "replica", "stop", "--port", port]
        subprocess.run(stop, cwd=ROOT, env=environment, capture_output=True, check=False)


def quickstart(environment: dict[str, str]) -> str:
    result = subprocess.run(
        [sys.executable, ROOT / "scripts" / "quickstart.py"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.returncode, result.stderr) == (0, "")
    return result.stdout


@pytest.mark.slow
def test_it_installs_a_canister_and_a_second_run_uses_it_again(
    environment: dict[str, str],
) -> None:
    first = quickstart(environment)
    assert f"healthy at http://127.0.0.1:{environment['IC_FACTORY_PORT']}" in first
    assert "increment() = 1" in first
    assert "counter() = 1" in first
    canister_id = re.findall(r"canister +(\S+) created", first)
    again = quickstart(environment)
    assert "runs already" in again
    assert re.findall(r"canister +(\S+) is there from an earlier run", again) == canister_id
    assert "counter() = 2" in again


@pytest.mark.slow
def test_a_port_that_something_else_has_is_left_alone(environment: dict[str, str]) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", int(environment["IC_FACTORY_PORT"])))
        other.listen()
        output = quickstart(environment)
    assert f"port {environment['IC_FACTORY_PORT']} is taken by something else" in output
    assert "stop" in output
    assert "--port 0" in output
