"""`ic-factory capsule …`, `memory …` and `gallery …` as a user runs them."""

import json
import sys
from http.client import HTTPConnection

import pytest

from tests.cli.factory_world import BOB, SEA
from tests.cli.test_replica_commands import three_lines
from tests.operations.real_files import MEBIBYTE, lay_out

posix = pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals on Windows")
BOBS = str(BOB.sender())
AS_BOB = ["--identity", "bob"]


@pytest.fixture
def two(world):
    """The world of Alice, where Bob's key is at hand."""
    world.done("identity", "import", "bob", "bob.pem")
    return world


def page(world, url):
    """What a browser gets at a URL of a canister; its host is not looked up."""
    host, _, path = url.removeprefix("http://").partition("/")
    connection = HTTPConnection("127.0.0.1", int(host.rpartition(":")[2]), timeout=20)
    try:
        connection.request("GET", f"/{path}", headers={"host": host})
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def on_disk(folder):
    return {
        each.relative_to(folder).as_posix(): each.read_bytes()
        for each in folder.rglob("*")
        if each.is_file()
    }


@pytest.mark.slow
def test_a_folder_goes_in_and_comes_back_byte_for_byte(world):
    files = lay_out(world.folder / "in", 2 * MEBIBYTE + 5)
    added = world.document("memory", "add", "in", "--capsule", world.deployed.hub.capsule)
    assert {each["path"] for each in added["files"]} == set(files)
    again = world.document("memory", "add", "in")
    assert all(each["was_there"] for each in again["files"])
    assert sum(each["bytes_sent"] for each in again["files"]) == 0
    capsule = added["capsule_id"]
    saved = world.document("memory", "get", "--capsule", capsule, "--to", "out")
    sea = (world.folder / "holidays" / SEA).read_bytes()
    assert on_disk(world.folder / "out") == files | {SEA: sea}
    assert not any(each["was_there"] for each in saved["files"])
    compared = world.document("memory", "compare", "out")
    assert compared["equal"]
    assert len(compared["same"]) == len(files) + 1


def test_progress_is_told_on_stderr_and_documents_on_stdout(world):
    lay_out(world.folder / "in", 2 * MEBIBYTE)
    ended = world.run("memory", "add", "in", "--json")
    assert json.loads(ended.stdout)["failed"] == []
    assert "adding: 2." in ended.stderr
    assert "adding: done" in ended.stderr


def test_a_file_that_can_not_be_added_is_1_and_others_are_added(world):
    admin = ["canister", "call", "backend", "update_config"]
    world.done(*admin, "(record { max_upload_size = opt 1_000_000 })")
    lay_out(world.folder / "in", 2 * MEBIBYTE)
    ended = world.run("memory", "add", "in", "--json")
    assert ended.returncode == 1
    document = json.loads(ended.stdout)
    assert [each["path"] for each in document["failed"]] == ["clip.mp4"]
    assert len(document["files"]) > 5


def test_a_comparison_that_finds_a_difference_is_1(world):
    (world.folder / "holidays" / "new.txt").write_text("new")
    ended = world.run("memory", "compare", "holidays")
    assert ended.returncode == 1
    assert ended.stdout == "only here: new.txt\nsame: 1\n"


def test_other_files_are_not_overwritten_unasked(world):
    memory = world.deployed.hub.memory
    (world.folder / SEA).write_text("mine")
    ended = world.run("memory", "get", memory)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert "--overwrite" in ended.stderr
    assert (world.folder / SEA).read_text() == "mine"
    world.done("memory", "get", memory, "--overwrite")
    content = (world.folder / "holidays" / SEA).read_bytes()
    assert (world.folder / SEA).read_bytes() == content
    [named] = world.document("memory", "get", memory, "--to", "by/name.png")["files"]
    assert (world.folder / named["path"]).read_bytes() == content
    [there] = world.document("memory", "get", memory, "--to", "by/name.png")["files"]
    assert there["was_there"]


def test_a_gallery_comes_back_as_a_folder(world):
    gallery = world.deployed.hub.gallery
    world.done("memory", "get", "--gallery", gallery, "--to", "out")
    assert set(on_disk(world.folder / "out")) == {SEA}


def test_an_asset_is_at_its_url_for_those_who_may_see_it(world):
    memory = world.deployed.hub.memory
    content = (world.folder / "holidays" / SEA).read_bytes()
    [line] = world.done("memory", "url", memory).splitlines()
    assert page(world, line)[0] == 404
    opened = world.document("memory", "url", memory, "--for", "1h")
    assert page(world, opened["url"]) == (200, content)
    world.done("capsule", "visibility", memory, "public")
    assert page(world, line) == (200, content)
    assert world.document("memory", "show", memory)["assets"][0]["url"] == line


def test_memories_are_found_by_type_tag_and_words(world):
    (world.folder / "лето.txt").write_text("Лето")
    world.done("memory", "add", "лето.txt", "--tag", "Family", "--tag", "2024", "--public")
    wanted = ["memory", "list", "--type", "text", "--tag", "family", "--text", "ЛЕТ"]
    [found] = world.document(*wanted)["memories"]
    assert (found["title"], found["tags"]) == ("лето", ["Family", "2024"])
    assert found["visibility"] == "public"
    assert world.document("memory", "search", "лето")["memories"] == [found]
    assert world.document("memory", "list", "--tag", "other")["memories"] == []


@pytest.mark.slow
def test_what_is_granted_is_seen_and_what_is_not_is_not_known(two):
    memory, capsule = two.deployed.hub.memory, two.deployed.hub.capsule
    two.done("capsule", "create", *AS_BOB)
    hidden = two.run("memory", "show", memory, *AS_BOB)
    assert (hidden.returncode, hidden.stdout) == (4, "")
    assert three_lines(hidden.stderr)
    two.done("capsule", "access", "grant", memory, BOBS)
    assert two.document("memory", "show", memory, *AS_BOB)["title"] == "sea"
    assert two.document("capsule", "shared", *AS_BOB)["ids"] == [memory]
    assert two.run("memory", "update", memory, "--title", "x", *AS_BOB).returncode == 4
    two.done("capsule", "access", "grant", memory, BOBS, "--write")
    assert two.run("capsule", "show", capsule, *AS_BOB).returncode == 4
    listed = two.document("capsule", "access", "list", memory)
    assert listed["grants"] == [{"principal": BOBS, "permission": "write"}]
    assert two.document("capsule", "access", "revoke", memory, BOBS)["grants"] == []
    assert two.run("memory", "show", memory, *AS_BOB).returncode == 4


def test_the_anonymous_caller_gets_what_is_public_and_no_more(world):
    memory = world.deployed.hub.memory
    anybody = ["--identity", "anonymous"]
    assert world.run("memory", "get", memory, "--to", "out/", *anybody).returncode == 4
    world.done("capsule", "visibility", memory, "public")
    (world.folder / "out").mkdir()
    world.done("memory", "get", memory, "--to", "out/", *anybody)
    assert set(on_disk(world.folder / "out")) == {SEA}


def test_a_first_capsule_is_made_for_who_has_none(two):
    none = two.run("memory", "list", *AS_BOB)
    assert none.returncode == 4
    added = two.document("memory", "add", "letter.txt", *AS_BOB)
    [capsule] = two.document("capsule", "list", *AS_BOB)["capsules"]
    assert capsule["capsule_id"] == added["capsule_id"]
    assert capsule["memories"] == 1


@pytest.mark.slow
def test_a_gallery_changes_and_what_it_holds_stays(world):
    hub = world.deployed.hub
    [letter] = world.document("memory", "add", "letter.txt")["files"]
    gallery = ["gallery", "update", hub.gallery]
    changed = world.document(*gallery, "--add", letter["memory_id"], "--title", "<b>Sea</b>")
    assert changed["items"] == [hub.memory, letter["memory_id"]]
    assert changed["title"] == "<b>Sea</b>"
    turned = world.document(*gallery, "--item", letter["memory_id"], "--item", hub.memory)
    assert turned["items"] == [letter["memory_id"], hub.memory]
    itself = world.run(*gallery, "--add", hub.gallery)
    assert (itself.returncode, itself.stdout) == (4, "")
    world.done("memory", "delete", letter["memory_id"], "--yes")
    assert world.document("gallery", "show", hub.gallery)["items"] == [hub.memory]
    world.done("gallery", "delete", hub.gallery, "--yes")
    assert world.document("gallery", "list") == {"galleries": []}
    assert len(world.document("memory", "list")["memories"]) == 1


@posix
def test_a_deletion_is_asked_for_on_a_terminal(world):
    capsule = world.deployed.hub.capsule
    code, shown = world.on_terminal("capsule", "delete", capsule, typed="n\n")
    assert (code, "with 1 memories" in shown) == (1, True)
    assert world.run("capsule", "delete", capsule).returncode == 2
    world.done("capsule", "delete", capsule, "--yes")
    assert world.document("capsule", "list") == {"capsules": []}


def test_a_backend_is_named_by_option_variable_setting_or_the_project(world):
    (world.folder / ".dfx" / "local" / "canister_ids.json").unlink()
    ended = world.run("capsule", "list")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert "--backend" in ended.stderr
    backend = str(world.deployed.hub.backend)
    assert world.document("capsule", "list", "--backend", backend)["capsules"]
    by_variable = world.done("capsule", "list", "--json", IC_FACTORY_BACKEND=backend)
    assert json.loads(by_variable)["capsules"]
    settings = f'[tool.ic-factory]\nbackend = "{backend}"\n'
    (world.folder / "pyproject.toml").write_text(settings)
    assert world.document("capsule", "list")["capsules"]


@pytest.mark.parametrize(
    "words",
    [
        ["memory", "get"],
        ["memory", "get", "m00", "--capsule", "c00"],
        ["memory", "update", "m00"],
        ["memory", "list", "--type", "song"],
        ["capsule", "update", "c00"],
        ["capsule", "visibility", "c00", "secret"],
        ["capsule", "access", "grant", "c00", "nobody!"],
        ["gallery", "update", "g00"],
    ],
)
def test_wrong_usage_is_2(world, words):
    ended = world.run(*words)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "Traceback" not in ended.stderr


def test_a_path_that_is_not_there_is_1_before_anything_is_sent(world):
    ended = world.run("memory", "add", "letter.txt", "missing.txt")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert "missing.txt" in ended.stderr
    assert len(world.document("memory", "list")["memories"]) == 1
