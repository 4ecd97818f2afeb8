"""A project to begin with has factory and hub, and one that began with less gets the rest."""

from __future__ import annotations

import json
from pathlib import Path

from ic_factory.canisters import backend_wasm
from ic_factory.operations.starter_project import starter_project


def test_a_new_project_has_both_canisters(tmp_path: Path) -> None:
    project = starter_project(tmp_path / "new")
    assert set(project.canisters) == {"canister_factory", "backend"}
    backend = project.canister("backend")
    assert backend.wasm is not None
    assert backend.wasm.read_bytes() == backend_wasm()


def test_a_project_of_an_earlier_version_gets_the_hub_and_keeps_the_rest(tmp_path: Path) -> None:
    starter_project(tmp_path)
    declared = json.loads((tmp_path / "dfx.json").read_text())
    del declared["canisters"]["backend"]
    declared["canisters"]["mine"] = {"type": "custom", "wasm": "mine.wasm", "candid": "mine.did"}
    (tmp_path / "dfx.json").write_text(json.dumps(declared))
    (tmp_path / "canisters" / "backend.wasm.gz").unlink()
    project = starter_project(tmp_path)
    assert set(project.canisters) == {"canister_factory", "backend", "mine"}
    assert (tmp_path / "canisters" / "backend.wasm.gz").is_file()


def test_a_second_time_changes_nothing(tmp_path: Path) -> None:
    starter_project(tmp_path)
    (tmp_path / "canisters" / "factory.did").write_text("service : {}")
    before = {each: each.stat().st_mtime_ns for each in tmp_path.rglob("*")}
    starter_project(tmp_path)
    assert {each: each.stat().st_mtime_ns for each in tmp_path.rglob("*")} == before
