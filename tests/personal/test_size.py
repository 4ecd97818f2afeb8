"""A large capsule comes in by messages that are all far from their limit."""

from __future__ import annotations

import random
import re

import pytest

from tests.personal.bundle import MEBIBYTE, Bundle, chunks_of, new_bundle
from tests.personal.world import HUB, OWNER, Personal

HALF_OF_THE_LIMIT = 20 * 10**9
BUDGETS = {
    "put_memory_chunk": 800 * 10**6,
    "commit_memory": 800 * 10**6,
    "commit_gallery": 200 * 10**6,
    "finalize_import": 6 * 10**9,
}
"""Instructions of the most expensive call of each method, as this test calls it."""

MEMORIES = 2000
BATCH = 200
LARGE = random.Random(1).randbytes(30 * MEBIBYTE)


def many_memories() -> Bundle:
    bundle = new_bundle(OWNER)
    bundle.add("large", LARGE)
    for number in range(MEMORIES):
        content = random.Random(number).randbytes(2000)
        bundle.add(f"memory {number}", content, tags=["a", "b"], description="x" * 500)
    for first in range(0, MEMORIES, 100):
        bundle.gallery(*(memory["memory_id"] for memory in bundle.memories[first : first + 100]))
    return bundle


def most_instructions(personal: Personal) -> dict[str, int]:
    """What the most expensive call of each method has taken."""
    metrics = personal.get("/metrics").body.decode()
    found = re.findall(r'instructions_max\{method="(\w+)"\} (\d+)', metrics)
    return {method: int(instructions) for method, instructions in found}


@pytest.mark.slow
def test_no_message_comes_near_its_limit(empty: Personal) -> None:
    bundle, hub = many_memories(), empty.by(HUB)
    session = empty.begin(bundle)
    for piece in chunks_of(LARGE):
        hub.update("put_memory_chunk", session, [piece])
    small = [chunk for content in bundle.contents[1:] for chunk in chunks_of(content)]
    for first in range(0, MEMORIES, 500):
        hub.update("put_memory_chunk", session, small[first : first + 500])
    for first in range(0, MEMORIES + 1, BATCH):
        hub.update("commit_memory", session, bundle.memories[first : first + BATCH])
    for first in range(0, len(bundle.galleries), 10):
        hub.update("commit_gallery", session, bundle.galleries[first : first + 10])
    assert empty.finalize(session) == bundle.manifest
    costs = most_instructions(empty)
    assert {method for method, most in BUDGETS.items() if costs[method] > most} == set()
    assert max(costs.values()) < HALF_OF_THE_LIMIT
