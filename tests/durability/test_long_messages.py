"""What runs aside, over many rounds, has not happened yet in a snapshot; it is not lost there."""

from __future__ import annotations

import time

import pytest

from ic_factory.replica import HostClock, Replica, Reply
from tests.canisters.universal import Hook, Program
from tests.durability.worlds import BEATING_WASM, CONFIG, COUNT, SECOND, WASM, installed, number

SLOW = Program().busy_loop(3_000_000)
GET = Program().reply_int(Program().add_counter(0)).code


@pytest.fixture
def replica(engine):
    with Replica(CONFIG, HostClock(), engine) as replica:
        yield replica


def snapshot_while_aside(replica):
    deadline = time.monotonic() + 20
    while True:
        assert time.monotonic() < deadline
        with replica._rounds.lock:
            if replica._machine.scheduler.aside:
                return replica.snapshot()


def until(reached):
    deadline = time.monotonic() + 20
    while not reached():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def counter(replica, canister_id):
    return number(replica.query_call(canister_id, "query", GET))


def test_a_message_is_still_the_first_of_its_queue(replica):
    canister_id = installed(replica)
    replica.start()
    slow = SLOW.add_counter(1).drop().reply().code
    request_id = replica.submit_direct(canister_id, "update", slow)
    token = snapshot_while_aside(replica)
    until(lambda: replica.answer_of(request_id))
    replica.rewind(token)
    until(lambda: replica.answer_of(request_id))
    assert counter(replica, canister_id) == 1


@pytest.mark.parametrize("hook", [Hook.GLOBAL_TIMER, Hook.HEARTBEAT])
def test_a_task_of_the_system_is_still_due(replica, hook):
    canister_id = installed(replica, BEATING_WASM)
    task = SLOW.add_counter(1).drop()
    program = Program()
    if hook is Hook.GLOBAL_TIMER:
        # Due again and again, or it may have ended before anybody looks.
        task = task.set_global_timer(1).drop()
        program = program.set_global_timer(1).drop()
    program = program.set_hook(hook, task)
    replica.update(canister_id, "update", program.reply().code)
    replica.start()
    replica.advance_time(2 * SECOND)
    token = snapshot_while_aside(replica)
    until(lambda: counter(replica, canister_id) >= 1)
    replica.rewind(token)
    until(lambda: counter(replica, canister_id) >= 1)


def test_an_installation_is_still_asked_for(replica):
    canister_id = replica.create_canister()
    replica.start()
    from ic_factory.protocol.principal import Principal
    from ic_factory.replica.management.interface import encode_arguments

    fields = {
        "mode": {"install": None},
        "canister_id": canister_id,
        "wasm_module": WASM,
        "arg": SLOW.code,
    }
    request_id = replica.submit_direct(
        Principal.management_canister(), "install_code", encode_arguments("install_code", fields)
    )
    token = snapshot_while_aside(replica)
    until(lambda: replica.answer_of(request_id))
    replica.rewind(token)
    until(lambda: replica.answer_of(request_id))
    assert isinstance(replica.answer_of(request_id), Reply)
    assert number(replica.update(canister_id, "update", COUNT)) == 1
