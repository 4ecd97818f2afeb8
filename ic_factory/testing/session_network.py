"""The network that tests of canisters call: one that forgets, or one that is named."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ic_factory.networks.network import Network, resolve_network

if TYPE_CHECKING:
    from ic_factory.replica.replica import Replica
    from ic_factory.replica.snapshots import SnapshotToken

VARIABLE = "IC_FACTORY_TEST_NETWORK"
EMBEDDED = "embedded"
"""The network that is meant where the variable is not set, as it may be named too."""


@dataclass(frozen=True, slots=True)
class SessionNetwork:
    """A network, and how to get back to where it was.

    Attributes:
        network: Its URL and root key.
        replica: The replica behind it; None where it is not ours to rewind.
        beginning: The moment of `replica` that each test begins at.
    """

    network: Network
    replica: Replica | None = None
    beginning: SnapshotToken | None = None

    @contextmanager
    def one_test(self) -> Iterator[None]:
        """What is done meanwhile is undone afterwards, where the network can do that."""
        yield
        if self.replica is not None and self.beginning is not None:
            self.replica.rewind(self.beginning)


def named_network() -> str | None:
    """The network that the environment names for tests; None for the embedded replica."""
    name = os.environ.get(VARIABLE)
    return None if name in (None, "", EMBEDDED) else name


def resolved(name: str) -> SessionNetwork:
    """A network by its name or URL, as the command line has it.

    Raises:
        NetworkError: It is not known, or does not answer.
    """
    from ic_factory.networks.project_files import find_project

    return SessionNetwork(resolve_network(name, find_project(Path.cwd())))


@contextmanager
def served_fork(replica: Replica, base: SnapshotToken) -> Iterator[SessionNetwork]:
    """A fork of a replica at some moment, served over HTTP, its rounds running by themselves.

    Args:
        replica: The replica, which stays as it is.
        base: The moment that the fork begins at.
    """
    from ic_factory.replica.http.server import serve

    now = replica.snapshot()
    replica.rewind(base)
    fork = replica.fork()
    replica.rewind(now)
    replica.snapshots.forget(now)
    with fork:
        beginning = fork.snapshot()
        fork.start()
        with serve(fork) as server:
            network = Network(
                EMBEDDED, server.url, replica.root_key, is_local=True, is_mainnet=False
            )
            yield SessionNetwork(network, fork, beginning)
