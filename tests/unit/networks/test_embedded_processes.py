"""Replicas in processes of their own: started, found, stopped, and cleaned up after."""

import os
import signal
import socket
import sys
import time

import pytest

from ic_factory.networks import embedded
from ic_factory.networks.errors import (
    PortTaken,
    ReplicaAlreadyRunning,
    ReplicaNotRunning,
    StateDirectoryError,
    Unreachable,
)
from ic_factory.networks.instance_record import InstanceRecord
from ic_factory.networks.state_directory import StateDirectory

CACHE_LOGGER = "ic_factory.replica.execution.engine.module_cache"
posix_signals = pytest.mark.skipif(sys.platform == "win32", reason="no POSIX signals on Windows")


@pytest.fixture
def directory(tmp_path):
    made = StateDirectory(tmp_path / "state")
    yield made
    record = made.read_record() if made.path.exists() else None
    if record is not None and made.is_locked():
        os.kill(record.process_id, signal.SIGTERM)
        _until(lambda: not made.is_locked())


def start(directory, port=0, clean=False):
    reports = []
    running = embedded.start_in_background(directory, port=port, clean=clean, report=reports.append)
    return running, reports


def test_it_is_healthy_when_started_and_gone_when_stopped(directory):
    running, reports = start(directory)
    assert reports == []
    assert running.client.is_healthy()
    found, status = embedded.find_running(directory)
    assert found == running
    assert status["process_id"] == running.record.process_id != os.getpid()
    assert embedded.stop(directory, reports.append) == running.record
    assert reports == []
    assert not directory.is_locked()
    assert directory.read_record() is None
    with pytest.raises(Unreachable):
        running.client.status()
    log = directory.log_file.read_text()
    assert f"serves {running.record.url}" in log
    assert "stops" in log


def test_two_replicas_never_share_a_directory(directory):
    first, _ = start(directory)
    with pytest.raises(ReplicaAlreadyRunning, match=first.record.url):
        start(directory)
    assert first.client.is_healthy()


def test_a_port_in_use(directory):
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        with pytest.raises(PortTaken, match=str(port)):
            start(directory, port=port)
    assert directory.read_record() is None
    assert not directory.is_locked()


def test_a_directory_of_somebody_else(directory):
    directory.path.mkdir()
    (directory.path / "thesis.tex").write_text("chapter 1")
    with pytest.raises(StateDirectoryError, match="thesis"):
        start(directory, clean=True)
    assert (directory.path / "thesis.tex").exists()


def test_stopping_what_does_not_run(directory):
    with pytest.raises(ReplicaNotRunning, match=r"no replica runs"):
        embedded.stop(directory, print)
    with pytest.raises(ReplicaNotRunning):
        embedded.find_running(directory)


def test_a_killed_replica_is_noticed_and_cleared_up_by_the_next(directory):
    running, _ = start(directory)
    kill = signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL
    os.kill(running.record.process_id, kill)
    _until(lambda: not directory.is_locked())
    with pytest.raises(ReplicaNotRunning, match="without clearing up"):
        embedded.find_running(directory)
    again, reports = start(directory)
    assert again.client.is_healthy()
    assert str(running.record.process_id) in reports[0]


def test_stopping_a_killed_replica_clears_up(directory):
    directory.prepare()
    directory.write_record(InstanceRecord(2**30, "http://127.0.0.1:9", "secret", "0"))
    with pytest.raises(ReplicaNotRunning, match="without clearing up"):
        embedded.stop(directory, print)
    assert directory.read_record() is None


def test_another_process_at_the_recorded_address_is_not_taken_for_it(directory):
    running, _ = start(directory)
    stale = InstanceRecord(running.record.process_id + 1, running.record.url, "secret", "0")
    other = StateDirectory(directory.path.parent / "other")
    other.prepare()
    other.write_record(stale)
    with pytest.raises(ReplicaNotRunning):
        embedded.find_running(other)


@posix_signals
def test_sigterm_ends_it_cleanly(directory):
    running, _ = start(directory)
    os.kill(running.record.process_id, signal.SIGTERM)
    _until(lambda: not directory.is_locked())
    assert directory.read_record() is None
    assert "stops" in directory.log_file.read_text()


@posix_signals
@pytest.mark.slow
def test_a_replica_that_hangs_is_killed_and_said_so(directory):
    running, _ = start(directory)
    os.kill(running.record.process_id, signal.SIGSTOP)
    reports = []
    embedded.stop(directory, reports.append)
    assert not directory.is_locked()
    assert any("SIGTERM" in line for line in reports)
    assert any("SIGKILL" in line for line in reports)


def test_cleaning_before_the_start(directory):
    running, _ = start(directory)
    embedded.stop(directory, print)
    start(directory, clean=True)
    assert running.record.url not in directory.log_file.read_text()


def test_compiled_modules_are_the_users_and_outlive_cleaning(directory, compiled_modules):
    start(directory)
    assert compiled_modules.stat().st_mode & 0o777 == 0o700
    (compiled_modules / "module.cwasm").write_bytes(b"\0")
    embedded.stop(directory, print)
    start(directory, clean=True)
    assert (compiled_modules / "module.cwasm").exists()


def test_it_starts_without_a_place_for_compiled_modules(directory, compiled_modules):
    compiled_modules.parent.mkdir(parents=True)
    compiled_modules.write_text("")
    running, _ = start(directory)
    assert running.client.is_healthy()
    assert directory.log_file.read_text().count(f"WARNING {CACHE_LOGGER}") == 1


def _until(condition):
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)
