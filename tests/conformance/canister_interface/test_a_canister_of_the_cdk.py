"""What people write with ic-cdk works: stable structures, timers, calls, certified data, chunks."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ic_factory.protocol.candid import InterfaceDescription
from ic_factory.protocol.candid.did import parse_did
from ic_factory.protocol.certificate import Certificate
from ic_factory.protocol.certificate_verification import verify_for_canister
from ic_factory.protocol.principal import Principal
from ic_factory.replica import Replica
from ic_factory.replica.rejects import ErrorCode
from tests.canisters.universal import cdk_wasm
from tests.conformance.canister_interface.canisters import (
    NOT_A_CANISTER,
    OWNER,
    SECOND,
    STRANGER,
    install,
    rejected,
    replied,
)

DID = Path(__file__).parents[3] / "canisters" / "test_canisters" / "cdk" / "cdk.did"
NO_ARGUMENT = b"DIDL\0\0"


@dataclass(frozen=True)
class CdkCanister:
    """A canister with its interface."""

    replica: Replica
    canister_id: Principal
    interface: InterfaceDescription

    def update(self, method: str, *values: Any) -> Any:
        """The result of an update; None for a method without one."""
        argument = self.interface.methods[method].encode_args(values)
        return self.result(method, self.replica.update(self.canister_id, method, argument, OWNER))

    def query(self, method: str, *values: Any) -> Any:
        """The result of a query."""
        argument = self.interface.methods[method].encode_args(values)
        payload = self.replica.query_call(self.canister_id, method, argument, OWNER)
        return self.result(method, payload)

    def result(self, method: str, payload: Any) -> Any:
        values = self.interface.methods[method].decode_results(replied(payload))
        return values[0] if values else None


@pytest.fixture(scope="module")
def interface() -> InterfaceDescription:
    """What the canister's interface file says."""
    return parse_did(DID.read_text(encoding="utf-8"))


@pytest.fixture
def cdk(replica: Replica, interface: InterfaceDescription) -> CdkCanister:
    """A canister of the CDK."""
    return made(replica, interface)


def made(replica: Replica, interface: InterfaceDescription) -> CdkCanister:
    canister_id = replica.create_canister(OWNER)
    replied(install(replica, canister_id, cdk_wasm(), NO_ARGUMENT))
    return CdkCanister(replica, canister_id, interface)


def test_it_knows_itself_and_its_caller(cdk: CdkCanister) -> None:
    assert cdk.query("canister_id") == cdk.canister_id
    assert cdk.query("whoami") == OWNER
    assert cdk.query("now") == cdk.replica.now
    assert cdk.query("balance") > 10**13


def test_a_stable_map_keeps_values_over_an_upgrade(cdk: CdkCanister) -> None:
    values = {f"key {number}": bytes([number]) * number * 50 for number in range(40)}
    for key, value in values.items():
        assert cdk.update("put", key, value) == []
    assert cdk.update("put", "key 1", b"again") == [values["key 1"]]
    assert cdk.update("remove", "key 2") == [values["key 2"]]
    upgraded = install(cdk.replica, cdk.canister_id, cdk_wasm(), NO_ARGUMENT, "upgrade")
    replied(upgraded)
    assert cdk.query("len") == 39
    assert cdk.query("get", "key 1") == [b"again"]
    assert cdk.query("get", "key 2") == []
    assert cdk.query("get", "key 39") == [values["key 39"]]
    assert cdk.query("keys", [], 3) == sorted(values)[:3]


def test_chunks_in_stable_memory(cdk: CdkCanister) -> None:
    chunk = bytes(range(256)) * 4096
    cdk.update("store_chunk", 0, chunk)
    assert cdk.query("load_chunk", 0, len(chunk)) == chunk
    cdk.update("store_chunk_in_map", 7, chunk[:100_000])
    assert cdk.query("load_chunk_from_map", 7) == [chunk[:100_000]]


def test_calls_are_awaited(cdk: CdkCanister, interface: InterfaceDescription) -> None:
    other = made(cdk.replica, interface)
    assert cdk.update("chain", 5) == 5
    assert cdk.update("fan_out", 10) == list(range(1, 11))
    reply = cdk.update("call_other", other.canister_id, "increment", NO_ARGUMENT)
    assert interface.methods["increment"].decode_results(reply["Ok"]) == [1]
    bounded = cdk.update("call_other_bounded", other.canister_id, "increment", NO_ARGUMENT, 5)
    assert interface.methods["increment"].decode_results(bounded["Ok"]) == [2]


def test_rejections_are_results(cdk: CdkCanister, interface: InterfaceDescription) -> None:
    missing = cdk.update("call_other", NOT_A_CANISTER, "increment", NO_ARGUMENT)["Err"]
    assert missing["code"] == [3]
    other = made(cdk.replica, interface)
    trapped = cdk.update("call_other", other.canister_id, "no_such_method", NO_ARGUMENT)["Err"]
    assert trapped["code"] == [5]
    assert "IC0536" in trapped["message"]


def test_a_trap_after_an_await_keeps_what_was_before_it(cdk: CdkCanister) -> None:
    payload = cdk.replica.update(cdk.canister_id, "trap_after_await", NO_ARGUMENT, OWNER)
    rejected(payload, ErrorCode.CANISTER_CALLED_TRAP)
    assert cdk.query("counter") == 1
    assert cdk.update("increment") == 2


def test_timers_tick(cdk: CdkCanister) -> None:
    cdk.update("tick_once", 5_000)
    cdk.update("start_ticking", 10_000)
    for _ in range(4):
        cdk.replica.advance_time(11 * SECOND)
        for _ in range(3):
            cdk.replica.tick()
    assert cdk.query("ticks") == 1 + 4
    cdk.update("stop_ticking")
    cdk.replica.advance_time(60 * SECOND)
    cdk.replica.tick()
    assert cdk.query("ticks") == 5


def test_certified_data(cdk: CdkCanister) -> None:
    cdk.update("set_certified", b"certified")
    certified = cdk.query("get_certified")
    assert certified["data"] == b"certified"
    certificate = Certificate.decode(certified["certificate"][0])
    verify_for_canister(certificate, cdk.replica.root_key, cdk.canister_id)


def test_composite_queries(cdk: CdkCanister, interface: InterfaceDescription) -> None:
    other = made(cdk.replica, interface)
    other.update("put", "key", b"value")
    assert cdk.query("get_from", other.canister_id, "key") == {"Ok": [b"value"]}
    assert cdk.query("get_from", other.canister_id, "none") == {"Ok": []}
    assert "Err" in cdk.query("get_from", NOT_A_CANISTER, "key")


def test_inspected_messages(cdk: CdkCanister) -> None:
    refused = cdk.replica.update(cdk.canister_id, "refused", NO_ARGUMENT, STRANGER)
    rejected(refused, ErrorCode.CANISTER_REJECTED_MESSAGE)
    reply = cdk.update("call_other", cdk.canister_id, "refused", NO_ARGUMENT)
    assert "Ok" in reply


def test_a_canister_is_deployed_from_chunks(cdk: CdkCanister) -> None:
    module = cdk_wasm()
    chunks = [module[at : at + 100_000] for at in range(0, len(module), 100_000)]
    for number, chunk in enumerate(chunks):
        cdk.update("store_chunk_in_map", number, chunk)
    request = {
        "argument": cdk.interface.encode_init_args([[{"note": "from chunks"}]]),
        "chunk_indexes": list(range(len(chunks))),
        "module_hash": hashlib.sha256(module).digest(),
        "cycles": 5 * 10**12,
    }
    deployed = cdk.update("deploy_from_chunks", request)["Ok"]
    other = CdkCanister(cdk.replica, deployed, cdk.interface)
    assert other.query("note") == "from chunks"
    assert other.query("balance") > 4 * 10**12


def test_randomness_differs(cdk: CdkCanister) -> None:
    assert len({cdk.update("raw_rand") for _ in range(3)}) == 3


def test_what_is_too_long_to_certify_traps(cdk: CdkCanister) -> None:
    argument = cdk.interface.methods["set_certified"].encode_args([bytes(33)])
    payload = cdk.replica.update(cdk.canister_id, "set_certified", argument, OWNER)
    rejected(payload, ErrorCode.CANISTER_CONTRACT_VIOLATION, cdk.canister_id)
