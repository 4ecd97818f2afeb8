"""Who may call which method of the management canister: method by method, role by role.

Specification: "The IC management canister", each method's access rules; "API Request submission".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

import ic_factory.replica.management as management_room
from ic_factory.protocol.candid.did import parse_did
from ic_factory.replica.management.interface import SIGNATURES, decode_reply
from tests.conformance.management.actors import Refusal, Role, World
from tests.conformance.management.candid_arguments import argument

OK = "ok"

ONLY_CANISTERS = dict.fromkeys((Role.ANONYMOUS, Role.STRANGER, Role.CONTROLLER), "IC0406")
ONLY_CONTROLLERS = dict.fromkeys(
    (Role.ANONYMOUS, Role.STRANGER, Role.ITSELF, Role.OTHER_CANISTER), "IC0512"
)
CONTROLLERS_AND_ITSELF = dict.fromkeys(
    (Role.ANONYMOUS, Role.STRANGER, Role.OTHER_CANISTER), "IC0512"
)
ANYONE: Mapping[Role, str] = {}
NOBODY = dict.fromkeys(Role, "IC0406")
"""As an update call."""

TRILLION = 10**12


def target(world: World) -> dict[str, Any]:
    return {"canister_id": world.target}


def nothing(_: World) -> dict[str, Any]:
    return {}


def with_snapshot(world: World) -> dict[str, Any]:
    """A snapshot of the target."""
    taken = world.manage("take_canister_snapshot", canister_id=world.target)
    return {"canister_id": world.target, "snapshot_id": taken["id"]}


def stopped(world: World) -> dict[str, Any]:
    world.manage("stop_canister", canister_id=world.target)
    return target(world)


def chunked(world: World) -> dict[str, Any]:
    """The module, uploaded in one chunk."""
    world.manage("upload_chunk", canister_id=world.target, chunk=world.module)
    digest = sha256(world.module).digest()
    return {
        "mode": {"reinstall": None},
        "target_canister": world.target,
        "chunk_hashes_list": [{"hash": digest}],
        "wasm_module_hash": digest,
        "arg": b"",
    }


def uploaded(world: World) -> dict[str, Any]:
    """A snapshot that is made by its metadata."""
    given = snapshot_metadata(world)
    made = world.manage("upload_canister_snapshot_metadata", **given)
    return {
        "canister_id": world.target,
        "snapshot_id": made["snapshot_id"],
        "kind": {"stable_memory": {"offset": 0}},
        "chunk": b"data",
    }


def snapshot_metadata(world: World) -> dict[str, Any]:
    return {
        "canister_id": world.target,
        "wasm_module_size": len(world.module),
        "globals": [],
        "wasm_memory_size": 0,
        "stable_memory_size": 65536,
        "certified_data": b"",
    }


def data_of_snapshot(world: World) -> dict[str, Any]:
    return {**with_snapshot(world), "kind": {"wasm_module": {"offset": 0, "size": 8}}}


@dataclass(frozen=True)
class Row:
    """A method with arguments that would do, and who is refused with which error code."""

    arguments: Callable[[World], dict[str, Any]]
    refusals: Mapping[Role, str]
    cycles: int = 0
    query_refusals: Mapping[Role, str] | None = None
    """Who is refused when it is called as a query; None where it is no query method."""
    never: tuple[Role, ...] = field(default=())
    """Roles in which nobody can call: a stopped canister calls nobody."""


USERS_AS_QUERY = {Role.ANONYMOUS: "IC0512", Role.STRANGER: "IC0512"}

TABLE: dict[str, Row] = {
    "create_canister": Row(nothing, ONLY_CANISTERS, cycles=TRILLION),
    "update_settings": Row(lambda world: {**target(world), "settings": {}}, ONLY_CONTROLLERS),
    "upload_chunk": Row(lambda world: {**target(world), "chunk": b"x"}, CONTROLLERS_AND_ITSELF),
    "clear_chunk_store": Row(target, CONTROLLERS_AND_ITSELF),
    "stored_chunks": Row(target, CONTROLLERS_AND_ITSELF),
    "install_code": Row(
        lambda world: {
            **target(world),
            "mode": {"reinstall": None},
            "wasm_module": world.module,
            "arg": b"",
        },
        ONLY_CONTROLLERS,
    ),
    "install_chunked_code": Row(chunked, ONLY_CONTROLLERS),
    "uninstall_code": Row(target, ONLY_CONTROLLERS),
    "start_canister": Row(target, ONLY_CONTROLLERS),
    "stop_canister": Row(target, ONLY_CONTROLLERS),
    "canister_status": Row(target, CONTROLLERS_AND_ITSELF, query_refusals=USERS_AS_QUERY),
    "canister_metrics": Row(
        target,
        ONLY_CONTROLLERS,
        query_refusals=USERS_AS_QUERY,
    ),
    "delete_canister": Row(stopped, ONLY_CONTROLLERS, never=(Role.ITSELF,)),
    "deposit_cycles": Row(target, ONLY_CANISTERS, cycles=1000),
    "raw_rand": Row(nothing, ONLY_CANISTERS),
    "canister_info": Row(target, ONLY_CANISTERS),
    "canister_metadata": Row(lambda world: {**target(world), "name": "open"}, ONLY_CANISTERS),
    "node_metrics_history": Row(
        lambda world: {"subnet_id": world.replica.subnet_id, "start_at_timestamp_nanos": 0},
        ONLY_CANISTERS,
    ),
    "subnet_info": Row(lambda world: {"subnet_id": world.replica.subnet_id}, ONLY_CANISTERS),
    "provisional_create_canister_with_cycles": Row(nothing, ANYONE),
    "provisional_top_up_canister": Row(lambda world: {**target(world), "amount": 1}, ANYONE),
    "take_canister_snapshot": Row(target, ONLY_CONTROLLERS),
    "load_canister_snapshot": Row(with_snapshot, ONLY_CONTROLLERS),
    "list_canister_snapshots": Row(target, ONLY_CONTROLLERS),
    "delete_canister_snapshot": Row(with_snapshot, ONLY_CONTROLLERS),
    "read_canister_snapshot_metadata": Row(with_snapshot, ONLY_CONTROLLERS),
    "read_canister_snapshot_data": Row(data_of_snapshot, ONLY_CONTROLLERS),
    "upload_canister_snapshot_metadata": Row(snapshot_metadata, ONLY_CONTROLLERS),
    "upload_canister_snapshot_data": Row(uploaded, ONLY_CONTROLLERS),
    "fetch_canister_logs": Row(
        target,
        NOBODY,
        query_refusals={Role.ANONYMOUS: "IC0406", Role.STRANGER: "IC0406"},
    ),
    # Subnet admins alone may ask, and a local subnet has none.
    "list_canisters": Row(nothing, NOBODY, query_refusals=NOBODY),
}

ALL_ROLES = pytest.mark.parametrize("role", list(Role), ids=lambda role: role.value)


def methods_of_the_interface() -> set[str]:
    text = (Path(management_room.__path__[0]) / "management.did").read_text()
    interface = parse_did(text)
    return set(interface.methods)


def test_every_method_of_the_interface_has_a_row():
    assert methods_of_the_interface() == set(TABLE)
    assert set(SIGNATURES) == set(TABLE)


def assert_refused_with(error_code: str, answer: bytes | Refusal, role: Role) -> None:
    assert isinstance(answer, Refusal), f"expected {error_code}, got a reply"
    assert answer.reject_code == int(error_code[3]), answer
    assert answer.message
    if not role.is_canister:
        assert answer.error_code == error_code, answer


@pytest.mark.parametrize(
    ("method", "role"),
    [
        (method, role)
        for method, row in sorted(TABLE.items())
        for role in Role
        if role not in row.never
    ],
    ids=lambda each: each.value if isinstance(each, Role) else each,
)
def test_update_calls(world: World, method: str, role: Role):
    row = TABLE[method]
    encoded = argument(method, **row.arguments(world))
    answer = world.call(role, method, encoded, cycles=row.cycles if role.is_canister else 0)
    expected = row.refusals.get(role, OK)
    if expected == OK:
        assert isinstance(answer, bytes), answer
        decode_reply(method, answer)
    else:
        assert_refused_with(expected, answer, role)


@pytest.mark.parametrize("role", [Role.ANONYMOUS, Role.STRANGER, Role.CONTROLLER])
@pytest.mark.parametrize("method", sorted(TABLE))
def test_queries_by_users(world: World, method: str, role: Role):
    row = TABLE[method]
    encoded = argument(method, **row.arguments(world))
    answer = world.query(role, method, encoded)
    refusals = dict.fromkeys(Role, "IC0536") if row.query_refusals is None else row.query_refusals
    expected = refusals.get(role, OK)
    if expected == OK:
        assert isinstance(answer, bytes), answer
        decode_reply(method, answer)
    else:
        assert_refused_with(expected, answer, role)


@pytest.mark.parametrize(
    "role", [Role.ITSELF, Role.OTHER_CANISTER, Role.CONTROLLING_CANISTER], ids=lambda r: r.value
)
@pytest.mark.parametrize("method", ["canister_status", "fetch_canister_logs", "raw_rand"])
def test_queries_by_canisters(world: World, method: str, role: Role):
    """A composite query, and its callbacks, may ask the management canister what users may."""
    row = TABLE[method]
    answer = world.composite_query(role, method, argument(method, **row.arguments(world)))
    may = {
        "canister_status": {Role.ITSELF, Role.CONTROLLING_CANISTER},
        "fetch_canister_logs": {Role.CONTROLLING_CANISTER},
        "raw_rand": set(),
    }[method]
    if role in may:
        assert isinstance(answer, bytes), answer
        decode_reply(method, answer)
    else:
        assert isinstance(answer, Refusal)
        assert answer.reject_code == (4 if method == "fetch_canister_logs" else 5)


@ALL_ROLES
@pytest.mark.parametrize("method", ["", "no_such_method", "Create_canister", "install_code "])
def test_methods_that_do_not_exist(world: World, method: str, role: Role):
    answer = world.call(role, method, argument("start_canister", **target(world)))
    assert_refused_with("IC0536", answer, role)


NOT_SUPPORTED = [
    "http_request",
    "ecdsa_public_key",
    "sign_with_ecdsa",
    "schnorr_public_key",
    "sign_with_schnorr",
    "vetkd_public_key",
    "vetkd_derive_key",
    "bitcoin_get_balance",
    "bitcoin_get_utxos",
    "bitcoin_send_transaction",
    "bitcoin_get_current_fee_percentiles",
    "bitcoin_get_block_headers",
]


@ALL_ROLES
@pytest.mark.parametrize("method", NOT_SUPPORTED)
def test_methods_that_are_not_supported_say_so(world: World, method: str, role: Role):
    answer = world.call(role, method, argument("start_canister", **target(world)))
    assert_refused_with("IC0407", answer, role)
    assert isinstance(answer, Refusal)
    assert method in answer.message
    assert "not supported" in answer.message


@pytest.mark.parametrize("method", NOT_SUPPORTED)
def test_what_is_not_supported_costs_nothing(world: World, method: str):
    encoded = argument("start_canister", **target(world))
    answer, refund = world.from_canister(world.other, method, encoded, cycles=TRILLION)
    assert isinstance(answer, Refusal)
    assert refund == TRILLION


# Arguments.

BAD_ARGUMENTS = [b"", b"DIDL", b"garbage", b"DIDL\0\0", b"DIDL\0\1\x7e\1", b"DIDL\1\x6c\0\1\0"]

TAKES_NOTHING = {"raw_rand", "list_canisters"}
TAKES_ANY_RECORD = {"create_canister", "provisional_create_canister_with_cycles"}


@pytest.mark.parametrize("encoded", BAD_ARGUMENTS, ids=range(len(BAD_ARGUMENTS)))
@pytest.mark.parametrize("method", sorted(set(TABLE) - TAKES_NOTHING - TAKES_ANY_RECORD))
def test_arguments_of_another_type(world: World, method: str, encoded: bytes):
    """From a canister that controls the target, so that nothing else is in the way."""
    answer = world.call(Role.CONTROLLING_CANISTER, method, encoded, cycles=TABLE[method].cycles)
    assert isinstance(answer, Refusal)
    assert answer.reject_code == 4
    if method != "fetch_canister_logs":
        assert "candid" in answer.message.lower()


USERS_METHODS = sorted(
    method
    for method, row in TABLE.items()
    if row.refusals is not ONLY_CANISTERS and row.refusals is not NOBODY
)


@pytest.mark.parametrize("encoded", BAD_ARGUMENTS, ids=range(len(BAD_ARGUMENTS)))
@pytest.mark.parametrize("method", sorted(set(USERS_METHODS) - TAKES_ANY_RECORD))
def test_users_arguments_of_another_type(world: World, method: str, encoded: bytes):
    answer = world.call(Role.CONTROLLER, method, encoded)
    assert_refused_with("IC0408", answer, Role.CONTROLLER)


@pytest.mark.parametrize(
    "method",
    sorted(
        method
        for method, row in TABLE.items()
        if row.arguments is not nothing and "subnet" not in method and "node" not in method
    ),
)
def test_a_canister_that_does_not_exist(world: World, method: str):
    absent = type(world.target)(b"\x80\0\0\0\0\x10\x7f\xff\x01\x01")
    fields = TABLE[method].arguments(world)
    name = "target_canister" if "target_canister" in fields else "canister_id"
    encoded = argument(method, **{**fields, name: absent})
    cycles = TABLE[method].cycles
    answer, refund = world.from_canister(world.manager, method, encoded, cycles)
    assert isinstance(answer, Refusal)
    if method == "fetch_canister_logs":
        assert answer.reject_code == 4
    else:
        assert answer.reject_code == 3
        assert str(absent) in answer.message
    assert refund == cycles
    if method in USERS_METHODS:
        assert_refused_with("IC0301", world.call(Role.CONTROLLER, method, encoded), Role.CONTROLLER)


@pytest.mark.parametrize("method", sorted(set(TABLE) - {"create_canister", "deposit_cycles"}))
def test_cycles_attached_to_other_methods_come_back(world: World, method: str):
    encoded = argument(method, **TABLE[method].arguments(world))
    _, refund = world.from_canister(world.manager, method, encoded, cycles=12345)
    assert refund == 12345
