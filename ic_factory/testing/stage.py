"""Where a scenario is played: users of a backend, and steps that are timed and recorded."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from ic_factory.agent import Agent, Identity
from ic_factory.canisters import backend_interface, personal_interface
from ic_factory.drivers.backend import Backend
from ic_factory.drivers.management import Management
from ic_factory.drivers.personal import Personal
from ic_factory.operations.hub_copies import release_hub_copy
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

    def personal(self, name: str, canister_id: Principal) -> Personal:
        """A personal canister as a user sees it."""
        return Personal(self.user(name).client.caller, canister_id)

    def controllers(self, canister_id: Principal) -> tuple[Principal, ...]:
        """Who controls a canister, as the network certifies it."""
        return self._place.agent.read_controllers(canister_id) or ()

    @property
    def root_key(self) -> bytes:
        """What the network's certificates are verified by."""
        return self._place.agent.get_root_key()

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
            failure = _failure_of(error, self._calls[before:], self._place.backend)
            raise StepFailed(name) from error
        finally:
            calls = len(self._calls) - before
            self._step_ended(StepResult(name, time.monotonic() - begun, calls, failure))

    def clear_away(self) -> None:
        """Deletes what the users have made, so that no network keeps it."""
        for user in tuple(self._users.values()):
            if user.whoami().registered_at_time_ns is None:
                continue
            self._clear_personal(user)
            for capsule in tuple(user.capsules()):
                user.delete_capsule(capsule.capsule_id)
            for upload in tuple(user.uploads()):
                user.delete_upload(upload.upload_id)

    def _clear_personal(self, user: Backend) -> None:
        canister_id = user.my_personal_canister()
        if canister_id is None:
            return
        release_hub_copy(user, user.creation().capsule_id or "")
        caller = user.client.caller
        assert isinstance(caller, RecordingCaller), "user() made it"
        management = Management(caller.agent)
        management.stop(canister_id)
        management.delete(canister_id)

    def _backend_for(self, identity: Identity) -> Backend:
        agent = self._place.agent.with_identity(identity)
        return Backend(RecordingCaller(agent, self._calls.append), self._place.backend)


def _failure_of(error: Exception, calls: list[Call], backend: Principal) -> StepFailure:
    trace = "".join(traceback.format_exception(error))
    return StepFailure(type(error).__name__, str(error), _last_call(calls, backend), trace)


def _last_call(calls: list[Call], backend: Principal) -> CallText | None:
    """The call that brought no reply, or else the last one."""
    if not calls:
        return None
    # Loads a parser, which scenarios that pass never need.
    from ic_factory.protocol.candid.did import parse_did
    from ic_factory.testing.call_texts import call_text

    unanswered = [each for each in calls if each.reply is None]
    call = (unanswered or calls)[-1]
    interface = backend_interface if call.canister_id == backend else personal_interface
    return call_text(call, parse_did(interface()))
