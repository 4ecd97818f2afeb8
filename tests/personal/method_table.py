"""The methods of the personal canister: arguments that would do, and whom they are for.

The table is of a canister that has been handed off.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from ic_factory.protocol.principal import Principal
from tests.backend.world import (
    connection_update,
    gallery_update,
    memory_update,
    new_connection,
    new_gallery,
    new_memory,
    optional,
)
from tests.personal.bundle import Bundle, chunks_of, grants_of, new_bundle
from tests.personal.world import (
    ANONYMOUS,
    CONFIG_FIELDS,
    CONTROLLER,
    HUB,
    OWNER,
    STRANGER,
    Personal,
)


class Role(Enum):
    """Who calls, as the canister sees them."""

    ANONYMOUS = "anonymous"
    STRANGER = "stranger"
    HUB = "hub"
    CAPSULE_READER = "reader of the capsule"
    CAPSULE_WRITER = "writer of the capsule"
    ITEM_READER = "reader of memory and gallery"
    ITEM_WRITER = "writer of memory and gallery"
    OWNER = "owner"
    CONTROLLER = "controller"


def key_of(role: Role) -> Principal:
    return Principal.self_authenticating(role.value.encode())


PRINCIPALS = {role: key_of(role) for role in Role} | {
    Role.ANONYMOUS: ANONYMOUS,
    Role.STRANGER: STRANGER,
    Role.HUB: HUB,
    Role.OWNER: OWNER,
    Role.CONTROLLER: CONTROLLER,
}
FRIEND = Principal.self_authenticating(b"somebody new")
PEER = key_of(Role.ITEM_READER)
OPEN = b"a chunk"


def invited_bundle() -> Bundle:
    """A capsule with something of each kind, all of it private, shared with each role."""
    bundle = new_bundle(
        OWNER, read=[key_of(Role.CAPSULE_READER)], write=[key_of(Role.CAPSULE_WRITER)]
    )
    grants = grants_of(read=[key_of(Role.ITEM_READER)], write=[key_of(Role.ITEM_WRITER)])
    memory = bundle.add("a memory", b"bytes", tags=["tag"], grants=grants)
    bundle.gallery(memory, grants=grants)
    bundle.connect(PEER)
    return bundle


@dataclass(frozen=True)
class Scene:
    """A canister that its owner has for themselves.

    Attributes:
        personal: as nobody in particular sees it.
        bundle: what was imported.
        capsule: its id.
        memory: in it, shared with a reader and a writer.
        gallery: in it, with the memory, shared as the memory is.
        open_id: an upload of the owner, of one chunk that is not committed.
    """

    personal: Personal
    bundle: Bundle
    capsule: str
    memory: str
    gallery: str
    open_id: int


def build_scene(personal: Personal) -> Scene:
    """Hands a canister off, and has its owner begin an upload."""
    bundle = invited_bundle()
    personal.hand_off(OWNER, CONTROLLER)
    owner = personal.by(OWNER)
    open_id = owner.update("create_upload")
    owner.update("put_chunk", open_id, OPEN)
    memory, gallery = bundle.memories[0]["memory_id"], bundle.galleries[0]["gallery_id"]
    return Scene(personal, bundle, bundle.capsule_id, memory, gallery, open_id)


Arguments = Callable[[Scene], tuple[Any, ...]]


@dataclass(frozen=True)
class Update:
    """An update method, arguments that would do, and who is refused with which words."""

    method: str
    arguments: Arguments
    refusals: Mapping[Role, str]
    case: str = ""

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
    shows: Callable[[Any], bool] = bool
    refusals: Mapping[Role, str] | None = None
    is_public: bool = False

    def __str__(self) -> str:
        return self.method


NOBODY = {Role.ANONYMOUS: "Anonymous caller"}
UNINVITED = (Role.STRANGER, Role.HUB, Role.CONTROLLER)
OUTSIDERS = {**NOBODY, **dict.fromkeys(UNINVITED, "Caller not invited")}
ADMINS = (Role.OWNER, Role.CONTROLLER)
CAPSULE_ROLES = (Role.CAPSULE_READER, Role.CAPSULE_WRITER)
ITEM_ROLES = (Role.ITEM_READER, Role.ITEM_WRITER)
SEE_CAPSULE = (Role.OWNER, *CAPSULE_ROLES)
SEE_ITEMS = (*SEE_CAPSULE, *ITEM_ROLES)
SEE_IMPORT = (Role.HUB, *ADMINS)
"""The hub is told what it brought, and no more of the capsule than a stranger."""

HUB_ONLY = {**dict.fromkeys(Role, "Caller not the hub"), **NOBODY}
ADMINS_ONLY = {**dict.fromkeys(set(Role) - set(ADMINS), "Caller not the owner"), **NOBODY}


def hidden(words: str, see: tuple[Role, ...], **others: str) -> dict[Role, str]:
    """Those who don't see something are told that it is not there; others with their own words."""
    named = {Role[name]: refusal for name, refusal in others.items()}
    return {**dict.fromkeys(set(Role) - set(see), words), **named, **OUTSIDERS}


READ_ONLY = {"CAPSULE_READER": "Read only"}
ITEM_READ_ONLY = {**READ_ONLY, "ITEM_READER": "Read only"}
CAPSULE_WRITERS = hidden("Capsule not found", SEE_CAPSULE, **READ_ONLY)
CAPSULE_OWNER = hidden(
    "Capsule not found",
    SEE_CAPSULE,
    **{role.name: "Not the owner" for role in CAPSULE_ROLES},
)
MEMORY_WRITERS = hidden("Memory not found", SEE_ITEMS, **ITEM_READ_ONLY)
GALLERY_WRITERS = hidden("Gallery not found", SEE_ITEMS, **ITEM_READ_ONLY)
MEMORY_OWNER = hidden(
    "Memory not found",
    SEE_ITEMS,
    **{role.name: "Not the owner" for role in (*CAPSULE_ROLES, *ITEM_ROLES)},
)
UPLOAD_OWNER = hidden("Upload not found", (Role.OWNER,))


def nothing(_: Scene) -> tuple[()]:
    return ()


def commit(scene: Scene) -> tuple[Any, ...]:
    return scene.open_id, {"expected_sha256_hex": hashlib.sha256(OPEN).hexdigest()}


UPLOAD_REQUEST = optional(("name", "expected_len", "chunk_size", "expected_sha256_hex"))

IMPORT = (
    Update(
        "begin_import",
        lambda scene: ({"manifest": scene.bundle.manifest, "capsule": scene.bundle.capsule},),
        HUB_ONLY,
    ),
    Update("put_memory_chunk", lambda _: (1, chunks_of(b"bytes")), HUB_ONLY),
    Update("commit_memory", lambda scene: (1, scene.bundle.memories), HUB_ONLY),
    Update("commit_gallery", lambda scene: (1, scene.bundle.galleries), HUB_ONLY),
    Update("commit_connection", lambda scene: (1, scene.bundle.connections), HUB_ONLY),
    Update("finalize_import", lambda _: (1,), HUB_ONLY),
    Update("abort_import", lambda _: (1,), HUB_ONLY),
)
ADMINISTRATION = (
    Update("cleanup_expired_uploads_manual", nothing, ADMINS_ONLY),
    Update(
        "update_config", lambda _: (optional(CONFIG_FIELDS, upload_ttl_seconds=1),), ADMINS_ONLY
    ),
)
WRITES = (
    Update("add_connection", lambda scene: (scene.capsule, new_connection(FRIEND)), CAPSULE_OWNER),
    Update("add_memory_to_capsule", lambda scene: (scene.capsule, new_memory()), CAPSULE_WRITERS),
    Update("commit_upload", commit, UPLOAD_OWNER),
    Update("commit_upload_with", commit, UPLOAD_OWNER),
    Update("create_upload", nothing, OUTSIDERS),
    Update("create_upload_with", lambda _: (UPLOAD_REQUEST,), OUTSIDERS),
    Update("delete_gallery", lambda scene: (scene.gallery,), GALLERY_WRITERS),
    Update(
        "delete_memory_from_capsule", lambda scene: (scene.capsule, scene.memory), MEMORY_WRITERS
    ),
    Update("delete_upload", lambda scene: (scene.open_id,), UPLOAD_OWNER),
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
    Update("remove_connection", lambda scene: (scene.capsule, PEER), CAPSULE_OWNER),
    Update("revoke_access", lambda scene: (scene.memory, FRIEND), MEMORY_OWNER),
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
        lambda scene: (scene.capsule, optional(("name", "description"), name="other")),
        CAPSULE_OWNER,
    ),
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
UPDATES = (*IMPORT, *ADMINISTRATION, *WRITES)


def request_for(url: str) -> Arguments:
    request = {"method": "GET", "url": url, "headers": [], "body": b"", "certificate_version": []}
    return lambda _: (request,)


def streaming_token(scene: Scene) -> tuple[Any, ...]:
    token = {"memory_id": scene.memory, "variant": "original", "sha256_hex": "", "offset": 0}
    return ({**token, "token": []},)


def has(name: str) -> Callable[[Any], bool]:
    return lambda answer: bool(answer[name])


def public(method: str, arguments: Arguments = nothing) -> Query:
    """A query that tells everybody, before the import too."""
    return Query(method, arguments, shows=lambda _: True, is_public=True)


NOT_OWNER = dict.fromkeys((*CAPSULE_ROLES, *ITEM_ROLES), "Not the owner")

QUERIES = (
    public("api_version"),
    public("cycles_status"),
    public("get_canister_info"),
    public("get_config"),
    public("get_owner"),
    public("health_check"),
    public("http_request", request_for("/metrics")),
    public("version"),
    public("whoami"),
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
    Query(
        "get_blob_chunk",
        lambda scene: (scene.memory, "original", 0, []),
        SEE_ITEMS,
        "Memory not found",
    ),
    Query("get_canister_stats", nothing, SEE_IMPORT),
    Query("get_capsule", lambda scene: ([scene.capsule],), SEE_CAPSULE, "Capsule not found"),
    Query("get_events", lambda _: ([], []), ADMINS),
    Query("get_gallery_by_id", lambda scene: (scene.gallery,), SEE_ITEMS, "Gallery not found"),
    Query("get_import_status", nothing, SEE_IMPORT, shows=has("announced")),
    Query("get_manifest", nothing, SEE_IMPORT, "Caller not the owner"),
    Query("get_memory", lambda scene: (scene.memory,), SEE_ITEMS, "Memory not found"),
    Query(
        "get_memory_from_capsule",
        lambda scene: (scene.capsule, scene.memory),
        SEE_ITEMS,
        "Memory not found",
    ),
    Query("get_my_galleries", lambda _: ([],), (Role.OWNER,), shows=has("galleries")),
    Query("get_upload_info", lambda scene: (scene.open_id,), ADMINS),
    Query("get_user_galleries", lambda _: (OWNER, []), SEE_ITEMS, shows=has("galleries")),
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
    Query("list_uploads", lambda _: ([], [], []), ADMINS),
    Query("search_my_memories", lambda _: ([], []), (Role.OWNER,), shows=has("memories")),
)
