"""What a canister may ask or tell about itself: timer, counters, controllers, variables, data."""

from __future__ import annotations

from ic_factory.replica.execution.failures import (
    GuestFailure,
    invalid_principal,
    misused,
    violated_contract,
)
from ic_factory.replica.execution.system_api.execution import MAX_PRINCIPAL_BYTES, Execution

MAX_CERTIFIED_DATA_BYTES = 32
MAX_VARIABLE_NAME_BYTES = 128


def global_timer_set(execution: Execution, timestamp: int) -> int:
    """Sets the global timer and returns what it was."""
    previous = execution.changes.global_timer
    execution.changes.global_timer = timestamp
    return execution.surroundings.global_timer if previous is None else previous


def performance_counter(execution: Execution, counter_type: int) -> int:
    """Instructions of this message, or of the whole call context."""
    used = execution.guest.instructions_used()
    if counter_type == 0:
        return used
    if counter_type == 1:
        return execution.invocation.call_context_instructions + used
    raise GuestFailure(violated_contract(f"Error getting performance counter type {counter_type}"))


def is_controller(execution: Execution, src: int, size: int) -> int:
    """1 where the principal controls this canister."""
    if size > MAX_PRINCIPAL_BYTES:
        raise GuestFailure(invalid_principal())
    principal = execution.read("is_controller", src, size)
    return int(principal in execution.surroundings.controllers)


def certified_data_set(execution: Execution, src: int, size: int) -> None:
    """Sets the certified data."""
    if size > MAX_CERTIFIED_DATA_BYTES:
        raise GuestFailure(
            misused(
                "ic0_certified_data_set failed because the passed data must be no larger than "
                f"{MAX_CERTIFIED_DATA_BYTES} bytes. Found {size} bytes.",
                "Try certifying just the hash of your data instead of the full contents.",
                "certified_data_set-payload-too-large",
            )
        )
    execution.changes.certified_data = execution.read("certified_data_set", src, size)


def env_var_count(execution: Execution) -> int:
    """How many environment variables there are."""
    return len(execution.surroundings.environment_variables)


def env_var_name_size(execution: Execution, index: int) -> int:
    """Bytes of a variable's name."""
    return len(_variable_at(execution, index)[0].encode())


def env_var_name_copy(execution: Execution, index: int, dst: int, offset: int, size: int) -> None:
    """Copies a variable's name."""
    name = _variable_at(execution, index)[0].encode()
    _copy(execution, "env_var_name_copy", name, dst, offset, size)


def env_var_name_exists(execution: Execution, src: int, size: int) -> int:
    """1 where there is a variable of that name."""
    name = _variable_name(execution, "env_var_name_exists", src, size)
    return int(any(name == known for known, _ in execution.surroundings.environment_variables))


def env_var_value_size(execution: Execution, src: int, size: int) -> int:
    """Bytes of a variable's value."""
    return len(_value_of(execution, "env_var_value_size", src, size))


def env_var_value_copy(
    execution: Execution, name_src: int, name_size: int, dst: int, offset: int, size: int
) -> None:
    """Copies a variable's value."""
    value = _value_of(execution, "env_var_value_copy", name_src, name_size)
    _copy(execution, "env_var_value_copy", value, dst, offset, size)


def _variable_at(execution: Execution, index: int) -> tuple[str, str]:
    variables = execution.surroundings.environment_variables
    if index >= len(variables):
        raise GuestFailure(
            misused(
                f"Environment variable index {index} is out of bounds. The number of environment "
                f"variables is {len(variables)}."
            )
        )
    return variables[index]


def _variable_name(execution: Execution, function: str, src: int, size: int) -> str:
    if size > MAX_VARIABLE_NAME_BYTES:
        raise GuestFailure(misused(f"ic0.{function}: Variable name is too large."))
    try:
        return execution.read(function, src, size).decode()
    except UnicodeDecodeError:
        raise GuestFailure(
            misused(f"ic0.{function}: Variable name is not a valid UTF-8 string.")
        ) from None


def _value_of(execution: Execution, function: str, src: int, size: int) -> bytes:
    wanted = _variable_name(execution, function, src, size)
    for name, value in execution.surroundings.environment_variables:
        if name == wanted:
            return value.encode()
    raise GuestFailure(misused(f"Environment variable {wanted} not found."))


def _copy(
    execution: Execution, function: str, blob: bytes, dst: int, offset: int, size: int
) -> None:
    if offset + size > len(blob):
        raise GuestFailure(
            violated_contract(
                f"ic0.{function}: src={offset} + length={size} exceeds the slice size={len(blob)}"
            )
        )
    execution.write(function, dst, blob[offset : offset + size])
