"""Idle canisters cost a round nothing, and what is noted of them is what they hold."""

from __future__ import annotations

import sys
from types import FrameType

import pytest

from ic_factory.protocol.principal import Principal
from ic_factory.replica import FrozenClock, Replica, ReplicaConfig, Reply
from ic_factory.replica.canister_cycles import held_bytes
from ic_factory.replica.execution.engine import Engine
from ic_factory.replica.management.interface import encode_arguments
from tests.canisters.universal import reply, universal_wasm_without

WASM = universal_wasm_without("canister_heartbeat", "canister_inspect_message")
IDLE = 400
START = 1_700_000_000 * 10**9
CONTROLLER = Principal.anonymous()
HELLO = reply(b"hello").code


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine()


def calls_of_an_update(replica: Replica, canister_id: Principal) -> int:
    """How many Python functions run in a round with one update of that canister."""
    replica.update(canister_id, "update", HELLO)
    replica.submit_direct(canister_id, "update", HELLO)
    calls = 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        replica.tick()
    finally:
        sys.setprofile(None)
    return calls


def test_a_round_does_as_much_beside_many_idle_canisters_as_beside_none(engine: Engine) -> None:
    with Replica(ReplicaConfig(seed=bytes(32)), FrozenClock(START), engine) as replica:
        called = replica.create_canister(CONTROLLER)
        replica.install_code(called, WASM)
        alone = calls_of_an_update(replica, called)
        for _ in range(IDLE):
            replica.create_canister(CONTROLLER)
        # Less than one more for each of them: the state tree is deeper by a logarithm.
        assert calls_of_an_update(replica, called) < alone + IDLE


def test_what_is_noted_of_each_canister_is_what_it_holds_after_each_change(engine: Engine) -> None:
    with Replica(ReplicaConfig(), FrozenClock(START), engine) as replica:
        canister_id = replica.create_canister(CONTROLLER)

        def manage(method: str, **fields: object) -> Reply:
            argument = encode_arguments(method, {"canister_id": canister_id, **fields})
            answer = replica.update(Principal.management_canister(), method, argument)
            assert isinstance(answer, Reply), answer
            subnet = replica._machine.subnet
            held = {key: held_bytes(each) for key, each in subnet.canisters.items()}
            assert subnet.held_bytes == held
            assert subnet.held_in_all == sum(held.values())
            return answer

        install = {"mode": {"install": None}, "wasm_module": WASM, "arg": b""}
        manage("install_code", **install)
        manage("upload_chunk", chunk=b"a chunk")
        manage("upload_chunk", chunk=b"another chunk")
        manage("clear_chunk_store")
        manage("take_canister_snapshot")
        snapshot_id = bytes(8) + canister_id.bytes
        manage("load_canister_snapshot", snapshot_id=snapshot_id)
        manage("delete_canister_snapshot", snapshot_id=snapshot_id)
        manage("update_settings", settings={"memory_allocation": [2**30]})
        assert isinstance(replica.update(canister_id, "update", HELLO), Reply)
        manage("uninstall_code")
        manage("stop_canister")
        manage("delete_canister")
