"""Who may call which method of the personal canister: method by method, role by role, and before
the hub has let go of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ic_factory.protocol.candid import InterfaceDescription
from ic_factory.replica import Replica
from tests.backend.world import Refused
from tests.canisters.universal import Program, universal_wasm_without
from tests.personal.method_table import (
    ADMINISTRATION,
    HUB_ONLY,
    IMPORT,
    OUTSIDERS,
    PRINCIPALS,
    QUERIES,
    SEE_IMPORT,
    UPDATES,
    WRITES,
    Query,
    Role,
    Scene,
    Update,
    build_scene,
    invited_bundle,
)
from tests.personal.world import ANONYMOUS, HUB, OWNER, STRANGER, Personal, install_personal

UNTYPED = {"commit_upload", "create_upload", "delete_upload", "put_chunk", "upload_chunk"}
"""Methods of plain results: they reject with the message."""

WITHOUT_ERRORS = {
    "get_canister_stats",
    "get_events",
    "get_import_status",
    "get_upload_info",
    "http_streaming_callback",
    "list_uploads",
}
"""Queries that show nothing to those whom they are not for."""

INVITED = (Role.CAPSULE_READER, Role.CAPSULE_WRITER, Role.ITEM_READER, Role.ITEM_WRITER)


@pytest.fixture(scope="module")
def another(replica: Replica, interface: InterfaceDescription) -> Iterator[Personal]:
    beginning = replica.snapshot()
    yield install_personal(replica, interface, invited_bundle())
    replica.rewind(beginning)


@pytest.fixture
def arriving(another: Personal) -> Iterator[Scene]:
    """All has come, and has not been checked."""
    moment = another.replica.snapshot()
    bundle = invited_bundle()
    another.send(another.begin(bundle), bundle)
    memory, gallery = bundle.memories[0]["memory_id"], bundle.galleries[0]["gallery_id"]
    yield Scene(another, bundle, bundle.capsule_id, memory, gallery, 1)
    another.replica.rewind(moment)


@pytest.fixture
def checked(arriving: Scene) -> Scene:
    """All has been checked, and the hub has not let go."""
    assert arriving.personal.finalize(1) == arriving.bundle.manifest
    return arriving


@pytest.fixture(scope="module")
def built_scene(replica: Replica, interface: InterfaceDescription) -> Iterator[Scene]:
    beginning = replica.snapshot()
    personal = install_personal(replica, interface, invited_bundle())
    personal.take(invited_bundle())
    yield build_scene(personal)
    replica.rewind(beginning)


@pytest.fixture
def scene(built_scene: Scene) -> Iterator[Scene]:
    """The canister is its owner's; put back to its beginning afterwards."""
    moment = built_scene.personal.replica.snapshot()
    yield built_scene
    built_scene.personal.replica.rewind(moment)


def state_of(scene: Scene) -> Any:
    """All that the canister tells the owner."""
    owner = scene.personal.by(OWNER)
    stats = owner.query("get_canister_stats")[0]
    del stats["cycles_balance"]
    return [
        stats,
        owner.query("get_events", [], []),
        owner.query("get_config"),
        owner.query("list_uploads", [], [], []),
        owner.query("get_import_status"),
        owner.query("export_capsule_data", [], []),
        *(owner.query("get_access", each) for each in (scene.capsule, scene.memory, scene.gallery)),
    ]


def cells(rows: tuple[Any, ...], roles: Any = Role) -> pytest.MarkDecorator:
    """A test for each row and role."""
    pairs = [(row, role) for row in rows for role in roles]
    names = [f"{row}-{role.value}" for row, role in pairs]
    return pytest.mark.parametrize(("row", "role"), pairs, ids=names)


def refused_by_inspection(personal: Personal, row: Update | Query, values: Any, words: str) -> None:
    """No round is run, so that only `inspect_message` can have refused."""
    cycles = personal.cycles
    with pytest.raises(Refused) as refusal:
        personal.submit(row.method, *values)
    assert f"message: '{words}" in refusal.value.message
    assert personal.cycles == cycles


def refused_by_the_method(call: Callable[[], Any], method: str, words: str) -> None:
    with pytest.raises(Refused) as refusal:
        call()
    assert refusal.value.message.startswith(words)
    assert (refusal.value.reason is None) == (method in UNTYPED)


def test_each_method_has_a_row_and_each_row_a_method(interface: InterfaceDescription) -> None:
    kinds = {name: method.mode for name, method in interface.methods.items()}
    assert {row.method for row in UPDATES} == {name for name, mode in kinds.items() if not mode}
    assert {row.method for row in QUERIES} == {name for name, mode in kinds.items() if mode}


@cells(UPDATES)
def test_an_update_is_let_through_or_leaves_no_trace(scene: Scene, row: Update, role: Role) -> None:
    personal = scene.personal.by(PRINCIPALS[role])
    values, words = row.arguments(scene), row.refusals.get(role)
    if words is None:
        personal.update(row.method, *values)
        return
    before = state_of(scene)
    if row in (*IMPORT, *ADMINISTRATION) or role in OUTSIDERS:
        refused_by_inspection(personal, row, values, words)
    else:
        refused_by_the_method(lambda: personal.update(row.method, *values), row.method, words)
    assert state_of(scene) == before


@cells(QUERIES)
def test_a_query_shows_each_caller_what_is_theirs(scene: Scene, row: Query, role: Role) -> None:
    personal = scene.personal.by(PRINCIPALS[role])
    values = row.arguments(scene)
    if role not in row.told and row.words is not None:
        words = (row.refusals or {}).get(role, row.words)
        refused_by_the_method(lambda: personal.query(row.method, *values), row.method, words)
        return
    assert row.shows(personal.query(row.method, *values)) == (role in row.told)


@pytest.mark.parametrize("row", QUERIES, ids=str)
def test_a_query_is_an_update_to_whoever_signs(scene: Scene, row: Query) -> None:
    values = row.arguments(scene)
    refused_by_inspection(scene.personal.by(ANONYMOUS), row, values, "Anonymous caller")
    before = state_of(scene)
    assert row.shows(scene.personal.by(OWNER).update(row.method, *values)) or not row.is_public
    assert state_of(scene) == before


@pytest.mark.parametrize("row", UPDATES, ids=str)
def test_a_canister_is_refused_by_the_method_itself(scene: Scene, row: Update) -> None:
    replica = scene.personal.replica
    proxy = replica.create_canister()
    module = universal_wasm_without("canister_heartbeat", "canister_inspect_message")
    replica.install_code(proxy, module)
    argument = scene.personal.encoded(row.method, *row.arguments(scene))
    before = state_of(scene)
    program = Program().call(scene.personal.canister_id.bytes, row.method, argument)
    payload = replica.update(proxy, "update", program.code)
    refused_by_the_method(
        lambda: scene.personal.result(row.method, payload),
        row.method,
        row.refusals[Role.STRANGER],
    )
    assert state_of(scene) == before


@cells(IMPORT)
def test_only_the_hub_imports(arriving: Scene, row: Update, role: Role) -> None:
    personal = arriving.personal.by(PRINCIPALS[role])
    values = row.arguments(arriving)
    if role is Role.HUB:
        personal.update(row.method, *values)
        return
    before = arriving.personal.by(HUB).query("get_import_status")
    refused_by_inspection(personal, row, values, HUB_ONLY[role])
    assert arriving.personal.by(HUB).query("get_import_status") == before


@cells(QUERIES)
def test_what_has_not_been_checked_is_shown_to_nobody(
    arriving: Scene, row: Query, role: Role
) -> None:
    personal = arriving.personal.by(PRINCIPALS[role])
    values = row.arguments(arriving)
    if row.is_public or role in SEE_IMPORT:
        return
    if row.method in WITHOUT_ERRORS:
        assert not row.shows(personal.query(row.method, *values))
        return
    with pytest.raises(Refused) as refusal:
        personal.query(row.method, *values)
    words = ("Import unfinished", "Caller not the owner")
    assert refusal.value.message.startswith(words)


@cells(WRITES, [Role.STRANGER, Role.OWNER, Role.CONTROLLER, *INVITED])
def test_nothing_is_written_before_all_is_checked(arriving: Scene, row: Update, role: Role) -> None:
    personal, values = arriving.personal.by(PRINCIPALS[role]), row.arguments(arriving)
    is_invited = role is Role.OWNER or role in INVITED
    words = "Import unfinished" if is_invited else "Caller not invited"
    refused_by_inspection(personal, row, values, words)
    assert arriving.personal.finalize(1) == arriving.bundle.manifest


@cells(WRITES, [Role.STRANGER, Role.HUB, Role.OWNER, *INVITED])
def test_nothing_is_written_before_the_hub_has_let_go(
    checked: Scene, row: Update, role: Role
) -> None:
    personal, values = checked.personal.by(PRINCIPALS[role]), row.arguments(checked)
    is_invited = role is Role.OWNER or role in INVITED
    refused_by_inspection(
        personal, row, values, "Not handed off" if is_invited else "Caller not invited"
    )
    assert not checked.personal.by(HUB).query("get_manifest")["has_changed"]


@cells(QUERIES, [Role.OWNER, Role.ITEM_READER, Role.STRANGER])
def test_what_has_been_checked_is_read_before_the_hub_has_let_go(
    checked: Scene, row: Query, role: Role
) -> None:
    if "upload" in row.method:
        return
    personal = checked.personal.by(PRINCIPALS[role])
    values = row.arguments(checked)
    if role not in row.told and row.words is not None:
        refused = personal.query_refusal(row.method, *values)
        assert refused not in (None, "ImportUnfinished", "NotHandedOff")
        return
    assert row.shows(personal.query(row.method, *values)) == (role in row.told)


def test_the_hub_sees_no_more_of_what_is_private_than_a_stranger(scene: Scene) -> None:
    for method, *values in (
        ("get_capsule", [scene.capsule]),
        ("get_memory", scene.memory),
        ("get_gallery_by_id", scene.gallery),
    ):
        refusals = {
            caller: scene.personal.by(caller).query_refusal(method, *values)
            for caller in (HUB, STRANGER)
        }
        assert len(set(refusals.values())) == 1
