"""DFINITY's agent for JavaScript, with all of its checks on, against the replica."""

from __future__ import annotations

import gzip
import json
import shutil
import subprocess
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from ic_factory.replica import Replica
from ic_factory.replica.http import serve
from tests.canisters.universal import cdk_wasm

HERE = Path(__file__).parent / "javascript"
NODE, NPM = shutil.which("node"), shutil.which("npm")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not NODE or not NPM, reason="node and npm are not installed"),
]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The script with its agent, installed by npm."""
    project = tmp_path_factory.mktemp("javascript")
    for name in ("package.json", "agent_session.mjs"):
        shutil.copy(HERE / name, project)
    installation = subprocess.run(
        [str(NPM), "install", "--no-audit", "--no-fund", "--no-package-lock"],
        cwd=project,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if installation.returncode:
        pytest.skip(f"npm could not install the agent: {installation.stderr[-300:]}")
    return project


@pytest.fixture(scope="module")
def replica() -> Iterator[Replica]:
    with Replica() as replica:
        replica.start()
        yield replica


@pytest.fixture(scope="module")
def sessions(project: Path, replica: Replica) -> dict[str, dict[str, Any]]:
    """What the script found out, by the kind of its identity."""
    module = project / "module.wasm.gz"
    module.write_bytes(cdk_wasm())
    effective_id = str(replica.default_effective_canister_id)
    with serve(replica) as server:
        run = subprocess.run(
            [str(NODE), "agent_session.mjs", server.url, effective_id, str(module)],
            cwd=project,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert run.returncode == 0, run.stderr
    sessions: dict[str, dict[str, Any]] = json.loads(run.stdout)
    return sessions


@pytest.mark.parametrize("kind", ["ed25519", "secp256k1", "delegated"])
def test_a_session(sessions: dict[str, dict[str, Any]], replica: Replica, kind: str):
    session = sessions[kind]
    assert (session["incremented"], session["counted"]) == (1, 1)
    assert session["controllers"] == [session["principal"]]
    assert session["module_hash"] == sha256(cdk_wasm()).hexdigest()
    assert session["subnet_id"] == str(replica.subnet_id)
    assert session["node_keys"] == 1
    assert session["status"] == "stopped"


@pytest.mark.parametrize("kind", ["ed25519", "secp256k1", "delegated"])
def test_rejections_reach_the_caller(sessions: dict[str, dict[str, Any]], kind: str):
    assert "IC0406" in sessions[kind]["refusal"]
    assert "IC0508" in sessions[kind]["stopped"]


def test_the_module_was_installed_as_it_was_sent(sessions: dict[str, dict[str, Any]]):
    assert sessions["ed25519"]["module_hash"] != sha256(gzip.decompress(cdk_wasm())).hexdigest()
