"""A factory on a replica, and those who call it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from ic_factory.canisters import factory_wasm
from ic_factory.protocol.candid import InterfaceDescription
from ic_factory.protocol.principal import Principal
from ic_factory.replica import Replica, Reply
from ic_factory.replica.management.interface import decode_reply, encode_arguments
from tests.canisters.caller import Caller
from tests.canisters.caller import Refused as Refused

TRILLION = 10**12
FACTORY_CYCLES = 1_000 * TRILLION
NO_ARGUMENTS = b"DIDL\0\0"
MANAGEMENT = Principal.management_canister()

ADMIN = Principal.self_authenticating(b"the admin's key")
CONTROLLER = Principal.self_authenticating(b"the controller's key")
USER = Principal.self_authenticating(b"the user's key")
STRANGER = Principal.self_authenticating(b"the stranger's key")
ANONYMOUS = Principal.anonymous()


@dataclass(frozen=True)
class Factory(Caller):
    """The factory as one caller sees it."""

    def upload(self, module: bytes, chunk_size: int = 1024 * 1024) -> int:
        """Uploads and commits a module; returns the upload's id."""
        upload_id: int = self.update("create_upload")
        for start in range(0, len(module), chunk_size):
            assert self.update("put_chunk", upload_id, module[start : start + chunk_size])
        assert self.update("commit_upload", upload_id, commit_of(module))
        return upload_id

    def begin_upload(self, **fields: Any) -> int:
        """Begins an upload by `create_upload_with`; returns its id."""
        upload_id: int = self.update("create_upload_with", upload_request(**fields))["upload_id"]
        return upload_id

    def upload_info(self, upload_id: int) -> Any:
        """What the caller is told of an upload; None where that is nothing."""
        return next(iter(self.query("get_upload_info", upload_id)), None)

    def stored(self) -> tuple[int, int]:
        """How many bytes of uploads, and how many different modules, are kept."""
        figures = self.query("get_factory_stats")
        return figures["stored_bytes"], figures["stored_modules"]

    def limit(self, **limits: int) -> None:
        """Has the admin change limits."""
        self.by(ADMIN).update("update_config", optional(CONFIG_FIELDS, **limits))

    def create(self, upload_id: int, **fields: Any) -> Principal:
        """Has a canister made; returns its id."""
        response = self.update("create_and_install_with", install_request(upload_id, **fields))
        canister_id: Principal = response["canister_id"]
        return canister_id

    def manage(self, method: str, sender: Principal, **fields: Any) -> Any:
        """Calls the management canister as a user; the call must succeed."""
        argument = encode_arguments(method, fields)
        payload = self.replica.update(MANAGEMENT, method, argument, sender)
        assert isinstance(payload, Reply), payload
        return decode_reply(method, payload.data)


def install_factory(
    replica: Replica, interface: InterfaceDescription, argument: dict[str, Any] | None = None
) -> Factory:
    """A new factory that `CONTROLLER` controls and `ADMIN` administrates."""
    canister_id = replica.create_canister(CONTROLLER, cycles=FACTORY_CYCLES)
    given = init_argument(interface, **{"admins": [ADMIN], **(argument or {})})
    replica.install_code(canister_id, factory_wasm(), given, sender=CONTROLLER)
    return Factory(replica, canister_id, interface, USER)


def init_argument(interface: InterfaceDescription, **fields: Any) -> bytes:
    """The argument of the factory's `init`, with these fields only."""
    return interface.encode_init_args([[optional(INIT_FIELDS, **fields)]])


INIT_FIELDS = (
    "max_canisters_per_caller",
    "min_factory_cycles",
    "allowlist",
    "admins",
    "max_upload_size",
    "upload_ttl_seconds",
    "max_open_uploads_per_caller",
    "max_uploads_per_caller",
    "max_stored_bytes",
    "max_cycles_per_creation",
    "max_operations",
)
CONFIG_FIELDS = tuple(name for name in INIT_FIELDS if name not in ("allowlist", "admins"))
UPLOAD_FIELDS = ("name", "expected_len", "chunk_size", "expected_sha256_hex")


def optional(names: tuple[str, ...], **fields: Any) -> dict[str, Any]:
    """A record of optional fields, of which these are given."""
    unknown = set(fields) - set(names)
    assert not unknown, unknown
    return {name: [fields[name]] if name in fields else [] for name in names}


def commit_of(module: bytes) -> dict[str, str]:
    """What commits these bytes."""
    return {"expected_sha256_hex": hashlib.sha256(module).hexdigest()}


def upload_request(**fields: Any) -> dict[str, Any]:
    """A `CreateUploadRequest`; optional fields are given as plain values."""
    return optional(UPLOAD_FIELDS, **fields)


def install_request(upload_id: int, **fields: Any) -> dict[str, Any]:
    """A `CreateInstallRequest`; optional fields are given as plain values."""
    plain: dict[str, Any] = {
        "upload_id": upload_id,
        "init_arg": fields.pop("init_arg", b""),
        "mode": {fields.pop("mode", "Install"): None},
        "cycles": fields.pop("cycles", TRILLION),
        "handoff": fields.pop("handoff", False),
    }
    names = ("extra_controllers", "canister_id", "settings", "idempotency_key")
    return plain | optional(names, **fields)


def upgrade_request(canister_id: Principal, **fields: Any) -> dict[str, Any]:
    """An `UpgradeRequest`; optional fields are given as plain values."""
    names = ("upload_id", "arg", "snapshot_first")
    return {"canister_id": canister_id, **optional(names, **fields)}


def template(name: str, upload_id: int, **fields: Any) -> dict[str, Any]:
    """A `SetTemplate`; optional fields are given as plain values."""
    cycles = fields.pop("cycles", TRILLION)
    names = ("compute_allocation", "memory_allocation", "settings", "handoff", "init_arg")
    return {"name": name, "upload_id": upload_id, "cycles": cycles, **optional(names, **fields)}


def variant(value: Any) -> str:
    """The name of a variant without a value."""
    ((name, _),) = value.items()
    return str(name)
