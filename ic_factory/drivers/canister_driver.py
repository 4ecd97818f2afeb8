"""What the drivers of our canisters have in common."""

from __future__ import annotations

from types import ModuleType
from typing import Any, ClassVar, Self, TypeVar

from ic_factory.bindgen.runtime import Caller, CanisterClient
from ic_factory.drivers.refusals import CanisterRefused
from ic_factory.drivers.replicated import Replicated
from ic_factory.protocol.principal import Principal

Value = TypeVar("Value")


class CanisterDriver:
    """A canister, as one caller sees it.

    Attributes:
        kind: What the canister is, in a word.
        client: The generated client.
    """

    kind: ClassVar[str]
    client: CanisterClient
    _client_type: ClassVar[type[CanisterClient]]
    _refused: ClassVar[type[CanisterRefused]]
    _refusals: ClassVar[tuple[type, ...]]

    def __init__(self, caller: Caller, canister_id: Principal | str) -> None:
        """Binds the driver to a canister; `caller` is an agent."""
        self.client = self._client_type(caller, canister_id)

    @property
    def certified(self) -> Self:
        """The same canister, whose queries are answered by consensus and not by one node."""
        return type(self)(Replicated(self.client.caller), self.canister_id)

    @property
    def canister_id(self) -> Principal:
        """The canister."""
        return self.client.canister_id

    def _accepted(self, result: Any) -> Any:
        """The result, where it is no refusal; raises what the canister refuses by otherwise."""
        if isinstance(result, self._refusals):
            raise self._refused(self.canister_id, result.value)  # type: ignore[attr-defined]
        return result

    def _value(self, result: Any, kind: type[Value]) -> Value:
        """What an accepted result brings."""
        value = self._accepted(result).value
        assert isinstance(value, kind), f"the interface says {kind.__name__}"
        return value


def refusals_of(generated: ModuleType) -> tuple[type, ...]:
    """The classes of a generated module that stand for the `Err` of its results."""
    return tuple(
        each
        for name, each in vars(generated).items()
        if name.startswith("Result") and name.endswith("Err") and isinstance(each, type)
    )
