"""When rounds are run, by whom, and who is told of the answers. Safe to use from many threads."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable

from ic_factory.replica.clock import Clock, FrozenClock, stopwatch, wait_seconds_until
from ic_factory.replica.config import ReplicaConfig
from ic_factory.replica.course import Course
from ic_factory.replica.errors import ReplicaClosed
from ic_factory.replica.machine import SubnetMachine
from ic_factory.replica.rejects import Payload
from ic_factory.replica.storage.errors import StorageUnavailable
from ic_factory.replica.storage.inputs import ClockChange, Input, Round
from ic_factory.replica.storage.storage import Storage
from ic_factory.replica.turns import TurnLock

logger = logging.getLogger(__name__)

STALE_AFTER = 500_000_000
"""Nanoseconds after which what is read of an idle live replica is certified anew."""


RETRY_SECONDS = 0.5
"""How long the rounds rest when they can't be written to disk."""

OVERDUE = 4.0
"""By how much the log may outgrow its bounds while long messages run aside, before no more begin:
a checkpoint is made when none is under way."""


class Rounds:
    """Runs a machine's rounds, by hand or in a thread of its own.

    Whoever reads or writes the machine's state holds `lock`. What changes it from outside comes as
    an input, which is on disk before it is acted upon.
    """

    def __init__(self, config: ReplicaConfig, storage: Storage | None) -> None:
        """Makes rounds of a course that is set before anything else is called.

        Args:
            config: what checkpoints note of the replica's choices.
            storage: where inputs and checkpoints are written; None for nowhere.
        """
        self.lock = TurnLock()
        self.course: Course
        self._config = config
        self._storage = storage
        self._is_stuck = False
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None
        self._closed = False
        self._failure: BaseException | None = None
        self._waiting: dict[bytes, list[Callable[[], None]]] = {}

    @property
    def machine(self) -> SubnetMachine:
        """What the rounds are run on."""
        return self.course.machine

    @property
    def clock(self) -> Clock:
        """What tells the rounds' time."""
        return self.course.clock

    @property
    def is_live(self) -> bool:
        """Whether rounds run by themselves."""
        return self._thread is not None

    @property
    def is_healthy(self) -> bool:
        """Whether rounds can be run: not closed, none has failed, and there is room on disk."""
        return not self._closed and self._failure is None and not self._is_stuck

    @property
    def is_durable(self) -> bool:
        """Whether inputs are on disk before they are acted upon."""
        return self._storage is not None

    def check_open(self) -> None:
        """Raises ReplicaClosed where no round can be run any more."""
        if self._closed:
            raise ReplicaClosed("the replica has been closed; make a new one")
        if self._failure is not None:
            raise ReplicaClosed("a round of the replica failed") from self._failure

    def wake(self) -> None:
        """Says, from any thread, that there may be something to do."""
        self._wake.set()

    def act_upon(self, one: Input) -> list[bytes]:
        """Writes an input and acts upon it; for the holder of the lock. See `Course.apply`.

        Raises:
            ReplicaClosed: nothing is acted upon any more.
            StorageUnavailable: the input could not be written, so nothing has happened.
        """
        self.check_open()
        if self._storage is not None:
            try:
                self._storage.append(one)
            except StorageUnavailable as error:
                self._note_stuck(error)
                raise
            self._is_stuck = False
        return self.course.apply(one)

    def _note_stuck(self, error: StorageUnavailable) -> None:
        if not self._is_stuck:
            logger.warning("calls are refused until there is room on disk: %s", error)
        self._is_stuck = True

    def set_time(self, time: int) -> None:
        """Sets the clock, which stands still from here on."""
        with self.lock:
            self.act_upon(ClockChange(FrozenClock(time)))
        self.wake()

    def advance_time(self, nanoseconds: int) -> None:
        """Moves the clock forward; a running clock runs on from there."""
        with self.lock:
            self.act_upon(ClockChange(self.clock.advanced(nanoseconds)))
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
        with self.lock:
            if self._storage is not None:
                self._end_storage(self._storage)
                self._storage = None

    def _end_storage(self, storage: Storage) -> None:
        """Lets go of the state on disk, with a checkpoint where one can be made."""
        try:
            if storage.log_share and self._failure is None and not self.machine.scheduler.aside:
                storage.write(self.course.checkpoint(storage.last_input, self._config))
        except StorageUnavailable as error:
            # The log has it all.
            logger.warning("no checkpoint at the end: %s", error)
        finally:
            storage.close()

    def freshen(self) -> None:
        """Certifies an idle live machine anew, so that what is read of it is recent.

        Where there is no room on disk, what is read stays as it was.
        """
        if self.is_live and self.clock.now() - self.machine.subnet.time > STALE_AFTER:
            with contextlib.suppress(StorageUnavailable):
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
                pause = None if wake_up is None else wait_seconds_until(wake_up, now)
                if is_due or self.machine.scheduler.has_work:
                    if self._is_round_run():
                        continue
                    pause = RETRY_SECONDS
            self._wake.wait(pause)

    def _is_round_run(self) -> bool:
        """Runs a round; False where it could not be written to disk, and so was not run."""
        try:
            self._round()
        except StorageUnavailable:
            return False
        except BaseException as failure:
            self._failure = failure
            self.give_up_waiting()
            raise
        return True

    def _round(self) -> None:
        began = stopwatch()
        ended = self.act_upon(self._next_round())
        self.machine.certify()
        for request_id in ended:
            for notify in self._waiting.pop(request_id, ()):
                notify()
        if self._storage is not None:
            self._keep_log_short(self._storage)
        self.machine.activity.rounds.observe(stopwatch() - began)

    def _next_round(self) -> Round:
        machine = self.machine
        is_overdue = self._storage is not None and self._storage.log_share > OVERDUE
        return Round(
            time=max(self.clock.now(), machine.subnet.time + 1),
            ended_aside=machine.scheduler.ended_aside(),
            runs_aside=self.is_live and not is_overdue,
            root=machine.certified.tree.digest,
        )

    def _keep_log_short(self, storage: Storage) -> None:
        storage.note_instructions(self.machine.scheduler.instructions)
        if storage.wants_checkpoint and not self.machine.scheduler.aside:
            storage.write_in_background(self.course.checkpoint(storage.last_input, self._config))
