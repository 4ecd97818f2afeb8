"""Balances, and the cycles that come with calls (specification, "Cycles")."""

from __future__ import annotations

from ic_factory.protocol.principal import Principal
from ic_factory.replica.execution.failures import GuestFailure, trapped, violated_contract
from ic_factory.replica.execution.layout import ResponseState
from ic_factory.replica.execution.system_api.execution import Execution

MAX_64_BIT = 2**64 - 1
CYCLES_MINTING_CANISTER = Principal(bytes([0, 0, 0, 0, 0, 0, 0, 4, 1, 1]))


def canister_cycle_balance(execution: Execution) -> int:
    """The balance, where it fits into 64 bits."""
    return _in_64_bits(execution.changes.balance)


def canister_cycle_balance128(execution: Execution, dst: int) -> None:
    """The balance."""
    execution.write_cycles("canister_cycle_balance128", dst, execution.changes.balance)


def canister_liquid_cycle_balance128(execution: Execution, dst: int) -> None:
    """What may be spent."""
    execution.write_cycles("canister_liquid_cycle_balance128", dst, execution.changes.spendable)


def msg_cycles_available(execution: Execution) -> int:
    """What is left to accept, where it fits into 64 bits."""
    return _in_64_bits(_available(execution))


def msg_cycles_available128(execution: Execution, dst: int) -> None:
    """What is left to accept."""
    execution.write_cycles("msg_cycles_available128", dst, _available(execution))


def msg_cycles_refunded(execution: Execution) -> int:
    """What came back with the response, where it fits into 64 bits."""
    return _in_64_bits(execution.invocation.cycles_refunded)


def msg_cycles_refunded128(execution: Execution, dst: int) -> None:
    """What came back with the response."""
    execution.write_cycles("msg_cycles_refunded128", dst, execution.invocation.cycles_refunded)


def msg_cycles_accept(execution: Execution, max_amount: int) -> int:
    """Accepts cycles of the call; returns how many."""
    return _accept(execution, max_amount)


def msg_cycles_accept128(execution: Execution, high: int, low: int, dst: int) -> None:
    """Accepts cycles of the call and writes how many."""
    amount = _accept(execution, (high << 64) | low)
    execution.write_cycles("msg_cycles_accept128", dst, amount)


def cycles_burn128(execution: Execution, high: int, low: int, dst: int) -> None:
    """Burns cycles and writes how many."""
    amount = execution.changes.burn((high << 64) | low)
    execution.write_cycles("cycles_burn128", dst, amount)


def mint_cycles(execution: Execution, amount: int) -> int:
    """Fails: no canister mints cycles here."""
    raise _not_the_minting_canister(execution, "mint_cycles", amount)


def mint_cycles128(execution: Execution, high: int, low: int, dst: int) -> None:  # noqa: ARG001
    """Fails: no canister mints cycles here."""
    raise _not_the_minting_canister(execution, "mint_cycles128", (high << 64) | low)


def _not_the_minting_canister(execution: Execution, function: str, amount: int) -> GuestFailure:
    canister_id = Principal(execution.surroundings.canister_id)
    return GuestFailure(
        violated_contract(
            f"ic0.{function} cannot be executed on non Cycles Minting Canister: "
            f"{canister_id} != {CYCLES_MINTING_CANISTER} (amount: {amount})"
        )
    )


def _available(execution: Execution) -> int:
    if execution.guest.response_state is not ResponseState.OPEN:
        return 0
    return execution.changes.cycles_available


def _accept(execution: Execution, limit: int) -> int:
    if execution.guest.response_state is not ResponseState.OPEN:
        return 0
    return execution.changes.accept(limit)


def _in_64_bits(amount: int) -> int:
    if amount > MAX_64_BIT:
        raise GuestFailure(trapped("cycles amount exceeds 64-bit representation"))
    return amount
