"""`ic-factory bindgen`: modules from files and from canisters, written whole or not at all."""

import runpy

import pytest

from tests.cli.test_replica_commands import three_lines


def test_a_file_and_a_canister_give_the_same_types(world):
    shown = world.done("bindgen", "factory.did")
    ended = world.run("bindgen", "--canister", "canister_factory", "-o", "types.py")
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "wrote types.py\n")
    written = (world.folder / "types.py").read_text()
    assert "class FactoryClient(" in shown
    assert "class CanisterFactoryClient(" in written
    assert shown.count("class ") == written.count("class ")


def test_the_client_is_called_as_is_said(world):
    world.done("bindgen", "factory.did", "-o", "types_of_mine.py", "--class-name", "Mine")
    assert "Mine" in runpy.run_path(str(world.folder / "types_of_mine.py"))
    by_id = world.done("bindgen", "--canister", world.deployed.own)
    assert "class Client(" in by_id


def test_a_file_that_does_not_parse_leaves_the_module_as_it_was(world):
    (world.folder / "types.py").write_text("kept")
    (world.folder / "bad.did").write_text("service : {")
    ended = world.run("bindgen", "bad.did", "-o", "types.py")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert three_lines(ended.stderr)
    assert "bad.did: line 1" in ended.stderr
    assert (world.folder / "types.py").read_text() == "kept"
    assert not [each for each in world.folder.iterdir() if each.name.startswith(".types")]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ([], 2),
        (["factory.did", "--canister", "canister_factory"], 2),
        (["missing.did"], 2),
        (["factory.did", "-o", "no/such/folder.py"], 1),
    ],
)
def test_what_can_not_be_done_is_refused(world, words, code):
    ended = world.run("bindgen", *words)
    assert (ended.returncode, ended.stdout) == (code, "")
    assert "Traceback" not in ended.stderr
