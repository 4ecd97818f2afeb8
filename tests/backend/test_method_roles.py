"""Who may call which method of the backend: method by method, role by role."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from ic_factory.protocol.candid import InterfaceDescription
from tests.backend import creation_methods, method_table
from tests.backend.method_table import (
    ADMINS,
    OUTSIDERS,
    PRINCIPALS,
    Query,
    Role,
    Scene,
    Update,
    build_scene,
)
from tests.backend.world import ADMIN, ANONYMOUS, OWNER, STRANGER, Backend, Refused
from tests.canisters.universal import Program, universal_wasm_without

UPDATES = (*method_table.UPDATES, *creation_methods.UPDATES)
QUERIES = (*method_table.QUERIES, *creation_methods.QUERIES)
UNTYPED = {
    "commit_upload",
    "create_upload",
    "delete_upload",
    "put_chunk",
    "upload_chunk",
}
"""Methods of plain results: they reject with the message."""


@pytest.fixture(scope="module")
def built_scene(installed_backend: Backend) -> Iterator[Scene]:
    beginning = installed_backend.replica.snapshot()
    yield build_scene(installed_backend)
    installed_backend.replica.rewind(beginning)


@pytest.fixture
def scene(built_scene: Scene) -> Iterator[Scene]:
    """The scene, put back to its beginning afterwards."""
    moment = built_scene.backend.replica.snapshot()
    yield built_scene
    built_scene.backend.replica.rewind(moment)


def state_of(scene: Scene) -> Any:
    """All that the backend tells the owner and an admin."""
    admin, owner = scene.backend.by(ADMIN), scene.backend.by(OWNER)
    figures = admin.query("get_backend_stats")
    del figures["cycles_balance"]
    return [
        figures,
        admin.query("get_events", [], []),
        admin.query("get_config"),
        admin.query("list_uploads", [], [], []),
        owner.query("get_capsule", [scene.capsule]),
        owner.query("list_capsule_memories", scene.capsule, [], []),
        owner.query("list_connections", scene.capsule, [], []),
        owner.query("get_my_galleries", []),
        *(owner.query("get_access", each) for each in (scene.capsule, scene.memory, scene.gallery)),
    ]


def cells(rows: tuple[Any, ...], roles: Any = Role) -> Any:
    """A test for each row and role."""
    pairs = [(row, role) for row in rows for role in roles]
    names = [f"{row}-{role.value}" for row, role in pairs]
    return pytest.mark.parametrize(("row", "role"), pairs, ids=names)


def assert_refused_by_inspection(
    backend: Backend, row: Update | Query, values: Any, words: str
) -> None:
    """No round is run, so that only `inspect_message` can have refused."""
    cycles = backend.cycles
    with pytest.raises(Refused) as refusal:
        backend.submit(row.method, *values)
    assert f"message: '{words}" in refusal.value.message
    assert backend.cycles == cycles


def assert_refused_by_the_method(call: Callable[[], Any], method: str, words: str) -> None:
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
    backend = scene.backend.by(PRINCIPALS[role])
    values, words = row.arguments(scene), row.refusals.get(role)
    if words is None:
        backend.update(row.method, *values)
        return
    before = state_of(scene)
    if (row.is_for_admins and role not in ADMINS) or role in OUTSIDERS:
        assert_refused_by_inspection(backend, row, values, words)
    else:
        assert_refused_by_the_method(lambda: backend.update(row.method, *values), row.method, words)
    assert state_of(scene) == before


@cells(QUERIES)
def test_a_query_shows_each_caller_what_is_theirs(scene: Scene, row: Query, role: Role) -> None:
    check_answer(row, role, scene, scene.backend.by(PRINCIPALS[role]).query)


def check_answer(row: Query, role: Role, scene: Scene, call: Callable[..., Any]) -> None:
    """The role is shown what is theirs by a call, or refused."""
    values = row.arguments(scene)
    if role not in row.told and row.words is not None:
        words = (row.refusals or {}).get(role, row.words)
        assert_refused_by_the_method(lambda: call(row.method, *values), row.method, words)
        return
    assert row.shows(call(row.method, *values)) == (role in row.told)


@cells(UPDATES, [Role.ANONYMOUS, Role.STRANGER, Role.OWNER, *ADMINS])
def test_an_emergency_stop_refuses_all_but_admins(scene: Scene, row: Update, role: Role) -> None:
    scene.backend.by(ADMIN).update("set_emergency_stop", True)
    backend, values = scene.backend.by(PRINCIPALS[role]), row.arguments(scene)
    if role in ADMINS:
        words = row.refusals.get(role)
        if words is None:
            backend.update(row.method, *values)
        else:
            assert_refused_by_the_method(
                lambda: backend.update(row.method, *values), row.method, words
            )
        return
    before = state_of(scene)
    words = "Caller not an admin" if row.is_for_admins else "Emergency stop"
    words = "Anonymous caller" if role is Role.ANONYMOUS else words
    assert_refused_by_inspection(backend, row, values, words)
    assert state_of(scene) == before


@pytest.mark.parametrize("row", QUERIES, ids=str)
def test_a_query_is_an_update_to_whoever_signs(scene: Scene, row: Query) -> None:
    values = row.arguments(scene)
    assert_refused_by_inspection(scene.backend.by(ANONYMOUS), row, values, "Anonymous caller")
    before = state_of(scene)
    check_answer(row, Role.OWNER, scene, scene.backend.by(OWNER).update)
    assert state_of(scene) == before


@pytest.mark.parametrize("row", UPDATES, ids=str)
def test_a_canister_is_refused_by_the_method_itself(scene: Scene, row: Update) -> None:
    proxy = scene.backend.replica.create_canister()
    module = universal_wasm_without("canister_heartbeat", "canister_inspect_message")
    scene.backend.replica.install_code(proxy, module)
    words = row.refusals.get(Role.UNREGISTERED, None)
    argument = scene.backend.encoded(row.method, *row.arguments(scene))
    before = state_of(scene)
    program = Program().call(scene.backend.canister_id.bytes, row.method, argument)
    payload = scene.backend.replica.update(proxy, "update", program.code)
    if words is None:
        scene.backend.result(row.method, payload)
        return
    assert_refused_by_the_method(
        lambda: scene.backend.result(row.method, payload), row.method, words
    )
    assert state_of(scene) == before


OTHER_IDS = ("c" + "0" * 32, "m" + "0" * 31 + "1", "g" + "0" * 31 + "2")


def unknown(scene: Scene) -> Scene:
    """The same scene with ids of things that never were."""
    capsule, memory, gallery = OTHER_IDS
    return replace(scene, capsule=capsule, memory=memory, gallery=gallery)


def told(scene: Scene, backend: Backend, row: Update | Query) -> Any:
    """All that a caller is told, with the ids that it named left out."""
    call = backend.query if isinstance(row, Query) else backend.update
    try:
        answer = call(row.method, *row.arguments(scene))
    except Refused as refused:
        answer = (refused.message, refused.reason, refused.fields)
    text = repr(answer)
    for each in (scene.capsule, scene.memory, scene.gallery):
        text = text.replace(each, "<id>")
    return text


ABOUT_IDS = tuple(
    row
    for row in (*UPDATES, *QUERIES)
    if repr(row.arguments(Scene(None, "C", "M", "G", 0)))  # type: ignore[arg-type]
    != repr(row.arguments(Scene(None, "c", "m", "g", 0)))  # type: ignore[arg-type]
)


@cells(ABOUT_IDS, [Role.ANONYMOUS, Role.UNREGISTERED, Role.STRANGER, *ADMINS])
def test_what_is_private_and_what_never_was_are_answered_alike(
    scene: Scene, row: Update | Query, role: Role
) -> None:
    backend = scene.backend.by(PRINCIPALS[role])
    assert told(scene, backend, row) == told(unknown(scene), backend, row)


def test_admins_see_no_more_of_what_is_private_than_strangers(scene: Scene) -> None:
    for method, *values in (
        ("get_capsule", [scene.capsule]),
        ("get_memory", scene.memory),
        ("get_gallery_by_id", scene.gallery),
    ):
        refusals = {
            caller: scene.backend.by(caller).query_refusal(method, *values)
            for caller in (ADMIN, STRANGER)
        }
        assert len(set(refusals.values())) == 1
