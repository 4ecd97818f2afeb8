"""Embedded replicas in processes of their own: start, find, stop.

Nothing here imports the replica itself, so that asking for one costs little.
"""

from __future__ import annotations

import json
import os
import signal
import site
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from ic_factory.networks.errors import (
    NetworkError,
    PortTaken,
    ReplicaAlreadyRunning,
    ReplicaNotRunning,
    StartFailed,
    StateDirectoryError,
    StateRefused,
    StopFailed,
    Unreachable,
)
from ic_factory.networks.instance_record import InstanceRecord
from ic_factory.networks.provided_replica import ProviderName
from ic_factory.networks.provider import DEFAULT_PORT, Report, StartRequest
from ic_factory.networks.replica_client import ReplicaClient, load_clients
from ic_factory.networks.state_directory import StateDirectory, default_state_directory

START_SECONDS = 30.0
STOP_SECONDS = 5.0
"""How long a replica may take to end when asked, before its process is made to."""
KILL_SECONDS = 3.0
DAEMON_MODULE = "ic_factory.networks.embedded_daemon"

if sys.platform == "win32":
    _DETACHED = subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP
else:
    # There it is `start_new_session` that detaches.
    _DETACHED = 0

_ERRORS_OF_CHILD: dict[str, type[NetworkError]] = {
    "StateDirectoryError": StateDirectoryError,
    "StateRefused": StateRefused,
    "ReplicaAlreadyRunning": ReplicaAlreadyRunning,
    "PortTaken": PortTaken,
}


@dataclass(frozen=True, slots=True)
class RunningReplica:
    """A replica that serves requests in a process of its own."""

    directory: StateDirectory
    record: InstanceRecord

    @property
    def client(self) -> ReplicaClient:
        return ReplicaClient(self.record.url)


@dataclass(frozen=True, slots=True)
class EmbeddedProvider:
    """Replicas of this package, each in a process of its own."""

    name: ProviderName = ProviderName.EMBEDDED

    def start(self, request: StartRequest, report: Report) -> StateDirectory:
        """Starts a replica in the background; see `Provider` and `start_in_background`."""
        port = DEFAULT_PORT if request.port is None else request.port
        directory = request.directory or default_state_directory(port)
        start_in_background(
            directory,
            port=port,
            clean=request.clean,
            report=report,
            is_ephemeral=request.is_ephemeral,
            folder=request.folder,
        )
        return directory

    def stop(self, directory: StateDirectory, report: Report) -> str:
        """Ends the replica; see `Provider` and `stop`."""
        return stop(directory, report).url


def start_in_background(
    directory: StateDirectory,
    *,
    port: int,
    clean: bool,
    report: Report,
    is_ephemeral: bool = False,
    survives_power_cuts: bool = False,
    folder: Path | None = None,
    no_cycles: bool = False,
) -> RunningReplica:
    """Starts a replica that outlives this process; returns when it says that it is healthy.

    Args:
        directory: where it keeps its log and says who it is.
        port: the port to listen on; 0 for one that is free.
        clean: whether what earlier replicas left in the directory is removed first.
        report: told of what was cleared up.
        is_ephemeral: whether the state is in memory alone.
        survives_power_cuts: whether no answer is given before the disk has it.
        folder: whose project's canisters have their names in URLs; this process's where none is
            given.
        no_cycles: whether everything is free.

    Raises:
        StateDirectoryError: the directory can't be used.
        StateRefused: the state in it can't be gone on from, and is left as it was.
        ReplicaAlreadyRunning: a replica runs on it.
        PortTaken: the port can't be listened on.
        StartFailed: the replica ended, or was not healthy in 30 seconds.
    """
    directory.prepare()
    flags = {
        "--clean": clean,
        "--ephemeral": is_ephemeral,
        "--fsync": survives_power_cuts,
        "--no-cycles": no_cycles,
    }
    options = [name for name, is_on in flags.items() if is_on]
    process = _spawn(directory, port, options, folder or Path.cwd())
    try:
        # The replica takes longer to load than this.
        load_clients()
        running, notices = _await_ready(directory, process)
    except BaseException:
        process.kill()
        process.wait()
        raise
    # It is not this process's to wait for, which Popen would warn of.
    process.returncode = 0
    for notice in notices:
        report(notice)
    return running


def find_running(directory: StateDirectory) -> tuple[RunningReplica, dict[str, Any]]:
    """The replica that runs on a state directory, and its status.

    Raises:
        ReplicaNotRunning: none does.
        Unreachable: one does, but it does not answer.
    """
    record = directory.read_record()
    if record is None:
        raise ReplicaNotRunning(f"no replica runs on {directory.path}")
    running = RunningReplica(directory, record)
    try:
        status = running.client.status()
    except Unreachable:
        if directory.is_locked():
            raise
        raise _ended_without_clearing_up(directory, record) from None
    if status.get("process_id") != record.process_id:
        raise _ended_without_clearing_up(directory, record)
    return running, status


def stop(directory: StateDirectory, report: Report) -> InstanceRecord:
    """Ends the replica that runs on a state directory; returns when its process has gone.

    It is asked to end; if it does not in 5 seconds its process is terminated, then killed.
    `report` is told of that.

    Raises:
        ReplicaNotRunning: none runs.
        ReplicaAlreadyRunning: one is just starting and can't be stopped yet.
        StopFailed: the process does not end.
    """
    record = directory.read_record()
    if not directory.is_locked():
        if record is None:
            raise ReplicaNotRunning(f"no replica runs on {directory.path}")
        directory.remove_record()
        raise _ended_without_clearing_up(directory, record)
    if record is None:
        raise ReplicaAlreadyRunning(f"the replica on {directory.path} is just starting")
    try:
        ReplicaClient(record.url).shut_down(record.token)
    except Unreachable as error:
        report(str(error))
    else:
        if _is_freed(directory, STOP_SECONDS):
            return record
        report(f"process {record.process_id} did not end in {STOP_SECONDS:g} seconds")
    for force in _forces():
        report(f"sending {force.name} to process {record.process_id}")
        _send_signal(record.process_id, force)
        if _is_freed(directory, KILL_SECONDS):
            # One that was killed could not clear up.
            directory.remove_record()
            return record
    raise StopFailed(f"process {record.process_id} of the replica does not end")


def _spawn(
    directory: StateDirectory, port: int, options: Sequence[str], folder: Path
) -> subprocess.Popen[bytes]:
    """Starts the process with no terminal, in no process group or session of this one."""
    command = [sys.executable, "-P", "-m", DAEMON_MODULE]
    command += ["--state-dir", str(directory.path.absolute()), "--port", str(port)]
    command += ["--folder", str(folder.absolute()), *options]
    crash_log = os.open(directory.log_file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        return subprocess.Popen(  # noqa: S603 # our own module, by this very interpreter
            command,
            cwd=directory.path,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=crash_log,
            creationflags=_DETACHED,
            start_new_session=True,
        )
    finally:
        os.close(crash_log)


def _environment() -> dict[str, str]:
    """This process's environment, from which the child finds this very package."""
    environment = dict(os.environ)
    package_home = str(Path(__file__).resolve().parents[2])
    if package_home not in (*site.getsitepackages(), site.getusersitepackages()):
        inherited = environment.get("PYTHONPATH")
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, (package_home, inherited)))
    return environment


def _await_ready(
    directory: StateDirectory, process: subprocess.Popen[bytes]
) -> tuple[RunningReplica, list[str]]:
    assert process.stdout is not None
    message = _first_line(process.stdout, process)
    if message is None:
        raise StartFailed(f"the replica did not start; see {directory.log_file}")
    if "error" in message:
        raise _error_of_child(str(message["error"]), str(message["message"]))
    running = RunningReplica(directory, InstanceRecord.from_json(str(message["ready"])))
    try:
        if not running.client.is_healthy():
            raise StartFailed(f"the replica at {running.record.url} is not healthy")
    except Unreachable as error:
        raise StartFailed(str(error)) from error
    return running, [str(notice) for notice in message["notices"]]


def _first_line(stream: IO[bytes], process: subprocess.Popen[bytes]) -> dict[str, Any] | None:
    """The child's message; None when it ended with none, or ran out of time."""
    timer = threading.Timer(START_SECONDS, process.kill)
    timer.daemon = True
    timer.start()
    try:
        with stream:
            line = stream.readline()
    finally:
        timer.cancel()
    try:
        message = json.loads(line)
    except ValueError:
        return None
    return message if isinstance(message, dict) else None


def _error_of_child(name: str, message: str) -> NetworkError:
    return _ERRORS_OF_CHILD.get(name, StartFailed)(message)


def _ended_without_clearing_up(
    directory: StateDirectory, record: InstanceRecord
) -> ReplicaNotRunning:
    return ReplicaNotRunning(
        f"no replica runs on {directory.path}: "
        f"process {record.process_id} ended without clearing up"
    )


def _is_freed(directory: StateDirectory, seconds: float) -> bool:
    """Waits until nobody has the directory; false if somebody still does after `seconds`."""
    deadline = time.monotonic() + seconds
    pause = 0.005
    while directory.is_locked():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause)
        pause = min(pause * 1.5, 0.1)
    return True


def _forces() -> tuple[signal.Signals, ...]:
    if sys.platform == "win32":
        return (signal.SIGTERM,)
    return signal.SIGTERM, signal.SIGKILL


def _send_signal(process_id: int, number: signal.Signals) -> None:
    try:
        os.kill(process_id, number)
    except ProcessLookupError:
        return
    except OSError as error:
        raise StopFailed(f"can't send {number.name} to process {process_id}: {error}") from error
