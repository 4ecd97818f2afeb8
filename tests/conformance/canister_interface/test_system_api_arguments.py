"""Whatever a canister passes to the system API, it gets an answer or a trap, and nobody is harmed.

Specification: "Interpretation of numbers", "Blob-typed arguments and results".
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ic_factory.replica import Replica, ReplicaConfig
from ic_factory.replica.clock import FrozenClock
from ic_factory.replica.execution.engine import Engine
from ic_factory.replica.rejects import ErrorCode, Payload, Reject
from tests.canisters.universal import IC0_FUNCTIONS, Program
from tests.conformance.canister_interface.canisters import (
    PAGE,
    START_TIME,
    Universal,
    make_universal,
    replied,
)
from tests.conformance.canister_interface.conftest import Stage
from tests.conformance.canister_interface.test_system_api_contexts import TYPES

EDGES = [0, 1, 7, 29, 32, 33, PAGE, 2**20, 2**31 - 1, 2**31, 2**32 - 1, 2**32, 2**63, 2**64 - 1]
NUMBERS = st.one_of(st.sampled_from(EDGES), st.integers(0, 2**64 - 1))
WHERE_MEMORY_ENDS = Program().multiply(Program().memory_size(), PAGE)
ANSWERS = frozenset(
    {
        ErrorCode.CANISTER_TRAPPED,
        ErrorCode.CANISTER_CALLED_TRAP,
        ErrorCode.CANISTER_CONTRACT_VIOLATION,
        ErrorCode.CANISTER_DID_NOT_REPLY,
        ErrorCode.CANISTER_REJECTED_MESSAGE,
        ErrorCode.CANISTER_OUT_OF_MEMORY,
        ErrorCode.INSUFFICIENT_CYCLES_IN_MEMORY_GROW,
    }
)
"""What the canister alone can be to blame for."""

SETTINGS = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(scope="module")
def stage(engine: Engine) -> Iterator[Stage]:
    """A stage with little memory: what canisters grow at random must fit into the host's."""
    config = ReplicaConfig(subnet_memory_bytes=256 * 1024**2)
    with Replica(config, FrozenClock(START_TIME), engine) as replica:
        yield Stage(replica, *(make_universal(replica) for _ in range(3)))


@st.composite
def calls(draw: st.DrawFn) -> Program:
    """One system call with any arguments of the right types."""
    name = draw(st.sampled_from(sorted(IC0_FUNCTIONS)))
    parameters = TYPES[name].partition(" -> ")[0].split()
    program = Program()
    arguments = []
    for kind in parameters:
        number = draw(NUMBERS) % 2 ** int(kind[1:])
        near_the_end = draw(st.booleans())
        arguments.append(
            Program().subtract(WHERE_MEMORY_ENDS, number % 64)
            if near_the_end
            else Program().push(number)
        )
    return program.system_call(name, *arguments)


def assert_answered(payload: Payload) -> None:
    if isinstance(payload, Reject):
        assert payload.error_code in ANSWERS, payload


@pytest.mark.slow
@SETTINGS
@given(program=st.lists(calls(), min_size=1, max_size=3).map(lambda some: Program().then(*some)))
@example(program=Program().system_call("msg_reply_data_append", 0, 2**32 - 1))
def test_any_arguments_have_an_answer(
    replica: Replica, alice: Universal, bob: Universal, program: Program
) -> None:
    calling = Program().call(bob.bytes, "query", Program().reply().code, on_reply=program.reply())
    moment = replica.snapshot()
    for send in (
        lambda: alice.update(program.reply()),
        lambda: alice.update(program.reply(), "query"),
        lambda: alice.query(program.reply()),
        lambda: alice.composite_query(program.reply()),
        lambda: alice.update(calling),
        lambda: alice.composite_query(calling),
    ):
        try:
            assert_answered(send())
            assert replied(bob.update(Program().reply(b"unharmed"))) == b"unharmed"
        finally:
            replica.rewind(moment)


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(code=st.binary(max_size=60))
def test_any_program_has_an_answer(replica: Replica, alice: Universal, code: bytes) -> None:
    moment = replica.snapshot()
    # The two instructions that would take long are left out: loops, and what repeats.
    program = Program(code.translate(None, b"\x32\x60\x61\x62"))
    assert_answered(alice.query(program))
    replica.rewind(moment)
