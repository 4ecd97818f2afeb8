"""A creation costs what the formula says of which the documentation has a table."""

from __future__ import annotations

import random

import pytest

from ic_factory.protocol.principal import Principal
from ic_factory.replica.state.consumption import CyclesUse
from tests import surgery
from tests.backend.world import new_asset
from tests.creation.costs import User
from tests.creation.world import Hub

TOLERANCE = 0.05
INLINE = 32 * 1024
NEWCOMER = Principal.self_authenticating(b"somebody who has nothing yet")

pytestmark = pytest.mark.slow


def fill(owner: Hub, user: User) -> None:
    """A capsule with so many memories, of bytes that are all different."""
    owner.update("register")
    capsule = owner.capsule(name="holidays")
    noise = random.Random(user.size)
    for number in range(user.memories):
        content: bytes = noise.randbytes(user.size // user.memories)
        asset = new_asset(content if len(content) <= INLINE else owner.upload(content))
        owner.add(capsule, f"memory {number}", assets=[asset])


def consumed(hub: Hub, canister_id: Principal) -> int:
    """What a canister has consumed so far, but for its creation and users' calls."""
    uses = surgery.canister(hub.replica, canister_id).consumed
    apart = (CyclesUse.CANISTER_CREATION, CyclesUse.INGRESS_INDUCTION, CyclesUse.MEMORY)
    return sum(cycles for use, cycles in uses.items() if use not in apart)


@pytest.mark.parametrize(
    "user",
    [User(10, 100_000), User(100, 1_000_000), User(100, 10_000_000)],
    ids=lambda user: f"{user.memories} memories, {user.size} bytes",
)
def test_a_creation_consumes_what_the_formula_says(hub: Hub, user: User) -> None:
    owner = hub.by(NEWCOMER)
    fill(owner, user)
    before = consumed(owner, owner.canister_id)
    assert owner.run() == "Completed"
    personal = owner.personal().canister_id
    sending = consumed(owner, owner.canister_id) - before
    assert sending == pytest.approx(user.sending, rel=TOLERANCE)
    assert consumed(owner, personal) == pytest.approx(user.taking, rel=TOLERANCE)
    held = owner.replica._machine.subnet.held_bytes[personal]
    assert held == pytest.approx(user.held, rel=TOLERANCE)
