"""Calls that the tests of the request rules make."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conformance.https_interface.world import (
    COUNT_UP,
    World,
)
from tests.conformance.spec_client.connection import (
    NOBODY,
    encode,
    envelope,
)

ALL_CALLS = pytest.mark.parametrize("version", ["v2", "v3", "v4"])
SIGNED = pytest.mark.parametrize("request_type", ["call", "query", "read_state"])
MEBIBYTE = 1024**2


def call_of(world: World, identity: Any = NOBODY, **fields: Any) -> dict[str, Any]:
    content = world.connection.call_content(world.canister_id, "update", COUNT_UP, identity)
    return content | fields


def post_call(world: World, body: bytes, version: str = "v4", target: bytes | None = None):
    return world.connection.post("call", target or world.canister_id, body, version)


def send(world: World, content: dict[str, Any], identity: Any = NOBODY, version: str = "v4"):
    return post_call(world, encode(envelope(content, identity)), version)
