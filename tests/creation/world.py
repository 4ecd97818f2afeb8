"""A hub with the personal canisters' module, a user with a full capsule, and what must hold."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from ic_factory.canisters import backend_wasm, personal_interface, personal_wasm
from ic_factory.protocol import hash_tree
from ic_factory.protocol.candid import InterfaceDescription, decode
from ic_factory.protocol.candid.did import parse_did
from ic_factory.protocol.certificate import Certificate
from ic_factory.protocol.certificate_verification import verify_for_canister
from ic_factory.protocol.hash_tree import Found, lookup_path
from ic_factory.protocol.principal import Principal
from ic_factory.replica import Replica, Reply
from ic_factory.replica.management.interface import encode_arguments
from tests.backend.world import (
    ADMIN,
    BACKEND_CYCLES,
    CONFIG_FIELDS,
    CONTROLLER,
    FRIEND,
    INIT_FIELDS,
    MEBIBYTE,
    OWNER,
    STRANGER,
    Backend,
    new_asset,
    new_connection,
    optional,
)
from tests.canisters.caller import Caller

TRILLION = 10**12
CREATE_FIELDS = ("name", "subnet_id", "capsule_id")
CREATION_CONFIG_FIELDS = (
    "enabled",
    "cycles_per_creation",
    "max_concurrent_creations",
    "max_queued_creations",
    "max_attempts",
)
MOST_ROUNDS = 3000
PATIENCE = 50
"""Rounds after which something may be waiting for time to pass."""
PAUSE = 120 * 10**9
"""Longer than the hub waits before it makes a call again, in nanoseconds."""


@dataclass(frozen=True)
class Personal(Caller):
    """A personal canister as one caller sees it."""

    def content(self, memory_id: str, variant: str = "original") -> bytes:
        """All bytes of an asset, chunk by chunk."""
        content = b""
        while chunk := self.query("get_blob_chunk", memory_id, variant, len(content), []):
            content += chunk
        return content


@dataclass(frozen=True)
class Hub(Backend):
    """The backend as one caller sees it, with what it has for personal canisters."""

    def create(self, **config: Any) -> Any:
        """Asks for a personal canister; the status at once."""
        return self.update("create_personal_canister", [optional(CREATE_FIELDS, **config)])

    def status(self) -> str:
        """How far the caller's creation is."""
        (status,) = self.query("get_creation_status", [])["status"]
        return str(status)

    def details(self) -> Any:
        """All that is told of the caller's creation."""
        return self.query("get_detailed_creation_status", [])

    def error(self) -> tuple[str, Any]:
        """The kind and the fields of the error that the caller's creation has failed with."""
        ((kind, fields),) = self.details()["error"][0]["reason"]["Creation"].items()
        return kind, fields

    def go_on(self) -> None:
        """Runs rounds until nothing is left to do; now and then some time passes."""
        for number in range(1, MOST_ROUNDS):
            if not self.query("get_personal_canister_creation_stats")["running"]:
                return
            self.replica.tick()
            if number % PATIENCE == 0:
                self.replica.advance_time(PAUSE)
        raise AssertionError(f"it goes on for ever: {self.details()}")

    def run(self, **config: Any) -> str:
        """Asks for a personal canister and lets it come to its end; the status then."""
        self.create(**config)
        self.go_on()
        return self.status()

    def personal(self) -> Personal:
        """The caller's personal canister, as the caller sees it."""
        (canister_id,) = self.query("get_my_personal_canister_id")
        interface = parse_did(personal_interface())
        return Personal(self.replica, canister_id, interface, self.caller)

    def configure(self, **limits: Any) -> None:
        """Has the admin change the limits of creations."""
        update = optional(CREATION_CONFIG_FIELDS, **limits)
        self.by(ADMIN).update("update_personal_canister_creation_config", update)

    def manage(self, method: str) -> None:
        """Has the hub's controller call a method of the management canister about it."""
        argument = encode_arguments(method, {"canister_id": self.canister_id})
        management = Principal.management_canister()
        assert isinstance(self.replica.update(management, method, argument, CONTROLLER), Reply)

    def set_module(self, module: bytes) -> None:
        """Has the admin upload a module and make it that of personal canisters."""
        self.choose_module(self.upload_module(module))

    def upload_module(self, module: bytes) -> int:
        """Has the admin upload a module; the upload's id."""
        admin = self.by(ADMIN)
        admin.update("register")
        digest = hashlib.sha256(module).hexdigest()
        upload_id: int = admin.update("create_upload")
        for start in range(0, len(module), MEBIBYTE):
            admin.update("put_chunk", upload_id, module[start : start + MEBIBYTE])
        admin.update("commit_upload", upload_id, {"expected_sha256_hex": digest})
        return upload_id

    def choose_module(self, upload_id: int) -> None:
        """Has the admin make an upload the module of personal canisters."""
        self.by(ADMIN).update("set_personal_canister_wasm", upload_id)

    def verified_receipt(self) -> Any:
        """The caller's receipt, whose proof is checked."""
        signed = self.query("get_creation_receipt", [])
        certificate = Certificate.decode(signed["certificate"])
        verify_for_canister(certificate, self.replica.root_key, self.canister_id)
        witness = hash_tree.decode(signed["witness"])
        path = (b"canister", self.canister_id.bytes, b"certified_data")
        assert lookup_path(certificate.tree, path) == Found(witness.digest)
        receipt = signed["receipt"]
        entry = lookup_path(witness, (b"receipts", receipt["capsule_id"].encode()))
        assert entry == Found(hashlib.sha256(signed["content"]).digest())
        assert self._read(signed["content"]) == receipt
        return receipt

    def _read(self, content: bytes) -> Any:
        """A receipt out of the bytes that are certified."""
        (receipt,) = decode(content, [self.interface.types["Receipt"]])
        return receipt


def install_hub(replica: Replica, interface: InterfaceDescription, **config: Any) -> Hub:
    """A new hub whose personal canisters run the module of this package."""
    canister_id = replica.create_canister(CONTROLLER, cycles=BACKEND_CYCLES)
    fields = {"admins": [ADMIN], "config": optional(CONFIG_FIELDS, **config)}
    argument = interface.encode_init_args([[optional(INIT_FIELDS, **fields)]])
    replica.install_code(canister_id, backend_wasm(), argument, sender=CONTROLLER)
    hub = Hub(replica, canister_id, interface, OWNER)
    hub.settle()
    hub.set_module(personal_wasm())
    return hub


@dataclass(frozen=True)
class Kept:
    """A capsule and what was put into it.

    Attributes:
        capsule_id: its id.
        contents: bytes of assets, by memory and variant.
        galleries: ids of galleries, the inner one first.
    """

    capsule_id: str
    contents: dict[tuple[str, str], bytes]
    galleries: tuple[str, ...]


def fill_capsule(hub: Hub, large: int = 2 * MEBIBYTE + 5) -> Kept:
    """A capsule of the caller's with memories, galleries, a connection and grants.

    Args:
        hub: as its user sees it, who has registered.
        large: bytes of its largest asset.
    """
    capsule_id = hub.capsule(name="holidays", description="of the family")
    blob = bytes(number * number % 251 for number in range(large))
    inline = [b"", b"a text", bytes(range(256)) * 100]
    contents: dict[tuple[str, str], bytes] = {}
    for number, content in enumerate(inline):
        tags = ["summer", f"n{number}"]
        assets = [new_asset(content)]
        memory = hub.add(capsule_id, f"memory {number}", assets=assets, tags=tags, date_ns=number)
        contents[memory, "original"] = content
    assets = [new_asset(hub.upload(blob), content_type="image/png", file_name="sea.png")]
    assets.append(new_asset(b"small", "thumbnail", "image/png"))
    public = {"Public": None}
    memory = hub.add(capsule_id, "the sea", assets=assets, memory_type="Image", visibility=public)
    contents |= {(memory, "original"): blob, (memory, "thumbnail"): b"small"}
    inner = hub.gallery(capsule_id, *{memory for memory, _ in contents}, title="all")
    outer = hub.gallery(capsule_id, inner, title="outer")
    connection = new_connection(FRIEND, name="a friend", relation="friends")
    hub.update("add_connection", capsule_id, connection)
    hub.update("grant_access", memory, FRIEND, {"Read": None})
    hub.update("grant_access", capsule_id, STRANGER, {"Write": None})
    return Kept(capsule_id, contents, (inner, outer))


def picture_of(canister: Caller, kept: Kept) -> dict[str, Any]:
    """All that the owner can read of a capsule, in the hub as in a personal canister."""
    memories = {memory for memory, _ in kept.contents}
    ids = [*sorted(memories), *kept.galleries, kept.capsule_id]
    return {
        "capsule": canister.query("get_capsule", [kept.capsule_id]),
        "memories": [canister.query("get_memory", memory) for memory in sorted(memories)],
        "galleries": [canister.query("get_gallery_by_id", it) for it in kept.galleries],
        "connections": canister.query("list_connections", kept.capsule_id, [], []),
        "access": [canister.query("get_access", each) for each in ids],
    }


def controllers_of(replica: Replica, canister_id: Principal) -> set[Principal]:
    """Who controls a canister."""
    canisters = replica.describe().canisters
    return set(next(it.controllers for it in canisters if it.canister_id == canister_id))
