"""A state directory is its user's alone, for one replica at a time, and never anybody else's."""

import stat
import subprocess
import sys

import pytest

from ic_factory.networks.errors import ReplicaAlreadyRunning, StateDirectoryError
from ic_factory.networks.instance_record import InstanceRecord
from ic_factory.networks.state_directory import (
    StateDirectory,
    default_state_directories,
    default_state_directory,
)
from ic_factory.process_lock import LockHeld, ProcessLock

RECORD = InstanceRecord(42, "http://127.0.0.1:1", "secret", "0.1")
posix_modes = pytest.mark.skipif(sys.platform == "win32", reason="no POSIX modes on Windows")


@pytest.fixture
def directory(tmp_path):
    made = StateDirectory(tmp_path / "a" / "replica")
    made.prepare()
    return made


@posix_modes
def test_only_the_user_may_look_inside(directory):
    directory.write_record(RECORD)
    assert stat.S_IMODE(directory.path.stat().st_mode) == 0o700
    assert stat.S_IMODE((directory.path / "replica.json").stat().st_mode) == 0o600


def test_the_record_is_there_until_it_is_removed(directory):
    assert directory.read_record() is None
    directory.write_record(RECORD)
    assert directory.read_record() == RECORD
    directory.remove_record()
    directory.remove_record()
    assert directory.read_record() is None


def test_a_damaged_record_is_said_to_be_one(directory):
    (directory.path / "replica.json").write_text("{")
    with pytest.raises(StateDirectoryError, match="damaged"):
        directory.read_record()


def test_a_directory_with_other_peoples_files_is_refused_and_left_alone(tmp_path):
    (tmp_path / "thesis.tex").write_text("chapter 1")
    mode = tmp_path.stat().st_mode
    with pytest.raises(StateDirectoryError, match=r"thesis\.tex"):
        StateDirectory(tmp_path).prepare()
    assert tmp_path.stat().st_mode == mode
    assert [entry.name for entry in tmp_path.iterdir()] == ["thesis.tex"]


def test_a_file_is_no_directory(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StateDirectoryError, match="file"):
        StateDirectory(tmp_path / "file").prepare()


def test_one_holder_at_a_time(directory):
    with directory.lock():
        assert directory.is_locked()
        with pytest.raises(ReplicaAlreadyRunning, match="just starting"):
            directory.lock()
        directory.write_record(RECORD)
        with pytest.raises(ReplicaAlreadyRunning, match=RECORD.url):
            directory.lock()
    assert not directory.is_locked()
    directory.lock().release()


def test_asking_who_holds_it_makes_nothing(tmp_path):
    assert not StateDirectory(tmp_path / "none").is_locked()
    assert StateDirectory(tmp_path / "none").read_record() is None
    assert not (tmp_path / "none").exists()


def test_the_lock_is_free_when_its_process_was_killed(tmp_path):
    path = tmp_path / "lock"
    program = (
        "import sys, time; from pathlib import Path;"
        "from ic_factory.process_lock import ProcessLock;"
        "lock = ProcessLock(Path(sys.argv[1])); print('held', flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(path)], stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout.readline().strip() == b"held"
        with pytest.raises(LockHeld):
            ProcessLock(path)
        holder.kill()
        holder.wait()
    ProcessLock(path).release()


def test_cleaning_removes_all_that_replicas_leave_but_the_lock(directory):
    directory.log_file.write_text("line\n")
    directory.write_record(RECORD)
    with directory.lock():
        directory.clean()
        assert directory.is_locked()
    assert directory.log_file.read_text() == ""
    assert directory.read_record() is None


def test_each_port_has_a_directory_of_its_own():
    assert default_state_directory(1).path != default_state_directory(2).path


def test_directories_of_ports_are_found_again_and_no_others(default_place):
    assert default_state_directories() == {}
    made = {port: default_state_directory(port) for port in (0, 4943, 65535)}
    for directory in made.values():
        directory.prepare()
    for name in ("replica-", "replica-x", "replica-04", "replica-123456", "replica-1.old", "other"):
        (default_place / name).mkdir()
    assert default_state_directories() == made
