"""Canisters after their creation: upgraded, stopped, handed over, topped up, looked at, deleted."""

from __future__ import annotations

import hashlib

import pytest

from ic_factory.protocol.principal import Principal
from ic_factory.replica import Reply
from ic_factory.replica.state.canister import CanisterStatus
from tests import surgery
from tests.canisters.universal import Program
from tests.factory.flows import other
from tests.factory.invariants import Before, check
from tests.factory.world import (
    ADMIN,
    CONTROLLER,
    STRANGER,
    TRILLION,
    USER,
    Factory,
    Refused,
    template,
    upgrade_request,
    variant,
)

EMPTY = b"\0asm\1\0\0\0"


@pytest.fixture
def canister_id(factory: Factory, upload_id: int) -> Principal:
    """A canister of the user that the factory controls, with something in its stable memory."""
    keep = Program().stable_grow(1).drop().stable_write(0, b"kept")
    return factory.create(upload_id, init_arg=keep.code)


def status(factory: Factory, canister_id: Principal) -> str:
    return variant(factory.query("get_canister_info", canister_id)[0]["status"])


def runs(factory: Factory, canister_id: Principal) -> bool:
    canister = factory.describe(canister_id)
    assert canister is not None
    return canister.status is CanisterStatus.RUNNING


def module_hash(factory: Factory, canister_id: Principal) -> bytes | None:
    canister = factory.describe(canister_id)
    assert canister is not None
    return canister.module_hash


# upgrade


def test_an_upgrade_keeps_stable_memory_and_runs_the_new_code(
    factory: Factory, canister_id: Principal, module: bytes
) -> None:
    upload_id = factory.upload(other(module))
    request = upgrade_request(canister_id, upload_id=upload_id, arg=b"")
    response = factory.update("upgrade_canister_with", request)
    digest = hashlib.sha256(other(module)).digest()
    assert (response["module_hash"], module_hash(factory, canister_id)) == (digest, digest)
    info = factory.query("get_canister_info", canister_id)[0]
    assert (info["module_hash"], info["upload_id"]) == ([digest], [upload_id])
    read = Program().reply(Program().stable_read(0, 4))
    assert factory.replica.update(canister_id, "update", read.code) == Reply(b"kept")


def test_an_upgrade_counts_for_its_upload(
    factory: Factory, canister_id: Principal, upload_id: int, module: bytes
) -> None:
    new = factory.upload(other(module))
    factory.update("upgrade_canister_with", upgrade_request(canister_id, upload_id=new, arg=b""))
    assert factory.upload_info(upload_id)["used_by"] == 0
    assert factory.upload_info(new)["used_by"] == 1


def test_a_module_may_come_along_with_the_call(factory: Factory) -> None:
    canister_id = factory.create(factory.upload(EMPTY))
    new = EMPTY + b"\0\2\1x"
    assert factory.update("upgrade_canister", canister_id, new) is None
    assert module_hash(factory, canister_id) == hashlib.sha256(new).digest()
    with pytest.raises(Refused, match=r"^Not WASM"):
        factory.update("upgrade_canister", canister_id, b"what")


def test_no_module_means_the_newest_version_of_the_template(factory: Factory) -> None:
    admin = factory.by(ADMIN)
    admin.update("set_template", template("user", factory.upload(EMPTY)))
    canister_id = factory.update("create_user_canister", USER)
    new = EMPTY + b"\0\2\1x"
    admin.update("set_template", template("user", factory.upload(new)))
    factory.update("upgrade_canister", canister_id, b"")
    assert module_hash(factory, canister_id) == hashlib.sha256(new).digest()


def test_a_canister_of_no_template_has_no_newest_version(
    factory: Factory, canister_id: Principal
) -> None:
    with pytest.raises(Refused, match=r"^Template not found: \"custom\""):
        factory.update("upgrade_canister", canister_id, b"")


def test_a_stopped_canister_is_upgraded_and_stays_stopped(
    factory: Factory, canister_id: Principal, upload_id: int
) -> None:
    factory.update("stop_canister", canister_id)
    request = upgrade_request(canister_id, upload_id=upload_id, arg=b"")
    factory.update("upgrade_canister_with", request)
    assert not runs(factory, canister_id)
    assert status(factory, canister_id) == "Stopped"


# start, stop, hand-off


def test_a_canister_is_stopped_and_started(factory: Factory, canister_id: Principal) -> None:
    factory.update("stop_canister", canister_id)
    assert not runs(factory, canister_id)
    assert status(factory, canister_id) == "Stopped"
    factory.update("start_canister", canister_id)
    assert runs(factory, canister_id)
    assert status(factory, canister_id) == "Active"


def test_a_hand_off_puts_the_owner_in_the_factorys_place(factory: Factory, upload_id: int) -> None:
    canister_id = factory.create(upload_id, extra_controllers=[STRANGER])
    factory.update("handoff_canister", canister_id)
    canister = factory.describe(canister_id)
    assert canister is not None
    assert set(canister.controllers) == {USER, STRANGER}


@pytest.mark.parametrize(
    "method", ["start_canister", "stop_canister", "delete_canister", "handoff_canister"]
)
def test_what_was_handed_over_is_its_controllers_business(
    factory: Factory, upload_id: int, method: str
) -> None:
    canister_id = factory.create(upload_id, handoff=True)
    with pytest.raises(Refused, match=r"^Factory not a controller"):
        factory.update(method, canister_id)


def test_one_thing_at_a_time_is_done_with_a_canister(
    factory: Factory, canister_id: Principal
) -> None:
    first = factory.submit("delete_canister", canister_id)
    with surgery.message_by_message():
        while not surgery.next_call(factory.replica):
            factory.replica.tick()
        methods = ("stop_canister", "handoff_canister", "refresh_canister_info", "delete_canister")
        others = {method: factory.submit(method, canister_id) for method in methods}
        for _ in range(len(methods) + 1):
            factory.replica.tick()
    surgery.rest(factory.replica)
    for method, request_id in others.items():
        with pytest.raises(Refused, match=r"^Canister busy|^Canister deleted"):
            factory.answer(request_id, method)
    assert factory.answer(first, "delete_canister") is None


# top-up


def test_admins_top_up_from_the_factory(factory: Factory, canister_id: Principal) -> None:
    before = factory.cycles, surgery.canister(factory.replica, canister_id).cycles
    factory.by(ADMIN).update("top_up_canister", canister_id, TRILLION)
    spent = before[0] - factory.cycles
    assert TRILLION < spent < TRILLION + 10**9
    assert surgery.canister(factory.replica, canister_id).cycles - before[1] == TRILLION


def test_users_do_not_top_up_from_the_factory(factory: Factory, canister_id: Principal) -> None:
    before = surgery.canister(factory.replica, canister_id).cycles
    with pytest.raises(Refused, match=r"^Invalid argument: cycles"):
        factory.update("top_up_canister", canister_id, TRILLION)
    assert surgery.canister(factory.replica, canister_id).cycles == before


@pytest.fixture
def wallet(factory: Factory, module: bytes) -> Principal:
    """A universal canister with cycles of its own."""
    canister_id = factory.replica.create_canister(CONTROLLER)
    factory.replica.install_code(canister_id, module, sender=CONTROLLER)
    return canister_id


def call_from(
    factory: Factory, wallet: Principal, method: str, encoded: bytes, cycles: int
) -> None:
    on_reply = Program().reply(Program().arg())
    callee = factory.canister_id.bytes
    program = Program().call(callee, method, encoded, on_reply=on_reply, cycles=cycles)
    payload = factory.replica.update(wallet, "update", program.code, CONTROLLER)
    assert isinstance(payload, Reply), payload
    factory.result(method, payload)


def test_canisters_top_up_with_cycles_of_their_own(
    factory: Factory, wallet: Principal, upload_id: int
) -> None:
    canister_id = factory.by(wallet).create(upload_id)
    before = factory.cycles, surgery.canister(factory.replica, canister_id).cycles
    encoded = factory.encoded("top_up_canister", canister_id, TRILLION)
    call_from(factory, wallet, "top_up_canister", encoded, 2 * TRILLION)
    assert surgery.canister(factory.replica, canister_id).cycles - before[1] == TRILLION
    assert 0 <= before[0] - factory.cycles < 10**9


def test_a_top_up_needs_as_many_cycles_as_it_names(
    factory: Factory, wallet: Principal, upload_id: int
) -> None:
    canister_id = factory.by(wallet).create(upload_id)
    before = surgery.canister(factory.replica, wallet).cycles
    encoded = factory.encoded("top_up_canister", canister_id, TRILLION)
    with pytest.raises(Refused, match=r"^Invalid argument: cycles"):
        call_from(factory, wallet, "top_up_canister", encoded, TRILLION - 1)
    assert before - surgery.canister(factory.replica, wallet).cycles < 10**9


def test_cycles_of_a_top_up_that_is_refused_go_back(
    factory: Factory, wallet: Principal, canister_id: Principal
) -> None:
    before = surgery.canister(factory.replica, wallet).cycles, factory.cycles
    encoded = factory.encoded("top_up_canister", canister_id, TRILLION)
    with pytest.raises(Refused, match=r"^Canister not found"):
        call_from(factory, wallet, "top_up_canister", encoded, TRILLION)
    assert before[0] - surgery.canister(factory.replica, wallet).cycles < 10**9
    assert before[1] - factory.cycles < 10**9


# refresh


def test_a_new_look_brings_the_registry_up_to_date(
    factory: Factory, canister_id: Principal
) -> None:
    surgery.stop(factory.replica, canister_id)
    assert status(factory, canister_id) == "Active"
    info = factory.update("refresh_canister_info", canister_id)
    assert variant(info["status"]) == "Stopped"
    assert info["cycles_balance"] == surgery.canister(factory.replica, canister_id).cycles


def test_a_new_look_at_what_was_handed_over_shows_controllers_and_code(
    factory: Factory, upload_id: int
) -> None:
    canister_id = factory.create(upload_id, handoff=True)
    surgery.take_away(factory.replica, canister_id)
    assert factory.update("refresh_canister_info", canister_id)["controllers"] == [STRANGER]


def test_a_canister_that_its_controllers_deleted_frees_its_creators_place(
    factory: Factory, upload_id: int
) -> None:
    canister_id = factory.create(upload_id, handoff=True)
    factory.manage("stop_canister", USER, canister_id=canister_id)
    factory.manage("delete_canister", USER, canister_id=canister_id)
    info = factory.update("refresh_canister_info", canister_id)
    assert variant(info["status"]) == "Deleted"
    assert factory.query("my_stats")["canisters_held"] == 0
    assert factory.by(ADMIN).events("CanisterFoundGone") == [{"canister_id": canister_id}]


# delete


def test_cycles_come_back_before_a_canister_is_deleted(
    factory: Factory, upload_id: int, canister_id: Principal
) -> None:
    before, had = Before.of(factory), surgery.canister(factory.replica, canister_id).cycles
    assert factory.update("delete_canister", canister_id) is None
    assert factory.describe(canister_id) is None
    (event,) = factory.by(ADMIN).events("CanisterDeleted")
    recovered, lost = event["cycles_recovered"], event["cycles_lost"]
    assert recovered > 8 * had // 10
    assert had - 10**9 < recovered + lost <= had
    assert 0 <= recovered - (factory.cycles - before.factory_cycles) < 10**9
    assert factory.upload_info(upload_id)["used_by"] == 0
    check(factory, before)


def test_a_deleted_canister_is_remembered_and_not_managed(
    factory: Factory, canister_id: Principal
) -> None:
    factory.update("delete_canister", canister_id)
    assert status(factory, canister_id) == "Deleted"
    assert factory.query("list_user_canisters", USER) == []
    with pytest.raises(Refused, match=r"^Canister deleted"):
        factory.update("start_canister", canister_id)


@pytest.mark.parametrize(
    "method",
    [
        *("start_canister", "stop_canister", "delete_canister", "handoff_canister"),
        "refresh_canister_info",
    ],
)
def test_a_strangers_canister_looks_like_none(
    factory: Factory, canister_id: Principal, method: str
) -> None:
    with pytest.raises(Refused, match=r"^Canister not found"):
        factory.by(STRANGER).update(method, canister_id)
    with pytest.raises(Refused, match=r"^Canister not found"):
        factory.update(method, STRANGER)


@pytest.mark.parametrize("owned", [False, True], ids=["a stranger's", "handed over"])
def test_no_code_is_put_into_what_one_does_not_manage(
    factory: Factory, upload_id: int, *, owned: bool
) -> None:
    canister_id = factory.create(upload_id, handoff=owned)
    caller = factory if owned else factory.by(STRANGER)
    text = "^Factory not a controller" if owned else "^Canister not found"
    request = upgrade_request(canister_id, upload_id=upload_id)
    with pytest.raises(Refused, match=text):
        caller.update("upgrade_canister_with", request)
    uploads = factory.stored()
    with pytest.raises(Refused, match=text):
        caller.update("upgrade_canister", canister_id, EMPTY)
    assert factory.stored() == uploads
