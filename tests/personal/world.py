"""A personal canister on a replica, its hub, and those who call it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ic_factory.canisters import personal_wasm
from ic_factory.protocol.candid import InterfaceDescription
from ic_factory.protocol.principal import Principal
from ic_factory.replica import Replica, Reply
from ic_factory.replica.management.interface import SETTINGS, encode_arguments
from tests.backend.world import Backend, optional
from tests.personal.bundle import Bundle, Record, new_bundle

TRILLION = 10**12
MANAGEMENT = Principal.management_canister()

HUB = Principal.self_authenticating(b"the hub, played by a test")
OWNER = Principal.self_authenticating(b"the owner's key")
CONTROLLER = Principal.self_authenticating(b"another controller's key")
STRANGER = Principal.self_authenticating(b"the stranger's key")
ANONYMOUS = Principal.anonymous()

CONFIG_FIELDS = (
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
    "import_ttl_seconds",
)


@dataclass(frozen=True)
class Personal(Backend):
    """The canister as one caller sees it; what it has in common with the hub is the hub's."""

    def begin(self, bundle: Bundle, **fields: Any) -> int:
        """Begins an import as the hub; returns the session."""
        request = {"manifest": bundle.manifest, "capsule": bundle.capsule, **fields}
        session: int = self.by(HUB).update("begin_import", request)["session_id"]
        return session

    def send(self, session: int, bundle: Bundle) -> None:
        """Sends all of a capsule, but does not end the import."""
        hub = self.by(HUB)
        for chunk in bundle.chunks():
            hub.update("put_memory_chunk", session, [chunk])
        hub.update("commit_memory", session, bundle.memories)
        hub.update("commit_gallery", session, bundle.galleries)
        hub.update("commit_connection", session, bundle.connections)

    def finalize(self, session: int) -> Record:
        """Ends the import; returns the manifest of what is there."""
        while "Finalized" not in (progress := self.by(HUB).update("finalize_import", session)):
            assert progress["Checking"]["done"] <= progress["Checking"]["total"]
        self.settle()
        manifest: Record = progress["Finalized"]
        return manifest

    def take(self, bundle: Bundle) -> None:
        """Imports a capsule, which must come as it was sent."""
        session = self.begin(bundle)
        self.send(session, bundle)
        assert self.finalize(session) == bundle.manifest

    def hand_off(self, *controllers: Principal) -> None:
        """Makes these the only controllers, as the hub does at the end."""
        nothing: Record = {str(each.name): [] for each in SETTINGS.fields}
        settings = {**nothing, "controllers": [list(controllers)]}
        fields = {"canister_id": self.canister_id, "settings": settings}
        argument = encode_arguments("update_settings", {**fields, "sender_canister_version": []})
        payload = self.replica.update(MANAGEMENT, "update_settings", argument, HUB)
        assert isinstance(payload, Reply), payload

    def limit(self, **limits: int) -> None:
        """Has the owner change limits."""
        self.by(OWNER).update("update_config", optional(CONFIG_FIELDS, **limits))

    def upgrade(self) -> None:
        """Upgrades the canister to the same module, with no argument, as its owner."""
        self.replica.install_code(
            self.canister_id, personal_wasm(), mode="upgrade", sender=self.a_controller()
        )
        self.settle()

    def a_controller(self) -> Principal:
        """One who may change the code."""
        canister = self.describe(self.canister_id)
        assert canister is not None
        return next(iter(canister.controllers))


def install_personal(
    replica: Replica,
    interface: InterfaceDescription,
    bundle: Bundle,
    module: bytes | None = None,
    **limits: int,
) -> Personal:
    """A new personal canister for a capsule, of which the hub and the owner are controllers."""
    canister_id = replica.create_canister(HUB, cycles=100 * TRILLION)
    argument = init_argument(interface, bundle, **limits)
    replica.install_code(canister_id, module or personal_wasm(), argument, sender=HUB)
    personal = Personal(replica, canister_id, interface, OWNER)
    personal.hand_off(HUB, OWNER)
    personal.settle()
    return personal


def init_argument(interface: InterfaceDescription, bundle: Bundle, **limits: int) -> bytes:
    """What the hub installs it with."""
    fields = {
        "owner": bundle.capsule["owner"],
        "hub": HUB,
        "capsule_id": bundle.capsule_id,
        "limits": [optional(CONFIG_FIELDS, **limits)],
    }
    return interface.encode_init_args([fields])


def small_bundle() -> Bundle:
    """A capsule with a little of everything."""
    bundle = new_bundle(OWNER)
    memory = bundle.add("a beach", b"sand", b"more sand", tags=["sea"], date_ns=[7])
    other = bundle.add("words", metadata=[{"key": "place", "value": "Zürich"}])
    bundle.gallery(memory, other)
    bundle.connect(STRANGER)
    bundle.connect(Principal(b"\x01"))
    return bundle
