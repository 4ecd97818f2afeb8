"""From the same beginning, the same inputs come to the same state at each height."""

from __future__ import annotations

import dataclasses
import random
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from ic_factory.replica import FrozenClock, HostClock, Replica, Reply, Storage
from ic_factory.replica.storage.database import Database, checksum
from ic_factory.replica.storage.errors import DivergedState
from ic_factory.replica.storage.input_log import read_inputs
from ic_factory.replica.storage.inputs import Ingress, Round, encode_input
from tests.canisters.universal import Hook, Program
from tests.durability.worlds import (
    BEATING_WASM,
    CONFIG,
    COUNT,
    NEVER,
    START,
    count,
    installed,
    root,
)

PROGRAM = Path(__file__).with_name("replay_program.py")
CALLERS = 6
CALLS_EACH = 12


def long_message(iterations):
    return Program().busy_loop(iterations).add_counter(1).drop().reply_int(Program().time()).code


def busy_live_replica(disk):
    """A live replica after a load of short and long messages, calls, timers and heartbeats."""
    replica = Replica(CONFIG, HostClock(), disk.engine, Storage(disk.directory, NEVER))
    canisters = [installed(replica, BEATING_WASM) for _ in range(4)]
    hooks = Program().set_hook(Hook.HEARTBEAT, Program().add_counter(1).drop())
    hooks = hooks.set_hook(Hook.GLOBAL_TIMER, Program().busy_loop(600_000).add_counter(1).drop())
    for canister_id in canisters[:2]:
        assert isinstance(replica.update(canister_id, "update", hooks.reply().code), Reply)
    replica.start()

    def work(seed):
        draw = random.Random(seed)
        for _ in range(CALLS_EACH):
            canister_id, other = draw.sample(canisters, 2)
            timer = Program().set_global_timer(Program().add(Program().time(), 1)).drop()
            code = draw.choice(
                [
                    COUNT,
                    long_message(draw.randrange(200_000, 900_000)),
                    timer.reply().code,
                    Program().call(other.bytes, "update", long_message(400_000)).code,
                    Program().call(b"", "raw_rand", b"DIDL\x00\x00").code,
                    Program().add_counter(7).drop().trap(b"undone").code,
                ]
            )
            replica.update(canister_id, "update", code)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(CALLERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return replica


def replayed(disk, threads):
    done = subprocess.run(
        [sys.executable, "-W", "error", str(PROGRAM), str(disk.directory), str(threads)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.mark.slow
def test_the_log_replayed_in_other_processes_has_the_same_root_at_each_height(disk):
    """With one thread for what runs aside, and with many: which ends first makes no difference."""
    with busy_live_replica(disk) as replica, replica._rounds.lock:
        left = disk.crashed()
        live = f"{replica.height} {root(replica).hex()}"
    one, many = replayed(left, 1), replayed(left, 8)
    assert one == many
    assert one[-1].split()[:2] == live.split()
    assert len(one) > 40
    # Long messages did run aside, and were taken in by later rounds.
    assert sum(len(line.split()) > 2 for line in one) > 5


@pytest.mark.slow
def test_a_replica_that_was_killed_goes_on_with_what_ran_aside(disk):
    endless = Program().loop_forever().code
    with Replica(CONFIG, HostClock(), disk.engine, Storage(disk.directory, NEVER)) as replica:
        canister_id = installed(replica)
        replica.start()
        request_id = replica.submit_direct(canister_id, "update", endless)
        while not replica._machine.scheduler.aside:
            pass
        with replica._rounds.lock:
            left = disk.crashed()
    with left.replica() as replica:
        assert replica.answer_of(request_id) is None
        assert replica._machine.scheduler.aside
        answered = threading.Event()
        replica.when_answered(request_id, answered.set)
        replica.start()
        assert answered.wait(60)
        assert "exceeded the limit" in replica.answer_of(request_id).message


def test_each_round_in_the_log_has_the_root_before_it(disk):
    roots = []
    with disk.replica() as replica:
        canister_id = installed(replica)
        for _ in range(3):
            roots.append(root(replica))
            count(replica, canister_id)
        inputs = [one for _, one in inputs_of(disk.crashed())]
    rounds = [one for one in inputs if isinstance(one, Round)]
    assert [one.root for one in rounds[-3:]] == roots
    assert sum(isinstance(one, Ingress) for one in inputs) == 5


def test_a_log_that_comes_to_another_state_is_refused_and_left(disk):
    with disk.replica() as replica:
        canister_id = installed(replica)
        for _ in range(3):
            count(replica, canister_id)
        left = disk.crashed()
    forge_a_root(left)
    before = (left.directory / "state.db").read_bytes()
    with pytest.raises(DivergedState, match="height"):
        left.replica()
    assert (left.directory / "state.db").read_bytes() == before


def inputs_of(disk):
    storage = Storage(disk.directory)
    inputs = list(read_inputs(storage._database, 0))
    storage.close()
    return inputs


def forge_a_root(disk):
    """Writes another root into the last round of the log, and the right checksum."""
    (sequence, last) = [each for each in inputs_of(disk) if isinstance(each[1], Round)][-1]
    body = encode_input(dataclasses.replace(last, root=bytes(32)))
    database = Database.opened(disk.directory / "state.db")
    with database.transaction() as connection:
        connection.execute(
            "UPDATE input SET checksum = ?, body = ? WHERE sequence = ?",
            (checksum(body), body, sequence),
        )
    database.close()


def test_a_message_costs_the_same_on_a_new_instance(engine):
    """What an instance did before, as how long its undo log has been, changes nothing."""
    with Replica(CONFIG, FrozenClock(START), engine) as replica:
        canister_id = installed(replica)
        write = Program().stable_write(0, b"x" * 100_000).reply(b"").code
        replica.update(canister_id, "update", Program().stable_grow(4).drop().reply(b"").code)
        replica.update(canister_id, "update", write)
        with replica.fork() as fork:
            for each in (replica, fork):
                assert each.update(canister_id, "update", write) == Reply(b"")
            assert root(fork) == root(replica)
