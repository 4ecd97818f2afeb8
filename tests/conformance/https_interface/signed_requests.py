"""Requests that would be answered if their sender were known."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conformance.https_interface.world import COUNT_UP, World
from tests.conformance.spec_client.connection import (
    MINUTE,
)
from tests.conformance.spec_client.identities import (
    KEY_KINDS,
)

KINDS = pytest.mark.parametrize("kind", sorted(KEY_KINDS))
ANYTHING = ["call", "query", "read_state"]


def expiration(world: World) -> int:
    return world.connection.now() + MINUTE


def request_of(world: World, request_type: str, identity: Any) -> dict[str, Any]:
    """A request of this type that would be answered if its sender were known."""
    connection = world.connection
    if request_type == "read_state":
        return connection.content("read_state", identity, paths=[[b"time"]])
    method = "update" if request_type == "call" else "query"
    return connection.call_content(world.canister_id, method, COUNT_UP, identity, request_type)


def post(world: World, request_type: str, body: bytes):
    return world.connection.post(request_type, world.canister_id, body)
