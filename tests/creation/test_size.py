"""A large capsule moves as a small one does, but for the time it takes."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from ic_factory.protocol.principal import Principal
from ic_factory.replica.cycles import MAX_INSTRUCTIONS_PER_UPDATE
from tests import surgery
from tests.backend.world import MEBIBYTE, new_asset, new_memory
from tests.creation.cells import run_to_rest
from tests.creation.world import Hub

pytestmark = pytest.mark.slow

MEMORIES = int(os.environ.get("IC_FACTORY_SIZE_MEMORIES", "10000"))
MEBIBYTES = int(os.environ.get("IC_FACTORY_SIZE_MEBIBYTES", "64"))
BLOB_BYTES = 8 * MEBIBYTE
ADDED_AT_A_TIME = 500
MOST_GROWTH = 8 * MEBIBYTE
"""More than this the heap of neither canister grows from a tenth of the size to all of it."""


@dataclass(frozen=True)
class Figures:
    """What a move took: bytes of heaps, instructions of the longest message, seconds."""

    hub_heap: int
    personal_heap: int
    most_instructions: int
    seconds: float


def test_a_large_capsule_takes_no_more_memory_than_a_small_one(
    hub: Hub, monkeypatch: pytest.MonkeyPatch, record_property: Callable[[str, object], None]
) -> None:
    small = moved(hub, "small", MEMORIES // 10, MEBIBYTES // 10, monkeypatch)
    large = moved(hub, "large", MEMORIES, MEBIBYTES, monkeypatch)
    for name, figures in (("a tenth", small), ("all", large)):
        record_property(f"moving {name} of {MEMORIES} memories, {MEBIBYTES} MiB", str(figures))
    assert large.personal_heap - small.personal_heap <= MOST_GROWTH
    assert large.hub_heap - small.hub_heap <= MOST_GROWTH
    assert large.most_instructions < MAX_INSTRUCTIONS_PER_UPDATE // 2


def moved(
    hub: Hub, name: str, memories: int, mebibytes: int, monkeypatch: pytest.MonkeyPatch
) -> Figures:
    """Fills a capsule of a new user's, moves it, and checks that all has come."""
    user = hub.registered(Principal.self_authenticating(name.encode()))
    large = fill(user, name, memories, mebibytes)
    instructions = watch_instructions(user, monkeypatch)
    begun = time.monotonic()
    user.create()
    run_to_rest(user)
    seconds = time.monotonic() - begun
    assert user.status() == "Completed", user.details()
    manifest = user.verified_receipt()["personal_manifest"]
    assert manifest["memories"] == memories
    personal = user.personal()
    for memory, content in large.items():
        assert personal.content(memory) == content
    heaps = [heap_of(user, each) for each in (user.canister_id, personal.canister_id)]
    return Figures(heaps[0], heaps[1], max(instructions), seconds)


def fill(user: Hub, name: str, memories: int, mebibytes: int) -> dict[str, bytes]:
    """Makes a capsule with so many memories; the large contents by their memories' ids."""
    noise = random.Random(name)
    capsule_id = user.capsule(name=name)
    large: dict[str, bytes] = {}
    left = mebibytes * MEBIBYTE
    while left > 0:
        content = noise.randbytes(min(left, BLOB_BYTES))
        memory = user.add(capsule_id, "large", assets=[new_asset(user.upload(content))])
        large[memory] = content
        left -= len(content)
    few = [new_memory(f"memory {number}") for number in range(memories - len(large))]
    for start in range(0, len(few), ADDED_AT_A_TIME):
        for memory in few[start : start + ADDED_AT_A_TIME]:
            memory["assets"] = [new_asset(noise.randbytes(40))]
            user.submit("add_memory_to_capsule", capsule_id, memory)
        surgery.rest(user.replica)
    return large


def watch_instructions(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The instructions of each message from here on."""
    seen = [0]
    activity = hub.replica._machine.activity
    note = type(activity).note_outcome

    def watched(self, canister_id, time, outcome):  # type: ignore[no-untyped-def]
        seen.append(outcome.instructions)
        note(self, canister_id, time, outcome)

    monkeypatch.setattr(type(activity), "note_outcome", watched)
    return seen


def heap_of(hub: Hub, canister_id: Principal) -> int:
    """Bytes of a canister's heap."""
    code = surgery.canister(hub.replica, canister_id).code
    assert code is not None
    return int(code.heap_bytes)
