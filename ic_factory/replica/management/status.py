"""What can be asked about a canister.

Specification: "IC method canister_status", "canister_metrics", "canister_metadata".
"""

from __future__ import annotations

from typing import Any

from ic_factory.protocol.principal import Principal
from ic_factory.replica.canister_cycles import (
    chunk_store_bytes,
    history_bytes,
    idle_cycles_burned_per_day,
    memory_usage,
    snapshots_bytes,
)
from ic_factory.replica.management.calls import Call, Done, require_access
from ic_factory.replica.management.refusal import Refused
from ic_factory.replica.management.settings import may_view, settings_value
from ic_factory.replica.rejects import ErrorCode
from ic_factory.replica.state.canister import Canister, CanisterStatus
from ic_factory.replica.state.consumption import CANISTER_USES


def canister_status(call: Call) -> Done:
    """All that there is to know of a canister, for those who may see it."""
    canister = call.canister()
    if not may_view_status(canister, call.caller):
        require_access(canister, call.caller, canister.controllers)
    code = canister.code
    value = {
        "status": {canister.status.name.lower(): None},
        "ready_for_migration": _is_ready_for_migration(canister),
        "version": canister.canister_version,
        "settings": settings_value(canister.settings),
        "module_hash": [] if code is None else [code.module_hash],
        "memory_size": memory_usage(canister),
        "memory_metrics": _memory_metrics(canister),
        "cycles": canister.cycles,
        "reserved_cycles": canister.reserved_cycles,
        "idle_cycles_burned_per_day": idle_cycles_burned_per_day(canister, call.facts.fees),
        "query_stats": dict.fromkeys(QUERY_STATISTICS, 0),
    }
    return Done(results=(value,))


QUERY_STATISTICS = (
    "num_calls_total",
    "num_instructions_total",
    "request_payload_bytes_total",
    "response_payload_bytes_total",
)
"""The IC gathers these over many nodes and epochs; queries leave no trace in a local replica."""


def may_view_status(canister: Canister, caller: Principal) -> bool:
    """Whether the caller may see the canister's status."""
    return caller == canister.canister_id or may_view(
        canister.settings.status_visibility, canister, caller
    )


def _is_ready_for_migration(canister: Canister) -> bool:
    return (
        canister.status is CanisterStatus.STOPPED and not canister.queue and not canister.callbacks
    )


def _memory_metrics(canister: Canister) -> dict[str, Any]:
    code = canister.code
    sections = {} if code is None else code.custom_sections
    return {
        "wasm_memory_size": 0 if code is None else code.heap_bytes,
        "stable_memory_size": 0 if code is None else code.stable_bytes,
        "global_memory_size": 0 if code is None else code.globals_bytes,
        "wasm_binary_size": 0 if code is None else len(code.module_bytes),
        "custom_sections_size": sum(
            len(name) + len(content) for name, (_, content) in sections.items()
        ),
        "canister_history_size": history_bytes(canister),
        "wasm_chunk_store_size": chunk_store_bytes(canister),
        "snapshots_size": snapshots_bytes(canister),
        "log_memory_store_size": canister.log.content_bytes,
    }


def canister_metrics(call: Call) -> Done:
    """The cycles that a canister has consumed since it was created, by use; for controllers."""
    consumed = call.controlled_canister().consumed
    return Done(
        results=({"cycles_consumed": {use: consumed.get(use, 0) for use in CANISTER_USES}},)
    )


def canister_metadata(call: Call) -> Done:
    """A custom section's content: a public one's for all, a private one's for controllers."""
    canister = call.canister()
    if canister.code is None:
        raise Refused(
            ErrorCode.CANISTER_REJECTED_MESSAGE,
            f"The canister {canister.canister_id} has no Wasm module and hence no metadata is "
            "available.",
        )
    name = call.arguments["name"]
    is_public, content = canister.code.custom_sections.get(name, (False, None))
    if content is None or not (is_public or call.caller in canister.controllers):
        raise Refused(
            ErrorCode.CANISTER_REJECTED_MESSAGE,
            f"The canister {canister.canister_id} has no metadata section with the name {name}.",
        )
    return Done(results=({"value": content},))
