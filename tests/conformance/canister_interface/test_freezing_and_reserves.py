"""Specification: "Canister cycles", "Canister out of cycles"; "Storage reservation" of the docs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from ic_factory.replica import Replica, ReplicaConfig
from ic_factory.replica.clock import FrozenClock
from ic_factory.replica.cycles import FeeTable
from ic_factory.replica.execution.engine import Engine
from ic_factory.replica.management.interface import SETTINGS, encode_arguments
from ic_factory.replica.rejects import ErrorCode, Payload, RejectCode
from tests.canisters.universal import Hook, Program
from tests.conformance.canister_interface.bills import balance, bill_for
from tests.conformance.canister_interface.canisters import (
    MANAGEMENT,
    OWNER,
    SECOND,
    START_TIME,
    STRANGER,
    TELL_REJECTION,
    Latch,
    Universal,
    answer_of,
    call_management,
    change_settings,
    make_universal,
    manage,
    rejected,
    replied,
)

T = 10**12
DAY = 86_400
MIB = 1024**2
FOREVER = 2**62


@pytest.fixture
def frozen(replica: Replica, alice: Universal) -> Universal:
    """A canister whose freezing threshold is beyond all that it has."""
    change_settings(replica, alice.canister_id, freezing_threshold=FOREVER)
    return alice


# A frozen canister.


def test_controllers_are_told_what_is_missing_and_others_are_not(frozen: Universal) -> None:
    told = rejected(
        frozen.update(Program().reply(), sender=OWNER), ErrorCode.CANISTER_OUT_OF_CYCLES
    )
    assert "please top up the canister with at least" in told
    others = rejected(
        frozen.update(Program().reply(), sender=STRANGER), ErrorCode.CANISTER_OUT_OF_CYCLES
    )
    assert others == f"Canister {frozen.canister_id} is out of cycles"


def test_a_canister_that_calls_it_is_rejected_and_has_its_cycles_back(
    replica: Replica, frozen: Universal, bob: Universal
) -> None:
    program = Program().call(
        frozen.bytes, "update", Program().reply().code, cycles=T, on_reject=TELL_REJECTION
    )
    before = balance(replica, bob.canister_id)
    told = replied(bob.update(program))
    assert told[0] == RejectCode.SYS_TRANSIENT
    assert b"is out of cycles" in told
    replica.tick()
    assert before - balance(replica, bob.canister_id) < T // 10


@pytest.mark.parametrize("method", ["start_canister", "stored_chunks", "canister_status"])
def test_its_owner_can_not_manage_it_by_calls_that_it_would_have_to_pay(
    replica: Replica, frozen: Universal, method: str
) -> None:
    payload = call_management(replica, method, frozen.canister_id)
    rejected(payload, ErrorCode.CANISTER_OUT_OF_CYCLES, frozen.canister_id)


def test_its_status_can_be_asked_for_by_a_query(frozen: Universal) -> None:
    assert frozen.status()["settings"]["freezing_threshold"] == FOREVER


def test_its_owner_can_thaw_it_by_its_settings(replica: Replica, frozen: Universal) -> None:
    bill = bill_for(
        replica,
        frozen.canister_id,
        lambda: change_settings(replica, frozen.canister_id, freezing_threshold=0),
    )
    assert bill.keys() == {"ingress_induction"}
    replied(frozen.update(Program().reply()))


def test_a_change_of_settings_that_is_too_long_to_be_paid_later_does_not_thaw_it(
    replica: Replica, frozen: Universal
) -> None:
    nothing: dict[str, Any] = {str(field.name): [] for field in SETTINGS.fields}
    variables = [{"name": str(n), "value": "x" * 100} for n in range(5)]
    settings = nothing | {"freezing_threshold": [0], "environment_variables": [variables]}
    argument = encode_arguments(
        "update_settings",
        {
            "canister_id": frozen.canister_id,
            "settings": settings,
            "sender_canister_version": [],
        },
    )
    payload: Payload = replica.update(MANAGEMENT, "update_settings", argument, OWNER)
    rejected(payload, ErrorCode.CANISTER_OUT_OF_CYCLES, frozen.canister_id)


@pytest.mark.parametrize("who", ["a canister", "a user"])
def test_anyone_can_top_it_up(replica: Replica, alice: Universal, bob: Universal, who: str) -> None:
    idle = alice.status()["idle_cycles_burned_per_day"]
    needed = balance(replica, alice.canister_id) + T
    change_settings(replica, alice.canister_id, freezing_threshold=needed * DAY // idle)
    rejected(alice.update(Program().reply()), ErrorCode.CANISTER_OUT_OF_CYCLES)
    argument = encode_arguments("deposit_cycles", {"canister_id": alice.canister_id})
    deposit = Program().call(MANAGEMENT.bytes, "deposit_cycles", argument, cycles=20 * T)
    if who == "a canister":
        replied(bob.update(deposit))
    else:
        manage(replica, "provisional_top_up_canister", alice.canister_id, amount=20 * T)
    replied(alice.update(Program().reply()))


def test_its_timers_and_heartbeats_wait(replica: Replica, alice: Universal) -> None:
    alice.set_hook(Hook.GLOBAL_TIMER, Program().add_counter(1).drop())
    alice.do(Program().set_global_timer(replica.now + SECOND).drop())
    change_settings(replica, alice.canister_id, freezing_threshold=FOREVER)
    replica.advance_time(5 * SECOND)
    assert bill_for(replica, alice.canister_id, replica.tick) == {}
    change_settings(replica, alice.canister_id, freezing_threshold=0)
    replica.tick()
    assert alice.ask_int(Program().add_counter(0)) == 1


def test_it_goes_on_paying_for_what_it_holds(replica: Replica, frozen: Universal) -> None:
    def wait() -> None:
        replica.advance_time(DAY * SECOND)

    assert bill_for(replica, frozen.canister_id, wait).keys() == {"memory"}


def test_a_canister_freezes_when_its_balance_is_below_what_the_threshold_needs(
    replica: Replica, alice: Universal
) -> None:
    idle = alice.status()["idle_cycles_burned_per_day"]
    seconds = balance(replica, alice.canister_id) * DAY // idle
    change_settings(replica, alice.canister_id, freezing_threshold=seconds * 11 // 10)
    rejected(alice.update(Program().reply()), ErrorCode.CANISTER_OUT_OF_CYCLES)
    change_settings(replica, alice.canister_id, freezing_threshold=seconds * 9 // 10)
    # What the longest message could cost must be there besides.
    replied(alice.update(Program().reply()))


# A canister without cycles.


def test_one_that_can_not_pay_loses_its_code_its_calls_and_its_history(
    replica: Replica, bob: Universal
) -> None:
    poor = make_universal(replica, cycles=T)
    latch = Latch(poor)
    change_settings(replica, poor.canister_id, freezing_threshold=0)
    request_id = bob.submit(latch.call(cycles=T, on_reject=TELL_REJECTION))
    replica.tick()
    total = changes(replica, bob, poor)
    replica.advance_time(10**5 * DAY * SECOND)
    told = replied(answer_of(replica, request_id))
    assert told[0] == RejectCode.CANISTER_REJECT
    assert b"uninstalled" in told
    status = poor.status()
    # What it had set aside for a call of its own has come back since.
    assert status["cycles"] < 50 * 10**9
    assert status["reserved_cycles"] == 0
    assert status["module_hash"] == []
    assert changes(replica, bob, poor) == total, "the number of changes is kept"
    assert status["memory_metrics"]["canister_history_size"] == 0


def changes(replica: Replica, asker: Universal, canister: Universal) -> int:
    """How many changes the history of a canister has ever had."""
    subnet = replica._machine.subnet
    return subnet.canisters[canister.canister_id].total_num_changes


def test_what_was_left_is_gone_by_its_uninstallation(replica: Replica) -> None:
    poor = make_universal(replica, cycles=T)
    change_settings(replica, poor.canister_id, freezing_threshold=0)
    bill = bill_for(replica, poor.canister_id, lambda: replica.advance_time(10**5 * DAY * SECOND))
    assert bill.keys() == {"uninstall"}


# A subnet that is nearly full.

GIB = 1024**3
SCARCE = ReplicaConfig(subnet_memory_bytes=GIB, storage_reservation_threshold=0)
FEES = FeeTable()


@pytest.fixture
def scarce(engine: Engine) -> Iterator[Replica]:
    """A subnet on which all memory is paid ahead."""
    with Replica(SCARCE, FrozenClock(START_TIME), engine) as replica:
        yield replica


def used(replica: Replica) -> int:
    """Bytes that all canisters hold."""
    return sum(canister.memory_bytes for canister in replica.describe().canisters)


def ahead(before: int, after: int) -> int:
    """What is set aside where the subnet comes to hold `after` bytes instead of `before`."""
    return FEES.storage_reservation(after, 0, GIB) - FEES.storage_reservation(before, 0, GIB)


def test_memory_is_paid_ahead_by_its_scarcity(scarce: Replica) -> None:
    """10 years and more for the last byte, nothing for the first."""
    alice = make_universal(scarce, cycles=10**16)
    change_settings(scarce, alice.canister_id, reserved_cycles_limit=10**17)
    reserved, before = alice.status()["reserved_cycles"], used(scarce)
    alice.do(Program().stable_grow(1000).drop())
    expected = ahead(before, used(scarce))
    assert alice.status()["reserved_cycles"] - reserved == expected
    price_of_a_byte = expected * GIB / (1000 * 65536) / 127_000
    assert 0 < price_of_a_byte < 300_000_000
    assert FEES.storage_reservation(GIB, 0, GIB) == 127_000 * 150_000_000


def test_reserved_cycles_pay_for_storage_first(scarce: Replica) -> None:
    alice = make_universal(scarce, cycles=10**16)
    change_settings(scarce, alice.canister_id, reserved_cycles_limit=10**17)
    alice.do(Program().stable_grow(1000).drop())
    scarce.advance_time(20 * SECOND)
    scarce.tick()
    before = alice.status()
    scarce.advance_time(DAY * SECOND)
    scarce.tick()
    after = alice.status()
    paid = before["reserved_cycles"] - after["reserved_cycles"]
    assert paid == before["idle_cycles_burned_per_day"]
    assert after["cycles"] == before["cycles"]


def test_reserved_cycles_count_for_the_freezing_threshold(scarce: Replica) -> None:
    alice = make_universal(scarce, cycles=10**15)
    change_settings(scarce, alice.canister_id, reserved_cycles_limit=10**17)
    alice.do(Program().stable_grow(3000).drop())
    status = alice.status()
    needed = status["idle_cycles_burned_per_day"] * status["settings"]["freezing_threshold"] // DAY
    assert status["reserved_cycles"] > needed
    alice.do(Program().burn_cycles(2**100).drop())
    assert alice.status()["cycles"] < 50 * 10**9


@pytest.mark.parametrize("grow", [Program().stable_grow, Program().memory_grow])
def test_no_more_is_reserved_than_the_canister_allows(scarce: Replica, grow: Any) -> None:
    alice = make_universal(scarce, cycles=10**16)
    limit = alice.status()["reserved_cycles"] + 10**9
    change_settings(scarce, alice.canister_id, reserved_cycles_limit=limit)
    payload = alice.update(grow(2000).drop().reply())
    rejected(
        payload,
        ErrorCode.RESERVED_CYCLES_LIMIT_EXCEEDED_IN_MEMORY_GROW,
        f"due to its reserved cycles limit. The current limit ({limit}) would be exceeded by",
    )
    replied(alice.update(grow(1).drop().reply()))


def test_an_allocation_is_paid_ahead_or_refused(scarce: Replica) -> None:
    alice = make_universal(scarce, cycles=10**16)
    change_settings(scarce, alice.canister_id, reserved_cycles_limit=10**17)
    reserved, before = alice.status()["reserved_cycles"], used(scarce)
    change_settings(scarce, alice.canister_id, memory_allocation=100 * MIB)
    assert alice.status()["reserved_cycles"] - reserved == ahead(before, 100 * MIB)
    with pytest.raises(AssertionError, match="RESERVED_CYCLES_LIMIT_EXCEEDED_IN_MEMORY_ALLOCATION"):
        change_settings(
            scarce,
            alice.canister_id,
            memory_allocation=900 * MIB,
            reserved_cycles_limit=alice.status()["reserved_cycles"],
        )
    with pytest.raises(AssertionError, match="RESERVED_CYCLES_LIMIT_IS_TOO_LOW"):
        change_settings(scarce, alice.canister_id, reserved_cycles_limit=5)


def test_chunks_snapshots_and_code_are_paid_ahead(scarce: Replica) -> None:
    alice = make_universal(scarce, cycles=10**16)
    change_settings(scarce, alice.canister_id, reserved_cycles_limit=10**17)
    assert alice.status()["reserved_cycles"] > 0, "code"
    reserved, before = alice.status()["reserved_cycles"], used(scarce)
    manage(scarce, "upload_chunk", alice.canister_id, chunk=b"x")
    assert alice.status()["reserved_cycles"] - reserved == ahead(before, used(scarce))
    reserved, before = alice.status()["reserved_cycles"], used(scarce)
    manage(
        scarce,
        "take_canister_snapshot",
        alice.canister_id,
        replace_snapshot=[],
        uninstall_code=[],
        sender_canister_version=[],
    )
    assert alice.status()["reserved_cycles"] - reserved == ahead(before, used(scarce))


def test_reserved_cycles_do_not_come_back(scarce: Replica) -> None:
    alice = make_universal(scarce, cycles=10**16)
    manage(scarce, "upload_chunk", alice.canister_id, chunk=b"x")
    reserved = alice.status()["reserved_cycles"]
    manage(scarce, "clear_chunk_store", alice.canister_id)
    assert alice.status()["reserved_cycles"] == reserved > 0
