"""The Rust canisters of tests/canisters, without a replica around them."""

from __future__ import annotations

import pytest

from ic_factory.protocol.candid.types import BLOB, NAT32, NAT64, TEXT, Opt
from ic_factory.protocol.candid.wire import decode, encode
from ic_factory.replica.execution.invocation import Context
from ic_factory.replica.execution.residence import ResidentCode
from ic_factory.replica.rejects import ErrorCode
from tests.canisters.universal import (
    ENDING,
    IC0_FUNCTIONS,
    Program,
    cdk_wasm,
    reply,
    universal_wasm,
)
from tests.unit.execution.stage import (
    ENGINE,
    SURROUNDINGS,
    completed,
    failed,
    invocation,
    reply_of,
    surroundings,
)


@pytest.fixture
def universal() -> ResidentCode:
    return started(universal_wasm(), Program().code)


@pytest.fixture
def cdk() -> ResidentCode:
    return started(cdk_wasm(), encode([], []))


def started(module: bytes, argument: bytes) -> ResidentCode:
    code = ResidentCode.fresh(ENGINE, ENGINE.load(module))
    completed(code.start(SURROUNDINGS, 10**9))
    init = invocation("canister_init", context=Context.INIT, argument=argument)
    completed(code.run(init, SURROUNDINGS))
    code.commit()
    return code


def update(code: ResidentCode, method: str, argument: bytes) -> bytes:
    outcome = code.run(
        invocation(f"canister_update {method}", argument=argument, instruction_limit=4 * 10**10),
        SURROUNDINGS,
    )
    answer = reply_of(outcome)
    code.commit()
    return answer


def query(code: ResidentCode, method: str, argument: bytes) -> bytes:
    outcome = code.run(
        invocation(
            f"canister_query {method}", context=Context.NON_REPLICATED_QUERY, argument=argument
        ),
        SURROUNDINGS,
    )
    code.roll_back()
    return reply_of(outcome)


@pytest.mark.parametrize("name", sorted(IC0_FUNCTIONS.keys() - ENDING))
def test_every_function_works_in_an_update_or_says_why_not(universal, name):
    program = IC0_FUNCTIONS[name].reply()
    outcome = universal.run(
        invocation("canister_update update", argument=program.code),
        surroundings(environment_variables=(("NAME", "value"),)),
    )
    message = getattr(outcome, "message", "")
    assert not message or "cannot be executed in update mode" in message, message


def test_the_universal_canister_echoes(universal):
    assert update(universal, "update", reply(Program().caller()).code) == b"\x04"
    assert query(universal, "query", reply(b"hello").code) == b"hello"


def test_a_trap_of_the_universal_canister_has_its_text(universal):
    outcome = failed(
        universal.run(
            invocation("canister_update update", argument=Program().trap(b"boom").code),
            SURROUNDINGS,
        )
    )
    assert outcome.error_code is ErrorCode.CANISTER_CALLED_TRAP
    assert "Canister called `ic0.trap` with message: 'boom'" in outcome.message


def test_maps_in_stable_memory_survive_a_way_through_an_image(cdk):
    for number in range(50):
        update(cdk, "put", encode([TEXT, BLOB], [f"key{number}", b"v" * number]))
    cdk.put_away()
    twin = cdk.copy()
    for code in (cdk, twin):
        for number in (0, 7, 49):
            answer = query(code, "get", encode([TEXT], [f"key{number}"]))
            assert decode(answer, [Opt(BLOB)]) == [[b"v" * number]]


def test_queries_forget_and_updates_remember(cdk):
    before = query(cdk, "counter", encode([], []))
    query(cdk, "measure_put", encode([TEXT, BLOB], ["k", b"v"]))
    assert decode(query(cdk, "get", encode([TEXT], ["k"])), [Opt(BLOB)]) == [[]]
    update(cdk, "increment", encode([], []))
    after = query(cdk, "counter", encode([], []))
    assert decode(after, [NAT64])[0] == decode(before, [NAT64])[0] + 1


def test_a_chunk_of_1_mib(cdk):
    chunk = bytes(range(256)) * 4096
    update(cdk, "store_chunk", encode([NAT32, BLOB], [1, chunk]))
    update(cdk, "store_chunk_in_map", encode([NAT32, BLOB], [1, chunk]))
    assert decode(query(cdk, "load_chunk", encode([NAT32, NAT32], [1, 1 << 20])), [BLOB]) == [chunk]
    loaded = query(cdk, "load_chunk_from_map", encode([NAT32], [1]))
    assert decode(loaded, [Opt(BLOB)]) == [[chunk]]
