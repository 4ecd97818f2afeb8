"""What the drivers of our canisters have in common."""

from __future__ import annotations

from typing import ClassVar, Self

from ic_factory.bindgen.runtime import Caller, CanisterClient
from ic_factory.drivers.replicated import Replicated
from ic_factory.protocol.principal import Principal


class CanisterDriver:
    """A canister, as one caller sees it.

    Attributes:
        kind: What the canister is, in a word.
        client: The generated client.
    """

    kind: ClassVar[str]
    client: CanisterClient
    _client_type: ClassVar[type[CanisterClient]]

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
