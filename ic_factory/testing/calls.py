"""Calls as they are made: who carries them writes down what was asked and what was answered."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from ic_factory.agent import Agent, AgentError
from ic_factory.protocol.principal import Principal


@dataclass(frozen=True, slots=True)
class Call:
    """A call that has ended.

    Attributes:
        sender: Who called.
        canister_id: Which canister.
        method: Its method.
        is_query: Whether it was called as a query.
        argument: The message that was sent, in Candid.
        reply: The message that came back; None where the call failed.
        error: Why it failed: a reject, or no answer that is to be trusted.
        seconds: From the call to the answer.
    """

    sender: Principal
    canister_id: Principal
    method: str
    is_query: bool
    argument: bytes
    reply: bytes | None
    error: str | None
    seconds: float


@dataclass(frozen=True, slots=True)
class RecordingCaller:
    """An agent for drivers, whose calls are told to whoever wants to know. Safe for threads.

    Attributes:
        agent: Carries the calls.
        record: Is told of each when it has ended.
    """

    agent: Agent
    record: Callable[[Call], None]

    @property
    def sender(self) -> Principal:
        """Who calls."""
        return self.agent.sender

    def update(
        self,
        canister_id: Principal,
        method_name: str,
        arg: bytes,
        *,
        effective_canister_id: Principal | None = None,
    ) -> bytes:
        """Calls an update method; see `Agent.update`."""
        with self._recording(canister_id, method_name, False, arg) as answered:
            return answered(
                self.agent.update(
                    canister_id, method_name, arg, effective_canister_id=effective_canister_id
                )
            )

    def query(
        self,
        canister_id: Principal,
        method_name: str,
        arg: bytes,
        *,
        effective_canister_id: Principal | None = None,
    ) -> bytes:
        """Calls a query method; see `Agent.query`."""
        with self._recording(canister_id, method_name, True, arg) as answered:
            return answered(
                self.agent.query(
                    canister_id, method_name, arg, effective_canister_id=effective_canister_id
                )
            )

    @contextmanager
    def _recording(
        self, canister_id: Principal, method: str, is_query: bool, argument: bytes
    ) -> Iterator[Callable[[bytes], bytes]]:
        """Records a call when it ends; what is given is told of its reply."""
        replies: list[bytes] = []
        problem = None

        def answered(reply: bytes) -> bytes:
            replies.append(reply)
            return reply

        begun = time.monotonic()
        try:
            yield answered
        except AgentError as error:
            problem = error.problem
            raise
        finally:
            seconds = time.monotonic() - begun
            reply = replies[0] if replies else None
            sender = self.agent.sender
            self.record(
                Call(sender, canister_id, method, is_query, argument, reply, problem, seconds)
            )
