"""Replicas in processes of their own, that may be killed, and clients that check everything."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

from bench.client import Client
from ic_factory.networks.embedded import start_in_background, stop
from ic_factory.networks.replica_client import ReplicaClient
from ic_factory.networks.state_directory import StateDirectory


@dataclass(frozen=True)
class Daemon:
    """A replica's process on a directory."""

    directory: StateDirectory
    url: str
    token: str
    process_id: int

    @classmethod
    def start(cls, path: Path, port: int = 0) -> Daemon:
        """Starts it; returns when it serves."""
        directory = StateDirectory(path)
        running = start_in_background(directory, port=port, clean=False, report=lambda _: None)
        record = running.record
        return cls(directory, record.url, record.token, record.process_id)

    @property
    def client(self) -> ReplicaClient:
        return ReplicaClient(self.url)

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    def user(self) -> Client:
        """A user with a key of their own, who verifies certificates by the root key."""
        return Client(self.url, self.client.root_key())

    def kill(self) -> None:
        """Ends the process as a power cut of this process alone would; waits until it has gone."""
        os.kill(self.process_id, signal.SIGKILL)
        while self.directory.is_locked():
            time.sleep(0.002)

    def stop(self) -> None:
        """Ends it in order."""
        stop(self.directory, lambda _: None)
