"""Specification: IC methods stop_canister, start_canister, uninstall_code, delete_canister."""

from __future__ import annotations

import pytest

from ic_factory.protocol.principal import Principal
from ic_factory.replica.rejects import Reject, Reply
from tests.canisters.universal import Hook, Program
from tests.conformance.management.actors import (
    MANAGEMENT,
    Refusal,
    Role,
    World,
    calling,
)
from tests.conformance.management.candid_arguments import argument

FIVE_MINUTES = 300 * 10**9
RUNNING, STOPPING, STOPPED = {"running": None}, {"stopping": None}, {"stopped": None}


def submit(world: World, method: str, canister_id: Principal | None = None) -> bytes:
    """Calls a method as the controller, and waits for nothing."""
    encoded = argument(method, canister_id=canister_id or world.target)
    request_id = world.replica.submit_direct(MANAGEMENT, method, encoded, world.controller)
    assert isinstance(request_id, bytes)
    world.replica.tick()
    return request_id


def rounds(world: World, count: int = 5) -> None:
    for _ in range(count):
        world.replica.tick()


def hold_open(world: World) -> bytes:
    """Makes the target wait for a canister that answers only when `release` was called.

    The other canister waits for the stopping of a canister that waits for itself.
    """
    holder = world.replica.create_canister(world.controller)
    world.manage(
        "install_code",
        canister_id=holder,
        mode={"install": None},
        wasm_module=world.module,
        arg=b"",
    )
    world.manage(
        "update_settings",
        canister_id=holder,
        settings={"controllers": [holder, world.controller]},
    )
    stop = argument("stop_canister", canister_id=holder)
    # The holder asks to be stopped and is not while this call of its own is open.
    waiting = calling("stop_canister", stop)
    program = Program().call(holder.bytes, "update", waiting.code)
    request_id = world.replica.submit_direct(world.target, "update", program.code)
    assert isinstance(request_id, bytes)
    rounds(world)
    assert world.replica.answer_of(request_id) is None
    HOLDERS[request_id] = holder
    return request_id


HOLDERS: dict[bytes, Principal] = {}


def release(world: World, held: bytes) -> None:
    """Lets the call that `hold_open` made come to its end: the stop is cancelled."""
    world.manage("start_canister", canister_id=HOLDERS.pop(held))
    rounds(world)
    assert isinstance(world.replica.answer_of(held), Reply)


# Stopping.


def test_an_idle_canister_stops_at_once(world: World):
    world.manage("stop_canister", canister_id=world.target)
    status = world.status()
    assert status["status"] == STOPPED
    assert status["ready_for_migration"] is True


def test_a_stopped_canister_takes_no_calls(world: World):
    world.manage("stop_canister", canister_id=world.target)
    answer = world.replica.update(world.target, "update", Program().reply().code)
    assert isinstance(answer, Reject)
    assert str(answer.error_code) == "IC0508"
    query = world.replica.query_call(world.target, "query", Program().reply().code)
    assert isinstance(query, Reject)
    assert str(query.error_code) == "IC0508"


def test_calls_of_canisters_to_a_stopped_one_are_rejected(world: World):
    world.manage("stop_canister", canister_id=world.target)
    program = Program().call(
        world.target.bytes,
        "update",
        b"",
        on_reject=Program().reply(
            Program().concat(
                Program().encode_int(Program().reject_code(), 1), Program().cycles_refunded()
            )
        ),
        cycles=77,
    )
    assert world.run(program, world.other) == b"\x05" + (77).to_bytes(16, "little")


def test_stopping_twice_is_fine(world: World):
    for _ in range(2):
        world.manage("stop_canister", canister_id=world.target)
    assert world.status()["status"] == STOPPED


def test_a_busy_canister_is_stopping_until_its_calls_are_over(world: World):
    held = hold_open(world)
    stopping = submit(world, "stop_canister")
    status = world.status()
    assert status["status"] == STOPPING
    assert status["ready_for_migration"] is False
    assert world.replica.answer_of(stopping) is None
    release(world, held)
    assert isinstance(world.replica.answer_of(stopping), Reply)
    assert world.status()["status"] == STOPPED


def test_a_stopping_canister_takes_no_calls_but_answers(world: World):
    held = hold_open(world)
    submit(world, "stop_canister")
    answer = world.replica.update(world.target, "update", Program().reply().code)
    assert isinstance(answer, Reject)
    assert str(answer.error_code) == "IC0509"
    program = Program().call(
        world.target.bytes,
        "update",
        b"",
        on_reject=Program().reply(Program().encode_int(Program().reject_code(), 1)),
    )
    assert world.run(program, world.other) == b"\x05"
    release(world, held)


def test_everybody_who_waits_for_the_stop_is_answered(world: World):
    held = hold_open(world)
    waiting = [submit(world, "stop_canister") for _ in range(3)]
    release(world, held)
    assert all(isinstance(world.replica.answer_of(each), Reply) for each in waiting)


def test_a_stop_that_takes_too_long_is_an_error(world: World):
    held = hold_open(world)
    stopping = submit(world, "stop_canister")
    world.replica.advance_time(FIVE_MINUTES + 10**9)
    rounds(world)
    answer = world.replica.answer_of(stopping)
    assert isinstance(answer, Reject)
    assert (int(answer.reject_code), str(answer.error_code)) == (2, "IC0206")
    HOLDERS.pop(held)


def test_starting_cancels_the_stop(world: World):
    held = hold_open(world)
    stopping = submit(world, "stop_canister")
    world.manage("start_canister", canister_id=world.target)
    rounds(world)
    answer = world.replica.answer_of(stopping)
    assert isinstance(answer, Reject)
    assert (int(answer.reject_code), str(answer.error_code)) == (5, "IC0511")
    assert world.status()["status"] == RUNNING
    release(world, held)


def test_a_canister_that_waits_gets_its_cycles_back(world: World):
    held = hold_open(world)
    encoded = argument("stop_canister", canister_id=world.target)
    program = calling("stop_canister", encoded, cycles=999)
    request_id = world.replica.submit_direct(world.manager, "update", program.code)
    assert isinstance(request_id, bytes)
    rounds(world)
    release(world, held)
    rounds(world)
    answer = world.replica.answer_of(request_id)
    assert isinstance(answer, Reply)
    assert answer.data[:17] == b"\x01" + (999).to_bytes(16, "little")


# Starting.


def test_a_stopped_canister_starts_where_it_was(world: World):
    world.run(Program().store_global(b"kept").reply())
    world.manage("stop_canister", canister_id=world.target)
    world.manage("start_canister", canister_id=world.target)
    assert world.status()["status"] == RUNNING
    assert world.run(Program().reply(Program().load_global())) == b"kept"


def test_starting_a_running_canister_is_fine(world: World):
    world.manage("start_canister", canister_id=world.target)
    assert world.status()["status"] == RUNNING


def test_no_timer_runs_while_stopped(world: World):
    later = world.replica.now + 10**9
    hook = Program().add_counter().drop()
    world.run(Program().set_hook(Hook.GLOBAL_TIMER, hook).set_global_timer(later).drop().reply())
    world.manage("stop_canister", canister_id=world.target)
    world.replica.advance_time(10**10)
    rounds(world)
    world.manage("start_canister", canister_id=world.target)
    rounds(world)
    assert world.counter() == 1


@pytest.mark.parametrize("method", ["stop_canister", "start_canister"])
def test_the_version_goes_up_each_time(world: World, method: str):
    before = world.status()["version"]
    world.manage(method, canister_id=world.target)
    assert world.status()["version"] > before


# Uninstalling.


def test_an_uninstalled_canister_is_empty(world: World):
    world.run(Program().set_certified_data(b"data").stable_grow(1).drop().reply())
    before = world.status()
    world.manage("uninstall_code", canister_id=world.target)
    after = world.status()
    assert after["module_hash"] == []
    assert after["memory_metrics"]["wasm_memory_size"] == 0
    assert after["memory_metrics"]["stable_memory_size"] == 0
    assert after["memory_metrics"]["wasm_binary_size"] == 0
    assert after["settings"] == before["settings"]
    assert after["version"] == before["version"] + 1
    assert before["cycles"] - after["cycles"] < 10**9


def test_calls_to_an_empty_canister_are_rejected(world: World):
    world.manage("uninstall_code", canister_id=world.target)
    answer = world.replica.update(world.target, "update", b"")
    assert isinstance(answer, Reject)
    assert (int(answer.reject_code), str(answer.error_code)) == (5, "IC0537")


def test_open_calls_are_rejected_and_their_callbacks_never_run(world: World):
    held = hold_open(world)
    world.manage("uninstall_code", canister_id=world.target)
    answer = world.replica.answer_of(held)
    assert isinstance(answer, Reject)
    assert (int(answer.reject_code), str(answer.error_code)) == (4, "IC0406")
    world.manage(
        "install_code",
        canister_id=world.target,
        mode={"install": None},
        wasm_module=world.module,
        arg=b"",
    )
    world.manage("start_canister", canister_id=HOLDERS.pop(held))
    rounds(world)
    assert world.counter() == 0
    assert world.run(Program().reply(b"fine")) == b"fine"


def test_uninstalling_an_empty_canister_is_fine(world: World):
    for _ in range(2):
        world.manage("uninstall_code", canister_id=world.target)


def test_a_canister_may_uninstall_itself(world: World):
    world.manage(
        "update_settings",
        canister_id=world.target,
        settings={"controllers": [world.target, world.controller]},
    )
    encoded = argument("uninstall_code", canister_id=world.target)
    answer = world.replica.update(world.target, "update", calling("uninstall_code", encoded).code)
    assert isinstance(answer, Reject)
    assert str(answer.error_code) == "IC0406"
    assert world.status()["module_hash"] == []


# Deleting.


def test_a_deleted_canister_is_gone(world: World):
    world.manage("stop_canister", canister_id=world.target)
    world.manage("delete_canister", canister_id=world.target)
    refusal = world.refused("canister_status", canister_id=world.target)
    assert (refusal.reject_code, refusal.error_code) == (3, "IC0301")
    answer = world.replica.update(world.target, "update", b"")
    assert isinstance(answer, Reject)
    assert (int(answer.reject_code), str(answer.error_code)) == (3, "IC0301")
    assert world.target not in [each.canister_id for each in world.replica.describe().canisters]


@pytest.mark.parametrize("role", [Role.CONTROLLER, Role.CONTROLLING_CANISTER])
def test_only_a_stopped_canister_is_deleted(world: World, role: Role):
    refusal = world.refused("delete_canister", role, canister_id=world.target)
    assert refusal.reject_code == 5
    assert refusal.error_code in (None, "IC0510")
    assert str(world.target) in refusal.message
    assert world.status()["status"] == RUNNING


def test_a_stopping_canister_is_not_deleted(world: World):
    held = hold_open(world)
    submit(world, "stop_canister")
    refusal = world.refused("delete_canister", canister_id=world.target)
    assert refusal.error_code == "IC0510"
    release(world, held)


def test_a_canister_can_not_delete_itself(world: World):
    world.manage(
        "update_settings",
        canister_id=world.target,
        settings={"controllers": [world.target, world.controller]},
    )
    answer = world.call(
        Role.ITSELF, "delete_canister", argument("delete_canister", canister_id=world.target)
    )
    assert isinstance(answer, Refusal)
    assert answer.reject_code == 5
    assert "itself" in answer.message
