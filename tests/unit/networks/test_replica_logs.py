"""Logs are read on from where they were read last, the replica's own and its canisters'."""

import os
import re

import pytest

from ic_factory.networks.errors import ReplicaNotRunning
from ic_factory.networks.instance_record import InstanceRecord
from ic_factory.networks.replica_logs import ReplicaLogs
from ic_factory.networks.state_directory import StateDirectory
from ic_factory.replica.http.server import serve
from ic_factory.replica.replica import Replica
from tests.http.wire import NO_ARGUMENTS, counter_module


@pytest.fixture
def directory(tmp_path):
    made = StateDirectory(tmp_path)
    made.prepare()
    return made


@pytest.fixture
def replica(directory):
    """A replica that this process serves, and that says so in the directory."""
    with Replica() as replica, serve(replica) as server, directory.lock():
        directory.write_record(InstanceRecord(os.getpid(), server.url, "secret", "0"))
        yield replica


def printing_canister(replica):
    canister_id = replica.create_canister()
    replica.install_code(canister_id, counter_module())
    return canister_id


def test_canister_lines_are_shown_once(directory, replica):
    canister_id = printing_canister(replica)
    other_id = printing_canister(replica)
    logs = ReplicaLogs(directory)
    assert logs.new_canister_lines(None) == []
    for each in (canister_id, other_id, canister_id):
        replica.update(each, "count", NO_ARGUMENTS)
    lines = logs.new_canister_lines(None)
    assert [(line.canister_id, line.index) for line in lines] == [
        (str(canister_id), 0),
        (str(other_id), 0),
        (str(canister_id), 1),
    ]
    assert logs.new_canister_lines(None) == []
    replica.update(canister_id, "count", NO_ARGUMENTS)
    (line,) = logs.new_canister_lines(str(canister_id))
    moment = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"
    assert re.fullmatch(rf"{moment} \[{canister_id}\] #2 counted", str(line))


def test_canister_lines_of_one_canister(directory, replica):
    canister_id, other_id = printing_canister(replica), printing_canister(replica)
    for each in (canister_id, other_id):
        replica.update(each, "count", NO_ARGUMENTS)
    lines = ReplicaLogs(directory).new_canister_lines(str(other_id))
    assert {line.canister_id for line in lines} == {str(other_id)}


def test_whole_lines_of_the_file_alone_are_read(directory):
    logs = ReplicaLogs(directory)
    assert logs.new_lines() == []
    with directory.log_file.open("a", encoding="utf-8") as file:
        for text, expected in [("one\ntw", ["one"]), ("o\n", ["two"]), ("", [])]:
            file.write(text)
            file.flush()
            assert logs.new_lines() == expected


def test_a_file_that_was_emptied_is_read_from_its_start(directory):
    logs = ReplicaLogs(directory)
    directory.log_file.write_text("a long line of the first replica\n")
    logs.new_lines()
    directory.log_file.write_text("second\n")
    assert logs.new_lines() == ["second"]


def test_no_replica_has_no_canister_lines(directory):
    logs = ReplicaLogs(directory)
    assert not logs.is_running
    with pytest.raises(ReplicaNotRunning):
        logs.new_canister_lines(None)
