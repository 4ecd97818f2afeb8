"""A canister on a replica as one caller sees it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Self

from ic_factory.protocol.candid import InterfaceDescription
from ic_factory.protocol.principal import Principal
from ic_factory.replica import Reject, Replica, Reply
from ic_factory.replica.description import CanisterDescription
from ic_factory.replica.rejects import Payload


class Refused(AssertionError):
    """The canister refused; a test that does not expect it fails by it."""

    def __init__(self, message: str, reason: str | None, fields: Any) -> None:
        """What it said: `reason` and its fields where the error is typed."""
        super().__init__(message)
        self.message = message
        self.reason = reason
        self.fields = fields


@dataclass(frozen=True)
class Caller:
    """A canister of ours as one caller sees it.

    Attributes:
        replica: rounds by hand, the clock stands still.
        canister_id: the canister.
        interface: what its `.did` says.
        caller: who calls.
    """

    replica: Replica
    canister_id: Principal
    interface: InterfaceDescription
    caller: Principal

    def by(self, caller: Principal) -> Self:
        """The same canister as another caller sees it."""
        return replace(self, caller=caller)

    def update(self, method: str, *values: Any) -> Any:
        """The plain result of an update method.

        Raises:
            Refused: the call was rejected, or the result is an error.
        """
        argument = self.encoded(method, *values)
        payload = self.replica.update(self.canister_id, method, argument, self.caller)
        return self.result(method, payload)

    def query(self, method: str, *values: Any) -> Any:
        """The result of a query method."""
        argument = self.encoded(method, *values)
        payload = self.replica.query_call(self.canister_id, method, argument, self.caller)
        return self.result(method, payload)

    def submit(self, method: str, *values: Any) -> bytes:
        """Begins an update and runs no round; `answer` has the result later."""
        argument = self.encoded(method, *values)
        request_id = self.replica.submit_direct(self.canister_id, method, argument, self.caller)
        if isinstance(request_id, Reject):
            raise Refused(request_id.message, None, None)
        return request_id

    def answer(self, request_id: bytes, method: str) -> Any:
        """The result of an update that was begun by `submit`, or None while there is none."""
        payload = self.replica.answer_of(request_id)
        return None if payload is None else self.result(method, payload)

    def encoded(self, method: str, *values: Any) -> bytes:
        """Arguments in Candid."""
        return self.interface.methods[method].encode_args(values)

    def result(self, method: str, payload: Payload) -> Any:
        """The value of a reply; an error is raised."""
        if not isinstance(payload, Reply):
            raise Refused(payload.message, None, None)
        values = self.interface.methods[method].decode_results(payload.data)
        value = values[0] if values else None
        if isinstance(value, dict) and set(value) == {"Err"}:
            ((reason, fields),) = value["Err"]["reason"].items()
            raise Refused(value["Err"]["message"], reason, fields)
        return value["Ok"] if isinstance(value, dict) and set(value) == {"Ok"} else value

    def events(self, kind: str | None = None) -> list[Any]:
        """The event log, or what events of one kind say. Only admins see it."""
        events: list[Any] = self.query("get_events", [], [])
        if kind is None:
            return events
        return [event["event"][kind] for event in events if kind in event["event"]]

    def pass_seconds(self, seconds: int) -> None:
        """Lets time pass, and the timers run that are due then."""
        self.replica.advance_time(seconds * 10**9)
        for _ in range(3):
            self.replica.tick()

    def refusal(self, method: str, *values: Any) -> tuple[str | None, Any]:
        """The typed reason and its fields; of an upload's or a capsule's, the inner ones."""
        refused = self.refused(method, *values)
        if refused.reason not in ("Upload", "Capsule"):
            return refused.reason, refused.fields
        ((reason, fields),) = refused.fields.items()
        return reason, fields

    def query_refusal(self, method: str, *values: Any) -> str | None:
        """The typed reason why a query is refused, the inner one of an upload's or a capsule's."""
        try:
            value = self.query(method, *values)
        except Refused as refused:
            if refused.reason in ("Upload", "Capsule"):
                return str(next(iter(refused.fields)))
            return refused.reason
        raise AssertionError(f"{method} was not refused: {value}")

    def wording(self, method: str, *values: Any) -> str:
        """What a refusal says before its details."""
        return self.refused(method, *values).message.partition(":")[0]

    def refused(self, method: str, *values: Any) -> Refused:
        """A call that must be refused."""
        try:
            value = self.update(method, *values)
        except Refused as refused:
            return refused
        raise AssertionError(f"{method} was not refused: {value}")

    def describe(self, canister_id: Principal) -> CanisterDescription | None:
        """A canister as the replica has it; None where there is none."""
        canisters = self.replica.describe().canisters
        return next((each for each in canisters if each.canister_id == canister_id), None)

    @property
    def cycles(self) -> int:
        """The canister's balance."""
        canister = self.describe(self.canister_id)
        assert canister is not None
        return canister.cycles
