"""What the tests of the HTTPS interface look at: a replica with canisters, and a client."""

from __future__ import annotations

from dataclasses import dataclass

import httpx

from ic_factory.replica import Replica
from tests.canisters.universal import Program, universal_wasm_without
from tests.conformance.custom_sections import with_custom_sections
from tests.conformance.spec_client.connection import (
    NOBODY,
    Connection,
    Content,
    request_id,
)
from tests.conformance.spec_client.hash_trees import Missing
from tests.conformance.spec_client.identities import Identity, KeyHolder

COUNT_UP = Program().reply_int(Program().add_counter()).code
"""Adds to the canister's counter, for calls that must not be executed."""

READ_COUNTER = Program().reply_int(Program().add_counter(0)).code

START = 1_750_000_000 * 10**9
"""When the replica's clock stands still; rounds add a nanosecond each."""

CALLER = Program().reply(Program().caller()).code
"""Replies who calls."""


@dataclass(frozen=True)
class World:
    """The replica with two universal canisters, and a client of it."""

    replica: Replica
    connection: Connection
    controller: KeyHolder
    stranger: KeyHolder
    canister_id: bytes
    other_id: bytes
    """A second canister, of the same controller."""
    module: bytes
    """What is installed in both."""

    def count(self) -> int:
        """How many times `COUNT_UP` was executed."""
        answer = self.connection.query(self.canister_id, "query", READ_COUNTER)
        return int.from_bytes(answer["reply"]["arg"], "little")

    def advance_time(self, nanoseconds: int) -> None:
        """Moves the clock, and lets a round see it."""
        self.replica.advance_time(nanoseconds)
        self.replica.tick()

    @property
    def subnet_id(self) -> bytes:
        return self.replica.subnet_id.bytes


PUBLIC_SECTION = b"service : {}"
PRIVATE_SECTION = b"for the controllers' eyes"


def universal_module() -> bytes:
    """The universal canister with metadata, idle unless called."""
    return with_custom_sections(
        universal_wasm_without("canister_heartbeat"),
        {"icp:public candid:service": PUBLIC_SECTION, "icp:private notes": PRIVATE_SECTION},
    )


def assert_refused(world: World, response: httpx.Response, *facts: str) -> None:
    """The request got HTTP 400 with a line of text that names these facts, and did nothing."""
    assert response.status_code == 400, (response.status_code, response.content)
    assert response.headers["content-type"].startswith("text/plain")
    for fact in facts:
        assert fact in response.text
    assert "Traceback" not in response.text
    assert "\n" not in response.text
    assert world.count() == 0


def status_of(world: World, content: Content, identity: Identity = NOBODY) -> bytes | Missing:
    """What the certified state says of a request at the canister's URL."""
    path = (b"request_status", request_id(content), b"status")
    certificate = world.connection.read_state(world.canister_id, [path[:2]], identity)
    return certificate[path]
