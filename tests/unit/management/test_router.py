"""The door: who may call what, arguments that make no sense, methods that are not there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ic_factory.protocol.principal import Principal
from ic_factory.replica.management.interface import SIGNATURES, encode_arguments
from ic_factory.replica.management.methods import METHODS
from ic_factory.replica.management.router import Answered
from ic_factory.replica.management.unsupported import UNSUPPORTED_METHODS
from ic_factory.replica.rejects import ErrorCode, Reject, Reply
from tests.unit.management.modules import EMPTY
from tests.unit.management.world import (
    ADMIN,
    STRANGER,
    WALLET,
    World,
    no_arguments,
    state_of,
)

ANYONE = frozenset({"provisional_create_canister_with_cycles", "provisional_top_up_canister"})
CANISTERS_ONLY = frozenset(
    {
        "create_canister",
        "deposit_cycles",
        "canister_info",
        "canister_metadata",
        "raw_rand",
        "subnet_info",
        "node_metrics_history",
    }
)
QUERIES = frozenset({"canister_status", "canister_metrics", "fetch_canister_logs"})
QUERIES_ONLY = frozenset({"fetch_canister_logs", "list_canisters"})
CONTROLLERS_ONLY = frozenset(METHODS) - ANYONE - CANISTERS_ONLY - QUERIES_ONLY


@dataclass
class Scene:
    """A subnet with a canister of the admin's, and arguments for a method that fit it."""

    world: World
    canister_id: Principal

    def arguments(self, method: str) -> bytes:
        fields: dict[str, Any] = {
            "canister_id": self.canister_id,
            "target_canister": self.canister_id,
            "subnet_id": self.world.subnet.subnet_id,
            "start_at_timestamp_nanos": 0,
            "amount": 1,
            "chunk": b"chunk",
            "name": "section",
            "snapshot_id": b"",
            "mode": {"reinstall": None},
            "wasm_module": EMPTY,
            "arg": b"",
            "chunk_hashes_list": [],
            "wasm_module_hash": b"",
            "settings": {},
            "kind": {"wasm_chunk": {"hash": b""} if method.startswith("read") else None},
            "wasm_module_size": 0,
            "wasm_memory_size": 0,
            "stable_memory_size": 0,
            "globals": [],
            "certified_data": b"",
        }
        if method in ("create_canister", "provisional_create_canister_with_cycles"):
            fields = {}
        signature = SIGNATURES[method].arguments
        if not signature:
            return no_arguments()
        known = {field.name for field in signature[0].fields}  # type: ignore[union-attr]
        return encode_arguments(
            method, {name: value for name, value in fields.items() if name in known}
        )


def scene() -> Scene:
    world = World()
    return Scene(world, world.installed(EMPTY).canister_id)


def test_every_method_has_types_and_is_served_or_refused_by_name() -> None:
    assert METHODS.keys() == SIGNATURES.keys()
    assert not METHODS.keys() & UNSUPPORTED_METHODS


@pytest.mark.parametrize("method", sorted(METHODS))
def test_which_users_are_let_in(method: str) -> None:
    here = scene()
    argument = here.arguments(method)

    def rejected(sender: Principal) -> str | None:
        reject = here.world.management.inspect_ingress(here.world.subnet, sender, method, argument)
        return None if reject is None else f"{reject.error_code}: {reject.message}"

    if method in ANYONE:
        assert rejected(STRANGER) is None
    elif method in CANISTERS_ONLY:
        refusal = f"IC0406: Only canisters can call ic00 method {method}"
        assert rejected(ADMIN) == rejected(STRANGER) == refusal
    elif method in QUERIES_ONLY:
        assert rejected(ADMIN) == (
            f"IC0406: {method} API is only accessible in non-replicated mode"
        )
    else:
        assert rejected(ADMIN) is None
        assert rejected(STRANGER) == (
            f"IC0512: Only controllers of canister {here.canister_id} can call ic00 method {method}"
        )


@pytest.mark.parametrize("method", sorted(METHODS))
def test_the_handlers_check_rights_themselves(method: str) -> None:
    here = scene()
    before = state_of(here.world.subnet)
    result = here.world.request(method, here.arguments(method), STRANGER, cycles=5)
    if method in ANYONE:
        assert isinstance(result, Answered)
        assert isinstance(result.payload, Reply)
        return
    assert isinstance(result, Answered)
    assert isinstance(result.payload, Reject)
    assert result.refund == 5
    assert state_of(here.world.subnet) == before
    if method in CANISTERS_ONLY:
        assert result.payload.error_code is ErrorCode.CANISTER_CONTRACT_VIOLATION
        assert result.payload.message == f"{method} cannot be called by a user."
    elif method in CONTROLLERS_ONLY:
        assert result.payload.error_code is ErrorCode.CANISTER_INVALID_CONTROLLER


@pytest.mark.parametrize("method", sorted(METHODS.keys() | UNSUPPORTED_METHODS | {"nonsense"}))
def test_what_can_be_asked_by_query(method: str) -> None:
    here = scene()
    argument = here.arguments(method) if method in METHODS else no_arguments()
    before = state_of(here.world.subnet)
    payload = here.world.management.query(here.world.subnet, ADMIN, method, argument)
    assert isinstance(payload, Reply) is (method in QUERIES)
    assert state_of(here.world.subnet) == before
    if method == "nonsense":
        assert payload == Reject.of(
            ErrorCode.CANISTER_METHOD_NOT_FOUND, "Query method nonsense not found."
        )


@pytest.mark.parametrize("method", sorted(UNSUPPORTED_METHODS))
def test_methods_that_are_not_supported_say_so_and_give_cycles_back(method: str) -> None:
    world = World()
    expected = Reject.of(
        ErrorCode.UNKNOWN_MANAGEMENT_MESSAGE,
        f"Management canister method '{method}' is not supported by this replica",
    )
    assert world.request(method, b"anything", WALLET, 99) == Answered(expected, 99)
    assert world.management.inspect_ingress(world.subnet, ADMIN, method, b"") == expected


def test_a_method_that_nobody_knows() -> None:
    world = World()
    expected = Reject.of(
        ErrorCode.CANISTER_METHOD_NOT_FOUND, "Management canister has no method 'start'"
    )
    assert world.request("start", no_arguments(), ADMIN, 9) == Answered(expected, 9)
    assert world.management.inspect_ingress(world.subnet, ADMIN, "start", b"") == expected


@pytest.mark.parametrize("method", sorted(set(METHODS) - QUERIES_ONLY))
@pytest.mark.parametrize("argument", [b"", b"DIDL", b"DIDL\x00\x01\x7d\x07", b"no Candid"])
def test_arguments_that_make_no_sense_are_refused(method: str, argument: bytes) -> None:
    here = scene()
    if method == "raw_rand" and argument.startswith(b"DIDL\x00"):
        return
    result = here.world.request(method, argument, WALLET, cycles=3)
    assert isinstance(result, Answered)
    assert isinstance(result.payload, Reject)
    assert result.payload.error_code is ErrorCode.INVALID_MANAGEMENT_PAYLOAD
    assert result.payload.message.startswith("Error decoding candid: ")
    assert result.refund == 3


@settings(deadline=None)
@given(st.sampled_from(sorted(METHODS)), st.binary(max_size=200), st.sampled_from([ADMIN, WALLET]))
def test_no_bytes_break_the_door(method: str, tail: bytes, caller: Principal) -> None:
    world = World()
    management, subnet = world.management, world.subnet
    for argument in (tail, b"DIDL" + tail):
        result = world.request(method, argument, caller)
        assert isinstance(result, Answered)
        management.query(subnet, caller, method, argument)
        management.inspect_ingress(subnet, caller, method, argument)
        management.effective_canister_id(method, argument)


@settings(deadline=None)
@given(st.data())
def test_a_valid_argument_with_a_byte_changed_breaks_nothing(data: st.DataObject) -> None:
    method = data.draw(st.sampled_from(sorted(METHODS)))
    here = scene()
    argument = bytearray(here.arguments(method))
    place = data.draw(st.integers(0, len(argument) - 1))
    argument[place] = data.draw(st.integers(0, 255))
    here.world.request(method, bytes(argument), ADMIN)


@pytest.mark.parametrize("method", sorted(METHODS))
def test_the_effective_canister_id(method: str) -> None:
    here = scene()
    canister_id = here.world.management.effective_canister_id(method, here.arguments(method))
    if method in (
        "create_canister",
        "provisional_create_canister_with_cycles",
        "raw_rand",
        "subnet_info",
        "node_metrics_history",
        "list_canisters",
    ):
        assert canister_id is None
    else:
        assert canister_id == here.canister_id
    assert here.world.management.effective_canister_id(method, b"no Candid") is None


def test_users_whose_arguments_name_no_canister_are_not_let_in() -> None:
    world = World()
    reject = world.management.inspect_ingress(world.subnet, ADMIN, "install_code", b"")
    assert reject == Reject.of(
        ErrorCode.INVALID_MANAGEMENT_PAYLOAD,
        "Failed to decode payload for ic00 method: install_code",
    )
    argument = encode_arguments("start_canister", {"canister_id": WALLET})
    reject = world.management.inspect_ingress(world.subnet, ADMIN, "start_canister", argument)
    assert reject == Reject.of(ErrorCode.CANISTER_NOT_FOUND, f"Canister {WALLET} not found.")
