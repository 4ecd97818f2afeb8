"""A live replica behind its HTTP server, made once and rewound after each test."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from ic_factory.protocol.principal import Principal
from ic_factory.replica import Replica, ReplicaConfig
from ic_factory.replica.clock import FrozenClock
from ic_factory.replica.execution.engine import Engine
from ic_factory.replica.http import serve
from tests.conformance.https_interface.world import START, World, universal_module
from tests.conformance.spec_client.connection import Connection
from tests.conformance.spec_client.identities import user


@pytest.fixture(scope="session")
def served_world(engine: Engine) -> Iterator[World]:
    """One world for all tests of this folder; they use `world`."""
    controller = user("controller")
    sender = Principal(controller.sender)
    module = universal_module()
    clock = FrozenClock(START)
    with Replica(ReplicaConfig(seed=bytes(range(32))), clock, engine) as replica:
        canister_id, other_id = (replica.create_canister(sender) for _ in range(2))
        for each in (canister_id, other_id):
            replica.install_code(each, module, sender=sender)
        replica.start()
        with (
            serve(replica) as server,
            httpx.Client(base_url=server.url, timeout=30, verify=False) as http,
        ):
            yield World(
                replica=replica,
                connection=Connection(
                    http=http,
                    now=lambda: replica.now,
                    root_key=replica.root_key,
                    principal_text=lambda raw: str(Principal(raw)),
                ),
                controller=controller,
                stranger=user("stranger"),
                canister_id=canister_id.bytes,
                other_id=other_id.bytes,
                module=module,
            )


@pytest.fixture
def world(served_world: World) -> Iterator[World]:
    """The served world, put back to its beginning afterwards."""
    moment = served_world.replica.snapshot()
    yield served_world
    served_world.replica.rewind(moment)
