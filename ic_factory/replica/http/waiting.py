"""Calls whose HTTP request stays open until they are answered."""

from __future__ import annotations

import asyncio
import contextlib

MAX_WAIT_SECONDS = 10.0
"""After this a synchronous call is answered with 202, as the IC's own replica does."""


class WaitingCalls:
    """The open calls of one event loop."""

    def __init__(self, max_wait_seconds: float = MAX_WAIT_SECONDS) -> None:
        self._max_wait_seconds = max_wait_seconds
        self._open: set[WaitingCall] = set()
        self._is_closing = False

    def open(self) -> WaitingCall:
        """A call to wait for; to be called in the event loop."""
        call = WaitingCall(asyncio.get_running_loop())
        self._open.add(call)
        return call

    async def is_answered(self, call: WaitingCall) -> bool:
        """Waits until the call is answered (true), or its time is up or the server closes."""
        if self._is_closing:
            call.give_up()
        timer = call.loop.call_later(self._max_wait_seconds, call.give_up)
        try:
            return await call.outcome
        finally:
            timer.cancel()
            self._open.discard(call)

    def discard(self, call: WaitingCall) -> None:
        """Forgets a call that nobody will wait for."""
        self._open.discard(call)

    def give_up_all(self) -> None:
        """Lets all requests end now, and later ones at once; to be called in the event loop."""
        self._is_closing = True
        for call in tuple(self._open):
            call.give_up()


class WaitingCall:
    """One call, answered from any thread and waited for in the event loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.outcome: asyncio.Future[bool] = loop.create_future()

    def answered(self) -> None:
        """Says that the answer is there; from any thread."""
        # The loop may have ended with its server while the call was still on its way.
        with contextlib.suppress(RuntimeError):
            self.loop.call_soon_threadsafe(self._settle, True)

    def give_up(self) -> None:
        """Ends the waiting with no answer; in the event loop."""
        self._settle(False)

    def _settle(self, is_answered: bool) -> None:
        if not self.outcome.done():
            self.outcome.set_result(is_answered)
