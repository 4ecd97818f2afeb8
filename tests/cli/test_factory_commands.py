"""`ic-factory factory …` as an admin runs it, and as others do."""

import json
import signal
import sys

import pytest

from tests.cli.factory_world import ALICE, BOB
from tests.cli.test_replica_commands import three_lines

posix = pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals on Windows")
ALICES, BOBS = str(ALICE.sender()), str(BOB.sender())


def test_a_sick_factory_is_1_with_its_problems_on_stdout(world):
    world.done("factory", "config", "set", "--min-factory-cycles", "900T")
    ended = world.run("factory", "health", "--json")
    assert ended.returncode == 1
    document = json.loads(ended.stdout)
    assert document["healthy"] is False
    assert document["problems"]
    assert ended.stderr == ""


def test_limits_are_set_in_human_quantities(world):
    limits = ["--max-upload-size", "50MB", "--upload-ttl", "36h", "--max-cycles-per-creation", "2T"]
    document = world.document("factory", "config", "set", *limits, "--max-operations", "7")
    assert document["max_upload_size"] == 50_000_000
    assert document["upload_ttl_seconds"] == 129_600
    assert document["max_cycles_per_creation"] == 2_000_000_000_000
    assert document["max_operations"] == 7
    shown = dict(line.split("\t") for line in world.done("factory", "config").splitlines())
    assert shown["upload ttl"] == "1d 12h"
    assert shown["max cycles per creation"] == "2.000 T"
    assert shown["admins"] == ALICES


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ([], 2),
        (["--upload-ttl", "soon"], 2),
        (["--max-upload-size", "1.5"], 2),
        (["--max-upload-size", "200MiB"], 4),
    ],
)
def test_limits_that_can_not_be_are_refused(world, words, code):
    ended = world.run("factory", "config", "set", *words)
    assert (ended.returncode, ended.stdout) == (code, "")
    assert "Traceback" not in ended.stderr


def test_the_allowlist_is_set_added_to_and_cleared(world):
    assert world.done("factory", "allowlist") == "everybody is let in\n"
    assert world.document("factory", "allowlist", "set", ALICES)["allowlist"] == [ALICES]
    added = world.document("factory", "allowlist", "add", BOBS, ALICES)["allowlist"]
    assert sorted(added) == sorted([ALICES, BOBS])
    left = world.document("factory", "allowlist", "remove", ALICES, BOBS)
    assert left == {"has_allowlist": True, "allowlist": []}
    assert world.done("factory", "allowlist", "clear", "--yes") == "everybody is let in\n"


def test_the_last_admin_stays(world):
    ended = world.run("factory", "admins", "remove", ALICES, "--yes")
    assert (ended.returncode, ended.stdout) == (4, "")
    assert three_lines(ended.stderr)
    assert world.done("factory", "admins") == f"{ALICES}\n"


def test_others_are_not_told_and_may_not(world):
    anybody = ["--identity", "anonymous"]
    assert world.document("factory", "admins", "list", *anybody) == {"admins": None}
    assert world.document("factory", "events", *anybody) == {"events": []}
    ended = world.run("factory", "admins", "add", BOBS, *anybody)
    assert (ended.returncode, ended.stdout) == (4, "")


def test_a_factory_that_is_not_known_is_told_so(world):
    (world.folder / ".dfx" / "local" / "canister_ids.json").unlink()
    ended = world.run("factory", "stats")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert three_lines(ended.stderr)
    assert "--factory" in ended.stderr
    named = world.document("factory", "stats", "--factory", world.deployed.factory)
    by_variable = json.loads(
        world.done("factory", "stats", "--json", IC_FACTORY_FACTORY=str(world.deployed.factory))
    )
    assert named["canister_id"] == by_variable["canister_id"] == str(world.deployed.factory)


@posix
def test_the_emergency_stop_is_asked_for(world):
    code, shown = world.on_terminal("factory", "emergency-stop", "on", typed="n\n")
    assert (code, "Refuse all but admins" in shown) == (1, True)
    assert world.document("factory", "health")["emergency_stop"] is False
    code, shown = world.on_terminal("factory", "emergency-stop", "on", typed="y\n")
    assert (code, "emergency stop is on" in shown) == (0, True)
    assert json.loads(world.run("factory", "health", "--json").stdout)["emergency_stop"] is True


def test_events_are_words_with_their_fields(world):
    events = world.document("factory", "events")["events"]
    assert [each["kind"] for each in events] == [
        "factory_installed",
        "upload_committed",
        "upload_committed",
        "operation_started",
        "canister_created",
        "operation_completed",
    ]
    assert events[4]["fields"]["canister_id"] == str(world.deployed.made)
    lines = world.done("factory", "events", "--after", "4").splitlines()
    assert len(lines) == 3
    assert "canister created" in lines[1]


def test_following_events_shows_new_ones_and_ends_with_130(world):
    with world.begin("factory", "events", "--follow", "--after", "5", "--json") as process:
        assert json.loads(process.stdout.readline())["id"] == 6
        world.done("factory", "config", "set", "--max-operations", "9")
        assert json.loads(process.stdout.readline())["kind"] == "config_updated"
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=20)
    assert (process.returncode, said) == (130, "interrupted\n")


def test_a_template_is_set_again_and_removed(world):
    words = ["factory", "templates", "set", "user", "--upload", "1", "--cycles", "1T"]
    argument = ["--arg", '(opt record { note = "n" })']
    for version in (1, 2):
        document = world.document(*words, *argument, "--memory-allocation", "1MiB")
        assert document["version"] == version
        assert document["memory_allocation_bytes"] == 2**20
        assert bytes.fromhex(document["init_arg"]).startswith(b"DIDL")
    assert "user\t2\t1\t221.6 KiB\t1.000 T\tno" in world.done("factory", "templates")
    world.done("factory", "templates", "remove", "user", "--yes")
    assert world.document("factory", "templates", "list") == {"templates": []}
    unknown = world.run("factory", "templates", "remove", "user", "--yes")
    assert (unknown.returncode, unknown.stdout) == (4, "")


def test_an_operation_that_is_not_there_is_1(world):
    ended = world.run("factory", "operations", "show", "99")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert three_lines(ended.stderr)


def test_an_upload_is_told_in_words_with_units(world):
    told = dict(line.split("\t") for line in world.done("uploads", "info", "1").splitlines())
    assert (told["upload id"], told["owner"], told["committed"]) == ("1", ALICES, "yes")
    assert told["bytes received"].endswith("KiB")
    assert told["chunk size"] == "1.0 MiB"
    assert told["created at"].endswith("Z")
