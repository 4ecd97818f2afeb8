"""Specification: "Heartbeat", "Global timer"."""

from __future__ import annotations

import pytest

from ic_factory.replica import Replica
from ic_factory.replica.rejects import ErrorCode
from tests.canisters.universal import Hook, Program
from tests.conformance.canister_interface.canisters import (
    SECOND,
    Universal,
    change_settings,
    full_universal,
    install,
    make_universal,
    manage,
    rejected,
    replied,
    stopping,
)

COUNT = Program().add_counter().drop()


@pytest.fixture
def canister(replica: Replica) -> Universal:
    """A canister with all entry points."""
    return make_universal(replica, full_universal())


def counted(canister: Universal) -> int:
    return canister.ask_int(Program().add_counter(0))


def set_timer(canister: Universal, time: int) -> int:
    """Sets the timer, and gives what it was set to."""
    data = replied(canister.update(Program().reply_int(Program().set_global_timer(time))))
    return int.from_bytes(data, "little")


def pass_time(replica: Replica, seconds: int) -> None:
    replica.advance_time(seconds * SECOND)
    replica.tick()


def test_heartbeats_come_again_and_again(replica: Replica, canister: Universal) -> None:
    canister.set_hook(Hook.HEARTBEAT, COUNT)
    seen = counted(canister)
    for _ in range(5):
        pass_time(replica, 5)
        assert counted(canister) == seen + 1
        seen += 1


def test_heartbeats_may_make_calls(replica: Replica, canister: Universal, bob: Universal) -> None:
    told = Program().store_global(b"told").reply()
    back = Program().store_global(b"called back")
    canister.set_hook(Hook.HEARTBEAT, Program().call(bob.bytes, "update", told.code, on_reply=back))
    pass_time(replica, 5)
    assert bob.heap() == b"told"
    assert canister.heap() == b"called back"


@pytest.mark.parametrize("status", ["stopped", "frozen", "empty"])
def test_no_heartbeats_where_a_canister_does_not_run(
    replica: Replica, canister: Universal, status: str
) -> None:
    canister.set_hook(Hook.HEARTBEAT, Program().debug_print(b"beat"))
    pass_time(replica, 5)
    beats = canister.logs.count(b"beat")
    assert beats > 0
    if status == "stopped":
        manage(replica, "stop_canister", canister.canister_id)
    elif status == "frozen":
        change_settings(replica, canister.canister_id, freezing_threshold=2**62)
    else:
        manage(replica, "uninstall_code", canister.canister_id)
        beats = 0
    pass_time(replica, 5)
    assert canister.logs.count(b"beat") == beats


def test_the_timer_fires_once_when_its_time_has_come(replica: Replica, canister: Universal) -> None:
    canister.set_hook(Hook.GLOBAL_TIMER, COUNT)
    set_timer(canister, replica.now + 10 * SECOND)
    pass_time(replica, 9)
    assert counted(canister) == 0
    pass_time(replica, 2)
    assert counted(canister) == 1
    pass_time(replica, 100)
    assert counted(canister) == 1


def test_setting_the_timer_gives_what_it_was_set_to(canister: Universal) -> None:
    assert set_timer(canister, 2**63) == 0
    assert set_timer(canister, 2**64 - 1) == 2**63
    assert set_timer(canister, 0) == 2**64 - 1
    assert set_timer(canister, 0) == 0


def test_zero_switches_the_timer_off(replica: Replica, canister: Universal) -> None:
    canister.set_hook(Hook.GLOBAL_TIMER, COUNT)
    set_timer(canister, replica.now + SECOND)
    set_timer(canister, 0)
    pass_time(replica, 10)
    assert counted(canister) == 0


def test_a_timer_in_the_past_fires_at_once(replica: Replica, canister: Universal) -> None:
    canister.set_hook(Hook.GLOBAL_TIMER, COUNT)
    set_timer(canister, 1)
    replica.tick()
    assert counted(canister) == 1


def test_a_timer_is_off_while_it_runs(replica: Replica, canister: Universal) -> None:
    tell = Program().store_global(Program().encode_int(Program().set_global_timer(0)))
    canister.set_hook(Hook.GLOBAL_TIMER, tell)
    set_timer(canister, replica.now + SECOND)
    pass_time(replica, 2)
    assert canister.heap() == bytes(8)


def test_a_timer_may_set_itself_again(replica: Replica, canister: Universal) -> None:
    again = Program().set_global_timer(Program().add(Program().time(), 10 * SECOND)).drop()
    canister.set_hook(Hook.GLOBAL_TIMER, COUNT.then(again))
    set_timer(canister, replica.now + 10 * SECOND)
    for expected in (1, 2, 3):
        pass_time(replica, 11)
        assert counted(canister) == expected


def test_a_timer_that_traps_is_off(replica: Replica, canister: Universal) -> None:
    again = Program().set_global_timer(Program().add(Program().time(), SECOND)).drop()
    canister.set_hook(Hook.GLOBAL_TIMER, again.debug_print(b"fired").trap(b"no more"))
    set_timer(canister, replica.now + SECOND)
    pass_time(replica, 2)
    pass_time(replica, 10)
    assert canister.logs.count(b"fired") == 1
    assert set_timer(canister, 0) == 0


@pytest.mark.parametrize("mode", ["reinstall", "upgrade"])
def test_an_installation_switches_the_timer_off(
    replica: Replica, canister: Universal, mode: str
) -> None:
    set_timer(canister, 2**63)
    replied(install(replica, canister.canister_id, full_universal(), b"", mode))
    assert set_timer(canister, 0) == 0


@pytest.mark.parametrize("mode", ["reinstall", "upgrade"])
def test_an_installation_may_set_the_timer(
    replica: Replica, canister: Universal, mode: str
) -> None:
    set_timer(canister, 2**63)
    tell = Program().store_global(Program().encode_int(Program().set_global_timer(2**62)))
    replied(install(replica, canister.canister_id, full_universal(), tell.code, mode))
    assert canister.heap() == bytes(8)
    assert set_timer(canister, 0) == 2**62


def test_a_failed_upgrade_leaves_the_timer(replica: Replica, canister: Universal) -> None:
    set_timer(canister, 2**63)
    trap = Program().set_global_timer(2**62).drop().trap()
    payload = install(replica, canister.canister_id, full_universal(), trap.code, "upgrade")
    rejected(payload, ErrorCode.CANISTER_CALLED_TRAP)
    assert set_timer(canister, 0) == 2**63


def test_a_stopped_canister_gets_its_timer_when_it_runs_again(
    replica: Replica, canister: Universal
) -> None:
    canister.set_hook(Hook.GLOBAL_TIMER, COUNT)
    set_timer(canister, replica.now + SECOND)
    manage(replica, "stop_canister", canister.canister_id)
    pass_time(replica, 2)
    manage(replica, "start_canister", canister.canister_id)
    replica.tick()
    assert counted(canister) == 1


def test_a_module_without_the_hook_keeps_its_timer(replica: Replica, alice: Universal) -> None:
    assert set_timer(alice, 2**63) == 0
    assert set_timer(alice, 0) == 2**63


def test_timers_of_many_canisters_fire_at_their_times(replica: Replica) -> None:
    canisters = [make_universal(replica, full_universal()) for _ in range(4)]
    start = replica.now
    for number, canister in enumerate(canisters):
        canister.set_hook(Hook.GLOBAL_TIMER, COUNT)
        set_timer(canister, start + (number + 1) * 100 * SECOND)
    for number in range(4):
        pass_time(replica, 105)
        fired = [counted(canister) for canister in canisters]
        assert fired == [1] * (number + 1) + [0] * (3 - number)


def test_a_task_does_not_hinder_a_stop(replica: Replica, canister: Universal) -> None:
    canister.set_hook(Hook.HEARTBEAT, COUNT)
    stop = stopping(canister)
    pass_time(replica, 5)
    replica.tick()
    replied(replica.answer_of(stop))
