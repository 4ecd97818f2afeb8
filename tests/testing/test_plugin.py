"""The fixtures of the pytest plugin, as tests of canisters use them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ic_factory.agent import CanisterReject
from ic_factory.drivers.backend import Backend
from ic_factory.drivers.management import Management
from ic_factory.operations.errors import ArgumentError
from ic_factory.testing.identities import Identities
from tests.canisters.universal import cdk_wasm

ALICE = "yeev2-wfaig-boars-bwz46-cex5v-7wlg2-mjuu2-6hvxa-r4z4y-6ic5c-sqe"


def test_identities_are_the_same_in_each_run(identities):
    assert str(identities["alice"].sender()) == ALICE
    assert identities["alice"] is identities["alice"]
    assert Identities()["alice"].sender() == identities["alice"].sender()
    assert identities["bob"].sender() != identities["alice"].sender()
    assert identities["anonymous"].sender().to_str() == "2vxsx-fae"


@pytest.mark.parametrize("time", ["first", "second"])
def test_what_a_test_did_is_undone(time, backend, agent_as):
    alice = Backend(agent_as("alice"), backend.canister_id)
    assert alice.whoami().registered_at_time_ns is None
    alice.register_capsule()
    assert backend.stats().capsules == 1
    assert str(backend.canister_id) == "bnz7o-iuaaa-aaaaa-qaaaa-cai"


def test_the_developer_is_admin_of_factory_and_backend(factory, backend, identities):
    developer = identities["developer"].sender()
    assert factory.config().admins == [developer]
    assert backend.config().admins == [developer]
    assert factory.canister_id != backend.canister_id


def test_agents_for_others_take_identities_and_names(agent, agent_as, identities):
    assert agent.sender == identities["developer"].sender()
    assert agent_as("alice").sender == agent_as(identities["alice"]).sender
    assert agent_as("alice").url == agent.url


def test_install_makes_canisters_that_the_developer_controls(install, agent, tmp_path):
    file = tmp_path / "cdk.wasm.gz"
    file.write_bytes(cdk_wasm())
    made = [install(file, '("hello")'), install(cdk_wasm(), cycles=5 * 10**12)]
    assert install.made == made
    assert agent.read_controllers(made[0]) == (agent.sender,)
    assert 4 * 10**12 < Management(agent).status(made[1]).cycles < 5 * 10**12


def test_an_argument_that_is_no_candid_or_not_of_the_interface_makes_no_canister(install, tmp_path):
    did = tmp_path / "counter.did"
    did.write_text("service : (nat64) -> {}")
    with pytest.raises(ArgumentError):
        install(cdk_wasm(), "(record {")
    with pytest.raises(ArgumentError, match="nat64"):
        install(cdk_wasm(), '("text")', did=did)
    assert install.made == []


def test_a_module_that_traps_is_an_error_of_the_test(install):
    with pytest.raises(CanisterReject):
        install(b"\0asm no module")


def test_the_network_called_over_http_begins_as_the_one_run_by_hand(replica, request):
    replica.create_canister()
    network = request.getfixturevalue("network")
    replica.create_canister()
    assert network.root_key == replica.root_key
    served = request.getfixturevalue("session_network").replica
    assert served.describe_canisters(0, 10) == ()
    assert len(replica.describe_canisters(0, 10)) == 2


def test_a_test_that_names_no_fixture_pays_nothing(tmp_path):
    (tmp_path / "test_plain.py").write_text(
        "import sys\n"
        "def test_plain():\n"
        "    heavy = ('wasmtime', 'uvicorn', 'httpx', 'ic', 'lark', 'cryptography')\n"
        "    assert not [name for name in heavy if name in sys.modules]\n"
    )
    command = [sys.executable, "-m", "pytest", "-q", "-p", "ic_factory.testing.plugin"]
    ended = subprocess.run(
        command, cwd=tmp_path, env=_plain_environment(), capture_output=True, encoding="utf-8"
    )
    assert "1 passed" in ended.stdout, ended.stdout


def _plain_environment():
    root = str(Path(__file__).parents[2])
    return os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": root}


def test_a_personal_canister_is_its_owners_alone(personal, agent, identities):
    alice = identities["alice"].sender()
    assert personal.owner() == alice
    assert personal.whoami().is_owner
    assert personal.info().is_handed_off
    assert agent.read_controllers(personal.canister_id) == (alice,)
    assert personal.capsule().memories == 0
