"""One agent, many threads."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from random import Random

import pytest

from ic_factory.agent.errors import AgentError, TransportError
from tests.agent import deeds
from tests.agent.conftest import NOTHING, agent_at, nat64
from tests.agent.man_in_the_middle import Asked, Forward, Raw, Said, pass_on

THREADS = 16
CALLS = 50


@pytest.mark.slow
def test_calls_of_many_threads_all_count_once(world, counts):
    with (
        agent_at(world.url, world.replica.root_key) as agent,
        ThreadPoolExecutor(THREADS) as pool,
        counts(THREADS * CALLS),
    ):
        calls = range(THREADS * CALLS)
        answers = pool.map(
            lambda _: nat64(agent.update(world.counter, "increment", NOTHING)), calls
        )
        assert len(set(answers)) == THREADS * CALLS


def test_queries_and_reads_of_many_threads_are_answered(world):
    with (
        agent_at(world.url, world.replica.root_key) as agent,
        ThreadPoolExecutor(THREADS) as pool,
    ):

        def work(number: int) -> object:
            if number % 3 == 0:
                return agent.read_module_hash(world.counter)
            return nat64(agent.query(world.counter, "counter", NOTHING))

        found = set(pool.map(work, range(300)))
        assert found == {world.count(), agent.read_module_hash(world.counter)}


@pytest.mark.slow
def test_calls_of_many_threads_through_a_bad_network_all_count_once(agent, man, world, counts):
    random = Random(1)
    kinds = [
        *[pass_on] * 6,
        deeds.hang_up_before,
        deeds.hang_up_after,
        deeds.truncate,
        deeds.repeat_request,
        deeds.say_after(deeds.status(502)),
        deeds.say(deeds.status(429)),
    ]

    def any_deed(asked: Asked, forward: Forward) -> Said | Raw:
        return random.choice(kinds)(asked, forward)

    man.always = any_deed
    with ThreadPoolExecutor(THREADS) as pool, counts(THREADS * 5):
        calls = range(THREADS * 5)
        answers = pool.map(
            lambda _: nat64(agent.update(world.counter, "increment", NOTHING)), calls
        )
        assert len(set(answers)) == THREADS * 5


def test_answers_out_of_step_in_one_thread_disturb_the_others_no_further(agent, man, world, counts):
    """Each bad answer gives up all connections, and who waits on one of them sends again."""
    random = Random(2)

    def now_and_then(asked: Asked, forward: Forward) -> Said | Raw:
        said = forward(asked)
        return Said(200, b"garbage") if random.random() < 0.1 else said

    man.always = now_and_then
    man.only = frozenset({"call"})

    def work(_: int) -> str:
        try:
            agent.update(world.counter, "increment", NOTHING)
        except AgentError as error:
            return type(error).__name__
        return "counted"

    with ThreadPoolExecutor(THREADS) as pool, counts(THREADS * 10):
        results = set(pool.map(work, range(THREADS * 10)))
    assert results == {"counted", "MalformedAnswer"}


@pytest.mark.parametrize("attempt", range(3))
def test_an_agent_that_is_closed_while_in_use_says_so(attempt, world):
    agent = agent_at(world.url, world.replica.root_key)
    failures: list[BaseException] = []

    def work() -> None:
        try:
            while True:
                agent.update(world.counter, "increment", NOTHING)
                agent.query(world.counter, "counter", NOTHING)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    time.sleep(0.1 * (attempt + 1))
    started = time.monotonic()
    agent.close()
    for thread in threads:
        thread.join(10)
    assert time.monotonic() - started < 5
    assert {type(error) for error in failures} == {TransportError}
    assert all("closed" in str(error) for error in failures)
    assert len(failures) == 8


def test_an_agent_that_is_closed_while_an_answer_is_due_still_brings_it(agent, man, world, counts):
    man.does(deeds.delay(0.2), only=["call"])
    closer = threading.Timer(0.1, agent.close)
    closer.start()
    with counts(1):
        agent.update(world.counter, "increment", NOTHING)
    closer.join()
    with pytest.raises(TransportError, match="closed"):
        agent.query(world.counter, "counter", NOTHING)


def test_an_agent_that_is_closed_before_it_asks_for_the_answer_says_so(agent, man, world, counts):
    def close_and_withhold(asked: Asked, forward: Forward) -> Said:
        forward(asked)
        agent.close()
        return Said(202)

    man.does(close_and_withhold)
    with counts(1), pytest.raises(TransportError, match="asking for the answer"):
        agent.update(world.counter, "increment", NOTHING)
