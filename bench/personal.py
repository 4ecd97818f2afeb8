"""A personal canister from call to Completed, as its user waits for it, and stage by stage.

The replica is in this process, served over HTTP, with its state on disk, as `ic-factory replica
start` has it; the user watches as `ic-factory personal create` does.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from bench.measure import Result
from bench.step_times import StepTimes, timing_steps
from ic_factory.agent import Agent, Client, Identity
from ic_factory.canisters import backend_wasm
from ic_factory.drivers.backend import Backend
from ic_factory.drivers.management import Management
from ic_factory.operations.arguments import NO_ARGUMENTS
from ic_factory.operations.install import INSTALL, install
from ic_factory.operations.memories import add_bytes
from ic_factory.operations.personal_creation import PersonalCanister, create_personal
from ic_factory.replica import Replica, ReplicaConfig
from ic_factory.replica.config import user_compile_cache
from ic_factory.replica.http.server import serve
from ic_factory.replica.storage.storage import Storage
from ic_factory.testing.personal_hub import HUB_CYCLES, prepare_hub

MEMORIES = 100
TOTAL_BYTES = 10_000_000
RUNS = 5

MOST_SECONDS = 1.5
MOST_RATIO = 1.3

STAGES = {
    "exporting": ("create_personal_canister",),
    "creating": ("create_canister",),
    "installing": ("clear_chunk_store", "upload_chunk", "install_chunked_code", "install_code"),
    "importing": ("begin_import",),
    "verifying": ("finalize_import",),
    "handing off": ("update_settings",),
}
"""Stages, each by the calls of which the first one begins it."""

LAST_LOOK = "completed, and not looked at"
STAGE_BUDGETS = {
    "exporting": 100,
    "creating": 50,
    "installing": 100,
    "importing": 750,
    "verifying": 400,
    "handing off": 50,
    LAST_LOOK: 300,
}
"""Milliseconds."""


@dataclass(frozen=True, slots=True)
class Creation:
    """One creation, measured.

    Attributes:
        seconds: From the call until the user was told that it is completed.
        steps: What the replica executed meanwhile.
        begun: When it was begun, in seconds of `time.perf_counter`.
    """

    seconds: float
    steps: StepTimes
    begun: float

    @property
    def completed(self) -> float:
        """When the hub had it as completed: when it knew that the hand-off was made."""
        return self.steps.answered("canister_info")

    @property
    def ratio(self) -> float:
        """How much longer it took from call to Completed than the canisters' work alone."""
        return (self.completed - self.begun) / self.steps.seconds

    def stages(self) -> dict[str, float]:
        """Seconds of each stage; the first one begins with the user's call."""
        starts = [self.begun, *(self.steps.first(*each) for each in list(STAGES.values())[1:])]
        moments = pairwise([*starts, self.completed, self.begun + self.seconds])
        return {
            name: end - start
            for name, (start, end) in zip((*STAGES, LAST_LOOK), moments, strict=True)
        }


def measure() -> Iterator[Result]:
    """Measures what a user waits for."""
    with hub_of() as agent_hub:
        create(agent_hub, 1)
        creations = [create(agent_hub, MEMORIES) for _ in range(RUNS)]
    seconds = statistics.median(each.seconds for each in creations)
    what = f"personal canister, {MEMORIES} memories, {TOTAL_BYTES // 10**6} MB"
    steps = statistics.median(each.steps.steps for each in creations)
    alone = statistics.median(each.steps.seconds for each in creations)
    yield Result(what, seconds, "s", MOST_SECONDS, note="from the call until the user is told")
    ratio = statistics.median(each.ratio for each in creations)
    note = f"{steps:.0f} messages and calls that take {alone:.2f} s together"
    yield Result(what, ratio, "x its canister calls", MOST_RATIO, note=note)
    for stage, budget in STAGE_BUDGETS.items():
        value = statistics.median(each.stages()[stage] for each in creations)
        yield Result(f"of which {stage}", value * 1000, "ms", budget)


@contextmanager
def hub_of() -> Iterator[tuple[str, bytes, Backend]]:
    """A hub on a new replica: its address, root key, and the hub as its admin."""
    config = ReplicaConfig(compile_cache=user_compile_cache())
    with (
        tempfile.TemporaryDirectory() as directory,
        Replica(config, storage=Storage(Path(directory))) as replica,
    ):
        replica.start()
        with (
            serve(replica) as server,
            Agent(Identity.generate(), Client(server.url), root_key=replica.root_key) as agent,
        ):
            management = Management(agent)
            hub = management.create_provisionally(cycles=HUB_CYCLES)
            install(management, hub, backend_wasm(), NO_ARGUMENTS, INSTALL)
            prepare_hub(Backend(agent, hub))
            yield server.url, replica.root_key, Backend(agent, hub)


def create(place: tuple[str, bytes, Backend], memories: int) -> Creation:
    """A new user's capsule with so many memories to a canister of its own."""
    url, root_key, admin = place
    with Agent(Identity.generate(), Client(url), root_key=root_key) as agent:
        hub = Backend(agent, admin.canister_id)
        capsule_id = hub.register_capsule().capsule_id
        for number in range(memories):
            content = os.urandom(TOTAL_BYTES // memories)
            add_bytes(hub, capsule_id, content, f"{number}.jpg")
        with timing_steps() as steps:
            begun = time.perf_counter()
            made = create_personal(hub)
            seconds = time.perf_counter() - begun
    _check(made, memories)
    return Creation(seconds, steps, begun)


def _check(made: PersonalCanister, memories: int) -> None:
    moved = made.manifest
    assert (moved.memories, moved.total_bytes) == (memories, TOTAL_BYTES // memories * memories)
