"""A second start finds everything, after a stop and after a kill."""

from __future__ import annotations

import dataclasses
import os
import stat

import pytest

from ic_factory.replica import (
    InstructionLimits,
    Reject,
    ReplicaConfig,
    Reply,
    Storage,
    UnknownSnapshot,
)
from ic_factory.replica.storage.errors import ForeignState
from ic_factory.replica.storage.storage import ReplayBounds
from tests.canisters.universal import Hook, Program, reply
from tests.durability.worlds import (
    BEATING_WASM,
    COUNT,
    SECOND,
    START,
    WASM,
    Disk,
    count,
    installed,
    number,
    root,
)

GET_COUNTER = Program().reply_int(Program().add_counter(0)).code
TICKS = Program().set_hook(Hook.GLOBAL_TIMER, Program().add_counter(100).drop())
FREQUENT = ReplayBounds(inputs=5, input_bytes=2**60, instructions=2**60)


@pytest.fixture(params=["stopped", "killed", "killed after checkpoints"])
def again(request, disk):
    """Gives what the next process finds; checkpoints are made never, at the end, or often."""
    if request.param == "killed after checkpoints":
        disk.bounds = FREQUENT

    def go_on(replica):
        left = disk.crashed() if request.param != "stopped" else disk
        replica.close()
        return left

    return go_on


def test_canisters_go_on_where_they_were(disk, again):
    with disk.replica() as replica:
        canister_id = installed(replica)
        assert [count(replica, canister_id) for _ in range(3)] == [1, 2, 3]
        before = (replica.root_key, replica.node_id, replica.height, replica.now, root(replica))
        left = again(replica)
    with left.replica() as replica:
        after = (replica.root_key, replica.node_id, replica.height, replica.now, root(replica))
        assert after == before
        assert count(replica, canister_id) == 4
        assert installed(replica) != canister_id


def test_a_replica_without_canisters_keeps_its_keys(disk, again):
    with disk.replica() as replica:
        key = replica.root_key
        left = again(replica)
    with left.replica() as replica:
        assert replica.root_key == key


def test_answers_are_there_and_the_same_request_does_not_run_twice(disk, again):
    with disk.replica() as replica:
        canister_id = installed(replica)
        request_id = replica.submit_direct(canister_id, "update", COUNT)
        replica.tick()
        left = again(replica)
    with left.replica() as replica:
        assert number(replica.answer_of(request_id)) == 1
        assert replica.submit_direct(canister_id, "update", COUNT) != request_id


def test_a_call_that_was_taken_in_and_not_begun_is_answered_later(disk, again):
    with disk.replica() as replica:
        canister_id = installed(replica)
        request_id = replica.submit_direct(canister_id, "update", COUNT)
        left = again(replica)
    with left.replica() as replica:
        assert replica.answer_of(request_id) is None
        replica.tick()
        assert number(replica.answer_of(request_id)) == 1


def test_timers_go_on(disk, again):
    with disk.replica() as replica:
        canister_id = installed(replica)
        setting = TICKS.set_global_timer(START + 60 * SECOND).drop().reply().code
        assert isinstance(replica.update(canister_id, "update", setting), Reply)
        left = again(replica)
    with left.replica() as replica:
        assert number(replica.query_call(canister_id, "query", GET_COUNTER)) == 0
        replica.advance_time(61 * SECOND)
        replica.tick()
        assert number(replica.query_call(canister_id, "query", GET_COUNTER)) == 100


def test_heartbeats_go_on(disk, again):
    beat = Program().set_hook(Hook.HEARTBEAT, Program().add_counter(1).drop()).reply().code
    with disk.replica() as replica:
        canister_id = installed(replica, BEATING_WASM)
        assert isinstance(replica.update(canister_id, "update", beat), Reply)
        left = again(replica)
    with left.replica() as replica:
        before = number(replica.query_call(canister_id, "query", GET_COUNTER))
        replica.advance_time(2 * SECOND)
        replica.tick()
        assert number(replica.query_call(canister_id, "query", GET_COUNTER)) == before + 1


def test_open_calls_between_canisters_go_on(disk, again):
    """The callee has not run when the process ends: its caller's queue and callback are there."""
    with disk.replica(ReplicaConfig(limits=InstructionLimits())) as replica:
        caller, callee = installed(replica), installed(replica)
        stopping = Program().call(
            callee.bytes, "update", reply(b"pong").code, on_reply=Program().reply(b"came back")
        )
        request_id = replica.submit_direct(caller, "update", stopping.code)
        left = again(replica)
    with left.replica() as replica:
        replica.tick()
        assert replica.answer_of(request_id) == Reply(b"came back")


def test_stable_memory_and_certified_data_are_there(disk, again):
    write = Program().stable_grow(3).drop().stable_write(70_000, b"kept").set_certified_data(b"sum")
    read = Program().then(Program().reply(Program().stable_read(70_000, 4))).code
    with disk.replica() as replica:
        canister_id = installed(replica)
        assert isinstance(replica.update(canister_id, "update", write.reply().code), Reply)
        left = again(replica)
    with left.replica() as replica:
        assert replica.query_call(canister_id, "query", read) == Reply(b"kept")
        canister = replica._machine.subnet.canisters[canister_id]
        assert canister.certified_data == b"sum"


def test_the_clock_goes_on_as_it_was_set(disk, again):
    with disk.replica() as replica:
        replica.set_time(START + 5 * SECOND)
        replica.advance_time(SECOND)
        left = again(replica)
    with left.replica() as replica:
        replica.tick()
        assert replica.now == START + 6 * SECOND


def test_snapshots_are_there_with_their_names(disk, again):
    with disk.replica() as replica:
        canister_id = installed(replica)
        assert count(replica, canister_id) == 1
        replica.snapshots.take("one")
        assert count(replica, canister_id) == 2
        replica.snapshots.forget(replica.snapshots.take("gone"))
        taken = replica.snapshots.all()
        left = again(replica)
    for _ in range(2):
        with left.replica() as replica:
            assert replica.snapshots.all() == taken
            assert count(replica, canister_id) == 3
            replica.rewind(replica.snapshots.named("one"))
            assert count(replica, canister_id) == 2
            with pytest.raises(UnknownSnapshot):
                replica.snapshots.named("gone")


def test_a_rewind_is_not_undone_by_a_restart(disk, again):
    with disk.replica() as replica:
        canister_id = installed(replica)
        token = replica.snapshot()
        assert count(replica, canister_id) == 1
        replica.rewind(token)
        left = again(replica)
    with left.replica() as replica:
        assert count(replica, canister_id) == 1


def test_each_process_may_choose_anew_what_things_cost(disk):
    with disk.replica() as replica:
        canister_id = installed(replica)
        before = root(replica)
        left = disk.crashed()
    strict = dataclasses.replace(LIMITS_CONFIG, limits=InstructionLimits(update=1000))
    with left.replica(strict) as replica:
        assert root(replica) == before
        assert isinstance(
            replica.update(canister_id, "update", Program().loop_forever().code), Reject
        )
    with left.replica() as replica:
        assert count(replica, canister_id) == 1


LIMITS_CONFIG = ReplicaConfig()


def test_without_choices_the_seed_is_the_stored_one(disk, engine):
    with disk.replica() as replica:
        key = replica.root_key
    with Disk(disk.directory, engine).replica() as replica:
        assert replica.root_key == key
    with pytest.raises(ForeignState, match="another seed"):
        disk.replica(ReplicaConfig(seed=bytes(32)))


def test_checkpoints_take_the_log_s_place(disk):
    disk.bounds = FREQUENT
    with disk.replica() as replica:
        canister_id = installed(replica)
        for _ in range(40):
            count(replica, canister_id)
        storage = replica._rounds._storage
        while storage.is_writing:
            pass
        with storage._database.reading() as connection:
            (logged,) = connection.execute("SELECT count(*) FROM input").fetchone()
            (moments,) = connection.execute("SELECT count(*) FROM moment").fetchone()
    assert logged < 30
    assert moments == 1


def test_pages_that_did_not_change_are_not_written_again(disk):
    fill = Program().stable_grow(64).drop()
    for page in range(0, 1024, 4):
        fill = fill.stable_write(page * 4096, b"x")
    with disk.replica() as replica:
        canister_id = installed(replica)
        assert isinstance(replica.update(canister_id, "update", fill.reply().code), Reply)
    with disk.replica() as replica:
        assert len(pages_of(replica)) > 200
        first = pages_of(replica)
        assert count(replica, canister_id) == 1
        storage = replica._rounds._storage
        storage.write(replica._rounds.course.checkpoint(storage.last_input, replica.config))
        second = pages_of(replica)
        assert len(second - first) < 20
        assert len(first - second) < 20


def pages_of(replica):
    storage = replica._rounds._storage
    with storage._database.reading() as connection:
        return {number for (number,) in connection.execute("SELECT id FROM page")}


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_the_files_are_the_user_s_alone(disk):
    with disk.replica() as replica:
        installed(replica)
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in disk.directory.iterdir()}
    assert modes == dict.fromkeys(("state.db", "state.db-wal", "state.lock"), 0o600)
    assert stat.S_IMODE(disk.directory.stat().st_mode) == 0o700


def test_a_replica_is_in_memory_unless_it_is_given_a_storage(tmp_path, engine, monkeypatch):
    monkeypatch.chdir(tmp_path)
    from ic_factory.replica import Replica

    with Replica(engine=engine) as replica:
        installed(replica, WASM)
        assert not replica.is_durable
    assert list(tmp_path.iterdir()) == []


def test_a_storage_may_be_looked_at_and_left(disk):
    Storage(disk.directory).close()
    with disk.replica() as replica:
        key = replica.root_key
    Storage(disk.directory).close()
    with disk.replica() as replica:
        assert replica.root_key == key
