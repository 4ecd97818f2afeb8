"""What all requests of an agent have in common."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ic_factory.agent.errors import Attempt
from ic_factory.agent.flow import Surroundings
from ic_factory.agent.signing import Signer
from ic_factory.protocol.content import Content
from ic_factory.protocol.principal import Principal


class Endpoints:
    """The endpoints of one network, newest first, without those that it turned out not to have."""

    __slots__ = ("_versions",)

    def __init__(self) -> None:
        """Begins with all that the specification knows."""
        self._versions = {
            "call": ("v4", "v3", "v2"),
            "query": ("v3", "v2"),
            "read_state": ("v3", "v2"),
        }

    def paths(self, request: str, effective_canister_id: Principal) -> tuple[str, ...]:
        """Where a `call`, `query` or `read_state` may be sent."""
        return tuple(
            f"/api/{version}/canister/{effective_canister_id}/{request}"
            for version in self._versions[request]
        )

    def found(self, request: str, path: str) -> None:
        """Forgets those newer than one that has answered."""
        version = path.split("/")[2]
        versions = self._versions[request]
        # Another thread may have forgotten this one meanwhile.
        if version in versions:
            self._versions[request] = versions[versions.index(version) :]


@dataclass(frozen=True, slots=True)
class Terms:
    """What the flows of an agent need.

    Attributes:
        url: The network's address, for errors.
        root_key: Gives the network's root key, in DER.
        signer: Signs requests.
        ingress_expiry: How long requests are valid, in nanoseconds.
        surroundings: Clock and chance.
        endpoints: What the network has been found to offer.
    """

    url: str
    root_key: Callable[[], bytes]
    signer: Signer
    ingress_expiry: int
    surroundings: Surroundings
    endpoints: Endpoints

    def expiry(self) -> int:
        """When a request that is made now expires, in nanoseconds since 1970."""
        return self.surroundings.clock() + self.ingress_expiry

    def attempt(self, what: str, canister_id: Principal, content: Content) -> Attempt:
        """What is tried, for errors."""
        return Attempt(what, canister_id, self.url, content.request_id)
