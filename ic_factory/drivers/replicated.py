"""Queries asked as updates: slower, but certified by the subnet and not one node's word."""

from __future__ import annotations

from dataclasses import dataclass

from ic_factory.bindgen.runtime import Caller
from ic_factory.protocol.principal import Principal


@dataclass(frozen=True, slots=True)
class Replicated:
    """A caller whose queries are answered by consensus (specification, "Request: Call").

    Attributes:
        caller: Carries the calls.
    """

    caller: Caller

    def update(
        self,
        canister_id: Principal,
        method_name: str,
        arg: bytes,
        *,
        effective_canister_id: Principal | None = None,
    ) -> bytes:
        """Calls an update method."""
        return self.caller.update(
            canister_id, method_name, arg, effective_canister_id=effective_canister_id
        )

    def query(
        self,
        canister_id: Principal,
        method_name: str,
        arg: bytes,
        *,
        effective_canister_id: Principal | None = None,
    ) -> bytes:
        """Calls a query method as an update."""
        return self.update(
            canister_id, method_name, arg, effective_canister_id=effective_canister_id
        )
