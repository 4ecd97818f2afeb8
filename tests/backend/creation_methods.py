"""The backend's methods for personal canisters: arguments that would do, and whom they are for."""

from __future__ import annotations

from typing import Any

from tests.backend.method_table import (
    ADMINS,
    ADMINS_ONLY,
    CAPSULE_OWNER,
    Arguments,
    Query,
    Role,
    Scene,
    Update,
    for_admins,
    has,
    nothing,
)
from tests.backend.world import OWNER, optional

CONFIG_UPDATE = optional(
    (
        "enabled",
        "cycles_per_creation",
        "max_concurrent_creations",
        "max_queued_creations",
        "max_attempts",
    ),
    max_attempts=3,
)


def refused_for_admins(method: str, arguments: Arguments, words: str) -> Update:
    """A method for admins who have nothing to use it on."""
    return Update(method, arguments, {**ADMINS_ONLY, **dict.fromkeys(ADMINS, words)}, "", True)


def wish(scene: Scene) -> tuple[Any, ...]:
    return ([optional(("name", "subnet_id", "capsule_id"), capsule_id=scene.capsule)],)


WITHOUT_A_MODULE = {**CAPSULE_OWNER, Role.OWNER: "Personal canisters disabled"}

UPDATES = (
    refused_for_admins("clear_creation_state", lambda _: (OWNER,), "Not found"),
    Update("create_personal_canister", wish, WITHOUT_A_MODULE),
    Update("migrate_capsule", wish, WITHOUT_A_MODULE),
    Update(
        "release_hub_copy",
        lambda scene: (scene.capsule,),
        {**CAPSULE_OWNER, Role.OWNER: "Not found"},
    ),
    refused_for_admins("retry_creation", lambda _: (OWNER,), "Not found"),
    for_admins(
        "set_cycles_reserve", lambda _: (optional(("reserve", "min_threshold"), reserve=1),)
    ),
    for_admins("set_migration_enabled", lambda _: (False,)),
    for_admins("set_personal_canister_creation_enabled", lambda _: (False,)),
    refused_for_admins(
        "set_personal_canister_wasm", lambda scene: (scene.open_id,), "Upload not committed"
    ),
    for_admins("update_personal_canister_creation_config", lambda _: (CONFIG_UPDATE,)),
)

SEE_STATUS = (Role.OWNER, *ADMINS)
UNAUTHORIZED = "Caller not authorized"
NOT_BEGUN = dict.fromkeys(SEE_STATUS, "Not found")


def of_owner(_: Scene) -> tuple[Any, ...]:
    return ([OWNER],)


def page(_: Scene) -> tuple[Any, ...]:
    return {"Failed": None}, [], []


QUERIES = (
    Query("get_creation_receipt", of_owner, (), UNAUTHORIZED, refusals=NOT_BEGUN),
    Query(
        "get_creation_states_by_status",
        page,
        ADMINS,
        "Caller not an admin",
        shows=lambda answer: "creations" in answer,
    ),
    Query("get_creation_status", of_owner, SEE_STATUS, UNAUTHORIZED),
    Query("get_creation_status", lambda _: ([],), case="of one's own"),
    Query("get_cycles_reserve", nothing),
    Query("get_detailed_creation_status", of_owner, (), UNAUTHORIZED, refusals=NOT_BEGUN),
    Query("get_detailed_migration_status", of_owner, (), UNAUTHORIZED, refusals=NOT_BEGUN),
    Query("get_migration_stats", nothing),
    Query("get_migration_status", of_owner, SEE_STATUS, UNAUTHORIZED),
    Query("get_my_personal_canister_id", nothing, ()),
    Query("get_personal_canister_creation_config", nothing, shows=has("max_attempts")),
    Query("get_personal_canister_creation_stats", nothing, shows=has("is_enabled")),
    Query("get_personal_canister_id", lambda _: (OWNER,), ()),
    Query(
        "get_personal_canister_records",
        lambda _: ([], []),
        ADMINS,
        "Caller not an admin",
        shows=lambda answer: "records" in answer,
    ),
    Query("get_personal_canister_wasm", nothing, ()),
)
