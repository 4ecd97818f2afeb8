"""`ic-factory identity …`: keys are kept, and shown only where that is asked for."""

import stat
import sys

import pytest

from tests.cli.factory_world import ALICE, BOB
from tests.cli.test_replica_commands import three_lines

posix = pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals on Windows")
PASSWORD = "correct horse"
SECRETS = [ALICE.privkey, *ALICE.to_pem().decode().splitlines()[1:-1]]


@posix
def test_a_new_password_is_asked_for_twice_and_never_shown(world):
    typed = f"{PASSWORD}\n{PASSWORD}\n"
    code, shown = world.on_terminal("identity", "new", "carol", "--password", typed=typed)
    assert code == 0
    assert PASSWORD not in shown
    [carol] = [
        each for each in world.document("identity", "list")["identities"] if each["name"] == "carol"
    ]
    assert carol["kind"] == "encrypted"
    code, shown = world.on_terminal("identity", "show", "carol", typed=f"{PASSWORD}\n")
    assert (code, PASSWORD in shown) == (0, False)


def test_a_script_gives_the_password_by_the_environment(world):
    refused = world.run("identity", "new", "carol", "--password")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "IC_FACTORY_IDENTITY_PASSWORD" in refused.stderr
    given = {"IC_FACTORY_IDENTITY_PASSWORD": PASSWORD}
    made = world.done("identity", "new", "carol", "--password", **given)
    principal = made.split()[1]
    assert principal in world.done("identity", "show", "carol", **given)
    wrong = world.run("identity", "show", "carol", IC_FACTORY_IDENTITY_PASSWORD="another one")
    assert (wrong.returncode, wrong.stdout) == (1, "")
    assert three_lines(wrong.stderr)
    short = world.run("identity", "new", "dave", "--password", IC_FACTORY_IDENTITY_PASSWORD="short")
    assert short.returncode == 1
    assert "9 characters" in short.stderr


@pytest.mark.parametrize("type_", ["ed25519", "secp256k1", "p256"])
def test_what_is_exported_can_be_imported(world, type_):
    made = world.document("identity", "new", "carol", "--type", type_)
    pem = world.done("identity", "export", "carol", "--yes")
    assert pem.startswith("-----BEGIN")
    (world.folder / "carol.pem").write_text(pem)
    again = world.document("identity", "import", "copy", "carol.pem")
    assert again["principal"] == made["principal"]


@posix
def test_keys_are_for_their_owner_alone(world):
    path = world.document("identity", "show", "alice")["path"]
    mode = (world.folder / path).stat().st_mode
    assert stat.S_IMODE(mode) == 0o600


def test_no_output_but_the_export_has_a_secret(world):
    commands = [
        ["identity", "list"],
        ["identity", "list", "--json"],
        ["identity", "show", "alice", "--public-key"],
        ["--debug", "identity", "import", "alice", "bob.pem"],
        ["--debug", "identity", "import", "carol", "factory.did"],
        ["--debug", "canister", "call", "canister_factory", "nothing"],
    ]
    secrets = [*SECRETS, BOB.privkey, *BOB.to_pem().decode().splitlines()[1:-1]]
    for words in commands:
        ended = world.run(*words)
        assert not [each for each in secrets if each in ended.stdout + ended.stderr], words
    assert SECRETS[1] in world.done("identity", "export", "alice", "--yes")


def test_the_default_is_the_one_that_was_chosen(world):
    def defaults():
        listed = world.document("identity", "list")["identities"]
        return [each["name"] for each in listed if each["default"]]

    world.done("identity", "new", "zoe")
    assert defaults() == ["alice"]
    world.done("identity", "default", "zoe")
    assert defaults() == ["zoe"]
    world.done("identity", "remove", "zoe", "--yes")
    assert defaults() == []
    world.done("identity", "new", "default")
    assert defaults() == ["default"]
    assert world.document("identity", "show")["name"] == "default"
    unknown = world.run("identity", "default", "nobody")
    assert (unknown.returncode, unknown.stdout) == (1, "")
    assert three_lines(unknown.stderr)


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (["new", "alice"], "alice exists already"),
        (["new", "../evil"], "can't be an identity's name"),
        (["show", "nobody"], "nobody"),
        (["remove", "nobody", "--yes"], "nobody"),
        (["import", "carol", "missing.pem"], "missing.pem"),
        (["export", "anonymous", "--yes"], "no key"),
    ],
)
def test_what_can_not_be_is_told_in_three_lines(world, words, part):
    ended = world.run("identity", *words)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert three_lines(ended.stderr)
    assert part in ended.stderr
