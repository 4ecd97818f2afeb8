"""The table of costs in the documentation is what the replica charges."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from ic_factory.protocol.principal import Principal
from ic_factory.replica.state.consumption import CyclesUse
from tests.backend.world import new_asset
from tests.creation.costs import User, rows
from tests.creation.world import Hub
from tests.factory import surgery

GUIDE = Path(__file__).parents[2] / "docs" / "personal-canisters.md"
TOLERANCE = 0.05
INLINE = 32 * 1024
NEWCOMER = Principal.self_authenticating(b"somebody who has nothing yet")

pytestmark = pytest.mark.slow


def filled(hub: Hub, user: User) -> Hub:
    """A new user whose capsule has so many memories, of bytes that are all different."""
    owner = hub.registered(hub.caller)
    capsule = owner.capsule(name="holidays")
    noise = random.Random(user.size)
    for number in range(user.memories):
        content: bytes = noise.randbytes(user.size // user.memories)
        asset = new_asset(content if len(content) <= INLINE else owner.upload(content))
        owner.add(capsule, f"memory {number}", assets=[asset])
    return owner


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
    owner = filled(hub.by(NEWCOMER), user)
    before = consumed(owner, owner.canister_id)
    assert owner.run() == "Completed"
    personal = owner.personal().canister_id
    sending = consumed(owner, owner.canister_id) - before
    assert sending == pytest.approx(user.sending, rel=TOLERANCE)
    assert consumed(owner, personal) == pytest.approx(user.taking, rel=TOLERANCE)
    held = owner.replica._machine.subnet.held_bytes[personal]
    assert held == pytest.approx(user.held, rel=TOLERANCE)


def test_the_table_in_the_documentation_is_the_formulas() -> None:
    shown = GUIDE.read_text("utf-8").splitlines()
    assert [row for row in rows() if row not in shown] == []
