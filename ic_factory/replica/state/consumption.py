"""What cycles are consumed for; with balances and what is on its way, all that were ever put in."""

from __future__ import annotations

from enum import StrEnum


class CyclesUse(StrEnum):
    """Where consumed cycles went. The first nine are the fields of `canister_metrics`."""

    MEMORY = "memory"
    COMPUTE_ALLOCATION = "compute_allocation"
    INGRESS_INDUCTION = "ingress_induction"
    INSTRUCTIONS = "instructions"
    TRANSMISSION = "request_and_response_transmission"
    UNINSTALL = "uninstall"
    """What was left of a canister that could not pay for what it holds."""
    CANISTER_CREATION = "canister_creation"
    HTTP_OUTCALLS = "http_outcalls"
    BURNED = "burned_cycles"
    DELETED_CANISTERS = "deleted_canisters"
    DROPPED_MESSAGES = "dropped_messages"
    """Refunds that come with responses for which nobody waits any more."""


CANISTER_USES = tuple(
    use for use in CyclesUse if use not in (CyclesUse.DELETED_CANISTERS, CyclesUse.DROPPED_MESSAGES)
)
"""What a canister itself can consume cycles for."""


def note_consumed(consumed: dict[CyclesUse, int], use: CyclesUse, cycles: int) -> None:
    """Adds to what was consumed for a use."""
    if cycles:
        consumed[use] = consumed.get(use, 0) + cycles
