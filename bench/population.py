"""Many idle canisters in one process: `python -m bench.population COUNT [DIRECTORY]`.

Prints JSON, a `Population`'s fields. With a directory the state is on disk, and is started from.
"""

from __future__ import annotations

import contextlib
import gzip
import json
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.installed_canisters import cdk_canister, megabyte_module, tiny_canister
from bench.measure import median_ms, once_ms, resident_mb
from ic_factory.protocol.principal import Principal
from ic_factory.replica import Replica
from ic_factory.replica.storage.storage import ReplayBounds, Storage
from tests.canisters.universal import reply

HELLO = reply(b"hello").code
LAST = 500
"""So many of the last creations tell how fast they are by then."""
SELDOM = ReplayBounds(inputs=50_000, input_bytes=512 * 1024**2)
"""Few checkpoints while canisters are made, as these are not what is measured."""
CHARGING_PAUSE = 11 * 10**9
"""Nanoseconds after which storage is charged for again."""


@dataclass(frozen=True, slots=True)
class Population:
    """What was measured with so many idle canisters beside the one that is called."""

    update_alone_ms: float
    """Of the canister that is called, before there were others."""
    update_ms: float
    query_ms: float
    creations_per_second: float
    """Creation and installation, of the last ones."""
    charging_ms: float
    """A round in which all pay for their storage."""
    snapshot_ms: float
    resident_mb: float
    start_seconds: float | None
    """From a state directory that was closed; None where there is none."""


def populated(count: int, directory: Path | None) -> Population:
    """Measures with `count` idle canisters of one 1 MB module.

    Args:
        count: how many idle canisters there are to be.
        directory: where their state is kept; in memory alone where there is none.
    """
    storage = None if directory is None else Storage(directory, SELDOM)
    with Replica(storage=storage) as replica:
        called = replica.create_canister()
        replica.install_code(called, tiny_canister())
        alone = _update_ms(replica, called)
        rate = _fill(replica, count)
        update = _update_ms(replica, called)
        query = median_ms(lambda: replica.query_call(called, "query", HELLO), runs=100)
        resident = resident_mb("self")
        replica.advance_time(CHARGING_PAUSE)
        charging = once_ms(replica.tick)
        snapshot = once_ms(lambda: replica.snapshots.forget(replica.snapshot()))
    return Population(
        update_alone_ms=alone,
        update_ms=update,
        query_ms=query,
        creations_per_second=rate,
        charging_ms=charging,
        snapshot_ms=snapshot,
        resident_mb=resident,
        start_seconds=None if directory is None else _start_seconds(directory),
    )


def _fill(replica: Replica, count: int) -> float:
    """Makes the canisters; how many a second of the last ones."""
    # Compressed, as 10,000 modules of a megabyte would fill the log with ten gigabytes.
    wasm = gzip.compress(megabyte_module(), mtime=0)
    last = min(LAST, count)
    for _ in range(count - last):
        cdk_canister(replica, wasm)
    begun = time.perf_counter()
    for _ in range(last):
        cdk_canister(replica, wasm)
    return last / (time.perf_counter() - begun)


def _update_ms(replica: Replica, canister_id: Principal) -> float:
    return median_ms(lambda: replica.update(canister_id, "update", HELLO), runs=300)


def _start_seconds(directory: Path) -> float:
    begun = time.perf_counter()
    with contextlib.closing(Replica(storage=Storage(directory))):
        return time.perf_counter() - begun


if __name__ == "__main__":
    home = Path(sys.argv[2]) if len(sys.argv) > 2 else None
    print(json.dumps(asdict(populated(int(sys.argv[1]), home))))
