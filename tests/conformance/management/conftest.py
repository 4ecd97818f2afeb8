"""A replica with a canister to manage, made once and rewound after each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ic_factory.protocol.principal import Principal
from ic_factory.replica import Replica, ReplicaConfig
from ic_factory.replica.clock import FrozenClock
from ic_factory.replica.execution.engine import Engine
from tests.canisters.universal import universal_wasm_without
from tests.conformance.custom_sections import with_custom_sections
from tests.conformance.management.actors import World
from tests.conformance.management.candid_arguments import argument

START = 1_750_000_000 * 10**9


@pytest.fixture(scope="session")
def managed_world(engine: Engine) -> Iterator[World]:
    """One world for all tests of this folder; they use `world`."""
    module = with_custom_sections(
        universal_wasm_without("canister_heartbeat"),
        {"icp:public open": b"for all", "icp:private closed": b"for controllers"},
    )
    controller = Principal.self_authenticating(b"the controller's key")
    with Replica(ReplicaConfig(seed=bytes(32 * [7])), FrozenClock(START), engine) as replica:
        target, other, manager = (replica.create_canister(controller) for _ in range(3))
        for canister_id in (target, other, manager):
            replica.install_code(canister_id, module, sender=controller)
        controllers = argument(
            "update_settings", canister_id=target, settings={"controllers": [controller, manager]}
        )
        management = Principal.management_canister()
        replica.update(management, "update_settings", controllers, controller)
        yield World(
            replica=replica,
            target=target,
            other=other,
            manager=manager,
            controller=controller,
            stranger=Principal.self_authenticating(b"a stranger's key"),
            module=module,
        )


@pytest.fixture
def world(managed_world: World) -> Iterator[World]:
    """The managed world, put back to its beginning afterwards."""
    moment = managed_world.replica.snapshot()
    yield managed_world
    managed_world.replica.rewind(moment)
