"""The example runs as its reader would run it: a copy of the folder, and pytest."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ic_factory.replica import Replica, ReplicaConfig
from ic_factory.replica.config import user_compile_cache
from ic_factory.replica.http.server import serve

ROOT = Path(__file__).parents[2]
COUNTER = ROOT / "examples" / "counter"


@pytest.fixture
def copied(tmp_path):
    """The folder of a user who has nothing of this checkout in it."""
    return shutil.copytree(
        COUNTER, tmp_path / "counter", ignore=shutil.ignore_patterns("__pycache__", ".*")
    )


def run_pytest(folder, **environment):
    # By name, so that it is there where the package is used from the checkout, not installed.
    command = [sys.executable, "-m", "pytest", "-q", "-ra", "-W", "error"]
    own = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": str(ROOT), "COLUMNS": "200"}
    return subprocess.run(
        [*command, "-p", "ic_factory.testing.plugin", "-p", "no:cacheprovider"],
        cwd=folder,
        env=os.environ | own | environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_its_tests_pass(copied):
    ended = run_pytest(copied)
    assert "6 passed" in ended.stdout, ended.stdout + ended.stderr


def test_a_client_that_is_stale_is_found_out(copied):
    interface = copied / "counter.did"
    interface.write_text(interface.read_text().replace("nat64", "nat"))
    ended = run_pytest(copied)
    assert "FAILED test_counter.py::test_the_client_is_that_of_the_interface" in ended.stdout


def test_its_tests_pass_on_a_network_that_is_named_and_leave_no_canister(copied):
    with Replica(ReplicaConfig(compile_cache=user_compile_cache())) as replica:
        replica.start()
        with serve(replica) as server:
            ended = run_pytest(copied, IC_FACTORY_TEST_NETWORK=server.url)
            assert "6 passed" in ended.stdout, ended.stdout + ended.stderr
            assert replica.describe_canisters(0, 10) == ()


def test_a_network_that_cannot_be_run_by_hand_skips_what_needs_that_by_name(copied):
    (copied / "test_replica.py").write_text("def test_by_hand(replica):\n    replica.tick()\n")
    ended = run_pytest(copied, IC_FACTORY_TEST_NETWORK="http://127.0.0.1:9")
    assert "needs the embedded replica to run by hand" in ended.stdout
    assert "IC_FACTORY_TEST_NETWORK is http://127.0.0.1:9" in ended.stdout
