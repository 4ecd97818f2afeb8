"""Canister settings as arguments: read, checked, and put together with those in force.

Specification: "IC method create_canister", "IC method update_settings".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ic_factory.protocol.principal import Principal
from ic_factory.replica.canister_cycles import freezing_limit, memory_usage
from ic_factory.replica.management.calls import Call, Done
from ic_factory.replica.management.capacity import (
    require_compute,
    require_memory,
    reservation_for,
    set_aside,
    with_set_aside,
)
from ic_factory.replica.management.history import record_change
from ic_factory.replica.management.refusal import Refused
from ic_factory.replica.rejects import ErrorCode
from ic_factory.replica.state.canister import Canister
from ic_factory.replica.state.history import ControllersChange
from ic_factory.replica.state.settings import (
    AllowedViewers,
    CanisterSettings,
    Viewers,
    Visibility,
)
from ic_factory.replica.state.subnet import Subnet
from ic_factory.replica.surroundings import SystemFacts

MAX_CONTROLLERS = 10
MAX_ALLOWED_VIEWERS = 10
MAX_ENVIRONMENT_VARIABLES = 20
MAX_ENVIRONMENT_VARIABLE_NAME_BYTES = 128
MAX_ENVIRONMENT_VARIABLE_VALUE_BYTES = 128
MIN_LOG_MEMORY_LIMIT = 4096
MAX_LOG_MEMORY_LIMIT = 2 * 1024**2
MAX_NAT64 = 2**64 - 1
MAX_NAT128 = 2**128 - 1
MAX_WASM_MEMORY_LIMIT = 2**48


def update_settings(call: Call) -> Done:
    """Changes the settings that are given; the others stay."""
    canister = call.controlled_canister()
    given: dict[str, Any] = call.arguments["settings"]
    settings = merged_settings(canister.settings, given)
    after = replace(canister, settings=settings)
    set_aside(canister, require_settings(after, canister, call.subnet, call.facts))
    canister.settings = settings
    canister.log.capacity = settings.log_memory_limit
    canister.log.trim()
    canister.canister_version += 1
    if given["controllers"]:
        record_change(
            canister,
            call.subnet.time,
            call.change_origin,
            ControllersChange(settings.controllers),
        )
    return Done(touched=(canister.canister_id,))


def merged_settings(current: CanisterSettings, given: dict[str, Any]) -> CanisterSettings:
    """The settings in force after those that are given (the Candid record) are applied.

    Raises:
        Refused: A value is out of its range (IC0406, IC0408, IC0504).
    """
    changes = {name: _READERS[name](value[0]) for name, value in given.items() if value}
    return replace(current, **changes)


def require_settings(
    canister: Canister, before: Canister | None, subnet: Subnet, facts: SystemFacts
) -> int:
    """Checks that the subnet can give what the canister's settings ask for, and it can pay.

    `canister` has the settings that it is to have; `before` is the same canister as it is now,
    None for one that is about to be created.

    Returns:
        The cycles that are to be set aside for memory that it asks for.

    Raises:
        Refused: The subnet has not enough (IC0101), or the canister (IC0530, IC0531, IC0533,
            IC0540).
    """
    settings = canister.settings
    old = CanisterSettings() if before is None else before.settings
    usage = memory_usage(canister)
    require_compute(subnet, old.compute_allocation, settings.compute_allocation)
    require_memory(
        subnet,
        facts.subnet_memory_bytes,
        max(usage, old.memory_allocation),
        max(usage, settings.memory_allocation),
    )
    reserved = reservation_for(
        facts,
        subnet.held_in_all,
        max(usage, settings.memory_allocation) - max(usage, old.memory_allocation),
    )
    after = with_set_aside(canister, reserved)
    missing = freezing_limit(after, facts.fees) - after.cycles
    if settings.compute_allocation > old.compute_allocation and missing > 0:
        raise Refused(
            ErrorCode.INSUFFICIENT_CYCLES_IN_COMPUTE_ALLOCATION,
            f"Cannot increase compute allocation to {settings.compute_allocation} due to "
            f"insufficient cycles. At least {missing} additional cycles are required.",
        )
    if settings.memory_allocation > old.memory_allocation and missing > 0:
        raise Refused(
            ErrorCode.INSUFFICIENT_CYCLES_IN_MEMORY_ALLOCATION,
            f"Cannot increase memory allocation to {settings.memory_allocation} due to "
            f"insufficient cycles. At least {missing} additional cycles are required.",
        )
    if settings.reserved_cycles_limit < canister.reserved_cycles:
        raise Refused(
            ErrorCode.RESERVED_CYCLES_LIMIT_IS_TOO_LOW,
            f"Cannot set the reserved cycles limit {settings.reserved_cycles_limit} below the "
            f"reserved cycles balance of the canister {canister.reserved_cycles}.",
        )
    if reserved and after.reserved_cycles > settings.reserved_cycles_limit:
        limit = settings.reserved_cycles_limit
        raise Refused(
            ErrorCode.RESERVED_CYCLES_LIMIT_EXCEEDED_IN_MEMORY_ALLOCATION,
            f"Cannot increase memory allocation to {settings.memory_allocation} due to its "
            f"reserved cycles limit. The current limit ({limit}) would be exceeded by "
            f"{after.reserved_cycles - limit}.",
        )
    return reserved


def settings_value(settings: CanisterSettings) -> dict[str, Any]:
    """The settings as `definite_canister_settings`."""
    return {
        "controllers": list(settings.controllers),
        "compute_allocation": settings.compute_allocation,
        "memory_allocation": settings.memory_allocation,
        "freezing_threshold": settings.freezing_threshold,
        "reserved_cycles_limit": settings.reserved_cycles_limit,
        "minimum_incoming_canister_call_cycles": settings.minimum_incoming_canister_call_cycles,
        "log_visibility": _viewers_value(settings.log_visibility),
        "log_memory_limit": settings.log_memory_limit,
        "snapshot_visibility": _viewers_value(settings.snapshot_visibility),
        "status_visibility": _viewers_value(settings.status_visibility),
        "wasm_memory_limit": settings.wasm_memory_limit,
        "wasm_memory_threshold": settings.wasm_memory_threshold,
        "environment_variables": [
            {"name": name, "value": value} for name, value in settings.environment_variables
        ],
    }


def may_view(viewers: Viewers, canister: Canister, caller: Principal) -> bool:
    """Whether the caller may read what these viewers may, as a controller or one of them."""
    if viewers is Visibility.PUBLIC or caller in canister.controllers:
        return True
    return isinstance(viewers, AllowedViewers) and caller in viewers.principals


def _viewers_value(viewers: Viewers) -> dict[str, Any]:
    if isinstance(viewers, AllowedViewers):
        return {"allowed_viewers": list(viewers.principals)}
    return {viewers.value: None}


def _distinct(principals: list[Principal]) -> tuple[Principal, ...]:
    return tuple(sorted(set(principals), key=lambda principal: principal.bytes))


def _bounded(principals: list[Principal], most: int) -> tuple[Principal, ...]:
    if len(principals) > most:
        raise Refused(
            ErrorCode.INVALID_MANAGEMENT_PAYLOAD,
            f"Error decoding candid: The number of elements exceeds maximum allowed {most}",
        )
    return _distinct(principals)


def _controllers(principals: list[Principal]) -> tuple[Principal, ...]:
    return _bounded(principals, MAX_CONTROLLERS)


def _viewers(value: dict[str, Any]) -> Viewers:
    ((case, content),) = value.items()
    if case == "allowed_viewers":
        return AllowedViewers(_bounded(content, MAX_ALLOWED_VIEWERS))
    return Visibility(case)


def _number(name: str, most: int, shown: str) -> Callable[[int], int]:
    def read(value: int) -> int:
        if value > most:
            raise Refused(
                ErrorCode.CANISTER_CONTRACT_VIOLATION,
                f"{name} expected to be in the range {shown}, got {value}",
            )
        return value

    return read


def _log_memory_limit(value: int) -> int:
    if value < MIN_LOG_MEMORY_LIMIT:
        raise Refused(
            ErrorCode.CANISTER_REJECTED_MESSAGE,
            f"The canister log memory limit {value} is too low. "
            f"It must be at least {MIN_LOG_MEMORY_LIMIT}.",
        )
    if value > MAX_LOG_MEMORY_LIMIT:
        raise Refused(
            ErrorCode.CANISTER_REJECTED_MESSAGE,
            f"The canister log memory limit {value} is too high. "
            f"It must be at most {MAX_LOG_MEMORY_LIMIT}.",
        )
    return value


def _environment_variables(pairs: list[dict[str, str]]) -> tuple[tuple[str, str], ...]:
    variables = {pair["name"]: pair["value"] for pair in pairs}
    if len(variables) != len(pairs):
        raise Refused(
            ErrorCode.INVALID_MANAGEMENT_PAYLOAD,
            "Duplicate environment variables are not allowed",
        )
    if len(variables) > MAX_ENVIRONMENT_VARIABLES:
        raise Refused(
            ErrorCode.INVALID_MANAGEMENT_PAYLOAD,
            f"Too many environment variables: {len(variables)} (max: {MAX_ENVIRONMENT_VARIABLES})",
        )
    for name, value in variables.items():
        _require_length("name", name, MAX_ENVIRONMENT_VARIABLE_NAME_BYTES)
        _require_length("value", value, MAX_ENVIRONMENT_VARIABLE_VALUE_BYTES)
    return tuple(sorted(variables.items()))


def _require_length(part: str, text: str, most: int) -> None:
    if len(text.encode()) > most:
        raise Refused(
            ErrorCode.INVALID_MANAGEMENT_PAYLOAD,
            f'Environment variable {part} "{text}" exceeds the maximum allowed length of {most}.',
        )


_READERS: dict[str, Callable[[Any], Any]] = {
    "controllers": _controllers,
    "compute_allocation": _number("ComputeAllocation", 100, "[0..100]"),
    "memory_allocation": _number("MemoryAllocation", MAX_NAT64, f"[0..{MAX_NAT64}]"),
    "freezing_threshold": _number("Freezing threshold", MAX_NAT64, "of [0..2^64-1]"),
    "reserved_cycles_limit": _number("Reserved cycles limit", MAX_NAT128, "of [0..2^128-1]"),
    "minimum_incoming_canister_call_cycles": _number(
        "Minimum incoming canister call cycles", MAX_NAT128, "of [0..2^128-1]"
    ),
    "log_visibility": _viewers,
    "log_memory_limit": _log_memory_limit,
    "snapshot_visibility": _viewers,
    "status_visibility": _viewers,
    "wasm_memory_limit": _number("Wasm memory limit", MAX_WASM_MEMORY_LIMIT, "of [0..2^48]"),
    "wasm_memory_threshold": _number(
        "Wasm memory threshold", MAX_WASM_MEMORY_LIMIT, "of [0..2^48]"
    ),
    "environment_variables": _environment_variables,
}
