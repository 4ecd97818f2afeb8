"""Snapshots, rewinds and forks of a running replica, over its admin routes and by commands."""

from __future__ import annotations

import json
import subprocess
import sys

import httpx
import pytest

from bench.client import Client
from bench.installed_canisters import remote_canister, tiny_canister
from ic_factory.networks.errors import NotDone, Unreachable
from ic_factory.networks.replica_client import ReplicaClient
from ic_factory.replica import Reply
from tests.durability.daemons import Daemon
from tests.durability.worlds import COUNT, number

REPLICA = (sys.executable, "-m", "ic_factory", "replica")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def daemon(tmp_path_factory):
    folder = tmp_path_factory.mktemp("user")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(folder))
        daemon = Daemon.start(folder / "its own")
        yield daemon
        daemon.stop()


@pytest.fixture(scope="module")
def user(daemon):
    user = daemon.user()
    yield user
    user.close()


@pytest.fixture(scope="module")
def canister_id(user):
    return remote_canister(user, tiny_canister())


def counted(user, canister_id):
    return number(Reply(user.update(canister_id, "update", COUNT)))


def command(daemon, *words):
    """What `ic-factory replica …` prints for this daemon."""
    done = subprocess.run(
        [*REPLICA, *words, "--state-dir", str(daemon.directory.path)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return done.returncode, done.stdout, done.stderr


def test_a_rewind_makes_everything_as_it_was(daemon, user, canister_id):
    first = counted(user, canister_id)
    taken = daemon.client.take_snapshot(daemon.token, "before")
    assert (taken["name"], taken["height"] > 0) == ("before", True)
    assert counted(user, canister_id) == first + 1
    assert daemon.client.rewind(daemon.token, "before") == taken
    assert counted(user, canister_id) == first + 1
    assert daemon.client.rewind(daemon.token, None) == taken


def test_a_snapshot_takes_the_place_of_one_of_its_name(daemon):
    daemon.client.take_snapshot(daemon.token, "twice")
    daemon.client.take_snapshot(daemon.token, "twice")
    names = [each["name"] for each in daemon.client.snapshots()]
    assert names.count("twice") == 1
    daemon.client.forget_snapshot(daemon.token, "twice")
    assert "twice" not in [each["name"] for each in daemon.client.snapshots()]


def test_what_is_not_there_is_refused(daemon):
    for ask in (daemon.client.rewind, daemon.client.forget_snapshot):
        with pytest.raises(NotDone, match="no snapshot named 'nowhere'"):
            ask(daemon.token, "nowhere")
    with pytest.raises(NotDone, match="printable"):
        daemon.client.take_snapshot(daemon.token, "two\nlines")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/_/snapshots"),
        ("DELETE", "/_/snapshots?name=before"),
        ("POST", "/_/rewind"),
        ("POST", "/_/fork"),
    ],
)
def test_they_are_for_those_who_know_the_token(daemon, method, path):
    for headers in ({}, {"authorization": "Bearer wrong"}):
        assert httpx.request(method, daemon.url + path, headers=headers).status_code == 403


def test_a_fork_goes_its_own_way_and_is_found_by_its_port(daemon, user, canister_id):
    before = counted(user, canister_id)
    fork = daemon.client.fork(daemon.token, 0)
    port = fork["url"].rpartition(":")[2]
    other = Client(fork["url"], user.root_key)
    assert counted(other, canister_id) == before + 1
    assert counted(other, canister_id) == before + 2
    assert counted(user, canister_id) == before + 1
    other.close()
    with pytest.raises(NotDone, match="refuses"):
        daemon.client.fork(daemon.token, int(port))
    stopping = [*REPLICA, "stop", "--port", port]
    subprocess.run(stopping, check=True, capture_output=True, timeout=60)
    with pytest.raises(Unreachable):
        ReplicaClient(fork["url"]).status()
    assert daemon.client.is_healthy()


def test_the_commands_do_what_they_say(daemon, user, canister_id):
    first = counted(user, canister_id)
    assert command(daemon, "snapshot", "by command")[0] == 0
    assert counted(user, canister_id) == first + 1
    code, out, _ = command(daemon, "rewind", "by command", "--json")
    assert (code, json.loads(out)["name"]) == (0, "by command")
    assert counted(user, canister_id) == first + 1
    assert "rewound to snapshot by command" in command(daemon, "rewind", "--last")[1]
    assert "by command" in command(daemon, "snapshots")[1]
    assert command(daemon, "forget-snapshot", "by command")[0] == 0
    assert "by command" not in command(daemon, "snapshots")[1]


def test_a_rewind_says_to_where(daemon):
    code, _, error = command(daemon, "rewind")
    assert (code, "--last" in error) == (2, True)
    code, _, error = command(daemon, "rewind", "nowhere")
    assert (code, "no snapshot named 'nowhere'" in error) == (1, True)


def test_snapshots_outlive_the_process(tmp_path):
    daemon = Daemon.start(tmp_path / "state")
    daemon.client.take_snapshot(daemon.token, "kept")
    daemon.kill()
    daemon = Daemon.start(tmp_path / "state")
    assert [each["name"] for each in daemon.client.snapshots()] == ["kept"]
    daemon.stop()


def test_a_state_that_is_refused_says_what_to_do(tmp_path):
    directory = tmp_path / "state"
    directory.mkdir()
    (directory / "state.db").write_bytes(b"of someone else")
    done = subprocess.run(
        [*REPLICA, "start", "--background", "--port", "0", "--state-dir", str(directory)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 1
    assert "is no state of a replica" in done.stderr
    assert "--clean" in done.stderr
    assert (directory / "state.db").read_bytes() == b"of someone else"
