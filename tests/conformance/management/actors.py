"""Who calls the management canister, and how the answer looks to them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any

from ic_factory.protocol.principal import Principal
from ic_factory.replica import Replica
from ic_factory.replica.management.interface import decode_reply
from ic_factory.replica.rejects import Payload, Reply
from tests.canisters.universal import Program
from tests.conformance.management.candid_arguments import argument

MANAGEMENT = Principal.management_canister()


class Role(Enum):
    """Who calls, as the target canister sees them."""

    ANONYMOUS = "anonymous"
    STRANGER = "stranger"
    CONTROLLER = "controller"
    ITSELF = "the canister itself"
    OTHER_CANISTER = "another canister"
    CONTROLLING_CANISTER = "a canister that controls it"

    @property
    def is_canister(self) -> bool:
        return self in (Role.ITSELF, Role.OTHER_CANISTER, Role.CONTROLLING_CANISTER)


@dataclass(frozen=True)
class Refusal:
    """Why a call was refused. A canister is told no error code."""

    reject_code: int
    message: str
    error_code: str | None = None


@dataclass(frozen=True)
class World:
    """A replica whose rounds the tests run, and those who call.

    Attributes:
        replica: rounds by hand, the clock stands still.
        target: the universal canister that calls are about.
        other: a universal canister that has nothing to do with it.
        manager: a universal canister that controls the target.
        controller: the user who controls all three.
        stranger: a user who controls nothing.
        module: what is installed in all three.
    """

    replica: Replica
    target: Principal
    other: Principal
    manager: Principal
    controller: Principal
    stranger: Principal
    module: bytes

    def principal(self, role: Role) -> Principal:
        """The principal that calls in a role."""
        return {
            Role.ANONYMOUS: Principal.anonymous(),
            Role.STRANGER: self.stranger,
            Role.CONTROLLER: self.controller,
            Role.ITSELF: self.target,
            Role.OTHER_CANISTER: self.other,
            Role.CONTROLLING_CANISTER: self.manager,
        }[role]

    def call(self, role: Role, method: str, encoded: bytes, *, cycles: int = 0) -> bytes | Refusal:
        """Calls a method in a role; returns the reply as it came."""
        if role.is_canister:
            return self.from_canister(self.principal(role), method, encoded, cycles)[0]
        return _of_user(self.replica.update(MANAGEMENT, method, encoded, self.principal(role)))

    def from_canister(
        self, caller: Principal, method: str, encoded: bytes, cycles: int = 0
    ) -> tuple[bytes | Refusal, int]:
        """Lets a universal canister call a method; returns the answer and the cycles refunded."""
        program = calling(method, encoded, cycles)
        answer = self.replica.update(caller, "update", program.code, self.controller)
        assert isinstance(answer, Reply), answer
        return _of_canister(answer.data)

    def query(self, role: Role, method: str, encoded: bytes) -> bytes | Refusal:
        """Calls a method as a query, as a user."""
        return _of_user(self.replica.query_call(MANAGEMENT, method, encoded, self.principal(role)))

    def composite_query(self, role: Role, method: str, encoded: bytes) -> bytes | Refusal:
        """Lets a universal canister call a method from a composite query."""
        caller = self.principal(role)
        program = calling(method, encoded, in_query=True)
        answer = self.replica.query_call(caller, "composite_query", program.code)
        assert isinstance(answer, Reply), answer
        return _of_canister(answer.data)[0]

    def manage(self, method: str, role: Role = Role.CONTROLLER, **fields: Any) -> Any:
        """Calls a method that must succeed; returns the value that it replies."""
        answer = self.call(role, method, argument(method, **fields))
        assert isinstance(answer, bytes), answer
        return decode_reply(method, answer)

    def refused(self, method: str, role: Role = Role.CONTROLLER, **fields: Any) -> Refusal:
        """Calls a method that must be refused."""
        answer = self.call(role, method, argument(method, **fields))
        assert isinstance(answer, Refusal), answer
        return answer

    def status(self, canister_id: Principal | None = None) -> Any:
        """The canister's status, as its controller sees it; a query costs nothing."""
        encoded = argument("canister_status", canister_id=canister_id or self.target)
        answer = self.replica.query_call(MANAGEMENT, "canister_status", encoded, self.controller)
        assert isinstance(answer, Reply), answer
        return decode_reply("canister_status", answer.data)

    def cycles(self, canister_id: Principal) -> int:
        """The canister's balance; asking it by a call would cost some."""
        return next(
            each.cycles
            for each in self.replica.describe().canisters
            if each.canister_id == canister_id
        )

    def settings(self, **given: Any) -> Any:
        """Changes settings of the target, and returns all that it has then."""
        self.manage("update_settings", canister_id=self.target, settings=given)
        return self.status()["settings"]

    def run(self, program: Program, canister_id: Principal | None = None) -> bytes:
        """Lets a universal canister do something, and returns its reply."""
        answer = self.replica.update(canister_id or self.target, "update", program.code)
        assert isinstance(answer, Reply), answer
        return answer.data

    def counter(self) -> int:
        """The target's counter on its heap."""
        program = Program().reply_int(Program().add_counter(0))
        answer = self.replica.query_call(self.target, "query", program.code)
        assert isinstance(answer, Reply), answer
        return int.from_bytes(answer.data, "little")


REPLIED, REJECTED = 1, 0


def calling(method: str, encoded: bytes, cycles: int = 0, *, in_query: bool = False) -> Program:
    """A program that calls the management canister and replies how it went."""
    refunded = Program().push_blob(bytes(16)) if in_query else Program().cycles_refunded()
    on_reply = Program().reply(Program().concat(bytes([REPLIED]), refunded, Program().arg()))
    code = Program().encode_int(Program().reject_code(), 4)
    on_reject = Program().reply(
        Program().concat(bytes([REJECTED]), refunded, code, Program().reject_message())
    )
    return Program().call(
        b"", method, encoded, on_reply=on_reply, on_reject=on_reject, cycles=cycles
    )


def _of_user(payload: Payload) -> bytes | Refusal:
    if isinstance(payload, Reply):
        return payload.data
    return Refusal(payload.reject_code, payload.message, str(payload.error_code))


def _of_canister(data: bytes) -> tuple[bytes | Refusal, int]:
    kind, refund, rest = data[0], int.from_bytes(data[1:17], "little"), data[17:]
    if kind == REPLIED:
        return rest, refund
    return Refusal(int.from_bytes(rest[:4], "little"), rest[4:].decode()), refund
