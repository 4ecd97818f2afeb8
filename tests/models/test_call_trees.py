"""Random call trees end as the specification says: counters, balances and the answer.

Specification: "Message execution", "Callback invocation", "Call context starvation".
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ic_factory.protocol.principal import Principal
from ic_factory.replica import Replica, ReplicaConfig
from ic_factory.replica.clock import FrozenClock
from ic_factory.replica.cycles import FREE
from ic_factory.replica.rejects import Payload, RejectCode
from ic_factory.replica.rejects import Reply as ReplyPayload
from ic_factory.replica.replica import SnapshotToken
from tests.canisters.universal import Program, universal_wasm_without
from tests.models.call_trees import CANISTERS, Steps, bodies, program_of
from tests.models.specification import Canister, Specification

START_TIME = 1_700_000_000_000_000_000
BALANCE = 10**14

Stage = tuple[Replica, SnapshotToken, list[Principal]]


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    """A replica that costs nothing, with canisters that have a page of stable memory."""
    module = universal_wasm_without("canister_heartbeat", "canister_inspect_message")
    grow = Program().stable_grow(1).drop().code
    with Replica(ReplicaConfig(fees=FREE), FrozenClock(START_TIME)) as replica:
        canisters = []
        for _ in range(CANISTERS):
            canister_id = replica.create_canister(cycles=BALANCE)
            replica.install_code(canister_id, module, grow)
            canisters.append(canister_id)
        yield replica, replica.snapshot(), canisters


def found(replica: Replica, canister_id: Principal) -> Canister:
    """What the replica has of a canister."""
    seen = Program().reply(
        Program().concat(
            Program().encode_int(Program().add_counter(0)),
            Program().stable_read(0, 8),
            Program().balance(),
        )
    )
    payload = replica.query_call(canister_id, "query", seen.code)
    assert isinstance(payload, ReplyPayload)
    parts = payload.data[:8], payload.data[8:16], payload.data[16:]
    return Canister(*(int.from_bytes(part, "little") for part in parts))


def kind_of(payload: Payload) -> str:
    """The model's word for an answer."""
    if isinstance(payload, ReplyPayload):
        return "reply"
    return "reject" if payload.reject_code is RejectCode.CANISTER_REJECT else "error"


def run(stage: Stage, trees: list[Steps]) -> None:
    """Runs trees one after the other on both sides, and compares after each."""
    replica, beginning, canisters = stage
    replica.rewind(beginning)
    model = Specification([BALANCE] * CANISTERS)
    for number, tree in enumerate(trees):
        program = program_of(tree, [canister.bytes for canister in canisters])
        root = number % CANISTERS
        payload = replica.update(canisters[root], "update", program.code)
        # Callbacks that nobody waits for run too; a round goes on while there are messages.
        for _ in range(3):
            replica.tick()
        model.answer = None
        assert kind_of(payload) == model.user_calls(root, tree)
        assert [found(replica, canister_id) for canister_id in canisters] == model.canisters
        total = sum(canister.balance for canister in model.canisters)
        assert total + model.burned == CANISTERS * BALANCE


@pytest.mark.slow
@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(trees=st.lists(bodies(3, answers=True), min_size=1, max_size=2))
def test_call_trees_end_as_the_specification_says(stage: Stage, trees: list[Steps]) -> None:
    run(stage, trees)
