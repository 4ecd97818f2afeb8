"""A project is found from any folder in it; the project's own files are such a project."""

import json
from pathlib import Path

import pytest

from ic_factory.networks.errors import ProjectError
from ic_factory.networks.project_files import find_project, load_project

ROOT = Path(__file__).parents[3]
DFX_PROPERTIES = {
    "canisters",
    "defaults",
    "dfx",
    "networks",
    "output_env_file",
    "profile",
    "version",
}
"""At the top of a dfx.json, by dfx-json-schema.json of dfinity/sdk."""
CUSTOM_REQUIRED = {"candid", "type", "wasm"}
CUSTOM = {"type": "custom", "wasm": "dfx.wasm", "candid": "a.did"}
ICP = "{name: %s, build: {steps: [{type: pre-built, path: icp.wasm}]}}"


def test_a_project_is_found_from_a_folder_in_it(tmp_path):
    (tmp_path / "dfx.json").write_text(json.dumps({"canisters": {"a": CUSTOM}}))
    (tmp_path / "src" / "deep").mkdir(parents=True)
    project = find_project(tmp_path / "src" / "deep")
    assert project is not None
    assert project.root == tmp_path
    assert (project.has_dfx_json, project.has_icp_yaml) == (True, False)


def test_the_nearest_project_is_found(tmp_path):
    (tmp_path / "dfx.json").write_text("{}")
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "icp.yaml").write_text("")
    project = find_project(tmp_path / "inner")
    assert project is not None
    assert project.root == tmp_path / "inner"
    assert (project.has_dfx_json, project.has_icp_yaml) == (False, True)


def test_no_project_is_told(tmp_path):
    assert find_project(tmp_path) is None
    with pytest.raises(ProjectError, match="neither dfx"):
        load_project(tmp_path)


def test_dfx_json_stands_before_icp_yaml(tmp_path):
    (tmp_path / "dfx.json").write_text(json.dumps({"canisters": {"a": CUSTOM}}))
    (tmp_path / "icp.yaml").write_text(f"canisters: [{ICP % 'a'}, {ICP % 'b'}]")
    project = load_project(tmp_path)
    assert project.canister("a").wasm == tmp_path / "dfx.wasm"
    assert project.canister("b").wasm == tmp_path / "icp.wasm"
    assert project.has_dfx_json
    assert project.has_icp_yaml


def test_a_canister_that_is_not_declared_is_told_with_those_that_are(tmp_path):
    (tmp_path / "dfx.json").write_text(json.dumps({"canisters": {"a": CUSTOM, "b": CUSTOM}}))
    with pytest.raises(ProjectError, match="declares no canister 'c'; it declares: a, b"):
        load_project(tmp_path).canister("c")


@pytest.mark.parametrize("name", ["dfx.json", "icp.yaml"])
def test_the_projects_own_files_name_canisters_that_are_there(name, tmp_path):
    (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    project = load_project(tmp_path)
    assert "canister_factory" in project.canisters
    for canister in project.canisters.values():
        canister.check_buildable()
        assert not canister.build
        assert canister.wasm is not None
        assert (ROOT / canister.wasm.relative_to(tmp_path)).is_file()
        assert canister.init_argument is not None
        if canister.candid is not None:
            assert (ROOT / canister.candid.relative_to(tmp_path)).is_file()


def test_the_projects_own_dfx_json_keeps_to_the_schema_of_dfx():
    document = json.loads((ROOT / "dfx.json").read_text())
    assert set(document) <= DFX_PROPERTIES
    for canister in document["canisters"].values():
        assert set(canister) >= CUSTOM_REQUIRED
        assert canister["type"] == "custom"


def test_both_of_the_projects_own_files_declare_the_same_canisters(tmp_path):
    projects = []
    for name in ("dfx.json", "icp.yaml"):
        folder = tmp_path / name.replace(".", "-")
        folder.mkdir()
        (folder / name).write_bytes((ROOT / name).read_bytes())
        projects.append(load_project(folder))
    by_dfx, by_icp = projects
    assert by_dfx.canisters.keys() == by_icp.canisters.keys()
    for name in by_dfx.canisters:
        one, other = by_dfx.canister(name), by_icp.canister(name)
        assert one.init_argument == other.init_argument
        assert one.wasm is not None
        assert other.wasm is not None
        assert one.wasm.relative_to(by_dfx.root) == other.wasm.relative_to(by_icp.root)
