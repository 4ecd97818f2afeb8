"""The messages by which a capsule moves, in instructions: the largest of either canister, and all.

The counts are the embedded replica's, and the same in each run.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from bench.measure import Result
from ic_factory.canisters import backend_interface, personal_wasm
from ic_factory.protocol.candid.did import parse_did
from ic_factory.protocol.principal import Principal
from ic_factory.replica import Replica, ReplicaConfig
from ic_factory.replica.activity import Activity
from ic_factory.replica.clock import FrozenClock
from ic_factory.replica.execution.outcome import Outcome
from tests.backend.world import MEBIBYTE, OWNER, new_asset
from tests.creation.world import Hub, install_hub

START_TIME = 1_700_000_000_000_000_000
MEMORIES = 500
LARGE = 80 * MEBIBYTE
"""More than is hashed within a message."""

HALF_OF_THE_LIMIT = 20_000
"""Millions: as much as a message may take, so that the mainnet's weights have room."""


def measure() -> Iterator[Result]:
    """Measures one creation."""
    yield Result("personal.wasm.gz", len(personal_wasm()) / 1000, "kB", 700)
    with Replica(ReplicaConfig(seed=bytes(32)), FrozenClock(START_TIME)) as replica:
        hub = install_hub(replica, parse_did(backend_interface()))
        hub.registered(OWNER)
        fill(hub)
        with counting() as messages:
            assert hub.run() == "Completed"
        (personal,) = hub.query("get_my_personal_canister_id")
    note = f"of 40,000; {MEMORIES} memories and one of {LARGE // MEBIBYTE} MiB"
    for who, canister_id, budget in (
        ("hub", hub.canister_id, 3_000),
        ("personal canister", personal, 25_000),
    ):
        counts = [count / 1e6 for count in messages[canister_id]]
        what = f"a creation's largest message, {who}"
        yield Result(what, max(counts), "M", HALF_OF_THE_LIMIT, note=note)
        what = f"all of a creation's messages, {who}"
        yield Result(what, sum(counts), "M", budget, note=f"{len(counts)} of them")


def fill(owner: Hub) -> None:
    """Many small memories, and one that is large."""
    noise = random.Random(3)
    owner.limit(max_upload_size=100 * MEBIBYTE)
    capsule = owner.capsule(name="large")
    for number in range(MEMORIES):
        owner.add(capsule, f"memory {number}", assets=[new_asset(noise.randbytes(1000))])
    owner.add(capsule, "a film", assets=[new_asset(owner.upload(noise.randbytes(LARGE)))])


@contextmanager
def counting() -> Iterator[dict[Principal, list[int]]]:
    """Counts the instructions of each message, by canister."""
    found: dict[Principal, list[int]] = defaultdict(list)
    noted = Activity.note_outcome

    def note(self: Activity, canister_id: Principal, time: int, outcome: Outcome) -> None:
        found[canister_id].append(outcome.instructions)
        noted(self, canister_id, time, outcome)

    with patch.object(Activity, "note_outcome", note):
        yield found
