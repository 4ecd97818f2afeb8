"""A backend that is gone when its tests are: in a replica of this process, in memory alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ic_factory.agent import Agent, Client, Identity
from ic_factory.canisters import backend_wasm
from ic_factory.drivers.backend import Backend
from ic_factory.drivers.management import Management
from ic_factory.operations.arguments import NO_ARGUMENTS
from ic_factory.operations.install import INSTALL, install
from ic_factory.testing.personal_hub import HUB_CYCLES, prepare_hub
from ic_factory.testing.stage import Place

NAME = "throw-away"
"""What the network is called in reports."""


@contextmanager
def throwaway_place() -> Iterator[Place]:
    """A new replica, served over HTTP on a free port, with a new hub of personal canisters.

    Modules that an earlier replica of this user compiled are not compiled anew.
    """
    # Loads the WASM engine.
    from ic_factory.replica import Replica, ReplicaConfig
    from ic_factory.replica.config import user_compile_cache
    from ic_factory.replica.http.server import serve

    with Replica(ReplicaConfig(compile_cache=user_compile_cache())) as replica:
        replica.start()
        with (
            serve(replica) as server,
            Agent(Identity.generate(), Client(server.url), root_key=replica.root_key) as agent,
        ):
            management = Management(agent)
            backend = management.create_provisionally(cycles=HUB_CYCLES)
            install(management, backend, backend_wasm(), NO_ARGUMENTS, INSTALL)
            prepare_hub(Backend(agent, backend))
            yield Place(NAME, agent, backend)
