"""The lock by turns excludes, and nobody overtakes."""

import threading
import time

from ic_factory.replica.turns import TurnLock


def test_only_one_thread_is_inside() -> None:
    lock = TurnLock()
    inside = 0
    most = 0

    def work() -> None:
        nonlocal inside, most
        for _ in range(200):
            with lock:
                inside += 1
                most = max(most, inside)
                inside -= 1

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (inside, most) == (0, 1)


def test_a_thread_may_take_it_again() -> None:
    lock = TurnLock()
    with lock, lock:
        pass
    entered = threading.Event()

    def work() -> None:
        with lock:
            entered.set()

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(5)
    assert entered.is_set()


def test_it_is_given_in_the_order_of_asking() -> None:
    lock = TurnLock()
    order: list[int] = []

    def work(number: int) -> None:
        with lock:
            order.append(number)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(5)]
    with lock:
        for count, thread in enumerate(threads, 1):
            thread.start()
            while len(lock._waiting) < count:
                time.sleep(0.001)
    for thread in threads:
        thread.join()
    assert order == [0, 1, 2, 3, 4]
