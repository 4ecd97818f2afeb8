"""Where a scenario is played: users of a backend, and steps that are timed and recorded."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from ic_factory.agent import Agent, Identity
from ic_factory.canisters import backend_interface
from ic_factory.drivers.backend import Backend
from ic_factory.protocol.principal import Principal
from ic_factory.testing.calls import Call, RecordingCaller
from ic_factory.testing.results import CallText, StepFailure, StepResult


@dataclass(frozen=True, slots=True)
class Place:
    """A network with a backend.

    Attributes:
        network: Its name, for people.
        agent: Anybody there; each user of a scenario gets an agent of its own by it.
        backend: The backend.
    """

    network: str
    agent: Agent
    backend: Principal


class StepFailed(Exception):
    """A step did not show what it should; its result tells why. Ends the scenario."""


class Stage:
    """What a scenario acts on.

    Users are new each time, so that a scenario can be played on any network again and again.
    """

    def __init__(self, place: Place, step_ended: Callable[[StepResult], None]) -> None:
        """Sets the stage.

        Args:
            place: Where calls go.
            step_ended: Is told of each step when it has ended.
        """
        self._place = place
        self._step_ended = step_ended
        self._calls: list[Call] = []
        self._users: dict[str, Backend] = {}

    def user(self, name: str) -> Backend:
        """The backend as a user sees it; the same name is the same user until the scenario ends."""
        if name not in self._users:
            self._users[name] = self._backend_for(Identity.generate())
        return self._users[name]

    def principal(self, name: str) -> Principal:
        """Who a user is."""
        caller = self.user(name).client.caller
        assert isinstance(caller, RecordingCaller), "user() made it"
        return caller.sender

    @property
    def nobody(self) -> Backend:
        """The backend as the anonymous caller sees it."""
        return self._backend_for(Identity(anonymous=True))

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """A step of the scenario.

        Args:
            name: What it shows, in words.

        Raises:
            StepFailed: Anything but an interruption is raised inside.
        """
        before = len(self._calls)
        begun = time.monotonic()
        failure = None
        try:
            yield
        except Exception as error:
            failure = _failure_of(error, self._calls[before:])
            raise StepFailed(name) from error
        finally:
            calls = len(self._calls) - before
            self._step_ended(StepResult(name, time.monotonic() - begun, calls, failure))

    def clear_away(self) -> None:
        """Deletes what the users have made, so that no network keeps it."""
        for user in tuple(self._users.values()):
            if user.whoami().registered_at_time_ns is None:
                continue
            for capsule in tuple(user.capsules()):
                user.delete_capsule(capsule.capsule_id)
            for upload in tuple(user.uploads()):
                user.delete_upload(upload.upload_id)

    def _backend_for(self, identity: Identity) -> Backend:
        agent = self._place.agent.with_identity(identity)
        return Backend(RecordingCaller(agent, self._calls.append), self._place.backend)


def _failure_of(error: Exception, calls: list[Call]) -> StepFailure:
    trace = "".join(traceback.format_exception(error))
    return StepFailure(type(error).__name__, str(error), _last_call(calls), trace)


def _last_call(calls: list[Call]) -> CallText | None:
    """The call that brought no reply, or else the last one."""
    if not calls:
        return None
    # Loads a parser, which scenarios that pass never need.
    from ic_factory.protocol.candid.did import parse_did
    from ic_factory.testing.call_texts import call_text

    unanswered = [each for each in calls if each.reply is None]
    return call_text((unanswered or calls)[-1], parse_did(backend_interface()))
