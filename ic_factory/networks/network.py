"""From the name of a network to its URL and root key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ic_factory.networks.errors import NetworkNotFound
from ic_factory.networks.network_urls import checked_url, leads_here
from ic_factory.networks.project import LOCAL, MAINNET, RootKeySource
from ic_factory.networks.replica_client import TIMEOUT_SECONDS, ReplicaClient
from ic_factory.networks.root_keys import checked_root_key
from ic_factory.protocol.root_key import MAINNET_ROOT_KEY

if TYPE_CHECKING:
    from ic_factory.networks.project import Project, ProjectNetwork
    from ic_factory.networks.state_directory import StateDirectory

MAINNET_NAMES = (MAINNET, "mainnet")
MAINNET_URL = "https://icp-api.io"


@dataclass(frozen=True, slots=True)
class Network:
    """An Internet Computer, and what its certificates are verified with."""

    name: str
    """`local`, `ic`, a network or environment of the project, or the URL."""
    url: str
    """With no slash at its end."""
    root_key: bytes
    """In DER."""
    is_local: bool
    """Whether the user named it as local, so that its root key was taken from itself."""
    is_mainnet: bool
    """Whether its certificates are the mainnet's: cycles are worth money there."""


def resolve_network(
    name: str = LOCAL,
    project: Project | None = None,
    *,
    root_key: bytes | None = None,
    state_directory: StateDirectory | None = None,
    timeout_seconds: float = TIMEOUT_SECONDS,
) -> Network:
    """The network of that name.

    Args:
        name: `local` for what runs on this machine, `ic` or `mainnet`, a URL, or a network or
            environment of the project.
        project: whose networks are meant, where there is one.
        root_key: in DER; in place of the one that the network would have.
        state_directory: of the local replica that is meant, where it is not the only one.
        timeout_seconds: how long a replica may take to state its root key.

    Raises:
        NetworkNotFound: the name is none of these, or the URL is none.
        NoLocalReplica: `local` is meant and nothing answers.
        SeveralReplicasRunning: `local` is meant and several replicas of ours run.
        Unreachable: the root key must come from the network, which does not answer.
        RootKeyError: `root_key` is no root key.
    """
    if root_key is not None:
        root_key = checked_root_key(root_key)
    if name in MAINNET_NAMES:
        return _network(MAINNET, MAINNET_URL, root_key or MAINNET_ROOT_KEY, is_local=False)
    if "://" in name:
        url = checked_url(name)
        return _by_url(name.rstrip("/"), url, root_key, timeout_seconds)
    declared_name = _declared_name(name, project)
    declared = project.networks.get(declared_name) if project else None
    if declared is not None and not declared.is_managed:
        return _declared(name, declared, root_key, timeout_seconds)
    if declared_name in MAINNET_NAMES:
        return _network(name, MAINNET_URL, root_key or MAINNET_ROOT_KEY, is_local=False)
    if declared is None and declared_name != LOCAL:
        raise _not_found(name, project)
    return _running_here(name, declared_name, project, root_key, state_directory, timeout_seconds)


def _declared_name(name: str, project: Project | None) -> str:
    """The network that an environment is on; the name itself where it is no environment."""
    if project is None or name in project.networks or name not in project.environments:
        return name
    return project.environments[name].network


def _declared(
    name: str, declared: ProjectNetwork, root_key: bytes | None, timeout_seconds: float
) -> Network:
    assert declared.url is not None
    url = checked_url(declared.url)
    key = root_key or declared.root_key
    match declared.root_key_source:
        case RootKeySource.MAINNET:
            return _network(name, url, key or MAINNET_ROOT_KEY, is_local=False)
        case RootKeySource.FETCH if key is None:
            key = ReplicaClient(url, timeout_seconds).root_key()
            return _network(name, url, key, is_local=True)
        case _:
            return _by_url(name, url, key, timeout_seconds)


def _by_url(name: str, url: str, root_key: bytes | None, timeout_seconds: float) -> Network:
    is_local = leads_here(url)
    if root_key is None:
        # A key from elsewhere would let whoever answers there sign anything.
        root_key = ReplicaClient(url, timeout_seconds).root_key() if is_local else MAINNET_ROOT_KEY
    return _network(name, url, root_key, is_local=is_local)


def _running_here(
    name: str,
    declared_name: str,
    project: Project | None,
    root_key: bytes | None,
    state_directory: StateDirectory | None,
    timeout_seconds: float,
) -> Network:
    from ic_factory.networks.local_replicas import find_local_replica

    found = find_local_replica(declared_name, project, state_directory, timeout_seconds)
    return _network(name, found.url, root_key or found.root_key, is_local=True)


def _network(name: str, url: str, root_key: bytes, *, is_local: bool) -> Network:
    # A proxy on this machine may well lead to the mainnet.
    is_mainnet = root_key == MAINNET_ROOT_KEY
    return Network(name, url, root_key, is_local and not is_mainnet, is_mainnet)


def _not_found(name: str, project: Project | None) -> NetworkNotFound:
    if project is None:
        return NetworkNotFound(
            f"no network {name!r}: there is no dfx.json or icp.yaml here that could declare it; "
            "use 'local', 'ic' or a URL"
        )
    known = ", ".join([*project.networks, *project.environments]) or "none"
    return NetworkNotFound(
        f"no network {name!r}: {project.root} declares {known}; use one of them, 'local', 'ic' "
        "or a URL"
    )
