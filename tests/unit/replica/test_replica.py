"""The facade: rounds by hand and by themselves, moments kept and returned to."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from ic_factory.protocol.principal import Principal
from ic_factory.replica import (
    CallRejected,
    ErrorCode,
    FrozenClock,
    InstructionLimits,
    NoAnswer,
    Reject,
    Replica,
    ReplicaClosed,
    ReplicaConfig,
    Reply,
    UnknownSnapshot,
)
from ic_factory.replica.execution.engine import Engine
from tests.canisters.universal import Program, universal_wasm_without

WASM = universal_wasm_without("canister_heartbeat", "canister_inspect_message")
START = 1_700_000_000 * 10**9
COUNT = Program().add_counter(1).drop().reply_int(Program().add_counter(0)).code
FOREVER = Program().loop_forever().code
LIMITS = InstructionLimits(update=2 * 10**9, slice=10**6)


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine()


@pytest.fixture
def replica(engine: Engine) -> Iterator[Replica]:
    with Replica(ReplicaConfig(limits=LIMITS), FrozenClock(START), engine) as replica:
        yield replica


@pytest.fixture
def canister_id(replica: Replica) -> Principal:
    canister_id = replica.create_canister()
    replica.install_code(canister_id, WASM)
    return canister_id


def count(replica: Replica, canister_id: Principal) -> int:
    answer = replica.update(canister_id, "update", COUNT)
    assert isinstance(answer, Reply)
    return int.from_bytes(answer.data, "little")


def test_nothing_happens_between_ticks(replica: Replica, canister_id: Principal) -> None:
    height = replica.height
    request_id = replica.submit_direct(canister_id, "update", COUNT)
    assert isinstance(request_id, bytes)
    assert (replica.answer_of(request_id), replica.height) == (None, height)
    replica.tick()
    assert isinstance(replica.answer_of(request_id), Reply)
    assert replica.height == height + 1


def test_time_stands_until_it_is_moved(replica: Replica) -> None:
    replica.tick()
    assert replica.now - START < 1000
    replica.advance_time(10**9)
    replica.tick()
    assert 10**9 <= replica.now - START < 2 * 10**9
    replica.set_time(START)
    before = replica.now
    replica.tick()
    assert replica.now > before


def test_a_moment_can_be_returned_to_again_and_again(
    replica: Replica, canister_id: Principal
) -> None:
    assert count(replica, canister_id) == 1
    token = replica.snapshot()
    for _ in range(3):
        assert count(replica, canister_id) == 2
        later = replica.create_canister()
        replica.rewind(token)
        assert isinstance(replica.update(later, "update", COUNT), Reject)


def test_a_token_of_another_replica_is_refused(replica: Replica, engine: Engine) -> None:
    with Replica(engine=engine) as other, pytest.raises(UnknownSnapshot):
        replica.rewind(other.snapshot())


def test_a_fork_goes_its_own_way(replica: Replica, canister_id: Principal) -> None:
    assert count(replica, canister_id) == 1
    with replica.fork() as fork:
        assert fork.root_key == replica.root_key
        assert count(fork, canister_id) == 2
        assert count(fork, canister_id) == 3
    assert count(replica, canister_id) == 2


@contextmanager
def endless_call(replica: Replica, canister_id: Principal) -> Iterator[None]:
    """A call that never ends by itself; afterwards its caller must know that it has no answer."""
    answers: list[object] = []

    def call() -> None:
        try:
            answers.append(replica.update(canister_id, "update", FOREVER))
        except NoAnswer as error:
            answers.append(error)

    replica.start()
    thread = threading.Thread(target=call)
    thread.start()
    while not replica._machine.scheduler.aside:
        time.sleep(0.001)
    yield
    thread.join(10)
    assert [type(answer) for answer in answers] == [NoAnswer]


def test_a_call_that_a_rewind_undoes_has_no_answer(
    replica: Replica, canister_id: Principal
) -> None:
    token = replica.snapshot()
    with endless_call(replica, canister_id):
        # The others go on meanwhile.
        assert isinstance(replica.create_canister(), Principal)
        replica.rewind(token)
    assert count(replica, canister_id) == 1


def test_nobody_waits_for_a_replica_that_is_closed(
    replica: Replica, canister_id: Principal
) -> None:
    with endless_call(replica, canister_id):
        replica.close()


def test_a_call_that_comes_too_late_is_told_as_undone(
    replica: Replica, canister_id: Principal
) -> None:
    request_id = replica.submit_direct(canister_id, "update", COUNT)
    assert isinstance(request_id, bytes)
    told = threading.Event()
    replica.when_answered(request_id, told.set)
    replica.advance_time(3600 * 10**9)
    replica.tick()
    assert told.is_set()
    assert replica.answer_of(request_id) is None


def test_refusals_of_the_management_canister_raise(replica: Replica) -> None:
    with pytest.raises(CallRejected) as refused:
        replica.install_code(replica.default_effective_canister_id, b"no module")
    assert refused.value.reject.error_code is ErrorCode.CANISTER_NOT_FOUND


def test_a_closed_replica_says_so(engine: Engine) -> None:
    replica = Replica(engine=engine)
    replica.start()
    replica.close()
    with pytest.raises(ReplicaClosed):
        replica.tick()
    with pytest.raises(ReplicaClosed):
        replica.create_canister()


def test_the_same_seed_gives_the_same_keys(engine: Engine) -> None:
    config = ReplicaConfig(seed=bytes(range(32)))
    with Replica(config, engine=engine) as one, Replica(config, engine=engine) as other:
        assert (one.root_key, one.node_id) == (other.root_key, other.node_id)
