"""Replicas that a PocketIC server of our own runs, one a server.

The server inherits the lock of its state directory: it is held for as long as the server lives, so
that a process that has got its number later is never taken for it.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from ic_factory.networks.errors import (
    ReplicaNotRunning,
    StartFailed,
    StopFailed,
    ToolMissing,
)
from ic_factory.networks.pocket_ic_client import PocketIcClient
from ic_factory.networks.provided_replica import ProvidedReplica, ProviderName
from ic_factory.networks.provider import (
    DEFAULT_PORT,
    Report,
    StartRequest,
    await_healthy,
)
from ic_factory.networks.state_directory import StateDirectory, default_state_directory
from ic_factory.networks.tools import end_group, signal_group, spawn_server

BINARY_VARIABLE = "POCKET_IC_BIN"
SERVER_NAMES = ("pocket-ic", "pocket-ic-server")
"""The server refuses to run under any other name."""
LIFETIME_SECONDS = 365 * 24 * 3600
"""The server ends by itself when nobody has asked it (not its gateway) for that long."""
INTERRUPT_SECONDS = 10.0
KILL_SECONDS = 3.0
SHOWN_BYTES = 2000


@dataclass(frozen=True, slots=True)
class PocketIcProvider:
    """The PocketIC server that `$POCKET_IC_BIN` names."""

    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)
    name: ProviderName = ProviderName.POCKET_IC

    def start(self, request: StartRequest, report: Report) -> StateDirectory:
        """Starts a server, an instance that goes by itself, and its gateway; see `Provider`.

        Raises:
            ToolMissing: no server is named, or it is not there.
            ReplicaAlreadyRunning: a replica has the state directory.
            StateDirectoryError: the directory can't be used.
            StartFailed: the server ended or did not start in time; what it said is told.
            ToolError: the server refuses.
        """
        binary = self._binary()
        port = DEFAULT_PORT if request.port is None else request.port
        directory = request.directory or default_state_directory(port)
        directory.prepare()
        with directory.lock() as lock:
            directory.forget_provided()
            directory.remove_record()
            if request.clean:
                directory.clean()
            directory.port_file.unlink(missing_ok=True)
            report(f"{binary} --port-file {directory.port_file}")
            process, log = _spawn(binary, directory, lock.fileno())
            try:
                replica = _set_up(process, log, directory.port_file, port, request)
                directory.write_provided(replica)
            except BaseException:
                end_group(process)
                directory.port_file.unlink(missing_ok=True)
                directory.remove_provided()
                raise
        # It is not this process's to wait for, which Popen would warn of.
        process.returncode = 0
        return directory

    def stop(self, directory: StateDirectory, report: Report) -> str:
        """Ends the server; see `Provider`.

        Raises:
            ReplicaNotRunning: none runs.
            StopFailed: the server does not end.
        """
        replica = directory.read_provided()
        if replica is None or replica.process_id is None:
            raise ReplicaNotRunning(f"no PocketIC server is noted in {directory.path}")
        if not directory.is_locked():
            directory.remove_provided()
            raise ReplicaNotRunning(
                f"no replica runs on {directory.path}: PocketIC process {replica.process_id} "
                "ended by itself"
            )
        for number, seconds in (
            (signal.SIGINT, INTERRUPT_SECONDS),
            (signal.SIGKILL, KILL_SECONDS),
        ):
            report(f"sending {number.name} to process {replica.process_id}")
            signal_group(replica.process_id, number)
            if _is_freed(directory, seconds):
                directory.remove_provided()
                directory.port_file.unlink(missing_ok=True)
                return replica.url
        raise StopFailed(f"process {replica.process_id} of PocketIC does not end")

    def _binary(self) -> str:
        named = self.environment.get(BINARY_VARIABLE)
        advice = (
            "get one from https://github.com/dfinity/pocketic/releases, make it executable, "
            f"and set {BINARY_VARIABLE} to its path; or use --provider embedded"
        )
        if not named:
            raise ToolMissing(f"no PocketIC server is named; {advice}")
        path = Path(named).absolute()
        if not path.is_file() or not os.access(path, os.X_OK):
            raise ToolMissing(f"{BINARY_VARIABLE} names {path}, which is no program; {advice}")
        if path.name not in SERVER_NAMES:
            raise ToolMissing(
                f"{BINARY_VARIABLE} names {path}; rename the file to {SERVER_NAMES[0]!r}, the only "
                "name that the server runs under"
            )
        return str(path)


def _set_up(
    process: subprocess.Popen[bytes], log: _Log, port_file: Path, port: int, request: StartRequest
) -> ProvidedReplica:
    deadline = time.monotonic() + request.timeout_seconds
    server_port = _await_port(process, log, port_file, deadline)
    client = PocketIcClient(f"http://127.0.0.1:{server_port}", request.timeout_seconds)
    instance = client.create_instance()
    client.progress_by_itself(instance)
    url = f"http://127.0.0.1:{client.open_gateway(instance, port)}"
    await_healthy(url, max(0.0, deadline - time.monotonic()))
    folder = str(request.folder.absolute())
    return ProvidedReplica(ProviderName.POCKET_IC, url, folder, process.pid)


def _spawn(
    binary: str, directory: StateDirectory, lock: int
) -> tuple[subprocess.Popen[bytes], _Log]:
    command = [binary, "--port-file", str(directory.port_file.absolute())]
    command += ["--ttl", str(LIFETIME_SECONDS)]
    log = os.open(directory.log_file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        start = os.fstat(log).st_size
        process = spawn_server(command, folder=directory.path, log=log, kept_open=lock)
    finally:
        os.close(log)
    return process, _Log(directory.log_file, start)


def _await_port(
    process: subprocess.Popen[bytes], log: _Log, port_file: Path, deadline: float
) -> int:
    """The server's port, once its file holds a whole line."""
    while True:
        with suppress(FileNotFoundError):
            text = port_file.read_text("utf-8")
            if text.endswith("\n"):
                return int(text)
        if process.poll() is not None:
            code = process.returncode
            raise StartFailed(f"the PocketIC server ended with code {code}: {log.new_text()}")
        if time.monotonic() > deadline:
            raise StartFailed(f"the PocketIC server told no port in time: {log.new_text()}")
        time.sleep(0.02)


@dataclass(frozen=True, slots=True)
class _Log:
    """What a server says, in a file that others wrote to before."""

    file: Path
    start: int

    def new_text(self) -> str:
        with self.file.open("rb") as file:
            file.seek(self.start)
            text = file.read()[-SHOWN_BYTES:].decode("utf-8", "replace").strip()
        return text or f"it said nothing in {self.file}"


def _is_freed(directory: StateDirectory, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while directory.is_locked():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
