"""Where all cycles of a subnet are: with a canister, on their way, set aside, or consumed."""

from __future__ import annotations

from collections import Counter

from ic_factory.replica.state.canister import Canister
from ic_factory.replica.state.messages import Request, Response
from ic_factory.replica.state.subnet import Subnet

Ledger = Counter[str]


def ledger_of(subnet: Subnet) -> Ledger:
    """Cycles by where they are. Their sum is what has ever been put in."""
    ledger: Ledger = Counter()
    for use, cycles in subnet.consumed.items():
        ledger[f"consumed for {use}"] += cycles
    for request in subnet.management_queue:
        ledger["attached to waiting calls"] += request.cycles
    for canister in subnet.canisters.values():
        ledger += _held(canister)
    return ledger


def _held(canister: Canister) -> Ledger:
    ledger: Ledger = Counter()
    ledger["balances"] += canister.cycles
    ledger["reserved balances"] += canister.reserved_cycles
    for callback in canister.callbacks.values():
        ledger["set aside for responses"] += (
            callback.transmission_prepayment + callback.execution_prepayment
        )
    for context in canister.call_contexts.values():
        ledger["offered and not accepted"] += context.cycles_available
    for waiter in canister.stop_waiters:
        ledger["attached to waiting calls"] += waiter.cycles
    for message in canister.queue:
        if isinstance(message, Request):
            ledger["attached to waiting calls"] += message.cycles
        elif isinstance(message, Response):
            ledger["coming back"] += message.refund
    return ledger
