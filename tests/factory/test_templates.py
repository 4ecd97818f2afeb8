"""Templates, and the canisters that are made from them."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
import wasmtime

from ic_factory.protocol.candid.did import parse_did
from ic_factory.protocol.principal import Principal
from ic_factory.replica import Reply
from tests.factory.world import (
    ADMIN,
    ANONYMOUS,
    CONTROLLER,
    MANAGEMENT,
    STRANGER,
    TRILLION,
    USER,
    Factory,
    commit_of,
    optional,
    template,
    variant,
)

EMPTY = b"\0asm\1\0\0\0"
OTHER = EMPTY + b"\0\2\1x"
FRIEND = Principal.self_authenticating(b"a friend's key")
OWNER_ARGUMENT = "service : (record { owner : principal }) -> {}"
SETTINGS = (
    "compute_allocation",
    "environment_variables",
    "freezing_threshold",
    "log_visibility",
    "memory_allocation",
    "reserved_cycles_limit",
    "wasm_memory_limit",
    "wasm_memory_threshold",
)

KEEPS_ITS_ARGUMENT = bytes(
    wasmtime.wat2wasm("""(module
  (import "ic0" "msg_arg_data_size" (func $size (result i32)))
  (import "ic0" "msg_arg_data_copy" (func $copy (param i32 i32 i32)))
  (import "ic0" "msg_reply_data_append" (func $append (param i32 i32)))
  (import "ic0" "msg_reply" (func $reply))
  (memory 1)
  (global $kept (mut i32) (i32.const 0))
  (func (export "canister_init")
    (global.set $kept (call $size))
    (call $copy (i32.const 0) (i32.const 0) (call $size)))
  (func (export "canister_query argument")
    (call $append (i32.const 0) (global.get $kept)) (call $reply)))""")
)


def setting(**fields: Any) -> dict[str, Any]:
    return optional(SETTINGS, **fields)


def set_template(factory: Factory, name: str, module: bytes = EMPTY, **fields: Any) -> int:
    """Uploads a module and registers it; returns the upload's id."""
    admin = factory.by(ADMIN)
    upload_id = admin.upload(module)
    admin.update("set_template", template(name, upload_id, **fields))
    return upload_id


def listed(factory: Factory, *page: Any) -> list[str]:
    return [each["name"] for each in factory.query("list_templates", *page)]


def argument_of(factory: Factory, canister_id: Principal) -> bytes:
    reply = factory.replica.query_call(canister_id, "argument")
    assert isinstance(reply, Reply)
    return reply.data


def module_hash_of(factory: Factory, canister_id: Principal) -> bytes | None:
    canister = factory.describe(canister_id)
    assert canister is not None
    return canister.module_hash


# Templates.


def test_a_template_is_listed_as_it_was_set(factory: Factory) -> None:
    given = setting(freezing_threshold=7, memory_allocation=8, log_visibility={"public": None})
    upload_id = set_template(
        factory, "memory", cycles=2 * TRILLION, settings=given, handoff=True, init_arg=b"arg"
    )
    (found,) = factory.query("list_templates", [], [])
    assert found.pop("set_at_time_ns") == factory.by(ADMIN).events()[-1]["time_ns"]
    assert found == {
        "name": "memory",
        "upload_id": upload_id,
        "module_hash": hashlib.sha256(EMPTY).digest(),
        "module_size": len(EMPTY),
        "version": 1,
        "cycles": 2 * TRILLION,
        "settings": given,
        "handoff": True,
        "init_arg": [b"arg"],
    }


def test_a_template_that_is_set_again_has_the_next_version(factory: Factory) -> None:
    set_template(factory, "memory", handoff=True)
    upload_id = set_template(factory, "memory", OTHER)
    (found,) = factory.query("list_templates", [], [])
    assert (found["version"], found["upload_id"], found["handoff"]) == (2, upload_id, False)
    versions = [
        (each["version"], each["module_hash"]) for each in factory.by(ADMIN).events("TemplateSet")
    ]
    assert versions == [(1, hashlib.sha256(EMPTY).digest()), (2, hashlib.sha256(OTHER).digest())]


def test_a_template_holds_its_newest_module_only(factory: Factory) -> None:
    admin = factory.by(ADMIN)
    for module in (EMPTY, OTHER, OTHER):
        upload_id = set_template(factory, "memory", module)
        admin.update("delete_upload", upload_id)
        assert factory.stored() == (len(module), 1)
    admin.update("remove_template", "memory")
    assert factory.stored() == (0, 0)


def test_a_template_that_was_removed_is_not_there(factory: Factory) -> None:
    set_template(factory, "user")
    canister_id = factory.update("create_user_canister", USER)
    admin = factory.by(ADMIN)
    admin.update("remove_template", "user")
    not_found = ("TemplateNotFound", {"name": "user"})
    assert listed(factory, [], []) == []
    assert admin.refusal("remove_template", "user") == not_found
    assert factory.wording("create_user_canister", USER) == "Template not found"
    assert factory.wording("upgrade_canister", canister_id, b"") == "Template not found"
    assert admin.events("TemplateRemoved") == [{"name": "user"}]
    assert module_hash_of(factory, canister_id) is not None


def test_templates_are_listed_by_name_in_pages_of_at_most_100(factory: Factory) -> None:
    admin = factory.by(ADMIN)
    upload_id = admin.upload(EMPTY)
    names = [f"t{number:03}" for number in range(103)]
    for name in reversed(names):
        admin.submit("set_template", template(name, upload_id))
    while len(listed(factory, ["t099"], [])) < 3:
        factory.replica.tick()
    assert listed(factory, [], []) == listed(factory, [""], [1000]) == names[:100]
    assert listed(factory, ["t099"], []) == names[100:]
    assert listed(factory, ["t0995"], [2]) == names[100:102]
    assert listed(factory, [], [0]) == listed(factory, ["z"], []) == []


@pytest.mark.parametrize("name", ["user", "ai_assistant", "photo-gallery", "a.b", "X" * 64])
def test_a_name_is_of_letters_digits_and_a_few_signs(factory: Factory, name: str) -> None:
    set_template(factory, name)
    assert listed(factory, [], []) == [name]


@pytest.mark.parametrize("name", ["", "X" * 65, "two words", "é", "a/b", 'a"b', "a\n", "a\0"])
def test_other_names_are_refused(factory: Factory, name: str) -> None:
    admin = factory.by(ADMIN)
    reason, fields = admin.refusal("set_template", template(name, admin.upload(EMPTY)))
    assert (reason, fields["argument"]) == ("InvalidArgument", "name")
    assert listed(factory, [], []) == []


def test_a_template_needs_a_committed_upload(factory: Factory) -> None:
    admin = factory.by(ADMIN)
    open_id = admin.update("create_upload")
    for upload_id, reason in [(open_id, "NotCommitted"), (99, "UploadNotFound")]:
        refusal = admin.refusal("set_template", template("user", upload_id))
        assert refusal == (reason, {"upload_id": upload_id})
    assert admin.events("TemplateSet") == []


def test_a_refused_new_version_leaves_the_former_one(factory: Factory) -> None:
    set_template(factory, "user")
    before = factory.query("list_templates", [], []), factory.stored()
    assert factory.by(ADMIN).refusal("set_template", template("user", 99))[0] == "UploadNotFound"
    assert (factory.query("list_templates", [], []), factory.stored()) == before


# Their canisters.


def test_a_user_has_a_canister_made(factory: Factory) -> None:
    upload_id = set_template(factory, "user", OTHER, cycles=2 * TRILLION)
    canister_id = factory.update("create_user_canister", USER)
    assert module_hash_of(factory, canister_id) == hashlib.sha256(OTHER).digest()
    info = factory.query("get_canister_info", canister_id)[0]
    assert (info["owner"], info["created_by"], info["canister_type"]) == (USER, USER, "user")
    assert (info["upload_id"], info["controllers"]) == ([upload_id], [factory.canister_id])
    assert variant(info["status"]) == "Active"
    mine = factory.query("my_stats")
    assert (mine["canisters_created"], mine["canisters_held"]) == (1, 1)
    assert mine["cycles_used"] == 2 * TRILLION


@pytest.mark.parametrize("caller", [ADMIN, CONTROLLER, FRIEND])
def test_admins_and_listed_callers_make_canisters_for_users(
    factory: Factory, caller: Principal
) -> None:
    set_template(factory, "user")
    factory.by(ADMIN).update("set_allowlist", [[FRIEND]])
    creator = factory.by(caller)
    for canister_id in (
        creator.update("create_user_canister", USER),
        creator.update("create_feature_canister", "user", USER, b""),
    ):
        info = creator.query("get_canister_info", canister_id)[0]
        assert (info["owner"], info["created_by"]) == (USER, caller)
    assert creator.query("my_stats")["canisters_held"] == 2
    assert factory.query("my_stats")["canisters_held"] == 0


@pytest.mark.parametrize("owner", [ANONYMOUS, MANAGEMENT])
def test_nobody_makes_a_canister_for_whom_nobody_can_sign(
    factory: Factory, owner: Principal
) -> None:
    set_template(factory, "user")
    for call in (("create_user_canister", owner), ("create_feature_canister", "user", owner, b"")):
        assert "Invalid argument: owner" in factory.by(ADMIN).refused(*call).message
    assert factory.query("get_factory_stats")["active_canisters"] == 0


def test_a_template_that_is_not_there_is_named(factory: Factory) -> None:
    for call in (("create_user_canister", USER), ("create_feature_canister", "user", USER, b"")):
        assert factory.refused(*call).message.startswith('Template not found: "user"')


def test_init_is_told_the_owner_unless_the_template_says_otherwise(factory: Factory) -> None:
    owner = parse_did(OWNER_ARGUMENT)
    set_template(factory, "user", KEEPS_ITS_ARGUMENT)
    canister_id = factory.by(ADMIN).update("create_user_canister", FRIEND)
    assert owner.decode_init_args(argument_of(factory, canister_id)) == [{"owner": FRIEND}]
    set_template(factory, "user", KEEPS_ITS_ARGUMENT, init_arg=b"as it was set")
    canister_id = factory.update("create_user_canister", USER)
    assert argument_of(factory, canister_id) == b"as it was set"


def test_the_argument_of_a_feature_reaches_init(factory: Factory) -> None:
    set_template(factory, "memory", KEEPS_ITS_ARGUMENT, init_arg=b"as it was set")
    canister_id = factory.update("create_feature_canister", "memory", USER, b"for this one")
    assert argument_of(factory, canister_id) == b"for this one"


def test_a_canister_has_the_settings_of_its_template(factory: Factory) -> None:
    given = {
        "freezing_threshold": 1_000_000,
        "wasm_memory_limit": 50_000_000,
        "wasm_memory_threshold": 1_000_000,
        "reserved_cycles_limit": TRILLION,
        "log_visibility": {"allowed_viewers": [FRIEND]},
        "environment_variables": [{"name": "STAGE", "value": "test"}],
    }
    set_template(
        factory,
        "user",
        cycles=40 * TRILLION,
        handoff=True,
        compute_allocation=1,
        memory_allocation=2_000_000,
        settings=setting(**given, compute_allocation=2, memory_allocation=3_000_000),
    )
    canister_id = factory.update("create_user_canister", USER)
    found = factory.manage("canister_status", USER, canister_id=canister_id)["settings"]
    expected = given | {"compute_allocation": 1, "memory_allocation": 2_000_000}
    assert {name: found[name] for name in expected} == expected


@pytest.mark.parametrize("handoff", [True, False])
def test_a_template_says_whether_canisters_are_handed_over(factory: Factory, handoff: bool) -> None:
    set_template(factory, "user", handoff=handoff)
    canister_id = factory.by(ADMIN).update("create_user_canister", USER)
    controllers = (USER,) if handoff else (factory.canister_id,)
    canister = factory.describe(canister_id)
    assert canister is not None
    assert canister.controllers == controllers
    assert factory.query("get_canister_info", canister_id)[0]["controllers"] == list(controllers)


def test_the_cycles_of_a_template_are_bound_by_no_limit(factory: Factory) -> None:
    set_template(factory, "user", cycles=20 * TRILLION)
    canister = factory.describe(factory.update("create_user_canister", USER))
    assert canister is not None
    assert canister.cycles > 19 * TRILLION


def test_a_canister_is_upgraded_to_the_newest_version_of_its_template(factory: Factory) -> None:
    set_template(factory, "user")
    canister_id = factory.update("create_user_canister", USER)
    upload_id = set_template(factory, "user", OTHER)
    set_template(factory, "other", KEEPS_ITS_ARGUMENT)
    assert factory.update("upgrade_canister", canister_id, b"") is None
    assert module_hash_of(factory, canister_id) == hashlib.sha256(OTHER).digest()
    assert factory.query("get_canister_info", canister_id)[0]["upload_id"] == [upload_id]


def test_a_canister_of_an_upload_follows_no_template_by_its_name(factory: Factory) -> None:
    named = factory.begin_upload(name="user")
    factory.update("put_chunk", named, EMPTY)
    factory.update("commit_upload", named, commit_of(EMPTY))
    canister_id = factory.create(named)
    set_template(factory, "user", OTHER)
    factory.refused("upgrade_canister", canister_id, b"")
    assert module_hash_of(factory, canister_id) == hashlib.sha256(EMPTY).digest()


def test_strangers_may_not_set_templates(factory: Factory) -> None:
    upload_id = factory.by(STRANGER).upload(EMPTY)
    refused = factory.by(STRANGER).refused("set_template", template("user", upload_id))
    assert "Caller not an admin" in refused.message
