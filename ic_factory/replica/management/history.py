"""Writes a canister's history and tells it (specification, "IC method canister_info")."""

from __future__ import annotations

from typing import Any

from ic_factory.protocol.request_id import hash_of_map
from ic_factory.replica.management.calls import Call, Done
from ic_factory.replica.state.canister import Canister
from ic_factory.replica.state.history import (
    MAX_HISTORY_LENGTH,
    CanisterChange,
    ChangeDetails,
    ChangeOrigin,
    CodeDeployment,
    CodeUninstall,
    ControllersChange,
    Creation,
    FromUser,
    LoadSnapshot,
)


def record_change(
    canister: Canister, time: int, origin: ChangeOrigin, details: ChangeDetails
) -> None:
    """Adds an entry with the canister's version as it is now; the oldest go past the bound."""
    canister.history.append(CanisterChange(time, canister.canister_version, origin, details))
    canister.total_num_changes += 1
    while len(canister.history) > MAX_HISTORY_LENGTH:
        canister.history.popleft()


def environment_variables_hash(variables: tuple[tuple[str, str], ...]) -> bytes:
    """The representation-independent hash of the variables (32 bytes)."""
    return hash_of_map(dict(variables))


def canister_info(call: Call) -> Done:
    """The history, module hash and controllers of any canister."""
    canister = call.canister()
    count = min(call.optional("num_requested_changes") or 0, len(canister.history))
    recent = list(canister.history)[len(canister.history) - count :]
    return Done(
        results=(
            {
                "total_num_changes": canister.total_num_changes,
                "recent_changes": [_change_value(change) for change in recent],
                "module_hash": [] if canister.code is None else [canister.code.module_hash],
                "controllers": list(canister.controllers),
            },
        )
    )


def _change_value(change: CanisterChange) -> dict[str, Any]:
    origin: dict[str, Any]
    if isinstance(change.origin, FromUser):
        origin = {"from_user": {"user_id": change.origin.user_id}}
    else:
        version = change.origin.canister_version
        origin = {
            "from_canister": {
                "canister_id": change.origin.canister_id,
                "canister_version": [] if version is None else [version],
            }
        }
    return {
        "timestamp_nanos": change.timestamp,
        "canister_version": change.canister_version,
        "origin": origin,
        "details": _details_value(change.details),
    }


def _details_value(details: ChangeDetails) -> dict[str, Any]:
    match details:
        case Creation(controllers, variables_hash):
            return {
                "creation": {
                    "controllers": list(controllers),
                    "environment_variables_hash": (
                        [] if variables_hash is None else [variables_hash]
                    ),
                }
            }
        case CodeUninstall():
            return {"code_uninstall": None}
        case CodeDeployment(mode, module_hash):
            return {"code_deployment": {"mode": {mode.value: None}, "module_hash": module_hash}}
        case LoadSnapshot():
            source = details.from_canister_id
            return {
                "load_snapshot": {
                    "from_canister_id": [] if source is None else [source],
                    "snapshot_id": details.snapshot_id,
                    "canister_version": details.canister_version,
                    "taken_at_timestamp": details.taken_at,
                    "source": {details.source.value: None},
                }
            }
        case ControllersChange(controllers):
            return {"controllers_change": {"controllers": list(controllers)}}
