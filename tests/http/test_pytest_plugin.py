"""The pytest plugin, used as somebody's test suite uses it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

SUITE = """
import urllib.request
import pytest

@pytest.fixture(scope="session")
def replica_session(replica_session):
    replica_session.create_canister()
    return replica_session

@pytest.mark.parametrize("turn", range(3))
def test_each_test_begins_alike(replica, turn):
    assert len(replica.describe().canisters) == 1
    replica.create_canister()
    assert len(replica.describe().canisters) == 2

def test_what_was_done_before_is_served(replica, replica_url):
    with urllib.request.urlopen(replica_url + "/_/status") as response:
        assert response.status == 200
        assert str(replica.describe().canisters[0].canister_id).encode() in response.read()
"""

UNUSED = """
import sys

def test_nothing_of_it_is_loaded():
    assert "ic_factory.testing.plugin" in sys.modules
    assert "ic_factory.replica" not in sys.modules
    assert "wasmtime" not in sys.modules
"""


COMPILED = """
from ic_factory.replica.config import user_compile_cache
from tests.http.wire import counter_module

def test_modules_are_kept_in_the_users_cache(replica):
    replica.install_code(replica.create_canister(), counter_module())
    assert len(list(user_compile_cache().iterdir())) == 2
"""


def run_suite(tmp_path, text):
    (tmp_path / "test_suite.py").write_text(text)
    return subprocess.run(
        [
            sys.executable,
            *("-m", "pytest", "-q", "-W", "error", "-p", "ic_factory.testing.plugin"),
            *("-p", "no:cacheprovider", str(tmp_path)),
        ],
        cwd=tmp_path,
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            "XDG_CACHE_HOME": str(tmp_path / "cache"),
        },
        capture_output=True,
        text=True,
    )


def test_each_test_has_the_replica_as_it_was(tmp_path):
    done = run_suite(tmp_path, SUITE)
    assert "4 passed" in done.stdout, done.stdout + done.stderr


def test_a_suite_that_does_not_use_it_loads_nothing(tmp_path):
    done = run_suite(tmp_path, UNUSED)
    assert "1 passed" in done.stdout, done.stdout + done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="caches are told their place by XDG on Linux")
def test_a_second_run_compiles_nothing(tmp_path):
    def run():
        done = run_suite(tmp_path, COMPILED)
        assert "1 passed" in done.stdout, done.stdout + done.stderr
        # What is compiled anew is written to a new file.
        cache = tmp_path / "cache" / "ic-factory" / "compiled-modules"
        return {path.name: path.stat().st_ino for path in cache.iterdir()}

    assert run() == run()
