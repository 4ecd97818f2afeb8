"""The methods of the factory: arguments that would do, and whom they are for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from ic_factory.protocol.principal import Principal
from tests.canisters.universal import Program
from tests.factory.world import (
    ADMIN,
    ANONYMOUS,
    CONFIG_FIELDS,
    CONTROLLER,
    STRANGER,
    TRILLION,
    USER,
    Factory,
    commit_of,
    install_request,
    optional,
    template,
    upgrade_request,
    upload_request,
)


class Role(Enum):
    """Who calls, as the factory sees them."""

    ANONYMOUS = "anonymous"
    STRANGER = "stranger"
    LISTED = "caller in the allowlist"
    UNLISTED = "caller not in the allowlist"
    UPLOAD_OWNER = "upload owner"
    CANISTER_OWNER = "canister owner"
    ADMIN = "admin"
    CONTROLLER = "controller"


UPLOADER = Principal.self_authenticating(b"the uploader's key")
LISTED = Principal.self_authenticating(b"the listed caller's key")
FRIEND = Principal.self_authenticating(b"a friend's key")

PRINCIPALS = {
    Role.ANONYMOUS: ANONYMOUS,
    Role.STRANGER: STRANGER,
    Role.LISTED: LISTED,
    Role.UNLISTED: STRANGER,
    Role.UPLOAD_OWNER: UPLOADER,
    Role.CANISTER_OWNER: USER,
    Role.ADMIN: ADMIN,
    Role.CONTROLLER: CONTROLLER,
}
WITH_ALLOWLIST = (Role.LISTED, Role.UNLISTED)

EMPTY = b"\0asm\1\0\0\0"
"""The smallest module."""
OPEN = EMPTY + b"\0\2\1x"
"""The same module with a custom section."""


@dataclass(frozen=True)
class Scene:
    """A factory with something of each kind in it.

    Attributes:
        factory: as nobody in particular sees it.
        upload_id: committed by the uploader.
        open_id: the uploader's; all has arrived, nothing is committed.
        canister_id: the user's, made from the template `user`.
        operation_id: the one that made it.
        proxy: a universal canister that is a stranger to the factory.
    """

    factory: Factory
    upload_id: int
    open_id: int
    canister_id: Principal
    operation_id: int
    proxy: Principal

    def through_proxy(self, method: str, *values: Any, cycles: int = 0) -> Any:
        """What the proxy gets for a call."""
        argument = self.factory.encoded(method, *values)
        program = Program().call(self.factory.canister_id.bytes, method, argument, cycles=cycles)
        payload = self.factory.replica.update(self.proxy, "update", program.code)
        return self.factory.result(method, payload)


Arguments = Callable[[Scene, Principal], tuple[Any, ...]]


@dataclass(frozen=True)
class Update:
    """An update method, arguments that would do, and who is refused with which words."""

    method: str
    arguments: Arguments
    refusals: Mapping[Role, str]
    case: str = ""
    is_for_admins: bool = False

    def __str__(self) -> str:
        return f"{self.method} {self.case}".strip()


@dataclass(frozen=True)
class Query:
    """A query method, and to whom its answer shows something; anybody may ask."""

    method: str
    arguments: Arguments
    told: tuple[Role, ...] = tuple(Role)
    case: str = ""
    shows: Callable[[Any], bool] = bool

    def __str__(self) -> str:
        return f"{self.method} {self.case}".strip()


OUTSIDERS = {
    Role.ANONYMOUS: "Anonymous caller",
    Role.UNLISTED: "Caller not in allowlist",
}
ADMINS = (Role.ADMIN, Role.CONTROLLER)


def refused(wording: str, *allowed: Role) -> dict[Role, str]:
    """All but these are refused with the same words, outsiders with their own."""
    return {**dict.fromkeys(set(Role) - set(allowed), wording), **OUTSIDERS}


UPLOAD_OWNER_ONLY = refused("Upload not found", Role.UPLOAD_OWNER)
UPLOAD_OWNER_AND_ADMINS = refused("Upload not found", Role.UPLOAD_OWNER, *ADMINS)
OWNER_AND_ADMINS = refused("Canister not found", Role.CANISTER_OWNER, *ADMINS)
FOR_OTHERS = refused("Caller may not act for another owner", Role.LISTED, *ADMINS)
ADMINS_ONLY = {
    **refused("Caller not an admin", *ADMINS),
    Role.UNLISTED: "Caller not an admin",
}


def nothing(_: Scene, __: Principal) -> tuple[()]:
    return ()


def no_page(_: Scene, __: Principal) -> tuple[Any, ...]:
    return [], []


def canister(scene: Scene, _: Principal) -> tuple[Any, ...]:
    return (scene.canister_id,)


def creation(scene: Scene, _: Principal) -> tuple[Any, ...]:
    return (install_request(scene.upload_id),)


def reinstallation(scene: Scene, _: Principal) -> tuple[Any, ...]:
    return (install_request(scene.upload_id, mode="Reinstall", canister_id=scene.canister_id),)


def commit(scene: Scene, _: Principal) -> tuple[Any, ...]:
    return scene.open_id, commit_of(OPEN)


def chunk(scene: Scene, _: Principal) -> tuple[Any, ...]:
    return scene.open_id, b"chunk"


def for_admins(method: str, arguments: Arguments) -> Update:
    return Update(method, arguments, ADMINS_ONLY, is_for_admins=True)


UPDATES = (
    for_admins("add_admin", lambda *_: (FRIEND,)),
    for_admins("cleanup_expired_uploads_manual", nothing),
    Update("commit_upload", commit, UPLOAD_OWNER_ONLY),
    Update("commit_upload_with", commit, UPLOAD_OWNER_ONLY),
    Update("create_and_install_with", creation, OUTSIDERS),
    Update("create_and_install_with", reinstallation, OWNER_AND_ADMINS, "to reinstall"),
    Update(
        "create_canister_install",
        lambda scene, _: (scene.upload_id, install_request(scene.upload_id)),
        OUTSIDERS,
    ),
    Update(
        "create_canister_install_with_extra_controllers",
        lambda scene, _: (scene.upload_id, install_request(scene.upload_id), [FRIEND]),
        OUTSIDERS,
    ),
    Update("create_feature_canister", lambda _, caller: ("user", caller, b""), OUTSIDERS),
    Update("create_feature_canister", lambda *_: ("user", FRIEND, b""), FOR_OTHERS, "for another"),
    Update("create_upload", nothing, OUTSIDERS),
    Update("create_upload_with", lambda *_: (upload_request(),), OUTSIDERS),
    Update("create_user_canister", lambda _, caller: (caller,), OUTSIDERS),
    Update("create_user_canister", lambda *_: (FRIEND,), FOR_OTHERS, "for another"),
    Update("delete_canister", canister, OWNER_AND_ADMINS),
    Update("delete_upload", lambda scene, _: (scene.open_id,), UPLOAD_OWNER_AND_ADMINS),
    Update("handoff_canister", canister, OWNER_AND_ADMINS),
    Update("put_chunk", chunk, UPLOAD_OWNER_ONLY),
    Update("put_chunk_at", lambda scene, _: (scene.open_id, 1, b"chunk"), UPLOAD_OWNER_ONLY),
    Update("refresh_canister_info", canister, OWNER_AND_ADMINS),
    for_admins("remove_admin", lambda *_: (FRIEND,)),
    for_admins("remove_template", lambda *_: ("user",)),
    for_admins("set_allowlist", lambda *_: ([[FRIEND]],)),
    for_admins("set_emergency_stop", lambda *_: (True,)),
    for_admins("set_template", lambda scene, _: (template("other", scene.upload_id),)),
    Update("start_canister", canister, OWNER_AND_ADMINS),
    Update("start_creation", creation, OUTSIDERS),
    Update("stop_canister", canister, OWNER_AND_ADMINS),
    Update(
        "top_up_canister",
        lambda scene, _: (scene.canister_id, TRILLION),
        refused("Invalid argument: cycles", *ADMINS),
        "with the factory's cycles",
    ),
    Update(
        "top_up_canister",
        lambda scene, _: (scene.canister_id, 0),
        OWNER_AND_ADMINS,
        "with no cycles",
    ),
    for_admins("update_config", lambda *_: (optional(CONFIG_FIELDS, upload_ttl_seconds=1),)),
    Update(
        "upgrade_canister",
        lambda scene, _: (scene.canister_id, b""),
        OWNER_AND_ADMINS,
        "by its template",
    ),
    Update(
        "upgrade_canister",
        lambda scene, _: (scene.canister_id, OPEN),
        OWNER_AND_ADMINS,
        "by a module",
    ),
    Update(
        "upgrade_canister_with",
        lambda scene, _: (upgrade_request(scene.canister_id, upload_id=scene.upload_id),),
        OWNER_AND_ADMINS,
    ),
    Update("upload_chunk", chunk, UPLOAD_OWNER_ONLY),
)


def request_for(url: str) -> Arguments:
    return lambda *_: ({"method": "GET", "url": url, "headers": [], "body": b""},)


def has_canisters(page: Any) -> bool:
    return bool(page["canisters"])


OWNER_AND_ADMINS_SEE = (Role.CANISTER_OWNER, *ADMINS)
UPLOADER_AND_ADMINS_SEE = (Role.UPLOAD_OWNER, *ADMINS)

QUERIES = (
    Query("get_caller_stats", nothing),
    Query("get_canister_info", canister, OWNER_AND_ADMINS_SEE),
    Query("get_config", nothing),
    Query("get_config", nothing, ADMINS, "admins", lambda config: bool(config["admins"])),
    Query("get_events", no_page, ADMINS),
    Query("get_factory_stats", nothing),
    Query("get_operation", lambda scene, _: (scene.operation_id,), OWNER_AND_ADMINS_SEE),
    Query("get_upload_info", lambda scene, _: (scene.open_id,), UPLOADER_AND_ADMINS_SEE, "open"),
    Query("get_upload_info", lambda scene, _: (scene.upload_id,), case="committed"),
    Query("health_check", nothing),
    Query("http_request", request_for("/metrics")),
    Query("list_canisters", no_page, OWNER_AND_ADMINS_SEE, shows=has_canisters),
    Query(
        "list_canisters",
        lambda *_: ([canister_filter(owner=USER)], []),
        OWNER_AND_ADMINS_SEE,
        "of an owner",
        has_canisters,
    ),
    Query(
        "list_operations",
        no_page,
        OWNER_AND_ADMINS_SEE,
        shows=lambda page: bool(page["operations"]),
    ),
    Query("list_templates", no_page),
    Query("list_uploads", lambda *_: ([], [], []), UPLOADER_AND_ADMINS_SEE),
    Query("list_uploads", lambda *_: ([], [], [UPLOADER]), UPLOADER_AND_ADMINS_SEE, "of an owner"),
    Query("list_user_canisters", lambda *_: (USER,), OWNER_AND_ADMINS_SEE),
    Query("my_stats", nothing),
    Query("version", nothing),
)


def canister_filter(**fields: Any) -> dict[str, Any]:
    return optional(("owner", "created_by", "status", "canister_type", "upload_id"), **fields)
