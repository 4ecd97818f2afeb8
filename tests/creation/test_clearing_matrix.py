"""Each call of clearing a creation away goes wrong in each way: it is cleared all the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests import surgery
from tests.backend.world import ADMIN
from tests.creation import deeds
from tests.creation.cells import Cell, cells, run_to_rest, undone
from tests.creation.invariants import Before, check_completed, check_cycles, check_failed, records
from tests.creation.test_failure_matrix import CELLS, MATRIX, told
from tests.creation.world import TRILLION, Hub, Kept, picture_of

pytestmark = pytest.mark.slow

LEAST_CALLS = 7
MOST_GIVEN_UP = 100 * 10**9
"""What stays for the messages that bring the cycles back goes with the canister."""
GIVE_UP = frozenset({"rejected", "target stopped"})
"""Then the canister may be deleted with all that is in it."""
LOSE_AN_ANSWER = frozenset(
    {
        "trap in callback",
        "hub upgraded without asking",
        "hub upgraded without asking before the answer",
    }
)
"""The lost answer may be the one that says how many cycles came back."""


@pytest.mark.parametrize("name", [each for each in MATRIX if each != "started twice"])
def test_a_creation_is_cleared_whatever_happens(
    hub: Hub, kept: Kept, name: str, record_property: Callable[[str, object], None]
) -> None:
    deed, _ = MATRIX[name]
    before = Before.of(hub, kept)
    count = 0
    with surgery.message_by_message():
        hub.create()
        deeds.reject(next(cell for cell in cells(hub) if cell.method == "commit_connection"))
        run_to_rest(hub)
        hub.by(ADMIN).submit("clear_creation_state", hub.caller)
        hub.replica.tick()
        for cell in undone(hub):
            with told(cell, name):
                deed(cell)
                given_up = 2 * TRILLION if name in GIVE_UP else MOST_GIVEN_UP
                expected = replace(before, taken=cell.taken, given_up=given_up)
                check_cleared(cell, kept, expected, knows_all=name not in LOSE_AN_ANSWER)
            count += 1
    record_property(CELLS, count)
    assert count >= LEAST_CALLS


def check_cleared(cell: Cell, kept: Kept, before: Before, *, knows_all: bool) -> None:
    hub = cell.hub
    run_to_rest(hub)
    if hub.status() == "Failed":
        assert hub.error()[0] in ("ClearFailed", "ImportFailed")
        hub.by(ADMIN).update("clear_creation_state", hub.caller)
        run_to_rest(hub)
    assert hub.status() == "NotStarted"
    ((canister_id, record),) = records(hub).items()
    assert "Deleted" in record["status"]
    assert hub.describe(canister_id) is None
    if knows_all:
        check_cycles(hub, before)
    check_failed(hub, kept, before)
    before = replace(before, picture=picture_of(hub, kept))
    hub.create()
    run_to_rest(hub)
    if knows_all:
        check_cycles(hub, before)
    check_completed(hub, kept, before)
