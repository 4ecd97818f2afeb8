"""The HTTP gateway: canisters for browsers (HTTP Gateway Protocol Specification)."""

from ic_factory.replica.http.gateway.addressing import ResolveName
from ic_factory.replica.http.gateway.gateway import UPDATE_SECONDS, Gateway

__all__ = ["UPDATE_SECONDS", "Gateway", "ResolveName"]
