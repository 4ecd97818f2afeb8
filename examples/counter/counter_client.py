# Generated from counter.did; changes here are lost.
# To generate it again: ic-factory bindgen counter.did -o FILE
"""The types and the client of `counter.did`."""

from __future__ import annotations

from ic_factory.bindgen.runtime import CanisterClient, MethodBinding, TypeBindings
from ic_factory.protocol.candid import types as t


class CounterClient(CanisterClient):
    """Begins with a count.

    All raise BindingError for what does not fit its type, besides what the caller raises.
    """

    def get(self) -> int:
        """How many there are."""
        return self._query(_GET)

    def increment(self) -> int:
        """Counts one more, and returns how many there are now."""
        return self._update(_INCREMENT)

    def reset(self) -> None:
        """Begins at 0 again; for controllers."""
        self._update(_RESET)


# What all of this is in Candid.
_TYPES = TypeBindings()

_GET: MethodBinding[int] = _TYPES.method("get", [], [t.NAT64])
_INCREMENT: MethodBinding[int] = _TYPES.method("increment", [], [t.NAT64])
_RESET: MethodBinding[None] = _TYPES.method("reset", [], [])
_INIT_ARGS: MethodBinding[None] = _TYPES.method("init", [t.NAT64], [])


def encode_init_args(arg: int) -> bytes:
    """Returns the argument to install the canister with."""
    return _INIT_ARGS.encode_args([arg])
