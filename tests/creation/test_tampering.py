"""Personal canisters that mean ill or are broken: none is handed over."""

from __future__ import annotations

import pytest

from ic_factory.canisters import personal_wasm
from tests.canisters.faulty import Fault, faulty_personal_wasm
from tests.creation.cells import run_to_rest
from tests.creation.invariants import Before, check_completed, check_cycles, check_failed
from tests.creation.world import Hub, Kept, picture_of

pytestmark = pytest.mark.slow

ERRORS = {
    Fault.STORES_A_WRONG_BYTE: "VerifyFailed",
    Fault.LOSES_A_MEMORY: "VerifyFailed",
    Fault.LIES_ABOUT_ITS_VERSION: "ApiVersionMismatch",
}


@pytest.mark.parametrize("fault", ERRORS)
def test_a_canister_with_a_fault_is_not_handed_over(hub: Hub, kept: Kept, fault: Fault) -> None:
    hub.set_module(faulty_personal_wasm(fault))
    before = Before.of(hub, kept)
    hub.create()
    run_to_rest(hub)
    assert hub.status() == "Failed"
    kind, _ = hub.error()
    assert kind == ERRORS[fault]
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
    hub.set_module(faulty_personal_wasm(Fault.NONE))
    before = Before.of(hub, kept)
    hub.create()
    run_to_rest(hub)
    check_completed(hub, kept, before)
