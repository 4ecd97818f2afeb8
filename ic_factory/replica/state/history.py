"""What `canister_info` tells of a canister's past (specification, "canister history")."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from ic_factory.protocol.principal import Principal

MAX_HISTORY_LENGTH = 20


@dataclass(frozen=True, slots=True)
class FromUser:
    """A user asked for the change."""

    user_id: Principal


@dataclass(frozen=True, slots=True)
class FromCanister:
    """A canister asked for the change, at this version of its own where it told."""

    canister_id: Principal
    canister_version: int | None


ChangeOrigin = FromUser | FromCanister


@dataclass(frozen=True, slots=True)
class Creation:
    controllers: tuple[Principal, ...]
    environment_variables_hash: bytes | None


@dataclass(frozen=True, slots=True)
class CodeUninstall:
    """The code was removed, by a controller or because the cycles ran out."""


class DeploymentMode(Enum):
    INSTALL = "install"
    REINSTALL = "reinstall"
    UPGRADE = "upgrade"


@dataclass(frozen=True, slots=True)
class CodeDeployment:
    mode: DeploymentMode
    module_hash: bytes


class SnapshotSource(Enum):
    """How a snapshot came to be."""

    TAKEN = "taken_from_canister"
    UPLOADED = "metadata_upload"


@dataclass(frozen=True, slots=True)
class LoadSnapshot:
    from_canister_id: Principal | None
    snapshot_id: bytes
    canister_version: int
    taken_at: int
    source: SnapshotSource = SnapshotSource.TAKEN


@dataclass(frozen=True, slots=True)
class ControllersChange:
    controllers: tuple[Principal, ...]


ChangeDetails = Creation | CodeUninstall | CodeDeployment | LoadSnapshot | ControllersChange


@dataclass(frozen=True, slots=True)
class CanisterChange:
    """One entry of the history."""

    timestamp: int
    canister_version: int
    origin: ChangeOrigin
    details: ChangeDetails
