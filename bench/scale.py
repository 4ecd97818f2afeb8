"""What idle canisters cost: rounds, memory, creation and start beside 1, 1,000 and 10,000."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator

from bench.measure import Result
from bench.population import Population

COUNTS = (1_000, 10_000)
MEMORY_MB = {1_000: 300, 10_000: 1_500}


def measure() -> Iterator[Result]:
    """Measures each in a process of its own."""
    for count in COUNTS:
        population = _measured(count)
        yield from _results(count, population)
    with tempfile.TemporaryDirectory() as directory:
        population = _measured(COUNTS[-1], directory)
    seconds = population.start_seconds
    assert seconds is not None
    yield Result(f"start from a state directory, {COUNTS[-1]:,} canisters", seconds, "s", 15)
    yield Result(
        f"create + install on disk, the last of {COUNTS[-1]:,}",
        population.creations_per_second,
        "canisters/s",
        25,
        at_least=True,
        note="with few checkpoints, the module compressed",
    )


def _results(count: int, population: Population) -> Iterator[Result]:
    idle = f"{count:,} idle canisters"
    yield Result(
        f"update in process, {idle}",
        population.update_ms / population.update_alone_ms,
        "x that with none",
        1.2,
        note=f"{population.update_ms:.2f} ms beside {population.update_alone_ms:.2f} ms",
    )
    yield Result(f"query in process, {idle}", population.query_ms, "ms", 3)
    yield Result(
        f"memory, {idle} of one 1 MB module", population.resident_mb, "MB", MEMORY_MB[count]
    )
    yield Result(
        f"create + install, the last of {count:,}",
        population.creations_per_second,
        "canisters/s",
        60,
        at_least=True,
    )
    yield Result(f"round that charges for storage, {idle}", population.charging_ms, "ms", 100)
    yield Result(f"snapshot, {idle}", population.snapshot_ms, "ms", 1_000)


def _measured(count: int, *directory: str) -> Population:
    command = [sys.executable, "-m", "bench.population", str(count), *directory]
    done = subprocess.run(command, check=True, capture_output=True)
    return Population(**json.loads(done.stdout))
