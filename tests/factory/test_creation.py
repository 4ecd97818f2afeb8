"""Canisters out of uploads: what they get, who controls them, what it costs."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from ic_factory.protocol.principal import Principal
from ic_factory.replica import Reply
from tests import surgery
from tests.canisters.universal import Program
from tests.factory import flows
from tests.factory.world import (
    ADMIN,
    ANONYMOUS,
    STRANGER,
    TRILLION,
    USER,
    Factory,
    Refused,
    install_request,
    variant,
)

CREATION_FEE = TRILLION // 2


def controllers(factory: Factory, canister_id: Principal) -> set[Principal]:
    canister = factory.describe(canister_id)
    assert canister is not None
    return set(canister.controllers)


def test_a_canister_is_made_from_an_upload(factory: Factory, upload_id: int, module: bytes) -> None:
    response = factory.update("create_and_install_with", install_request(upload_id))
    digest = hashlib.sha256(module).digest()
    assert response["module_hash"] == digest
    assert response["cycles_used"] == TRILLION
    canister = factory.describe(response["canister_id"])
    assert canister is not None
    assert canister.module_hash == digest
    info = factory.query("get_canister_info", response["canister_id"])[0]
    assert (info["owner"], info["created_by"]) == (USER, USER)
    assert variant(info["status"]) == "Active"
    assert info["module_hash"] == [digest]
    assert info["upload_id"] == [upload_id]
    assert info["canister_type"] == "custom"


def test_the_argument_reaches_init(factory: Factory, upload_id: int) -> None:
    canister_id = factory.create(upload_id, init_arg=Program().store_global(b"kept").code)
    program = Program().reply(Program().load_global())
    assert factory.replica.update(canister_id, "update", program.code) == Reply(b"kept")


def test_cycles_are_the_factorys_and_the_creation_fee_is_among_them(
    factory: Factory, upload_id: int
) -> None:
    before = factory.cycles
    canister_id = factory.create(upload_id, cycles=2 * TRILLION)
    spent = before - factory.cycles
    assert 2 * TRILLION < spent < 2 * TRILLION + 10**9
    canister = factory.describe(canister_id)
    assert canister is not None
    installation = 2 * TRILLION - CREATION_FEE - canister.cycles
    assert 0 < installation < 3 * 10**9


@pytest.mark.parametrize("handoff", [False, True])
@pytest.mark.parametrize("extra", [[], [STRANGER, ADMIN]], ids=["alone", "with others"])
def test_controllers_are_the_factory_or_the_owner_and_the_extra_ones(
    factory: Factory, upload_id: int, extra: list[Principal], *, handoff: bool
) -> None:
    canister_id = factory.create(upload_id, handoff=handoff, extra_controllers=extra)
    first = USER if handoff else factory.canister_id
    assert controllers(factory, canister_id) == {first, *extra}
    info = factory.query("get_canister_info", canister_id)[0]
    assert set(info["controllers"]) == {first, *extra}


def test_every_documented_spelling_makes_a_canister(factory: Factory, upload_id: int) -> None:
    request = install_request(upload_id, extra_controllers=[ADMIN])
    plain = factory.update("create_canister_install", upload_id, request)["canister_id"]
    assert controllers(factory, plain) == {factory.canister_id, ADMIN}
    method = "create_canister_install_with_extra_controllers"
    more = factory.update(method, upload_id, request, [STRANGER])["canister_id"]
    assert controllers(factory, more) == {factory.canister_id, ADMIN, STRANGER}
    with pytest.raises(Refused, match=r"^Invalid argument: upload_id"):
        factory.update("create_canister_install", upload_id + 1, request)


def test_settings_are_those_of_the_request(factory: Factory, upload_id: int) -> None:
    settings: dict[str, Any] = {
        "compute_allocation": [1],
        "memory_allocation": [10**8],
        "freezing_threshold": [1000],
        "reserved_cycles_limit": [10**12],
        "wasm_memory_limit": [10**9],
        "wasm_memory_threshold": [5],
        "log_visibility": [{"public": None}],
        "environment_variables": [[{"name": "NAME", "value": "value"}]],
    }
    canister_id = factory.create(upload_id, settings=settings, extra_controllers=[USER])
    status = factory.manage("canister_status", USER, canister_id=canister_id)["settings"]
    given = {name: value[0] for name, value in settings.items()}
    assert {name: status[name] for name in given} == given


@pytest.mark.parametrize("mode", ["Reinstall", "Upgrade"])
def test_other_modes_put_code_into_a_canister_of_ones_own(
    factory: Factory, upload_id: int, mode: str
) -> None:
    keep = Program().stable_grow(1).drop().stable_write(0, b"kept")
    canister_id = factory.create(upload_id, init_arg=keep.code)
    request = install_request(upload_id, mode=mode, canister_id=canister_id)
    response = factory.update("create_and_install_with", request)
    assert (response["canister_id"], response["cycles_used"]) == (canister_id, 0)
    pages = Program().reply_int(Program().stable_size())
    kept = factory.replica.update(canister_id, "update", pages.code)
    assert kept == Reply((1 if mode == "Upgrade" else 0).to_bytes(8, "little"))
    with pytest.raises(Refused, match=r"^Canister not found"):
        factory.by(STRANGER).update("create_and_install_with", request)


def test_an_upgrade_may_hand_over_too(factory: Factory, upload_id: int) -> None:
    canister_id = factory.create(upload_id)
    request = install_request(upload_id, mode="Upgrade", canister_id=canister_id, handoff=True)
    factory.update("create_and_install_with", request)
    assert controllers(factory, canister_id) == {USER}


NO_SETTINGS: dict[str, Any] = {
    name: []
    for name in (
        *("compute_allocation", "memory_allocation", "freezing_threshold"),
        *("reserved_cycles_limit", "wasm_memory_limit", "wasm_memory_threshold"),
        *("log_visibility", "environment_variables"),
    )
}

BAD_REQUESTS: dict[str, tuple[dict[str, Any], str]] = {
    "anonymous controller": (
        {"extra_controllers": [ANONYMOUS]},
        "Invalid argument: extra_controllers",
    ),
    "eleven controllers": (
        {"extra_controllers": [Principal.self_authenticating(bytes([n])) for n in range(10)]},
        "Invalid argument: extra_controllers",
    ),
    "a canister for a new one": ({"canister_id": STRANGER}, "Invalid argument: canister_id"),
    "no canister for an upgrade": ({"mode": "Upgrade"}, "Invalid argument: canister_id"),
    "settings for an upgrade": (
        {"mode": "Upgrade", "canister_id": STRANGER, "settings": NO_SETTINGS},
        "Invalid argument: settings",
    ),
    "cycles below the fee": ({"cycles": CREATION_FEE - 1}, "Invalid argument: cycles"),
    "more cycles than one may have": ({"cycles": 6 * TRILLION}, "Too many cycles"),
    "an empty key": ({"idempotency_key": ""}, "Invalid argument: idempotency_key"),
}


@pytest.mark.parametrize("bad", BAD_REQUESTS)
def test_a_bad_request_is_refused_and_makes_nothing(
    factory: Factory, upload_id: int, bad: str
) -> None:
    fields, text = BAD_REQUESTS[bad]
    with pytest.raises(Refused, match=rf"^{text}"):
        factory.create(upload_id, **fields)
    assert factory.query("my_stats")["canisters_held"] == 0


def test_an_upload_must_be_there_and_committed(factory: Factory) -> None:
    with pytest.raises(Refused, match=r"^Upload not found"):
        factory.create(99)
    with pytest.raises(Refused, match=r"^Not committed"):
        factory.create(factory.update("create_upload"))


def test_a_committed_upload_serves_whoever_is_let_in(factory: Factory, upload_id: int) -> None:
    stranger = factory.by(STRANGER)
    canister_id = stranger.create(upload_id)
    assert stranger.query("get_canister_info", canister_id)[0]["owner"] == STRANGER


def test_a_caller_has_so_many_canisters(factory: Factory, upload_id: int) -> None:
    factory.limit(max_canisters_per_caller=1)
    canister_id = factory.create(upload_id)
    with pytest.raises(Refused, match=r"^Per-caller canister limit reached"):
        factory.create(upload_id)
    factory.by(STRANGER).create(upload_id)
    factory.update("delete_canister", canister_id)
    factory.create(upload_id)


def test_the_factory_keeps_its_minimum(factory: Factory, upload_id: int) -> None:
    factory.limit(min_factory_cycles=factory.cycles - TRILLION)
    with pytest.raises(Refused, match=r"^Factory low on cycles"):
        factory.create(upload_id)


def test_creations_at_the_same_time_do_not_take_the_same_cycles(
    factory: Factory, upload_id: int
) -> None:
    factory.limit(min_factory_cycles=factory.cycles - 2 * TRILLION - 10**11)
    request = install_request(upload_id)
    begun = [factory.submit("start_creation", request) for _ in range(3)]
    surgery.rest(factory.replica)
    factory.answer(begun[0], "start_creation")
    factory.answer(begun[1], "start_creation")
    with pytest.raises(Refused, match=r"^Factory low on cycles"):
        factory.answer(begun[2], "start_creation")


def test_admins_may_give_more_cycles(factory: Factory, upload_id: int) -> None:
    canister_id = factory.by(ADMIN).create(upload_id, cycles=6 * TRILLION)
    canister = factory.describe(canister_id)
    assert canister is not None
    assert canister.cycles > 5 * TRILLION


def test_a_creation_may_be_begun_and_looked_at(factory: Factory, upload_id: int) -> None:
    operation_id = factory.update("start_creation", install_request(upload_id))
    flows.run_to_end(factory)
    operation = factory.query("get_operation", operation_id)[0]
    assert variant(operation["stage"]) == "Completed"
    assert operation["canister_id"][0] != factory.canister_id
    assert (operation["chunks_stored"], operation["chunks_total"]) == (1, 1)
    assert factory.query("list_operations", [], [])["operations"] == [operation]
    assert factory.by(STRANGER).query("get_operation", operation_id) == []
    assert factory.by(STRANGER).query("list_operations", [], [])["operations"] == []


def test_the_same_key_makes_one_canister(factory: Factory, upload_id: int) -> None:
    first = factory.create(upload_id, idempotency_key="mine")
    assert factory.create(upload_id, idempotency_key="mine") == first
    assert factory.by(STRANGER).create(upload_id, idempotency_key="mine") != first
    other = factory.upload(b"\0asm\1\0\0\0")
    with pytest.raises(Refused, match=r"^Invalid argument: idempotency_key"):
        factory.create(other, idempotency_key="mine")


def test_a_key_whose_creation_failed_may_be_used_again(factory: Factory, upload_id: int) -> None:
    with pytest.raises(Refused, match="not so"):
        factory.create(upload_id, idempotency_key="mine", init_arg=Program().trap(b"not so").code)
    factory.create(upload_id, idempotency_key="mine")


def test_a_key_of_a_creation_under_way_begins_no_other(factory: Factory, upload_id: int) -> None:
    request = install_request(upload_id, idempotency_key="mine")
    ids = [factory.submit("start_creation", request) for _ in range(3)]
    flows.run_to_end(factory)
    assert {factory.answer(each, "start_creation") for each in ids} == {1}
    assert factory.query("my_stats")["canisters_held"] == 1
