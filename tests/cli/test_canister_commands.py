"""`ic-factory canister …` as a user runs it, on a factory's canisters and on others."""

import json
import signal
import sys

import pytest

from ic_factory.agent import Agent, Client
from ic_factory.drivers.management import Management
from tests.cli.factory_world import ALICE, BOB, CDK
from tests.cli.test_replica_commands import three_lines

posix = pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals on Windows")


def test_an_answer_is_candid_text_with_names(world):
    shown = world.done("canister", "call", "canister_factory", "version")
    assert shown == '(record { api_version = 1 : nat32; build = "0.1.0" })\n'


def test_an_answer_is_json_by_the_interface(world):
    document = world.document("canister", "call", "canister_factory", "version")
    assert document["result"] == [{"api_version": 1, "build": "0.1.0"}]
    assert document["candid"].startswith("(record {")
    assert document["canister_id"] == str(world.deployed.factory)


def test_an_argument_is_text_json_or_a_file(world):
    call = ["canister", "call", world.deployed.own, "put"]
    (world.folder / "text.txt").write_text('("k", blob "two")')
    (world.folder / "value.json").write_text('["k", "0x7468726565"]')
    assert world.done(*call, '("k", blob "one")') == "(null)\n"
    assert world.done(*call, "--arg-file", "text.txt") == '(opt blob "one")\n'
    assert world.done(*call, "--arg-file", "value.json") == '(opt blob "two")\n'
    assert world.done(*call, "--arg-json", '["k", "0x00"]') == '(opt blob "three")\n'
    twice = world.run(*call, '("k", blob "one")', "--arg-json", "[]")
    assert (twice.returncode, twice.stdout) == (2, "")


def test_a_raw_answer_is_hexadecimal(world):
    shown = world.done("canister", "call", world.deployed.own, "counter", "--output", "raw")
    assert bytes.fromhex(shown).startswith(b"DIDL")


def test_without_an_interface_fields_are_numbers_and_calls_are_updates(world):
    world.done("canister", "upgrade", world.deployed.own, "--wasm", CDK.with_name("echo.wasm.gz"))
    blob = r'(blob "DIDL\00\00")'
    record = world.done("canister", "call", world.deployed.own, "raw", "(record { abc = 1 })")
    assert record == "(record { 4845666 = 1 })\n"
    for how in ("--query", "--update"):
        shown = world.done("canister", "call", world.deployed.own, "raw", blob, how)
        assert shown == r'(blob "DIDL\00\00")' + "\n"
    (world.folder / "echo.did").write_text("service : { raw : (blob) -> (blob) query }")
    by_did = world.document(
        *("canister", "call", world.deployed.own, "raw", "--did", "echo.did"),
        *("--arg-json", '["0x01"]'),
    )
    assert by_did["result"] == ["0x01"]


def test_the_management_canister_is_called_too(world):
    argument = f'(record {{ canister_id = principal "{world.deployed.own}" }})'
    shown = world.done("canister", "call", "aaaaa-aa", "canister_status", argument)
    assert "status = variant { running }" in shown


@pytest.mark.parametrize(
    ("arguments", "code", "word"),
    [
        (["OWN", "incremet"], 2, "increment"),
        (["OWN", "get"], 2, "expected: (text)"),
        (["OWN", "get", "(1"], 2, "line 1"),
        (["OWN", "get", "(1)"], 2, "text"),
        (["nothing", "get"], 1, "nothing"),
        (["OWN", "trap_after_await"], 4, "after the await"),
        (["OWN", "refused"], 4, "refused"),
        (["OWN", "get", "--did", "missing.did"], 2, "missing.did"),
        (["OWN", "counter", "--network", "http://127.0.0.1:1"], 3, "127.0.0.1:1"),
        (["OWN", "counter", "--network", "nowhere"], 1, "nowhere"),
        (["OWN", "counter", "--identity", "nobody"], 1, "nobody"),
    ],
)
def test_a_call_that_fails_says_so_in_three_lines(world, arguments, code, word):
    words = [str(world.deployed.own) if each == "OWN" else each for each in arguments]
    ended = world.run("canister", "call", *words)
    assert (ended.returncode, ended.stdout) == (code, "")
    assert three_lines(ended.stderr)
    assert len(ended.stderr.splitlines()) == 3
    assert word in ended.stderr
    assert "Traceback" not in ended.stderr


def test_debug_adds_the_trace(world):
    ended = world.run("--debug", "canister", "call", world.deployed.own, "nothing")
    assert ended.returncode == 2
    assert "Traceback" in ended.stderr
    assert three_lines(ended.stderr)


def test_info_tells_a_controller_more(world):
    ours = world.document("canister", "info", world.deployed.made)
    assert ours["status"]["state"] == "running"
    assert ours["registry"]["upload_id"] == 1
    assert {"name": "increment", "signature": "() -> (nat64)", "docs": ""} in ours["methods"]
    assert "type InitArgument = record" in ours["candid"]
    anyones = world.document("canister", "info", world.deployed.own, "--identity", "anonymous")
    assert (anyones["status"], anyones["registry"]) == (None, None)
    assert anyones["controllers"] == [str(ALICE.sender())]


def test_a_canister_that_is_not_there_is_told_so(world):
    with Agent(ALICE, Client(world.url)) as agent:
        management = Management(agent)
        gone = management.create_provisionally()
        management.stop(gone)
        management.delete(gone)
    ended = world.run("canister", "info", gone)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert f"there is no canister {gone}" in ended.stderr


def test_the_factory_acts_for_its_canisters_and_the_caller_for_others(world):
    factory = str(world.deployed.factory)
    for canister, by in ((world.deployed.made, factory), (world.deployed.own, str(ALICE.sender()))):
        for command, done in (("stop", "stopped"), ("start", "started")):
            document = world.document("canister", command, canister)
            assert document == {"canister_id": str(canister), "by": by, "done": done}
    [event] = world.document("factory", "events", "--after", "7")["events"]
    assert (event["kind"], event["fields"]) == (
        "canister_started",
        {"canister_id": str(world.deployed.made)},
    )


def test_who_controls_a_canister_is_told_to_others(world):
    world.done("identity", "import", "bob", "bob.pem")
    ended = world.run("canister", "stop", world.deployed.own, "--identity", "bob")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert str(ALICE.sender()) in ended.stderr
    assert str(BOB.sender()) in ended.stderr
    refused = world.run("canister", "stop", world.deployed.made, "--identity", "bob")
    assert (refused.returncode, refused.stdout) == (4, "")
    assert three_lines(refused.stderr)


@pytest.mark.parametrize("which", ["made", "own"])
def test_an_upgrade_brings_an_argument(world, which):
    canister = getattr(world.deployed, which)
    upgrade = ["canister", "upgrade", canister, "--wasm", "personal.wasm.gz"]
    world.done(*upgrade, "--arg-json", '[{"note": "by argument"}]')
    assert world.done("canister", "call", canister, "note") == '("by argument")\n'
    assert world.document("canister", "info", canister)["status"]["state"] == "running"


def test_an_upload_can_not_be_installed_where_the_factory_is_not_in_control(world):
    ended = world.run("canister", "upgrade", world.deployed.own, "--upload", "1")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert "name the module's file" in ended.stderr


def test_others_get_cycles_out_of_nothing_on_a_local_network(world):
    before = world.document("canister", "info", world.deployed.own)["status"]["cycles"]
    added = world.document("canister", "top-up", world.deployed.own, "1.5T")
    assert added == {
        "canister_id": str(world.deployed.own),
        "cycles": 1_500_000_000_000,
        "paid_by": None,
    }
    after = world.document("canister", "info", world.deployed.own)["status"]["cycles"]
    assert 1_490_000_000_000 < after - before <= 1_500_000_000_000


@posix
def test_a_deletion_is_asked_for_on_a_terminal(world):
    delete = ["canister", "delete", world.deployed.own]
    code, shown = world.on_terminal(*delete, typed="n\n")
    assert code == 1
    assert f"Delete canister {world.deployed.own}" in shown
    code, shown = world.on_terminal(*delete, typed="y\n")
    assert (code, "deleted" in shown) == (0, True)


@pytest.mark.parametrize(
    "arguments",
    [
        ["canister", "delete", "canister_factory"],
        ["canister", "snapshot", "load", "canister_factory", "00"],
        ["canister", "snapshot", "delete", "canister_factory", "00"],
        ["factory", "emergency-stop", "on"],
        ["factory", "allowlist", "clear"],
        ["factory", "admins", "remove", str(ALICE.sender())],
        ["factory", "templates", "remove", "user"],
        ["identity", "export", "alice"],
        ["identity", "remove", "alice"],
        ["uploads", "delete", "1"],
    ],
    ids=" ".join,
)
def test_without_a_terminal_what_destroys_is_refused(world, arguments):
    ended = world.run(*arguments)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "--yes" in ended.stderr


def test_a_snapshot_brings_back_what_was(world):
    own = world.deployed.own
    taken = world.document("canister", "snapshot", "take", own)["snapshot_id"]
    world.done("canister", "call", own, "increment")
    world.done("canister", "stop", own)
    world.done("canister", "snapshot", "load", own, taken, "--yes")
    world.done("canister", "start", own)
    assert world.done("canister", "call", own, "counter") == "(0 : nat64)\n"
    assert world.run("canister", "snapshot", "load", own, "nonsense", "--yes").returncode == 2
    unknown = world.run("canister", "snapshot", "delete", own, "00", "--yes")
    assert (unknown.returncode, unknown.stdout) == (4, "")


def test_following_a_log_ends_with_130(world):
    world.run("canister", "call", world.deployed.own, "trap_after_await")
    with world.begin("canister", "logs", world.deployed.own, "--follow", "--json") as process:
        record = json.loads(process.stdout.readline())
        assert "after the await" in record["text"]
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=20)
    assert (process.returncode, said) == (130, "interrupted\n")


@posix
def test_a_person_sees_a_table_with_whole_ids(world):
    code, shown = world.on_terminal("canister", "list")
    assert code == 0
    assert str(world.deployed.made) in shown
    assert str(ALICE.sender()) in shown
    assert "…" not in shown


def test_canisters_are_listed_by_owner_status_and_type(world):
    everything = world.document("canister", "list", "--all")["canisters"]
    assert [each["canister_id"] for each in everything] == [str(world.deployed.made)]
    for words, count in (
        (["--owner", ALICE.sender()], 1),
        (["--owner", BOB.sender()], 0),
        (["--status", "active", "--upload", "1"], 1),
        (["--status", "deleted"], 0),
        (["--type", "custom"], 1),
        (["--type", "user"], 0),
    ):
        assert len(world.document("canister", "list", *words)["canisters"]) == count, words
    assert world.run("canister", "list", "--owner", "nonsense").returncode == 2
