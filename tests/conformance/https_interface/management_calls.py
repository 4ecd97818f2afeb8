"""Calls to the management canister, as the tests of the HTTPS interface need them."""

from __future__ import annotations

from typing import Any

from ic_factory.protocol.principal import Principal
from ic_factory.replica.management.interface import encode_arguments
from tests.conformance.https_interface.world import World

CREATE = "provisional_create_canister_with_cycles"


def create_arguments() -> bytes:
    """The argument of `CREATE` that leaves all to its defaults."""
    return encode_arguments(
        CREATE, {"amount": [], "settings": [], "specified_id": [], "sender_canister_version": []}
    )


def manage(world: World, method: str, more: dict[str, Any] | None = None) -> None:
    """Calls a method about the canister as its controller."""
    fields = {"canister_id": Principal(world.canister_id), **(more or {})}
    if "settings" in fields:
        fields["settings"] = {**NO_SETTINGS, **fields["settings"]}
    outcome = world.connection.call(
        b"", method, encode_arguments(method, fields), world.controller, world.canister_id
    )
    assert outcome.status == "replied", outcome


NO_SETTINGS: dict[str, list[Any]] = {
    name: []
    for name in (
        "controllers",
        "compute_allocation",
        "memory_allocation",
        "freezing_threshold",
        "reserved_cycles_limit",
        "minimum_incoming_canister_call_cycles",
        "log_visibility",
        "log_memory_limit",
        "snapshot_visibility",
        "status_visibility",
        "wasm_memory_limit",
        "wasm_memory_threshold",
        "environment_variables",
    )
}
