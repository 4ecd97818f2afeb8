"""The replica's process ends at each call of a creation, which goes on when there is another."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from ic_factory.canisters import backend_interface
from ic_factory.protocol.candid.did import parse_did
from ic_factory.replica import Replica, ReplicaConfig
from ic_factory.replica.config import user_compile_cache
from ic_factory.replica.execution.engine import Engine
from tests import surgery
from tests.backend.world import OWNER
from tests.creation.cells import cells, run_to_rest
from tests.creation.invariants import Before, check_completed, check_cycles
from tests.creation.world import fill_capsule, install_hub
from tests.durability.worlds import NEVER, Disk

pytestmark = pytest.mark.slow

LEAST_CALLS = 14
CONFIG = ReplicaConfig(seed=bytes(32 * [7]), compile_cache=user_compile_cache())


def test_a_creation_goes_on_after_the_replica_was_killed(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    disk = Disk(tmp_path / "state", Engine(CONFIG.compile_cache), NEVER)
    count = 0
    with disk.replica(CONFIG) as replica, surgery.message_by_message():
        hub = install_hub(replica, parse_did(backend_interface()))
        hub.registered(OWNER)
        kept = fill_capsule(hub)
        before = Before.of(hub, kept)
        write_checkpoint(replica)
        hub.create()
        for _ in cells(hub):
            left = disk.crashed()
            with left.replica(CONFIG) as another:
                again = replace(hub, replica=another)
                run_to_rest(again)
                check_cycles(again, before)
                check_completed(again, kept, before)
            shutil.rmtree(left.directory)
            count += 1
    record_property("cells of the failure matrix", count)
    assert count >= LEAST_CALLS


def write_checkpoint(replica: Replica) -> None:
    """Lets a restart begin here."""
    storage = replica._rounds._storage
    assert storage is not None
    storage.write(replica._rounds.course.checkpoint(storage.last_input, replica.config))
