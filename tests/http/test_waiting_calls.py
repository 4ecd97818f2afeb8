"""A call is waited for until it is answered, its time is up, or the server closes."""

import asyncio
import threading

from ic_factory.replica.http.waiting import WaitingCalls


def test_an_answer_from_another_thread_ends_the_waiting():
    async def wait():
        waiting = WaitingCalls()
        call = waiting.open()
        threading.Thread(target=call.answered).start()
        return await waiting.is_answered(call)

    assert asyncio.run(wait()) is True


def test_an_answer_before_the_waiting_counts():
    async def wait():
        waiting = WaitingCalls()
        call = waiting.open()
        call.answered()
        call.answered()
        return await waiting.is_answered(call)

    assert asyncio.run(wait()) is True


def test_the_waiting_ends_when_its_time_is_up():
    async def wait():
        waiting = WaitingCalls(max_wait_seconds=0.01)
        return await waiting.is_answered(waiting.open())

    assert asyncio.run(wait()) is False


def test_all_waiting_ends_when_the_server_closes_and_none_begins():
    async def wait():
        waiting = WaitingCalls()
        open_calls = [asyncio.create_task(waiting.is_answered(waiting.open())) for _ in range(3)]
        await asyncio.sleep(0)
        waiting.give_up_all()
        late = await waiting.is_answered(waiting.open())
        return [*await asyncio.gather(*open_calls), late]

    assert asyncio.run(wait()) == [False] * 4


def test_an_answer_after_the_loop_has_ended_harms_nobody():
    async def abandon():
        return WaitingCalls().open()

    call = asyncio.run(abandon())
    call.answered()
    assert not call.outcome.done()
