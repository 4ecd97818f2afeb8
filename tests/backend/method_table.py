"""The methods of the backend: arguments that would do, and whom they are for."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from ic_factory.protocol.principal import Principal
from tests.backend.world import (
    ADMIN,
    ANONYMOUS,
    CONFIG_FIELDS,
    CONTROLLER,
    FRIEND,
    OWNER,
    STRANGER,
    Backend,
    connection_update,
    gallery_update,
    memory_update,
    new_asset,
    new_connection,
    new_gallery,
    new_memory,
    optional,
)


class Role(Enum):
    """Who calls, as the backend sees them."""

    ANONYMOUS = "anonymous"
    UNREGISTERED = "not registered"
    STRANGER = "stranger"
    OWNER = "owner"
    CAPSULE_READER = "reader of the capsule"
    CAPSULE_WRITER = "writer of the capsule"
    ITEM_READER = "reader of memory and gallery"
    ITEM_WRITER = "writer of memory and gallery"
    ADMIN = "admin"
    CONTROLLER = "controller"


def key_of(role: Role) -> Principal:
    return Principal.self_authenticating(role.value.encode())


PRINCIPALS = {role: key_of(role) for role in Role} | {
    Role.ANONYMOUS: ANONYMOUS,
    Role.STRANGER: STRANGER,
    Role.OWNER: OWNER,
    Role.ADMIN: ADMIN,
    Role.CONTROLLER: CONTROLLER,
}
PEER = key_of(Role.ITEM_READER)


@dataclass(frozen=True)
class Scene:
    """A backend with something of each kind in it, all of it private.

    Attributes:
        backend: as nobody in particular sees it.
        capsule: the owner's, shared with a reader and a writer.
        memory: in it, shared with another reader and writer.
        gallery: in it, with the memory, shared as the memory is.
        open_id: an upload of the owner, of one chunk that is not committed.
    """

    backend: Backend
    capsule: str
    memory: str
    gallery: str
    open_id: int


def build_scene(backend: Backend) -> Scene:
    """Builds a scene in a backend where the owner is registered."""
    for role in Role:
        if role not in (Role.ANONYMOUS, Role.UNREGISTERED):
            backend.by(PRINCIPALS[role]).update("register")
    owner = backend.by(OWNER)
    capsule = owner.capsule()
    memory = owner.add(capsule, tags=["tag"], assets=[new_asset(b"bytes")])
    gallery = owner.gallery(capsule, memory)
    owner.update("add_connection", capsule, new_connection(PEER))
    for (role, permission), items in grants(capsule, memory, gallery).items():
        for item in items:
            owner.update("grant_access", item, PRINCIPALS[role], {permission: None})
    open_id = owner.update("create_upload")
    owner.update("put_chunk", open_id, OPEN)
    return Scene(backend, capsule, memory, gallery, open_id)


def grants(capsule: str, memory: str, gallery: str) -> dict[tuple[Role, str], list[str]]:
    """Who may read or write what."""
    return {
        (Role.CAPSULE_READER, "Read"): [capsule],
        (Role.CAPSULE_WRITER, "Write"): [capsule],
        (Role.ITEM_READER, "Read"): [memory, gallery],
        (Role.ITEM_WRITER, "Write"): [memory, gallery],
    }


OPEN = b"a chunk"
Arguments = Callable[[Scene], tuple[Any, ...]]


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
    """A query method, and whom its answer shows something; others are refused with these words, or
    shown nothing."""

    method: str
    arguments: Arguments
    told: tuple[Role, ...] = tuple(Role)
    words: str | None = None
    case: str = ""
    shows: Callable[[Any], bool] = bool
    refusals: Mapping[Role, str] | None = None

    def __str__(self) -> str:
        return f"{self.method} {self.case}".strip()


NOBODY = {Role.ANONYMOUS: "Anonymous caller"}
OUTSIDERS = {**NOBODY, Role.UNREGISTERED: "Caller not registered"}
ADMINS = (Role.ADMIN, Role.CONTROLLER)
ITEM_ROLES = (Role.ITEM_READER, Role.ITEM_WRITER)
CAPSULE_ROLES = (Role.CAPSULE_READER, Role.CAPSULE_WRITER)
SEE_CAPSULE = (Role.OWNER, *CAPSULE_ROLES)
SEE_ITEMS = (*SEE_CAPSULE, *ITEM_ROLES)


def hidden(words: str, see: tuple[Role, ...], **others: str) -> dict[Role, str]:
    """Those who don't see something are told that it is not there; others with their own words."""
    named = {Role[name]: refusal for name, refusal in others.items()}
    return {**dict.fromkeys(set(Role) - set(see), words), **named, **OUTSIDERS}


def of_capsule(**others: str) -> dict[Role, str]:
    return hidden("Capsule not found", SEE_CAPSULE, **others)


READ_ONLY = {"CAPSULE_READER": "Read only"}
ITEM_READ_ONLY = {**READ_ONLY, "ITEM_READER": "Read only"}
CAPSULE_WRITERS = of_capsule(**READ_ONLY)
CAPSULE_OWNER = of_capsule(CAPSULE_READER="Not the owner", CAPSULE_WRITER="Not the owner")
MEMORY_WRITERS = hidden("Memory not found", SEE_ITEMS, **ITEM_READ_ONLY)
GALLERY_WRITERS = hidden("Gallery not found", SEE_ITEMS, **ITEM_READ_ONLY)
MEMORY_OWNER = hidden(
    "Memory not found",
    SEE_ITEMS,
    **{role.name: "Not the owner" for role in (*CAPSULE_ROLES, *ITEM_ROLES)},
)
UPLOAD_OWNER = hidden("Upload not found", (Role.OWNER,))
UPLOAD_OWNER_AND_ADMINS = hidden("Upload not found", (Role.OWNER, *ADMINS))
ADMINS_ONLY = {**dict.fromkeys(set(Role) - set(ADMINS), "Caller not an admin"), **NOBODY}


def nothing(_: Scene) -> tuple[()]:
    return ()


def commit(scene: Scene) -> tuple[Any, ...]:
    return scene.open_id, {"expected_sha256_hex": hashlib.sha256(OPEN).hexdigest()}


def for_admins(method: str, arguments: Arguments) -> Update:
    return Update(method, arguments, ADMINS_ONLY, is_for_admins=True)


UPLOAD_REQUEST = optional(("name", "expected_len", "chunk_size", "expected_sha256_hex"))
CAPSULE_FIELDS = ("name", "description")

UPDATES = (
    for_admins("add_admin", lambda _: (FRIEND,)),
    Update("add_connection", lambda scene: (scene.capsule, new_connection(FRIEND)), CAPSULE_OWNER),
    Update("add_memory_to_capsule", lambda scene: (scene.capsule, new_memory()), CAPSULE_WRITERS),
    for_admins("cleanup_expired_uploads_manual", nothing),
    Update("commit_upload", commit, UPLOAD_OWNER),
    Update("commit_upload_with", commit, UPLOAD_OWNER),
    Update("create_capsule", lambda _: ([],), OUTSIDERS),
    Update("create_upload", nothing, OUTSIDERS),
    Update("create_upload_with", lambda _: (UPLOAD_REQUEST,), OUTSIDERS),
    Update("delete_capsule", lambda scene: (scene.capsule,), CAPSULE_OWNER),
    Update("delete_gallery", lambda scene: (scene.gallery,), GALLERY_WRITERS),
    Update(
        "delete_memory_from_capsule", lambda scene: (scene.capsule, scene.memory), MEMORY_WRITERS
    ),
    Update("delete_upload", lambda scene: (scene.open_id,), UPLOAD_OWNER_AND_ADMINS),
    Update(
        "grant_access", lambda scene: (scene.memory, FRIEND, {"Read": None}), MEMORY_OWNER, "memory"
    ),
    Update(
        "grant_access",
        lambda scene: (scene.capsule, FRIEND, {"Write": None}),
        CAPSULE_OWNER,
        "capsule",
    ),
    Update("put_chunk", lambda scene: (scene.open_id, b"chunk"), UPLOAD_OWNER),
    Update("put_chunk_at", lambda scene: (scene.open_id, 1, b"chunk"), UPLOAD_OWNER),
    Update("register", nothing, NOBODY),
    Update("register_capsule", nothing, NOBODY),
    for_admins("remove_admin", lambda _: (FRIEND,)),
    Update("remove_connection", lambda scene: (scene.capsule, PEER), CAPSULE_OWNER),
    Update("revoke_access", lambda scene: (scene.memory, FRIEND), MEMORY_OWNER),
    for_admins("set_emergency_stop", lambda _: (True,)),
    Update("set_visibility", lambda scene: (scene.capsule, {"Public": None}), CAPSULE_OWNER),
    Update(
        "set_visibility", lambda scene: (scene.memory, {"Public": None}), MEMORY_OWNER, "memory"
    ),
    Update(
        "store_gallery_forever",
        lambda scene: (new_gallery(scene.capsule, scene.memory),),
        CAPSULE_WRITERS,
    ),
    Update(
        "update_capsule",
        lambda scene: (scene.capsule, optional(CAPSULE_FIELDS, name="other")),
        CAPSULE_OWNER,
    ),
    for_admins("update_config", lambda _: (optional(CONFIG_FIELDS, upload_ttl_seconds=1),)),
    Update(
        "update_connection",
        lambda scene: (scene.capsule, PEER, connection_update(name="other")),
        CAPSULE_OWNER,
    ),
    Update(
        "update_gallery",
        lambda scene: (scene.gallery, gallery_update(title="other")),
        GALLERY_WRITERS,
    ),
    Update(
        "update_memory_in_capsule",
        lambda scene: (scene.capsule, scene.memory, memory_update(title="other")),
        MEMORY_WRITERS,
    ),
    Update("upload_chunk", lambda scene: (scene.open_id, b"chunk"), UPLOAD_OWNER),
)


def request_for(url: str) -> Arguments:
    request = {"method": "GET", "url": url, "headers": [], "body": b"", "certificate_version": []}
    return lambda _: (request,)


def streaming_token(scene: Scene) -> tuple[Any, ...]:
    token = {"memory_id": scene.memory, "variant": "original", "sha256_hex": "", "offset": 0}
    return ({**token, "token": []},)


def has(name: str) -> Callable[[Any], bool]:
    return lambda answer: bool(answer[name])


NOT_OWNER = dict.fromkeys((*CAPSULE_ROLES, *ITEM_ROLES), "Not the owner")
UPLOAD_SEERS = (Role.OWNER, *ADMINS)

QUERIES = (
    Query(
        "export_capsule_data",
        lambda scene: ([scene.capsule], []),
        (Role.OWNER,),
        "Capsule not found",
        refusals=dict.fromkeys(CAPSULE_ROLES, "Not the owner"),
    ),
    Query(
        "get_access",
        lambda scene: (scene.memory,),
        (Role.OWNER,),
        "Memory not found",
        refusals=NOT_OWNER,
    ),
    Query(
        "get_asset_token",
        lambda scene: (scene.memory, []),
        SEE_ITEMS,
        "Memory not found",
        refusals=NOBODY,
    ),
    Query("get_backend_stats", nothing),
    Query("get_backend_stats", nothing, ADMINS, case="of storage", shows=has("storage")),
    Query(
        "get_blob_chunk",
        lambda scene: (scene.memory, "original", 0, []),
        SEE_ITEMS,
        "Memory not found",
    ),
    Query("get_capsule", lambda scene: ([scene.capsule],), SEE_CAPSULE, "Capsule not found"),
    Query("get_capsule", lambda _: ([],), (Role.OWNER,), "No capsule", "of one's own"),
    Query("get_config", nothing),
    Query("get_config", nothing, ADMINS, case="admins", shows=has("admins")),
    Query("get_events", lambda _: ([], []), ADMINS),
    Query("get_gallery_by_id", lambda scene: (scene.gallery,), SEE_ITEMS, "Gallery not found"),
    Query("get_memory", lambda scene: (scene.memory,), SEE_ITEMS, "Memory not found"),
    Query(
        "get_memory_from_capsule",
        lambda scene: (scene.capsule, scene.memory),
        SEE_ITEMS,
        "Memory not found",
    ),
    Query("get_my_galleries", lambda _: ([],), (Role.OWNER,), shows=has("galleries")),
    Query("get_upload_info", lambda scene: (scene.open_id,), UPLOAD_SEERS),
    Query("get_user_galleries", lambda _: (OWNER, []), SEE_ITEMS, shows=has("galleries")),
    Query("health_check", nothing),
    Query("http_request", request_for("/metrics")),
    Query("http_streaming_callback", streaming_token, ()),
    Query(
        "list_capsule_memories",
        lambda scene: (scene.capsule, [], []),
        SEE_CAPSULE,
        "Capsule not found",
        shows=has("memories"),
    ),
    Query(
        "list_connections",
        lambda scene: (scene.capsule, [], []),
        (Role.OWNER,),
        "Capsule not found",
        shows=has("connections"),
        refusals=dict.fromkeys(CAPSULE_ROLES, "Not the owner"),
    ),
    Query("list_my_capsules", lambda _: ([],), (Role.OWNER,), shows=has("capsules")),
    Query("list_shared_with_me", lambda _: ([],), (*CAPSULE_ROLES, *ITEM_ROLES), shows=has("ids")),
    Query("list_uploads", lambda _: ([], [], []), UPLOAD_SEERS),
    Query("list_uploads", lambda _: ([], [], [OWNER]), UPLOAD_SEERS, case="of an owner"),
    Query("my_stats", nothing),
    Query("search_my_memories", lambda _: ([], []), (Role.OWNER,), shows=has("memories")),
    Query("version", nothing),
    Query("whoami", nothing),
)
