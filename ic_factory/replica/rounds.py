"""When rounds are run, by whom, and who is told of the answers. Safe to use from many threads."""

from __future__ import annotations

import threading
from collections.abc import Callable

from ic_factory.replica.clock import Clock, FrozenClock, wait_seconds_until
from ic_factory.replica.errors import ReplicaClosed
from ic_factory.replica.machine import SubnetMachine
from ic_factory.replica.rejects import Payload
from ic_factory.replica.turns import TurnLock

STALE_AFTER = 500_000_000
"""Nanoseconds after which what is read of an idle live replica is certified anew."""


class Rounds:
    """Runs a machine's rounds, by hand or in a thread of its own.

    Whoever reads or writes the machine's state holds `lock`.
    """

    def __init__(self, clock: Clock) -> None:
        self.lock = TurnLock()
        self.clock = clock
        self.machine: SubnetMachine
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None
        self._closed = False
        self._failure: BaseException | None = None
        self._waiting: dict[bytes, list[Callable[[], None]]] = {}

    @property
    def is_live(self) -> bool:
        """Whether rounds run by themselves."""
        return self._thread is not None

    @property
    def is_healthy(self) -> bool:
        """Whether rounds can be run: not closed, and none has failed."""
        return not self._closed and self._failure is None

    def check_open(self) -> None:
        """Raises ReplicaClosed where no round can be run any more."""
        if self._closed:
            raise ReplicaClosed("the replica has been closed; make a new one")
        if self._failure is not None:
            raise ReplicaClosed("a round of the replica failed") from self._failure

    def wake(self) -> None:
        """Says, from any thread, that there may be something to do."""
        self._wake.set()

    def set_time(self, time: int) -> None:
        """Sets the clock, which stands still from here on."""
        with self.lock:
            self.clock = FrozenClock(time)
        self.wake()

    def advance_time(self, nanoseconds: int) -> None:
        """Moves the clock forward; a running clock runs on from there."""
        with self.lock:
            self.clock = self.clock.advanced(nanoseconds)
        self.wake()

    def tick(self) -> None:
        """Runs one round now."""
        self.check_open()
        with self.lock:
            self._round()

    def start(self) -> None:
        """Runs rounds in a thread from here on, whenever there is something to do."""
        self.check_open()
        if self._thread is None:
            self.machine.runs_aside = True
            self._thread = threading.Thread(target=self._run, name="replica rounds", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Ends all rounds for good."""
        self._closed = True
        self.wake()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        self.give_up_waiting()

    def freshen(self) -> None:
        """Certifies an idle live machine anew, so that what is read of it is recent."""
        if self.is_live and self.clock.now() - self.machine.subnet.time > STALE_AFTER:
            self._round()

    def answer_of(self, request_id: bytes) -> Payload | None:
        """What a request was answered with; None while it is not."""
        record = self.machine.subnet.ingress_history.get(request_id)
        if record is None or not isinstance(record.status, Payload):
            return None
        return record.status

    def when_answered(self, request_id: bytes, notify: Callable[[], None]) -> None:
        """Calls `notify` once, from any thread, when the request is answered or undone."""
        with self.lock:
            if self.machine.scheduler.is_open(request_id):
                self._waiting.setdefault(request_id, []).append(notify)
                return
        notify()

    def give_up_waiting(self) -> None:
        """Tells all who wait for an answer that none will come."""
        with self.lock:
            waiting, self._waiting = self._waiting, {}
        for notifications in waiting.values():
            for notify in notifications:
                notify()

    def _run(self) -> None:
        while not self._closed:
            self._wake.clear()
            with self.lock:
                now = self.clock.now()
                wake_up = self.machine.scheduler.next_wake_up()
                is_due = wake_up is not None and wake_up <= now
                if is_due or self.machine.scheduler.has_work:
                    try:
                        self._round()
                    except BaseException as failure:
                        self._failure = failure
                        self.give_up_waiting()
                        raise
                    continue
            self._wake.wait(None if wake_up is None else wait_seconds_until(wake_up, now))

    def _round(self) -> None:
        time = max(self.clock.now(), self.machine.subnet.time + 1)
        for request_id in self.machine.round(time):
            for notify in self._waiting.pop(request_id, ()):
                notify()
