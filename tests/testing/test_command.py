"""`ic-factory test` as a user meets it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from ic_factory.canisters import backend_interface, backend_wasm
from ic_factory.drivers.management import Management
from tests.cli.json_schema import faults, schema_of
from tests.testing.test_scenarios import NAMES

ROOT = Path(__file__).parents[2]


@pytest.fixture
def ic_factory(tmp_path):
    """The command line of a user who has nothing yet but compiled modules."""
    home = tmp_path / "home"
    home.mkdir()
    foreign = ("IC_FACTORY", "XDG_", "DFX_")
    kept = {key: value for key, value in os.environ.items() if not key.startswith(foreign)}
    cache = os.environ.get("XDG_CACHE_HOME", str(Path.home() / ".cache"))
    places = {f"XDG_{each}_HOME": str(home / each.lower()) for each in ("STATE", "CONFIG", "DATA")}
    own = {"HOME": str(home), "XDG_CACHE_HOME": cache, "PYTHONPATH": str(ROOT), "COLUMNS": "100"}

    def run(*arguments):
        return subprocess.run(
            [sys.executable, "-m", "ic_factory", "test", *map(str, arguments)],
            cwd=tmp_path,
            env=kept | places | own,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )

    return run


@pytest.fixture
def empty_canister(place):
    """A canister without a module, which rejects all calls."""
    return Management(place.agent).create_provisionally()


@pytest.mark.slow
def test_without_anything_it_runs_all_scenarios_and_leaves_nothing(ic_factory, tmp_path):
    ended = ic_factory()
    assert ended.returncode == 0, ended.stderr
    rows = [line.split("\t") for line in ended.stdout.splitlines()]
    assert [(row[0], row[1]) for row in rows[1:]] == [
        *((name, "passed") for name in NAMES),
        ("all", "passed"),
    ]
    assert "  ok     a user gets a capsule  (" in ended.stderr
    assert [each for each in tmp_path.rglob("*") if each.is_file()] == []


def test_named_scenarios_run_in_the_order_of_their_names(ic_factory):
    ended = ic_factory("gallery-crud", "capsule-creation", "gallery-crud", "--json")
    document = json.loads(ended.stdout)
    assert [each["name"] for each in document["scenarios"]] == ["gallery-crud", "capsule-creation"]
    assert (document["network"], document["passed"], document["failed"]) == ("throw-away", 2, 0)
    assert faults(document, schema_of("test")) == []


def test_an_unknown_name_is_wrong_usage_and_near_ones_are_told(ic_factory):
    ended = ic_factory("memory-crod")
    assert ended.returncode == 2
    assert "there is no scenario 'memory-crod': memory-crud" in ended.stderr


def test_the_list_runs_none(ic_factory):
    ended = ic_factory("--list")
    lines = [line.split("\t") for line in ended.stdout.splitlines()]
    assert [line[0] for line in lines[1:]] == NAMES
    document = json.loads(ic_factory("--list", "--json").stdout)
    assert document["not_run"] == len(NAMES)
    assert faults(document, schema_of("test")) == []


def test_a_network_and_a_backend_can_be_named(ic_factory, place):
    where = ("--network", place.agent.url, "--backend", place.backend)
    document = json.loads(ic_factory("capsule-creation", *where, "--json").stdout)
    assert (document["url"], document["backend"]) == (place.agent.url, str(place.backend))
    assert document["passed"] == 1


def test_a_failure_exits_with_1_and_shows_the_call_the_arguments_and_the_reject(
    ic_factory, place, empty_canister, tmp_path
):
    where = ("--network", place.agent.url, "--backend", empty_canister)
    report = tmp_path / "report.xml"
    ended = ic_factory("memory-upload", "memory-crud", *where, "--fail-fast", "--junit", report)
    assert ended.returncode == 1
    assert "FAILED a user gets a capsule" in ended.stderr
    assert f"call: update register_capsule of {empty_canister}, as " in ended.stderr
    assert "arguments: ()" in ended.stderr
    assert "answer: rejected" in ended.stderr
    assert "memory-crud\tnot run" in ended.stdout
    suites = ET.fromstring(report.read_bytes())
    assert [each.get("skipped") for each in suites] == ["0", "1"]


def test_failures_in_json_have_their_schema(ic_factory, place, empty_canister):
    where = ("--network", place.agent.url, "--backend", empty_canister)
    ended = ic_factory("capsule-creation", *where, "--json")
    document = json.loads(ended.stdout)
    assert ended.returncode == 1
    assert faults(document, schema_of("test")) == []
    assert document["scenarios"][0]["steps"][0]["failure"]["call"]["method"] == "query whoami"


def test_a_network_without_a_backend_is_told_so(ic_factory, place):
    ended = ic_factory("--network", place.agent.url)
    assert ended.returncode == 1
    assert "no backend is known on network" in ended.stderr


@pytest.mark.slow
def test_a_project_backend_is_deployed_where_that_costs_nothing(ic_factory, place, tmp_path):
    (tmp_path / "backend.did").write_text(backend_interface())
    (tmp_path / "backend.wasm.gz").write_bytes(backend_wasm())
    backend = {"type": "custom", "wasm": "backend.wasm.gz", "candid": "backend.did"}
    backend["init_arg"] = "(null)"
    bind = {"local": {"bind": place.agent.url.removeprefix("http://")}}
    project = {"canisters": {"backend": backend}, "networks": bind}
    (tmp_path / "dfx.json").write_text(json.dumps(project))
    first = json.loads(ic_factory("capsule-creation", "--network", "local", "--json").stdout)
    again = json.loads(ic_factory("capsule-creation", "--network", "local", "--json").stdout)
    assert first["passed"] == again["passed"] == 1
    assert first["backend"] == again["backend"]
