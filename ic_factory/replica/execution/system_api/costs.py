"""What things cost (specification, "Cycle cost calculation")."""

from __future__ import annotations

from ic_factory.replica.execution.failures import GuestFailure, violated_contract
from ic_factory.replica.execution.system_api.execution import Execution
from ic_factory.replica.execution.system_api.outcall_parameters import (
    OutcallParametersError,
    read_outcall_parameters,
)

SUCCESS = 0
UNKNOWN_CURVE_OR_ALGORITHM = 1
UNKNOWN_KEY_NAME = 2
_ECDSA_CURVES = 1
_SCHNORR_ALGORITHMS = 2
_VETKD_CURVES = 1


def cost_call(execution: Execution, method_name_size: int, payload_size: int, dst: int) -> None:
    """What a call costs, with what is set aside for its response."""
    fee = execution.surroundings.fees.call_in_all(method_name_size, payload_size)
    execution.write_cycles("cost_call", dst, _bounded(fee))


def cost_create_canister(execution: Execution, dst: int) -> None:
    """What a new canister on this subnet costs."""
    fee = execution.surroundings.fees.canister_creation
    execution.write_cycles("cost_create_canister", dst, fee)


def cost_http_request(
    execution: Execution, request_size: int, max_response_bytes: int, dst: int
) -> None:
    """What an HTTPS outcall costs."""
    fee = execution.surroundings.fees.http_request(request_size, max_response_bytes)
    execution.write_cycles("cost_http_request", dst, _bounded(fee))


def cost_http_request_v2(execution: Execution, src: int, size: int, dst: int) -> None:
    """What an HTTPS outcall costs that uses the resources in a Candid record."""
    encoded = execution.read("cost_http_request_v2", src, size)
    try:
        parameters = read_outcall_parameters(encoded)
    except OutcallParametersError as error:
        raise GuestFailure(violated_contract(f"ic0.cost_http_request_v2: {error}")) from None
    fee = execution.surroundings.fees.http_request(
        parameters.request_bytes, parameters.raw_response_bytes
    )
    execution.write_cycles("cost_http_request_v2", dst, _bounded(fee))


def cost_sign_with_ecdsa(execution: Execution, src: int, size: int, curve: int, dst: int) -> int:
    """What an ECDSA signature costs."""
    return _key_cost(
        execution, "cost_sign_with_ecdsa", src, size, dst, is_known=curve < _ECDSA_CURVES
    )


def cost_sign_with_schnorr(
    execution: Execution, src: int, size: int, algorithm: int, dst: int
) -> int:
    """What a Schnorr signature costs."""
    return _key_cost(
        execution,
        "cost_sign_with_schnorr",
        src,
        size,
        dst,
        is_known=algorithm < _SCHNORR_ALGORITHMS,
    )


def cost_vetkd_derive_key(execution: Execution, src: int, size: int, curve: int, dst: int) -> int:
    """What a derived vetKey costs."""
    return _key_cost(
        execution, "cost_vetkd_derive_key", src, size, dst, is_known=curve < _VETKD_CURVES
    )


def _key_cost(
    execution: Execution, function: str, src: int, size: int, dst: int, *, is_known: bool
) -> int:
    key_name = execution.read(function, src, size)
    if not is_known:
        return UNKNOWN_CURVE_OR_ALGORITHM
    fee = execution.surroundings.fees.signature(key_name.decode(errors="replace"))
    if fee is None:
        return UNKNOWN_KEY_NAME
    execution.write_cycles(function, dst, fee)
    return SUCCESS


def _bounded(amount: int) -> int:
    """An amount that 128 bits hold; senseless sizes cost no more."""
    return min(amount, 2**128 - 1)
