"""Which replica answers on this machine: ours, dfx's or icp-cli's."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ic_factory.networks.errors import NetworkNotFound, NoLocalReplica, Unreachable
from ic_factory.networks.network_urls import checked_url, leads_here
from ic_factory.networks.project import LOCAL
from ic_factory.networks.replica_client import ReplicaClient

if TYPE_CHECKING:
    from ic_factory.networks.project import Project
    from ic_factory.networks.state_directory import StateDirectory

DFX_SHARED_BIND, DFX_PROJECT_BIND = "127.0.0.1:4943", "127.0.0.1:8000"
"""Where dfx listens if nothing else is said; icp-cli at the second, too."""


@dataclass(frozen=True, slots=True)
class LocalReplica:
    """A replica that answers."""

    url: str
    root_key: bytes
    """As it states it, in DER."""


def find_local_replica(
    network: str,
    project: Project | None,
    state_directory: StateDirectory | None,
    timeout_seconds: float,
) -> LocalReplica:
    """The first replica that answers where those of this network are looked for.

    Ours comes first, then those that dfx and icp-cli tell of in their files, then the addresses
    that the project declares, then the tools' own defaults. A network other than `local` is looked
    for only where the project says.

    Raises:
        NoLocalReplica: none answers.
        SeveralReplicasRunning: several of ours run.
    """
    tried = []
    for url in dict.fromkeys(_candidates(network, project, state_directory)):
        try:
            if leads_here(checked_url(url)):
                return LocalReplica(url, ReplicaClient(url, timeout_seconds).root_key())
            # Its own word for its root key is worth nothing across a network.
            tried.append(f"{url} is not on this machine")
        except (NetworkNotFound, Unreachable) as error:
            tried.append(str(error))
    places = "; ".join(tried) or "nothing says where one could be"
    raise NoLocalReplica(f"no local replica answers for network {network!r}: {places}")


def dfx_shared_directory(network: str) -> Path:
    """Where dfx keeps what all projects share of a network."""
    home = Path.home()
    if sys.platform == "darwin":
        base = home / "Library/Application Support/org.dfinity.dfx"
    elif sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA", home)) / "dfinity/dfx/data"
    else:
        base = Path(os.environ.get("XDG_DATA_HOME") or home / ".local/share") / "dfx"
    return base / "network" / network


def _candidates(
    network: str, project: Project | None, state_directory: StateDirectory | None
) -> Iterator[str]:
    if network == LOCAL:
        yield from _ours(state_directory)
        if state_directory is not None:
            return
    if project is not None:
        yield from _of_project(network, project)
    if network == LOCAL:
        yield from _with_port_of(dfx_shared_directory(LOCAL), DFX_SHARED_BIND)
        yield _url(DFX_SHARED_BIND)
        yield _url(DFX_PROJECT_BIND)


def _ours(state_directory: StateDirectory | None) -> Iterator[str]:
    from ic_factory.networks.running_replicas import find_only_running, url_of

    directory = state_directory or find_only_running()
    url = None if directory is None else url_of(directory)
    if url is not None:
        yield url


def _of_project(network: str, project: Project) -> Iterator[str]:
    declared = project.networks.get(network)
    bind = declared.bind if declared else None
    dfx_directory = project.root / ".dfx/network" / network
    yield from _with_port_of(dfx_directory, bind or DFX_PROJECT_BIND)
    yield from _of_icp_descriptor(project.root / ".icp/cache/networks" / network)
    if bind is not None:
        yield _url(bind)


def _with_port_of(directory: Path, bind: str) -> Iterator[str]:
    """The address with the port that dfx notes when it starts."""
    try:
        port = int((directory / "webserver-port").read_text("utf-8"))
    except (OSError, ValueError):
        # It is empty while dfx starts, and not there before.
        return
    yield _url(f"{bind.rpartition(':')[0] or bind}:{port}")


def _of_icp_descriptor(directory: Path) -> Iterator[str]:
    """The address in the `descriptor.json` of a network that icp-cli runs."""
    try:
        gateway = json.loads((directory / "descriptor.json").read_text("utf-8"))["gateway"]
        yield _url(f"{gateway.get('ip', '127.0.0.1')}:{int(gateway['port'])}")
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        # Not there, or written just now.
        return


def _url(bind: str) -> str:
    host, _, port = bind.rpartition(":")
    # What listens everywhere is reached here.
    reachable = {"0.0.0.0": "127.0.0.1", "[::]": "[::1]", "": "127.0.0.1"}.get(host, host)  # noqa: S104
    return f"http://{reachable}:{port}"
