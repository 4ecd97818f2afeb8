"""Canister ids are kept where dfx and icp-cli keep theirs, and as they do."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ic_factory.networks import json_document
from ic_factory.networks.canister_ids import CanisterIds
from ic_factory.networks.errors import CanisterIdMissing, CanisterIdsBusy, ProjectFileError
from ic_factory.networks.local_replicas import dfx_shared_directory
from ic_factory.networks.project_files import load_project
from ic_factory.process_lock import ProcessLock
from ic_factory.protocol.principal import Principal

ONE = Principal.from_str("bnz7o-iuaaa-aaaaa-qaaaa-cai")
TWO = Principal.from_str("bkyz2-fmaaa-aaaaa-qaaaq-cai")
LEDGER = Principal.from_str("ryjl3-tyaaa-aaaaa-aaaba-cai")
CUSTOM = {"type": "custom", "wasm": "a.wasm", "candid": "a.did"}
DFX_JSON = {
    "canisters": {
        "factory": CUSTOM,
        "ledger": {**CUSTOM, "remote": {"id": {"ic": str(LEDGER)}}},
    },
    "networks": {
        "kept": {"bind": "127.0.0.1:1", "type": "persistent"},
        "brief": {"providers": ["https://a"], "type": "ephemeral"},
    },
}
ICP_YAML = """\
networks:
  - {name: test, mode: connected, url: "https://a", root-key: mainnet}
environments:
  - {name: staging, network: test}
  - {name: mine, network: local}
"""


@pytest.fixture(autouse=True)
def shared(tmp_path, monkeypatch):
    """What dfx shares between projects."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    folder = dfx_shared_directory("local")
    if tmp_path not in folder.parents:
        pytest.skip("dfx's folder is told in another way here")
    return folder


@pytest.fixture
def dfx(tmp_path):
    folder = tmp_path / "dfx"
    folder.mkdir()
    (folder / "dfx.json").write_text(json.dumps(DFX_JSON))
    return CanisterIds(load_project(folder))


@pytest.fixture
def icp(tmp_path):
    folder = tmp_path / "icp"
    folder.mkdir()
    (folder / "icp.yaml").write_text(ICP_YAML)
    return CanisterIds(load_project(folder))


def text(ids, name):
    return (ids.project.root / name).read_text("utf-8")


@pytest.mark.parametrize(
    ("network", "file", "key"),
    [
        ("local", ".dfx/local/canister_ids.json", "local"),
        ("ic", "canister_ids.json", "ic"),
        ("kept", "canister_ids.json", "kept"),
        ("brief", ".dfx/brief/canister_ids.json", "brief"),
        (
            "http://127.0.0.1:4943",
            ".dfx/http___127_0_0_1_4943/canister_ids.json",
            "http___127_0_0_1_4943",
        ),
    ],
)
def test_a_project_of_dfx_has_them_where_and_as_dfx_does(dfx, network, file, key):
    dfx.record("factory", network, ONE)
    assert text(dfx, file) == f'{{\n  "factory": {{\n    "{key}": "{ONE}"\n  }}\n}}'
    assert dfx.get("factory", network) == ONE
    assert dfx.all(network).keys() >= {"factory"}


@pytest.mark.parametrize(
    ("network", "file"),
    [
        ("local", ".icp/cache/mappings/local.ids.json"),
        ("ic", ".icp/data/mappings/ic.ids.json"),
        ("mine", ".icp/cache/mappings/mine.ids.json"),
        ("staging", ".icp/data/mappings/staging.ids.json"),
        ("test", ".icp/data/mappings/staging.ids.json"),
    ],
)
def test_a_project_of_icp_has_them_where_and_as_icp_does(icp, network, file):
    icp.record("factory", network, ONE)
    assert text(icp, file) == f'{{\n  "factory": "{ONE}"\n}}'
    assert icp.get("factory", network) == ONE
    assert not (icp.project.root / ".dfx").exists()


def test_a_canister_of_others_has_the_id_of_dfx_json(dfx):
    dfx.record("ledger", "ic", ONE)
    assert dfx.get("ledger", "ic") == LEDGER
    assert dfx.is_remote("ledger", "ic")
    assert dfx.find("ledger", "local") is None
    assert not dfx.is_remote("ledger", "local")


def test_an_id_that_is_not_there_is_told(dfx):
    assert dfx.find("factory", "local") is None
    with pytest.raises(CanisterIdMissing, match=r"'factory' has no id on network 'local'.*deploy"):
        dfx.get("factory", "local")


def test_what_others_wrote_stays_in_its_order(dfx):
    file = dfx.project.root / "canister_ids.json"
    file.write_text(json.dumps({"z": {"ic": "z", "other": "é"}, "__Candid_UI": {"ic": str(TWO)}}))
    dfx.record("factory", "ic", ONE)
    dfx.record("factory", "ic", TWO)
    assert list(json.loads(file.read_text("utf-8")).items()) == [
        ("z", {"ic": "z", "other": "é"}),
        ("__Candid_UI", {"ic": str(TWO)}),
        ("factory", {"ic": str(TWO)}),
    ]
    assert "é" in file.read_text("utf-8")
    assert dfx.get("factory", "ic") == TWO


def test_those_of_a_network_are_forgotten_and_no_others(dfx):
    for network in ("ic", "kept"):
        dfx.record("factory", network, ONE)
    dfx.record("other", "kept", TWO)
    dfx.forget("kept", "factory")
    assert dfx.all("kept") == {"other": TWO}
    dfx.forget("kept")
    assert json.loads(text(dfx, "canister_ids.json")) == {"factory": {"ic": str(ONE)}}
    dfx.forget("local")


def test_those_of_icp_are_forgotten_too(icp):
    icp.record("factory", "local", ONE)
    icp.record("other", "local", TWO)
    icp.forget("local", "factory")
    assert icp.all("local") == {"other": TWO}


def test_local_ids_bear_the_mark_of_the_replica_that_dfx_runs(dfx, shared):
    shared.mkdir(parents=True)
    (shared / "network-id").write_text("the run")
    (shared / "pid").write_text(str(os.getpid()))
    dfx.record("factory", "local", ONE)
    assert text(dfx, ".dfx/local/network-id") == "the run"


def test_local_ids_bear_no_mark_where_dfx_runs_none(dfx, shared):
    shared.mkdir(parents=True)
    (shared / "network-id").write_text("an old run")
    mark = dfx.project.root / ".dfx/local/network-id"
    mark.parent.mkdir(parents=True)
    mark.write_text("an old run")
    dfx.record("factory", "local", ONE)
    assert not mark.exists()
    mark.write_text("an old run")
    dfx.forget("local")
    assert not mark.exists()


def test_a_link_and_the_rights_of_a_file_stay(dfx, tmp_path):
    real = tmp_path / "kept.json"
    real.write_text("{}")
    real.chmod(0o640)
    link = dfx.project.root / "canister_ids.json"
    link.symlink_to(real)
    dfx.record("factory", "ic", ONE)
    assert link.is_symlink()
    assert real.stat().st_mode & 0o777 == 0o640
    assert dfx.get("factory", "ic") == ONE


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("{", "canister_ids.json, line 1, column 2: no JSON"),
        ("[]", "a JSON object is expected"),
        ('{"factory": "id"}', "canister_ids.json, factory: a mapping from networks"),
        ('{"factory": {"ic": "aaaa"}}', "canister_ids.json, factory: .*; remove or correct it"),
        ('{"factory": {"ic": 1}}', "factory: 1 is no canister id"),
    ],
)
def test_a_damaged_file_is_told_and_left_as_it_is(dfx, content, problem):
    file = dfx.project.root / "canister_ids.json"
    file.write_text(content)
    with pytest.raises(ProjectFileError, match=problem):
        dfx.get("factory", "ic")
    assert file.read_text() == content


def test_a_file_that_another_process_keeps_to_itself_is_told(dfx, monkeypatch):
    monkeypatch.setattr(json_document, "LOCK_SECONDS", 0.05)
    (dfx.project.root / ".dfx").mkdir()
    lock = ProcessLock(dfx.project.root / ".dfx/canister_ids.lock")
    with lock, pytest.raises(CanisterIdsBusy, match="wait for it or end it"):
        dfx.record("factory", "ic", ONE)
    dfx.record("factory", "ic", ONE)


PROGRAM = """
import sys
from pathlib import Path
from ic_factory.networks.canister_ids import CanisterIds
from ic_factory.networks.project_files import load_project
from ic_factory.protocol.principal import Principal
ids = CanisterIds(load_project(Path(sys.argv[1])))
for number in range(25):
    ids.record(f"{sys.argv[2]}{number}", "ic", Principal.from_str("aaaaa-aa"))
"""


@pytest.mark.slow
def test_processes_at_once_lose_nothing(dfx):
    arguments = [sys.executable, "-c", PROGRAM, str(dfx.project.root)]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    running = [subprocess.Popen([*arguments, who], env=environment) for who in "abcd"]
    assert [process.wait(60) for process in running] == [0] * 4
    assert len(json.loads(text(dfx, "canister_ids.json"))) == 100


names = st.text("abcé", min_size=1, max_size=3)
steps = st.lists(
    st.tuples(st.sampled_from(["record", "forget"]), names, st.sampled_from(["ic", "kept"])),
    max_size=12,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(steps=steps)
def test_any_sequence_keeps_to_a_plain_table(dfx, steps):
    (dfx.project.root / "canister_ids.json").unlink(missing_ok=True)
    table = {}
    for step, name, network in steps:
        if step == "record":
            dfx.record(name, network, ONE)
            table[name, network] = ONE
        else:
            dfx.forget(network, name)
            table.pop((name, network), None)
    for network in ("ic", "kept"):
        found = {name: id_ for name, id_ in dfx.all(network).items() if name != "ledger"}
        assert found == {name: id_ for (name, at), id_ in table.items() if at == network}
