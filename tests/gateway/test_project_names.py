"""The canisters of a project have their names in URLs of the replica that it started."""

import json

import httpx
import pytest

from ic_factory.networks.canister_names import CanisterNames
from ic_factory.networks.embedded import start_in_background, stop
from ic_factory.networks.state_directory import StateDirectory
from ic_factory.protocol.principal import Principal

ID = "bnz7o-iuaaa-aaaaa-qaaaa-cai"


@pytest.fixture
def project(tmp_path):
    folder = tmp_path / "project"
    (folder / ".dfx" / "local").mkdir(parents=True)
    (folder / "src").mkdir()
    canisters = {"my_Shop": {"type": "assets", "source": ["src"]}}
    (folder / "dfx.json").write_text(json.dumps({"canisters": canisters}))
    return folder


def note(project, ids):
    text = json.dumps({name: {"local": canister_id} for name, canister_id in ids.items()})
    (project / ".dfx" / "local" / "canister_ids.json").write_text(text)


def test_a_name_is_known_as_soon_as_the_canister_has_an_id(project):
    names = CanisterNames(project / "src")
    assert names("my_shop") is None
    note(project, {"my_Shop": ID})
    assert names("my_shop") == Principal.from_str(ID)
    assert names("shop") is None


def test_a_folder_that_is_no_project_has_no_names(tmp_path):
    assert CanisterNames(tmp_path)("shop") is None


def test_damaged_files_know_no_name(project, caplog):
    note(project, {"my_Shop": "no id"})
    assert CanisterNames(project)("my_shop") is None
    assert "my_shop" in caplog.text


@pytest.mark.slow
def test_a_replica_knows_the_names_of_the_folder_that_it_was_started_for(project, tmp_path):
    note(project, {"my_Shop": ID})
    directory = StateDirectory(tmp_path / "state")
    running = start_in_background(
        directory, port=0, clean=False, report=pytest.fail, folder=project
    )
    try:
        url = running.record.url
        known = httpx.get(url, headers={"host": "my_shop.localhost"})
        unknown = httpx.get(url, headers={"host": "store.localhost"})
    finally:
        stop(directory, pytest.fail)
    assert f"no canister {ID}" in known.text
    assert "no canister of that name is known" in unknown.text
