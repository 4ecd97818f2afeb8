"""Messages that run aside, in threads of their own, over many rounds; what waits for its turn."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from ic_factory.protocol.principal import Principal
from ic_factory.replica.execution.outcome import Outcome
from ic_factory.replica.execution.residence import ResidentCode
from ic_factory.replica.ingress.envelopes import IngressMessage
from ic_factory.replica.state.subnet import Subnet


def still_queued(subnet: Subnet) -> None:
    """Puts nothing back: a message stays first in its canister's queue until it has run."""


@dataclass(frozen=True, slots=True)
class Agenda:
    """What is to be executed next."""

    ready: tuple[Principal, ...] = ()
    """Canisters with something in their queue, in the order in which their turn comes."""
    tasks: tuple[Principal, ...] = ()
    """Canisters with a task of the system's, in that order."""
    ingress: tuple[IngressMessage, ...] = ()
    """Calls that were let in, and that the next round takes up."""


class Run(Protocol):
    """Work on a canister's code that can be tried again with more instructions."""

    @property
    def canister_id(self) -> Principal: ...

    @property
    def instruction_limit(self) -> int: ...

    def run(self, instruction_limit: int) -> Outcome: ...


@dataclass(slots=True)
class AsideRun:
    """Work that goes on in a thread of its own, over many rounds."""

    run: Run
    finish: Callable[[Outcome], None]
    code_before: ResidentCode | None
    """The canister's committed code, for queries and snapshots meanwhile."""
    put_back: Callable[[Subnet], None]
    """Makes it due again in a copy of the state, where it has not happened yet."""
    ended: threading.Event = field(default_factory=threading.Event)
    outcome: Outcome | None = None
    failure: BaseException | None = None

    def start(self, threads: threading.Semaphore, wake: Callable[[], None]) -> None:
        """Runs it in a thread, when one of `threads` is free; calls `wake` when it has ended."""
        thread = threading.Thread(
            target=self._work,
            args=(threads, wake),
            name=f"canister {self.run.canister_id}",
            daemon=True,
        )
        thread.start()

    def _work(self, threads: threading.Semaphore, wake: Callable[[], None]) -> None:
        with threads:
            try:
                self.outcome = self.run.run(self.run.instruction_limit)
            except BaseException as failure:  # reported by the round that takes it in
                self.failure = failure
        self.ended.set()
        wake()

    def awaited(self) -> Outcome:
        """What it came to, when it has ended; raises what went wrong with us."""
        self.ended.wait()
        if self.failure is not None:
            raise self.failure
        assert self.outcome is not None
        return self.outcome
