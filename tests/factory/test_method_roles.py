"""Who may call which method of the factory: method by method, role by role."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ic_factory.protocol.candid import InterfaceDescription
from tests.factory.method_table import (
    ADMINS,
    EMPTY,
    FRIEND,
    LISTED,
    OPEN,
    OUTSIDERS,
    PRINCIPALS,
    QUERIES,
    UPDATES,
    UPLOADER,
    WITH_ALLOWLIST,
    Query,
    Role,
    Scene,
    Update,
    canister_filter,
)
from tests.factory.world import (
    ADMIN,
    ANONYMOUS,
    TRILLION,
    USER,
    Factory,
    Refused,
    commit_of,
    template,
)


@pytest.fixture(scope="module")
def built_scene(installed_factory: Factory, module: bytes) -> Iterator[Scene]:
    beginning = installed_factory.replica.snapshot()
    uploader = installed_factory.by(UPLOADER)
    upload_id = uploader.upload(EMPTY)
    open_id = uploader.begin_upload()
    uploader.update("put_chunk", open_id, OPEN)
    installed_factory.by(ADMIN).update("set_template", template("user", upload_id))
    canister_id = installed_factory.by(USER).update("create_user_canister", USER)
    proxy = installed_factory.replica.create_canister()
    installed_factory.replica.install_code(proxy, module)
    yield Scene(installed_factory, upload_id, open_id, canister_id, 1, proxy)
    installed_factory.replica.rewind(beginning)


@pytest.fixture
def scene(built_scene: Scene) -> Iterator[Scene]:
    """The scene, put back to its beginning afterwards."""
    moment = built_scene.factory.replica.snapshot()
    yield built_scene
    built_scene.factory.replica.rewind(moment)


REASONS = {
    "Anonymous caller": "AnonymousCaller",
    "Caller not in allowlist": "NotAllowlisted",
    "Caller not an admin": "NotAdmin",
    "Caller may not act for another owner": "NotForAnotherOwner",
    "Upload not found": "Upload",
    "Canister not found": "CanisterNotFound",
    "Emergency stop": "EmergencyStop",
    "Invalid argument: cycles": "InvalidArgument",
}
UNTYPED = {
    "commit_upload",
    "create_and_install_with",
    "create_canister_install",
    "create_canister_install_with_extra_controllers",
    "create_feature_canister",
    "create_upload",
    "create_user_canister",
    "delete_canister",
    "delete_upload",
    "put_chunk",
    "upgrade_canister",
    "upload_chunk",
}
"""Methods of plain results: they reject with the message."""


def state_of(scene: Scene) -> Any:
    """All that the factory tells an admin, and the canisters that there are."""
    admin = scene.factory.by(ADMIN)
    figures = admin.query("get_factory_stats")
    del figures["factory_cycles_balance"]
    lists = ("get_events", "list_canisters", "list_operations", "list_templates")
    told = [admin.query(method, [], []) for method in lists]
    uploads = admin.query("list_uploads", [], [], [])
    canisters = scene.factory.replica.describe().canisters
    present = [(each.canister_id, each.status, each.module_hash) for each in canisters]
    return figures, told, uploads, admin.query("get_config"), present


def caller_in(scene: Scene, role: Role) -> Factory:
    """The factory as a role sees it, once the allowlist is set where the role asks for it."""
    if role in WITH_ALLOWLIST:
        scene.factory.by(ADMIN).update("set_allowlist", [[LISTED]])
    return scene.factory.by(PRINCIPALS[role])


def cells(rows: tuple[Any, ...], roles: Any = Role) -> Any:
    """A test for each row and role."""
    pairs = [(row, role) for row in rows for role in roles]
    names = [f"{row}-{role.value}" for row, role in pairs]
    return pytest.mark.parametrize(("row", "role"), pairs, ids=names)


def assert_refused_by_inspection(
    factory: Factory, row: Update | Query, values: Any, words: str
) -> None:
    """No round is run, so that only `inspect_message` can have refused."""
    cycles = factory.cycles
    with pytest.raises(Refused) as refusal:
        factory.submit(row.method, *values)
    assert f"message: '{words}" in refusal.value.message
    assert factory.cycles == cycles


def assert_refused_by_the_method(call: Callable[[], Any], method: str, words: str) -> None:
    with pytest.raises(Refused) as refusal:
        call()
    assert refusal.value.message.startswith(words)
    assert refusal.value.reason == (None if method in UNTYPED else REASONS[words])


def test_each_method_has_a_row_and_each_row_a_method(interface: InterfaceDescription) -> None:
    kinds = {name: method.mode for name, method in interface.methods.items()}
    assert {row.method for row in UPDATES} == {name for name, mode in kinds.items() if not mode}
    assert {row.method for row in QUERIES} == {name for name, mode in kinds.items() if mode}
    results = {name: str(each.signature.results) for name, each in interface.methods.items()}
    assert {row.method for row in UPDATES if "Result" not in results[row.method]} == UNTYPED


@cells(UPDATES)
def test_an_update_is_let_through_or_leaves_no_trace(scene: Scene, row: Update, role: Role) -> None:
    factory = caller_in(scene, role)
    values = row.arguments(scene, factory.caller)
    words = row.refusals.get(role)
    if words is None:
        factory.update(row.method, *values)
        return
    before = state_of(scene)
    if row.is_for_admins or role in OUTSIDERS:
        assert_refused_by_inspection(factory, row, values, words)
    else:
        assert_refused_by_the_method(lambda: factory.update(row.method, *values), row.method, words)
    assert state_of(scene) == before


@cells(QUERIES)
def test_a_query_shows_each_caller_what_is_theirs(scene: Scene, row: Query, role: Role) -> None:
    factory = caller_in(scene, role)
    answer = factory.query(row.method, *row.arguments(scene, factory.caller))
    assert row.shows(answer) == (role in row.told)


@cells(UPDATES, [role for role in Role if role not in (Role.UNLISTED, *ADMINS)])
def test_an_emergency_stop_refuses_all_but_admins(scene: Scene, row: Update, role: Role) -> None:
    scene.factory.by(ADMIN).update("set_emergency_stop", True)
    factory, before = caller_in(scene, role), state_of(scene)
    words = "Caller not an admin" if row.is_for_admins else "Emergency stop"
    words = OUTSIDERS.get(role, words)
    assert_refused_by_inspection(factory, row, row.arguments(scene, factory.caller), words)
    assert state_of(scene) == before


@cells(UPDATES, ADMINS)
def test_an_emergency_stop_does_not_stop_admins(scene: Scene, row: Update, role: Role) -> None:
    scene.factory.by(ADMIN).update("set_emergency_stop", True)
    factory, words = caller_in(scene, role), row.refusals.get(role)
    values = row.arguments(scene, factory.caller)
    if words is None:
        factory.update(row.method, *values)
    else:
        assert_refused_by_the_method(lambda: factory.update(row.method, *values), row.method, words)


@cells(QUERIES, [Role.ANONYMOUS, Role.CANISTER_OWNER, Role.ADMIN])
def test_queries_answer_during_an_emergency_stop(scene: Scene, row: Query, role: Role) -> None:
    factory = caller_in(scene, role)
    values = row.arguments(scene, factory.caller)
    scene.factory.by(ADMIN).update("set_emergency_stop", True)
    assert row.shows(factory.query(row.method, *values)) == (role in row.told)


@pytest.mark.parametrize("row", QUERIES, ids=str)
def test_a_query_is_an_update_to_whoever_signs(scene: Scene, row: Query) -> None:
    stranger, anonymous = caller_in(scene, Role.UNLISTED), scene.factory.by(ANONYMOUS)
    scene.factory.by(ADMIN).update("set_emergency_stop", True)
    values = row.arguments(scene, stranger.caller)
    assert_refused_by_inspection(anonymous, row, values, "Anonymous caller")
    before = state_of(scene)
    assert row.shows(stranger.update(row.method, *values)) == (Role.UNLISTED in row.told)
    assert state_of(scene) == before


@pytest.mark.parametrize("row", UPDATES, ids=str)
@pytest.mark.parametrize("stopped", [False, True], ids=["allowlist", "emergency stop"])
def test_a_canister_is_refused_by_the_method_itself(
    scene: Scene, row: Update, stopped: bool
) -> None:
    admin = scene.factory.by(ADMIN)
    admin.update("set_allowlist", [[LISTED]])
    admin.update("set_emergency_stop", stopped)
    words = "Emergency stop" if stopped else "Caller not in allowlist"
    words = "Caller not an admin" if row.is_for_admins else words
    values, before = row.arguments(scene, scene.proxy), state_of(scene)
    assert_refused_by_the_method(
        lambda: scene.through_proxy(row.method, *values, cycles=TRILLION), row.method, words
    )
    assert state_of(scene) == before


def test_a_canister_may_do_what_users_may(scene: Scene) -> None:
    upload_id = scene.through_proxy("create_upload")
    assert scene.through_proxy("put_chunk", upload_id, EMPTY) is True
    assert scene.through_proxy("commit_upload", upload_id, commit_of(EMPTY)) is True
    canister_id = scene.through_proxy("create_user_canister", scene.proxy)
    info = scene.factory.by(ADMIN).query("get_canister_info", canister_id)[0]
    assert (info["owner"], info["created_by"]) == (scene.proxy, scene.proxy)
    scene.through_proxy("delete_canister", canister_id)
    assert scene.factory.describe(canister_id) is None


def test_cycles_that_come_with_a_refused_call_go_back(scene: Scene) -> None:
    before = scene.factory.replica.describe().cycles
    proxy = scene.factory.describe(scene.proxy)
    with pytest.raises(Refused, match="Canister not found"):
        scene.through_proxy("top_up_canister", scene.canister_id, TRILLION, cycles=TRILLION)
    left = scene.factory.describe(scene.proxy)
    assert proxy is not None
    assert left is not None
    assert proxy.cycles - left.cycles < TRILLION // 100
    assert before - scene.factory.replica.describe().cycles < TRILLION // 100


def test_those_who_create_for_others_see_what_they_made(scene: Scene) -> None:
    canister_id = scene.factory.by(ADMIN).update("create_user_canister", FRIEND)
    scene.factory.by(ADMIN).update("add_admin", FRIEND)
    scene.factory.by(FRIEND).update("remove_admin", ADMIN)
    creator = scene.factory.by(ADMIN)
    assert creator.query("get_canister_info", canister_id)[0]["owner"] == FRIEND
    found = creator.query("list_user_canisters", FRIEND)
    assert [each["canister_id"] for each in found] == [canister_id]
    assert creator.query("list_user_canisters", USER) == []


def test_a_filter_by_creator_shows_a_caller_only_what_matches_it(scene: Scene) -> None:
    made_for_user = scene.factory.by(ADMIN).update("create_user_canister", USER)
    user = scene.factory.by(USER)
    for creator, expected in [(ADMIN, [made_for_user]), (USER, [scene.canister_id]), (FRIEND, [])]:
        page = user.query("list_canisters", [canister_filter(created_by=creator)], [])
        assert [each["canister_id"] for each in page["canisters"]] == expected
