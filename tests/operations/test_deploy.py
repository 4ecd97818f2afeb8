"""Projects are deployed once: what is there and as it should be is left alone."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from ic_factory.agent import Agent
from ic_factory.canisters import factory_wasm
from ic_factory.drivers.factory import Factory
from ic_factory.networks.canister_ids import CanisterIds
from ic_factory.networks.errors import CanisterNotBuildable
from ic_factory.networks.project import InitArgument, ProjectCanister
from ic_factory.networks.project_files import load_project
from ic_factory.operations.canister_creation import provisionally
from ic_factory.operations.deploy import (
    Action,
    build,
    deploy,
    in_order,
    init_argument,
)
from ic_factory.operations.deploy import Site as DeploySite
from ic_factory.operations.errors import ArgumentError, DeployError
from ic_factory.operations.starter_project import starter_project
from ic_factory.protocol.principal import Principal
from tests.operations.conftest import Site
from tests.operations.sample_module import sample_module

NAME = "canister_factory"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    starter_project(tmp_path)
    return tmp_path


def canister_of(root: Path, **changed: Any) -> ProjectCanister:
    """The starter project's canister, with other words in its dfx.json."""
    document = json.loads((root / "dfx.json").read_text())
    document["canisters"][NAME].update(changed)
    (root / "dfx.json").write_text(json.dumps(document))
    return load_project(root).canister(NAME)


def place(agent: Agent, management: Any, root: Path) -> DeploySite:
    return DeploySite(agent, "local", CanisterIds(load_project(root)), provisionally(management))


def argument_of(canister: ProjectCanister) -> bytes:
    return init_argument(canister, canister.init_argument)


def test_a_canister_is_made_installed_and_noted(agent: Agent, management: Any, root: Path) -> None:
    canister, where = canister_of(root), place(agent, management, root)
    result = deploy(where, canister, argument_of(canister))
    assert (result.action, result.was_made) == (Action.INSTALL, True)
    assert agent.read_module_hash(result.canister_id) == hashlib.sha256(factory_wasm()).digest()
    noted = json.loads((root / ".dfx/local/canister_ids.json").read_text())
    assert noted[NAME] == {"local": str(result.canister_id)}


def test_a_second_deployment_does_nothing(agent: Agent, management: Any, root: Path) -> None:
    canister, where = canister_of(root), place(agent, management, root)
    first = deploy(where, canister, argument_of(canister))
    second = deploy(where, canister, argument_of(canister))
    assert (second.action, second.was_made) == (Action.NOTHING, False)
    assert second.canister_id == first.canister_id


def test_another_module_is_an_upgrade_that_keeps_the_state(
    agent: Agent, management: Any, root: Path
) -> None:
    where = place(agent, management, root)
    init = "(opt record { max_canisters_per_caller = opt (4 : nat32) })"
    canister = canister_of(root, init_arg=init)
    first = deploy(where, canister, argument_of(canister))
    (root / "canisters/factory.wasm.gz").write_bytes(sample_module())
    result = deploy(where, canister, argument_of(canister))
    assert (result.action, result.canister_id) == (Action.UPGRADE, first.canister_id)
    assert Factory(agent, first.canister_id).config().max_canisters_per_caller == 4
    again = deploy(where, canister, argument_of(canister_of(root, init_arg="(null)")))
    assert again.action is Action.NOTHING
    wiped = deploy(where, canister, argument_of(canister_of(root)), reinstall=True)
    assert wiped.action is Action.REINSTALL
    assert Factory(agent, first.canister_id).config().max_canisters_per_caller == 100


def test_an_id_that_leads_nowhere_any_more_is_replaced(
    agent: Agent, management: Any, root: Path
) -> None:
    canister, where = canister_of(root), place(agent, management, root)
    gone = Principal.from_str("br5f7-7uaaa-aaaaa-qaaca-cai")
    where.ids.record(NAME, "local", gone)
    result = deploy(where, canister, argument_of(canister))
    assert result.was_made
    assert result.canister_id != gone


def test_an_installation_that_fails_leaves_the_canister_noted(
    agent: Agent, management: Any, root: Path
) -> None:
    canister, where = canister_of(root), place(agent, management, root)
    with pytest.raises(Exception, match=r"IC0\d+"):
        deploy(where, canister, b"no Candid")
    noted = where.ids.find(NAME, "local")
    result = deploy(where, canister, argument_of(canister))
    assert (result.canister_id, result.action) == (noted, Action.INSTALL)


def test_a_specified_id_is_asked_for(agent: Agent, management: Any, root: Path) -> None:
    wanted = "rrkah-fqaaa-aaaaa-aaaaq-cai"
    canister = canister_of(root, specified_id=wanted)
    result = deploy(place(agent, management, root), canister, argument_of(canister))
    assert str(result.canister_id) == wanted


def test_canisters_of_others_are_left_alone(agent: Agent, management: Any, root: Path) -> None:
    canister = canister_of(root, remote={"id": {"local": "rrkah-fqaaa-aaaaa-aaaaq-cai"}})
    with pytest.raises(DeployError, match="deployed by others"):
        deploy(place(agent, management, root), canister, argument_of(canister))


def test_a_missing_module_is_told(agent: Agent, management: Any, root: Path) -> None:
    canister = canister_of(root, wasm="canisters/missing.wasm")
    with pytest.raises(DeployError, match=r"missing\.wasm can't be read.*built"):
        deploy(place(agent, management, root), canister, b"")


def test_what_only_its_own_tool_can_build_is_told(root: Path) -> None:
    canister = canister_of(root, type="motoko", main="main.mo")
    with pytest.raises(CanisterNotBuildable):
        build(canister)


def test_build_commands_run_in_the_project(root: Path, site: Site) -> None:
    build(canister_of(root, build=["cp canisters/factory.did built.did", "test -f built.did"]))
    assert (root / "built.did").is_file()
    with pytest.raises(DeployError, match="exit code 3: exit 3"):
        build(canister_of(root, build=["exit 3"]))


def test_an_init_argument_that_does_not_fit_is_told(root: Path) -> None:
    canister = canister_of(root, init_arg="(7)")
    with pytest.raises(ArgumentError, match=f"init argument of canister '{NAME}'"):
        argument_of(canister)
    assert init_argument(canister, InitArgument(text="(null)")) != b""
    assert init_argument(canister, None) == b"DIDL\0\0"


def test_dependencies_come_first(root: Path) -> None:
    def declared(name: str, *needs: str) -> ProjectCanister:
        from dataclasses import replace

        return replace(canister_of(root), name=name, dependencies=needs)

    ordered = in_order([declared("a", "b", "c"), declared("c", "b"), declared("b", "elsewhere")])
    assert [each.name for each in ordered] == ["b", "c", "a"]
    with pytest.raises(DeployError, match="a -> b -> a"):
        in_order([declared("a", "b"), declared("b", "a")])


def test_what_a_starter_project_has_is_kept(root: Path) -> None:
    (root / "canisters/factory.did").write_text("service : {}")
    starter_project(root)
    assert (root / "canisters/factory.did").read_text() == "service : {}"
