"""What a method's handler is given, and what it gives back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ic_factory.protocol.principal import Principal
from ic_factory.replica.config import InstructionLimits
from ic_factory.replica.execution.engine import Engine
from ic_factory.replica.management.refusal import Refused
from ic_factory.replica.rejects import ErrorCode, Payload
from ic_factory.replica.state.canister import Canister
from ic_factory.replica.state.history import ChangeOrigin, FromCanister, FromUser
from ic_factory.replica.state.messages import CanisterOrigin, Origin
from ic_factory.replica.state.subnet import Subnet
from ic_factory.replica.surroundings import SystemFacts

Answer = tuple[Origin, Payload, int]
"""Who is answered, with what, and how many cycles go back."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A call that has ended."""

    payload: Payload
    refund: int
    """Of the cycles attached, those that go back to the caller."""
    also: tuple[Answer, ...] = ()
    """Other calls that end with this one."""
    touched: tuple[Principal, ...] = ()
    """Canisters whose part of the state tree may have changed."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A call that is answered later: the canister keeps who waits for it."""

    canister_id: Principal


@dataclass(frozen=True, slots=True)
class Done:
    """What a handler comes to: values of the method's result types, and what else happened."""

    results: tuple[Any, ...] = ()
    cycles_used: int = 0
    """Of the cycles attached, those that do not go back."""
    also: tuple[Answer, ...] = ()
    touched: tuple[Principal, ...] = ()


@dataclass(frozen=True, slots=True)
class Call:
    """A call to one of the management canister's methods, its argument decoded."""

    subnet: Subnet
    engine: Engine
    facts: SystemFacts
    limits: InstructionLimits
    caller: Principal
    origin: Origin
    cycles: int
    arguments: dict[str, Any]

    @property
    def change_origin(self) -> ChangeOrigin:
        """Who a canister's history will say asked for this."""
        if not isinstance(self.origin, CanisterOrigin):
            return FromUser(self.caller)
        return FromCanister(self.caller, self.optional("sender_canister_version"))

    def optional(self, name: str) -> Any:
        """The value of an `opt` field; None where it is null or there is no such field."""
        value = self.arguments.get(name)
        return value[0] if value else None

    def canister(self, field: str = "canister_id") -> Canister:
        """The canister that a field names, whoever the caller is.

        Raises:
            Refused: There is no such canister (IC0301).
        """
        return canister_of(self.subnet, self.arguments[field])

    def controlled_canister(self, field: str = "canister_id") -> Canister:
        """The canister that a field names, where the caller controls it.

        Raises:
            Refused: There is no such canister (IC0301), or it isn't the caller's (IC0512).
        """
        canister = self.canister(field)
        require_access(canister, self.caller, canister.controllers)
        return canister

    def own_or_controlled_canister(self, field: str = "canister_id") -> Canister:
        """The canister that a field names, where the caller controls it or is it.

        Raises:
            Refused: There is no such canister (IC0301), or it isn't the caller's (IC0512).
        """
        canister = self.canister(field)
        require_access(canister, self.caller, (*canister.controllers, canister.canister_id))
        return canister


def canister_of(subnet: Subnet, canister_id: Principal) -> Canister:
    """The canister with this id.

    Raises:
        Refused: There is none (IC0301).
    """
    canister = subnet.canisters.get(canister_id)
    if canister is None:
        raise Refused(ErrorCode.CANISTER_NOT_FOUND, f"Canister {canister_id} not found.")
    return canister


def require_access(canister: Canister, caller: Principal, allowed: Iterable[Principal]) -> None:
    """Checks that the caller is among those who may act on the canister.

    Raises:
        Refused: It isn't (IC0512).
    """
    if caller in tuple(allowed):
        return
    controllers = " ".join(str(controller) for controller in canister.controllers)
    raise Refused(
        ErrorCode.CANISTER_INVALID_CONTROLLER,
        f"Only the controllers of the canister {canister.canister_id} can control it.\n"
        f"Canister's controllers: {controllers}\n"
        f"Sender's ID: {caller}",
    )
