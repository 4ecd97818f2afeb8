"""Where a local replica comes from, whoever runs it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from ic_factory.networks.errors import StartFailed, Unreachable
from ic_factory.networks.provided_replica import ProvidedReplica, ProviderName
from ic_factory.networks.replica_client import ReplicaClient

if TYPE_CHECKING:
    from ic_factory.networks.state_directory import StateDirectory

START_SECONDS = 300.0
"""How long a program of others may take to start a replica."""
STOP_SECONDS = 60.0
DEFAULT_PORT = 4943

Report = Callable[[str], None]
"""Takes a line that the user should read."""


@dataclass(frozen=True, slots=True)
class StartRequest:
    """What a replica is to be started with."""

    folder: Path
    """The project's, for programs that have one replica a project."""
    directory: StateDirectory | None = None
    """Where it is noted; None for the default one of its port."""
    port: int | None = None
    """None for the provider's own choice, 0 for one that is free."""
    clean: bool = False
    """Whether what earlier replicas left is removed first."""
    is_ephemeral: bool = False
    """Whether the state is in memory alone; of the embedded provider alone."""
    timeout_seconds: float = START_SECONDS


class Provider(Protocol):
    """Starts replicas, and ends those that it has started."""

    @property
    def name(self) -> ProviderName:
        """What users call it."""
        ...

    def start(self, request: StartRequest, report: Report) -> StateDirectory:
        """Starts a replica in the background, and notes it in a state directory, which it returns.

        Raises:
            NetworkError: it can't be started; what was started of it has been ended.
        """
        ...

    def stop(self, directory: StateDirectory, report: Report) -> str:
        """Ends the replica that is noted in a state directory, and returns the URL that it had.

        Raises:
            NetworkError: none is noted, or it can't be ended.
        """
        ...


def provider_of(name: ProviderName) -> Provider:
    """The provider of that name."""
    match name:
        case ProviderName.EMBEDDED:
            from ic_factory.networks.embedded import EmbeddedProvider

            return EmbeddedProvider()
        case ProviderName.DFX:
            from ic_factory.networks.dfx_provider import DfxProvider

            return DfxProvider()
        case ProviderName.POCKET_IC:
            from ic_factory.networks.pocket_ic_provider import PocketIcProvider

            return PocketIcProvider()
        case ProviderName.ICP:
            from ic_factory.networks.icp_provider import IcpProvider

            return IcpProvider()


def stop_replica(directory: StateDirectory, report: Report) -> str:
    """Ends the replica of a state directory, whoever runs it, and returns the URL that it had.

    Raises:
        NetworkError: none runs, or it can't be ended.
    """
    provided = directory.read_provided()
    name = ProviderName.EMBEDDED if provided is None else provided.provider
    return provider_of(name).stop(directory, report)


def await_healthy(url: str, seconds: float) -> None:
    """Waits until a replica says that it is healthy.

    Raises:
        StartFailed: it does not in time.
    """
    deadline = time.monotonic() + seconds
    pause, last = 0.02, "it is not healthy"
    while True:
        try:
            if ReplicaClient(url).is_healthy():
                return
        except Unreachable as error:
            last = str(error)
        if time.monotonic() > deadline:
            raise StartFailed(
                f"the replica at {url} was not healthy in {seconds:g} seconds: {last}"
            )
        time.sleep(pause)
        pause = min(pause * 1.5, 0.5)


def note(replica: ProvidedReplica, directory: StateDirectory | None) -> StateDirectory:
    """Notes a replica in a state directory, by default the one of its port.

    Raises:
        ReplicaAlreadyRunning: another replica has the directory.
        StateDirectoryError: the directory can't be used.
    """
    from urllib.parse import urlsplit

    from ic_factory.networks.state_directory import default_state_directory

    place = directory or default_state_directory(urlsplit(replica.url).port or 0)
    place.prepare()
    with place.lock():
        before = place.read_provided()
        if before is None or before.url != replica.url:
            place.forget_provided()
        place.remove_record()
        place.write_provided(replica)
    return place
