"""A backend on a replica, and those who call it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ic_factory.canisters import backend_wasm
from ic_factory.protocol.candid import InterfaceDescription
from ic_factory.protocol.principal import Principal
from ic_factory.replica import Replica
from tests.canisters.caller import Caller
from tests.canisters.caller import Refused as Refused

TRILLION = 10**12
BACKEND_CYCLES = 1_000 * TRILLION
MEBIBYTE = 1024 * 1024
MAX_INLINE = 32 * 1024

ADMIN = Principal.self_authenticating(b"the admin's key")
CONTROLLER = Principal.self_authenticating(b"the controller's key")
OWNER = Principal.self_authenticating(b"the owner's key")
FRIEND = Principal.self_authenticating(b"the friend's key")
STRANGER = Principal.self_authenticating(b"the stranger's key")
ANONYMOUS = Principal.anonymous()

INIT_FIELDS = ("admins", "config")
CONFIG_FIELDS = (
    "max_users",
    "max_capsules_per_user",
    "max_memories_per_capsule",
    "max_bytes_per_capsule",
    "max_galleries_per_capsule",
    "max_items_per_gallery",
    "max_connections_per_capsule",
    "max_grants_per_item",
    "max_tags_per_memory",
    "max_metadata_per_memory",
    "max_assets_per_memory",
    "max_upload_size",
    "upload_ttl_seconds",
    "max_open_uploads_per_user",
    "max_uploads_per_user",
    "max_stored_bytes",
    "max_token_seconds",
    "min_cycles",
)


@dataclass(frozen=True)
class Response:
    """What `http_request` answered; the names of headers in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes
    raw: Any


@dataclass(frozen=True)
class Backend(Caller):
    """The backend as one caller sees it."""

    def registered(self, caller: Principal) -> Backend:
        """The backend as another caller sees it, who has registered."""
        backend = self.by(caller)
        backend.update("register")
        return backend

    def capsule(self, **fields: Any) -> str:
        """Makes a capsule; returns its id."""
        info = self.update("create_capsule", [optional(("name", "description"), **fields)])
        capsule_id: str = info["capsule_id"]
        return capsule_id

    def add(self, capsule_id: str, title: str = "a memory", **fields: Any) -> str:
        """Adds a memory; returns its id."""
        info = self.update("add_memory_to_capsule", capsule_id, new_memory(title, **fields))
        memory_id: str = info["memory_id"]
        return memory_id

    def gallery(self, capsule_id: str, *items: str, **fields: Any) -> str:
        """Stores a gallery; returns its id."""
        info = self.update("store_gallery_forever", new_gallery(capsule_id, *items, **fields))
        gallery_id: str = info["gallery_id"]
        return gallery_id

    def upload(self, content: bytes) -> dict[str, Any]:
        """Uploads bytes; returns what names them in a new asset."""
        upload_id = self.update("create_upload")
        for start in range(0, len(content), MEBIBYTE):
            self.update("put_chunk", upload_id, content[start : start + MEBIBYTE])
        digest = hashlib.sha256(content).hexdigest()
        self.update("commit_upload", upload_id, {"expected_sha256_hex": digest})
        return {"Blob": {"sha256_hex": digest}}

    def content(self, memory_id: str, variant: str = "original") -> bytes:
        """All bytes of an asset, chunk by chunk."""
        return b"".join(self._chunks(memory_id, variant))

    def _chunks(self, memory_id: str, variant: str) -> Iterator[bytes]:
        offset = 0
        while chunk := self.query("get_blob_chunk", memory_id, variant, offset, []):
            yield chunk
            offset += len(chunk)

    def stored(self) -> tuple[int, int]:
        """How many bytes, and how many different contents, are kept."""
        (storage,) = self.by(ADMIN).query("get_backend_stats")["storage"]
        return storage["stored_bytes"], storage["blobs"]

    def limit(self, **limits: int) -> None:
        """Has the admin change limits."""
        self.by(ADMIN).update("update_config", optional(CONFIG_FIELDS, **limits))

    def pages(self, method: str, items: str, *values: Any, limit: int = 100) -> list[Any]:
        """All items of a list, page by page."""
        found: list[Any] = []
        after: list[str] = []
        while True:
            page = self.query(method, *values, [{"after": after, "limit": [limit]}])
            assert len(page[items]) <= limit
            found += page[items]
            after = page["next"]
            if not after:
                return found

    def memories(self, capsule_id: str, limit: int = 100, **filters: Any) -> list[str]:
        """The titles of a capsule's memories that match."""
        listed = self.pages(
            "list_capsule_memories", "memories", capsule_id, [memory_filter(**filters)], limit=limit
        )
        return [each["title"] for each in listed]

    def get(self, url: str, method: str = "GET", **headers: str) -> Response:
        """What a request over HTTP is answered."""
        request = {
            "method": method,
            "url": url,
            "headers": [(name.replace("_", "-"), value) for name, value in headers.items()],
            "body": b"",
            "certificate_version": [2],
        }
        raw = self.by(ANONYMOUS).query("http_request", request)
        lowered = {name.lower(): value for name, value in raw["headers"]}
        return Response(raw["status_code"], lowered, raw["body"], raw)

    def upgrade(self) -> None:
        """Upgrades the canister to the same module."""
        argument = self.interface.encode_init_args([[]])
        self.replica.install_code(
            self.canister_id, backend_wasm(), argument, mode="upgrade", sender=CONTROLLER
        )
        self.settle()

    def settle(self) -> None:
        """Lets timers run that are due."""
        for _ in range(4):
            self.replica.tick()


def install_backend(replica: Replica, interface: InterfaceDescription, **config: Any) -> Backend:
    """A new backend that `CONTROLLER` controls and `ADMIN` administrates."""
    canister_id = replica.create_canister(CONTROLLER, cycles=BACKEND_CYCLES)
    fields = {"admins": [ADMIN], "config": optional(CONFIG_FIELDS, **config)}
    argument = interface.encode_init_args([[optional(INIT_FIELDS, **fields)]])
    replica.install_code(canister_id, backend_wasm(), argument, sender=CONTROLLER)
    backend = Backend(replica, canister_id, interface, OWNER)
    backend.settle()
    return backend


def optional(names: tuple[str, ...], **fields: Any) -> dict[str, Any]:
    """A record of optional fields, of which these are given."""
    unknown = set(fields) - set(names)
    assert not unknown, unknown
    return {name: [fields[name]] if name in fields else [] for name in names}


def new_asset(
    content: Any, variant: str = "original", content_type: str = "text/plain", **fields: Any
) -> dict[str, Any]:
    """A `NewAsset`; bytes come inline."""
    inline = {"Inline": content} if isinstance(content, bytes) else content
    plain = {"variant": variant, "content_type": content_type, "content": inline}
    return plain | optional(("file_name",), **fields)


def new_memory(title: str = "a memory", **fields: Any) -> dict[str, Any]:
    """A `NewMemory`; optional fields are given as plain values."""
    plain: dict[str, Any] = {
        "title": title,
        "memory_type": {fields.pop("memory_type", "Note"): None},
        "assets": fields.pop("assets", []),
    }
    names = ("description", "tags", "metadata", "date_ns", "visibility")
    return plain | optional(names, **fields)


def memory_update(**fields: Any) -> dict[str, Any]:
    """An `UpdateMemory`; fields are given as plain values."""
    names = (
        "memory_type",
        "title",
        "description",
        "tags",
        "metadata",
        "date_ns",
        "set_assets",
        "remove_assets",
    )
    return optional(names, **fields)


def new_gallery(capsule_id: str | None, *items: str, **fields: Any) -> dict[str, Any]:
    """A `NewGallery`; optional fields are given as plain values."""
    plain = {"title": fields.pop("title", "a gallery"), "items": list(items)}
    plain["capsule_id"] = [] if capsule_id is None else [capsule_id]
    return plain | optional(("description", "visibility"), **fields)


def gallery_update(**fields: Any) -> dict[str, Any]:
    """An `UpdateGallery`; fields are given as plain values."""
    names = ("title", "description", "items", "add_items", "remove_items")
    return optional(names, **fields)


def new_connection(peer: Principal, **fields: Any) -> dict[str, Any]:
    """A `NewConnection`; optional fields are given as plain values."""
    return {"peer": peer, **optional(("name", "relation", "note"), **fields)}


def connection_update(**fields: Any) -> dict[str, Any]:
    """An `UpdateConnection`; fields are given as plain values."""
    return optional(("name", "relation", "note"), **fields)


def memory_filter(**fields: Any) -> dict[str, Any]:
    """A `MemoryFilter`; the type is given by its name."""
    if "memory_type" in fields:
        fields["memory_type"] = {fields["memory_type"]: None}
    return optional(("memory_type", "tag", "text_prefix", "sha256_hex"), **fields)
