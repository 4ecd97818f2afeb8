"""`ic-factory personal …`, as a user and an admin run it."""

import json
import sys

import pytest

from tests.cli.factory_world import ALICE, CAROL, SEA
from tests.cli.test_capsule_commands import page
from tests.cli.test_replica_commands import three_lines

posix = pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals on Windows")
ALICES, CAROLS = str(ALICE.sender()), str(CAROL.sender())
AS_BOB = ["--identity", "bob"]
NOWHERE = ["--network", "http://127.0.0.1:9"]


@pytest.fixture
def moved(world):
    """The world of Alice, whose capsule is in a canister of her own, and where Bob's key is."""
    world.done("identity", "import", "bob", "bob.pem")
    world.done("personal", "create")
    return world


def test_a_move_is_watched_to_its_outcome_and_its_url(world):
    ended = world.run("personal", "create", "--name", "Alice's own")
    assert ended.returncode == 0, ended.stderr
    told = [line.partition(": ")[2] for line in ended.stderr.splitlines()]
    assert told[-3:-2] != []
    assert "completed" in told
    assert any(line.endswith("/s") for line in told)
    facts = dict(line.split("\t") for line in ended.stdout.splitlines())
    assert facts["user"] == ALICES
    assert facts["capsule id"] == world.deployed.hub.capsule
    assert facts["canister id"] in facts["URL"]
    status, body = page(world, facts["URL"])
    assert status == 200
    assert b"<html" in body.lower()


@posix
def test_a_person_sees_a_bar_and_the_facts(world):
    code, shown = world.on_terminal("personal", "create")
    assert code == 0
    assert world.deployed.hub.capsule in shown
    assert "URL" in shown


def test_again_nothing_is_done(moved):
    first = moved.document("personal", "watch")
    again = moved.document("personal", "create")
    assert again == first | {"was_there": True}
    assert first["memories"] == 1


def test_status_tells_the_stages_and_what_it_cost(moved):
    found = moved.document("personal", "status")
    assert found["status"] == "completed"
    assert found["error"] is None
    assert found["memories_done"] == found["memories_total"] == 1
    assert found["cycles_consumed"] > 0
    assert found["url"].startswith("http://")
    lines = dict(line.split("\t") for line in moved.done("personal", "status").splitlines())
    assert lines["status"] == "completed"
    assert lines["stage importing"].endswith(" s")
    assert lines["root hash"] == found["manifest"]["root_hash_hex"]


def test_nothing_to_tell_of_is_refused(world):
    ended = world.run("personal", "status")
    assert ended.returncode == 4
    assert three_lines(ended.stderr)


def test_the_hub_says_where_a_capsule_went_and_personal_goes_there(moved):
    ended = moved.run("memory", "show", moved.deployed.hub.memory)
    assert ended.returncode == 4
    assert "--personal" in ended.stderr.splitlines()[-1]
    canister_id = moved.document("personal", "status")["personal_canister_id"]
    assert canister_id in ended.stderr.splitlines()[-1]
    memory, capsule = moved.deployed.hub.memory, moved.deployed.hub.capsule
    found = moved.document("memory", "show", memory, "--personal")
    assert found["memory_id"] == memory
    assert canister_id in found["assets"][0]["url"]
    assert moved.document("capsule", "show", "--personal")["capsule_id"] == capsule
    galleries = moved.document("gallery", "list", "--personal")["galleries"]
    assert [each["gallery_id"] for each in galleries] == [moved.deployed.hub.gallery]
    moved.done("memory", "get", memory, "--to", "back/", "--personal")
    sea = (moved.folder / "holidays" / SEA).read_bytes()
    assert (moved.folder / "back" / SEA).read_bytes() == sea
    assert moved.document("memory", "compare", "holidays", "--personal")["equal"]


def test_files_go_on_to_be_added_there(moved):
    added = moved.document("memory", "add", "letter.txt", "--personal")
    assert added["capsule_id"] == moved.deployed.hub.capsule
    assert [each["was_there"] for each in added["files"]] == [False]
    found = moved.document("memory", "search", "letter", "--personal")["memories"]
    assert len(found) == 1


def test_who_has_none_is_told_how_to_make_one(world):
    ended = world.run("memory", "list", "--personal")
    assert ended.returncode == 1
    assert "ic-factory personal create" in ended.stderr


def test_verification_tells_each_check(moved):
    found = moved.document("personal", "verify", "--full")
    assert found["sound"]
    assert {each["outcome"] for each in found["checks"]} == {"ok"}
    rows = moved.done("personal", "verify").splitlines()
    assert rows[0] == "check\toutcome\twhy"
    assert rows[-1] == "sound"


def test_an_export_is_verified_without_any_network(moved):
    exported = moved.document("personal", "export", "mine")
    assert (exported["files"], exported["files_written"]) == (1, 1)
    again = moved.document("personal", "export", "mine")
    assert (again["files"], again["files_written"]) == (1, 0)
    key, hub = moved.deployed.hub.root_key, str(moved.deployed.hub.backend)
    offline = ["personal", "verify", "mine", "--root-key", key, "--issuer", hub, *NOWHERE]
    assert moved.document(*offline)["sound"]


@pytest.mark.parametrize("file", ["capsule.json", "files/sea.png", "receipt.json"])
def test_an_export_that_was_tampered_with_is_found_out(moved, file):
    moved.done("personal", "export", "mine")
    place = next((moved.folder / "mine").rglob(file.rpartition("/")[2]))
    content = place.read_bytes()
    place.write_bytes(content.replace(b"sea", b"See", 1) if b"sea" in content else b"{}")
    if file == "receipt.json":
        document = json.loads(content)
        document["receipt"]["cycles_attached"] += 1
        place.write_text(json.dumps(document))
    ended = moved.run("personal", "verify", "mine", "--json")
    assert ended.returncode == 1
    document = json.loads(ended.stdout)
    assert not document["sound"]
    assert "failed" in {each["outcome"] for each in document["checks"]}


def test_a_hubs_export_has_no_receipt_to_verify_by(world):
    world.done("personal", "export", "hubs", "--hub")
    ended = world.run("personal", "verify", "hubs")
    assert ended.returncode == 1
    assert "no receipt.json" in ended.stderr


def test_a_folder_that_is_no_export_is_told(world):
    ended = world.run("personal", "verify", "holidays")
    assert ended.returncode == 1
    assert three_lines(ended.stderr)


def test_a_root_key_is_for_a_folder(world):
    assert world.run("personal", "verify", "--root-key", "00").returncode == 2


def test_the_hubs_copy_is_let_go_where_that_is_agreed_to(moved):
    capsule = moved.deployed.hub.capsule
    assert moved.run("personal", "release", capsule).returncode == 2
    released = moved.document("personal", "release", capsule, "--yes")
    assert released["root_hash"] == moved.document("personal", "watch")["root_hash"]


def test_the_hubs_copy_of_a_capsule_that_has_not_moved_stays(world):
    ended = world.run("personal", "release", world.deployed.hub.capsule, "--yes")
    assert ended.returncode == 4
    assert world.document("capsule", "list")["capsules"]


# Admins


def test_an_admin_sees_failed_moves_and_begins_one_again(world):
    [failed] = world.document("personal", "creations", "failed")["creations"]
    assert failed["user"] == CAROLS
    assert failed["error"]
    assert failed["error_kind"]
    ended = world.run("personal", "watch", "--user", CAROLS)
    assert ended.returncode == 1
    assert "the capsule is in the hub as before" in ended.stderr
    world.done("personal", "retry", "--user", CAROLS)
    assert world.document("personal", "watch", "--user", CAROLS)["user"] == CAROLS
    listed = world.document("personal", "list", "--user", CAROLS)["canisters"]
    assert [each["status"] for each in listed] == ["completed"]
    assert world.document("personal", "list", "--status", "failed")["canisters"] == []


def test_an_admin_clears_a_failed_move_and_its_cycles_come_back(world):
    cleared = world.document("personal", "clear", CAROLS, "--yes")
    assert cleared["is_cleared"]
    assert cleared["cycles_recovered"] > 10**12
    assert world.document("personal", "creations", "failed")["creations"] == []
    assert world.run("personal", "clear", CAROLS, "--yes").returncode == 4


def test_others_are_no_admins(moved):
    for words in (
        ["personal", "list"],
        ["personal", "creations", "completed"],
        ["personal", "retry", "--user", ALICES],
        ["personal", "config", "set", "--disable"],
        ["personal", "reserve", "--reserve", "1T"],
        ["personal", "clear", ALICES, "--yes"],
    ):
        assert moved.run(*words, *AS_BOB).returncode == 4, words


def test_a_hub_is_prepared_once(world):
    first = world.document("personal", "setup", "--reserve", "90T", "--enable")
    assert first["was_set"]
    assert first["reserve"] == 90 * 10**12
    assert world.document("personal", "reserve")["reserve"] == 90 * 10**12
    again = world.document("personal", "setup")
    # The hub lives on its cycles.
    assert again | {"balance": first["balance"]} == first


def test_what_is_no_module_is_not_sent(world):
    ended = world.run("personal", "setup", "letter.txt")
    assert ended.returncode == 1
    assert "no WASM module" in ended.stderr


def test_limits_are_shown_and_changed(world):
    before = world.document("personal", "config", "show")
    assert world.done("personal", "config").startswith("cycles per creation\t")
    changed = world.document("personal", "config", "set", "--max-concurrent", "7", "--disable")
    assert changed == before | {"max_concurrent_creations": 7, "enabled": False}
    ended = world.run("personal", "create")
    assert ended.returncode == 4
    assert world.run("personal", "config", "set").returncode == 2


def test_statistics_name_the_errors(world):
    found = world.document("personal", "stats")
    assert (found["attempts"], found["failed"]) == (1, 1)
    assert len(found["errors"]) == 1
    kind = found["errors"][0]["kind"]
    assert f"error {kind}\t1" in world.done("personal", "stats")
