"""Limits and who may call; the event log."""

from __future__ import annotations

from typing import Any

import pytest
import wasmtime

from ic_factory.canisters import factory_wasm
from ic_factory.protocol.principal import Principal
from ic_factory.replica.errors import CallRejected
from tests import surgery
from tests.factory.world import (
    ADMIN,
    ANONYMOUS,
    CONFIG_FIELDS,
    CONTROLLER,
    FACTORY_CYCLES,
    NO_ARGUMENTS,
    STRANGER,
    TRILLION,
    USER,
    Factory,
    Refused,
    init_argument,
    install_factory,
    install_request,
    optional,
    template,
    variant,
)

SECOND = 10**9
MEBIBYTE = 1 << 20
EMPTY = b"\0asm\1\0\0\0"
FRIEND = Principal.self_authenticating(b"a friend's key")
TRAPS_AT_LENGTH = bytes(
    wasmtime.wat2wasm("""(module
  (import "ic0" "trap" (func $trap (param i32 i32)))
  (memory 1)
  (func (export "canister_init")
    (memory.fill (i32.const 0) (i32.const 120) (i32.const 32768))
    (call $trap (i32.const 0) (i32.const 32768))))""")
)

SETTINGS = (
    *("compute_allocation", "memory_allocation", "freezing_threshold", "log_visibility"),
    *("reserved_cycles_limit", "wasm_memory_limit", "wasm_memory_threshold"),
    "environment_variables",
)

DEFAULTS = {
    "max_canisters_per_caller": 100,
    "min_factory_cycles": 5 * TRILLION,
    "max_upload_size": 50_000_000,
    "upload_ttl_seconds": 86_400,
    "max_open_uploads_per_caller": 10,
    "max_uploads_per_caller": 1000,
    "max_stored_bytes": 4 << 30,
    "max_cycles_per_creation": 5 * TRILLION,
    "max_operations": 50,
    "max_chunk_size": MEBIBYTE,
    "max_chunks_per_upload": 4096,
    "emergency_stop": False,
    "has_allowlist": False,
    "allowlist": [],
}
OTHER_LIMITS = {
    "max_canisters_per_caller": 3,
    "min_factory_cycles": 2**70,
    "max_upload_size": 100 * MEBIBYTE,
    "upload_ttl_seconds": 1,
    "max_open_uploads_per_caller": 0,
    "max_uploads_per_caller": 7,
    "max_stored_bytes": 2**64 - 1,
    "max_cycles_per_creation": 0,
    "max_operations": 100,
}
BAD_LIMITS = [
    ("max_upload_size", 100 * MEBIBYTE + 1),
    ("upload_ttl_seconds", 0),
    ("max_operations", 0),
    ("max_operations", 101),
]


def installed(factory: Factory, argument: bytes) -> Factory:
    """Another factory, installed with this argument, as its controller sees it."""
    replica, interface = factory.replica, factory.interface
    canister_id = replica.create_canister(CONTROLLER, cycles=FACTORY_CYCLES)
    replica.install_code(canister_id, factory_wasm(), argument, sender=CONTROLLER)
    return Factory(replica, canister_id, interface, CONTROLLER)


def config(factory: Factory) -> dict[str, Any]:
    """All that an admin is told of the limits."""
    told: dict[str, Any] = factory.by(ADMIN).query("get_config")
    return told


def admins(factory: Factory) -> set[Principal]:
    (listed,) = config(factory)["admins"]
    assert len(listed) == len(set(listed))
    return set(listed)


def may_call(factory: Factory, caller: Principal) -> bool:
    try:
        upload_id = factory.by(caller).update("create_upload")
    except Refused as refused:
        if "Caller not in allowlist" in refused.message:
            return False
        raise
    return bool(factory.by(caller).update("delete_upload", upload_id))


# Limits.


@pytest.mark.parametrize("how", ["nothing", "null", "an empty record", "no admins"])
def test_a_factory_begins_with_the_documented_limits(factory: Factory, how: str) -> None:
    arguments = {
        "nothing": NO_ARGUMENTS,
        "null": factory.interface.encode_init_args([[]]),
        "an empty record": init_argument(factory.interface),
        "no admins": init_argument(factory.interface, admins=[]),
    }
    new = installed(factory, arguments[how])
    assert new.query("get_config") == DEFAULTS | {"admins": [[CONTROLLER]]}
    assert new.events("FactoryInstalled") == [{"build": new.query("version")["build"]}]


@pytest.mark.parametrize("name", CONFIG_FIELDS)
def test_a_limit_can_be_set_when_the_factory_is_installed(factory: Factory, name: str) -> None:
    new = install_factory(factory.replica, factory.interface, {name: OTHER_LIMITS[name]})
    assert config(new) == DEFAULTS | {name: OTHER_LIMITS[name], "admins": [[ADMIN]]}


def test_admins_and_an_allowlist_can_be_set_when_the_factory_is_installed(factory: Factory) -> None:
    given = {"admins": [ADMIN, USER], "allowlist": [FRIEND]}
    new = install_factory(factory.replica, factory.interface, given)
    assert admins(new) == {ADMIN, USER}
    assert (config(new)["has_allowlist"], config(new)["allowlist"]) == (True, [[FRIEND]])
    assert may_call(new, FRIEND)
    assert not may_call(new, STRANGER)


@pytest.mark.parametrize(
    ("name", "value"),
    [*BAD_LIMITS, ("admins", [ADMIN, ANONYMOUS]), ("allowlist", [ANONYMOUS])],
)
def test_a_bad_argument_refuses_the_installation(factory: Factory, name: str, value: Any) -> None:
    with pytest.raises(CallRejected, match=f"Invalid argument: {name}"):
        install_factory(factory.replica, factory.interface, {name: value})
    without_code = [each for each in factory.replica.describe().canisters if not each.module_hash]
    assert len(without_code) == 1


def test_an_argument_that_is_no_candid_refuses_the_installation(factory: Factory) -> None:
    with pytest.raises(CallRejected):
        installed(factory, b"no Candid")


@pytest.mark.parametrize("name", CONFIG_FIELDS)
def test_an_admin_changes_a_limit_and_is_told_all(factory: Factory, name: str) -> None:
    changed = optional(CONFIG_FIELDS, **{name: OTHER_LIMITS[name]})
    told = factory.by(ADMIN).update("update_config", changed)
    assert told == config(factory) == DEFAULTS | {name: OTHER_LIMITS[name], "admins": [[ADMIN]]}
    assert factory.by(ADMIN).events("ConfigUpdated") == [None]


@pytest.mark.parametrize(("name", "value"), BAD_LIMITS)
def test_one_bad_limit_leaves_all_as_they_are(factory: Factory, name: str, value: int) -> None:
    changed = optional(CONFIG_FIELDS, **{**OTHER_LIMITS, name: value})
    reason, fields = factory.by(ADMIN).refusal("update_config", changed)
    assert (reason, fields["argument"]) == ("InvalidArgument", name)
    assert config(factory) == DEFAULTS | {"admins": [[ADMIN]]}
    assert factory.by(ADMIN).events("ConfigUpdated") == []


def test_lists_of_principals_are_told_to_admins_only(factory: Factory) -> None:
    factory.by(ADMIN).update("set_allowlist", [[USER, FRIEND]])
    for caller in (ADMIN, CONTROLLER):
        told = factory.by(caller).query("get_config")
        assert (set(told["allowlist"][0]), told["admins"]) == ({USER, FRIEND}, [[ADMIN]])
    for caller in (USER, STRANGER, ANONYMOUS):
        told = factory.by(caller).query("get_config")
        assert (told["allowlist"], told["admins"], told["has_allowlist"]) == ([], [], True)


def test_a_caller_holds_as_many_canisters_as_the_limit_says(factory: Factory) -> None:
    factory.limit(max_canisters_per_caller=1)
    upload_id = factory.upload(EMPTY)
    canister_id = factory.create(upload_id)
    held = factory.wording("create_and_install_with", install_request(upload_id))
    assert held == "Per-caller canister limit reached"
    assert factory.query("my_stats")["canisters_held"] == 1
    factory.update("delete_canister", canister_id)
    assert factory.create(upload_id)


def test_the_factory_keeps_the_cycles_that_it_is_told_to(factory: Factory) -> None:
    upload_id = factory.upload(EMPTY)
    factory.limit(min_factory_cycles=factory.cycles - TRILLION // 2)
    low = factory.wording("create_and_install_with", install_request(upload_id))
    assert low == "Factory low on cycles"


def test_only_admins_give_a_canister_more_cycles_than_the_limit(factory: Factory) -> None:
    upload_id, request = factory.upload(EMPTY), {"cycles": 5 * TRILLION + 1}
    too_many = factory.wording("create_and_install_with", install_request(upload_id, **request))
    assert too_many == "Too many cycles"
    assert factory.by(ADMIN).create(upload_id, **request)


# Who may call.


def test_an_allowlist_lets_in_those_in_it_and_admins(factory: Factory) -> None:
    admin = factory.by(ADMIN)
    steps = [([[USER]], {USER}), ([[FRIEND]], {FRIEND}), ([[]], set()), ([], {USER, FRIEND})]
    for allowlist, let_in in steps:
        admin.update("set_allowlist", allowlist)
        assert {each for each in (USER, FRIEND) if may_call(factory, each)} == let_in
        assert may_call(factory, ADMIN)
        assert may_call(factory, CONTROLLER)
    counts = [each["callers"] for each in admin.events("AllowlistSet")]
    assert counts == [[1], [1], [0], []]


def test_the_log_tells_how_many_are_in_the_allowlist(factory: Factory) -> None:
    factory.by(ADMIN).update("set_allowlist", [[USER, USER, FRIEND]])
    assert factory.by(ADMIN).events("AllowlistSet") == [{"callers": [2]}]


def test_an_allowlist_that_is_refused_leaves_the_former_one(factory: Factory) -> None:
    admin = factory.by(ADMIN)
    admin.update("set_allowlist", [[USER]])
    number = [Principal.self_authenticating(index.to_bytes(2, "big")) for index in range(10_001)]
    for refused in ([FRIEND, ANONYMOUS], number):
        reason, fields = admin.refusal("set_allowlist", [refused])
        assert (reason, fields["argument"]) == ("InvalidArgument", "allowlist")
    assert config(factory)["allowlist"] == [[USER]]
    assert len(admin.events("AllowlistSet")) == 1


def test_the_anonymous_caller_is_never_let_in(factory: Factory) -> None:
    assert "Anonymous caller" in factory.by(ANONYMOUS).refused("create_upload").message
    assert factory.by(ADMIN).refusal("add_admin", ANONYMOUS)[0] == "InvalidArgument"
    assert admins(factory) == {ADMIN}


def test_admins_add_and_remove_admins(factory: Factory) -> None:
    admin, friend = factory.by(ADMIN), factory.by(FRIEND)
    admin.update("add_admin", FRIEND)
    admin.update("add_admin", FRIEND)
    assert admins(factory) == {ADMIN, FRIEND}
    friend.update("remove_admin", ADMIN)
    assert friend.query("get_config")["admins"] == [[FRIEND]]
    assert "Caller not an admin" in admin.refused("add_admin", ADMIN).message
    assert friend.events("AdminRemoved") == [{"admin": ADMIN}]
    assert {each["admin"] for each in friend.events("AdminAdded")} == {FRIEND}


@pytest.mark.parametrize("caller", [ADMIN, CONTROLLER])
def test_the_last_admin_stays(factory: Factory, caller: Principal) -> None:
    assert factory.by(caller).refusal("remove_admin", ADMIN) == ("LastAdmin", None)
    assert factory.by(caller).wording("remove_admin", ADMIN) == "Last admin"
    assert admins(factory) == {ADMIN}
    assert factory.by(ADMIN).events("AdminRemoved") == []


def test_removing_who_is_no_admin_changes_nothing(factory: Factory) -> None:
    factory.by(ADMIN).update("remove_admin", STRANGER)
    factory.by(ADMIN).update("remove_admin", CONTROLLER)
    assert admins(factory) == {ADMIN}
    assert factory.by(ADMIN).events("AdminRemoved") == []
    assert may_call(factory, CONTROLLER)


def test_an_emergency_stop_ends_when_an_admin_lifts_it(factory: Factory) -> None:
    admin = factory.by(ADMIN)
    admin.update("set_emergency_stop", True)
    assert config(factory)["emergency_stop"] is True
    assert "Emergency stop" in factory.refused("create_upload").message
    admin.update("set_emergency_stop", False)
    assert factory.update("create_upload")
    assert [each["stopped"] for each in admin.events("EmergencyStopSet")] == [True, False]


# Templates.


@pytest.mark.parametrize(
    ("fields", "argument"),
    [({"name": "custom"}, "name"), ({"cycles": TRILLION // 2 - 1}, "cycles")],
)
def test_a_template_that_could_not_serve_is_refused(
    factory: Factory, fields: dict[str, Any], argument: str
) -> None:
    admin = factory.by(ADMIN)
    bad = template("user", factory.upload(EMPTY)) | fields
    reason, found = admin.refusal("set_template", bad)
    assert (reason, found["argument"]) == ("InvalidArgument", argument)
    assert factory.query("list_templates", [], []) == []
    assert admin.events("TemplateSet") == []


def test_templates_with_the_longest_arguments_are_listed(factory: Factory) -> None:
    admin, upload_id = factory.by(ADMIN), factory.upload(EMPTY)
    for number in range(100):
        admin.update("set_template", template(f"t{number}", upload_id, init_arg=bytes(10_000)))
    assert len(factory.query("list_templates", [], [])) == 100
    reason, found = admin.refusal("set_template", template("t", upload_id, init_arg=bytes(10_001)))
    assert (reason, found["argument"]) == ("InvalidArgument", "init_arg")


def test_a_template_with_settings_too_long_to_be_listed_is_refused(factory: Factory) -> None:
    admin, upload_id = factory.by(ADMIN), factory.upload(EMPTY)
    longest = [{"name": f"{number:0>128}", "value": "v" * 128} for number in range(20)]
    settings = optional(SETTINGS, environment_variables=longest)
    admin.update("set_template", template("user", upload_id, settings=settings))
    too_long = optional(SETTINGS, environment_variables=[{"name": "N", "value": "v" * 8000}])
    reason, found = admin.refusal("set_template", template("a", upload_id, settings=too_long))
    assert (reason, found["argument"]) == ("InvalidArgument", "settings")
    assert len(factory.query("list_templates", [], [])) == 1


# The event log.


def test_the_log_tells_what_happened_when_and_for_whom(factory: Factory) -> None:
    admin = factory.by(ADMIN)
    upload_id = factory.upload(EMPTY)
    admin.update("set_template", template("user", upload_id))
    factory.replica.advance_time(7 * SECOND)
    canister_id = admin.update("create_user_canister", USER)
    for method in ("stop_canister", "start_canister", "delete_canister"):
        factory.update(method, canister_id)
    events = admin.events()
    assert [(variant_name(each), each["caller"]) for each in events] == [
        ("FactoryInstalled", CONTROLLER),
        ("UploadCommitted", USER),
        ("TemplateSet", ADMIN),
        ("OperationStarted", ADMIN),
        ("CanisterCreated", ADMIN),
        ("OperationCompleted", ADMIN),
        ("CanisterStopped", USER),
        ("CanisterStarted", USER),
        ("OperationStarted", USER),
        ("CanisterDeleted", USER),
        ("OperationCompleted", USER),
    ]
    assert [each["id"] for each in events] == list(range(1, 12))
    times = [each["time_ns"] for each in events]
    assert times == sorted(times)
    assert times[3] // SECOND - times[2] // SECOND == 7
    assert {each["canister_id"] for each in admin.events("CanisterStopped")} == {canister_id}
    created = admin.events("CanisterCreated")
    assert created == [{"operation_id": 1, "canister_id": canister_id, "cycles": TRILLION}]


def variant_name(event: Any) -> str:
    return variant(event["event"])


def test_the_log_tells_why_an_operation_failed(factory: Factory) -> None:
    upload_id = factory.upload(EMPTY + b"\1")
    refused = factory.refused("create_and_install_with", install_request(upload_id))
    (failed,) = factory.by(ADMIN).events("OperationFailed")
    assert failed["error"] == refused.message
    assert variant(failed["kind"]) == "Create"


def test_the_log_is_read_in_pages_of_at_most_500(factory: Factory) -> None:
    admin = factory.by(ADMIN)
    for number in range(510):
        admin.submit("set_emergency_stop", number % 2 == 1)
    while admin.query("get_factory_stats")["events"] < 511:
        factory.replica.tick()

    def ids(*page: Any) -> list[int]:
        return [each["id"] for each in admin.query("get_events", *page)]

    assert ids([], []) == ids([0], [2**32 - 1]) == list(range(1, 501))
    assert ids([500], []) == list(range(501, 512))
    assert ids([2], [3]) == [3, 4, 5]
    assert ids([], [0]) == ids([511], []) == ids([2**64 - 1], [1]) == []


def fail_at_length(factory: Factory, times: int) -> None:
    """Has a stranger's creations fail with the longest text that a trap may have."""
    upload_id = factory.upload(TRAPS_AT_LENGTH)
    factory.limit(max_operations=100)
    for _ in range(times):
        factory.by(STRANGER).submit("create_and_install_with", install_request(upload_id))
    surgery.rest(factory.replica)
    assert factory.query("get_factory_stats")["failed_operations"] == times


@pytest.mark.slow
def test_failures_of_strangers_leave_the_log_readable(factory: Factory) -> None:
    fail_at_length(factory, 96)
    assert factory.by(ADMIN).events()[0]["id"] == 1


def test_failures_of_strangers_leave_operations_readable(factory: Factory) -> None:
    fail_at_length(factory, 50)
    for caller in (STRANGER, ADMIN):
        listed = factory.by(caller).query("list_operations", [], [])["operations"]
        assert listed[0]["operation_id"] == 1
