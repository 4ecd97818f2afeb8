"""The process that serves an embedded replica, in the foreground or by itself.

The canisters' state is on disk before anyone is told of it, unless the replica is an ephemeral one.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import secrets
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from ic_factory import __version__
from ic_factory.errors import IcFactoryError
from ic_factory.networks.canister_names import CanisterNames
from ic_factory.networks.errors import PortTaken, StateDirectoryError, StateRefused
from ic_factory.networks.forks import Forks
from ic_factory.networks.instance_record import InstanceRecord
from ic_factory.networks.state_directory import StateDirectory
from ic_factory.networks.stop_requests import SIGNAL_CHECK_SECONDS, stop_requests
from ic_factory.replica.config import ReplicaConfig, user_compile_cache
from ic_factory.replica.http.admin import Shutdown
from ic_factory.replica.http.errors import ServerError
from ic_factory.replica.http.server import serve
from ic_factory.replica.replica import Replica
from ic_factory.replica.storage.errors import StorageError, StorageUnavailable
from ic_factory.replica.storage.storage import Storage

# By name: run as a program, this module is `__main__`.
logger = logging.getLogger("ic_factory.networks.embedded_daemon")


@dataclass(frozen=True, slots=True)
class Settings:
    """What a replica is started with."""

    directory: StateDirectory
    port: int
    clean: bool
    """Whether what earlier replicas left in the directory is removed first."""
    is_ephemeral: bool = False
    """Whether the state is in memory alone."""
    survives_power_cuts: bool = False
    """Whether no answer is given before the disk has it; the process may be killed in any case."""
    folder: Path = field(default_factory=Path.cwd)
    """Whose project's canisters have their names in URLs."""
    no_cycles: bool = False
    """Whether everything is free."""


@dataclass(frozen=True, slots=True)
class Started:
    """A replica that serves requests."""

    record: InstanceRecord
    notices: tuple[str, ...] = ()
    """What the user should know of how it came about."""


def run_replica(settings: Settings, announce: Callable[[Started], None]) -> None:
    """Serves a replica until SIGINT, SIGTERM or a request to shut down; in the main thread.

    `announce` is called once, when the replica serves requests.

    Raises:
        StateDirectoryError: the directory can't be used.
        StateRefused: the state in it can't be gone on from, and is left as it was.
        ReplicaAlreadyRunning: another replica has the directory.
        PortTaken: the port can't be listened on.
    """
    directory = settings.directory
    directory.prepare()
    with directory.lock(), stop_requests() as stop:
        directory.forget_provided()
        if settings.clean:
            directory.clean()
        notices = _clear_up(directory)
        with _logging_to(directory.log_file):
            _serve_until(stop, settings, notices, announce)


def _serve_until(
    stop: threading.Event,
    settings: Settings,
    notices: tuple[str, ...],
    announce: Callable[[Started], None],
) -> None:
    token = secrets.token_urlsafe(32)
    config = ReplicaConfig(no_cycles=settings.no_cycles, compile_cache=user_compile_cache())
    with _replica(settings, config) as replica, Forks(replica, token) as forks:
        replica.start()
        try:
            server = serve(
                replica,
                port=settings.port,
                shutdown=Shutdown(token, stop.set, forks.begin),
                resolve_name=CanisterNames(settings.folder),
            )
        except ServerError as error:
            raise PortTaken(str(error)) from error
        with server:
            record = InstanceRecord(os.getpid(), server.url, token, __version__)
            settings.directory.write_record(record)
            try:
                logger.info("replica %s serves %s", replica.subnet_id, server.url)
                announce(Started(record, notices))
                while not stop.wait(SIGNAL_CHECK_SECONDS):
                    pass
                logger.info("replica stops")
            finally:
                settings.directory.remove_record()


def _replica(settings: Settings, config: ReplicaConfig) -> Replica:
    """The replica that the directory has, or a new one."""
    if settings.is_ephemeral:
        return Replica(config)
    try:
        storage = Storage(settings.directory.path, survives_power_cuts=settings.survives_power_cuts)
        return Replica(config, storage=storage)
    except StorageUnavailable as error:
        raise StateDirectoryError(str(error)) from error
    except StorageError as error:
        raise StateRefused(str(error)) from error


def _clear_up(directory: StateDirectory) -> tuple[str, ...]:
    """Removes the record of a replica that ended without doing so itself."""
    record = directory.read_record()
    if record is None:
        return ()
    directory.remove_record()
    who = f"process {record.process_id}, a replica that ended without clearing up"
    return (f"removed the record of {who}",)


@contextmanager
def _logging_to(path: Path) -> Iterator[None]:
    """Sends what the package and its HTTP server log to a file, with times in UTC."""
    path.touch(mode=0o600)
    handler = logging.FileHandler(path, encoding="utf-8")
    formatter = logging.Formatter(
        "%(asctime)s.%(msecs)03dZ %(levelname)s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%S"
    )
    formatter.converter = time.gmtime
    handler.setFormatter(formatter)
    loggers = [logging.getLogger("ic_factory"), logging.getLogger("uvicorn")]
    for each in loggers:
        each.addHandler(handler)
    loggers[0].setLevel(logging.INFO)
    try:
        yield
    finally:
        for each in loggers:
            each.removeHandler(handler)
        handler.close()


def main() -> int:
    """Serves a replica; says on stdout, in one line of JSON, that it does or why it can't."""
    arguments = _parser().parse_args()
    settings = Settings(
        StateDirectory(arguments.state_dir),
        arguments.port,
        arguments.clean,
        arguments.ephemeral,
        arguments.fsync,
        arguments.folder,
        arguments.no_cycles,
    )
    try:
        run_replica(settings, _announce)
    except IcFactoryError as error:
        _tell_parent({"error": type(error).__name__, "message": str(error)})
        return 1
    return 0


def _announce(started: Started) -> None:
    _tell_parent({"ready": started.record.to_json(), "notices": list(started.notices)})


def _tell_parent(message: dict[str, object]) -> None:
    """Writes one line to the process that started this one, and lets go of it."""
    try:
        sys.stdout.write(json.dumps(message) + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        logger.warning("the process that started this replica has gone")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Serves an embedded replica.")
    parser.add_argument("--state-dir", type=Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--clean", action="store_true")
    parser.add_argument("--ephemeral", action="store_true")
    parser.add_argument("--fsync", action="store_true")
    parser.add_argument("--no-cycles", action="store_true")
    parser.add_argument("--folder", type=Path, required=True)
    return parser


if __name__ == "__main__":
    sys.exit(main())
