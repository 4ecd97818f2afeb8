"""Each call of a creation going wrong in each way: it is completed, now or at the next attempt."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import takewhile

import pytest

from ic_factory.canisters import personal_wasm
from ic_factory.protocol.principal import Principal
from tests import surgery
from tests.backend.world import ADMIN
from tests.conformance.custom_sections import with_custom_sections
from tests.creation import deeds
from tests.creation.cells import Cell, cells, run_to_rest, undone
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
    """A hand-off is made until it is seen to be made, and chunks may be left behind."""
    if cell.stage == "HandingOff":
        return {"Completed"}
    if cell.method == "clear_chunk_store":
        return {"Completed", "InstallFailed"}
    if cell.stage == "Creating" and cell.target is not None:
        return {"Completed", "InstallFailed"}
    return {ERRORS[cell.stage]}


def too_poor(cell: Cell) -> set[str]:
    """How far it comes with no cycles depends on what is free of charge."""
    later = list(ERRORS)[list(ERRORS).index(cell.stage) :]
    return {"Completed", "ReserveInsufficient", *(ERRORS[stage] for stage in later)}


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


def second_attempt(hub: Hub) -> tuple[dict[Principal, int], str]:
    """The first one failed late, and its canister has stopped, with no cycles left."""
    hub.create()
    cell = next(cell for cell in cells(hub) if cell.method == "commit_connection")
    deeds.reject(cell)
    run_to_rest(hub)
    deeds.drain_target(cell)
    deeds.stop_target(cell)
    hub.create()
    return cell.taken, "upload_chunk"


def stopped_attempt(hub: Hub) -> tuple[dict[Principal, int], str]:
    """The canister was stopped, which the hub is about to find out."""
    hub.create()
    cell = next(cell for cell in cells(hub) if cell.method == "commit_gallery")
    deeds.stop_target(cell)
    deeds.run_to_answer(cell)
    return {}, "commit_gallery"


BEGINNINGS = {"second attempt": second_attempt, "stopped attempt": stopped_attempt}
"""Ways to where the hub makes other calls: until which one, and cycles that were taken away."""

Recorder = Callable[[str, object], None]
CELLS = "cells of the failure matrix"


@pytest.mark.parametrize("name", MATRIX)
def test_a_creation_is_completed_whatever_happens(
    hub: Hub, kept: Kept, name: str, record_property: Recorder
) -> None:
    before = Before.of(hub, kept)
    with surgery.message_by_message():
        hub.create()
        count = run_cells(undone(hub), kept, before, name)
    record_property(CELLS, count)
    assert count >= LEAST_CALLS - (name in NEED_A_TARGET)


@pytest.mark.parametrize("name", MATRIX)
@pytest.mark.parametrize("beginning", BEGINNINGS)
def test_a_creation_that_was_interrupted_before_is_completed_whatever_happens(
    hub: Hub, kept: Kept, name: str, beginning: str, record_property: Recorder
) -> None:
    before = Before.of(hub, kept)
    with surgery.message_by_message():
        taken, until = BEGINNINGS[beginning](hub)
        news = takewhile(lambda cell: cell.method != until, undone(hub))
        cells = (replace(cell, taken=dict(taken)) for cell in news)
        count = run_cells(cells, kept, before, name)
    record_property(CELLS, count)
    assert count >= 2


MODULES = {
    "another module": (with_custom_sections(personal_wasm(), {"icp:private version": b"2"}), False),
    "no module": (b"\0asm no module at all", True),
}
"""What an admin sets instead, and whether an installation fails of it."""


@pytest.mark.parametrize("name", MODULES)
def test_a_creation_keeps_to_the_module_that_it_has_begun_with(
    hub: Hub, kept: Kept, name: str, record_property: Recorder
) -> None:
    module, is_broken = MODULES[name]
    sound, other = hub.upload_module(personal_wasm()), hub.upload_module(module)
    before = Before.of(hub, kept)
    count = 0
    with surgery.message_by_message():
        hub.create()
        for cell in undone(hub):
            is_chosen = cell.method != "create_canister"
            with told(cell, name):
                deeds.choose_module(other)(cell)
                run_to_rest(hub)
                assert hub.status() == ("Failed" if is_broken and not is_chosen else "Completed")
                if hub.status() == "Failed":
                    assert hub.error()[0] == "InstallFailed"
                    check_cycles(hub, before)
                    hub.choose_module(sound)
                    hub.create()
                    run_to_rest(hub)
                check_cycles(hub, before)
                check_completed(hub, kept, before)
                receipt = hub.verified_receipt()
                expected = personal_wasm() if is_chosen or is_broken else module
                assert receipt["module_hash"] == hashlib.sha256(expected).digest()
            count += 1
    record_property(CELLS, count)
    assert count >= LEAST_CALLS


TAKINGS = {
    "taken by its user": (deeds.take_target, False),
    "deleted by its user": (deeds.delete_target, True),
}


@pytest.mark.parametrize("name", TAKINGS)
def test_who_takes_the_canister_before_it_is_done_gets_another_by_an_admin_alone(
    hub: Hub, kept: Kept, name: str, record_property: Recorder
) -> None:
    deed, is_deleted = TAKINGS[name]
    before = Before.of(hub, kept)
    count = 0
    with surgery.message_by_message():
        hub.create()
        for cell in undone(hub):
            if cell.target is None or (is_deleted and waits(cell)):
                continue
            with told(cell, name):
                run_taken(cell, kept, replace(before, taken=cell.taken), deed, is_deleted)
            count += 1
    record_property(CELLS, count)
    assert count >= LEAST_CALLS - 2


def waits(cell: Cell) -> bool:
    """Whether the canister has calls of its own under way, so that it can't be deleted."""
    assert cell.target is not None
    return bool(surgery.canister(cell.replica, cell.target).callbacks)


def run_taken(cell: Cell, kept: Kept, before: Before, deed: Deed, is_deleted: bool) -> None:
    hub = cell.hub
    deed(cell)
    run_to_rest(hub)
    if cell.stage == "HandingOff" and not is_deleted:
        # The capsule is its user's, and so is what they do with it.
        assert hub.status() == "Completed"
        check_cycles(hub, before)
        return
    kind, fields = hub.error()
    assert (kind, fields["is_deleted"]) == ("CanisterTaken", is_deleted)
    check_cycles(hub, before)
    check_failed(hub, kept, before)
    assert hub.refused("create_personal_canister", []).fields.keys() == {"CanisterTaken"}
    assert hub.by(ADMIN).update("clear_creation_state", hub.caller)["is_cleared"]
    before = replace(before, picture=picture_of(hub, kept))
    hub.create()
    run_to_rest(hub)
    check_cycles(hub, before)
    check_completed(hub, kept, before)


def run_cells(cells: Iterable[Cell], kept: Kept, before: Before, name: str) -> int:
    """Does a deed at each call; how many there were."""
    deed, verdict = MATRIX[name]
    count = 0
    for cell in cells:
        if name in NEED_A_TARGET and cell.target is None:
            continue
        with told(cell, name):
            run_cell(cell, kept, before, deed, verdict)
        count += 1
    return count


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
