"""Each call of a creation going wrong in each way: it is completed, now or at the next attempt."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from ic_factory.canisters import personal_wasm
from tests import surgery
from tests.conformance.custom_sections import with_custom_sections
from tests.creation import deeds
from tests.creation.cells import Cell, run_to_rest, undone
from tests.creation.deeds import Deed
from tests.creation.invariants import Before, check_completed, check_cycles, check_failed
from tests.creation.world import Hub, Kept, picture_of

pytestmark = pytest.mark.slow

LEAST_CALLS = 14
"""As many calls as a creation of this capsule needs at least."""

ERRORS = {
    "Creating": "CreateFailed",
    "Installing": "InstallFailed",
    "Importing": "ImportFailed",
    "Verifying": "VerifyFailed",
    "HandingOff": "HandoffFailed",
}
"""What a stage fails of."""

Verdict = Callable[[Cell], set[str]]


def completed(cell: Cell) -> set[str]:
    return {"Completed"}


def lost(cell: Cell) -> set[str]:
    """Only the id of a canister can't be asked for again."""
    return {"CreateFailed"} if cell.method == "create_canister" else {"Completed"}


def refused(cell: Cell) -> set[str]:
    """Chunks may be left behind; and a hand-off is made until it is seen to be made."""
    if cell.method == "clear_chunk_store" or cell.stage == "HandingOff":
        return {"Completed"}
    return {ERRORS[cell.stage]}


def too_poor(cell: Cell) -> set[str]:
    """How far a canister comes with no cycles depends on what is free of charge."""
    return {"Completed", "ReserveInsufficient", *ERRORS.values()}


MATRIX: dict[str, tuple[Deed, Verdict]] = {
    "rejected": (deeds.reject, refused),
    "rejected for the moment": (deeds.put_off, completed),
    "trap in callback": (deeds.trap_in_callback, lost),
    "target stopped": (deeds.stop_target, completed),
    "personal canister out of cycles": (deeds.drain_target, too_poor),
    "hub out of cycles": (deeds.drain_hub, too_poor),
    "hub stopped and started": (deeds.restart_hub, completed),
    "hub upgraded": (deeds.upgrade_hub, completed),
    "hub upgraded without asking": (deeds.upgrade_hub_regardless, lost),
    "hub upgraded without asking before the answer": (deeds.upgrade_hub_before_the_answer, lost),
    "started twice": (deeds.ask_again, completed),
}

NEED_A_TARGET = frozenset({"target stopped", "personal canister out of cycles"})


@pytest.mark.parametrize("name", MATRIX)
def test_a_creation_is_completed_whatever_happens(
    hub: Hub, kept: Kept, name: str, record_property: Callable[[str, object], None]
) -> None:
    deed, verdict = MATRIX[name]
    before = Before.of(hub, kept)
    hub.create()
    count = 0
    with surgery.message_by_message():
        for cell in undone(hub):
            if name in NEED_A_TARGET and cell.target is None:
                continue
            with told(cell, name):
                run_cell(cell, kept, before, deed, verdict)
            count += 1
    record_property("cells of the failure matrix", count)
    assert count >= LEAST_CALLS - (name in NEED_A_TARGET)


@contextmanager
def told(cell: Cell, name: str) -> Iterator[None]:
    """Says at which call it was that a check failed."""
    try:
        yield
    except BaseException as error:
        error.add_note(f"at call {cell.number}, {cell.method} ({cell.stage}): {name}")
        raise


def run_cell(cell: Cell, kept: Kept, before: Before, deed: Deed, verdict: Verdict) -> None:
    hub = cell.hub
    before = Before(before.hub_cycles, before.picture, cell.taken)
    deed(cell)
    run_to_rest(hub)
    outcomes = verdict(cell)
    unknown = 0
    if hub.status() == "Failed":
        kind, fields = hub.error()
        unknown = int(fields.get("is_answer_lost", False))
        assert kind in outcomes, fields
        check_cycles(hub, before, unknown)
        check_failed(hub, kept, before)
        before = Before(before.hub_cycles, picture_of(hub, kept), cell.taken)
        hub.create()
        run_to_rest(hub)
    else:
        assert "Completed" in outcomes
    check_cycles(hub, before, unknown)
    deeds.set_right(cell)
    check_completed(hub, kept, before)
