"""Personal canisters that mean ill or are broken: none is handed over."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from ic_factory.canisters import personal_wasm
from tests.creation.cells import run_to_rest
from tests.creation.invariants import Before, check_completed, check_cycles, check_failed
from tests.creation.world import Hub, Kept, picture_of

pytestmark = pytest.mark.slow

FAULTY = Path(__file__).parents[1] / "canisters" / "personal_faulty.wasm.gz"
MARK = b"personal canister fault: "
FAULTS = {"byte": "VerifyFailed", "lost": "VerifyFailed", "lies": "ApiVersionMismatch"}


def faulty(fault: str) -> bytes:
    """The module with a fault, which takes the place of `none` in it."""
    module = gzip.decompress(FAULTY.read_bytes())
    assert module.count(MARK + b"none...") == 1
    return module.replace(MARK + b"none...", MARK + fault.encode() + b"...")


@pytest.mark.parametrize("fault", FAULTS)
def test_a_canister_with_a_fault_is_not_handed_over(hub: Hub, kept: Kept, fault: str) -> None:
    hub.set_module(faulty(fault))
    before = Before.of(hub, kept)
    hub.create()
    run_to_rest(hub)
    assert hub.status() == "Failed"
    kind, _ = hub.error()
    assert kind == FAULTS[fault]
    (canister_id,) = hub.details()["personal_canister_id"]
    described = hub.describe(canister_id)
    assert described is not None
    assert hub.canister_id in described.controllers
    check_cycles(hub, before)
    check_failed(hub, kept, before)
    hub.set_module(personal_wasm())
    before = Before(hub.cycles, picture_of(hub, kept))
    hub.create()
    run_to_rest(hub)
    check_completed(hub, kept, before)


def test_without_a_fault_the_same_module_passes(hub: Hub, kept: Kept) -> None:
    hub.set_module(faulty("none"))
    before = Before.of(hub, kept)
    hub.create()
    run_to_rest(hub)
    check_completed(hub, kept, before)
