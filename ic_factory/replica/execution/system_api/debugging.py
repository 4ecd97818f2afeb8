"""`debug_print` and `trap` (specification, "Debugging aids")."""

from __future__ import annotations

from ic_factory.replica.execution.failures import GuestFailure, called_trap
from ic_factory.replica.execution.system_api.execution import Execution

MAX_PRINTED_BYTES = 32 * 1024


def debug_print(execution: Execution, src: int, size: int) -> None:
    """Adds a line to the canister's log."""
    printed = _printed(execution, src, size)
    execution.logs.append(
        b"(debug_print message out of memory bounds)" if printed is None else printed
    )


def trap(execution: Execution, src: int, size: int) -> None:
    """Ends the message with the canister's own words."""
    printed = _printed(execution, src, size)
    raise GuestFailure(
        called_trap(
            "(trap message out of memory bounds)"
            if printed is None
            else printed.decode(errors="ignore")
        )
    )


def _printed(execution: Execution, src: int, size: int) -> bytes | None:
    """The text that was passed, cut to what a log takes; None where there is no such text."""
    if src + size > execution.guest.heap_size:
        return None
    kept = min(size, MAX_PRINTED_BYTES)
    execution.guest.charge(kept)
    return execution.guest.read_heap(src, kept)
